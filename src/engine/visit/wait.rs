//! Waits: over when their condition is true, or when their time is up.

use std::sync::Arc;

use crate::book::calendar::add_span;
use crate::book::playbook::{Action, OnTimeout, Outcome, Playbook, WaitFor};
use crate::condition::Truth;
use crate::engine::Reason;
use crate::engine::desk::EntryResult;
use crate::engine::enrollment::{End, StepRun, StepState};
use crate::portfolio::Facts;
use crate::time::Timestamp;

use super::Turn;

impl Turn<'_> {
    /// A wait that has begun: over when its condition is true, or when its time is up. True when it is over.
    pub(super) fn wait_on(&mut self, playbook: &Playbook, id: &Arc<str>, place: usize, facts: &Facts) -> bool {
        let step = &playbook.steps[place];
        let (Action::WaitFor(wait), Some(run)) = (&step.action, self.enrollment(id).begun(&step.id).cloned()) else {
            return false;
        };
        let (state, reason, result) = if wait.until.truth(facts) == Truth::True {
            (StepState::Done, Reason::UntilMet, EntryResult::Done)
        } else if wait_ends(wait, &run, facts).is_some_and(|end| end <= self.now) {
            (StepState::TimedOut, Reason::TimedOut, EntryResult::TimedOut)
        } else {
            return false;
        };
        self.decide(id, &step.id, state, run.due, Some(reason));
        let mut entry = self.step_entry(playbook, id, step, facts);
        entry.result = result;
        entry.reason = Some(reason);
        self.record(entry);
        self.refresh();
        if state == StepState::TimedOut {
            self.after_timeout(playbook, id, place, wait.on_timeout, facts);
        }
        true
    }

    fn after_timeout(&mut self, playbook: &Playbook, id: &Arc<str>, place: usize, then: OnTimeout, facts: &Facts) {
        match then {
            OnTimeout::Next => {}
            OnTimeout::Exit => {
                let end = End { at: self.now, outcome: Outcome::Neutral, reason: Reason::TimedOut, exit: None };
                self.end(playbook, id, facts, end);
            }
            OnTimeout::Goto(target) => {
                for between in place + 1..target {
                    let step = &playbook.steps[between];
                    let open = self.enrollment(id).steps.get(&step.id).is_none_or(|run| !run.state.is_decided());
                    if open && step.belongs_to(self.enrollment(id).branch.as_deref()) {
                        self.skip(playbook, id, step, facts, self.now, Reason::PreviousSkipped);
                    }
                }
            }
        }
    }
}

/// When a wait's time is up.
pub(super) fn wait_ends(wait: &WaitFor, run: &StepRun, facts: &Facts) -> Option<Timestamp> {
    add_span(run.since, wait.timeout?, &facts.zone, facts.calendar())
}
