//! The accounts at an instant, in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use anyhow::Result;

use crate::book::policy::Breaker;
use crate::book::{Book, Person, Playbook};
use crate::engine::desk::Desk;
use crate::engine::matching::is_open;
use crate::engine::recipients::OpenTasks;
use crate::engine::turnout::{MEDIAN_DAYS, Turnout};
use crate::engine::visit::Rest;
use crate::id::Key;
use crate::portfolio::import::Rows;
use crate::portfolio::{Account, Contact, Event, World};
use crate::runtime::play::Step;
use crate::store::{Store, WaitingDelivery};
use crate::time::{TimeZone, Timestamp, add_days, local_date};

use super::Played;
use super::play::Play;

/// Accounts that are read at one time.
const ACCOUNTS_AT_ONCE: usize = 500;

/// The accounts at an instant, to be played forward with one book or several. The database they were read from is
/// never changed.
#[derive(Clone)]
pub struct Scene {
    /// Whether imports are taken to go on as they are: feeds stay as fresh as they are at the beginning, usage as high.
    pub is_steady: bool,
    /// What happens in these plays and is not recorded: rows as an import would land them.
    pub what_if: Rows,
    pub(super) from: Timestamp,
    /// In the order in which the database looks at accounts that are due at the same instant.
    pub(super) cast: Vec<Resident>,
    /// Whether there are accounts that are not in the cast.
    is_part: bool,
    pub(super) waiting: Vec<WaitingDelivery>,
    pub(super) blocked: BTreeSet<String>,
    pub(super) open_tasks: OpenTasks,
    pub(super) turnout: Turnout,
    pub(super) live_since: BTreeMap<Arc<str>, Timestamp>,
    /// The fingerprint of the model that has scored last.
    health_model: Option<String>,
    health_seam: Option<Timestamp>,
    people: Vec<Person>,
    feeds: BTreeMap<Arc<str>, Timestamp>,
    key: Key,
}

/// An account with its desk, and when it is looked at next.
#[derive(Clone)]
pub(super) struct Resident {
    pub account: Arc<Account>,
    pub desk: Arc<Desk>,
    pub wake_at: Option<Timestamp>,
    /// What the last look of the play left behind; none when it must be looked at in any case.
    pub rest: Option<Rest>,
}

impl Scene {
    /// The accounts (all when none is named) with everything that is open on them.
    pub async fn read(store: &Store, accounts: Option<&[Arc<str>]>, from: Timestamp) -> Result<Scene> {
        let mut scene = Scene::with_cast(store, read_accounts(store, accounts).await?, from).await?;
        scene.is_part = accounts.is_some();
        scene.set_desks(store).await?;
        let kept = store.kept_book().await?;
        let playbooks: Vec<Arc<str>> = kept.in_force.into_keys().collect();
        // Somewhere it is still the day before.
        let first_day = add_days(local_date(from, &TimeZone::UTC), -MEDIAN_DAYS - 1);
        scene.turnout = store.turnout(&playbooks, first_day).await?;
        scene.waiting = store.waiting_deliveries().await?;
        scene.blocked = store.blocked_addresses().await?;
        scene.open_tasks = store.open_tasks_per_person().await?;
        scene.live_since = store.live_since().await?;
        (scene.health_model, scene.health_seam) = (store.health_model().await?, store.health_seam().await?);
        Ok(scene)
    }

    /// All accounts with what is recorded of them, as if no playbook had ever run: the book goes live at `from`.
    pub async fn read_history(store: &Store, from: Timestamp) -> Result<Scene> {
        let mut cast = read_accounts(store, None).await?;
        cast.iter_mut().for_each(|own| Arc::make_mut(&mut own.account).health.clear());
        Scene::with_cast(store, cast, from).await
    }

    async fn with_cast(store: &Store, cast: Vec<Resident>, from: Timestamp) -> Result<Scene> {
        Ok(Scene {
            is_steady: false,
            what_if: Rows::default(),
            from,
            cast,
            is_part: false,
            waiting: Vec::new(),
            blocked: BTreeSet::new(),
            open_tasks: OpenTasks::new(),
            turnout: Turnout::default(),
            live_since: BTreeMap::new(),
            health_model: None,
            health_seam: None,
            people: store.people().await?,
            feeds: store.feeds().await?,
            key: store.token_key().await?,
        })
    }

    /// When the plays begin.
    pub fn from(&self) -> Timestamp {
        self.from
    }

