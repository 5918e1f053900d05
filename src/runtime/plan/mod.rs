//! What would change if a book went live now: in meaning, for the accounts, and in what goes out in the coming days.
//!
//! Both books are played on the accounts as they are, by the engine that the daemon runs; the plan is what is different.
//! The daemon judges an edit by the same play of its first instant ([`AtOnce`]).

mod at_once;
mod entering;
mod json;
mod people;
mod sends;
mod warnings;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::Result;

use crate::book::difference::Difference;
use crate::book::{Book, Kept, Playbook};
use crate::condition::{Facts as _, Name, Value};
use crate::engine::desk::{ApprovalState, Entry, EntryResult};
use crate::portfolio::{Account, Facts, World};
use crate::store::Store;
use crate::time::Timestamp;

use super::explain::world;
use super::feeds::{StaleFeed, stale_at};
use super::play::Step;
use super::reload::judge::{missing_steps, verdicts};
use super::simulate::{Played, Scene};
use super::summary::Summary;

pub use super::reload::judge::Verdict;
pub use at_once::{AtOnce, Count};
pub use people::{People, Turn};
pub use sends::{Send, Sends, Sort, Totals};
pub use warnings::Warnings;

/// The two books, and how far ahead to look.
pub struct Question {
    /// What runs now; none: nothing does.
    pub old: Option<Arc<Book>>,
    pub new: Arc<Book>,
    pub from: Timestamp,
    pub until: Timestamp,
    /// Whether imports are taken to go on as they are.
    pub is_steady: bool,
    /// What the database keeps, when the question is whether the new book may go live there.
    pub kept: Option<Kept>,
}

/// Whether a daemon would take the new book as it is.
#[derive(Debug, Default)]
pub struct GoLive {
    /// Why something of it stays as it was, whoever agrees.
    pub refusals: Vec<String>,
    /// What is above a limit of the policy and waits for a person's yes.
    pub waits: Vec<Verdict>,
}

/// What would change.
#[derive(Debug)]
pub struct Plan {
    pub from: Timestamp,
    pub until: Timestamp,
    pub difference: Difference,
    pub people: People,
    pub sends: Sends,
    /// Accounts that enter in the whole stretch of time, under the old book and under the new one.
    pub enrolled: (usize, usize),
    /// Accounts that wait for a person's yes because of a limit of their day, under the new book.
    pub parked: BTreeMap<Arc<str>, usize>,
    /// What the new book brings that somebody should look at first.
    pub warnings: Warnings,
    /// In the order of segments.toml, those of none at the end.
    pub segments: Vec<SegmentTotals>,
    pub go_live: GoLive,
    /// Feeds that are too old in these days, so that what reads them is unknown; none where imports are taken to go on.
    pub stale: Vec<StaleFeed>,
    /// Nothing was in force before.
    pub is_first: bool,
}

/// What the accounts of one segment get.
#[derive(Clone, Debug, PartialEq)]
pub struct SegmentTotals {
    /// None: the account has no segment.
    pub segment: Option<Arc<str>>,
    /// Those that enter and did not before.
    pub enroll: usize,
    pub before: Totals,
    pub after: Totals,
}

