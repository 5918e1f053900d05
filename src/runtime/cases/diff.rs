//! The timeline of a test that failed: what was expected and what happened, in the order of time. A line that happened
//! otherwise than expected stands as a pair.

use std::cmp::Reverse;

use super::compare::{Compared, Parts};
use crate::engine::desk::Entry;
use crate::runtime::timeline;

/// A line of the timeline while its reason is still to be found.
pub(super) struct Line<'a> {
    pub text: String,
    pub sort: Sort<'a>,
}

pub(super) enum Sort<'a> {
    Agrees,
    /// Expected, and nothing like it happened.
    Missing,
    /// Expected, and what stands below it happened instead.
    Replaced,
    /// Happened; what was expected instead, if anything was.
    Unexpected(&'a Entry, Option<Parts>),
}

/// All lines, marked.
pub(super) fn lines(compared: Compared<'_>) -> Vec<Line<'_>> {
    let instead = pairs(&compared);
    let mut before = vec![Vec::new(); compared.entries.len() + 1];
    for place in missing(&compared) {
        let pair = instead.iter().position(|own| *own == Some(place));
        before[pair.unwrap_or_else(|| stands_before(&compared, place))].push((pair.is_some(), place));
    }
    let mut lines = Vec::new();
    for (n, mut places) in before.into_iter().enumerate() {
        // The expected one of a pair stands right before what happened instead of it.
        places.sort();
        lines.extend(places.into_iter().map(|(is_replaced, place)| {
            let sort = if is_replaced { Sort::Replaced } else { Sort::Missing };
            Line { text: compared.expected[place].clone(), sort }
        }));
        lines.extend(compared.entries.get(n).map(|entry| happened(&compared, n, entry, instead[n])));
    }
    lines
}

fn happened<'a>(compared: &Compared<'a>, n: usize, entry: &'a Entry, instead: Option<usize>) -> Line<'a> {
    match compared.kept[n] {
        Some(place) => Line { text: compared.expected[place].clone(), sort: Sort::Agrees },
        None => {
            let expected = instead.map(|place| Parts::of(&compared.expected[place]));
            Line { text: timeline::line(entry), sort: Sort::Unexpected(entry, expected) }
        }
    }
}

fn missing(compared: &Compared) -> impl Iterator<Item = usize> {
    (0..compared.expected.len()).filter(|place| !compared.kept.contains(&Some(*place)))
}

/// Which missing line each entry happened instead of: one about the same step, at best the same action at that time.
fn pairs(compared: &Compared) -> Vec<Option<usize>> {
    let mut instead = vec![None; compared.entries.len()];
    for place in missing(compared) {
        let expected = Parts::of(&compared.expected[place]);
        let alike = |n: &usize| {
            let actual = Parts::of(&timeline::line(compared.entries[*n]));
            let is_open = compared.kept[*n].is_none() && instead[*n].is_none();
            (is_open && is_about_the_same(&expected, &actual)).then(|| {
                let same = (actual.what == expected.what, actual.when == expected.when, actual.to == expected.to);
                (same, Reverse(*n))
            })
        };
        let best = (0..compared.entries.len()).filter(|n| alike(n).is_some()).max_by_key(alike);
        if let Some(n) = best {
            instead[n] = Some(place);
        }
    }
    instead
}

fn is_about_the_same(expected: &Parts, actual: &Parts) -> bool {
    let is_end = |what: &str| matches!(what, "goal" | "exit");
    match &*expected.what {
        "enroll" | "replan" => actual.what == expected.what,
        "goal" | "exit" => is_end(&actual.what),
        // What a person does is no way in which a step happens.
        "approve" | "reply" | "remind" | "deliver" => actual.what == expected.what && actual.id == expected.id,
        _ => actual.id == expected.id && !matches!(&*actual.what, "approve" | "reply" | "remind" | "deliver"),
    }
}

/// The entry that a missing line stands before: the first one later than it, or that a later line expects.
fn stands_before(compared: &Compared, place: usize) -> usize {
    let when = Parts::of(&compared.expected[place]).when;
    let goes_before = |n: &usize| {
        let actual = Parts::of(&timeline::line(compared.entries[*n])).when;
        actual < when || actual == when && compared.kept[*n].is_some_and(|kept| kept < place)
    };
    (0..compared.entries.len()).rfind(goes_before).map_or(0, |last| last + 1)
}
