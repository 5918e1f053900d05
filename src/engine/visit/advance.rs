//! Runs the step whose turn it is: late, held, waiting for an answer, or done.

use std::sync::Arc;

use crate::book::calendar::add_span;
use crate::book::playbook::{Action, HoldOrSkip, Kind, LatePolicy, Playbook, Status, Step};
use crate::condition::Truth;
use crate::engine::Reason;
use crate::engine::admission::unknown_because;
use crate::engine::desk::ApprovalState;
use crate::engine::enrollment::{StepRun, StepState};
use crate::engine::plan::{self, Due};
use crate::engine::recipients::is_customer;
use crate::engine::suppression::{Obstacle, suppressed};
use crate::id;
use crate::portfolio::Facts;
use crate::time::{Span, Timestamp};

use super::Turn;
use super::approval::must_ask;
use super::cue::Cue;
use super::mail::class_of;
use super::post::{has_been_told, waits_for_reader};
use super::prepare::Prepared;

/// A step whose time has come.
struct Ready {
    playbook: Arc<Playbook>,
    enrollment: Arc<str>,
    place: usize,
    /// None: what it waits for will never happen.
    due: Option<Timestamp>,
}

/// What stands between a due step and its action.
pub(super) enum Gate {
    Go(Prepared),
    Skip(Reason),
    Hold(Obstacle),
    /// A person is to be asked first.
    Ask,
}

