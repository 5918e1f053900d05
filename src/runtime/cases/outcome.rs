//! What a test expects in short: the branch, how many of each, and the reason.

use crate::book::cases::Case;
use crate::engine::desk::{Entry, EntryKind};

use super::CaseResult;
use super::stage::Played;

pub(super) fn compare(result: &mut CaseResult, case: &Case, playbook: &str, played: &Played) {
    let own: Vec<&Entry> = played.entries.iter().filter(|entry| &*entry.playbook == playbook).collect();
    if let Some(expected) = &case.outcome.branch {
        let enrolled = own.iter().find(|entry| entry.kind == EntryKind::Enroll).and_then(|entry| entry.step.as_deref());
        if differ(result, &format!("branch={expected}"), enrolled.unwrap_or("not enrolled")) {
            let branch = enrolled.and_then(|step| step.strip_prefix("branch="));
            result.outcome.branch = branch.map(Into::into);
        }
    }
    for (word, expected) in &case.outcome.counts {
        let actual = own.iter().filter(|entry| entry.what() == &**word).count();
        if differ(result, &format!("{word} × {expected}"), &format!("{word} × {actual}")) {
            result.outcome.counts.insert(word.clone(), actual);
        }
    }
    if let (Some(expected), Some(actual)) = (&case.outcome.reason, &played.reason)
        && differ(result, &format!("reason={expected}"), &format!("reason={actual}"))
    {
        result.outcome.reason = Some(actual.as_str().into());
    }
}

/// Notes a difference; false when there is none.
fn differ(result: &mut CaseResult, expected: &str, actual: &str) -> bool {
    if expected != actual {
        result.missing.push(expected.to_owned());
        result.unexpected.push(actual.to_owned());
    }
    expected != actual
}
