//! What a test expects against what happened, line by line.

use super::CaseResult;
use super::diff::{Line, lines};
use crate::book::cases::Case;
use crate::engine::desk::Entry;
use crate::runtime::timeline;

/// What was compared: the entries, and which expected line each of them is.
pub(super) struct Compared<'a> {
    pub expected: &'a [String],
    pub entries: Vec<&'a Entry>,
    pub kept: Vec<Option<usize>>,
}

/// The expectation is closed: what is not listed may not happen. A recipient or reason that the expected line leaves
/// out is not compared. The lines of the timeline when the two differ.
pub(super) fn compare<'a>(
    result: &mut CaseResult,
    case: &'a Case,
    playbook: &str,
    entries: &'a [Entry],
) -> Vec<Line<'a>> {
    let compared = entries.iter().filter(|entry| {
        let asked = case.expect_only.as_ref().is_none_or(|words| words.iter().any(|word| word == entry.what()));
        &*entry.playbook == playbook && asked
    });
    let entries: Vec<&Entry> = compared.collect();
    result.actual = entries.iter().map(|entry| timeline::line(entry)).collect();
    let Some(expect) = &case.expect else { return Vec::new() };
    let mut kept: Vec<Option<usize>> = vec![None; result.actual.len()];
    for (place, expected) in expect.iter().enumerate() {
        let open = |(actual, kept): (&String, &Option<usize>)| kept.is_none() && says(actual, expected);
        match result.actual.iter().zip(&kept).position(open) {
            Some(found) => kept[found] = Some(place),
            None => result.missing.push(timeline::normalized(expected)),
        }
    }
    let unexpected = result.actual.iter().zip(&kept).filter(|(_, kept)| kept.is_none());
    result.unexpected = unexpected.map(|(line, _)| timeline::normalized(line)).collect();
    result.kept = Some(kept.clone());
    match result.passed() {
        true => Vec::new(),
        false => lines(Compared { expected: expect, entries, kept }),
    }
}

fn says(actual: &str, expected: &str) -> bool {
    let (actual, expected) = (Parts::of(actual), Parts::of(expected));
    let agrees = |expected: &Option<String>, actual: &Option<String>| expected.is_none() || expected == actual;
    (&actual.when, &actual.what, &actual.id) == (&expected.when, &expected.what, &expected.id)
        && agrees(&expected.to, &actual.to)
        && agrees(&expected.reason, &actual.reason)
}

/// A line taken apart.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Parts {
    /// Local date and time.
    pub when: String,
    pub what: String,
    /// Empty where the line has none.
    pub id: String,
    pub to: Option<String>,
    pub reason: Option<String>,
}

impl Parts {
    /// A line about a step, at no instant.
    pub(super) fn about(what: &str, step: &str) -> Parts {
        Parts { when: String::new(), what: what.to_owned(), id: step.to_owned(), to: None, reason: None }
    }

    pub(super) fn of(line: &str) -> Parts {
        let line = timeline::normalized(line);
        let (line, reason) = match line.rsplit_once(" (") {
            Some((rest, reason)) if reason.ends_with(')') => {
                (rest.to_owned(), Some(reason.trim_end_matches(')').to_owned()))
            }
            _ => (line, None),
        };
        let (head, to) = match line.split_once(" -> ") {
            Some((head, to)) => (head, Some(to.to_owned())),
            None => (&*line, None),
        };
        let mut words = head.split(' ');
        let mut next = || words.next().unwrap_or_default().to_owned();
        let when = format!("{} {}", next(), next());
        let (what, id) = (next(), next());
        Parts { when, what, id, to, reason }
    }
}
