//! The shell around the engine: reads what is due, asks the engine, writes what it decided, hands messages over.
//!
//! [`Runtime::tick`] does everything due at the clock's instant and says when to come back. The daemon sleeps until
//! then, a virtual run sets its clock to it; `run`, `test` and `simulate` are this one tick with another clock, store
//! and channel.

pub mod act;
pub mod cases;
pub mod daemon;
pub mod deliver;
pub mod explain;
pub mod import;
pub mod look;
pub mod pending;
pub mod play;
pub mod preview;
mod seam;
pub mod simulate;
pub mod timeline;
pub mod view;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use anyhow::Result;
use tokio::sync::watch;

use crate::book::{Book, Playbook};
use crate::channel::Channels;
use crate::condition::Coverage;
use crate::engine::desk::{Desk, Entry};
use crate::engine::matching::is_open;
use crate::portfolio::{Account, World};
use crate::store::Store;
use crate::time::{Clock, Timestamp};

/// Everything injected once: where the state is, what time it is, what the book says, where messages go.
pub struct Runtime {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub channels: Arc<Channels>,
    world: World,
    live_since: BTreeMap<Arc<str>, Timestamp>,
    /// Playbook and version of which the text is kept.
    versions: BTreeSet<(Arc<str>, Arc<str>)>,
    /// Accounts as last read or written; one whose version has moved on is read again.
    resident: HashMap<Arc<str>, Resident>,
    /// Names this process in the rows it has claimed. New at every start.
    owner: String,
    /// Messages handed over at the same time.
    connections: usize,
    /// The health model whose seam is marked.
    scored_by: Option<Arc<str>>,
    /// Whether every account has been looked at with this process's book.
    has_begun: bool,
    /// Whether the daemon was asked to stop: then no batch is begun any more.
    stopping: watch::Sender<bool>,
}

/// A cached account with its desk; worth nothing when the database has another version.
struct Resident {
    version: i64,
    account: Arc<Account>,
    desk: Desk,
}

/// What one tick did.
#[derive(Clone, Debug, Default)]
pub struct Tick {
    pub as_of: Timestamp,
    /// The new lines of the timeline, in the order they were written.
    pub entries: Vec<Entry>,
    pub sent: usize,
    pub uncertain: usize,
    pub next_wake: Option<Timestamp>,
}

impl Runtime {
    /// Reads what the database knows of the world. `connections` bounds the messages on their way at one time.
    pub async fn new(
        store: Store,
        book: Arc<Book>,
        clock: Arc<dyn Clock>,
        channels: Arc<Channels>,
        connections: usize,
    ) -> Result<Runtime> {
        let world = explain::world(&store, book).await?;
        let (live_since, versions) = (store.live_since().await?, store.versions().await?);
        let owner = format!("{}-{}", std::process::id(), clock.now().as_microsecond());
        let (stopping, resident) = (watch::Sender::new(false), HashMap::new());
        Ok(Runtime {
            store,
            clock,
            channels,
            world,
            live_since,
            versions,
            resident,
            owner,
            connections,
            scored_by: None,
            stopping,
            has_begun: false,
        })
    }

    fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Notes from now on what every condition says.
    pub fn count_coverage(&mut self, coverage: Arc<Coverage>) {
        self.world.coverage = Some(coverage);
    }

    pub fn world(&self) -> &World {
        &self.world
    }

    /// Imported people and feeds may have changed since the last tick.
    pub async fn refresh_world(&mut self) -> Result<()> {
        let book = self.world.book.clone();
        self.world = explain::world(&self.store, book).await?;
        Ok(())
    }

    /// Does everything that is due now, and says when to come back.
    pub async fn tick(&mut self) -> Result<Tick> {
        let mut tick = Tick { as_of: self.clock.now(), ..Tick::default() };
        self.go_live(tick.as_of).await?;
        self.begin(tick.as_of).await?;
        self.mark_seam(tick.as_of).await?;
        loop {
            // What a conversation changes is dated by its end: on the wall clock each round has its own instant.
            let looked = self.look_at_due(self.clock.now(), &mut tick).await?;
            let delivered = self.deliver_some(&mut tick).await?;
            if !looked && !delivered {
                break;
            }
        }
        tick.next_wake = self.store.next_wake().await?;
        Ok(tick)
    }

    /// The book may have been edited since the last process: at the first tick every account is looked at with this one.
    async fn begin(&mut self, now: Timestamp) -> Result<()> {
        if !self.has_begun {
            let mut tx = self.store.begin().await?;
            tx.wake_all(now).await?;
            tx.commit().await?;
            self.has_begun = true;
        }
        Ok(())
    }

    /// Notes when each playbook first goes live here, and has every account looked at for it. Keeps the text of each
    /// version that was not here before.
    pub async fn go_live(&mut self, now: Timestamp) -> Result<()> {
        let playbooks = || self.world.book.playbooks.values();
        let new: Vec<_> =
            playbooks().filter(|own| is_open(own) && !self.live_since.contains_key(&own.id)).cloned().collect();
        let is_kept = |own: &Playbook| self.versions.contains(&(own.id.clone(), own.version.clone()));
        let unkept: Vec<_> = playbooks().filter(|own| !is_kept(own)).cloned().collect();
        if new.is_empty() && unkept.is_empty() {
            return Ok(());
        }
        let mut tx = self.store.begin().await?;
        for playbook in &unkept {
            tx.record_version(&playbook.id, &playbook.version, now, &playbook.text).await?;
        }
        for playbook in &new {
            tx.set_live_since(&playbook.id, now).await?;
        }
        if !new.is_empty() {
            tx.wake_all(now).await?;
        }
        tx.commit().await?;
        self.live_since = self.store.live_since().await?;
        self.versions = self.store.versions().await?;
        Ok(())
    }
}
