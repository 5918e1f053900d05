//! What lies ahead if nothing changes: the accounts as they are now, played forward beside the database.

use std::sync::Arc;

use anyhow::Result;

use crate::book::policy::Breaker;
use crate::book::{Book, Playbook};
use crate::channel::Channels;
use crate::engine::desk::{Desk, Entry};
use crate::portfolio::Account;
use crate::portfolio::import::Rows;
use crate::store::Store;
use crate::time::{Timestamp, VirtualClock};

use super::Runtime;
use super::play::Step;

/// The accounts at an instant, to be played forward with one book or several. The database they were read from is
/// never changed.
pub struct Scene {
    store: Store,
    accounts: Option<Vec<Arc<str>>>,
    from: Timestamp,
    /// Whether the work our side has open is there, or only what is known of the customers.
    with_work: bool,
    /// Whether imports are taken to go on as they are: feeds stay as fresh as they are at the beginning, usage as high.
    pub is_steady: bool,
    /// What happens in this play and is not recorded: rows as an import would land them.
    pub what_if: Rows,
}

/// What a play came to.
#[derive(Clone, Debug, Default)]
pub struct Played {
    /// The lines of the timeline, in the order in which they were written.
    pub entries: Vec<Entry>,
    /// The accounts with their desks as they are in the end.
    pub accounts: Vec<(Arc<Account>, Desk)>,
}

impl Scene {
    /// The accounts (all when none is named) with everything that is open on them.
    pub async fn read(store: &Store, accounts: Option<&[Arc<str>]>, from: Timestamp) -> Result<Scene> {
        let accounts = accounts.map(<[_]>::to_vec);
        Ok(Scene { store: store.clone(), accounts, from, with_work: true, is_steady: false, what_if: Rows::default() })
    }

    /// All accounts with what is recorded of them, as if no playbook had ever run: the book goes live at `from`.
    pub async fn read_history(store: &Store, from: Timestamp) -> Result<Scene> {
        Ok(Scene {
            store: store.clone(),
            accounts: None,
            from,
            with_work: false,
            is_steady: false,
            what_if: Rows::default(),
        })
    }

    pub fn from(&self) -> Timestamp {
        self.from
    }

    /// Plays with the book up to and including `until`. `watch` sees every tick, for the progress bar.
    pub async fn play(
        &self,
        book: Arc<Book>,
        until: Timestamp,
        watch: &mut (dyn FnMut(&Step<'_>) + Send),
    ) -> Result<Played> {
        let copy = Store::open("sqlite::memory:").await?;
        self.store.copy_to(&copy, self.accounts.as_deref(), self.with_work).await?;
        let mut tx = copy.begin().await?;
        tx.land(&self.what_if, self.from).await?;
        tx.commit().await?;
        let book = if self.accounts.is_some() { Arc::new(without_limits(&book)) } else { book };
        let clock = Arc::new(VirtualClock::at(self.from));
        let mut runtime = Runtime::new(copy, book, clock.clone(), Arc::new(Channels::nowhere()), 1).await?;
        if self.is_steady {
            runtime.go_on_steadily(self.from);
        }
        let mut played = Played::default();
        runtime
            .play(&clock, until, &mut |step| {
                played.entries.extend(step.entries.iter().cloned());
                watch(&step);
            })
            .await?;
        played.accounts = everyone(&runtime.store, until).await?;
        runtime.store.close().await;
        Ok(played)
    }
}

async fn everyone(store: &Store, at: Timestamp) -> Result<Vec<(Arc<Account>, Desk)>> {
    let ids = store.account_ids().await?;
    let mut desks = store.load_desks(&ids, at).await?;
    let accounts = store.load_accounts(&ids).await?.into_iter();
    Ok(accounts
        .map(|(own, _)| (desks.remove(&own.id).unwrap_or_default(), own))
        .map(|(d, a)| (Arc::new(a), d))
        .collect())
}

/// Plays the accounts (all when none is named) from `from` to `until` with nothing assumed.
pub async fn simulate(
    store: &Store,
    book: Arc<Book>,
    accounts: Option<&[Arc<str>]>,
    from: Timestamp,
    until: Timestamp,
    watch: &mut (dyn FnMut(&Step<'_>) + Send),
) -> Result<Vec<Entry>> {
    Ok(Scene::read(store, accounts, from).await?.play(book, until, watch).await?.entries)
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
