//! What lies in the outbox is asked again at every look: the never-rule, opt-outs and paused playbooks hold until the
//! very hand-over, also for mail of an enrollment that has completed.

use std::sync::Arc;

use crate::book::playbook::{Playbook, Status};
use crate::engine::Reason;
use crate::engine::admission::is_never;
use crate::engine::delivery::DeliveryState;
use crate::engine::desk::{Change, Send};
use crate::engine::recipients::may_reach;

use super::Turn;

impl Turn<'_> {
    /// Moves what may not go out any more, and what may again.
    pub(super) fn recall(&mut self) {
        let waiting = |send: &&Send| matches!(send.state, DeliveryState::Queued | DeliveryState::Held);
        let moves: Vec<(Arc<str>, DeliveryState, Option<Reason>)> = self
            .desk
            .sends
            .values()
            .filter(waiting)
            .filter_map(|send| {
                let (state, reason) = self.standing(send)?;
                (state != send.state).then(|| (send.id.clone(), state, reason))
            })
            .collect();
        for (delivery, state, reason) in moves {
            if let Some(send) = self.desk.sends.get_mut(&delivery) {
                (send.state, send.reason) = (state, reason);
            }
            self.changes.push(Change::Recall { delivery, state, reason });
        }
    }

    /// The state a waiting delivery belongs in now; none when its playbook is not in the book to say.
    fn standing(&self, send: &Send) -> Option<(DeliveryState, Option<Reason>)> {
        let enrollment = self.desk.enrollments.get(&send.enrollment)?;
        let playbook: Arc<Playbook> = self.playbook_of(enrollment)?;
        if is_never(&playbook, &self.facts_for(&playbook, enrollment)) {
            return Some((DeliveryState::Cancelled, Some(Reason::NeverPolicy)));
        }
        let refused = send.contact.as_ref().and_then(|contact| may_reach(contact, &send.class, &self.facts).err());
        if let Some(reason) = refused {
            return Some((DeliveryState::Suppressed, Some(reason)));
        }
        match (playbook.status, send.state, send.reason) {
            (Status::Paused, DeliveryState::Queued, _) => Some((DeliveryState::Held, Some(Reason::Paused))),
            (Status::Paused, ..) => None,
            (_, DeliveryState::Held, Some(Reason::Paused)) => Some((DeliveryState::Queued, None)),
            _ => None,
        }
    }
}
