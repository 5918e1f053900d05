//! Why accounts are not in a playbook, all of them at once: which clause keeps how many out, and who comes nearest.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use serde::Serialize;

use super::case::Case;
use super::matching::ACCOUNTS_AT_ONCE;
use super::{live_since, one_line, past, reading, turnout};
use crate::book::Book;
use crate::book::playbook::{Playbook, Trigger};
use crate::condition::{Shortfall, Trace, Truth, nearest};
use crate::engine::Reason;
use crate::engine::desk::Desk;
use crate::engine::turnout::Turnout;
use crate::portfolio::{Account, Facts, World};
use crate::store::Store;
use crate::time::{Timestamp, utc_text};

/// Why accounts are not in a playbook.
#[derive(Clone, Debug, Serialize)]
pub struct WhyNot {
    pub playbook: Arc<str>,
    pub as_of: String,
    /// All that are known at the instant.
    pub accounts: usize,
    /// The parts of trigger and `when` that must all be true.
    pub funnel: Vec<Clause>,
    /// What becomes of those who pass every clause; `enrolled` would enter now.
    pub reasons: BTreeMap<&'static str, usize>,
    /// How many are in the playbook.
    pub enrolled: usize,
    pub nearest: Vec<Near>,
    /// How many of those who pass would enter at the next look.
    pub would_enter: usize,
    /// Every account that is not in the playbook, with what keeps it out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub list: Vec<KeptOut>,
}

/// One part of trigger and `when`, and whom it keeps out of those whom no part before it does.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Clause {
    pub clause: String,
    pub file: String,
    pub line: usize,
    /// False for them.
    pub excluded: usize,
    /// Nobody can say, and no other part is false.
    pub unknown: usize,
    /// Whom neither this clause nor one before it stops.
    pub left: usize,
}

/// An account that lacks little.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Near {
    pub account: Arc<str>,
    pub missing: Vec<String>,
}

/// An account and what keeps it out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KeptOut {
    pub account: Arc<str>,
    pub reason: &'static str,
    pub missing: Vec<String>,
}

/// The accounts while they are counted.
struct Count<'a> {
    playbook: &'a Playbook,
    world: &'a World,
    turnout: &'a Turnout,
    live_since: Timestamp,
    told: WhyNot,
    /// Of every account that lacks something: the clauses it fails, and what is missing.
    short: Vec<(usize, f64, Near)>,
    most: usize,
    is_listing: bool,
}

/// Asks trigger and `when` of every account known at the instant, clause by clause. `most` bounds the nearest ones.
pub async fn why_not(
    store: &Store,
    book: Arc<Book>,
    playbook: &str,
    as_of: Timestamp,
    most: usize,
    is_listing: bool,
) -> Result<WhyNot> {
    let playbook = book.playbooks.get(playbook).cloned().ok_or_else(|| {
        let near = nearest(playbook, book.playbooks.keys().map(|id| &**id));
        anyhow!("there is no playbook `{playbook}`{}", reading::did_you_mean(near))
    })?;
    let live_since = live_since(store.live_since().await?.get(&playbook.id).copied(), as_of);
    let turnout = turnout(store, &book, &playbook, as_of).await?;
    let world = reading::world(store, book).await?;
    let mut count = Count::new(&playbook, &world, &turnout, live_since, as_of, most, is_listing);
    for some in store.account_ids().await?.chunks(ACCOUNTS_AT_ONCE) {
        let accounts = store.load_accounts(some).await?;
        let mut desks = store.load_desks(some, as_of).await?;
        for (account, _) in accounts.into_iter().filter(|(account, _)| account.is_known(as_of)) {
            let desk = past::desk_at(&desks.remove(&account.id).unwrap_or_default(), &[], as_of);
            count.add(account, &desk, as_of);
        }
        count.keep_nearest();
    }
    Ok(count.finish())
}

