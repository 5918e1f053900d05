//! A `.test.toml` file, compiled: a test is a timeline.

mod accept;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::condition::Value;
use crate::time::{Date, DateTime};

pub use accept::{Happened, accept};

/// One test file.
#[derive(Clone, Debug)]
pub struct TestFile {
    /// Relative to the book.
    pub file: Arc<str>,
    pub playbook: Arc<str>,
    pub cases: Vec<Case>,
}

/// One test: what is given (shared and own, already merged), what changes, what must happen.
#[derive(Clone, Debug)]
pub struct Case {
    pub name: String,
    /// Line of the `[[test]]` header, from 1.
    pub line: usize,
    /// Local, in the account's zone.
    pub start: DateTime,
    /// Absent: until nothing more is planned, at most 400 days.
    pub until: Option<DateTime>,
    pub given: Given,
    /// In the order of their instants.
    pub changes: Vec<Change>,
    /// The `<what>` words compared; absent: all.
    pub expect_only: Option<Vec<String>>,
    /// Expected lines, with single spaces between words; absent when only the outcome is expected.
    pub expect: Option<Vec<String>>,
    pub outcome: Outcome,
    /// Whether the holdout is on; off in tests unless the test says so.
    pub holdout: bool,
}

/// What is expected in short, besides the lines or instead of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// The branch the account is enrolled on.
    pub branch: Option<Arc<str>>,
    /// How many lines of each of these `<what>` words; others are not counted.
    pub counts: BTreeMap<Arc<str>, usize>,
    /// Why the account is in the playbook, left it, or never came in.
    pub reason: Option<Arc<str>>,
}

impl Outcome {
    pub fn is_empty(&self) -> bool {
        *self == Outcome::default()
    }
}

#[derive(Clone, Debug, Default)]
pub struct Given {
    pub account: GivenAccount,
    pub contacts: Vec<GivenContact>,
    pub metrics: Vec<GivenMetric>,
    pub events: Vec<GivenEvent>,
}

#[derive(Clone, Debug, Default)]
pub struct GivenAccount {
    pub id: Arc<str>,
    /// Declared and built-in fields.
    pub fields: BTreeMap<Arc<str>, Value>,
    /// Computed values, pinned: `segment`, `stage`, `touch`, `health`, `health.<dimension>`, `health.band`.
    pub pinned: BTreeMap<Arc<str>, Value>,
}

#[derive(Clone, Debug, Default)]
pub struct GivenContact {
    pub id: Arc<str>,
    pub fields: BTreeMap<Arc<str>, Value>,
}

/// Daily values ending at `until` (included): `days` times `value`, or the `values` one a day.
#[derive(Clone, Debug)]
pub struct GivenMetric {
    pub metric: Arc<str>,
    pub until: Date,
    pub values: Vec<f64>,
}

#[derive(Clone, Debug)]
pub struct GivenEvent {
    pub kind: Arc<str>,
    pub at: DateTime,
    pub contact: Option<Arc<str>>,
    pub fields: BTreeMap<Arc<str>, Value>,
}

/// A `[[test.change]]`: something that happens at a local date (00:00) or date-time.
#[derive(Clone, Debug)]
pub struct Change {
    pub on: DateTime,
    pub what: What,
}

#[derive(Clone, Debug)]
pub enum What {
    /// Fields of the account, and pinned computed values.
    Set {
        fields: BTreeMap<Arc<str>, Value>,
        pinned: BTreeMap<Arc<str>, Value>,
    },
    /// Fields of a contact, by its id (or e-mail address).
    SetContact {
        contact: Arc<str>,
        fields: BTreeMap<Arc<str>, Value>,
    },
    Metric(GivenMetric),
    Event(GivenEvent),
    Approve(Arc<str>),
    Reject(Arc<str>),
    Complete(Arc<str>),
    Acknowledge(Arc<str>),
    Reply(Arc<str>),
    /// From now on the channel answers every delivery this way.
    Deliver(DeliveryAnswer),
    Enroll,
    Stop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryAnswer {
    Accept,
    Bounce,
    Fail,
}
