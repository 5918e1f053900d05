//! Waits: over when their condition is true, or when their time is up.

use crate::book::calendar::add_span;
use crate::book::playbook::{Action, OnTimeout, Outcome, WaitFor};
use crate::condition::Truth;
use crate::engine::Reason;
use crate::engine::desk::{Entry, EntryResult};
use crate::engine::enrollment::{End, StepRun, StepState};
use crate::portfolio::Facts;
use crate::time::Timestamp;

use super::Turn;
use super::cue::Cue;

impl Turn<'_> {
    /// A wait that has begun: over when its condition is true, or when its time is up. True when it is over.
    pub(super) fn wait_on(&mut self, cue: &Cue) -> bool {
        let step = cue.step();
        let begun = self.enrollment(cue.enrollment).begun(&step.id).cloned();
        let (Action::WaitFor(wait), Some(run)) = (&step.action, begun) else { return false };
        let (state, reason, result) = if wait.until.truth(cue.facts) == Truth::True {
            (StepState::Done, Reason::UntilMet, EntryResult::Done)
        } else if wait_ends(wait, &run, cue.facts).is_some_and(|end| end <= self.now) {
            (StepState::TimedOut, Reason::TimedOut, EntryResult::TimedOut)
        } else {
            return false;
        };
        self.decide_on(&cue.since(run.due), state, Some(reason));
        let entry = Entry { result, reason: Some(reason), ..self.line_of(cue) };
        self.record(entry);
        self.refresh();
        if state == StepState::TimedOut {
            self.after_timeout(cue, wait.on_timeout);
        }
        true
    }

    fn after_timeout(&mut self, cue: &Cue, then: OnTimeout) {
        match then {
            OnTimeout::Next => {}
            OnTimeout::Exit => {
                let end = End { at: self.now, outcome: Outcome::Neutral, reason: Reason::TimedOut, exit: None };
                self.end(cue.playbook, cue.enrollment, cue.facts, end);
            }
            OnTimeout::Goto(target) => {
                for place in cue.place + 1..target {
                    let between = Cue { place, due: self.now, ..*cue };
                    let (step, own) = (between.step(), self.enrollment(cue.enrollment));
                    let open = own.steps.get(&step.id).is_none_or(|run| !run.state.is_decided());
                    if open && step.belongs_to(own.branch.as_deref()) {
                        self.skip(&between, Reason::PreviousSkipped);
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
