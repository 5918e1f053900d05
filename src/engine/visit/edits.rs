//! Enrollments follow the edits of their playbook: at a step boundary, and as `in_flight` of the newest version says.

use std::collections::BTreeMap;
use std::fmt;
use std::mem::discriminant;
use std::sync::Arc;

use crate::book::playbook::{Action, InFlight, OnRemoved, Outcome, Playbook, Status, Trigger};
use crate::engine::Reason;
use crate::engine::admission::branch;
use crate::engine::desk::{Change, EntryKind};
use crate::engine::enrollment::{End, Enrollment, StepRun, StepState};
use crate::engine::plan::{self, Due};
use crate::portfolio::Facts;

use super::Turn;
use super::ladder::{STOPPED, level_key};
use super::post::{addressee_of, row_of};

/// What a step of an enrollment is in another version of its playbook.
enum Heir {
    Same,
    Renamed(Arc<str>),
    Removed,
    None,
}

/// Why an enrollment does not go on in the newest version of its playbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stay {
    /// `in_flight = "finish"`.
    Finishes,
    /// It is at this step, held or waiting: it goes on when that is over.
    AtStep(Arc<str>),
    /// It has passed this step, of which the newest version knows nothing.
    StepGone(Arc<str>),
    /// Its branch is not in the newest version, or cannot be told.
    Branch,
    /// The playbook has another kind of trigger now.
    Trigger,
}

impl fmt::Display for Stay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stay::Finishes => f.write_str("in_flight = \"finish\""),
            Stay::AtStep(step) => write!(f, "it is at {step}, and moves when that is over"),
            Stay::StepGone(step) => write!(f, "it has passed {step}, which is gone: say with [[moved]] what it is now"),
            Stay::Branch => f.write_str("its branch is not there any more"),
            Stay::Trigger => f.write_str("the trigger is of another kind"),
        }
    }
}

/// Why an active enrollment that was looked at stays on its version, which is not the newest.
pub fn why_it_stays(enrollment: &Enrollment, older: &Playbook, newest: &Playbook) -> Option<Stay> {
    match newest.in_flight {
        InFlight::Finish => Some(Stay::Finishes),
        InFlight::Move => heirs(enrollment, newest).and_then(|_| fits(enrollment, older, newest)).err(),
        InFlight::Restart => Some(Stay::Branch),
        InFlight::Exit => None,
    }
}

impl Turn<'_> {
    /// Takes the first enrollment that may follow the newest version of its playbook along. True when one did.
    pub(super) fn follow_edits(&mut self) -> bool {
        self.active().into_iter().any(|(older, id)| {
            let newest = self.playbook(&older.id).filter(|own| own.version != self.enrollment(&id).version);
            newest.is_some_and(|newest| self.follow(&older, &newest, &id))
        })
    }

    fn follow(&mut self, older: &Playbook, newest: &Playbook, id: &Arc<str>) -> bool {
        let facts = self.facts_for(older, self.enrollment(id));
        // What was only recorded does not become real in the middle: who still qualifies begins at the first step.
        if self.enrollment(id).is_shadow() && newest.status != Status::Shadow {
            self.leave(older, id, &facts, "shadow");
            return true;
        }
        match newest.in_flight {
            InFlight::Finish => false,
            InFlight::Exit => {
                self.leave(older, id, &facts, "in_flight");
                true
            }
            InFlight::Restart => self.begin_anew(newest, id, &facts),
            InFlight::Move if self.waits_on_exit(older, newest, id, &facts) => {
                self.leave(older, id, &facts, "removed");
                true
            }
            InFlight::Move => self.move_along(older, newest, id),
        }
    }

    fn leave(&mut self, older: &Playbook, id: &Arc<str>, facts: &Facts, exit: &str) {
        let (outcome, reason) = (Outcome::Neutral, Reason::Superseded);
        self.end(older, id, facts, End { at: self.now, outcome, reason, exit: Some(exit.into()) });
    }

    /// Whether the step it is at, or comes to next, is gone and the file says that this ends it.
    fn waits_on_exit(&self, older: &Playbook, newest: &Playbook, id: &str, facts: &Facts) -> bool {
        let enrollment = self.enrollment(id);
        let ends = |step: &str| newest.removed.get(step) == Some(&OnRemoved::Exit);
        let due = plan::undecided(older, enrollment, &self.desk, facts).filter_map(|(place, due)| match due {
            Due::At(at) => Some((at, &older.steps[place].id)),
            _ => None,
        });
        let at_work = enrollment.steps.iter().filter(|(_, run)| is_at_work(run)).map(|(step, _)| step);
        at_work.chain(due.min_by_key(|(at, _)| *at).map(|(_, step)| step)).any(|step| ends(step))
    }

    /// Goes on in the newest version, where every step it has passed is known by id. Else it stays where it is.
    fn move_along(&mut self, older: &Playbook, newest: &Playbook, id: &Arc<str>) -> bool {
        let enrollment = self.enrollment(id);
        let (Ok(heirs), Ok(())) = (heirs(enrollment, newest), fits(enrollment, older, newest)) else { return false };
        for (step, heir) in heirs {
            match heir {
                Heir::Renamed(to) => self.rename_step(id, &step, to),
                Heir::Removed if is_at_work(&self.enrollment(id).steps[&step]) => self.drop_step(id, &step),
                _ => {}
            }
        }
        Arc::make_mut(&mut self.desk).enrollments.get_mut(id).expect("an active enrollment").version =
            newest.version.clone();
        self.changed_enrollment(id);
        self.refresh();
        true
    }

    /// What the step did is remembered under its new id, so that it is not done again.
    fn rename_step(&mut self, id: &Arc<str>, from: &Arc<str>, to: Arc<str>) {
        let enrollment = Arc::make_mut(&mut self.desk).enrollments.get_mut(id).expect("an active enrollment");
        let run = enrollment.steps.remove(from).expect("a step it has passed");
        enrollment.steps.entry(to.clone()).or_insert(run);
        for step in [from.clone(), to.clone()] {
            self.changes.push(Change::Step { enrollment: id.clone(), step });
        }
        for task in
            Arc::make_mut(&mut self.desk).tasks.values_mut().filter(|task| task.enrollment == *id && task.step == *from)
        {
            task.step = to.clone();
            self.changes.push(Change::Task(task.id.clone()));
        }
    }

    /// The step it is at is gone: nobody waits for it any more.
    fn drop_step(&mut self, id: &Arc<str>, step: &Arc<str>) {
        let now = self.now;
        let enrollment = Arc::make_mut(&mut self.desk).enrollments.get_mut(id).expect("an active enrollment");
        let run = enrollment.steps.get_mut(step).expect("a step it is at");
        (run.state, run.reason, run.ended_at) = (StepState::Skipped, Some(Reason::Superseded), Some(now));
        self.changes.push(Change::Step { enrollment: id.clone(), step: step.clone() });
        self.withdraw_questions(id, |own| *own == **step);
    }

    /// Begins the newest version from its start. What has reached somebody under the id of a step it still has counts
    /// as done now, so that it does not reach them again.
    fn begin_anew(&mut self, newest: &Playbook, id: &Arc<str>, facts: &Facts) -> bool {
        let Some(branch) = branch(newest, facts) else { return false };
        let mut entry = self.entry(newest, self.enrollment(id), facts, EntryKind::Replan);
        entry.detail = Some(format!("begins anew on version {}", newest.version));
        self.withdraw_questions(id, |_| true);
        let anchor = match &newest.trigger {
            Trigger::Date(trigger) => self.account.date(&trigger.anchor, self.now),
            _ => None,
        };
        let now = self.now;
        let enrollment = Arc::make_mut(&mut self.desk).enrollments.get_mut(id).expect("an active enrollment");
        let steps: Vec<Arc<str>> = enrollment.steps.keys().cloned().collect();
        enrollment.steps.retain(|step, run| run.state == StepState::Done && reaches_somebody(newest, step));
        for run in enrollment.steps.values_mut() {
            (run.due, run.since, run.ended_at) = (now, now, Some(now));
        }
        (enrollment.version, enrollment.branch, enrollment.anchor) = (newest.version.clone(), branch, anchor);
        (enrollment.enrolled_at, enrollment.goal_since, enrollment.replied) = (now, None, false);
        let changed = steps.into_iter().map(|step| Change::Step { enrollment: id.clone(), step });
        self.changes.extend(changed);
        self.changed_enrollment(id);
        self.record(entry);
        self.refresh();
        true
    }
}

