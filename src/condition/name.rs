//! Everything a condition can read, resolved when it is compiled.

use std::fmt;
use std::sync::Arc;

use crate::time::{Date, TimeZone, Timestamp};

use super::{Coverage, Motion, Value};

/// One thing a condition reads. Days are whole local days of the account.
#[derive(Clone, Debug, PartialEq)]
pub enum Name {
    /// A field of the account now, also the computed `segment`, `stage` and `touch`.
    Account(Arc<str>),
    HealthScore,
    HealthBand,
    Dimension(Arc<str>),
    /// Health now less health of N days ago.
    HealthChange(i64),
    /// The score stored for the local day N days ago.
    HealthWas(i64),
    Usage {
        metric: Arc<str>,
        window: Window,
    },
    /// How many events of the kind in (now − days, now].
    EventCount {
        kind: Arc<str>,
        days: i64,
    },
    /// A field of the latest event of the kind.
    EventLast {
        kind: Arc<str>,
        field: Arc<str>,
    },
    /// The instant of the latest event of the kind.
    EventLastAt {
        kind: Arc<str>,
    },
    Contact {
        persona: Arc<str>,
        field: Arc<str>,
    },
    HasContact(Arc<str>),
    /// How many active contacts.
    ContactCount,
    /// A field of the person who holds a role; `id` is the person.
    Role {
        role: Arc<str>,
        field: Arc<str>,
    },
    /// A field of the event that started this enrollment.
    Event(Arc<str>),
    /// The id of the contact that event came from.
    EventContact,
    RunDay,
    RunEnrolledOn,
    RunBranch,
    RunReplied,
    /// How an earlier step ended, one of [`OUTCOMES`]; empty while it has not.
    Outcome(Arc<str>),
    TaskDone(Arc<str>),
    /// How many tasks of the playbook are open on the account.
    TasksOpen(Arc<str>),
    InPlaybook(Arc<str>),
    DaysSinceContact,
    /// The field's value N days ago.
    Was {
        field: Arc<str>,
        days: i64,
    },
    /// Whether the field changed in the last N days.
    Changed {
        field: Arc<str>,
        days: i64,
    },
}

/// How a step may have ended, for `outcome("step")`.
pub const OUTCOMES: [&str; 5] = ["done", "skipped", "failed", "timed_out", "cancelled"];

/// What is asked of a metric over its last complete local days.
#[derive(Clone, Debug, PartialEq)]
pub enum Window {
    Sum(i64),
    Avg(i64),
    Min(i64),
    Max(i64),
    /// The latest complete day that has a value.
    Last,
    /// In percent against as many days before: −30 is a fall by 30 %; empty on a base of 0.
    ChangePct(i64),
    /// On how many of the last N days the value lay below the number.
    DaysBelow(f64, i64),
}

/// The data of one account at one instant. Implemented by the room that knows accounts.
pub trait Facts {
    /// The value of a name: empty when nothing is recorded, stale when its feed is too old.
    fn read(&self, name: &Name) -> Value;

    fn now(&self) -> Timestamp;

    /// The account's zone; local days and `today` are counted in it.
    fn zone(&self) -> &TimeZone;

    /// Business days in (today, day]: a number, 0 for today, negative when `day` is past; empty
    /// when the account has no calendar.
    fn business_days_until(&self, day: Date) -> Value;

    /// A field of one of our people, by id; empty for an unknown id.
    fn person(&self, id: &str, field: &str) -> Value;

    /// How the value of a name moves by the passing of days alone.
    fn motion(&self, _name: &Name) -> Motion {
        Motion::ANY
    }

    /// Where to note what every comparison said, when somebody counts.
    fn coverage(&self) -> Option<&Coverage> {
        None
    }
}

/// As it is written in a condition.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Name::Account(field) => write!(f, "account.{field}"),
            Name::HealthScore => f.write_str("health.score"),
            Name::HealthBand => f.write_str("health.band"),
            Name::Dimension(id) => write!(f, "health.{id}"),
            Name::HealthChange(days) => write!(f, "health.change({days})"),
            Name::HealthWas(days) => write!(f, "health.was({days})"),
            Name::Usage { metric, window } => write!(f, "usage.{metric}.{window}"),
            Name::EventCount { kind, days } => write!(f, "events.{kind}.count({days})"),
            Name::EventLast { kind, field } => write!(f, "events.{kind}.last.{field}"),
            Name::EventLastAt { kind } => write!(f, "events.{kind}.last.at"),
            Name::Contact { persona, field } => write!(f, "contact(\"{persona}\").{field}"),
            Name::HasContact(persona) => write!(f, "has_contact(\"{persona}\")"),
            Name::ContactCount => f.write_str("contacts.count"),
            Name::Role { role, field } => write!(f, "role(\"{role}\").{field}"),
            Name::Event(field) => write!(f, "event.{field}"),
            Name::EventContact => f.write_str("event.contact"),
            Name::RunDay => f.write_str("run.day"),
            Name::RunEnrolledOn => f.write_str("run.enrolled_on"),
            Name::RunBranch => f.write_str("run.branch"),
            Name::RunReplied => f.write_str("run.replied"),
            Name::Outcome(step) => write!(f, "outcome(\"{step}\")"),
            Name::TaskDone(step) => write!(f, "task(\"{step}\").done"),
            Name::TasksOpen(playbook) => write!(f, "tasks.open(\"{playbook}\")"),
            Name::InPlaybook(playbook) => write!(f, "in_playbook(\"{playbook}\")"),
            Name::DaysSinceContact => f.write_str("days_since_contact()"),
            Name::Was { field, days } => write!(f, "was(account.{field}, {days})"),
            Name::Changed { field, days } => write!(f, "changed(account.{field}, {days})"),
        }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Window::Sum(days) => write!(f, "sum({days})"),
            Window::Avg(days) => write!(f, "avg({days})"),
            Window::Min(days) => write!(f, "min({days})"),
            Window::Max(days) => write!(f, "max({days})"),
            Window::Last => f.write_str("last"),
            Window::ChangePct(days) => write!(f, "change_pct({days})"),
            Window::DaysBelow(limit, days) => write!(f, "days_below({limit}, {days})"),
        }
    }
}
