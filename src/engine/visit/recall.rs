//! What lies in the outbox is asked again at every look: the never-rule, opt-outs, replies and paused playbooks hold
//! until the very hand-over, also for mail of an enrollment that has completed.

use std::sync::Arc;

use crate::book::playbook::{Playbook, Status};
use crate::engine::Reason;
use crate::engine::admission::is_never;
use crate::engine::delivery::DeliveryState;
use crate::engine::desk::{Change, Entry, EntryKind, EntryResult, Send};
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
            self.say_recall(&delivery, state, reason);
            if let Some(send) = Arc::make_mut(&mut self.desk).sends.get_mut(&delivery) {
                (send.state, send.reason) = (state, reason);
            }
            self.changes.push(Change::Recall { delivery, state, reason });
        }
    }

    /// The line of a delivery that was on its way and is stopped; one that may go again has had its line.
    fn say_recall(&mut self, delivery: &str, state: DeliveryState, reason: Option<Reason>) {
        let result = match state {
            DeliveryState::Held => EntryResult::Held,
            DeliveryState::Suppressed | DeliveryState::Cancelled => EntryResult::Skipped,
            _ => return,
        };
        let send = &self.desk.sends[delivery];
        let Some(enrollment) = self.desk.enrollments.get(&send.enrollment) else { return };
        let Some(playbook) = self.playbook_of(enrollment) else { return };
        let contact = send.contact.as_deref().and_then(|id| self.account.contact(id));
        let to = contact.and_then(|contact| contact.text("email", self.now)).map(|email| email.to_string());
        let line = self.entry(&playbook, enrollment, &self.facts_for(&playbook, enrollment), EntryKind::Deliver);
        let (step, action) = (Some(send.step.clone()), Some(send.channel));
        self.record(Entry { step, action, to, result, reason, ..line });
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
        match (self.hold_of(send, &playbook), send.state, send.reason) {
            (Some(reason), DeliveryState::Queued, _) => Some((DeliveryState::Held, Some(reason))),
            (None, DeliveryState::Held, Some(Reason::Paused | Reason::Replied)) => Some((DeliveryState::Queued, None)),
            _ => None,
        }
    }

    /// What holds a delivery that is on its way: its playbook is paused, or the customer has replied.
    fn hold_of(&self, send: &Send, playbook: &Playbook) -> Option<Reason> {
        if playbook.status == Status::Paused {
            return Some(Reason::Paused);
        }
        let answer = send.contact.as_ref().and_then(|_| self.awaits_answer(playbook, &send.enrollment));
        answer.map(|obstacle| obstacle.reason)
    }
}