impl Plan {
    /// Plays both books. `watch` sees every step of both plays, for the progress bar.
    pub async fn make(
        store: &Store,
        question: Question,
        watch: &mut (dyn FnMut(&Step<'_>) + std::marker::Send),
    ) -> Result<Plan> {
        let Question { old, new, from, until, is_steady, kept } = question;
        let difference = Difference::between(old.as_deref(), &new);
        let is_first = old.is_none();
        let old = old.unwrap_or_else(|| Arc::new(nothing(&new)));
        let mut scene = Scene::read(store, None, from).await?;
        scene.is_steady = is_steady;
        let before = scene.play(old.clone(), until, watch).await?;
        let after = scene.play(new.clone(), until, watch).await?;
        let scene = AtOnce::scene(store, from).await?;
        let (was, at_once) = (AtOnce::play(&scene, &old).await?, AtOnce::play(&scene, &new).await?);
        let edited = difference.playbooks.iter().map(|own| &*own.id).collect();
        let steady_from = is_steady.then_some(from);
        let world = World { steady_from, ..world(store, new.clone()).await? };
        let people = People::between(entering::between(&before, &after, &world, from), &was, &at_once, &new, &edited);
        let sends = Sends::between(sends_of(&before), sends_of(&after), &new);
        let segments = by_segment(&world, &at_once, &people, &sends);
        let (known, summary) = (summary(&before, from, until), summary(&after, from, until));
        Ok(Plan {
            from,
            until,
            difference,
            people,
            enrolled: (enrolled(&before.entries), enrolled(&after.entries)),
            parked: parked(&after.entries),
            sends,
            warnings: Warnings::between((&before.entries, &known), (&after.entries, &summary)),
            segments,
            go_live: match kept.filter(|kept| !kept.is_empty()) {
                Some(kept) => GoLive::judge(store, &kept, &new, &at_once).await?,
                None => GoLive::default(),
            },
            stale: if is_steady { Vec::new() } else { stale_at(&new, &store.feeds().await?, until) },
            is_first,
        })
    }

    /// Whether anything means or does something else.
    pub fn has_changes(&self) -> bool {
        !self.difference.is_empty()
            || self.people.is_stirred()
            || !self.sends.gained.is_empty()
            || !self.sends.lost.is_empty()
    }

    /// Playbooks that mean something else or do something else, by id.
    pub fn playbooks(&self) -> BTreeSet<&Arc<str>> {
        let edited = self.difference.playbooks.iter().map(|own| &own.id);
        let people = self.people.lists().into_iter().flat_map(|(_, list)| list).map(|own| &own.playbook);
        let sends = self.sends.gained.iter().chain(&self.sends.lost).map(|own| &own.playbook);
        edited.chain(people).chain(sends).collect()
    }
}

impl GoLive {
    async fn judge(store: &Store, kept: &Kept, book: &Book, at_once: &AtOnce) -> Result<GoLive> {
        let missing = missing_steps(store, kept, book).await?;
        let waits = verdicts(store, kept, book, at_once).await?.into_iter();
        let waits = waits.filter(|own| own.answer != Some(ApprovalState::Approved)).collect();
        Ok(GoLive { refusals: missing.into_iter().map(|(_, line)| line).collect(), waits })
    }
}

/// The book before there was one.
fn nothing(book: &Book) -> Book {
    Book { playbooks: BTreeMap::<Arc<str>, Arc<Playbook>>::new(), versions: BTreeMap::new(), ..book.clone() }
}

fn accounts(played: &Played) -> impl Iterator<Item = &Account> {
    played.accounts.iter().map(|(account, _)| &**account)
}

fn sends_of(played: &Played) -> Vec<Send> {
    sends::of(&played.entries, &accounts(played).map(|account| (&*account.id, account)).collect())
}

fn summary(played: &Played, from: Timestamp, until: Timestamp) -> Summary {
    Summary::of(&played.entries, accounts(played), from, until)
}

fn enrolled(entries: &[Entry]) -> usize {
    entering::lines(entries, EntryResult::Done).count()
}

fn parked(entries: &[Entry]) -> BTreeMap<Arc<str>, usize> {
    let mut parked = BTreeMap::new();
    for entry in entering::lines(entries, EntryResult::Held) {
        *parked.entry(entry.playbook.clone()).or_default() += 1;
    }
    parked
}

/// Who enters and what goes out, by the segment the account has now under the new book.
fn by_segment(world: &World, at_once: &AtOnce, people: &People, sends: &Sends) -> Vec<SegmentTotals> {
    let touched = people.enroll.iter().map(|own| &own.account);
    let touched: BTreeSet<&Arc<str>> =
        touched.chain(sends.before.iter().chain(&sends.after).map(|own| &own.account)).collect();
    let segment = |account: &Arc<Account>, work| -> Option<Arc<str>> {
        let facts = Facts::new(world.clone(), account.clone(), Arc::new(work), at_once.now);
        match facts.read(&Name::Account("segment".into())) {
            Value::Text(segment) => Some(segment),
            _ => None,
        }
    };
    let of: BTreeMap<&Arc<str>, Option<Arc<str>>> = at_once
        .played
        .accounts
        .iter()
        .filter(|(account, _)| touched.contains(&account.id))
        .map(|(account, desk)| (&account.id, segment(account, desk.work())))
        .collect();
    let order = world.book.segments.segments.iter().map(|own| Some(own.id.clone())).chain([None]);
    let totals = order.map(|segment| {
        let is_own = |account: &Arc<str>| of.get(account).is_some_and(|own| *own == segment);
        let own = |sends: &[Send]| Totals::of(sends.iter().filter(|send| is_own(&send.account)));
        let enroll = people.enroll.iter().filter(|own| is_own(&own.account)).count();
        SegmentTotals { enroll, before: own(&sends.before), after: own(&sends.after), segment: segment.clone() }
    });
    totals.filter(|own| own.enroll + own.before.total() + own.after.total() > 0).collect()
}
