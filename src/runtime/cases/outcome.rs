//! What a test expects in short: the branch, how many of each, and the reason.

use crate::book::cases::Case;
use crate::engine::desk::Entry;
use crate::runtime::timeline;

use super::stage::Played;
use super::{CaseResult, DiffLine, Mark};

/// Notes the differences, with what led to them.
pub(super) fn compare(result: &mut CaseResult, case: &Case, playbook: &str, played: &Played) {
    let Some(end) = &played.end else { return };
    if let Some(expected) = &case.outcome.branch {
        let enrolled = end.enrollment.as_ref().and_then(|own| own.branch.clone());
        let actual = enrolled.as_ref().map_or_else(|| "not enrolled".to_owned(), |branch| format!("branch={branch}"));
        if differ(result, &format!("branch={expected}"), &actual, Some(end.not_taken(expected))) {
            result.outcome.branch = enrolled;
        }
    }
    let own: Vec<&Entry> = played.entries.iter().filter(|entry| &*entry.playbook == playbook).collect();
    for (word, expected) in &case.outcome.counts {
        let lines: Vec<String> =
            own.iter().filter(|entry| entry.what() == &**word).map(|entry| timeline::line(entry)).collect();
        let actual = lines.len();
        let why = (!lines.is_empty()).then(|| lines.join("; "));
        if differ(result, &format!("{word} × {expected}"), &format!("{word} × {actual}"), why) {
            result.outcome.counts.insert(word.clone(), actual);
        }
    }
    if let Some(expected) = &case.outcome.reason {
        let actual = end.reason();
        if differ(result, &format!("reason={expected}"), &format!("reason={actual}"), end.not_enrolled()) {
            result.outcome.reason = Some(actual.into());
        }
    }
}

/// Notes a difference; false when there is none.
fn differ(result: &mut CaseResult, expected: &str, actual: &str, why: Option<String>) -> bool {
    if expected != actual {
        result.missing.push(expected.to_owned());
        result.unexpected.push(actual.to_owned());
        result.diff.push(DiffLine { mark: Mark::Missing, text: expected.to_owned(), why: None });
        result.diff.push(DiffLine { mark: Mark::Unexpected, text: actual.to_owned(), why });
    }
    expected != actual
}
