//! How long an account may rest: until the passing of days can change anything.
//!
//! The instants of [`super::wake`] are those of steps, holds and windows; what is left are questions whose answers move
//! with the date. [`crate::condition::Motion`] says when one may be answered otherwise. Then they are asked again, and the
//! account is only looked at when an answer is another one.

use std::sync::Arc;

use crate::book::playbook::{Action, Playbook};
use crate::condition::{Expression, Truth};
use crate::engine::enrollment::{Enrollment, StepState};
use crate::engine::matching::{Offers, is_open, next_midnight, offers};
use crate::portfolio::{Account, Event, Facts, Run, Work, World};
use crate::time::{Timestamp, add_days, start_of_day};

use super::Turn;

/// Nobody rests longer without being asked.
const LONGEST_DAYS: u32 = 400;

/// What a look leaves behind: when to look again, and what is to be asked before.
#[derive(Clone, Debug, Default)]
pub struct Rest {
    /// When to look whatever the answers are.
    pub look_at: Option<Timestamp>,
    /// The first midnight at which an answer may be another one.
    pub ask_at: Option<Timestamp>,
    questions: Vec<Questions>,
    work: Arc<Work>,
}

/// What is asked of an account as one playbook sees it, with the answers of the look.
#[derive(Clone, Debug)]
struct Questions {
    playbook: Arc<Playbook>,
    run: Option<Arc<Run>>,
    event: Option<Arc<Event>>,
    answers: Vec<(Expression, Truth)>,
}

impl Rest {
    /// When something is to be done next.
    pub fn wake_at(&self) -> Option<Timestamp> {
        self.look_at.into_iter().chain(self.ask_at).min()
    }

    /// Asks again. The next midnight to ask at; an error when an answer is another one: the account must be looked at.
    pub fn ask(&self, world: &World, account: &Arc<Account>, now: Timestamp) -> Result<Option<Timestamp>, Restless> {
        let facts = Facts::new(world.clone(), account.clone(), self.work.clone(), now);
        let mut next = None;
        for own in &self.questions {
            let facts = own.facts(&facts);
            if own.answers.iter().any(|(asked, answer)| asked.truth(&facts) != *answer) {
                return Err(Restless);
            }
            let at = midnight_after(still_for(own.answers.iter().map(|(asked, _)| asked), &facts), &facts);
            next = next.into_iter().chain(at).min();
        }
        Ok(next)
    }
}

/// An answer is another one.
#[derive(Clone, Copy, Debug)]
pub struct Restless;

impl Questions {
    fn facts(&self, facts: &Facts) -> Facts {
        let mut seen = facts.seen_by(&self.playbook);
        (seen.run, seen.event) = (self.run.clone(), self.event.clone());
        seen
    }
}

impl Turn<'_> {
    /// What an account that does not rest waits for: every midnight. One that rests: feeds that go stale.
    pub(super) fn nights(&self, facts: &Facts) -> Vec<Timestamp> {
        match self.input_world.rests_since {
            None => vec![next_midnight(facts)],
            Some(_) => facts.feeds_going_stale().collect(),
        }
    }

    /// Until when the account may rest, when nothing else comes before `look_at`.
    pub(super) fn rest(&self, look_at: Option<Timestamp>) -> Rest {
        let mut rest = Rest { look_at, work: self.facts.work.clone(), ..Rest::default() };
        if self.input_world.rests_since.is_none() || !self.account.is_known(self.now) {
            return rest;
        }
        for playbook in self.input_world.book.playbooks.values().filter(|own| is_open(own)) {
            let facts = self.facts.seen_by(playbook);
            rest.note(playbook, &facts, self.at_the_door(playbook, &facts));
        }
        for (playbook, id) in self.open() {
            let facts = self.facts_for(&playbook, self.enrollment(&id));
            rest.note(&playbook, &facts, self.inside(&playbook, self.enrollment(&id), &facts));
        }
        rest
    }

    /// What decides whether the account comes in; none when it is to be looked at again with the day.
    fn at_the_door<'p>(&self, playbook: &'p Playbook, facts: &'p Facts) -> Option<Vec<&'p Expression>> {
        let when = playbook.enroll.when.as_ref();
        let seen = self.desk.conditions.get(&playbook.id).map_or(&[][..], |state| &state.seen);
        let live_since = self.live_since.get(&playbook.id).copied().unwrap_or(self.now);
        // An event that is not decided yet has a `when` of its own.
        if matches!(offers(playbook, facts, seen, live_since), Offers::Now(open) if open[0].event.is_some()) {
            return None;
        }
        let own = || self.desk.enrollments.values().filter(|own| own.playbook == playbook.id);
        // Who has come in at this instant may come in again at the next look.
        if own().any(|own| own.enrolled_at >= self.now) {
            return None;
        }
        let rearm = playbook.reentry.rearm.as_ref().filter(|_| own().next().is_some());
        let mut asked: Vec<&Expression> = when.into_iter().chain(rearm).collect();
        if when.is_none_or(|when| when.truth(facts) == Truth::True) {
            asked.extend(of_everybody(playbook, facts));
            // The key is a value and no answer.
            let is_key_still = playbook.reentry.key.as_ref().is_none_or(|key| key.still_for(facts) == u32::MAX);
            return is_key_still.then_some(asked);
        }
        Some(asked)
    }

    /// What may end or move an enrollment by the date alone; none when it is to be looked at with the day: what is held
    /// may be let go for reasons that are not followed here, and a ladder counts days.
    fn inside<'p>(
        &self,
        playbook: &'p Playbook,
        enrollment: &Enrollment,
        facts: &'p Facts,
    ) -> Option<Vec<&'p Expression>> {
        let is_held = enrollment.steps.values().any(|run| run.state == StepState::Held);
        if is_held || !self.ladder_is_over(playbook, enrollment, facts) {
            return None;
        }
        let waits = playbook.steps.iter().filter_map(|step| match &step.action {
            Action::WaitFor(wait) if enrollment.begun(&step.id).is_some() => Some(&wait.until),
            _ => None,
        });
        Some(of_everybody(playbook, facts).chain(waits).collect())
    }
}

impl Rest {
    fn note(&mut self, playbook: &Arc<Playbook>, facts: &Facts, asked: Option<Vec<&Expression>>) {
        let Some(asked) = asked else {
            self.look_at = self.look_at.into_iter().chain([next_midnight(facts)]).min();
            return;
        };
        let moving = asked.into_iter().filter(|own| own.still_for(facts) < u32::MAX);
        let answers: Vec<(Expression, Truth)> = moving.map(|own| (own.clone(), own.truth(facts))).collect();
        let at = midnight_after(still_for(answers.iter().map(|(asked, _)| asked), facts), facts);
        self.ask_at = self.ask_at.into_iter().chain(at).min();
        if !answers.is_empty() {
            let (run, event) = (facts.run.clone(), facts.event.clone());
            self.questions.push(Questions { playbook: playbook.clone(), run, event, answers });
        }
    }
}

/// What is asked of an account as soon as it is in, and before it comes in.
fn of_everybody<'a>(playbook: &'a Playbook, facts: &'a Facts) -> impl Iterator<Item = &'a Expression> {
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
