//! A step at its turn, and what is written of it: its line of the timeline and its row.

use std::sync::Arc;

use crate::book::playbook::{Playbook, Step};
use crate::engine::Reason;
use crate::engine::desk::{Change, Entry, EntryKind, EntryResult};
use crate::engine::enrollment::{StepRun, StepState};
use crate::engine::suppression::Obstacle;
use crate::portfolio::Facts;
use crate::time::Timestamp;

use super::Turn;

/// A step of an enrollment whose turn it is.
#[derive(Clone, Copy)]
pub(super) struct Cue<'a> {
    pub playbook: &'a Playbook,
    pub enrollment: &'a Arc<str>,
    /// Of the step in its file.
    pub place: usize,
    pub facts: &'a Facts,
    /// When it was to run, window applied.
    pub due: Timestamp,
}

impl<'a> Cue<'a> {
    pub fn step(&self) -> &'a Step {
        &self.playbook.steps[self.place]
    }

    pub fn since(self, due: Timestamp) -> Cue<'a> {
        Cue { due, ..self }
    }
}

impl Turn<'_> {
    /// The line of the step: done, unless the caller says otherwise.
    pub(super) fn line_of(&self, cue: &Cue) -> Entry {
        let enrollment = self.enrollment(cue.enrollment);
        let mut entry = self.entry(cue.playbook, enrollment, cue.facts, EntryKind::Step);
        entry.step = Some(cue.step().id.clone());
        entry.action = Some(cue.step().action.kind());
        entry
    }

    /// Something stands before the step, or before its mail to one addressee: it waits.
    pub(super) fn hold(&mut self, cue: &Cue, obstacle: &Obstacle) {
        self.decide_on(cue, StepState::Held, Some(obstacle.reason));
        self.say_obstacle(cue, EntryResult::Held, obstacle, None);
    }

    /// The step is over without having run.
    pub(super) fn skip(&mut self, cue: &Cue, reason: Reason) {
        let entry = Entry { result: EntryResult::Skipped, reason: Some(reason), ..self.line_of(cue) };
        self.decide_on(cue, StepState::Skipped, Some(reason));
        self.record(entry);
        self.refresh();
    }

    /// The step, or what it has for one addressee, is given up, for that reason.
    pub(super) fn skip_for(&mut self, cue: &Cue, obstacle: &Obstacle) {
        self.decide_on(cue, StepState::Skipped, Some(obstacle.reason));
        self.say_obstacle(cue, EntryResult::Skipped, obstacle, None);
        self.refresh();
    }

    /// The line of what stands before the step, or before its message to one addressee.
    pub(super) fn say_obstacle(&mut self, cue: &Cue, result: EntryResult, obstacle: &Obstacle, to: Option<String>) {
        let (reason, detail) = (Some(obstacle.reason), Some(obstacle.rule.to_string()));
        let entry = Entry { result, reason, detail, to, ..self.line_of(cue) };
        self.record(entry);
    }

    pub(super) fn decide_on(&mut self, cue: &Cue, state: StepState, reason: Option<Reason>) {
        self.decide(cue.enrollment, &cue.step().id, state, cue.due, reason);
    }

    /// Writes what became of a step, of a level, or of the message to one addressee.
    pub(super) fn decide(
        &mut self,
        id: &Arc<str>,
        key: &Arc<str>,
        state: StepState,
        due: Timestamp,
        reason: Option<Reason>,
    ) {
        let ended_at = state.is_decided().then_some(self.now);
        let enrollment = Arc::make_mut(&mut self.desk).enrollments.get_mut(id).expect("an active enrollment");
        let reminders = enrollment.steps.get(key).map_or(0, |run| run.reminders);
        let run = StepRun { state, due, since: self.now, ended_at, reason, reminders };
        enrollment.steps.insert(key.clone(), run);
        self.changes.push(Change::Step { enrollment: id.clone(), step: key.clone() });
    }
}
