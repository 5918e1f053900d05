//! How long an account may rest: the first midnight at which the passing of days can change anything.
//!
//! The instants of [`super::wake`] are those of steps, holds and windows; what is left are answers that move with the
//! date. They are followed by [`crate::condition::Motion`].

use crate::book::playbook::{Action, Playbook};
use crate::condition::{Expression, Truth};
use crate::engine::enrollment::{Enrollment, StepState};
use crate::engine::matching::{Offers, is_open, next_midnight, offers};
use crate::portfolio::Facts;
use crate::time::{Timestamp, add_days, start_of_day};

use super::Turn;

/// Nobody rests longer.
const LONGEST_DAYS: u32 = 400;

impl Turn<'_> {
    /// The midnights at which the account is looked at whatever its playbooks are: every one, unless it rests.
    pub(super) fn own_nights(&self) -> Vec<Timestamp> {
        if self.input_world.rests_since.is_none() {
            return vec![next_midnight(&self.facts)];
        }
        self.facts.feeds_going_stale().collect()
    }

    /// The midnights at which it is looked at because of a playbook that is open or that it is in.
    pub(super) fn nights_of(&self, playbook: &Playbook, facts: &Facts) -> Vec<Timestamp> {
        if self.input_world.rests_since.is_none() {
            return vec![next_midnight(facts)];
        }
        let door = is_open(playbook).then(|| self.door_still_for(playbook, facts));
        midnight_after(door.unwrap_or(u32::MAX), facts).into_iter().chain(facts.feeds_going_stale()).collect()
    }

    /// The midnight at which an enrollment is looked at.
    pub(super) fn night_of(&self, playbook: &Playbook, enrollment: &Enrollment, facts: &Facts) -> Option<Timestamp> {
        match self.input_world.rests_since {
            None => Some(next_midnight(facts)),
            Some(_) => midnight_after(self.run_still_for(playbook, enrollment, facts), facts),
        }
    }

    /// For how many midnights the account stands before the door as it does now.
    fn door_still_for(&self, playbook: &Playbook, facts: &Facts) -> u32 {
        let when = playbook.enroll.when.as_ref();
        let seen = self.desk.conditions.get(&playbook.id).map_or(&[][..], |state| &state.seen);
        let live_since = self.live_since.get(&playbook.id).copied().unwrap_or(self.now);
        // An event that is not decided yet has a `when` of its own.
        if matches!(offers(playbook, facts, seen, live_since), Offers::Now(open) if open[0].event.is_some()) {
            return 1;
        }
        let own = || self.desk.enrollments.values().filter(|own| own.playbook == playbook.id);
        // Who has come in at this instant may come in again at the next look.
        if own().any(|own| own.enrolled_at >= self.now) {
            return 1;
        }
        let has_been_in = own().next().is_some();
        let rearm = playbook.reentry.rearm.as_ref().filter(|_| has_been_in);
        let asked = still_for(when.into_iter().chain(rearm), facts);
        match when.map_or(Truth::True, |when| when.truth(facts)) {
            Truth::True => asked.min(still_for(inside(playbook, facts).chain(&playbook.reentry.key), facts)),
            _ => asked,
        }
    }

    /// For how many midnights nothing about the enrollment changes by the date alone. What is held may be let go for
    /// reasons that are not followed here, and a ladder counts days.
    fn run_still_for(&self, playbook: &Playbook, enrollment: &Enrollment, facts: &Facts) -> u32 {
        let is_held = enrollment.steps.values().any(|run| run.state == StepState::Held);
        if is_held || !self.ladder_is_over(playbook, enrollment, facts) {
            return 1;
        }
        let waits = playbook.steps.iter().filter_map(|step| match &step.action {
            Action::WaitFor(wait) if enrollment.begun(&step.id).is_some() => Some(&wait.until),
            _ => None,
        });
        still_for(inside(playbook, facts).chain(waits), facts)
    }
}

/// What is asked of an account as soon as it is in, and before it comes in.
fn inside<'a>(playbook: &'a Playbook, facts: &'a Facts) -> impl Iterator<Item = &'a Expression> {
    let goal = playbook.goal.iter().map(|goal| &goal.when);
    let exits = playbook.exits.iter().map(|exit| &exit.when);
    let branches = playbook.branches.iter().filter_map(|branch| branch.when.as_ref());
    let never = facts.world.book.policy.never.iter().map(|never| &never.when);
    goal.chain(exits).chain(branches).chain(never)
}

fn still_for<'a>(expressions: impl Iterator<Item = &'a Expression>, facts: &Facts) -> u32 {
    expressions.map(|own| own.still_for(facts)).min().unwrap_or(u32::MAX)
}

/// So many midnights ahead; none for what stands still for good.
fn midnight_after(midnights: u32, facts: &Facts) -> Option<Timestamp> {
    (midnights < u32::MAX).then(|| {
        let days = i64::from(midnights.min(LONGEST_DAYS));
        start_of_day(add_days(facts.today(), days), &facts.zone)
    })
}
