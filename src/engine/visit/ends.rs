//! Ends: goal, exits in file order, the never-rule; and what an end leaves behind.

use std::sync::Arc;

use crate::book::calendar::add_span;
use crate::book::playbook::{OnAnchorChange, Outcome, Playbook, Trigger};
use crate::condition::Truth;
use crate::engine::Reason;
use crate::engine::admission::is_never;
use crate::engine::delivery::DeliveryState;
use crate::engine::desk::{ApprovalState, Change, EntryKind};
use crate::engine::enrollment::{End, EnrollmentState, StepState};
use crate::engine::plan::{self, Due};
use crate::portfolio::Facts;
use crate::time::Timestamp;

use super::{Request, Turn};

impl Turn<'_> {
    /// Ends the first enrollment that is over. True when one was.
    pub(super) fn end_what_ends(&mut self) -> bool {
        for (playbook, id) in self.open() {
            let facts = self.facts_for(&playbook, self.enrollment(&id));
            self.watch_goal(&playbook, &id, &facts);
            if let Some(end) = self.end_of(&playbook, &id, &facts) {
                self.end(&playbook, &id, &facts, end);
                return true;
            }
        }
        false
    }

    /// Remembers since when the goal has been true while its `for` runs.
    fn watch_goal(&mut self, playbook: &Playbook, id: &Arc<str>, facts: &Facts) {
        let Some(goal) = playbook.goal.as_ref().filter(|goal| goal.hold_for.n > 0) else { return };
        let since = self.enrollment(id).goal_since;
        let now = match goal.when.truth(facts) {
            Truth::True => since.or(Some(self.now)),
            Truth::False => None,
            Truth::Unknown => since,
        };
        if now != since {
            Arc::make_mut(&mut self.desk).enrollments.get_mut(id).expect("an active enrollment").goal_since = now;
            self.changed_enrollment(id);
        }
    }

    /// Whether and how the enrollment is over now.
    fn end_of(&self, playbook: &Playbook, id: &str, facts: &Facts) -> Option<End> {
        let end = |outcome, reason, exit| Some(End { at: self.now, outcome, reason, exit });
        if self.goal_reached(playbook, id, facts) {
            return end(Outcome::Won, Reason::GoalReached, None);
        }
        if let Some(exit) = playbook.exits.iter().find(|exit| exit.when.truth(facts) == Truth::True) {
            return end(exit.outcome, Reason::Exited, Some(exit.id.clone()));
        }
        if is_never(playbook, facts) {
            return end(Outcome::Neutral, Reason::NeverPolicy, None);
        }
        if self.is_complete(playbook, id, facts) { end(Outcome::Neutral, Reason::Completed, None) } else { None }
    }

    fn goal_reached(&self, playbook: &Playbook, id: &str, facts: &Facts) -> bool {
        let Some(goal) = &playbook.goal else { return false };
        if goal.when.truth(facts) != Truth::True {
            return false;
        }
        goal.hold_for.n <= 0 || self.goal_matures(playbook, id, facts).is_some_and(|at| at <= self.now)
    }

    /// When the goal's `for` will have held.
    pub(super) fn goal_matures(&self, playbook: &Playbook, id: &str, facts: &Facts) -> Option<Timestamp> {
        let (goal, since) = (playbook.goal.as_ref()?, self.enrollment(id).goal_since?);
        add_span(since, goal.hold_for, &facts.zone, facts.calendar())
    }

    /// Every step of the branch decided, no `.done` awaited, the ladder over.
    fn is_complete(&self, playbook: &Playbook, id: &str, facts: &Facts) -> bool {
        let enrollment = self.enrollment(id);
        enrollment.is_active()
            && plan::undecided(playbook, enrollment, &self.desk, facts).next().is_none()
            && !self.awaits_branch(playbook, enrollment)
            && self.ladder_is_over(playbook, enrollment, facts)
    }

    /// Writes the end and takes back what has not gone out yet.
    pub(super) fn end(&mut self, playbook: &Playbook, id: &Arc<str>, facts: &Facts, end: End) {
        let reason = end.reason;
        let kind = if reason == Reason::GoalReached { EntryKind::Goal } else { EntryKind::Exit };
        let mut entry = self.entry(playbook, self.enrollment(id), facts, kind);
        entry.step = Some(match reason {
            Reason::GoalReached => Arc::from(end.outcome.as_str()),
            _ => end.exit.clone().unwrap_or_else(|| Arc::from(reason.as_str())),
        });
        entry.reason = Some(reason);
        let enrollment = Arc::make_mut(&mut self.desk).enrollments.get_mut(id).expect("an active enrollment");
        enrollment.state = EnrollmentState::Ended;
        enrollment.ended = Some(end);
        self.changed_enrollment(id);
        self.record(entry);
        // What a completed playbook has handed over still goes out.
        if reason != Reason::Completed {
            self.cancel_deliveries(id);
        }
        self.take_back(id);
        self.refresh();
    }

    fn cancel_deliveries(&mut self, id: &Arc<str>) {
        self.changes.push(Change::CancelDeliveries { enrollment: id.clone(), reason: Reason::Superseded });
        for send in Arc::make_mut(&mut self.desk).sends.values_mut().filter(|send| send.enrollment == *id) {
            if matches!(send.state, DeliveryState::Queued | DeliveryState::Held) {
                send.state = DeliveryState::Cancelled;
            }
        }
    }

    /// Cancels open approvals and begun steps, which a completed playbook may have on a branch that was left; open tasks
    /// stay.
    fn take_back(&mut self, id: &Arc<str>) {
        self.withdraw_questions(id, |_| true);
        let enrollment = Arc::make_mut(&mut self.desk).enrollments.get_mut(id).expect("an enrollment that ends");
        for (step, run) in enrollment.steps.iter_mut().filter(|(_, run)| !run.state.is_decided()) {
            run.state = StepState::Cancelled;
            run.reason = Some(Reason::Superseded);
            run.ended_at = Some(self.now);
            self.changes.push(Change::Step { enrollment: id.clone(), step: step.clone() });
        }
    }

    /// Follows a moved anchor. True when one moved.
    pub(super) fn replan(&mut self) -> bool {
        for (playbook, id) in self.active() {
            let Trigger::Date(trigger) = &playbook.trigger else { continue };
            let Some(anchor) = self.account.date(&trigger.anchor, self.now) else { continue };
            let before = self.enrollment(&id).anchor;
            if before == Some(anchor) || trigger.on_change == OnAnchorChange::Keep {
                continue;
            }
            match trigger.on_change {
                OnAnchorChange::Restart => self.restart(&playbook, &id),
                _ => self.move_anchor(&playbook, &id, anchor),
            }
            return true;
        }
        false
    }

    /// Unsent steps move with the anchor, sent ones never repeat; the key moves too.
    fn move_anchor(&mut self, playbook: &Playbook, id: &Arc<str>, anchor: crate::time::Date) {
        let facts = self.facts_for(playbook, self.enrollment(id));
        let mut entry = self.entry(playbook, self.enrollment(id), &facts, EntryKind::Replan);
        let before = self.enrollment(id).anchor.map_or_else(|| "none".to_owned(), |date| date.to_string());
        entry.detail = Some(format!("anchor {before} -> {anchor}"));
        let offer =
            crate::engine::matching::Offer { anchor: Some(anchor), open_since: self.now, event: None, fired_at: None };
        let key = crate::engine::admission::reentry_key(playbook, &facts, &offer);
        let key: Option<Arc<str>> = key.map(|key| format!("key:{key}").into());
        // A date that moves back to one the account has been through keeps its own key: a key stands once.
        let free = key.filter(|key| !self.desk.enrollments.values().any(|own| own.has_key(&playbook.id, key)));
        let enrollment = Arc::make_mut(&mut self.desk).enrollments.get_mut(id).expect("an active enrollment");
        enrollment.anchor = Some(anchor);
        if let (Some(key), true) = (free, enrollment.entry_key.starts_with("key:")) {
            enrollment.entry_key = key;
        }
        self.plan_anew(playbook, id, &facts);
        self.changed_enrollment(id);
        self.record(entry);
        self.refresh();
    }

    /// Steps that were held or asked about and now lie ahead again are as if their time had never come.
    fn plan_anew(&mut self, playbook: &Playbook, id: &Arc<str>, facts: &Facts) {
        let lies_ahead = |due: &Due| matches!(due, Due::At(at) if *at > self.now);
        let begun = |step: &str| {
            let run = self.enrollment(id).begun(step);
            run.is_some_and(|run| matches!(run.state, StepState::Held | StepState::Approving))
        };
        let anew: Vec<Arc<str>> = plan::undecided(playbook, self.enrollment(id), &self.desk, facts)
            .filter(|(place, due)| lies_ahead(due) && begun(&playbook.steps[*place].id))
            .map(|(place, _)| playbook.steps[place].id.clone())
            .collect();
        for step in &anew {
            let enrollment = Arc::make_mut(&mut self.desk).enrollments.get_mut(id).expect("an active enrollment");
            enrollment.steps.get_mut(step).expect("a begun step").state = StepState::Planned;
            self.changes.push(Change::Step { enrollment: id.clone(), step: step.clone() });
        }
        self.withdraw_questions(id, |step| anew.iter().any(|own| **own == *step));
    }

    /// Takes back what approvers have been asked about these steps and have not answered.
    pub(super) fn withdraw_questions(&mut self, id: &Arc<str>, about: impl Fn(&str) -> bool) {
        for approval in Arc::make_mut(&mut self.desk).approvals.values_mut() {
            let is_open = approval.enrollment == *id && approval.state == ApprovalState::Waiting;
            if is_open && approval.step.as_deref().is_none_or(&about) {
                approval.state = ApprovalState::Expired;
                approval.decided_at = Some(self.now);
                self.changes.push(Change::Approval(approval.id.clone()));
            }
        }
    }

    /// Ends the enrollment so that the trigger may start it again from the new anchor.
    fn restart(&mut self, playbook: &Playbook, id: &Arc<str>) {
        let facts = self.facts_for(playbook, self.enrollment(id));
        let end = End { at: self.now, outcome: Outcome::Neutral, reason: Reason::Superseded, exit: None };
        self.end(playbook, id, &facts, end);
    }

    /// Stops an enrollment by hand.
    pub(super) fn stop(&mut self, id: &Arc<str>, why: &str) -> Option<Reason> {
        let Some(enrollment) = self.desk.enrollments.get(id).filter(|own| own.is_open()) else {
            return Some(Reason::Superseded);
        };
        let Some(playbook) = self.playbook_of(enrollment) else { return Some(Reason::NotLive) };
        let facts = self.facts_for(&playbook, enrollment);
        let end = End {
            at: self.now,
            outcome: Outcome::Neutral,
            reason: Reason::Superseded,
            exit: Some(Arc::from("stopped")),
        };
        self.end(&playbook, id, &facts, end);
        if let Some(Change::History(entry)) =
            self.changes.iter_mut().rev().find(|change| matches!(change, Change::History(_)))
        {
            entry.detail = Some(why.to_owned());
        }
        None
    }

    /// What people asked for by hand, before anything else of this look.
    pub(super) fn requests(&mut self) {
        for (place, request) in self.requests.iter().enumerate() {
            let refused = match request {
                Request::Enroll { playbook, .. } => self.enroll_by_hand(playbook),
                Request::Stop { enrollment, why } => self.stop(enrollment, why),
                Request::Reply { enrollment, step } => self.reply(enrollment, step),
            };
            if let Some(reason) = refused {
                self.refused.push((place, reason));
            }
        }
    }
}
