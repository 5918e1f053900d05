//! One import file from its first byte to batches of typed rows.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher, Hash, RandomState};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::columns::Columns;
use super::{Found, ImportFile, Kind, Record, Refusal, Rows, cell, mapping};
use crate::book::Book;
use crate::book::import_map::ImportMap;
use crate::condition::Registry;
use crate::time::{Date, TimeZone, Timestamp, start_of_day};

/// Rows that land in one transaction. A metrics file is sorted by day and its table by account, so each batch touches
/// nearly every page: ten times smaller batches are half as fast.
const ROWS_IN_A_BATCH: usize = 10_000;

/// From when the values of a row hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AsOf {
    Instant(Timestamp),
    /// From the start of that day, in the account's zone where that is known and in UTC where it is not.
    Day(Date),
}

impl FromStr for AsOf {
    type Err = String;

    /// Reads `2026-06-15` or `2026-06-15T09:00:00Z`.
    fn from_str(text: &str) -> Result<AsOf, String> {
        let read = cell::date(text).map(AsOf::Day).or_else(|_| cell::instant(text).map(AsOf::Instant));
        read.map_err(|_| format!("`{text}` is neither a date (2026-06-15) nor an instant (2026-06-15T09:00:00Z)"))
    }
}

impl AsOf {
    pub(super) fn resolve(self, zone: Option<&TimeZone>) -> Timestamp {
        match self {
            AsOf::Instant(at) => at,
            AsOf::Day(day) => start_of_day(day, zone.unwrap_or(&TimeZone::UTC)),
        }
    }
}

/// What the database and the book already know, as far as rows refer to it.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Accounts, with their zone.
    pub accounts: HashMap<Arc<str>, Option<TimeZone>>,
    /// Contact to its account.
    pub contacts: HashMap<Arc<str>, Arc<str>>,
    /// While nobody is known at all, persons are not checked.
    pub people: HashSet<Arc<str>>,
}

/// Some rows on their way to the database.
#[derive(Debug, Default)]
pub struct Batch {
    pub rows: Rows,
    /// Bytes of the file read so far.
    pub taken: u64,
}

/// What the reading itself has to report, once it is over.
#[derive(Debug, Default)]
pub struct Taken {
    pub read: u64,
    pub refused: Vec<Refusal>,
    /// Feeds whose data came in.
    pub feeds: BTreeSet<Arc<str>>,
}

/// Reads and checks one file.
pub struct Intake {
    pub(super) registry: Arc<Registry>,
    pub(super) known: Known,
    /// The people of the book, who are not imported.
    pub(super) of_book: HashSet<Arc<str>>,
    pub(super) as_of: AsOf,
    pub(super) seen: Seen,
    pub(super) taken: Taken,
    pub(super) columns: Columns,
    kind: Kind,
    map: ImportMap,
    pending: Rows,
}

impl Intake {
    /// `known` need not name the people of the book. `as_of` holds for rows that do not say it themselves.
    pub fn new(book: &Book, kind: Kind, map: ImportMap, as_of: AsOf, mut known: Known) -> Intake {
        let of_book: HashSet<Arc<str>> = book.people.people.keys().cloned().collect();
        known.people.extend(of_book.iter().cloned());
        let registry = book.dictionary.registry.clone();
        let columns = Columns::of(kind, &registry);
        let (seen, taken, pending) = (Seen::default(), Taken::default(), Rows::default());
        Intake { registry, known, of_book, as_of, seen, taken, columns, kind, map, pending }
    }

    /// Reads the file to its end and hands over the good rows in batches; the sink's false ends it.
    pub fn read(mut self, file: ImportFile, sink: &mut dyn FnMut(Batch) -> bool) -> Taken {
        let bytes = file.taken();
        file.read(&mut |found| {
            if !self.take(found) {
                return false;
            }
            let is_full = self.kind != Kind::People && self.pending.len() >= ROWS_IN_A_BATCH;
            !is_full || sink(Batch { rows: std::mem::take(&mut self.pending), taken: bytes.load(Ordering::Relaxed) })
        });
        self.refuse_unknown_managers();
        if !self.pending.is_empty() {
            sink(Batch { rows: self.pending, taken: bytes.load(Ordering::Relaxed) });
        }
        self.taken
    }

    /// Whether to read on.
    fn take(&mut self, found: Found) -> bool {
        match found {
            Found::Columns(header) => {
                self.taken.refused = self.columns.check(&header, &self.map);
                return self.taken.refused.is_empty();
            }
            Found::Broken(refusal) => self.taken.refused.push(refusal),
            Found::Record(record) => {
                let refused = self.add(record).err();
                self.taken.refused.extend(refused);
            }
        }
        self.taken.read += 1;
        true
    }

    fn add(&mut self, record: Record) -> Result<(), Refusal> {
        let record = mapping::apply(&self.map, &self.columns, record)?;
        self.refuse_unknown_columns(&record)?;
        match self.kind {
            Kind::Accounts => self.account(&record).map(|row| self.pending.accounts.push(row)),
            Kind::Contacts => self.contact(&record).map(|row| self.pending.contacts.push(row)),
            Kind::Metrics => self.metric(&record).map(|row| self.pending.metrics.push(row)),
            Kind::Events => self.event(&record).map(|row| self.pending.events.push(row)),
            Kind::People => self.person(&record).map(|row| self.pending.people.push(row)),
        }
    }

    /// A manager may stand further down in the file, so this waits for its end.
    fn refuse_unknown_managers(&mut self) {
        let known = &self.known.people;
        let named: HashSet<Arc<str>> = self.pending.people.iter().map(|row| row.person.id.clone()).collect();
        let is_there = |id: &Arc<str>| known.contains(id) || named.contains(id);
        let rows = std::mem::take(&mut self.pending.people).into_iter();
        let (right, wrong): (Vec<_>, Vec<_>) = rows.partition(|row| row.person.manager.as_ref().is_none_or(is_there));
        self.pending.people = right;
        self.taken.refused.extend(wrong.into_iter().map(|row| {
            let manager = row.person.manager.as_deref().unwrap_or_default();
            let all = known.iter().chain(&named).map(|id| &**id);
            Refusal::new(row.line, "manager", cell::unknown("person", manager, all))
        }));
    }
}

/// The keys of the rows that have passed, as 128 bits of two hashes: a large file has millions.
#[derive(Default)]
pub(super) struct Seen {
    hashes: (RandomState, RandomState),
    keys: HashSet<(u64, u64)>,
}

impl Seen {
    /// Whether the key is new.
    pub(super) fn add(&mut self, key: impl Hash) -> bool {
        self.keys.insert((self.hashes.0.hash_one(&key), self.hashes.1.hash_one(&key)))
    }
}
