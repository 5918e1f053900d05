//! Steps that a person must agree to: asking, and hearing the answer.

use std::sync::Arc;

use crate::book::playbook::{Playbook, Step};
use crate::condition::Truth;
use crate::engine::Reason;
use crate::engine::desk::{Approval, ApprovalKind, ApprovalState, Change, EntryKind, EntryResult};
use crate::engine::enrollment::StepState;
use crate::engine::plan;
use crate::engine::recipients::assignee;
use crate::id;
use crate::portfolio::Facts;
use crate::time::Timestamp;

use super::Turn;

impl Turn<'_> {
    pub(super) fn ask(&mut self, playbook: &Playbook, id: &Arc<str>, step: &Step, facts: &Facts, due: Timestamp) {
        let Some(approve) = &step.approve else { return };
        let expires_at = approve.within.and_then(|within| plan::after_span(playbook, step, self.now, within, facts));
        let approver = assignee(&approve.by, None, playbook, facts, &self.open_tasks).map(|person| person.id.clone());
        let approval = Approval {
            id: id::approval(id, &step.id).into(),
            kind: ApprovalKind::Step,
            enrollment: id.clone(),
            playbook: playbook.id.clone(),
            step: Some(step.id.clone()),
            approver,
            asked_at: self.now,
            expires_at,
            state: ApprovalState::Waiting,
            decided_at: None,
        };
        self.changes.push(Change::Approval(approval.id.clone()));
        self.desk.approvals.insert(approval.id.clone(), approval);
        self.decide(id, &step.id, StepState::Approving, due, Some(Reason::AwaitingApproval));
        let mut entry = self.step_entry(playbook, id, step, facts);
        entry.result = EntryResult::Held;
        entry.reason = Some(Reason::AwaitingApproval);
        self.record(entry);
    }

    /// The approver's answer, if there is one by now. True when there is.
    pub(super) fn hear_approver(
        &mut self,
        playbook: &Playbook,
        id: &Arc<str>,
        step: &Step,
        facts: &Facts,
        due: Timestamp,
    ) -> bool {
        let approval_id = id::approval(id, &step.id);
        let Some(approval) = self.desk.approvals.get_mut(&*approval_id) else { return false };
        let expired = approval.expires_at.is_some_and(|at| at <= self.now);
        match approval.state {
            ApprovalState::Waiting if !expired => return false,
            ApprovalState::Waiting => {
                approval.state = ApprovalState::Expired;
                approval.decided_at = Some(self.now);
                let approval_id = approval.id.clone();
                self.changes.push(Change::Approval(approval_id));
                self.skip(playbook, id, step, facts, due, Reason::ApprovalExpired);
            }
            ApprovalState::Expired => self.skip(playbook, id, step, facts, due, Reason::ApprovalExpired),
            // The closed list has no word for "a person said no"; a person's stop is what comes nearest.
            ApprovalState::Rejected => self.skip(playbook, id, step, facts, due, Reason::Silenced),
            ApprovalState::Approved => {
                self.decide(id, &step.id, StepState::Approved, due, None);
                let mut entry = self.entry(playbook, self.enrollment(id), facts, EntryKind::Approve);
                entry.step = Some(step.id.clone());
                self.record(entry);
            }
        }
        true
    }
}

pub(super) fn must_ask(step: &Step, facts: &Facts) -> bool {
    let Some(approve) = &step.approve else { return false };
    // Unknown counts as true: a mail nobody can judge is one to ask about.
    approve.when.as_ref().is_none_or(|when| when.truth(facts) != Truth::False)
}
