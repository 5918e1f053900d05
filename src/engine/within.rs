//! The facts of an account as a playbook sees them within one enrollment.

use std::sync::Arc;

use crate::book::playbook::Playbook;
use crate::portfolio::{Event, Facts, Run};

use super::desk::Desk;
use super::enrollment::{Enrollment, StepState};

/// In the playbook's zone and with its calendar; `run` and `event` are those of the enrollment.
pub fn within(facts: &Facts, playbook: &Playbook, enrollment: &Enrollment, desk: &Desk) -> Facts {
    let mut seen = facts.seen_by(playbook);
    seen.run = Some(Arc::new(run(enrollment, desk)));
    seen.event = event(enrollment, facts);
    seen
}

fn run(enrollment: &Enrollment, desk: &Desk) -> Run {
    let outcome = |state: StepState| Arc::from(state.as_str());
    let decided = enrollment.steps.iter().filter(|(_, run)| run.state.is_decided());
    let tasks = desk.tasks.values().filter(|task| task.enrollment == enrollment.id);
    Run {
        enrolled_at: enrollment.enrolled_at,
        branch: enrollment.branch.clone(),
        replied: enrollment.replied,
        outcomes: decided.map(|(step, run)| (step.clone(), outcome(run.state))).collect(),
        tasks_done: tasks.filter(|task| task.done_at.is_some()).map(|task| task.step.clone()).collect(),
    }
}

fn event(enrollment: &Enrollment, facts: &Facts) -> Option<Arc<Event>> {
    let id = enrollment.event.as_ref()?;
    let mut events = facts.account.events.values().flatten();
    events.find(|event| event.id == *id).cloned().map(Arc::new)
}
