//! Posting the messages of a step. Each addressee has a fate of their own: the message goes now, waits for room under a
//! cap or for the reader's hours, or is left out. The step is over when nobody waits any more.

use std::sync::Arc;

use crate::book::playbook::{HoldOrSkip, Status};
use crate::engine::Reason;
use crate::engine::desk::{Entry, EntryResult};
use crate::engine::enrollment::{Enrollment, StepRun, StepState};
use crate::engine::suppression::Obstacle;
use crate::time::Timestamp;

use super::Turn;
use super::advance::hold_ends;
use super::cue::Cue;
use super::prepare::Outgoing;

/// What became of the message to one addressee. A hold is told once; the reader's hours are waited for without a word,
/// as the step's own window is.
enum Fate {
    Went,
    LeftOut(Reason),
    Waits {
        due: Timestamp,
        reason: Reason,
    },
    /// Waits as before.
    Rests(StepRun),
}

impl Turn<'_> {
    /// Posts what may go now. `so_far` is the hold of the step, `is_open` whether its own window is open. True when
    /// anything changed.
    pub(super) fn post(&mut self, cue: &Cue, so_far: Option<&StepRun>, is_open: bool, messages: Vec<Outgoing>) -> bool {
        // Who is alone stands in the step's own row.
        let is_alone = messages.len() == 1;
        let before = self.changes.len();
        let mut fates = Vec::new();
        for message in messages {
            let key = row_of(&cue.step().id, &message.to);
            let own = self.enrollment(cue.enrollment).steps.get(&key).cloned();
            if let Some(run) = own.as_ref().filter(|run| run.state.is_decided()) {
                fates.push(if run.state == StepState::Done { Fate::Went } else { Fate::LeftOut(reason_of(run)) });
                continue;
            }
            let fate = self.post_one(cue, own.as_ref().or(so_far), is_open, message);
            if !is_alone {
                self.note_addressee(cue, &key, own.as_ref(), &fate);
            }
            fates.push(fate);
        }
        self.conclude(cue, so_far, &fates);
        let changed = self.changes.len() > before;
        if changed {
            self.refresh();
        }
        changed
    }

    fn post_one(&mut self, cue: &Cue, so_far: Option<&StepRun>, is_open: bool, message: Outgoing) -> Fate {
        let is_readers_turn = so_far.is_some_and(waits_for_reader);
        if is_readers_turn && self.is_too_late(cue, so_far) {
            let late = Obstacle::hold(Reason::LateSkipped, "the reader's hours passed while no daemon ran");
            return self.leave_out(cue, &late, message);
        }
        match self.before(&message, cue.playbook, so_far, cue.facts) {
            None if is_open || is_readers_turn => {
                self.hand_in(cue, message);
                Fate::Went
            }
            // A cap has room again; now it waits for the opening.
            None => Fate::Rests(so_far.cloned().expect("only what is held is asked while the window is closed")),
            Some(obstacle) if obstacle.mode == HoldOrSkip::Skip => self.leave_out(cue, &obstacle, message),
            Some(obstacle) if is_quiet(&obstacle) => {
                Fate::Waits { due: obstacle.until.unwrap_or(cue.due), reason: obstacle.reason }
            }
            Some(obstacle) => match so_far.filter(|run| has_been_told(run)) {
                Some(run) if self.is_given_up(cue, run, &obstacle) => self.leave_out(cue, &obstacle, message),
                Some(run) if run.reason == Some(obstacle.reason) => Fate::Rests(run.clone()),
                Some(run) => Fate::Waits { due: run.due, reason: obstacle.reason },
                None => {
                    self.say_obstacle(cue, EntryResult::Held, &obstacle, Some(message.to));
                    Fate::Waits { due: so_far.map_or(cue.due, |run| run.due), reason: obstacle.reason }
                }
            },
        }
    }

    /// Into the outbox, with its line of the timeline.
    fn hand_in(&mut self, cue: &Cue, message: Outgoing) {
        let is_shadow = cue.playbook.status == Status::Shadow;
        let reason = is_shadow.then_some(Reason::Shadow);
        let entry = Entry { to: Some(message.to.clone()), reason, ..self.line_of(cue) };
        self.record(entry);
        if !is_shadow {
            self.enqueue(cue.playbook, cue.enrollment, &cue.step().id, 0, cue.facts, message);
        }
    }

    fn leave_out(&mut self, cue: &Cue, obstacle: &Obstacle, message: Outgoing) -> Fate {
        self.say_obstacle(cue, EntryResult::Skipped, obstacle, Some(message.to));
        Fate::LeftOut(obstacle.reason)
    }

    fn is_given_up(&self, cue: &Cue, run: &StepRun, obstacle: &Obstacle) -> bool {
        hold_ends(cue.playbook, cue.facts, run, obstacle.max_hold).is_some_and(|end| end <= self.now)
    }

    /// Whether the reader's hours began so long ago that the message is left out.
    fn is_too_late(&self, cue: &Cue, so_far: Option<&StepRun>) -> bool {
        so_far.is_some_and(|run| self.is_late(&cue.since(run.due)))
    }

    fn note_addressee(&mut self, cue: &Cue, key: &Arc<str>, own: Option<&StepRun>, fate: &Fate) {
        let (state, due, reason) = match fate {
            Fate::Went => (StepState::Done, cue.due, None),
            Fate::LeftOut(reason) => (StepState::Skipped, cue.due, Some(*reason)),
            Fate::Waits { due, reason } => (StepState::Held, *due, Some(*reason)),
            Fate::Rests(run) => (StepState::Held, run.due, run.reason),
        };
        let stands = own.is_some_and(|run| (run.state, run.due, run.reason) == (state, due, reason));
        if !stands {
            self.decide(cue.enrollment, key, state, due, reason);
        }
    }

    /// The step's own row: over when nobody waits, else held until the first of them may have their turn.
    fn conclude(&mut self, cue: &Cue, so_far: Option<&StepRun>, fates: &[Fate]) {
        let waiting = fates.iter().filter_map(|fate| match fate {
            Fate::Waits { due, reason } => Some((*due, Some(*reason))),
            Fate::Rests(run) => Some((run.due, run.reason)),
            Fate::Went | Fate::LeftOut(_) => None,
        });
        let left_out =
            fates.iter().find_map(|fate| if let Fate::LeftOut(reason) = fate { Some(*reason) } else { None });
        let went = fates.iter().any(|fate| matches!(fate, Fate::Went));
        match waiting.min_by_key(|(due, _)| *due) {
            Some((due, reason)) if so_far.is_some_and(|run| (run.due, run.reason) == (due, reason)) => {}
            Some((due, reason)) => self.decide_on(&cue.since(due), StepState::Held, reason),
            None if went => self.decide_on(cue, StepState::Done, None),
            None => self.decide_on(cue, StepState::Skipped, left_out),
        }
    }
}

