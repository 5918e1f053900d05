//! Hands queued deliveries over: claim, mark, send, settle.

use std::sync::Arc;

use anyhow::Result;
use tokio::task::JoinSet;

use crate::channel::Channels;
use crate::engine::delivery::{Attempt, Settlement, settle};
use crate::id;
use crate::store::{ClaimedDelivery, Store};
use crate::time::Timestamp;

use super::{Runtime, Tick};

/// How long a claim or a mark stands without a sign of life.
pub const LEASE_SECONDS: i64 = 15 * 60;

impl Runtime {
    /// Sends everything that is queued and due. True when there was something.
    pub(super) async fn deliver_due(&mut self, now: Timestamp, tick: &mut Tick) -> Result<bool> {
        let mut any = false;
        loop {
            let claimed =
                self.store.claim(now, self.connections as i64, &self.owner, lease(now)).await?;
            if claimed.is_empty() {
                return Ok(any);
            }
            any = true;
            for settlement in self.send_all(claimed, now).await? {
                tick.sent += usize::from(matches!(settlement, Settlement::Sent { .. }));
                tick.uncertain += usize::from(matches!(settlement, Settlement::Uncertain { .. }));
            }
        }
    }

    /// One conversation each, side by side.
    async fn send_all(&self, claimed: Vec<ClaimedDelivery>, now: Timestamp) -> Result<Vec<Settlement>> {
        let mut conversations = JoinSet::new();
        for delivery in claimed {
            conversations.spawn(send(self.store.clone(), self.channels.clone(), delivery, now));
        }
        let mut settlements = Vec::new();
        while let Some(done) = conversations.join_next().await {
            settlements.push(done??);
        }
        Ok(settlements)
    }

    /// Gives back what this process has claimed and not begun, so that others need not wait for its lease.
    pub async fn hand_back(&self) -> Result<()> {
        Ok(self.store.hand_back(&self.owner).await?)
    }
}

fn lease(now: Timestamp) -> Timestamp {
    now + jiff::Span::new().seconds(LEASE_SECONDS)
}

/// One attempt, from the claim to the settled row.
async fn send(
    store: Store,
    channels: Arc<Channels>,
    delivery: ClaimedDelivery,
    now: Timestamp,
) -> Result<Settlement> {
    let (id, fence) = (delivery.id.clone(), delivery.fence);
    let marking = store.clone();
    let outcome = channels
        .deliver(&delivery.message, now, async move || Ok(marking.mark(&id, fence, now, lease(now)).await?.is_ok()))
        .await;
    let attempt = Attempt {
        channel: delivery.message.channel(),
        tries: delivery.tries,
        due: delivery.due_at,
        now,
        jitter: id::share(&["retry", &delivery.id, &delivery.tries.to_string()]),
    };
    let settlement = settle(&outcome, &attempt);
    store.settle(&delivery.id, fence, &settlement, now).await?;
    Ok(settlement)
}
