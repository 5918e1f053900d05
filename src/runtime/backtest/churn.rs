//! Which of the accounts that left had entered a playbook before, how long before, and which had not.
//!
//! An account has churned in a period when its status became `churned` in it from another known value. Each account
//! counts once: by its first churn after it first entered, else by its last. Recall is caught of all churned; precision
//! is caught of all accounts that entered.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::condition::Value;
use crate::engine::desk::{Entry, EntryKind};
use crate::portfolio::Account;
use crate::time::{Date, TimeZone, Timestamp, days_between, local_date};

use super::is_entry;

/// What became of the accounts that entered, and of those that left.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Churn {
    /// Entered before they churned; by account.
    pub caught: Vec<Caught>,
    /// Churned without having entered before; by account.
    pub missed: Vec<Lost>,
    /// Entered and did not churn after; by account.
    pub stayed: Vec<Stayed>,
}

/// An account that churned after it had entered.
#[derive(Clone, Debug, PartialEq)]
pub struct Caught {
    pub account: Arc<str>,
    /// The first time in the period.
    pub entered: Moment,
    pub churned: Moment,
    /// From the first entry to the churn, in local days.
    pub days: i64,
    /// Whether it was still in the playbook when it churned.
    pub was_in: bool,
}

/// An account that churned and had not entered.
#[derive(Clone, Debug, PartialEq)]
pub struct Lost {
    pub account: Arc<str>,
    pub churned: Moment,
}

/// An account that entered and did not churn after.
#[derive(Clone, Debug, PartialEq)]
pub struct Stayed {
    pub account: Arc<str>,
    /// The first time in the period.
    pub entered: Moment,
}

/// An instant, and what day it is then for the account.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    pub at: Timestamp,
    pub day: Date,
}

impl Churn {
    /// From the lines of one playbook, and the accounts with their recorded status.
    pub fn of<'a>(
        entries: &[Entry],
        accounts: impl Iterator<Item = &'a Account>,
        from: Timestamp,
        until: Timestamp,
    ) -> Churn {
        let mut lines: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
        for entry in entries {
            lines.entry(&entry.account).or_default().push(entry);
        }
        let mut churn = Churn::default();
        for account in accounts {
            let own = lines.get(&*account.id).map_or(&[][..], Vec::as_slice);
            churn.add(account, own, &churns(account, from, until));
        }
        churn.caught.sort_by(|one, other| one.account.cmp(&other.account));
        churn.missed.sort_by(|one, other| one.account.cmp(&other.account));
        churn.stayed.sort_by(|one, other| one.account.cmp(&other.account));
        churn
    }

    fn add(&mut self, account: &Account, lines: &[&Entry], churns: &[Timestamp]) {
        let moment = |at: Timestamp| Moment { at, day: local_date(at, &zone(account, at)) };
        let first = lines.iter().copied().filter(|entry| is_entry(entry)).map(|entry| entry.at).min();
        let after = first.and_then(|first| churns.iter().copied().find(|at| first < *at));
        let id = || account.id.clone();
        if let Some((entered, churned)) = first.zip(after) {
            let was_in = was_in(lines, churned);
            let (entered, churned) = (moment(entered), moment(churned));
            let days = days_between(entered.day, churned.day);
            return self.caught.push(Caught { account: id(), entered, churned, days, was_in });
        }
        self.missed.extend(churns.last().map(|at| Lost { account: id(), churned: moment(*at) }));
        self.stayed.extend(first.map(|at| Stayed { account: id(), entered: moment(at) }));
    }

    pub fn churned(&self) -> usize {
        self.caught.len() + self.missed.len()
    }

    /// Accounts that entered.
    pub fn entered(&self) -> usize {
        self.caught.len() + self.stayed.len()
    }

    /// Caught of all that entered; none when nobody did, or nobody churned.
    pub fn precision(&self) -> Option<f64> {
        if self.churned() == 0 {
            return None;
        }
        share(self.caught.len(), self.entered())
    }

    /// Caught of all that churned; none when nobody did.
    pub fn recall(&self) -> Option<f64> {
        share(self.caught.len(), self.churned())
    }

    /// How many were still in the playbook when they churned.
    pub fn still_in(&self) -> usize {
        self.caught.iter().filter(|own| own.was_in).count()
    }

    /// The median of the days between first entry and churn; none when nobody was caught.
    pub fn median_days(&self) -> Option<f64> {
        let mut days: Vec<i64> = self.caught.iter().map(|own| own.days).collect();
        days.sort_unstable();
        let (below, above) = (days.get(days.len().checked_sub(1)? / 2)?, days.get(days.len() / 2)?);
        Some((below + above) as f64 / 2.0)
    }

    /// How many were caught within each number of days: up to 7, 14, 30, 60, 90, and more.
    pub fn histogram(&self) -> [(&'static str, usize); 6] {
        const ENDS: [(&str, i64); 6] =
            [("0-7", 7), ("8-14", 14), ("15-30", 30), ("31-60", 60), ("61-90", 90), ("91+", i64::MAX)];
        let mut below = i64::MIN;
        ENDS.map(|(name, end)| {
            let count = self.caught.iter().filter(|own| own.days > below && own.days <= end).count();
            below = end;
            (name, count)
        })
    }

    /// Churned accounts that `other` caught and this did not.
    pub fn newly_missed(&self, other: &Churn) -> Vec<Lost> {
        let is_caught = |own: &&Lost| other.caught.iter().any(|caught| caught.account == own.account);
        self.missed.iter().filter(is_caught).cloned().collect()
    }
}

fn zone(account: &Account, at: Timestamp) -> TimeZone {
    account.text("timezone", at).and_then(|name| TimeZone::get(&name).ok()).unwrap_or(TimeZone::UTC)
}

fn was_in(lines: &[&Entry], at: Timestamp) -> bool {
    lines.iter().any(|entry| is_entry(entry) && entry.at < at && lasts(entry, lines, at))
}

/// Whether the enrollment that began there had not ended before `at`.
fn lasts(begin: &Entry, lines: &[&Entry], at: Timestamp) -> bool {
    let is_end = |entry: &&&Entry| {
        matches!(entry.kind, EntryKind::Goal | EntryKind::Exit) && entry.enrollment == begin.enrollment
    };
    lines.iter().filter(is_end).all(|end| end.at >= at)
}

fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The instants after `from`, up to and including `until`, at which the status became `churned`. The first value that is
/// known of it is no change.
fn churns(account: &Account, from: Timestamp, until: Timestamp) -> Vec<Timestamp> {
    let is_churned = |value: &Value| matches!(value, Value::Text(status) if &**status == "churned");
    let history = account.fields.history("status");
    let turns = history.windows(2).filter(|pair| {
        let (before, now) = (&pair[0].1, &pair[1].1);
        is_churned(now) && !is_churned(before) && *before != Value::Empty
    });
    turns.map(|pair| pair[1].0).filter(|at| *at > from && *at <= until).collect()
}
