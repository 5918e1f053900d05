//! The escalation ladder: which level is responsible from which day, acknowledgements, reminders.

use std::sync::Arc;

use crate::book::calendar::{add_span, add_span_to_day, on_day};
use crate::book::playbook::{Escalation, Level, Playbook, Status};
use crate::condition::Truth;
use crate::engine::Reason;
use crate::engine::desk::{EntryKind, EntryResult};
use crate::engine::enrollment::{Enrollment, StepRun, StepState};
use crate::engine::matching::next_midnight;
use crate::engine::plan::Due;
use crate::portfolio::Facts;
use crate::time::{Timestamp, local_date};

use super::Turn;
use super::ladder_days::{begins, is_open, is_past, next_opening, start, window};

/// The row that says the ladder was stopped; like those of levels it cannot be the id of a step.
pub(super) const STOPPED: &str = "ladder:stopped";

/// The row of a level among the steps of an enrollment; the prefix keeps it apart from a step of the same id.
pub fn level_key(level: &str) -> Arc<str> {
    format!("level:{level}").into()
}

impl Turn<'_> {
    /// Moves the first ladder that can move. True when one did.
    pub(super) fn climb_ladders(&mut self) -> bool {
        self.active().into_iter().any(|(playbook, id)| {
            let Some(ladder) = playbook.escalation.as_ref().filter(|_| playbook.status != Status::Paused) else {
                return false;
            };
            let facts = self.facts_for(&playbook, self.enrollment(&id));
            self.climb(&playbook, ladder, &id, &facts)
        })
    }

    fn climb(&mut self, playbook: &Playbook, ladder: &Escalation, id: &Arc<str>, facts: &Facts) -> bool {
        let enrollment = self.enrollment(id);
        let Due::At(start) = start(playbook, ladder, enrollment, &self.desk) else { return false };
        if is_stopped(enrollment) {
            return false;
        }
        if ladder.stop_when.as_ref().is_some_and(|stop| stop.truth(facts) == Truth::True) {
            self.decide(id, &Arc::from(STOPPED), StepState::Done, self.now, Some(Reason::UntilMet));
            return true;
        }
        if !is_open(playbook, facts, self.now) {
            return false;
        }
        match self.level_due(playbook, ladder, enrollment, start, facts) {
            Some(place) => {
                self.pass_over(ladder, id, place);
                self.act(playbook, ladder, id, place, None, facts)
            }
            None => self.step_down(playbook, ladder, id, facts) || self.remind(playbook, ladder, id, facts),
        }
    }

    /// The level whose time has come: the highest whose day has begun, or the next one when the last was not
    /// acknowledged. A level that would step down again at once is not entered.
    fn level_due(
        &self,
        playbook: &Playbook,
        ladder: &Escalation,
        enrollment: &Enrollment,
        start: Timestamp,
        facts: &Facts,
    ) -> Option<usize> {
        let next = next_place(ladder, enrollment);
        let open = ladder.levels.iter().enumerate().skip(next);
        let by_day = open.clone().filter(|(_, level)| {
            begins(playbook, ladder, level, start, facts).is_some_and(|at| at <= self.now)
                && !is_past(playbook, ladder, level, start, facts)
        });
        let by_jump =
            open.filter(|(_, level)| level.jump_when.as_ref().is_some_and(|jump| jump.truth(facts) == Truth::True));
        let by_silence = self
            .answer_deadline(playbook, ladder, enrollment, facts)
            .filter(|deadline| *deadline <= self.now && next < ladder.levels.len())
            .map(|_| next);
        let due = by_day.chain(by_jump).map(|(place, _)| place).chain(by_silence);
        due.filter(|place| !steps_down(ladder, *place, facts)).max()
    }

    /// Gives the account back to the level below, while the current one's `step_down_when` is true. True when it did.
    fn step_down(&mut self, playbook: &Playbook, ladder: &Escalation, id: &Arc<str>, facts: &Facts) -> bool {
        let above = current_place(ladder, self.enrollment(id)).filter(|place| steps_down(ladder, *place, facts));
        let Some(above) = above else { return false };
        let below = above - 1;
        // What cannot act below stays where it is.
        if !self.can_act(playbook, ladder, id, below, facts) {
            return false;
        }
        for place in [above, below] {
            self.act_anew(id, &level_key(&ladder.levels[place].id));
        }
        self.act(playbook, ladder, id, below, Some(above), facts)
    }

    /// The level may act once more; what it says then is not what it said before.
    fn act_anew(&mut self, id: &Arc<str>, key: &Arc<str>) {
        let has_acted = self.enrollment(id).steps.get(key).is_some_and(|run| run.state == StepState::Done);
        self.decide(id, key, StepState::Planned, self.now, None);
        let enrollment = Arc::make_mut(&mut self.desk).enrollments.get_mut(id).expect("an active enrollment");
        enrollment.steps.get_mut(key).expect("just decided").reminders += i64::from(has_acted);
    }

    /// When the last level that acted should have been acknowledged, if it has not been.
    fn answer_deadline(
        &self,
        playbook: &Playbook,
        ladder: &Escalation,
        enrollment: &Enrollment,
        facts: &Facts,
    ) -> Option<Timestamp> {
        let (level, run) = current(ladder, enrollment)?;
        let within = level.acknowledge_within?;
        if self.is_acknowledged(enrollment, level) {
            return None;
        }
        let deadline = add_span(run.ended_at?, within, &facts.zone, facts.calendar())?;
        next_opening(playbook, facts, deadline)
    }

    fn is_acknowledged(&self, enrollment: &Enrollment, level: &Level) -> bool {
        let task = self.desk.task_of(&enrollment.id, &level.id);
        task.is_some_and(|task| task.acknowledged_at.is_some() || task.done_at.is_some())
    }

    /// Levels below the one that acts are over without having acted.
    fn pass_over(&mut self, ladder: &Escalation, id: &Arc<str>, place: usize) {
        for level in &ladder.levels[next_place(ladder, self.enrollment(id))..place] {
            self.decide(id, &level_key(&level.id), StepState::Skipped, self.now, Some(Reason::LateSkipped));
        }
    }

    /// Reminds the person of the current level. True when it did.
    fn remind(&mut self, playbook: &Playbook, ladder: &Escalation, id: &Arc<str>, facts: &Facts) -> bool {
        let enrollment = self.enrollment(id);
        let Some(due) = self.next_reminder(playbook, ladder, enrollment, facts).filter(|due| *due <= self.now) else {
            return false;
        };
        let Some((place, level)) = current_place(ladder, enrollment).map(|place| (place, &ladder.levels[place])) else {
            return false;
        };
        let person = self.responsible(playbook, ladder, place, facts).cloned();
        let is_shadow = playbook.status == Status::Shadow;
        let mut entry = self.entry(playbook, enrollment, facts, EntryKind::Remind);
        entry.step = Some(level.id.clone());
        entry.to = person.as_ref().map(|person| person.id.to_string());
        entry.reason = is_shadow.then_some(Reason::Shadow);
        let reminder = self.prepare_reminder(playbook, id, level, person.as_ref(), facts);
        let count = self.count_reminder(id, level, due);
        match reminder {
            Ok(messages) if !is_shadow => self.hand_out(playbook, id, level, count, facts, messages),
            Ok(_) => {}
            Err(obstacle) => {
                (entry.result, entry.reason) = (EntryResult::Skipped, Some(obstacle.reason));
                entry.detail = Some(obstacle.rule.to_string());
            }
        }
        self.record(entry);
        self.refresh();
        true
    }

    fn count_reminder(&mut self, id: &Arc<str>, level: &Level, due: Timestamp) -> i64 {
        let key = level_key(&level.id);
        let before = self.enrollment(id).steps[&key].clone();
        self.decide(id, &key, StepState::Done, due, None);
        let enrollment = Arc::make_mut(&mut self.desk).enrollments.get_mut(id).expect("an active enrollment");
        let run = enrollment.steps.get_mut(&key).expect("just decided");
        run.reminders = before.reminders + 1;
        run.ended_at = before.ended_at;
        run.reminders
    }

    /// When the current level's person is reminded next; none once it is acknowledged or reminded often enough.
    fn next_reminder(
        &self,
        playbook: &Playbook,
        ladder: &Escalation,
        enrollment: &Enrollment,
        facts: &Facts,
    ) -> Option<Timestamp> {
        let (level, run) = current(ladder, enrollment)?;
        let every = level.remind_every?;
        if run.reminders >= i64::from(level.max_reminders) || self.is_acknowledged(enrollment, level) {
            return None;
        }
        if every.is_in_days() {
            let day = add_span_to_day(local_date(run.since, &facts.zone), every, facts.calendar())?;
            return on_day(day, None, &facts.zone, window(playbook, facts));
        }
        next_opening(playbook, facts, add_span(run.since, every, &facts.zone, facts.calendar())?)
    }

    /// Whether nothing more can come of the ladder.
    pub(super) fn ladder_is_over(&self, playbook: &Playbook, enrollment: &Enrollment, facts: &Facts) -> bool {
        let Some(ladder) = &playbook.escalation else { return true };
        if is_stopped(enrollment) {
            return true;
        }
        let start = match start(playbook, ladder, enrollment, &self.desk) {
            Due::At(start) => start,
            Due::Later => return false,
            Due::Never => return true,
        };
        if next_place(ladder, enrollment) < ladder.levels.len() {
            return ladder.levels.last().is_some_and(|last| is_past(playbook, ladder, last, start, facts));
        }
        if self.next_reminder(playbook, ladder, enrollment, facts).is_some() {
            return false;
        }
        let Some(last) = ladder.levels.last() else { return true };
        match last.last_day {
            Some(_) => is_past(playbook, ladder, last, start, facts),
            // An open end with a condition that stops it, or leads down from it, waits for that condition.
            None => ladder.stop_when.is_none() && last.step_down_when.is_none(),
        }
    }

    /// Every instant at which the ladder may move by time alone.
    pub(super) fn ladder_instants(
        &self,
        playbook: &Playbook,
        enrollment: &Enrollment,
        facts: &Facts,
    ) -> Vec<Timestamp> {
        let Some(ladder) = playbook.escalation.as_ref().filter(|_| !is_stopped(enrollment)) else { return Vec::new() };
        let Due::At(start) = start(playbook, ladder, enrollment, &self.desk) else { return Vec::new() };
        let levels = &ladder.levels[next_place(ladder, enrollment)..];
        let begins = levels.iter().filter_map(|level| begins(playbook, ladder, level, start, facts));
        // What could not be done while the window was closed, or at all, is tried again at each opening.
        let again = [self.now, next_midnight(facts)];
        begins
            .chain(again.into_iter().filter_map(|at| next_opening(playbook, facts, at)))
            .chain(self.answer_deadline(playbook, ladder, enrollment, facts))
            .chain(self.next_reminder(playbook, ladder, enrollment, facts))
            .collect()
    }
}

