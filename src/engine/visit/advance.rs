//! Runs the step whose turn it is: late, held, waiting for an answer, or done.

use std::sync::Arc;

use crate::book::calendar::add_span;
use crate::book::playbook::{Action, HoldOrSkip, Kind, LatePolicy, Playbook, Status, Step};
use crate::condition::Truth;
use crate::engine::Reason;
use crate::engine::admission::unknown_because;
use crate::engine::desk::{ApprovalState, Change, EntryResult};
use crate::engine::enrollment::{StepRun, StepState};
use crate::engine::plan::{self, Due};
use crate::engine::recipients::is_customer;
use crate::engine::suppression::{Obstacle, suppressed};
use crate::id;
use crate::portfolio::Facts;
use crate::time::{Span, Timestamp};

use super::Turn;
use super::approval::must_ask;
use super::perform::Prepared;

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
        let policy = &self.input_world.book.policy;
        ready.sort_by_key(|step| {
            let rank = policy.rank(&step.playbook.class);
            (rank, step.due, step.playbook.id.clone(), step.enrollment.clone(), step.place)
        });
        ready.iter().any(|step| self.take_step(step)) || self.climb_ladders()
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
        let step = &playbook.steps[ready.place];
        let facts = self.facts_for(playbook, self.enrollment(id));
        let Some(due) = ready.due else {
            self.skip(playbook, id, step, &facts, self.now, Reason::PreviousSkipped);
            return true;
        };
        let begun = self.enrollment(id).begun(&step.id).cloned();
        match begun.as_ref().map(|run| run.state) {
            None if self.is_late(playbook, id, ready.place, due, &facts) => {
                self.skip(playbook, id, step, &facts, due, Reason::LateSkipped);
                true
            }
            None => self.attempt(playbook, id, step, &facts, due, None),
            Some(StepState::Approving) => self.hear_approver(playbook, id, step, &facts, due),
            Some(StepState::Waiting) => self.wait_on(playbook, id, ready.place, &facts),
            Some(_) => self.attempt(playbook, id, step, &facts, begun.as_ref().map_or(due, |run| run.due), begun),
        }
    }

    /// Whether the step's time passed so long ago that it is left out.
    fn is_late(&self, playbook: &Playbook, id: &str, place: usize, due: Timestamp, facts: &Facts) -> bool {
        let kind = playbook.steps[place].action.kind();
        if !self.is_overdue(playbook, due, facts) {
            return false;
        }
        match late_policy(playbook, kind) {
            LatePolicy::All => false,
            LatePolicy::Skip => true,
            LatePolicy::Latest => {
                let enrollment = self.enrollment(id);
                let mut others = plan::undecided(playbook, enrollment, &self.desk, facts);
                others.any(|(other, other_due)| match other_due {
                    Due::At(at) => {
                        playbook.steps[other].action.kind() == kind
                            && (at, other) > (due, place)
                            && self.is_overdue(playbook, at, facts)
                    }
                    _ => false,
                })
            }
        }
    }

    fn is_overdue(&self, playbook: &Playbook, due: Timestamp, facts: &Facts) -> bool {
        let good_until = add_span(due, playbook.late.grace, &facts.zone, facts.calendar());
        good_until.is_some_and(|until| until < self.now)
    }

    /// Tries to run a due or held step. True when anything changed.
    fn attempt(
        &mut self,
        playbook: &Playbook,
        id: &Arc<str>,
        step: &Step,
        facts: &Facts,
        due: Timestamp,
        begun: Option<StepRun>,
    ) -> bool {
        let approval = self.desk.approvals.get(&*id::approval(id, &step.id));
        let approved = approval.is_some_and(|approval| approval.state == ApprovalState::Approved);
        let held = begun.filter(|run| run.state == StepState::Held);
        let is_open = self.is_open(playbook, step, facts);
        if !is_open && held.is_none() {
            return false;
        }
        match (self.gate(playbook, id, step, facts, approved), held) {
            (Gate::Hold(obstacle), Some(run)) => {
                return self.give_up_hold(playbook, id, step, facts, &run, &obstacle);
            }
            // What held it is gone; now it waits for the opening.
            _ if !is_open => return false,
            (Gate::Hold(obstacle), None) => self.hold(playbook, id, step, facts, due, &obstacle),
            (Gate::Go(prepared), _) => self.perform(playbook, id, step, facts, due, prepared),
            (Gate::Skip(reason), _) => self.skip(playbook, id, step, facts, due, reason),
            (Gate::Ask, _) => self.ask(playbook, id, step, facts, due),
        }
        true
    }

    fn is_open(&self, playbook: &Playbook, step: &Step, facts: &Facts) -> bool {
        let window = plan::window_of(playbook, step, facts);
        window.is_none_or(|calendar| calendar.next_open(self.now, &facts.zone) == Some(self.now))
    }

    /// Everything that may stand before the action, in the order a person would ask.
    fn gate(&self, playbook: &Playbook, id: &str, step: &Step, facts: &Facts, approved: bool) -> Gate {
        match step.when.as_ref().map_or(Truth::True, |when| when.truth(facts)) {
            Truth::True => {}
            Truth::False => return Gate::Skip(Reason::StepConditionFalse),
            Truth::Unknown => return Gate::Hold(unknown_step(step, facts)),
        }
        let kind = step.action.kind();
        if let Some(obstacle) = suppressed(playbook, kind, is_customer_facing(&step.action, facts), facts, &self.desk) {
            return match obstacle.mode {
                HoldOrSkip::Hold => Gate::Hold(obstacle),
                HoldOrSkip::Skip => Gate::Skip(obstacle.reason),
            };
        }
        let gate = self.prepare(playbook, id, step, facts);
        if matches!(gate, Gate::Go(_) | Gate::Hold(Obstacle { reason: Reason::Capped, .. }))
            && !approved
            && must_ask(step, facts)
        {
            return Gate::Ask;
        }
        gate
    }

    fn hold(
        &mut self,
        playbook: &Playbook,
        id: &Arc<str>,
        step: &Step,
        facts: &Facts,
        due: Timestamp,
        obstacle: &Obstacle,
    ) {
        self.decide(id, &step.id, StepState::Held, due, Some(obstacle.reason));
        let mut entry = self.step_entry(playbook, id, step, facts);
        entry.result = EntryResult::Held;
        entry.reason = Some(obstacle.reason);
        entry.detail = Some(obstacle.rule.to_string());
        self.record(entry);
    }

    /// A hold that has lasted too long ends the step with the hold's reason. True when it did.
    fn give_up_hold(
        &mut self,
        playbook: &Playbook,
        id: &Arc<str>,
        step: &Step,
        facts: &Facts,
        run: &StepRun,
        obstacle: &Obstacle,
    ) -> bool {
        let is_over = hold_ends(playbook, facts, run, obstacle.max_hold).is_some_and(|end| end <= self.now);
        if is_over {
            self.skip(playbook, id, step, facts, run.due, obstacle.reason);
        }
        is_over
    }

    pub(super) fn skip(
        &mut self,
        playbook: &Playbook,
        id: &Arc<str>,
        step: &Step,
        facts: &Facts,
        due: Timestamp,
        reason: Reason,
    ) {
        self.decide(id, &step.id, StepState::Skipped, due, Some(reason));
        let mut entry = self.step_entry(playbook, id, step, facts);
        entry.result = EntryResult::Skipped;
        entry.reason = Some(reason);
        self.record(entry);
        self.refresh();
    }

    /// Writes what became of a step.
    pub(super) fn decide(
        &mut self,
        id: &Arc<str>,
        step: &Arc<str>,
        state: StepState,
        due: Timestamp,
        reason: Option<Reason>,
    ) {
        let ended_at = state.is_decided().then_some(self.now);
        let run = StepRun { state, due, since: self.now, ended_at, reason, reminders: 0 };
        let enrollment = self.desk.enrollments.get_mut(id).expect("an active enrollment");
        enrollment.steps.insert(step.clone(), run);
        self.changes.push(Change::Step { enrollment: id.clone(), step: step.clone() });
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
        Action::Email(email) => email.to.iter().chain(&email.cc).any(|recipient| is_customer(recipient, facts)),
        _ => false,
    }
}

fn unknown_step(step: &Step, facts: &Facts) -> Obstacle {
    Obstacle {
        reason: unknown_because(step.when.as_ref(), facts),
        mode: HoldOrSkip::Hold,
        max_hold: None,
        until: None,
        rule: Arc::from("when"),
    }
}
