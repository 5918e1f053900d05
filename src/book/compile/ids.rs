//! Ids of one kind, each given once.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::book::read::Table;
use crate::book::source::Place;

/// The ids of one kind in a file, with the place of each.
pub(super) struct Ids {
    /// What they are ids of, in a CS person's words.
    kind: &'static str,
    places: BTreeMap<Arc<str>, Place>,
}

impl Ids {
    pub fn new(kind: &'static str) -> Ids {
        Ids { kind, places: BTreeMap::new() }
    }

    /// Takes the entry's `id` and reports it when it is wrong or given already.
    pub fn take(&mut self, entry: &mut Table) -> Option<Arc<str>> {
        let id = entry.need("id").id()?;
        entry.call(format!("the {} `{id}`", self.kind));
        let place = entry.place_of("id");
        if let Some(first) = self.places.get(&id) {
            let message = format!("there is a {} `{id}` already, on line {}", self.kind, first.line());
            entry.report(place.error("duplicate-id", message).help("give one of them another id"));
            return None;
        }
        self.places.insert(id.clone(), place);
        Some(id)
    }

    /// Whether the file gives the id, even if the rest of its entry is wrong.
    pub fn contains(&self, id: &str) -> bool {
        self.places.contains_key(id)
    }

    /// Where the id stands; the table's header when it does not.
    pub fn place(&self, id: &str, table: &Table) -> Place {
        self.places.get(id).cloned().unwrap_or_else(|| table.place())
    }
}