impl Turn<'_> {
    /// Runs the first step that can move. A contested slot goes by class, then due, then id. True when one moved.
    pub(super) fn advance(&mut self) -> bool {
        let mut ready = self.ready();
        ready.sort_by_cached_key(|step| {
            let rank = self.rank(&step.playbook, &step.playbook.steps[step.place]);
            (rank, step.due, step.playbook.id.clone(), step.enrollment.clone(), step.place)
        });
        ready.iter().any(|step| self.take_step(step)) || self.climb_ladders()
    }

    /// The rank of the message class a step sends in: a template may have another one than its playbook.
    fn rank(&self, playbook: &Playbook, step: &Step) -> usize {
        let policy = &self.input_world.book.policy;
        match &step.action {
            Action::Email(email) => policy.rank(&class_of(email, playbook, &self.facts)),
            _ => policy.rank(&playbook.class),
        }
    }

    fn ready(&self) -> Vec<Ready> {
        let mut ready = Vec::new();
        for (playbook, id) in self.active() {
            let enrollment = self.enrollment(&id);
            if playbook.status == Status::Paused || self.awaits_branch(&playbook, enrollment) {
                continue;
            }
            let facts = self.facts_for(&playbook, enrollment);
            let due: Vec<(usize, Due)> = plan::undecided(&playbook, enrollment, &self.desk, &facts).collect();
            for (place, due) in due {
                // A wait that has begun goes on, wherever a moved anchor would put its beginning.
                let step = enrollment.begun(&playbook.steps[place].id);
                let waits = step.is_some_and(|run| run.state == StepState::Waiting);
                let due = match due {
                    Due::Never => None,
                    Due::At(at) if at <= self.now || waits => Some(at),
                    _ => continue,
                };
                ready.push(Ready { playbook: playbook.clone(), enrollment: id.clone(), place, due });
            }
        }
        ready
    }

    fn take_step(&mut self, ready: &Ready) -> bool {
        let (playbook, id) = (&*ready.playbook, &ready.enrollment);
        let facts = self.facts_for(playbook, self.enrollment(id));
        let due = ready.due.unwrap_or(self.now);
        let cue = Cue { playbook, enrollment: id, place: ready.place, facts: &facts, due };
        if ready.due.is_none() {
            self.skip(&cue, Reason::PreviousSkipped);
            return true;
        }
        let begun = self.enrollment(id).begun(&cue.step().id).cloned();
        match begun.as_ref().map(|run| run.state) {
            None if self.is_late(&cue) && self.is_late(&cue.since(self.readers_due(&cue))) => {
                self.skip(&cue, Reason::LateSkipped);
                true
            }
            None => self.attempt(&cue, None),
            Some(StepState::Approving) => self.hear_approver(&cue),
            Some(StepState::Waiting) => self.wait_on(&cue),
            Some(_) => self.attempt(&cue.since(begun.as_ref().map_or(due, |run| run.due)), begun),
        }
    }

    /// Whether the step's time passed so long ago that it is left out.
    pub(super) fn is_late(&self, cue: &Cue) -> bool {
        let kind = cue.step().action.kind();
        if !self.is_overdue(cue, cue.due) {
            return false;
        }
        match late_policy(cue.playbook, kind) {
            LatePolicy::All => false,
            LatePolicy::Skip => true,
            LatePolicy::Latest => {
                let enrollment = self.enrollment(cue.enrollment);
                let mut others = plan::undecided(cue.playbook, enrollment, &self.desk, cue.facts);
                others.any(|(other, other_due)| match other_due {
                    Due::At(at) => {
                        cue.playbook.steps[other].action.kind() == kind
                            && (at, other) > (cue.due, cue.place)
                            && self.is_overdue(cue, at)
                    }
                    _ => false,
                })
            }
        }
    }

    fn is_overdue(&self, cue: &Cue, due: Timestamp) -> bool {
        let good_until = add_span(due, cue.playbook.late.grace, &cue.facts.zone, cue.facts.calendar());
        good_until.is_some_and(|until| until < self.now)
    }

    /// Tries to run a due or held step. True when anything changed.
    fn attempt(&mut self, cue: &Cue, begun: Option<StepRun>) -> bool {
        let held = begun.filter(|run| run.state == StepState::Held);
        let is_open = self.is_open(cue.playbook, cue.step(), cue.facts);
        let is_readers_turn = held.as_ref().is_some_and(waits_for_reader);
        let comes_later = held.as_ref().is_some_and(|run| is_readers_turn && run.due > self.now);
        if comes_later || !is_open && held.is_none() {
            return false;
        }
        match (self.gate(cue), held) {
            (Gate::Hold(obstacle), Some(run)) if has_been_told(&run) => return self.give_up_hold(cue, &run, &obstacle),
            (Gate::Hold(obstacle), _) => self.hold(cue, &obstacle),
            (Gate::Go(Prepared::Messages(messages)), held) => {
                return self.post(cue, held.as_ref(), is_open, messages);
            }
            // What held it is gone; now it waits for the opening.
            _ if !is_open && !is_readers_turn => return false,
            (Gate::Go(Prepared::Task(task)), _) => self.give_task(cue, *task),
            (Gate::Go(Prepared::Plain), _) => self.perform(cue),
            (Gate::Skip(reason), _) => self.skip(cue, reason),
            (Gate::Ask, _) => self.ask(cue),
        }
        true
    }

    fn is_open(&self, playbook: &Playbook, step: &Step, facts: &Facts) -> bool {
        let window = plan::window_of(playbook, step, facts);
        window.is_none_or(|calendar| calendar.next_open(self.now, &facts.zone) == Some(self.now))
    }

    /// Everything that may stand before the action, in the order a person would ask.
    fn gate(&self, cue: &Cue) -> Gate {
        let (step, facts) = (cue.step(), cue.facts);
        match step.when.as_ref().map_or(Truth::True, |when| when.truth(facts)) {
            Truth::True => {}
            Truth::False => return Gate::Skip(Reason::StepConditionFalse),
            Truth::Unknown => return Gate::Hold(Obstacle::hold(unknown_because(step.when.as_ref(), facts), "when")),
        }
        let is_customers = is_customer_facing(&step.action, facts);
        if let Some(obstacle) = suppressed(cue.playbook, step.action.kind(), is_customers, facts, &self.desk) {
            return match obstacle.mode {
                HoldOrSkip::Hold => Gate::Hold(obstacle),
                HoldOrSkip::Skip => Gate::Skip(obstacle.reason),
            };
        }
        if let Some(obstacle) = self.awaits_answer(cue.playbook, cue.enrollment).filter(|_| is_customers) {
            return Gate::Hold(obstacle);
        }
        let gate = self.prepare(cue.playbook, cue.enrollment, &step.id, &step.action, facts);
        // Nobody is asked about what will not be sent.
        let asks = cue.playbook.status != Status::Shadow && must_ask(step, facts);
        if matches!(gate, Gate::Go(_)) && asks && !self.is_approved(cue) {
            return Gate::Ask;
        }
        gate
    }

    pub(super) fn is_approved(&self, cue: &Cue) -> bool {
        let approval = self.desk.approvals.get(&*id::approval(cue.enrollment, &cue.step().id));
        approval.is_some_and(|approval| approval.state == ApprovalState::Approved)
    }

    /// A hold that has lasted too long ends the step with the hold's reason. True when it did.
    fn give_up_hold(&mut self, cue: &Cue, run: &StepRun, obstacle: &Obstacle) -> bool {
        let is_over = hold_ends(cue.playbook, cue.facts, run, obstacle.max_hold).is_some_and(|end| end <= self.now);
        if is_over {
            self.skip_for(cue, obstacle);
        }
        is_over
    }
}

/// When a hold has lasted as long as it may, from the due instant; without a `max_hold` that is the grace.
pub(super) fn hold_ends(
    playbook: &Playbook,
    facts: &Facts,
    run: &StepRun,
    max_hold: Option<Span>,
) -> Option<Timestamp> {
    add_span(run.due, max_hold.unwrap_or(playbook.late.grace), &facts.zone, facts.calendar())
}

fn late_policy(playbook: &Playbook, kind: Kind) -> LatePolicy {
    let late = &playbook.late;
    match kind {
        Kind::Email => late.email,
        Kind::Slack => late.slack,
        Kind::Teams => late.teams,
        Kind::Task => late.task,
        Kind::Webhook => late.webhook,
        Kind::WaitFor | Kind::Set | Kind::Start | Kind::Stop => late.others,
    }
}

/// Whether the action reaches the customer rather than our own people.
pub(super) fn is_customer_facing(action: &Action, facts: &Facts) -> bool {
    match action {
        Action::Email(email) => {
            email.to.iter().chain(&email.cc).chain(&email.bcc).any(|recipient| is_customer(recipient, facts))
        }
        _ => false,
    }
}
