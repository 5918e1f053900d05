//! segments.toml: segments with their touch model, and lifecycle stages.

use std::sync::Arc;

use super::{Ids, built_in};
use crate::book::read::Table;
use crate::book::segments::{Segment, Segments, Stage};
use crate::condition::{Expected, Expression, Registry, Scope};

/// The file with its names read, before the conditions are.
pub struct Outline<'f> {
    table: Table<'f>,
    segments: Vec<(Arc<str>, Option<Arc<str>>, Table<'f>)>,
    stages: Vec<(Arc<str>, Table<'f>)>,
}

impl<'f> Outline<'f> {
    /// Reads the names; `account.segment`, `.stage` and `.touch` get them as their values.
    pub fn read(mut table: Table<'f>, registry: &mut Registry) -> Outline<'f> {
        let mut ids = Ids::new("segment");
        let entries = table.tables("segment").into_iter();
        let segments: Vec<_> = entries
            .filter_map(|mut entry| {
                let touch = entry.get("touch").name();
                Some((ids.take(&mut entry)?, touch, entry))
            })
            .collect();
        let mut ids = Ids::new("stage");
        let entries = table.tables("stage").into_iter();
        let stages: Vec<_> = entries.filter_map(|mut entry| Some((ids.take(&mut entry)?, entry))).collect();
        let mut touches: Vec<&str> = segments.iter().filter_map(|(_, touch, _)| touch.as_deref()).collect();
        touches.sort_unstable();
        touches.dedup();
        let (segment_ids, stage_ids) = (segments.iter().map(|(id, ..)| &**id), stages.iter().map(|(id, _)| &**id));
        built_in::add_computed(registry, segment_ids, stage_ids, touches);
        Outline { table, segments, stages }
    }

    /// Compiles the conditions.
    pub fn compile(self, registry: &Registry) -> Segments {
        let mut compiled = Segments::default();
        let last = self.segments.len().saturating_sub(1);
        for (n, (id, touch, mut entry)) in self.segments.into_iter().enumerate() {
            let when = when(&mut entry, registry, n == last);
            let qbr_every = entry.get("qbr_every").positive_span();
            let csm_ratio = entry.get("csm_ratio").count();
            entry.finish();
            compiled.segments.push(Segment { id, when, touch, qbr_every, csm_ratio });
        }
        let last = self.stages.len().saturating_sub(1);
        for (n, (id, mut entry)) in self.stages.into_iter().enumerate() {
            let when = when(&mut entry, registry, n == last);
            entry.finish();
            compiled.stages.push(Stage { id, when });
        }
        self.table.finish();
        compiled
    }
}

/// The condition; only the last of a list may do without, and takes everyone who is left.
fn when(entry: &mut Table, registry: &Registry, is_last: bool) -> Option<Expression> {
    if !is_last && !entry.has("when") {
        let message = format!("{} has no `when`, so nobody ever reaches those below it", entry.title());
        entry.report(entry.place().error("missing-key", message).help("add a `when`, or move it to the end"));
    }
    entry.get("when").expression(&Scope::of(registry), Expected::Truth)
}
