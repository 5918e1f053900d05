//! How what is known of an account moves by the passing of days alone.

use crate::book::health::{Dimension, Measure};
use crate::condition::{Expression, Motion, Name, Value, Window};
use crate::time::{Timestamp, add_days, start_of_day};

use super::facts::Facts;
use super::health::{DimensionScore, MeasureScore};

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
            Name::HealthScore => self.motion_of_health(),
            Name::HealthBand => Motion::still_for(self.motion_of_health().still_for),
            Name::Dimension(id) => {
                let dimensions = self.world.book.health.dimensions.iter().filter(|own| own.id == *id);
                let measures = dimensions.flat_map(|own| &own.measures);
                let facts = self.in_own_zone();
                Motion::still_for(measures.map(|own| own.value.still_for(&facts)).min().unwrap_or(u32::MAX))
            }
            Name::HealthChange(days) | Name::HealthWas(days) => {
                Motion::still_for(self.motion_of_health().still_for.min(self.past_health_still_for(*days)))
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

    /// How the score moves: seen in the account's own zone, as it is stored.
    fn motion_of_health(&self) -> Motion {
        if self.account.fields.at("health", self.now).is_known() {
            return Motion::NONE;
        }
        match self.moving_measures() {
            // What has too little to go by still has when known values move.
            Ok(_) if self.health().score.is_none() => Motion::NONE,
            Ok(moving) => {
                let health = self.health();
                let raw: f64 = health.dimensions.iter().flat_map(|own| &own.measures).map(|own| own.contribution).sum();
                let drifts = moving.iter().map(Moving::drift);
                let (least, most) = drifts.fold((0.0, 0.0), |sum, own| (sum.0 + own.0, sum.1 + own.1));
                Motion { still_for: score_still_for(raw, &moving), drift: Some((least, most)), slack: 1.0 }
            }
            Err(still_for) => Motion::still_for(still_for),
        }
    }

    /// The measures that move by so much a day, or for how long all of them stand where that is not known of one.
    fn moving_measures(&self) -> Result<Vec<Moving<'_>>, u32> {
        let (facts, health, model) = (self.in_own_zone(), self.health(), &self.world.book.health);
        let known: f64 = super::health::known_weight(&model.dimensions, &health.dimensions);
        let (mut moving, mut still_for) = (Vec::new(), u32::MAX);
        let is_computed =
            |own: &&(&Dimension, &DimensionScore)| !self.account.fields.at(&own.0.pin, self.now).is_known();
        for (own, found) in model.dimensions.iter().zip(&health.dimensions).filter(|pair| is_computed(&pair)) {
            let weight = dimension_weight(own, &found.measures) * known / own.weight;
            for (measure, seen) in own.measures.iter().zip(&found.measures) {
                let motion = measure.value.motion(&facts);
                match (motion.exact(), &seen.value) {
                    _ if motion.still_for == u32::MAX => {}
                    (Some(a_day), Value::Number(value)) => {
                        moving.push(Moving { measure, value: *value, a_day, weight: measure.weight / weight });
                    }
                    _ => still_for = still_for.min(motion.still_for),
                }
            }
        }
        if still_for == u32::MAX { Ok(moving) } else { Err(still_for) }
    }

    /// The score of n days ago moves as it did then, if nothing has been recorded since.
    fn past_health_still_for(&self, n: i64) -> u32 {
        let then = self.end_of_health_day(add_days(self.health_day(), -n));
        let has_rested = self.world.rests_since.is_some_and(|since| since <= then);
        let is_same = has_rested && self.account.is_known(then) && !self.has_changed_since(then);
        if is_same { self.at(then).motion_of_health().still_for } else { 1 }
    }

    /// Whether anything that health may read was recorded after that instant.
    fn has_changed_since(&self, then: Timestamp) -> bool {
        let is_new = |at: Option<Timestamp>| at.is_some_and(|at| at <= self.now);
        let account = &self.account;
        let day = crate::time::local_date(then, &self.zone);
        is_new(account.next_arrival(then, account.events.keys()))
            || account.metrics.values().any(|series| series.last_day().is_some_and(|last| last >= day))
            || self.work.mails.iter().any(|at| *at > then)
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

impl Moving<'_> {
    /// The least and the most by which it moves the whole score with a midnight.
    fn drift(&self) -> (f64, f64) {
        let slopes = self.measure.slopes();
        let a_day = |slope: f64| slope * self.a_day * self.weight;
        (a_day(slopes.0).min(a_day(slopes.1)), a_day(slopes.0).max(a_day(slopes.1)))
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
