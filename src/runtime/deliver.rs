//! Hands queued deliveries over: claim, mark, send, settle.

use std::sync::Arc;

use anyhow::Result;
use tokio::task::JoinSet;

use crate::channel::Channels;
use crate::engine::delivery::{Attempt, Settlement, settle};
use crate::engine::desk::Entry;
use crate::id;
use crate::store::{ClaimedDelivery, Mark, Settled, Store};
use crate::time::Timestamp;

use super::{Runtime, Tick};

/// What followed from an attempt, with the line of the timeline when it failed or is in doubt.
type Attempted = (Settlement, Option<Entry>);

/// How long a claim or a mark stands without a sign of life.
pub const LEASE_SECONDS: i64 = 15 * 60;

impl Runtime {
    /// Sends everything that is queued and due. True when there was something.
    pub(super) async fn deliver_due(&mut self, tick: &mut Tick) -> Result<bool> {
        let mut any = false;
        while !self.is_stopping() {
            // A full outbox takes long: each claim and its lease count from their own instant.
            let now = self.clock.now();
            let claimed = self.store.claim(now, self.connections as i64, &self.owner, lease(now)).await?;
            if claimed.is_empty() {
                return Ok(any);
            }
            any = true;
            for (settlement, entry) in self.send_all(claimed, now).await? {
                tick.entries.extend(entry);
                tick.sent += usize::from(matches!(settlement, Settlement::Sent { .. }));
                tick.uncertain += usize::from(matches!(settlement, Settlement::Uncertain { .. }));
            }
        }
        Ok(any)
    }

    /// One conversation each, side by side. One that fails does not cut off the others: they may be past their mark.
    async fn send_all(&self, claimed: Vec<ClaimedDelivery>, now: Timestamp) -> Result<Vec<Attempted>> {
        let mut conversations = JoinSet::new();
        for delivery in claimed {
            conversations.spawn(send(self.store.clone(), self.channels.clone(), delivery, now));
        }
        let mut ended = Vec::new();
        while let Some(done) = conversations.join_next().await {
            ended.push(done);
        }
        ended.into_iter().map(|done| done?).collect()
    }

    /// Gives back what this process has claimed and not begun, so that others need not wait for its lease.
    pub async fn hand_back(&self) -> Result<()> {
        self.store.hand_back(&self.owner).await?;
        Ok(())
    }
}

fn lease(now: Timestamp) -> Timestamp {
    now + jiff::Span::new().seconds(LEASE_SECONDS)
}

/// One attempt, from the claim to the settled row.
async fn send(store: Store, channels: Arc<Channels>, delivery: ClaimedDelivery, now: Timestamp) -> Result<Attempted> {
    let mark = async || Ok(matches!(store.mark(&delivery, now, lease(now)).await?, Mark::Set));
    let outcome = channels.deliver(&delivery.message, now, mark).await;
    let attempt = Attempt {
        channel: delivery.message.channel(),
        tries: delivery.tries,
        due: delivery.due_at,
        now,
        jitter: id::share(&["retry", &delivery.id, &delivery.tries.to_string()]),
    };
    let settlement = settle(&outcome, &attempt);
    match store.settle(&delivery, &settlement, now).await? {
        Settled::Written(entry) => Ok((settlement, entry)),
        Settled::Overtaken => Ok((Settlement::AlreadyDecided, None)),
    }
}
