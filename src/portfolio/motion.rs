//! How what is known of an account moves by the passing of days alone.

use crate::book::health::{Dimension, Measure};
use crate::condition::{Expression, Motion, Name, Value, Window};
use crate::time::{Date, Timestamp, add_days, days_between, start_of_day};

use super::facts::Facts;
use super::health::MeasureScore;

/// Farther ahead nothing is looked for: the account is looked at again then.
const FARTHEST_DAYS: u32 = 400;

/// A measure whose value moves by so much a day, with its weight in the whole score.
struct Moving<'a> {
    measure: &'a Measure,
    value: f64,
    a_day: f64,
    weight: f64,
}

impl Facts {
    pub(super) fn motion_of(&self, name: &Name) -> Motion {
        match name {
            Name::Account(field) => self.motion_of_field(field),
            Name::HealthScore | Name::HealthBand => Motion::still_for(self.health_still_for()),
            Name::Dimension(id) => {
                let dimensions = self.world.book.health.dimensions.iter().filter(|own| own.id == *id);
                let measures = dimensions.flat_map(|own| &own.measures);
                let facts = self.in_own_zone();
                Motion::still_for(measures.map(|own| own.value.still_for(&facts)).min().unwrap_or(u32::MAX))
            }
            Name::HealthChange(days) | Name::HealthWas(days) => {
                Motion::still_for(self.health_still_for().min(self.past_health_still_for(*days)))
            }
            Name::Usage { metric, window } => self.motion_of_usage(metric, window),
            Name::RunDay => self.one_a_day(name),
            Name::DaysSinceContact => self.one_a_day(name),
            // Windows over events and changes of fields have instants of their own; all else changes with the data.
            _ => Motion::NONE,
        }
    }

    fn one_a_day(&self, name: &Name) -> Motion {
        let is_known = crate::condition::Facts::read(self, name).is_known();
        if is_known { Motion::drifting(1.0, 1.0) } else { Motion::NONE }
    }

    /// Segments and stages are conditions; the other fields stay as they are recorded.
    fn motion_of_field(&self, field: &str) -> Motion {
        let segments = &self.world.book.segments;
        let conditions: Vec<&Expression> = match field {
            "segment" | "touch" => segments.segments.iter().filter_map(|own| own.when.as_ref()).collect(),
            "stage" => segments.stages.iter().filter_map(|own| own.when.as_ref()).collect(),
            _ => return Motion::NONE,
        };
        Motion::still_for(conditions.into_iter().map(|when| when.still_for(self)).min().unwrap_or(u32::MAX))
    }

    /// A window over days stands still once it lies wholly behind the last recorded day and the account's first.
    fn motion_of_usage(&self, metric: &str, window: &Window) -> Motion {
        let feed = self.registry().metrics.get(metric).and_then(|metric| metric.feed.as_ref());
        let seen = feed.and_then(|feed| self.world.feeds.get(feed)).copied();
        if self.recorded_until(seen) <= self.now {
            return Motion::NONE;
        }
        let days = match window {
            Window::Last => 1,
            Window::ChangePct(n) => 2 * n,
            Window::Sum(n) | Window::Avg(n) | Window::Min(n) | Window::Max(n) | Window::DaysBelow(_, n) => *n,
        };
        let recorded = self.account.metrics.get(metric).and_then(|series| series.last_day());
        let behind = recorded.into_iter().chain(self.lives_from()).max();
        let is_behind = behind.is_none_or(|day| day < add_days(self.today(), -days - 1));
        if is_behind { Motion::NONE } else { Motion::ANY }
    }

    /// After how many midnights of the account's own zone the score may be another one.
    pub fn health_still_for(&self) -> u32 {
        if self.account.fields.at("health", self.now).is_known() {
            return u32::MAX;
        }
        let (facts, health) = (self.in_own_zone(), self.health());
        let known: f64 = super::health::known_weight(&self.world.book.health.dimensions, &health.dimensions);
        let mut moving: Vec<Moving<'_>> = Vec::new();
        for (own, found) in self.world.book.health.dimensions.iter().zip(&health.dimensions) {
            if self.account.fields.at(&format!("health.{}", own.id), self.now).is_known() {
                continue;
            }
            let pairs = own.measures.iter().zip(&found.measures);
            let weight = dimension_weight(own, &found.measures) * known / own.weight;
            for (measure, seen) in pairs {
                let motion = measure.value.motion(&facts);
                if motion.still_for == u32::MAX {
                    continue;
                }
                let (Some(a_day), Value::Number(value)) = (motion.exact(), &seen.value) else {
                    return motion.still_for;
                };
                moving.push(Moving { measure, value: *value, a_day, weight: measure.weight / weight });
            }
        }
        let raw: f64 = health.dimensions.iter().flat_map(|own| &own.measures).map(|own| own.contribution).sum();
        score_still_for(raw, &moving)
    }

    /// The score of n days ago is another one when the stored history says so. Before the account rested, days may be
    /// missing from it.
    fn past_health_still_for(&self, n: i64) -> u32 {
        let day = add_days(self.health_day(), -n);
        let rests_since = self.world.rests_since.map(|at| self.health_day_at(at));
        if rests_since.is_none_or(|since| day < since) {
            return 1;
        }
        let mut known = self.account.health.range(..=day).rev();
        let Some((_, score)) = known.next() else { return 1 };
        let next = self.account.health.range(add_days(day, 1)..).find(|(_, later)| *later != score);
        next.map_or(u32::MAX, |(later, _)| days_between(day, *later) as u32)
    }

    fn health_day_at(&self, at: Timestamp) -> Date {
        self.at(at).health_day()
    }

    /// The local midnight after which a feed that is fresh now will be found stale, for each that will be.
    pub fn feeds_going_stale(&self) -> impl Iterator<Item = Timestamp> + '_ {
        let feeds = self.world.book.dictionary.feeds.iter();
        feeds.filter_map(|(feed, fresh_for)| {
            let seen = self.world.feeds.get(feed)?;
            let good_until = crate::book::calendar::add_span(*seen, *fresh_for, &self.zone, self.calendar())?;
            let is_to_come = good_until >= self.now && self.recorded_until(Some(*seen)) > good_until;
            let day = crate::time::local_date(good_until, &self.zone);
            is_to_come.then(|| start_of_day(add_days(day, 1), &self.zone))
        })
    }
}

/// The weight of what has a score in a dimension.
fn dimension_weight(own: &Dimension, found: &[MeasureScore]) -> f64 {
    own.measures.iter().zip(found).filter(|(_, seen)| seen.score.is_some()).map(|(own, _)| own.weight).sum()
}

/// The first midnight after which the rounded score is another one.
fn score_still_for(raw: f64, moving: &[Moving<'_>]) -> u32 {
    let is_over = |own: &Moving<'_>| own.measure.is_level_beyond(own.value, own.a_day);
    if moving.iter().all(is_over) {
        return u32::MAX;
    }
    let moved = |days: f64| -> f64 {
        let points = |own: &Moving<'_>| {
            own.weight * (own.measure.score(own.value + own.a_day * days) - own.measure.score(own.value))
        };
        moving.iter().map(points).sum()
    };
    let rounded = |score: f64| (score + 0.5).floor();
    // What is near enough to the next half to be rounded either way counts as having moved.
    let same = |score: f64| rounded(score - 1e-6) == rounded(raw) && rounded(score + 1e-6) == rounded(raw);
    (1..=FARTHEST_DAYS).find(|days| !same(raw + moved(f64::from(*days)))).unwrap_or(FARTHEST_DAYS)
}
