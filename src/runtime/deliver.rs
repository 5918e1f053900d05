//! Hands queued deliveries over: claim, mark, send, settle.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use tokio::task::JoinSet;
use tracing::warn;

use crate::channel::Channels;
use crate::engine::delivery::{Attempt, Settlement, settle};
use crate::engine::desk::Entry;
use crate::id;
use crate::store::{ClaimedDelivery, Mark, Settled, Store};
use crate::time::{Clock, Timestamp};

use super::{Runtime, Tick};

/// What followed from an attempt, with the line of the timeline when it failed or is in doubt.
type Attempted = (Settlement, Option<Entry>);

/// How long a claim or a mark stands without a sign of life.
///
/// Longer than the longest conversation may take (the limits of `channel::Limits` together).
pub const LEASE_SECONDS: i64 = 20 * 60;

/// How often an answer is written before the row is left to the lease: some minutes in all.
const SETTLE_TRIES: usize = 40;

impl Runtime {
    /// Hands over what is queued and due, as many messages as there are connections. True when there was something.
    ///
    /// The caller looks at changed accounts before it asks again: nothing goes out on what was known before.
    pub(super) async fn deliver_some(&mut self, tick: &mut Tick) -> Result<bool> {
        if self.is_stopping() {
            return Ok(false);
        }
        let now = self.clock.now();
        let claimed = self.store.claim(now, self.connections as i64, &self.owner, lease(now)).await?;
        let any = !claimed.is_empty();
        for (settlement, entry) in self.send_all(claimed).await? {
            tick.entries.extend(entry);
            tick.sent += usize::from(matches!(settlement, Settlement::Sent { .. }));
            tick.uncertain += usize::from(matches!(settlement, Settlement::Uncertain { .. }));
        }
        Ok(any)
    }

    /// One conversation each, side by side. One that fails does not cut off the others: they may be past their mark.
    async fn send_all(&self, claimed: Vec<ClaimedDelivery>) -> Result<Vec<Attempted>> {
        let mut conversations = JoinSet::new();
        for delivery in claimed {
            conversations.spawn(send(self.store.clone(), self.channels.clone(), self.clock.clone(), delivery));
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
async fn send(
    store: Store,
    channels: Arc<Channels>,
    clock: Arc<dyn Clock>,
    delivery: ClaimedDelivery,
) -> Result<Attempted> {
    let mark = async || {
        let now = clock.now();
        Ok(matches!(store.mark(&delivery, now, lease(now)).await?, Mark::Set))
    };
    let outcome = channels.deliver(&delivery.message, clock.now(), mark).await;
    let now = clock.now();
    let attempt = Attempt {
        channel: delivery.message.channel(),
        tries: delivery.tries,
        due: delivery.due_at,
        now,
        jitter: id::share(&["retry", &delivery.id, &delivery.tries.to_string()]),
    };
    let settlement = settle(&outcome, &attempt);
    match written(&store, &delivery, &settlement, now).await? {
        Settled::Written(entry) => Ok((settlement, entry)),
        Settled::Overtaken => Ok((Settlement::AlreadyDecided, None)),
    }
}

/// Writes what became of an attempt, however long the database is busy: an answer that is forgotten is doubt at best
/// and a second message at worst.
async fn written(
    store: &Store,
    delivery: &ClaimedDelivery,
    settlement: &Settlement,
    now: Timestamp,
) -> Result<Settled> {
    let mut pause = Duration::from_millis(50);
    for _ in 0..SETTLE_TRIES {
        match store.settle(delivery, settlement, now).await {
            Err(error) if error.is_transient() => {
                warn!("delivery {}: its answer waits for the database: {error}", delivery.id);
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(Duration::from_secs(10));
            }
            settled => return Ok(settled?),
        }
    }
    Ok(store.settle(delivery, settlement, now).await?)
}
