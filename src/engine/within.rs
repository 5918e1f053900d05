//! The facts of an account as a playbook sees them within one enrollment.

use std::sync::Arc;

use crate::book::playbook::Playbook;
use crate::portfolio::{Event, Facts};

use super::desk::Desk;
use super::enrollment::Enrollment;

/// In the playbook's zone and with its calendar; `run` and `event` are those of the enrollment.
pub fn within(facts: &Facts, playbook: &Playbook, enrollment: &Enrollment, desk: &Desk) -> Facts {
    let mut seen = facts.seen_by(playbook);
    seen.run = Some(Arc::new(desk.run_of(enrollment)));
    seen.event = event(enrollment, facts);
    seen
}

fn event(enrollment: &Enrollment, facts: &Facts) -> Option<Arc<Event>> {
    let id = enrollment.event.as_ref()?;
    let mut events = facts.account.events.values().flatten();
    events.find(|event| event.id == *id).cloned().map(Arc::new)
}
