//! What an edit of the book came to, as people and programs read it.

use std::sync::Arc;

use serde::Serialize;

use crate::book::diagnostic::{Diagnostic, Severity};
use crate::book::edition::{Refusal, Stay};
use crate::book::{Book, Kept};
use crate::time::{Timestamp, utc_text};

use super::judge::Said;

/// What an edit of the book came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    pub as_of: String,
    /// Whether a new book could be made at all; if not, everything stays as it was.
    pub reloaded: bool,
    pub changed: Vec<Change>,
    /// The files all playbooks share that are new, changed or gone, in words.
    pub shared: Vec<String>,
    /// What of the folder is not in force, and why.
    pub stays: Vec<String>,
    /// The errors of the folder, as `check` shows them.
    pub errors: Vec<Diagnostic>,
}

/// A playbook whose version in force is another one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    pub playbook: Arc<str>,
    /// None: it is new.
    pub from: Option<Arc<str>>,
    /// None: it is no longer in force.
    pub to: Option<Arc<str>>,
}

impl Report {
    pub(super) fn of(
        kept: &Kept,
        book: &Book,
        stays: &[Stay],
        diagnostics: &[Diagnostic],
        said: &Said,
        now: Timestamp,
    ) -> Report {
        let stays = stays.iter().map(Stay::to_string).chain(said.lines.iter().cloned()).collect();
        Report {
            as_of: utc_text(now),
            reloaded: true,
            changed: changed(kept, book),
            shared: shared(kept, book),
            stays,
            errors: errors(diagnostics),
        }
    }

    pub(super) fn refused(refusal: &Refusal, now: Timestamp) -> Report {
        let stays = vec![format!("the book stays as it was: {}", refusal.why)];
        let errors = errors(&refusal.diagnostics);
        Report { as_of: utc_text(now), reloaded: false, changed: Vec::new(), shared: Vec::new(), stays, errors }
    }

    /// A line for each change and for each thing that stays.
    pub fn lines(&self) -> Vec<String> {
        let changed = self.changed.iter().map(|own| match (&own.from, &own.to) {
            (None, Some(to)) => format!("`{}` is in force, version {to}", own.playbook),
            (Some(from), Some(to)) => format!("`{}` is in force in version {to}, was {from}", own.playbook),
            (_, None) => format!("`{}` is no longer in force", own.playbook),
        });
        let lines: Vec<String> = changed.chain(self.shared.iter().chain(&self.stays).cloned()).collect();
        let lines = if lines.is_empty() { vec!["the book is unchanged".to_owned()] } else { lines };
        lines.into_iter().map(|line| format!("{}  book: {line}", self.as_of)).collect()
    }
}

fn errors(diagnostics: &[Diagnostic]) -> Vec<Diagnostic> {
    diagnostics.iter().filter(|own| own.severity == Severity::Error).cloned().collect()
}

fn shared(kept: &Kept, book: &Book) -> Vec<String> {
    let new = book.shared.keys().filter(|file| !kept.shared.contains_key(*file) && !kept.is_empty());
    let new = new.map(|file| format!("`{file}` is in force"));
    let known = kept.shared.iter().filter_map(|(file, text)| match book.shared.get(file) {
        None => Some(format!("`{file}` is gone: nothing of it holds any more")),
        Some(now) if now != text => Some(format!("`{file}` is in force as it is now")),
        Some(_) => None,
    });
    new.chain(known).collect()
}

fn changed(kept: &Kept, book: &Book) -> Vec<Change> {
    let newest = |id: &Arc<str>| book.playbooks.get(id).map(|own| own.version.clone());
    let new = book.playbooks.keys().filter(|id| !kept.in_force.contains_key(*id));
    let known = kept.in_force.keys().map(|id| (id, kept.in_force.get(id).cloned()));
    let all = known.chain(new.map(|id| (id, None)));
    let changes = all.map(|(id, from)| Change { playbook: id.clone(), from, to: newest(id) });
    changes.filter(|own| own.from != own.to).collect()
}
