//! Computed values may read each other (a stage may ask for the segment), but not in a circle.

use std::sync::Arc;

use crate::book::diagnostic::Diagnostics;
use crate::book::source::{Place, SourceFile};
use crate::book::{HealthModel, Segments};
use crate::condition::{Expression, Reads};

/// What is computed from other values of the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Computed {
    Segment,
    Stage,
    Health,
}

const ALL: [Computed; 3] = [Computed::Segment, Computed::Stage, Computed::Health];

impl Computed {
    fn name(self) -> &'static str {
        match self {
            Computed::Segment => "the segment",
            Computed::Stage => "the stage",
            Computed::Health => "health",
        }
    }

    fn is_read_by(self, reads: &Reads) -> bool {
        match self {
            // The touch is that of the segment.
            Computed::Segment => reads.fields.contains("segment") || reads.fields.contains("touch"),
            Computed::Stage => reads.fields.contains("stage"),
            Computed::Health => reads.health,
        }
    }
}

/// Reports every condition or measure by which a computed value depends on itself.
pub fn report(
    segments: &Segments,
    segments_file: &Arc<SourceFile>,
    health: &HealthModel,
    health_file: &Arc<SourceFile>,
    diagnostics: &Diagnostics,
) {
    let parts: Vec<(Computed, &Expression, &Arc<SourceFile>)> = segments
        .segments
        .iter()
        .filter_map(|segment| Some((Computed::Segment, segment.when.as_ref()?, segments_file)))
        .chain(segments.stages.iter().filter_map(|stage| Some((Computed::Stage, stage.when.as_ref()?, segments_file))))
        .chain(measures(health).map(|measure| (Computed::Health, measure, health_file)))
        .collect();
    let reads = |from: Computed, to: Computed| {
        parts.iter().any(|(computed, expression, _)| *computed == from && to.is_read_by(expression.reads()))
    };
    for (computed, expression, file) in &parts {
        let read = ALL.into_iter().filter(|other| other.is_read_by(expression.reads()));
        for other in read.filter(|other| reaches(*other, *computed, &reads)) {
            let message = format!("{} would depend on itself: this reads {}", computed.name(), other.name());
            let diagnostic = place(expression, file).error("computed-circle", message);
            diagnostics.push(diagnostic.help("rest it on fields, metrics and events instead"));
        }
    }
}

fn measures(health: &HealthModel) -> impl Iterator<Item = &Expression> {
    health.dimensions.iter().flat_map(|dimension| &dimension.measures).map(|measure| &measure.value)
}

/// Whether `from` is `to`, or reads it over one or two others.
fn reaches(from: Computed, to: Computed, reads: &impl Fn(Computed, Computed) -> bool) -> bool {
    let directly = |from: Computed| from == to || reads(from, to);
    directly(from) || ALL.into_iter().any(|between| reads(from, between) && directly(between))
}

fn place(expression: &Expression, file: &Arc<SourceFile>) -> Place {
    let source = expression.source();
    let start = file.offset(source.line, source.column);
    let first_line = source.text.lines().next().unwrap_or_default();
    Place::new(file, start..(start + first_line.len()).min(file.text.len()))
}
