//! health.toml, compiled: dimensions, measures, weights, bands.

use std::sync::Arc;

use crate::book::keys::Choice;
use crate::condition::Expression;
use crate::id;

/// The health model. Weights are checked to sum to 1, in a dimension too.
#[derive(Clone, Debug, Default)]
pub struct HealthModel {
    pub dimensions: Vec<Dimension>,
    /// By falling `from`.
    pub bands: Vec<Band>,
    /// Names what the model computes: models that score alike have the same. Bands only give names to scores.
    pub fingerprint: Arc<str>,
}

impl HealthModel {
    pub fn new(dimensions: Vec<Dimension>, bands: Vec<Band>) -> HealthModel {
        let fingerprint = fingerprint(&dimensions).into();
        HealthModel { dimensions, bands, fingerprint }
    }
}

#[derive(Clone, Debug)]
pub struct Dimension {
    pub id: Arc<str>,
    /// The field that stands for its score where it is recorded: `health.<id>`.
    pub pin: Arc<str>,
    pub weight: f64,
    pub measures: Vec<Measure>,
}

#[derive(Clone, Debug)]
pub struct Measure {
    pub id: Arc<str>,
    pub value: Expression,
    /// Points of a piecewise linear scale to 0..100, by rising x; values outside take the end's score.
    pub scale: Vec<(f64, f64)>,
    pub weight: f64,
    pub missing: Missing,
}

/// What a measure without a value counts as.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Missing {
    /// The other weights re-share.
    Skip,
    Score(f64),
}

impl Choice for Missing {
    const WORDS: &'static [(Missing, &'static str, &'static str)] =
        &[(Missing::Skip, "skip", "the other weights re-share")];
}

#[derive(Clone, Debug)]
pub struct Band {
    pub id: Arc<str>,
    /// The band holds from this whole score up to the next band.
    pub from: i64,
    pub action: Option<String>,
}

impl HealthModel {
    /// Whether a measure reads what our own side does on the account.
    pub fn reads_work(&self) -> bool {
        let mut measures = self.dimensions.iter().flat_map(|own| &own.measures);
        measures.any(|measure| measure.value.reads().other_work)
    }

    /// The band of a rounded score.
    pub fn band(&self, score: i64) -> Option<&Band> {
        self.bands.iter().find(|band| score >= band.from)
    }
}

impl Measure {
    /// The score of a value on the scale, 0 to 100.
    pub fn score(&self, value: f64) -> f64 {
        let Some((first, last)) = self.scale.first().zip(self.scale.last()) else { return value.clamp(0.0, 100.0) };
        if value <= first.0 {
            return first.1;
        }
        if value >= last.0 {
            return last.1;
        }
        let after = self.scale.iter().position(|(x, _)| *x > value).expect("value is below the last point");
        let ((x0, y0), (x1, y1)) = (self.scale[after - 1], self.scale[after]);
        y0 + (y1 - y0) * (value - x0) / (x1 - x0)
    }
}

impl Measure {
    /// The least and the greatest slope of the scale, the level ends among them: points of score per unit of value.
    pub fn slopes(&self) -> (f64, f64) {
        let slopes = self.scale.windows(2).map(|two| (two[1].1 - two[0].1) / (two[1].0 - two[0].0));
        let bare = self.scale.is_empty().then_some(1.0);
        slopes.chain(bare).fold((0.0, 0.0), |(least, most), slope| (slope.min(least), slope.max(most)))
    }

    /// Whether a value that moves by so much a day has left the slopes of the scale behind.
    pub fn is_level_beyond(&self, value: f64, a_day: f64) -> bool {
        let (least, most) = match (self.scale.first(), self.scale.last()) {
            (Some(first), Some(last)) => (first.0, last.0),
            _ => (0.0, 100.0),
        };
        a_day == 0.0 || (a_day > 0.0 && value >= most) || (a_day < 0.0 && value <= least)
    }
}

fn fingerprint(dimensions: &[Dimension]) -> String {
    let measure = |own: &Measure| {
        format!("{} {} {:?} {} {:?}", own.id, own.value.text().trim(), own.scale, own.weight, own.missing)
    };
    let dimension = |own: &Dimension| {
        let measures: Vec<String> = own.measures.iter().map(measure).collect();
        format!("{} {} {}", own.id, own.weight, measures.join("; "))
    };
    let parts: Vec<String> = dimensions.iter().map(dimension).collect();
    id::derived('h', &parts.iter().map(String::as_str).collect::<Vec<_>>())
}