impl<'a> Count<'a> {
    fn new(
        playbook: &'a Playbook,
        world: &'a World,
        turnout: &'a Turnout,
        live_since: Timestamp,
        as_of: Timestamp,
        most: usize,
        is_listing: bool,
    ) -> Count<'a> {
        let told = WhyNot {
            playbook: playbook.id.clone(),
            as_of: utc_text(as_of),
            accounts: 0,
            funnel: headers(playbook, world, as_of),
            reasons: BTreeMap::new(),
            enrolled: 0,
            nearest: Vec::new(),
            would_enter: 0,
            list: Vec::new(),
        };
        Count { playbook, world, turnout, live_since, told, short: Vec::new(), most, is_listing }
    }

    fn add(&mut self, account: Account, desk: &Desk, as_of: Timestamp) {
        let facts = Facts::new(self.world.clone(), Arc::new(account), Arc::new(desk.work()), as_of);
        let seen = facts.seen_by(self.playbook);
        let before = past::state_before(self.playbook, &seen, desk, None, self.live_since);
        let case = Case::at(self.playbook, &facts, desk, before.as_ref(), self.live_since);
        let clauses = clauses(&case);
        self.told.accounts += 1;
        self.told.enrolled += usize::from(case.is_enrolled());
        let stops = clauses.iter().position(|clause| clause.truth == Truth::False);
        let stops = stops.or_else(|| clauses.iter().position(|clause| clause.truth == Truth::Unknown));
        let (mut reason, mut missing) = (case.reason(), Vec::new());
        match stops {
            Some(place) => {
                let row = &mut self.told.funnel[place];
                if clauses[place].truth == Truth::False {
                    row.excluded += 1
                } else {
                    row.unknown += 1
                }
                missing = self.note_short(&case, &clauses);
            }
            None => reason = self.pass(&case),
        }
        if self.is_listing && !case.is_enrolled() {
            let account = case.facts.account.id.clone();
            self.told.list.push(KeptOut { account, reason: reason.as_str(), missing });
        }
    }

    /// What becomes of an account that passes every clause.
    fn pass(&mut self, case: &Case<'_>) -> Reason {
        let mut reason = if case.is_enrolled() { Reason::AlreadyActive } else { case.reason() };
        if reason == Reason::Enrolled {
            let breaker = &self.world.book.policy.breaker;
            let excess = self.turnout.excess(self.playbook, breaker, case.facts.today(), self.told.would_enter as u64);
            reason = excess.map_or(reason, |excess| excess.reason);
        }
        self.told.would_enter += usize::from(reason == Reason::Enrolled);
        *self.told.reasons.entry(reason.as_str()).or_default() += 1;
        reason
    }

    fn note_short(&mut self, case: &Case<'_>, clauses: &[Trace]) -> Vec<String> {
        let failing = clauses.iter().filter(|clause| clause.truth != Truth::True).count();
        let short: Vec<Shortfall> = clauses.iter().flat_map(Trace::shortfalls).collect();
        let missing: Vec<String> = short.iter().map(|own| one_line(&own.text)).collect();
        if !case.is_enrolled() {
            let near = Near { account: case.facts.account.id.clone(), missing: missing.clone() };
            self.short.push((failing, short.iter().map(|own| own.distance).sum(), near));
        }
        missing
    }

    fn keep_nearest(&mut self) {
        self.short.sort_by(|(failing, far, near), (other_failing, other_far, other)| {
            let order = failing.cmp(other_failing).then(far.total_cmp(other_far));
            if order == Ordering::Equal { near.account.cmp(&other.account) } else { order }
        });
        self.short.truncate(self.most);
    }

    fn finish(mut self) -> WhyNot {
        let mut left = self.told.accounts;
        for clause in &mut self.told.funnel {
            left -= clause.excluded + clause.unknown;
            clause.left = left;
        }
        self.told.nearest = self.short.into_iter().map(|(.., near)| near).collect();
        self.told
    }
}

/// What must be true of an account: first its date or event, then the parts of `when`. A schedule stands last, for it is
/// due for nobody most of the time; and nobody but a person asks a manual playbook.
fn clauses(case: &Case<'_>) -> Vec<Trace> {
    let when = case.playbook.enroll.when.as_ref().map(|when| when.trace(&case.facts));
    let mut clauses: Vec<Trace> = when.iter().flat_map(Trace::clauses).cloned().collect();
    match case.playbook.trigger {
        Trigger::Condition | Trigger::Manual => {}
        Trigger::Schedule(_) => clauses.extend(case.trigger()),
        Trigger::Date(_) | Trigger::Event(_) => clauses.splice(0..0, case.trigger()).for_each(drop),
    }
    clauses
}

/// The clauses as they stand in the book, asked of an account of which nothing is known.
fn headers(playbook: &Playbook, world: &World, as_of: Timestamp) -> Vec<Clause> {
    let (desk, nobody) = (Desk::default(), Arc::new(Account::default()));
    let facts = Facts::new(world.clone(), nobody, Arc::default(), as_of);
    let mut clauses = clauses(&Case::at(playbook, &facts, &desk, None, as_of));
    if let (Trigger::Date(trigger), Some(first)) = (&playbook.trigger, clauses.first_mut()) {
        let until = trigger.until.map_or_else(|| " on".to_owned(), |until| format!(" until {until}"));
        first.text = format!("today from account.{} {}{until}", trigger.anchor, trigger.offset);
    }
    let header = |clause: Trace| Clause {
        clause: one_line(&clause.text),
        file: clause.file,
        line: clause.line,
        excluded: 0,
        unknown: 0,
        left: 0,
    };
    clauses.into_iter().map(header).collect()
}
