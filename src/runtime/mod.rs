//! The shell around the engine: reads what is due, asks the engine, writes what it decided, hands messages over.
//!
//! [`Runtime::tick`] does everything due at the clock's instant and says when to come back. The daemon sleeps until
//! then, a virtual run sets its clock to it; `run`, `test` and `simulate` are this one tick with another clock, store
//! and channel.

pub mod act;
pub mod backtest;
pub mod cases;
pub mod daemon;
pub mod deliver;
pub mod explain;
pub mod feeds;
pub mod import;
mod limits;
pub mod look;
pub mod notices;
pub mod pending;
pub mod plan;
pub mod play;
pub mod preview;
pub mod reload;
mod seam;
pub mod simulate;
pub mod summary;
pub mod tally;
pub mod timeline;
pub mod view;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use anyhow::Result;
use tokio::sync::{Notify, watch};

use crate::book::{Book, Playbook};
use crate::channel::Channels;
use crate::condition::Coverage;
use crate::engine::desk::{Desk, Entry};
use crate::engine::matching::is_open;
use crate::portfolio::{Account, World};
use crate::store::Store;
use crate::time::{Clock, Date, Timestamp};

/// Messages on their way at one time: of the daemon and of every play, so that both see as much of what went out when
/// they look at an account next.
pub const CONNECTIONS: usize = 8;

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
    /// The folder whose edits are followed; none: the book is what it was given.
    folder: Option<reload::Folder>,
    /// Whether the database knows that this book is in force.
    is_in_force: bool,
    /// Active accounts as they were last counted.
    headcount: Option<limits::Headcount>,
    /// The day on which playbooks were last watched for silence.
    watched_on: Option<Date>,
    /// The health model whose seam is marked.
    scored_by: Option<Arc<str>>,
    /// Whether every account has been looked at by this process.
    has_begun: bool,
    /// Rung when somebody wants the folder looked at now.
    bell: Arc<Notify>,
    /// Whether the daemon was asked to stop: then no batch is begun any more.
    stopping: watch::Sender<bool>,
}

/// A cached account with its desk; worth nothing when the database has another version.
struct Resident {
    version: i64,
    account: Arc<Account>,
    desk: Arc<Desk>,
}

/// What one tick did.
#[derive(Clone, Debug, Default)]
pub struct Tick {
    pub as_of: Timestamp,
    /// The new lines of the timeline, in the order they were written.
    pub entries: Vec<Entry>,
    pub sent: usize,
    pub uncertain: usize,
    /// What somebody of ours was told for the first time.
    pub notices: Vec<String>,
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
            bell: Arc::default(),
            folder: None,
            is_in_force: false,
            headcount: None,
            watched_on: None,
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
        self.begin(tick.as_of).await?;
        self.watch_silence(tick.as_of).await?;
        self.mark_seam(tick.as_of).await?;
        loop {
            // What a conversation changes is dated by its end: on the wall clock each round has its own instant.
            let looked = self.look_at_due(self.clock.now(), &mut tick).await?;
            let delivered = self.deliver_some(&mut tick).await?;
            // An edited book does not wait until everything is sent: the next tick goes on with it.
            if (!looked && !delivered) || self.has_news() {
                break;
            }
        }
        self.tell_owners(&mut tick).await?;
        tick.next_wake = self.store.next_wake().await?;
        Ok(tick)
    }

    /// Puts the book in force, and has every account looked at when it is a new one or the process is.
    async fn begin(&mut self, now: Timestamp) -> Result<()> {
        if !self.go_live(now).await? && !self.has_begun {
            let mut tx = self.store.begin().await?;
            tx.wake_all(now).await?;
            tx.commit().await?;
        }
        self.has_begun = true;
        Ok(())
    }

    /// Tells the database which book is in force, notes when each playbook first goes live here, keeps the text of
    /// each version, and has every account looked at. False when all of that was so already.
    pub async fn go_live(&mut self, now: Timestamp) -> Result<bool> {
        if self.is_in_force {
            return Ok(false);
        }
        let (book, kept) = (self.world.book.clone(), self.store.kept_book().await?);
        let playbooks = || book.playbooks.values();
        let is_dated = |own: &&Arc<Playbook>| is_open(own) && !self.live_since.contains_key(&own.id);
        let is_kept = |own: &&Arc<Playbook>| self.versions.contains(&(own.id.clone(), own.version.clone()));
        let is_new = !kept.is_of(&book) || playbooks().any(|own| is_dated(&own));
        if is_new {
            let mut tx = self.store.begin().await?;
            for playbook in playbooks().filter(|own| !is_kept(own)) {
                tx.record_version(playbook, now).await?;
            }
            tx.put_in_force(&book).await?;
            for playbook in playbooks().filter(is_dated) {
                tx.set_live_since(&playbook.id, now).await?;
            }
            tx.wake_all(now).await?;
            tx.commit().await?;
            self.live_since = self.store.live_since().await?;
            self.versions = self.store.versions().await?;
        }
        self.is_in_force = true;
        Ok(is_new)
    }
}
