//! What playbooks have done in a stretch of time, counted from the enrollments and the timeline of the database.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use serde::Serialize;

use crate::engine::Reason;
use crate::engine::desk::{Entry, EntryKind, EntryResult};
use crate::runtime::tally::Counts;
use crate::store::{EnrollmentLine, Filter, Store, Timeline};
use crate::time::{Date, TimeZone, Timestamp, local_date};

/// A week of a sparkline.
const WEEK_HOURS: i64 = 7 * 24;

/// Everything that is recorded of a stretch of time.
pub struct History {
    pub from: Timestamp,
    /// Exclusive.
    pub until: Timestamp,
    /// All that began before the end.
    enrollments: Vec<EnrollmentLine>,
    entries: Vec<Entry>,
    /// Enrollments that are only recorded.
    shadows: HashSet<String>,
    live_since: BTreeMap<Arc<str>, Timestamp>,
}

/// What one playbook did, or would have done.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Record {
    #[serde(flatten)]
    pub counts: Counts,
    /// In it at the end of the stretch.
    pub active: usize,
    /// Ended in the stretch.
    pub won: usize,
    pub lost: usize,
    pub neutral: usize,
    /// Enrollments by week, oldest first.
    pub weekly: Vec<usize>,
    #[serde(skip)]
    pub accounts: BTreeSet<String>,
    /// Enrollments and messages per local day of the account.
    #[serde(skip)]
    pub days: BTreeMap<Date, Day>,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Day {
    pub enrolled: usize,
    pub sends: usize,
}

impl History {
    pub async fn read(store: &Store, from: Timestamp, until: Timestamp) -> anyhow::Result<History> {
        let filter = Filter { as_of: Some(until), ..Filter::default() };
        let enrollments = store.enrollments(&filter).await?;
        let asked = Timeline { from: Some(from), until: Some(until), ..Timeline::default() };
        let entries = store.timeline(&asked).await?;
        let live_since = store.live_since().await?;
        let shadows = enrollments.iter().filter(|own| own.is_shadow).map(|own| own.id.clone()).collect();
        Ok(History { from, until, enrollments, entries, shadows, live_since })
    }

    /// From when the playbook took accounts in, in shadow or not.
    pub fn open_since(&self, playbook: &str) -> Option<Timestamp> {
        self.live_since.get(playbook).copied()
    }

    /// When the first account entered the playbook in shadow, if any did.
    pub fn in_shadow_since(&self, playbook: &str) -> Option<Timestamp> {
        let own = self.enrollments.iter().filter(|own| own.is_shadow && own.playbook == playbook);
        own.filter_map(|own| own.enrolled_at).min()
    }

    /// What the playbook did from then on; with `is_shadow` what it only recorded.
    pub fn of(&self, playbook: &str, is_shadow: bool, from: Timestamp) -> Record {
        let mut record = Record { weekly: vec![0; self.weeks()], ..Record::default() };
        let is_own = |entry: &&Entry| {
            let id = entry.enrollment.as_deref();
            &*entry.playbook == playbook
                && entry.at >= from
                && id.is_some_and(|id| self.shadows.contains(id)) == is_shadow
        };
        for entry in self.entries.iter().filter(is_own) {
            self.count(&mut record, entry);
        }
        for own in self.enrollments.iter().filter(|own| own.playbook == playbook && own.is_shadow == is_shadow) {
            self.count_end(&mut record, own, from);
        }
        record
    }

    fn count(&self, record: &mut Record, entry: &Entry) {
        let before = record.counts;
        record.counts.add(entry);
        let enters = entry.kind == EntryKind::Enroll && entry.result == EntryResult::Done;
        let day = local_date(entry.at, &TimeZone::get(&entry.zone).unwrap_or(TimeZone::UTC));
        let today = record.days.entry(day).or_default();
        today.sends += record.counts.sends() - before.sends();
        if enters {
            today.enrolled += 1;
            record.accounts.insert(entry.account.to_string());
            if let Some(week) = record.weekly.get_mut(self.week(entry.at)) {
                *week += 1;
            }
        }
    }

    fn count_end(&self, record: &mut Record, own: &EnrollmentLine, from: Timestamp) {
        let is_holdout = own.reason == Some(Reason::Holdout);
        match own.ended_at.filter(|at| *at < self.until) {
            None => record.active += usize::from(own.state != "parked" && !is_holdout),
            Some(at) if at >= from && !is_holdout => match own.outcome.as_deref() {
                Some("won") => record.won += 1,
                Some("lost") => record.lost += 1,
                _ => record.neutral += 1,
            },
            Some(_) => {}
        }
    }

    fn weeks(&self) -> usize {
        self.week(self.until - jiff::Span::new().microseconds(1)) + 1
    }

    fn week(&self, at: Timestamp) -> usize {
        usize::try_from(at.duration_since(self.from).as_hours() / WEEK_HOURS).unwrap_or_default()
    }
}

impl Record {
    /// The day on which most accounts came in, and how many.
    pub fn peak(&self) -> Option<(Date, usize)> {
        let days = self.days.iter().filter(|(_, day)| day.enrolled > 0);
        days.rev().max_by_key(|(_, day)| day.enrolled).map(|(date, day)| (*date, day.enrolled))
    }
}
