//! Enrolling: every open playbook is asked, its condition's state remembered, and who qualifies comes in.

use std::sync::Arc;

use crate::book::playbook::{Outcome, Playbook};
use crate::engine::Reason;
use crate::engine::admission::{Admission, Entrance, admit};
use crate::engine::desk::{Change, ConditionState, EntryKind, EntryResult};
use crate::engine::enrollment::{End, Enrollment, EnrollmentState};
use crate::engine::matching::{Offer, Offers, is_open, observe, offers, seen_after};
use crate::portfolio::{Event, Facts};

use super::Turn;

impl Turn<'_> {
    /// Enrolls the account wherever it qualifies. True when it entered anything.
    pub(super) fn enroll(&mut self) -> bool {
        let mut entered = false;
        for playbook in self.playbooks().into_iter().filter(|playbook| is_open(playbook)) {
            entered |= self.consider(&playbook);
        }
        entered
    }

    /// Looks at one playbook; true when the account entered it.
    fn consider(&mut self, playbook: &Arc<Playbook>) -> bool {
        let Some(live_since) = self.live_since.get(&playbook.id).copied() else { return false };
        let facts = self.facts.seen_by(playbook);
        let before = self.desk.conditions.get(&playbook.id).cloned();
        let seen = before.as_ref().map_or(&[][..], |state| &state.seen);
        let offers = offers(playbook, &facts, seen, live_since);
        let mut state = observe(before.as_ref(), playbook, &facts, &offers, live_since);
        state.seen = seen_after(playbook, &facts, &state.seen, live_since);
        let open = if let Offers::Now(open) = offers { open } else { Vec::new() };
        let mut entered = false;
        for offer in open {
            let facts = facts.with_event(offer.event.clone());
            match admit(
                playbook,
                &facts,
                &self.desk,
                &offer,
                &self.seen_with(&state, &facts, playbook),
                Entrance::Trigger,
            ) {
                Admission::Enroll(enrollment) => {
                    self.arrive(playbook, &facts, *enrollment);
                    entered = true;
                }
                Admission::HoldOut(enrollment) => self.hold_out(playbook, &facts, *enrollment),
                // An event that is not decided yet is looked at again.
                Admission::RefuseUntil(..) | Admission::AwaitBranch => forget(&mut state.seen, offer.event.as_deref()),
                Admission::Refuse(reason) => self.tell_if_unknown(playbook, &facts, &state, reason),
            }
        }
        self.remember(playbook, before.as_ref(), &state);
        entered
    }

    /// `when` may name the event: each event is judged by itself, not by the account's remembered state.
    fn seen_with(&self, state: &ConditionState, facts: &Facts, playbook: &Playbook) -> ConditionState {
        match facts.event {
            None => state.clone(),
            Some(_) => {
                let truth = crate::engine::matching::truth(&playbook.enroll, facts);
                // An event that is refused once does not come back, so what is true now has been since it came.
                let true_since = facts.event.as_ref().map(|event| event.at);
                let true_since = true_since.filter(|_| truth == crate::condition::Truth::True);
                ConditionState { truth, since: self.now, true_since, ..state.clone() }
            }
        }
    }

    fn remember(&mut self, playbook: &Playbook, before: Option<&ConditionState>, state: &ConditionState) {
        // A schedule has "seen" until now at every look; only what matters later is written.
        let same = before.is_some_and(|before| {
            let moving = ConditionState { false_at: state.false_at, rearmed_at: state.rearmed_at, ..before.clone() };
            moving == *state && !self.matters(playbook, before, state)
        });
        if before != Some(state) {
            Arc::make_mut(&mut self.desk).conditions.insert(playbook.id.clone(), state.clone());
        }
        if !same {
            self.changes.push(Change::Condition(playbook.id.clone()));
        }
    }

    /// Whether a later `false_at` or `rearmed_at` says something the stored one does not: only after an enrollment.
    fn matters(&self, playbook: &Playbook, before: &ConditionState, state: &ConditionState) -> bool {
        let own = self.desk.entries_of(&playbook.id);
        let Some(last) = own.last() else { return false };
        let last_end = last.ended.as_ref().map_or(last.enrolled_at, |end| end.at);
        let news = |before: Option<_>, now: Option<_>| {
            now.is_some_and(|now| now >= last_end) && before.is_none_or(|before| before < last_end)
        };
        news(before.false_at, state.false_at) || news(before.rearmed_at, state.rearmed_at)
    }

    pub(super) fn enter(&mut self, playbook: &Playbook, facts: &Facts, enrollment: Enrollment) {
        let mut entry = self.entry(playbook, &enrollment, facts, EntryKind::Enroll);
        entry.step = enrollment.branch.as_ref().map(|branch| format!("branch={branch}").into());
        entry.reason = Some(Reason::Enrolled);
        self.insert(enrollment);
        self.record(entry);
        self.refresh();
    }

    /// A record with reason `holdout` and no steps.
    fn hold_out(&mut self, playbook: &Playbook, facts: &Facts, mut enrollment: Enrollment) {
        let mut entry = self.entry(playbook, &enrollment, facts, EntryKind::Enroll);
        entry.step = enrollment.branch.as_ref().map(|branch| format!("branch={branch}").into());
        entry.result = EntryResult::Skipped;
        entry.reason = Some(Reason::Holdout);
        enrollment.state = EnrollmentState::Ended;
        enrollment.ended = Some(End { at: self.now, outcome: Outcome::Neutral, reason: Reason::Holdout, exit: None });
        self.insert(enrollment);
        self.record(entry);
        self.refresh();
    }

    pub(super) fn insert(&mut self, enrollment: Enrollment) {
        let id = enrollment.id.clone();
        Arc::make_mut(&mut self.desk).enrollments.insert(id.clone(), enrollment);
        self.changed_enrollment(&id);
    }

    /// Enrolls because a person says so. The reason when it is refused.
    pub(super) fn enroll_by_hand(&mut self, id: &Arc<str>) -> Option<Reason> {
        self.enroll_asked(id, Entrance::ByHand)
    }

    /// Enrolls because a step of another playbook says so. The reason when it is refused.
    pub(super) fn enroll_started(&mut self, id: &Arc<str>) -> Option<Reason> {
        self.enroll_asked(id, Entrance::Started)
    }

    fn enroll_asked(&mut self, id: &Arc<str>, entrance: Entrance) -> Option<Reason> {
        let Some(playbook) = self.playbook(id).filter(|playbook| is_open(playbook)) else {
            return Some(Reason::NotLive);
        };
        let facts = self.facts.seen_by(&playbook);
        let anchor = match &playbook.trigger {
            crate::book::playbook::Trigger::Date(trigger) => self.account.date(&trigger.anchor, self.now),
            _ => None,
        };
        let offer = Offer { anchor, open_since: self.now, event: None, fired_at: None };
        let state = ConditionState {
            truth: crate::condition::Truth::True,
            since: self.now,
            true_since: Some(self.now),
            false_at: None,
            rearmed_at: None,
            baseline: None,
            seen: Vec::new(),
        };
        match admit(&playbook, &facts, &self.desk, &offer, &state, entrance) {
            Admission::Enroll(enrollment) | Admission::HoldOut(enrollment) => {
                match entrance {
                    Entrance::ByHand => self.enter(&playbook, &facts, *enrollment),
                    _ => self.arrive(&playbook, &facts, *enrollment),
                }
                None
            }
            Admission::Refuse(reason) | Admission::RefuseUntil(reason, _) => Some(reason),
            Admission::AwaitBranch => Some(Reason::ConditionUnknown),
        }
    }
}

fn forget(seen: &mut Vec<Arc<str>>, event: Option<&Event>) {
    seen.retain(|id| event.is_none_or(|event| event.id != *id));
}