/// The row of the message to one addressee among the steps of an enrollment.
pub(super) fn row_of(step: &str, to: &str) -> Arc<str> {
    format!("to:{step}:{}", to.to_lowercase()).into()
}

/// The step and the address of such a row; none for every other row.
pub(super) fn addressee_of(row: &str) -> Option<(&str, &str)> {
    row.strip_prefix("to:")?.split_once(':')
}

/// The addressees of a step who still wait.
pub(super) fn waiting<'a>(enrollment: &'a Enrollment, step: &str) -> impl Iterator<Item = &'a StepRun> {
    let prefix = format!("to:{step}:");
    let own = enrollment.steps.iter().filter(move |(key, _)| key.starts_with(&prefix));
    own.map(|(_, run)| run).filter(|run| run.state == StepState::Held)
}

/// Whether the step, or one addressee of it, waits for the hours of whoever reads it.
pub(super) fn waits_for_reader(run: &StepRun) -> bool {
    run.state == StepState::Held && run.reason == Some(Reason::OutsideWindow)
}

/// Whether the hold has its line in the timeline: waiting for an hour that was known has none.
pub(super) fn has_been_told(run: &StepRun) -> bool {
    !(waits_for_reader(run) && run.due > run.since)
}

/// A known hour of the reader's, rather than a hold.
fn is_quiet(obstacle: &Obstacle) -> bool {
    obstacle.reason == Reason::OutsideWindow && obstacle.until.is_some()
}

fn reason_of(run: &StepRun) -> Reason {
    run.reason.unwrap_or(Reason::RecipientMissing)
}
