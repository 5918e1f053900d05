//! Import files: read as a stream, renamed and converted by a map, checked row by row against the dictionary.
//!
//! `file` opens it, `csv` and `json` cut it into [`Record`]s, `mapping` renames, `columns` accepts or refuses the
//! whole file, `typing` turns each record into a row of [`Rows`] or a [`Refusal`]; [`Intake`] leads it through.
//! Nothing here writes.

mod by_hand;
mod cell;
mod columns;
mod csv;
mod file;
mod intake;
mod json;
mod mapping;
mod row;
mod typing;
mod what_if;

pub use by_hand::{fields_by_hand, score};
pub use file::{Format, ImportFile};
pub use intake::{AsOf, Batch, Intake, Known, Taken};
pub use row::{AccountRow, ContactRow, EventRow, MetricRow, PersonRow, Rows};
pub use what_if::{Unfit, WhatIf};

use serde::Serialize;

/// What a file is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Accounts,
    Contacts,
    Metrics,
    Events,
    People,
}

impl Kind {
    pub const ALL: [Kind; 5] = [Kind::Accounts, Kind::Contacts, Kind::Metrics, Kind::Events, Kind::People];

    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Accounts => "accounts",
            Kind::Contacts => "contacts",
            Kind::Metrics => "metrics",
            Kind::Events => "events",
            Kind::People => "people",
        }
    }

    pub fn parse(text: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What became of a file's rows. Serialized, it is what `import … --format json` prints.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ImportReport {
    pub read: u64,
    pub inserted: u64,
    pub updated: u64,
    pub unchanged: u64,
    /// By line.
    pub refused: Vec<Refusal>,
}

/// A row that did not land; with line 1 and nothing read, the whole file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// Where the row starts, from 1.
    pub line: u64,
    /// The column at fault, as the dictionary names it.
    pub field: Option<String>,
    pub reason: String,
}

impl Refusal {
    pub fn new(line: u64, field: &str, reason: impl Into<String>) -> Refusal {
        Refusal { line, field: Some(field.to_owned()), reason: reason.into() }
    }

    /// A refusal that no single column is to blame for.
    pub fn of_row(line: u64, reason: impl Into<String>) -> Refusal {
        Refusal { line, field: None, reason: reason.into() }
    }
}

/// One row as text: what stands under each name. In JSON, a name that is left out is not there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    pub line: u64,
    cells: Vec<(std::sync::Arc<str>, String)>,
}

impl Record {
    /// The text under the name, which may be empty; none when the row leaves the name out.
    fn get(&self, name: &str) -> Option<&str> {
        self.cells.iter().find(|(own, _)| &**own == name).map(|(_, text)| text.as_str())
    }

    /// The text under a name that must be there and not empty.
    fn need(&self, name: &str) -> Result<&str, Refusal> {
        let text = self.get(name).filter(|text| !text.is_empty());
        text.ok_or_else(|| Refusal::new(self.line, name, format!("`{name}` is empty; every row needs it")))
    }
}

/// What a reader finds, in the order of the file.
enum Found {
    /// The names of the columns, before the first record.
    Columns(Vec<std::sync::Arc<str>>),
    Record(Record),
    /// A row that is not even one.
    Broken(Refusal),
}

/// Takes what is found; false ends the reading.
type Sink<'a> = &'a mut dyn FnMut(Found) -> bool;