    /// Plays with the book up to and including `until`. `watch` sees every tick, for the progress bar. A play of only
    /// some accounts leaves the limits of a day out: they depend on all the others.
    ///
    /// # Errors
    /// A book that never comes to rest on an account is told in the log and the account left alone for an hour, as by the
    /// daemon; nothing else can fail once the scene is read.
    pub async fn play(
        &self,
        book: Arc<Book>,
        until: Timestamp,
        watch: &mut (dyn FnMut(&Step<'_>) + Send),
    ) -> Result<Played> {
        let book = if self.is_part { Arc::new(without_limits(&book)) } else { book };
        let mut cast = self.cast_for(&book);
        self.assume(&mut cast);
        let world = self.world(book.clone());
        let open = book.playbooks.values().filter(|own| is_open(own));
        let mut live_since = self.live_since.clone();
        for playbook in open {
            live_since.entry(playbook.id.clone()).or_insert(self.from);
        }
        Ok(Play::new(self, world, cast, live_since).run(until, watch))
    }

    /// The accounts as they stand when the book begins: all are looked at; scores of another health model do not count.
    fn cast_for(&self, book: &Book) -> Vec<Resident> {
        let mut cast = self.cast.clone();
        for own in &mut cast {
            own.wake_at = Some(own.wake_at.map_or(self.from, |at| at.min(self.from)));
            if self.is_seam(book) {
                Arc::make_mut(&mut own.account).health.clear();
            }
        }
        cast
    }

    fn is_seam(&self, book: &Book) -> bool {
        self.health_model.as_ref().is_some_and(|model| **model != *book.health.fingerprint)
    }

    fn world(&self, book: Arc<Book>) -> World {
        let seam = if self.is_seam(&book) { Some(self.from) } else { self.health_seam };
        let steady_from = self.is_steady.then_some(self.from);
        let world = World::new(book, self.people.clone(), self.feeds.clone(), seam, self.key.clone());
        World { steady_from, rests_since: Some(self.from), ..world }
    }

    async fn set_desks(&mut self, store: &Store) -> Result<()> {
        for some in self.cast.chunks_mut(ACCOUNTS_AT_ONCE) {
            let ids: Vec<Arc<str>> = some.iter().map(|own| own.account.id.clone()).collect();
            let mut desks = store.load_desks(&ids, self.from).await?;
            some.iter_mut().for_each(|own| own.desk = Arc::new(desks.remove(&own.account.id).unwrap_or_default()));
        }
        Ok(())
    }

    /// Lands the what-ifs.
    fn assume(&self, cast: &mut [Resident]) {
        let places: HashMap<Arc<str>, usize> =
            cast.iter().enumerate().map(|(place, own)| (own.account.id.clone(), place)).collect();
        let mut with = |id: &Arc<str>, change: &dyn Fn(&mut Account)| {
            if let Some(place) = places.get(id) {
                change(Arc::make_mut(&mut cast[*place].account));
            }
        };
        let Rows { accounts, contacts, metrics, events, .. } = &self.what_if;
        for row in accounts {
            let record = |account: &mut Account| {
                row.fields.iter().for_each(|(field, value)| account.fields.record(field, row.as_of, value.clone()));
            };
            with(&row.id, &record);
        }
        for row in contacts {
            with(&row.account, &|account| {
                let new = || Contact { id: row.id.clone(), ..Contact::default() };
                let contact = account.contacts.entry(row.id.clone()).or_insert_with(new);
                row.fields.iter().for_each(|(field, value)| contact.fields.record(field, row.as_of, value.clone()));
            });
        }
        for row in metrics {
            with(&row.account, &|account| {
                account.metrics.entry(row.metric.clone()).or_default().record(row.day, row.value);
            });
        }
        for row in events {
            let (id, kind, contact, fields) = (&row.id, &row.kind, &row.contact, &row.fields);
            let event = || Event {
                id: id.clone(),
                kind: kind.clone(),
                at: row.at,
                contact: contact.clone(),
                fields: fields.clone(),
            };
            with(&row.account, &|account| account.record_event(event()));
        }
    }
}

async fn read_accounts(store: &Store, wanted: Option<&[Arc<str>]>) -> Result<Vec<Resident>> {
    let mut wakes = store.wakes().await?;
    wakes.retain(|(id, _)| wanted.is_none_or(|wanted| wanted.contains(id)));
    let mut cast = Vec::new();
    for some in wakes.chunks(ACCOUNTS_AT_ONCE) {
        let ids: Vec<Arc<str>> = some.iter().map(|(id, _)| id.clone()).collect();
        let loaded = store.load_accounts(&ids).await?.into_iter();
        let mut accounts: HashMap<Arc<str>, Account> = loaded.map(|(own, _)| (own.id.clone(), own)).collect();
        let residents = some.iter().filter_map(|(id, wake_at)| {
            let account = Arc::new(accounts.remove(id)?);
            Some(Resident { account, desk: Arc::default(), wake_at: *wake_at, rest: None })
        });
        cast.extend(residents);
    }
    Ok(cast)
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