/// Whether the step has begun and is not over: held, asked about, waiting.
fn is_at_work(run: &StepRun) -> bool {
    !run.state.is_decided() && run.state != StepState::Planned
}

/// What each step it has been through is in the newest version, where each is known and none is at work.
fn heirs(enrollment: &Enrollment, newest: &Playbook) -> Result<BTreeMap<Arc<str>, Heir>, Stay> {
    let heir = |(step, run): (&Arc<str>, &StepRun)| match heir(step, newest) {
        Heir::None => Err(Stay::StepGone(step.clone())),
        Heir::Same | Heir::Renamed(_) if is_at_work(run) => Err(Stay::AtStep(step.clone())),
        heir => Ok((step.clone(), heir)),
    };
    enrollment.steps.iter().map(heir).collect()
}

fn heir(step: &Arc<str>, newest: &Playbook) -> Heir {
    if let Some((step, to)) = addressee_of(step) {
        return match heir(&step.into(), newest) {
            Heir::Renamed(step) => Heir::Renamed(row_of(&step, to)),
            heir => heir,
        };
    }
    if is_part(newest, step) {
        return Heir::Same;
    }
    let (mut to, mut renames) = (step, 0);
    while let Some(next) = newest.moved.get(to).filter(|_| renames <= newest.moved.len()) {
        (to, renames) = (next, renames + 1);
    }
    match is_part(newest, to) {
        true => Heir::Renamed(to.clone()),
        false if newest.removed.contains_key(to) => Heir::Removed,
        false => Heir::None,
    }
}

/// Whether the playbook has that step, or level of its ladder.
fn is_part(playbook: &Playbook, key: &str) -> bool {
    let ladder = playbook.escalation.as_ref();
    let is_level = ladder.is_some_and(|own| own.levels.iter().any(|level| *level_key(&level.id) == *key));
    playbook.step(key).is_some() || is_level || (ladder.is_some() && key == STOPPED)
}

/// Whether the branch it is on and the way it came in are the same in the newest version.
fn fits(enrollment: &Enrollment, older: &Playbook, newest: &Playbook) -> Result<(), Stay> {
    let has_branch = match &enrollment.branch {
        Some(branch) => newest.branches.iter().any(|own| own.id == *branch),
        None => newest.branches.is_empty(),
    };
    match (has_branch, discriminant(&older.trigger) == discriminant(&newest.trigger)) {
        (false, _) => Err(Stay::Branch),
        (true, false) => Err(Stay::Trigger),
        (true, true) => Ok(()),
    }
}

/// Whether what the step did is out in the world. A level's row counts too: its task or mail is out.
fn reaches_somebody(playbook: &Playbook, key: &str) -> bool {
    if let Some((step, _)) = addressee_of(key) {
        return playbook.step(step).is_some();
    }
    match playbook.step(key) {
        Some((_, step)) => !matches!(step.action, Action::WaitFor(_)),
        None => is_part(playbook, key),
    }
}
