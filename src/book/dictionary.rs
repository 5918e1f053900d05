//! account.toml, compiled: what a day without a value means, and how fresh a feed must be.
//!
//! The names and types of fields, metrics and events are in the [`Registry`], which conditions, templates and
//! imports share; this is what besides the type decides how a value is read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::book::keys::Choice;
use crate::condition::{Registry, Type};
use crate::time::Span;

#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    pub registry: Arc<Registry>,
    pub metrics: BTreeMap<Arc<str>, MissingDay>,
    /// Feed to how old it may be.
    pub feeds: BTreeMap<Arc<str>, Span>,
    /// Event kinds declared `contact = true`: `days_since_contact()` counts them.
    pub contact_events: BTreeSet<Arc<str>>,
}

/// What a day without a value is, while the feed is fresh and the account lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingDay {
    Zero,
    Unknown,
}

impl Choice for MissingDay {
    const WORDS: &'static [(MissingDay, &'static str, &'static str)] = &[
        (MissingDay::Zero, "zero", "0, while the feed is fresh and the account lives"),
        (MissingDay::Unknown, "unknown", "left out"),
    ];
}

/// The types a field may be declared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    Text,
    Number,
    Bool,
    Date,
    Time,
    Choice,
    Tags,
    Person,
}

impl FieldType {
    /// The type of conditions; none for a choice, which needs its values.
    pub fn plain(self) -> Option<Type> {
        match self {
            FieldType::Text => Some(Type::Text),
            FieldType::Number => Some(Type::Number),
            FieldType::Bool => Some(Type::Bool),
            FieldType::Date => Some(Type::Date),
            FieldType::Time => Some(Type::Time),
            FieldType::Tags => Some(Type::Tags),
            FieldType::Person => Some(Type::Person),
            FieldType::Choice => None,
        }
    }
}

impl Choice for FieldType {
    const WORDS: &'static [(FieldType, &'static str, &'static str)] = &[
        (FieldType::Text, "text", ""),
        (FieldType::Number, "number", "always decimal"),
        (FieldType::Bool, "bool", "`true` or `false`"),
        (FieldType::Date, "date", "a local day"),
        (FieldType::Time, "time", "an instant"),
        (FieldType::Choice, "choice", "one of `values`"),
        (FieldType::Tags, "tags", "a list of words"),
        (FieldType::Person, "person", "the id of one of ours"),
    ];
}
