//! When to look at the account again if nothing changes before: the earliest instant at which anything may differ.

use std::sync::Arc;

use crate::book::calendar::add_span;
use crate::book::playbook::{Action, Playbook, Trigger};
use crate::engine::admission::cooldown_ends;
use crate::engine::desk::{ApprovalState, Change, Next, TaskState};
use crate::engine::enrollment::StepState;
use crate::engine::matching::{Offers, is_open, matures_at, next_flip, offers};
use crate::engine::plan::{self, Due};
use crate::engine::suppression::capped;
use crate::portfolio::Facts;
use crate::time::Timestamp;

use super::Turn;
use super::advance::hold_ends;
use super::mail::class_of;
use super::post::waiting;
use super::wait::wait_ends;

impl Turn<'_> {
    pub(super) fn wake(&self) -> (Option<Timestamp>, Vec<Next>) {
        if !self.account.is_known(self.now) {
            return (self.account.known_since, Vec::new());
        }
        let mut instants = self.nights(&self.facts);
        instants.extend(self.account.next_arrival(self.now, self.input_world.event_kinds.iter()));
        instants.extend(self.shared_flips());
        for playbook in self.input_world.book.playbooks.values() {
            self.playbook_instants(playbook, &mut instants);
        }
        let mut next = Vec::new();
        for (playbook, id) in self.active() {
            next.push((id.clone(), self.enrollment_instants(&playbook, &id, &mut instants)));
        }
        for (playbook, id) in self.parked() {
            let facts = self.facts_for(&playbook, self.enrollment(&id));
            instants.extend(self.goal_matures(&playbook, &id, &facts));
        }
        next.extend(self.ended_now().map(|id| (id, None)));
        let snoozed = self.desk.tasks.values().filter(|task| task.state == TaskState::Snoozed);
        instants.extend(snoozed.filter_map(|task| task.snoozed_until));
        (instants.into_iter().filter(|at| *at > self.now).min(), next)
    }

    /// What ended in this look has nothing planned any more.
    fn ended_now(&self) -> impl Iterator<Item = Arc<str>> {
        self.changes.iter().filter_map(|change| match change {
            Change::Enrollment(id) if !self.enrollment(id).is_active() => Some(id.clone()),
            _ => None,
        })
    }

    /// Health, segments and the never-rule flip for every playbook alike.
    fn shared_flips(&self) -> impl Iterator<Item = Timestamp> {
        let shared = self.input_world.book.shared_expressions();
        shared.into_iter().filter_map(|expression| next_flip(expression.reads(), &self.facts))
    }

    fn playbook_instants(&self, playbook: &Playbook, instants: &mut Vec<Timestamp>) {
        let running = self.desk.open().any(|own| own.playbook == playbook.id);
        if !is_open(playbook) && !running {
            return;
        }
        let facts = self.facts.seen_by(playbook);
        instants.extend(self.nights(&facts));
        instants.extend(playbook.expressions().filter_map(|expression| next_flip(expression.reads(), &facts)));
        let (Some(state), Some(live_since)) =
            (self.desk.conditions.get(&playbook.id), self.live_since.get(&playbook.id))
        else {
            return;
        };
        match offers(playbook, &facts, &state.seen, *live_since) {
            Offers::From(at) => instants.push(at),
            Offers::Now(open) => {
                let events = open.into_iter().filter_map(|offer| offer.event);
                let matures = |at| add_span(at, playbook.enroll.hold_for, &facts.zone, facts.calendar());
                instants.extend(events.filter_map(|event| matures(event.at)));
            }
            Offers::None(_) => {}
        }
        if let Trigger::Schedule(schedule) = &playbook.trigger {
            instants.extend(schedule.cron.next_after(self.now, schedule.zone.as_ref().unwrap_or(&facts.zone)));
        }
        instants.extend(matures_at(state, playbook, &facts));
        instants.extend(cooldown_ends(playbook, &facts, &self.desk));
    }

    /// Adds the instants of an enrollment; gives its next planned step.
    fn enrollment_instants(
        &self,
        playbook: &Playbook,
        id: &Arc<str>,
        instants: &mut Vec<Timestamp>,
    ) -> Option<(Arc<str>, Timestamp)> {
        let enrollment = self.enrollment(id);
        let facts = self.facts_for(playbook, enrollment);
        let mut next: Option<(Arc<str>, Timestamp)> = None;
        if self.playbook(&playbook.id).is_none_or(|newest| newest.version != playbook.version) {
            instants.extend(playbook.expressions().filter_map(|expression| next_flip(expression.reads(), &facts)));
        }
        for (place, due) in plan::undecided(playbook, enrollment, &self.desk, &facts) {
            let Due::At(due) = due else { continue };
            instants.push(due);
            let step = &playbook.steps[place];
            if next.as_ref().is_none_or(|(_, at)| due < *at) {
                next = Some((step.id.clone(), due));
            }
            self.step_instants(playbook, id, (place, due), &facts, instants);
        }
        instants.extend(self.goal_matures(playbook, id, &facts));
        instants.extend(self.ladder_instants(playbook, enrollment, &facts));
        let open = self.desk.approvals.values().filter(|own| own.enrollment == *id);
        instants.extend(open.filter(|own| own.state == ApprovalState::Waiting).filter_map(|own| own.expires_at));
        next
    }

    /// What a begun or late step waits for.
    pub(super) fn step_instants(
        &self,
        playbook: &Playbook,
        id: &Arc<str>,
        (place, due): (usize, Timestamp),
        facts: &Facts,
        instants: &mut Vec<Timestamp>,
    ) {
        let (step, enrollment) = (&playbook.steps[place], self.enrollment(id));
        let begun = enrollment.begun(&step.id);
        if begun.is_some() || due <= self.now {
            // Whatever holds it, it can run at an opening; an open window has none before the next day.
            let opening = plan::window_of(playbook, step, facts).and_then(|own| own.next_open(self.now, &facts.zone));
            instants.extend(opening);
        }
        let Some(run) = begun else { return };
        if run.state == StepState::Held {
            for run in waiting(enrollment, &step.id).chain([run]) {
                let most = playbook.suppressions.iter().map(|rule| rule.max_hold).chain([None]);
                instants.extend(most.filter_map(|most| hold_ends(playbook, facts, run, most)));
                // A due instant that lies ahead is an hour of the reader's.
                instants.push(run.due);
            }
            instants.extend(self.cap_frees(playbook, place, facts));
        }
        if let Action::WaitFor(wait) = &step.action {
            instants.extend(wait_ends(wait, run, facts));
        }
    }

    /// When a contact has room again: whatever held the step first, a cap may be what holds it last.
    fn cap_frees(&self, playbook: &Playbook, place: usize, facts: &Facts) -> Vec<Timestamp> {
        let step = &playbook.steps[place];
        let kind = step.action.kind();
        let class = match &step.action {
            Action::Email(email) => class_of(email, playbook, facts),
            _ => playbook.class.clone(),
        };
        let contacts = self.account.contacts.keys();
        contacts.filter_map(|contact| capped(kind, &class, contact, facts, &self.desk)?.until).collect()
    }
}
