//! An account as it stood at an instant, from what the database has kept.

use std::sync::Arc;

use super::ahead::next_instant;
use super::case::Case;
use crate::book::playbook::{Playbook, Trigger};
use crate::engine::Reason;
use crate::engine::delivery::DeliveryState;
use crate::engine::desk::{ApprovalState, ConditionState, Desk, Entry, EntryKind, EntryResult, TaskState};
use crate::engine::enrollment::{Enrollment, EnrollmentState, Park, StepRun, StepState};
use crate::portfolio::Facts;
use crate::time::Timestamp;

/// The desk as it was: what came later is taken away, what has ended since is open again. `lines` are those of the
/// timeline up to the instant.
pub(super) fn desk_at(desk: &Desk, lines: &[Entry], at: Timestamp) -> Desk {
    let mut then = desk.clone();
    then.enrollments.values_mut().for_each(|own| unwind(own, lines, at));
    then.enrollments.retain(|_, own| own.enrolled_at <= at);
    then.tasks.retain(|_, task| task.created_at <= at);
    for task in then.tasks.values_mut() {
        task.acknowledged_at = task.acknowledged_at.filter(|seen| *seen <= at);
        if task.done_at.is_some_and(|done| done > at) {
            task.done_at = None;
            task.state = if task.acknowledged_at.is_some() { TaskState::Acknowledged } else { TaskState::Open };
        }
    }
    then.approvals.retain(|_, approval| approval.asked_at <= at);
    for approval in then.approvals.values_mut().filter(|own| own.decided_at.is_some_and(|when| when > at)) {
        (approval.state, approval.decided_at) = (ApprovalState::Waiting, None);
    }
    then.sends.retain(|_, send| send.queued_at <= at);
    for send in then.sends.values_mut().filter(|own| own.sent_at.is_some_and(|sent| sent > at)) {
        (send.state, send.sent_at) = (DeliveryState::Queued, None);
    }
    then
}

/// The enrollment as it was. One that had not begun keeps the instant of its beginning, unless it stood parked.
fn unwind(own: &mut Enrollment, lines: &[Entry], at: Timestamp) {
    let lines = || lines.iter().filter(|line| line.enrollment.as_ref() == Some(&own.id));
    if own.enrolled_at > at {
        let parked = lines().rfind(|line| line.kind == EntryKind::Enroll && line.result == EntryResult::Held);
        if let Some((line, reason)) = parked.and_then(|line| Some((line, line.reason?))) {
            own.park = Some(Park { reason, question: Arc::from(""), answer: None });
            (own.state, own.enrolled_at) = (EnrollmentState::Parked, line.at);
        }
    }
    if own.ended.as_ref().is_some_and(|end| end.at > at) {
        own.ended = None;
        own.state = if own.park.is_some() { EnrollmentState::Parked } else { EnrollmentState::Active };
    }
    own.goal_since = own.goal_since.filter(|since| *since <= at);
    own.replied = own.replied && lines().any(|line| line.kind == EntryKind::Reply);
    let known: Vec<(Arc<str>, Option<StepRun>)> =
        own.steps.iter().map(|(id, run)| (id.clone(), step_at(id, run, &mut lines(), at))).collect();
    own.steps = known.into_iter().filter_map(|(id, run)| Some((id, run?))).collect();
}

/// What had become of the step: as it is when that is older, else as its last line of the timeline says.
fn step_at(id: &str, run: &StepRun, lines: &mut dyn Iterator<Item = &Entry>, at: Timestamp) -> Option<StepRun> {
    if run.since <= at {
        return Some(run.clone());
    }
    let told = |line: &&Entry| line.step.as_deref() == Some(id);
    let last = lines.filter(told).last()?;
    let state = match (last.kind, last.result, last.reason) {
        (EntryKind::Approve, ..) => StepState::Approved,
        (EntryKind::Step, EntryResult::Held, Some(Reason::AwaitingApproval)) => StepState::Approving,
        (EntryKind::Step, EntryResult::Held, _) => StepState::Held,
        (EntryKind::Step, EntryResult::Waiting, _) => StepState::Waiting,
        _ => return None,
    };
    Some(StepRun { state, since: last.at, ended_at: None, reason: last.reason, ..run.clone() })
}

/// What was known of the condition just before the instant. The database holds the latest; what it does not hold is found
/// by looking again, from the day the playbook went live, whenever anything may have changed.
pub(super) fn state_before(
    playbook: &Playbook,
    facts: &Facts,
    desk: &Desk,
    looked_until: Option<Timestamp>,
    live_since: Timestamp,
) -> Option<ConditionState> {
    let stored = desk.conditions.get(&playbook.id);
    let from_then = stored.filter(|stored| is_from_before(stored, playbook, facts.now)).cloned();
    let start = match (&from_then, stored) {
        (Some(state), _) => looked_until.map_or(facts.now, |at| at.max(state.since)),
        (None, Some(_)) => facts.account.known_since.unwrap_or(live_since),
        (None, None) => looked_until.unwrap_or(facts.now),
    };
    let (mut at, mut state) = (start.max(live_since), from_then);
    while at < facts.now {
        let case = Case::at(playbook, &facts.at(at), desk, state.as_ref(), live_since);
        let next = next_instant(&case);
        state = Some(case.left_behind());
        at = next?;
    }
    state
}

fn is_from_before(stored: &ConditionState, playbook: &Playbook, now: Timestamp) -> bool {
    let fired = match playbook.trigger {
        Trigger::Schedule(_) => stored.seen.first().and_then(|at| at.parse::<Timestamp>().ok()),
        _ => None,
    };
    [Some(stored.since), stored.false_at, stored.rearmed_at, fired].into_iter().flatten().all(|at| at <= now)
}
