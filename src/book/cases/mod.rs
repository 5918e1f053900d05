//! A `.test.toml` file, compiled: a test is a timeline.

mod accept;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::book::keys::Choice;
use crate::condition::Value;
use crate::time::{Date, DateTime};

pub use accept::{Happened, accept_in};

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
    /// Expected lines as they are written; absent when only the outcome is expected.
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

/// What tests and timelines call the entry of an account that is parked, where the id of a step would stand.
pub const ENROLL: &str = "enroll";

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
    /// A step, or [`ENROLL`].
    Approve(Arc<str>),
    /// A step, or [`ENROLL`].
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

impl Choice for DeliveryAnswer {
    const WORDS: &'static [(DeliveryAnswer, &'static str, &'static str)] = &[
        (DeliveryAnswer::Accept, "accept", "takes it"),
        (DeliveryAnswer::Bounce, "bounce", "refuses it for good"),
        (DeliveryAnswer::Fail, "fail", "refuses it for now"),
    ];
}

/// What a line of a timeline may be about.
pub struct LineWord {
    pub word: &'static str,
    /// Whether the id of a step or level must follow.
    pub of_step: bool,
    pub doc: &'static str,
}

const fn about(word: &'static str, of_step: bool, doc: &'static str) -> LineWord {
    LineWord { word, of_step, doc }
}

/// Every word of a line, as `test` expects and `simulate` prints them.
pub const LINE_WORDS: [LineWord; 20] = [
    about("enroll", false, "the account enters; `branch=x` when there are branches"),
    about("email", true, "a mail is handed out"),
    about("slack", true, "a Slack message is handed out"),
    about("teams", true, "a Teams message is handed out"),
    about("webhook", true, "another program is called"),
    about("task", true, "a task is made"),
    about("wait_for", true, "a wait begins or ends"),
    about("set", true, "a field is set"),
    about("start", true, "another playbook is started"),
    about("stop", true, "another playbook is stopped"),
    about("escalate", true, "a level of the ladder acts"),
    about("remind", true, "somebody is reminded"),
    about("hold", true, "something waits; the reason says for what"),
    about("skip", true, "something is left out; the reason says why"),
    about("approve", true, "a person says yes"),
    about("reply", true, "the customer answers"),
    about("deliver", true, "the outside refuses or leaves in doubt"),
    about("replan", false, "what is to come moves"),
    about("goal", false, "it ends with the goal"),
    about("exit", false, "it ends; the id of the exit, or `completed`"),
];
