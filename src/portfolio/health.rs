//! Health computed: measures to scores, scores to dimensions, dimensions to one score and its band.

use std::sync::Arc;

use crate::book::health::{Dimension, Measure, Missing};
use crate::condition::Value;

use super::facts::Facts;

/// A score needs at least this share of the total weight, else it is empty (language.md 5).
const LEAST_WEIGHT: f64 = 0.5;

/// Health at one instant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Health {
    /// Rounded half up to a whole number, 0 to 100.
    pub score: Option<i64>,
    pub band: Option<Arc<str>>,
    pub dimensions: Vec<DimensionScore>,
    /// Why there is no score, when it is a stale feed.
    pub stale: Option<Arc<str>>,
    /// The fingerprint of the model that gave it.
    pub model: Arc<str>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct DimensionScore {
    pub id: Arc<str>,
    /// 0 to 100; none when no measure has a value.
    pub score: Option<f64>,
    pub measures: Vec<MeasureScore>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct MeasureScore {
    pub id: Arc<str>,
    pub value: Value,
    pub score: Option<f64>,
    /// Points of the whole score that this measure brings, after all re-sharing.
    pub contribution: f64,
}

impl Health {
    pub fn score_value(&self) -> Value {
        match (self.score, &self.stale) {
            (Some(score), _) => Value::Number(score as f64),
            (None, Some(feed)) => Value::Stale(feed.clone()),
            (None, None) => Value::Empty,
        }
    }

    pub fn band_value(&self) -> Value {
        match (&self.band, self.score_value()) {
            (Some(band), _) => Value::Text(band.clone()),
            (None, Value::Stale(feed)) => Value::Stale(feed),
            (None, _) => Value::Empty,
        }
    }

    pub fn dimension_value(&self, id: &str) -> Value {
        let Some(dimension) = self.dimensions.iter().find(|dimension| &*dimension.id == id) else {
            return Value::Empty;
        };
        match (dimension.score, stale_feed(std::slice::from_ref(dimension))) {
            (Some(score), _) => Value::Number(score),
            (None, Some(feed)) => Value::Stale(feed),
            (None, None) => Value::Empty,
        }
    }
}

/// The health of the account at the facts' instant. A pinned `health` or `health.<dimension>` stands for the computed one.
pub fn compute(facts: &Facts) -> Health {
    let model = &facts.world.book.health;
    let mut dimensions: Vec<DimensionScore> = model.dimensions.iter().map(|own| dimension(own, facts)).collect();
    let known = known_weight(&model.dimensions, &dimensions);
    let total: f64 = model.dimensions.iter().map(|own| own.weight).sum();
    let mut health = Health { stale: stale_feed(&dimensions), model: model.fingerprint.clone(), ..Health::default() };
    if total > 0.0 && known >= total * LEAST_WEIGHT {
        share_out(&model.dimensions, &mut dimensions, known);
        let mean: f64 = dimensions.iter().flat_map(|own| &own.measures).map(|measure| measure.contribution).sum();
        health.score = Some((mean + 0.5 + 1e-9).floor() as i64);
    }
    if let Value::Number(pinned) = facts.account.fields.at("health", facts.now) {
        health.score = Some((pinned + 0.5).floor() as i64);
    }
    health.band = health.score.and_then(|score| model.band(score)).map(|band| band.id.clone());
    health.dimensions = dimensions;
    health
}

fn dimension(own: &Dimension, facts: &Facts) -> DimensionScore {
    let measures: Vec<MeasureScore> = own.measures.iter().map(|measure| measure_score(measure, facts)).collect();
    let known = own.measures.iter().zip(&measures).filter_map(|(own, found)| Some((own.weight, found.score?)));
    let (weight, sum) = known.fold((0.0, 0.0), |(weight, sum), (w, score)| (weight + w, sum + w * score));
    let computed = if weight > 0.0 { Value::Number(sum / weight) } else { Value::Empty };
    let score = match facts.pinned_or(&own.pin, || computed) {
        Value::Number(score) => Some(score),
        _ => None,
    };
    DimensionScore { id: own.id.clone(), score, measures }
}

fn measure_score(measure: &Measure, facts: &Facts) -> MeasureScore {
    let value = measure.value.value(facts);
    let score = match (&value, measure.missing) {
        (Value::Number(number), _) => Some(measure.score(*number)),
        (Value::Stale(_), _) | (_, Missing::Skip) => None,
        (_, Missing::Score(score)) => Some(score),
    };
    MeasureScore { id: measure.id.clone(), value, score, contribution: 0.0 }
}

/// The weight of the dimensions that have a score.
pub(super) fn known_weight(model: &[Dimension], found: &[DimensionScore]) -> f64 {
    model.iter().zip(found).filter(|(_, found)| found.score.is_some()).map(|(own, _)| own.weight).sum()
}

/// Splits the score over the measures: weight in the dimension times weight of the dimension, re-shared over what is known.
fn share_out(model: &[Dimension], dimensions: &mut [DimensionScore], known: f64) {
    for (own, found) in model.iter().zip(dimensions) {
        let Some(score) = found.score else { continue };
        let share = own.weight / known;
        let with_score = own.measures.iter().zip(&found.measures).filter(|(_, measure)| measure.score.is_some());
        let weight: f64 = with_score.map(|(own, _)| own.weight).sum();
        if weight == 0.0 {
            // The dimension is pinned and no measure has a value: the pinned score stands as one contribution.
            found.measures.push(MeasureScore {
                id: own.id.clone(),
                value: Value::Number(score),
                score: Some(score),
                contribution: share * score,
            });
            continue;
        }
        let computed: f64 =
            own.measures.iter().zip(&found.measures).filter_map(|(own, m)| Some(own.weight * m.score?)).sum();
        let pinned_factor = if computed > 0.0 { score * weight / computed } else { 1.0 };
        for (own, measure) in own.measures.iter().zip(&mut found.measures) {
            measure.contribution =
                measure.score.map_or(0.0, |score| share * own.weight / weight * score * pinned_factor);
        }
    }
}

fn stale_feed(dimensions: &[DimensionScore]) -> Option<Arc<str>> {
    dimensions.iter().flat_map(|own| &own.measures).find_map(|measure| match &measure.value {
        Value::Stale(feed) => Some(feed.clone()),
        _ => None,
    })
}
