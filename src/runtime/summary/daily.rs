//! Counts per local day, and the busiest of them.

use std::collections::BTreeMap;

use crate::time::{Date, add_days, days_between};

/// How many of something on each local day; days without any are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Daily(pub BTreeMap<Date, usize>);

impl Daily {
    pub fn add(&mut self, day: Date) {
        *self.0.entry(day).or_default() += 1;
    }

    pub fn total(&self) -> usize {
        self.0.values().sum()
    }

    /// The day with the most, the first if several.
    pub fn peak(&self) -> Option<(Date, usize)> {
        let most = *self.0.values().max()?;
        self.0.iter().find(|(_, count)| **count == most).map(|(day, count)| (*day, *count))
    }

    /// The count of every day from `first` to `last`.
    pub fn between(&self, first: Date, last: Date) -> Vec<usize> {
        let days = (0..=days_between(first, last)).map(|n| add_days(first, n));
        days.map(|day| self.0.get(&day).copied().unwrap_or(0)).collect()
    }

    /// The same per week, under its Monday.
    pub fn weekly(&self) -> Daily {
        let mut weeks = Daily::default();
        for (day, count) in &self.0 {
            *weeks.0.entry(week_of(*day)).or_default() += count;
        }
        weeks
    }
}

/// The Monday of the day's week.
pub fn week_of(day: Date) -> Date {
    add_days(day, -i64::from(day.weekday().to_monday_zero_offset()))
}

/// Counts of everyone who got anything: contacts per week, our own people per day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loads<K: Ord>(pub BTreeMap<K, Daily>);

impl<K: Ord> Default for Loads<K> {
    fn default() -> Loads<K> {
        Loads(BTreeMap::new())
    }
}

impl<K: Ord> Loads<K> {
    pub fn add(&mut self, who: K, when: Date) {
        self.0.entry(who).or_default().add(when);
    }

    /// Who has the most at once, when, and how much; the first if several.
    pub fn most(&self) -> Option<(&K, Date, usize)> {
        let peaks = self.0.iter().filter_map(|(who, own)| own.peak().map(|(on, count)| (who, on, count)));
        peaks.reduce(|most, own| if own.2 > most.2 { own } else { most })
    }

    /// The median of everyone's own peak; none when nobody got anything.
    pub fn median(&self) -> Option<f64> {
        let mut peaks: Vec<usize> = self.0.values().filter_map(|own| Some(own.peak()?.1)).collect();
        peaks.sort_unstable();
        let (below, above) = (peaks.get(peaks.len().checked_sub(1)? / 2)?, peaks.get(peaks.len() / 2)?);
        Some((below + above) as f64 / 2.0)
    }
}
