//! The outbox of a play: everything that may go out is taken, in the order in which it is due.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::book::playbook::Kind;
use crate::engine::Reason;
use crate::engine::delivery::DeliveryState;
use crate::engine::desk::{Change, Desk, NewDelivery};
use crate::store::WaitingDelivery;
use crate::time::Timestamp;

/// What waits to be handed over.
pub(super) struct Outbox {
    queue: BTreeSet<(Timestamp, Arc<str>)>,
    /// Every delivery there ever was in the play, by id: a step's message to one addressee is handed in once.
    known: HashMap<Arc<str>, WaitingDelivery>,
    blocked: BTreeSet<String>,
}

impl Outbox {
    pub fn new(waiting: &[WaitingDelivery], blocked: &BTreeSet<String>) -> Outbox {
        let queued = waiting.iter().filter(|own| own.state == DeliveryState::Queued);
        Outbox {
            queue: queued.map(|own| (own.due_at, own.id.clone())).collect(),
            known: waiting.iter().map(|own| (own.id.clone(), own.clone())).collect(),
            blocked: blocked.clone(),
        }
    }

    /// Takes in what a look decided about deliveries.
    pub fn hear(&mut self, account: &Arc<str>, change: &Change) {
        match change {
            Change::Delivery(new) if !self.known.contains_key(&new.id) => {
                self.queue.insert((new.due_at, new.id.clone()));
                self.known.insert(new.id.clone(), waiting(account, new));
            }
            Change::Recall { delivery, state: DeliveryState::Queued, .. } => {
                let own = self.known.get(delivery).map(|own| (own.due_at, own.id.clone()));
                self.queue.extend(own);
            }
            _ => {}
        }
    }

    /// When the first delivery is due.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.queue.first().map(|(due, _)| *due)
    }

    /// Takes the first that is due by now out of the queue.
    pub fn next(&mut self, now: Timestamp) -> Option<WaitingDelivery> {
        if self.next_due().is_none_or(|due| due > now) {
            return None;
        }
        let (_, id) = self.queue.pop_first()?;
        self.known.get(&id).cloned()
    }

    /// What the last gate says to a delivery, as the mark of the database does: the state it goes to, with the reason
    /// when it is not sent. None: it is not in the queue any more.
    pub fn gate(&self, own: &WaitingDelivery, desk: &Desk, now: Timestamp) -> Option<(DeliveryState, Option<Reason>)> {
        let send = desk.sends.get(&own.id).filter(|send| send.state == DeliveryState::Queued)?;
        let enrollment = desk.enrollments.get(&send.enrollment);
        let is_running = enrollment.is_some_and(|own| {
            own.is_active() || own.ended.as_ref().is_some_and(|end| end.reason == Reason::Completed)
        });
        let is_blocked = own.channel == Kind::Email && self.blocked.contains(&own.to.trim().to_lowercase());
        Some(if !is_running {
            (DeliveryState::Cancelled, Some(Reason::Superseded))
        } else if is_blocked {
            (DeliveryState::Suppressed, Some(Reason::Bounced))
        } else if own.not_after <= now {
            (DeliveryState::Expired, Some(Reason::LateSkipped))
        } else {
            (DeliveryState::Sent, None)
        })
    }
}

fn waiting(account: &Arc<str>, new: &NewDelivery) -> WaitingDelivery {
    WaitingDelivery {
        id: new.id.clone(),
        account: account.clone(),
        state: DeliveryState::Queued,
        channel: new.channel,
        to: new.to.clone(),
        due_at: new.due_at,
        not_after: new.not_after,
    }
}
