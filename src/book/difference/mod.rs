//! What changed in meaning from one book to another: the compiled books compared key by key, so that a comment, the
//! layout of a file or a default that is written out is no change.

mod action;
mod calendars;
mod dictionary;
mod facets;
mod playbook;
mod shared;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;

use super::playbook::Status;
use super::{Book, Playbook};

pub use facets::Point;

/// What is different in a book.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Difference {
    /// New, gone and changed ones, by id.
    pub playbooks: Vec<PlaybookDifference>,
    /// Playbooks that mean what they meant.
    pub unchanged: usize,
    /// The files that all playbooks share, by name.
    pub shared: Vec<FileDifference>,
}

/// A playbook that is not what it was.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaybookDifference {
    pub id: Arc<str>,
    pub standing: Standing,
    /// As it is now; of one that is gone as it was.
    pub status: Status,
    /// The version before; none: it is new.
    pub before: Option<Arc<str>>,
    /// The version after; none: it is gone.
    pub after: Option<Arc<str>>,
    /// What changed; of a new one and of one that is gone nothing is listed.
    pub points: Vec<Point>,
}

/// Where a playbook stands against what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    New,
    Gone,
    Changed,
}

impl Standing {
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::New => "new",
            Standing::Gone => "gone",
            Standing::Changed => "changed",
        }
    }
}

/// A shared file of which something means something else.
#[derive(Clone, Debug, PartialEq)]
pub struct FileDifference {
    pub file: &'static str,
    pub points: Vec<Point>,
}

impl Difference {
    /// What changes when `new` takes the place of `old`. Without `old` everything is new, and nothing is said of shared
    /// files.
    pub fn between(old: Option<&Book>, new: &Book) -> Difference {
        let Some(old) = old else {
            let playbooks = new.playbooks.values().filter(|own| !own.is_withdrawn);
            let playbooks = playbooks.filter_map(|own| entry(None, Some(own), Vec::new())).collect();
            return Difference { playbooks, ..Difference::default() };
        };
        let present = |book: &Book| -> BTreeMap<Arc<str>, Arc<Playbook>> {
            let own = book.playbooks.iter().filter(|(_, own)| !own.is_withdrawn);
            own.map(|(id, own)| (id.clone(), own.clone())).collect()
        };
        let (before, after) = (present(old), present(new));
        let ids: BTreeSet<&Arc<str>> = before.keys().chain(after.keys()).collect();
        let mut difference = Difference { shared: shared::compare(old, new), ..Difference::default() };
        for id in ids {
            let (was, is) = (before.get(id), after.get(id));
            let points = match was.zip(is) {
                Some((was, is)) => playbook::compare((old, was), (new, is)),
                None => Vec::new(),
            };
            match points.is_empty() && was.is_some() && is.is_some() {
                true => difference.unchanged += 1,
                false => difference.playbooks.extend(entry(was, is, points)),
            }
        }
        difference
    }

    /// Whether the two books mean the same.
    pub fn is_empty(&self) -> bool {
        self.playbooks.is_empty() && self.shared.is_empty()
    }
}

/// None: there never was such a playbook.
fn entry(was: Option<&Arc<Playbook>>, is: Option<&Arc<Playbook>>, points: Vec<Point>) -> Option<PlaybookDifference> {
    let standing = match (was, is) {
        (None, _) => Standing::New,
        (_, None) => Standing::Gone,
        _ => Standing::Changed,
    };
    let version = |own: Option<&Arc<Playbook>>| own.map(|own| own.version.clone());
    let known = is.or(was)?;
    let (id, status) = (known.id.clone(), known.status);
    Some(PlaybookDifference { id, standing, status, before: version(was), after: version(is), points })
}