fn is_stopped(enrollment: &Enrollment) -> bool {
    enrollment.steps.contains_key(STOPPED)
}

/// Whether the level is one that gives the account back to the one below now.
fn steps_down(ladder: &Escalation, place: usize, facts: &Facts) -> bool {
    let down = ladder.levels[place].step_down_when.as_ref().filter(|_| place > 0);
    down.is_some_and(|down| down.truth(facts) == Truth::True)
}

/// The first level that has neither acted nor been passed over.
fn next_place(ladder: &Escalation, enrollment: &Enrollment) -> usize {
    let is_over =
        |level: &Level| enrollment.steps.get(&*level_key(&level.id)).is_some_and(|run| run.state.is_decided());
    ladder.levels.iter().rposition(is_over).map_or(0, |place| place + 1)
}

fn current_place(ladder: &Escalation, enrollment: &Enrollment) -> Option<usize> {
    let acted =
        |level: &Level| enrollment.steps.get(&*level_key(&level.id)).is_some_and(|run| run.state == StepState::Done);
    ladder.levels.iter().rposition(acted)
}

/// The level that acted last, and its row.
fn current<'a>(ladder: &'a Escalation, enrollment: &'a Enrollment) -> Option<(&'a Level, &'a StepRun)> {
    let level = &ladder.levels[current_place(ladder, enrollment)?];
    Some((level, enrollment.steps.get(&*level_key(&level.id))?))
}
