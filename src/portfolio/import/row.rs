//! A row with its values typed: what the store writes.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::book::Person;
use crate::condition::Value;
use crate::time::{Date, Timestamp};

/// Rows in file order. A file has one kind, so all but one list are empty.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    pub accounts: Vec<AccountRow>,
    pub contacts: Vec<ContactRow>,
    pub metrics: Vec<MetricRow>,
    pub events: Vec<EventRow>,
    pub people: Vec<PersonRow>,
}

/// Values of an account from an instant on. A field that is not there stays as it was.
#[derive(Clone, Debug)]
pub struct AccountRow {
    pub line: u64,
    pub id: Arc<str>,
    pub as_of: Timestamp,
    pub fields: Vec<(Arc<str>, Value)>,
}

/// Values of a contact from an instant on.
#[derive(Clone, Debug)]
pub struct ContactRow {
    pub line: u64,
    pub id: Arc<str>,
    pub account: Arc<str>,
    pub as_of: Timestamp,
    pub fields: Vec<(Arc<str>, Value)>,
}

/// A day's value.
#[derive(Clone, Debug)]
pub struct MetricRow {
    pub line: u64,
    pub account: Arc<str>,
    pub metric: Arc<str>,
    pub day: Date,
    pub value: f64,
    /// When the day is over for the account: before, nobody sees its value.
    pub seen_from: Timestamp,
}

/// Something that happened. Empty fields are left out.
#[derive(Clone, Debug)]
pub struct EventRow {
    pub line: u64,
    pub id: Arc<str>,
    pub kind: Arc<str>,
    pub account: Arc<str>,
    pub contact: Option<Arc<str>>,
    pub at: Timestamp,
    pub fields: BTreeMap<Arc<str>, Value>,
}

/// Someone on our side.
#[derive(Clone, Debug)]
pub struct PersonRow {
    pub line: u64,
    pub person: Person,
}

impl Rows {
    pub fn len(&self) -> usize {
        let data = self.accounts.len() + self.contacts.len() + self.metrics.len() + self.events.len();
        data + self.people.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
