//! Steps that a person must agree to: asking, and hearing the answer.

use std::sync::Arc;

use crate::book::playbook::Step;
use crate::condition::Truth;
use crate::engine::Reason;
use crate::engine::desk::{Approval, ApprovalKind, ApprovalState, Change, Entry, EntryKind, EntryResult};
use crate::engine::enrollment::StepState;
use crate::engine::plan;
use crate::engine::recipients::assignee;
use crate::id;
use crate::portfolio::Facts;

use super::Turn;
use super::cue::Cue;

impl Turn<'_> {
    pub(super) fn ask(&mut self, cue: &Cue) {
        let (step, facts) = (cue.step(), cue.facts);
        let Some(approve) = &step.approve else { return };
        let after = |within| plan::after_span(cue.playbook, step, self.now, within, facts);
        let approver = assignee(&approve.by, None, cue.playbook, facts, &self.open_tasks);
        let approval = Approval {
            id: id::approval(cue.enrollment, &step.id).into(),
            kind: ApprovalKind::Step,
            enrollment: cue.enrollment.clone(),
            playbook: cue.playbook.id.clone(),
            step: Some(step.id.clone()),
            approver: approver.map(|person| person.id.clone()),
            asked_at: self.now,
            expires_at: approve.within.and_then(after),
            state: ApprovalState::Waiting,
            decided_at: None,
        };
        self.changes.push(Change::Approval(approval.id.clone()));
        Arc::make_mut(&mut self.desk).approvals.insert(approval.id.clone(), approval);
        let reason = Some(Reason::AwaitingApproval);
        self.decide_on(cue, StepState::Approving, reason);
        let entry = Entry { result: EntryResult::Held, reason, ..self.line_of(cue) };
        self.record(entry);
    }

    /// The approver's answer, if there is one by now. True when there is.
    pub(super) fn hear_approver(&mut self, cue: &Cue) -> bool {
        let approval_id = id::approval(cue.enrollment, &cue.step().id);
        let Some(approval) = Arc::make_mut(&mut self.desk).approvals.get_mut(&*approval_id) else { return false };
        let expired = approval.expires_at.is_some_and(|at| at <= self.now);
        match approval.state {
            ApprovalState::Waiting if !expired => return false,
            ApprovalState::Waiting => {
                approval.state = ApprovalState::Expired;
                approval.decided_at = Some(self.now);
                let approval_id = approval.id.clone();
                self.changes.push(Change::Approval(approval_id));
                self.skip(cue, Reason::ApprovalExpired);
            }
            ApprovalState::Expired => self.skip(cue, Reason::ApprovalExpired),
            // The closed list has no word for "a person said no"; a person's stop is what comes nearest.
            ApprovalState::Rejected => self.skip(cue, Reason::Silenced),
            ApprovalState::Approved => {
                self.decide_on(cue, StepState::Approved, None);
                let enrollment = self.enrollment(cue.enrollment);
                let mut entry = self.entry(cue.playbook, enrollment, cue.facts, EntryKind::Approve);
                entry.step = Some(cue.step().id.clone());
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
