//! health.toml: dimensions with their measures, and bands.

use std::sync::Arc;

use super::Ids;
use crate::book::health::{Band, Dimension, HealthModel, Measure, Missing};
use crate::book::read::{Item, Table};
use crate::book::source::Place;
use crate::condition::{Expected, Registry, Scope};

/// How far a sum of weights may be from 1.
const WEIGHT_TOLERANCE: f64 = 0.001;

/// The file with its names read, before the expressions are.
pub struct Outline<'f> {
    table: Table<'f>,
    dimensions: Vec<(Arc<str>, Table<'f>)>,
    bands: Vec<Band>,
}

impl<'f> Outline<'f> {
    /// Reads the names; those of dimensions and bands are added to the registry.
    pub fn read(mut table: Table<'f>, registry: &mut Registry) -> Outline<'f> {
        let mut ids = Ids::new("dimension");
        let entries = table.tables("dimension").into_iter();
        let dimensions: Vec<_> = entries.filter_map(|mut entry| Some((ids.take(&mut entry)?, entry))).collect();
        let bands = bands(&mut table);
        registry.dimensions = dimensions.iter().map(|(id, _)| id.to_string()).collect();
        registry.bands = bands.iter().map(|band| band.id.to_string()).collect();
        Outline { table, dimensions, bands }
    }

    /// Compiles the measures.
    pub fn compile(self, registry: &Registry) -> HealthModel {
        let mut weights = Weights::default();
        let mut dimensions = Vec::new();
        for (id, mut entry) in self.dimensions {
            let weight = weights.take(&mut entry);
            let measures = measures(&mut entry, registry);
            entry.finish();
            dimensions.extend(weight.map(|weight| Dimension {
                pin: format!("health.{id}").into(),
                id,
                weight,
                measures,
            }));
        }
        weights.check("the dimensions", &self.table);
        self.table.finish();
        HealthModel::new(dimensions, self.bands)
    }
}

fn measures(dimension: &mut Table, registry: &Registry) -> Vec<Measure> {
    let entries = dimension.tables("measure");
    if entries.is_empty() {
        dimension.report_missing("measure");
    }
    let (mut ids, mut weights, mut measures) = (Ids::new("measure"), Weights::default(), Vec::new());
    let alone = entries.len() == 1;
    for mut entry in entries {
        let id = ids.take(&mut entry);
        let value = entry.need("value").expression(&Scope::of(registry), Expected::Number);
        let scale = scale(entry.need("scale"));
        // The only measure of a dimension is all of it.
        let weight = if alone && !entry.has("weight") { Some(1.0) } else { weights.take(&mut entry) };
        let missing = missing(entry.get("missing"));
        entry.finish();
        if let (Some(id), Some(value), Some(scale), Some(weight)) = (id, value, scale, weight) {
            measures.push(Measure { id, value, scale, weight, missing });
        }
    }
    weights.check(&format!("the measures of {}", dimension.title()), dimension);
    measures
}

/// `"skip"`, also when absent, or a score.
fn missing(item: Item) -> Missing {
    if item.is_text() || !item.is_present() {
        return item.choice().unwrap_or(Missing::Skip);
    }
    item.number_in(0.0..=100.0).map_or(Missing::Skip, Missing::Score)
}

/// Points `[value, score]`, by rising value.
fn scale(item: Item) -> Option<Vec<(f64, f64)>> {
    let (place, diagnostics) = (item.place(), item.diagnostics());
    if !item.is_present() {
        return None;
    }
    let items = item.list();
    let count = items.len();
    let points: Vec<(f64, f64)> = items.into_iter().filter_map(point).collect();
    if points.len() < count {
        return None;
    }
    if count < 2 {
        let diagnostic = place.error("bad-scale", "a scale has at least two points");
        diagnostics.push(diagnostic.help("write it as [[0, 0], [100, 100]]: first the value, then its score"));
        return None;
    }
    if let Some(pair) = points.windows(2).find(|pair| pair[1].0 <= pair[0].0) {
        let message = format!("the values of a scale rise from point to point; {} follows {}", pair[1].0, pair[0].0);
        diagnostics.push(place.error("bad-scale", message));
        return None;
    }
    Some(points)
}

fn point(item: Item) -> Option<(f64, f64)> {
    let (place, diagnostics) = (item.place(), item.diagnostics());
    match <[Item; 2]>::try_from(item.list()) {
        Ok([value, score]) => value.number().zip(score.number_in(0.0..=100.0)),
        Err(_) => {
            diagnostics
                .push(place.error("bad-scale", "a point of a scale is [value, score], with a score of 0 to 100"));
            None
        }
    }
}

/// The bands by falling `from`.
fn bands(table: &mut Table) -> Vec<Band> {
    let (mut ids, mut bands) = (Ids::new("band"), Vec::<Band>::new());
    for mut entry in table.tables("band") {
        let (id, from) = (ids.take(&mut entry), entry.need("from").integer_in(0..=100));
        let action = entry.get("action").text();
        if let Some(twin) = bands.iter().find(|band| Some(band.from) == from) {
            let message = format!("the band `{}` starts at {} too", twin.id, twin.from);
            entry.report(entry.place_of("from").error("duplicate-band", message));
        }
        entry.finish();
        bands.extend(id.zip(from).map(|(id, from)| Band { id, from, action }));
    }
    bands.sort_by_key(|band| std::cmp::Reverse(band.from));
    if let Some(lowest) = bands.last().filter(|band| band.from > 0) {
        let message = format!("scores below {} have no band", lowest.from);
        let diagnostic = ids.place(&lowest.id, table).warning("band-gap", message);
        table.report(diagnostic.help("let the lowest band start at 0"));
    }
    bands
}

/// Weights that must sum to 1.
#[derive(Default)]
struct Weights {
    sum: f64,
    last: Option<Place>,
    /// Whether one of them could not be read, so that the sum says nothing.
    broken: bool,
}

impl Weights {
    fn take(&mut self, entry: &mut Table) -> Option<f64> {
        let weight = entry.need("weight").number_in(0.0..=1.0);
        self.last = Some(entry.place_of("weight"));
        self.sum += weight.unwrap_or_default();
        self.broken |= weight.is_none();
        weight
    }

    fn check(self, of: &str, table: &Table) {
        let Some(place) = self.last else { return };
        if !self.broken && (self.sum - 1.0).abs() > WEIGHT_TOLERANCE {
            let sum = (self.sum * 1000.0).round() / 1000.0;
            let diagnostic = place.error("weights-sum", format!("the weights of {of} sum to {sum}, not to 1"));
            table.report(diagnostic.help("change the weights so that together they make 1"));
        }
    }
}
