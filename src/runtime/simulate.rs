//! What lies ahead if nothing changes: the accounts as they are now, played forward in a copy.

use std::sync::Arc;

use anyhow::Result;

use crate::book::policy::Breaker;
use crate::book::{Book, Playbook};
use crate::channel::Channels;
use crate::engine::desk::Entry;
use crate::store::Store;
use crate::time::{Timestamp, VirtualClock};

use super::Runtime;
use super::play::Step;

/// Plays the accounts (all when none is named) from `from` to `until` in a copy in memory. The database asked is not
/// changed. `watch` sees each tick, for the progress bar.
pub async fn simulate(
    store: &Store,
    book: Arc<Book>,
    accounts: Option<&[Arc<str>]>,
    from: Timestamp,
    until: Timestamp,
    watch: &mut (dyn FnMut(&Step<'_>) + Send),
) -> Result<Vec<Entry>> {
    let copy = Store::open("sqlite::memory:").await?;
    store.copy_to(&copy, accounts).await?;
    let book = if accounts.is_some() { Arc::new(without_limits(&book)) } else { book };
    let clock = Arc::new(VirtualClock::at(from));
    let mut runtime = Runtime::new(copy, book, clock.clone(), Arc::new(Channels::nowhere()), 1).await?;
    let mut entries = Vec::new();
    runtime
        .play(&clock, until, &mut |step| {
            entries.extend(step.entries.iter().cloned());
            watch(&step);
        })
        .await?;
    runtime.store.close().await;
    Ok(entries)
}

/// How many enter in a day cannot be said of some accounts without all the others.
fn without_limits(book: &Book) -> Book {
    let mut alone = book.clone();
    alone.policy.breaker = Breaker { max_new: 0, max_share: 0.0, trip_at: 0.0, ..alone.policy.breaker };
    for playbook in alone.playbooks.values_mut() {
        let mut own = Playbook::clone(playbook);
        own.enroll.max_per_day = None;
        *playbook = Arc::new(own);
    }
    alone
}
