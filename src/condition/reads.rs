//! What an expression depends on, so that it is evaluated again only when its answer can change.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Name;
use super::registry::Registry;

/// What can change the answer of an expression.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    /// Account fields, also those read through `was` and `changed`.
    pub fields: BTreeSet<Arc<str>>,
    pub metrics: BTreeSet<Arc<str>>,
    /// Event kinds.
    pub events: BTreeSet<Arc<str>>,
    pub health: bool,
    pub contacts: bool,
    /// People, their managers and roles.
    pub people: bool,
    /// The answer can change at local midnight.
    pub daily: bool,
    /// Event kinds with a number of days: `count(n)` changes n local days after an event.
    pub event_windows: BTreeSet<(Arc<str>, i64)>,
    /// Fields with a number of days: `was` and `changed` change n local days after a change.
    pub field_windows: BTreeSet<(Arc<str>, i64)>,
    /// The clock itself is read: the answer can change at any instant.
    pub clock: bool,
    /// Other work on the account: open tasks, other playbooks, the last contact.
    pub other_work: bool,
    /// The enrollment itself: its day, branch, steps, replies, and the event that started it.
    pub run: bool,
    /// Feeds that must be fresh for an answer.
    pub feeds: BTreeSet<Arc<str>>,
}

impl Reads {
    /// Adds all that another expression reads.
    pub fn merge(&mut self, other: &Reads) {
        self.fields.extend(other.fields.iter().cloned());
        self.metrics.extend(other.metrics.iter().cloned());
        self.events.extend(other.events.iter().cloned());
        self.event_windows.extend(other.event_windows.iter().cloned());
        self.field_windows.extend(other.field_windows.iter().cloned());
        self.feeds.extend(other.feeds.iter().cloned());
        self.health |= other.health;
        self.contacts |= other.contacts;
        self.people |= other.people;
        self.daily |= other.daily;
        self.clock |= other.clock;
        self.other_work |= other.other_work;
        self.run |= other.run;
    }

    /// Adds one name.
    pub(super) fn note(&mut self, name: &Name, registry: &Registry) {
        match name {
            Name::Account(field) => self.field(field, registry),
            Name::Was { field, days } | Name::Changed { field, days } => {
                self.field(field, registry);
                self.field_windows.insert((field.clone(), *days));
            }
            Name::HealthScore | Name::HealthBand | Name::Dimension(_) | Name::HealthChange(_) | Name::HealthWas(_) => {
                (self.health, self.daily) = (true, true)
            }
            Name::Usage { metric, .. } => self.metric(metric, registry),
            Name::EventCount { kind, days } => {
                self.event(kind, registry);
                self.event_windows.insert((kind.clone(), *days));
            }
            Name::EventLast { kind, .. } | Name::EventLastAt { kind } => self.event(kind, registry),
            Name::Contact { .. } | Name::HasContact(_) | Name::ContactCount => self.contacts = true,
            Name::Role { .. } => self.people = true,
            Name::RunDay => (self.run, self.daily) = (true, true),
            Name::Event(_)
            | Name::EventContact
            | Name::RunEnrolledOn
            | Name::RunBranch
            | Name::RunReplied
            | Name::Outcome(_)
            | Name::TaskDone(_) => self.run = true,
            Name::TasksOpen(_) | Name::InPlaybook(_) => self.other_work = true,
            Name::DaysSinceContact => (self.other_work, self.daily) = (true, true),
        }
    }

    fn field(&mut self, field: &Arc<str>, registry: &Registry) {
        self.fields.insert(field.clone());
        // Stages are conditions over dates: an account moves on by the passing of days alone.
        self.daily |= &**field == "stage";
        self.feeds.extend(registry.account.get(&**field).and_then(|known| known.feed.clone()));
    }

    fn event(&mut self, kind: &Arc<str>, registry: &Registry) {
        self.events.insert(kind.clone());
        self.feeds.extend(registry.event_feeds.get(&**kind).cloned());
    }

    fn metric(&mut self, metric: &Arc<str>, registry: &Registry) {
        self.metrics.insert(metric.clone());
        self.daily = true;
        self.feeds.extend(registry.metrics.get(&**metric).and_then(|known| known.feed.clone()));
    }
}
