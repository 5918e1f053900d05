//! What holds in every life.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use playcaller::engine::Reason;
use playcaller::engine::delivery::DeliveryState;
use playcaller::engine::desk::{Entry, EntryKind, EntryResult};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::events::Lived;

pub fn check(lived: &Lived) -> Result<(), TestCaseError> {
    prop_assert!(lived.errors.is_empty(), "the daemon complains: {}", lived.errors);
    prop_assert!(lived.next_look.is_none_or(|at| at > lived.until), "the next look lies in the past");
    time_goes_forward(lived)?;
    ends_absorb(lived)?;
    one_at_a_time(lived)?;
    nothing_twice(lived)?;
    ended_means_ended(lived)
}

fn time_goes_forward(lived: &Lived) -> Result<(), TestCaseError> {
    for two in lived.entries.windows(2) {
        prop_assert!(two[0].at <= two[1].at, "{two:#?}");
    }
    Ok(())
}

/// After its end nothing more is said of an enrollment, but that a mail came back or was answered.
fn ends_absorb(lived: &Lived) -> Result<(), TestCaseError> {
    let mut ended: BTreeMap<&Arc<str>, &Entry> = BTreeMap::new();
    for entry in &lived.entries {
        let Some(id) = &entry.enrollment else { continue };
        let may_follow = matches!(entry.kind, EntryKind::Deliver | EntryKind::Reply);
        if let Some(end) = ended.get(id).filter(|_| !may_follow) {
            prop_assert!(false, "after {end:#?}\ncame {entry:#?}\n{:#?}", lived.lines());
        }
        if matches!(entry.kind, EntryKind::Goal | EntryKind::Exit) {
            ended.insert(id, entry);
        }
    }
    Ok(())
}

/// One enrollment of a playbook at a time, each with a key of its own; every line stands between enrollment and end.
fn one_at_a_time(lived: &Lived) -> Result<(), TestCaseError> {
    let mut active: BTreeMap<&Arc<str>, &Arc<str>> = BTreeMap::new();
    for entry in &lived.entries {
        let Some(id) = &entry.enrollment else { continue };
        match entry.kind {
            EntryKind::Enroll => {
                let before = active.insert(&entry.playbook, id);
                prop_assert!(before.is_none(), "{entry:#?} while {before:?} runs");
            }
            EntryKind::Goal | EntryKind::Exit => {
                prop_assert_eq!(active.remove(&entry.playbook), Some(id), "{:#?}", entry);
            }
            EntryKind::Deliver | EntryKind::Reply => {}
            _ => prop_assert_eq!(active.get(&entry.playbook), Some(&id), "{:#?}", entry),
        }
    }
    let keys: BTreeSet<_> = lived.desk.enrollments.values().map(|own| (&own.playbook, &own.entry_key)).collect();
    prop_assert_eq!(keys.len(), lived.desk.enrollments.len());
    Ok(())
}

/// A step is decided once. That something stands before it is said once and that somebody is asked once, and again only
/// when a moved date has planned it anew.
fn nothing_twice(lived: &Lived) -> Result<(), TestCaseError> {
    let mut decided: BTreeMap<(&Arc<str>, &Arc<str>), &Entry> = BTreeMap::new();
    let mut held: BTreeSet<(&Arc<str>, &Arc<str>, bool)> = BTreeSet::new();
    for entry in &lived.entries {
        if entry.kind == EntryKind::Replan {
            held.retain(|(id, ..)| Some(*id) != entry.enrollment.as_ref());
        }
        let is_step = matches!(entry.kind, EntryKind::Step | EntryKind::Escalate);
        let (Some(id), Some(step), true) = (&entry.enrollment, &entry.step, is_step) else { continue };
        match entry.result {
            EntryResult::Held => {
                prop_assert!(
                    held.insert((id, step, entry.reason == Some(Reason::AwaitingApproval))),
                    "held twice: {entry:#?}\n{:#?}",
                    lived.lines()
                );
            }
            EntryResult::Waiting => {}
            _ => {
                let before = decided.insert((id, step), entry);
                prop_assert!(before.is_none(), "decided twice: {before:#?}\n{entry:#?}\n{:#?}", lived.lines());
            }
        }
    }
    Ok(())
}

/// What has ended asks nobody and sends nothing.
fn ended_means_ended(lived: &Lived) -> Result<(), TestCaseError> {
    let desk = &lived.desk;
    let is_active = |id: &Arc<str>| desk.enrollments.get(id).is_some_and(|own| own.is_active());
    // What a completed playbook has handed over still goes out.
    let may_send = |id: &Arc<str>| {
        let reason = desk.enrollments.get(id).and_then(|own| own.ended.as_ref()).map(|end| end.reason);
        is_active(id) || reason == Some(Reason::Completed)
    };
    for own in desk.sends.values().filter(|own| !may_send(&own.enrollment)) {
        let is_open = matches!(own.state, DeliveryState::Queued | DeliveryState::Held);
        prop_assert!(!is_open, "{own:#?}\n{:#?}", lived.lines());
    }
    for own in desk.approvals.values().filter(|own| !is_active(&own.enrollment)) {
        prop_assert!(own.decided_at.is_some(), "{own:#?}\n{:#?}", lived.lines());
    }
    for own in desk.enrollments.values() {
        prop_assert_eq!(own.ended.is_some(), !own.is_active(), "{:#?}", own);
        let is_begun = own.steps.values().any(|run| !run.state.is_decided());
        prop_assert!(own.is_active() || !is_begun, "{:#?}", own);
    }
    Ok(())
}
