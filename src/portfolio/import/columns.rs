//! Which columns a file of each kind may have and must have.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cell::unknown;
use super::{Kind, Refusal};
use crate::book::import_map::{ImportMap, Piece};
use crate::condition::{Field, Registry, Type};

const PERSON: [&str; 7] = ["id", "name", "email", "manager", "roles", "timezone", "slack"];

/// The names a file of one kind may use.
pub(super) struct Columns {
    kind: Kind,
    /// To whether the column holds local days.
    known: BTreeMap<String, bool>,
    computed: Vec<String>,
}

impl Columns {
    pub(super) fn of(kind: Kind, registry: &Registry) -> Columns {
        let mut known = BTreeMap::new();
        let mut add = |fields: &BTreeMap<String, Field>| {
            let recorded = fields.iter().filter(|(_, field)| !field.computed);
            known.extend(recorded.map(|(name, field)| (name.clone(), field.ty == Type::Date)));
        };
        match kind {
            Kind::Accounts => add(&registry.account),
            Kind::Contacts => add(&registry.contact),
            Kind::Events => registry.events.values().for_each(add),
            Kind::Metrics | Kind::People => {}
        }
        known.extend(own(kind).iter().map(|name| ((*name).to_owned(), *name == "date")));
        let fields = if kind == Kind::Contacts { &registry.contact } else { &registry.account };
        let computed = fields.iter().filter(|(_, field)| field.computed).map(|(name, _)| name.clone()).collect();
        Columns { kind, known, computed }
    }

    pub(super) fn is_date(&self, name: &str) -> bool {
        self.known.get(name).is_some_and(|is_date| *is_date)
    }

    /// Why the name cannot stand in such a file, if so.
    pub(super) fn reject(&self, name: &str) -> Option<String> {
        if self.known.contains_key(name) {
            return None;
        }
        if matches!(self.kind, Kind::Accounts | Kind::Contacts) && self.computed.iter().any(|own| own == name) {
            return Some(format!("`{name}` is computed from other fields and cannot be imported"));
        }
        Some(unknown("column", name, self.known.keys().map(String::as_str)))
    }

    /// Everything that keeps a file with these columns from being read at all.
    pub(super) fn check(&self, header: &[Arc<str>], map: &ImportMap) -> Vec<Refusal> {
        let mut refused = missing_in_file(header, map);
        let fields = fields(header, map);
        refused.extend(fields.iter().filter_map(|name| Some(Refusal::new(1, name, self.reject(name)?))));
        let twice = fields.iter().enumerate().filter(|(place, name)| fields[..*place].contains(name));
        refused.extend(twice.map(|(_, name)| Refusal::new(1, name, format!("the column `{name}` stands twice"))));
        let missing = required(self.kind).iter().filter(|name| !fields.iter().any(|own| &**own == **name));
        refused.extend(missing.map(|name| {
            Refusal::new(1, name, format!("the column `{name}` is missing; {} need it", self.kind.as_str()))
        }));
        refused
    }
}

/// The columns of each kind that do not come from the dictionary.
fn own(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Accounts => &["id", "as_of"],
        Kind::Contacts => &["id", "account", "as_of"],
        Kind::Metrics => &["account", "metric", "date", "value"],
        Kind::Events => &["id", "kind", "account", "contact", "at"],
        Kind::People => &PERSON,
    }
}

fn required(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Accounts => &["id"],
        Kind::Contacts => &["id", "account"],
        Kind::Metrics => &["account", "metric", "date", "value"],
        Kind::Events => &["id", "kind", "account", "at"],
        Kind::People => &["id", "name"],
    }
}

/// What the file's columns become.
fn fields(header: &[Arc<str>], map: &ImportMap) -> Vec<Arc<str>> {
    let read = header.iter().filter(|column| !map.ignore.contains(*column));
    let renamed = read.map(|column| map.columns.get(column).unwrap_or(column));
    renamed.chain(map.add.keys()).cloned().collect()
}

/// Columns the map speaks of and the file does not have.
fn missing_in_file(header: &[Arc<str>], map: &ImportMap) -> Vec<Refusal> {
    let used = map.add.values().flatten().filter_map(|piece| match piece {
        Piece::Column(column) => Some(column),
        Piece::Text(_) | Piece::Line => None,
    });
    let spoken_of = map.columns.keys().chain(&map.ignore).chain(used);
    let missing = spoken_of.filter(|column| !header.contains(column));
    missing
        .map(|column| Refusal::new(1, column, format!("the map names a column `{column}` that the file does not have")))
        .collect()
}
