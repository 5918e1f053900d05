//! How many accounts enter each playbook in a local day, and how many are too many: `max_per_day` and `[breaker]`.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::book::playbook::{Playbook, Status};
use crate::book::policy::Breaker;
use crate::time::{Date, add_days};

use super::Reason;

/// How many days before it the breaker compares a day with.
pub const MEDIAN_DAYS: i64 = 14;

/// How many accounts entered each playbook, by local day: read before a batch of looks, and counted on through it.
#[derive(Clone, Debug, Default)]
pub struct Turnout {
    /// Accounts whose status is active, or not known.
    pub active_accounts: u64,
    days: BTreeMap<Arc<str>, BTreeMap<Date, Day>>,
}

/// One local day of one playbook.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// How many the store had counted when it was read.
    pub stored: u64,
    /// How many entered in the looks since then.
    pub since: u64,
    /// The approval about those above a limit, while it waits for its answer.
    pub question: Option<Arc<str>>,
}

/// An account that comes in by itself, through the trigger or a `start`: what the counts are made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrival {
    pub playbook: Arc<str>,
    pub day: Date,
    /// How many the store had counted when this was decided. With another number it was decided on old data.
    pub stored: u64,
    /// The approval it waits for; none: it entered.
    pub question: Option<Question>,
}

/// Whether those that came above a limit may enter.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Id of the approval.
    pub id: Arc<str>,
    /// Whose answer is asked for; none: anybody's.
    pub approver: Option<Arc<str>>,
}

/// A limit that the next account would exceed.
#[derive(Clone, Debug, PartialEq)]
pub struct Excess {
    pub reason: Reason,
    /// The limit as a person reads it: `max_new = 200`.
    pub limit: String,
}

impl Turnout {
    /// What the store counted for a day.
    pub fn insert(&mut self, playbook: Arc<str>, day: Date, counted: Day) {
        self.days.entry(playbook).or_default().insert(day, counted);
    }

    /// Counts an arrival of the looks that follow.
    pub fn count(&mut self, arrival: &Arrival) {
        let day = self.days.entry(arrival.playbook.clone()).or_default().entry(arrival.day).or_default();
        match &arrival.question {
            Some(question) => day.question = Some(question.id.clone()),
            None => day.since += 1,
        }
    }

    /// The day so far.
    pub fn day(&self, playbook: &str, day: Date) -> Day {
        self.days.get(playbook).and_then(|days| days.get(&day)).cloned().unwrap_or_default()
    }

    /// Whether, with so many more accounts, any playbook could have a day of more than `most`.
    pub fn may_exceed(&self, most: u32, more: usize) -> bool {
        let busiest = self.days.values().flat_map(BTreeMap::values).map(|day| day.stored).max().unwrap_or(0);
        busiest + more as u64 > u64::from(most)
    }

    /// The limit that one more account would exceed, with `own` that entered in the same look. Where nothing is sent, all
    /// may come.
    pub fn excess(&self, playbook: &Playbook, breaker: &Breaker, day: Date, own: u64) -> Option<Excess> {
        if playbook.status == Status::Shadow {
            return None;
        }
        let so_far = self.day(&playbook.id, day);
        let next = so_far.stored + so_far.since + own + 1;
        if let Some(most) = playbook.enroll.max_per_day.filter(|most| next > u64::from(*most)) {
            return Some(Excess { reason: Reason::LimitReached, limit: format!("max_per_day = {most}") });
        }
        if next <= u64::from(breaker.min_enrollments) {
            return None;
        }
        let limit = self.tripped(&playbook.id, breaker, day, next as f64)?;
        Some(Excess { reason: Reason::BreakerTripped, limit })
    }

    /// The part of the breaker that so many on that day trip.
    fn tripped(&self, playbook: &str, breaker: &Breaker, day: Date, entered: f64) -> Option<String> {
        let Breaker { max_new, max_share, trip_at, .. } = breaker;
        if *max_new > 0 && entered > f64::from(*max_new) {
            return Some(format!("max_new = {max_new}"));
        }
        if *max_share > 0.0 && entered > max_share * self.active_accounts as f64 {
            return Some(format!("max_share = {max_share} of {} active accounts", self.active_accounts));
        }
        let usual = self.usual(playbook, day)?;
        let is_unusual = *trip_at > 0.0 && entered > trip_at * usual;
        is_unusual.then(|| format!("trip_at = {trip_at} times the usual {usual}"))
    }

    /// The median of the days on which anybody entered, among the 14 before; none when there was no such day. Days without
    /// an entry are not counted: a playbook that fires on Mondays is judged by its Mondays.
    fn usual(&self, playbook: &str, day: Date) -> Option<f64> {
        let before = self.days.get(playbook)?.range(add_days(day, -MEDIAN_DAYS)..day);
        let mut counts: Vec<u64> =
            before.map(|(_, day)| day.stored + day.since).filter(|entered| *entered > 0).collect();
        counts.sort_unstable();
        let upper = counts.len() / 2;
        let lower = (counts.len().checked_sub(1)?) / 2;
        Some((counts[lower] + counts[upper]) as f64 / 2.0)
    }
}
