//! How old the data is that a condition reads: since when a value holds, and when its feed was last seen.

use std::sync::Arc;

use crate::condition::{Age, AgeKind, Name, Value};
use crate::time::{Date, Timestamp, add_days};

use super::account::Fields;
use super::facts::Facts;

impl Facts {
    /// How old the data is that a name reads; none for what is computed at the moment it is asked for.
    pub(super) fn age_of(&self, name: &Name) -> Option<Age> {
        let (kind, since) = match name {
            Name::Account(field) | Name::Was { field, .. } | Name::Changed { field, .. } => {
                (AgeKind::Value, self.account_field_since(field)?.map(Value::Time))
            }
            Name::Contact { persona, field } => {
                let contact = self.account.contact_with(persona, self.now);
                (AgeKind::Value, contact.and_then(|own| held_since(&own.fields, field, self.now)).map(Value::Time))
            }
            Name::HealthScore | Name::HealthBand | Name::Dimension(_) | Name::HealthChange(_) | Name::HealthWas(_) => {
                (AgeKind::Day, Some(Value::Date(self.health_day())))
            }
            Name::Usage { metric, .. } => (AgeKind::LastDay, self.last_day_of(metric).map(Value::Date)),
            Name::EventCount { kind, .. } | Name::EventLast { kind, .. } | Name::EventLastAt { kind } => {
                let last = self.account.last_event(kind, self.now);
                (AgeKind::LatestEvent, last.map(|event| Value::Time(event.at)))
            }
            Name::Event(_) | Name::EventContact => {
                (AgeKind::LatestEvent, self.event.as_ref().map(|event| Value::Time(event.at)))
            }
            _ => return None,
        };
        let feed = self.feed_of(name);
        let seen_at = feed.as_ref().and_then(|feed| self.world.feeds.get(feed)).filter(|at| **at <= self.now);
        let is_stale = feed.as_ref().is_some_and(|feed| self.is_stale(feed));
        Some(Age { name: name.to_string(), kind, since, seen_at: seen_at.copied(), feed, is_stale })
    }

    /// From when on a field has held its value; none for a field that is computed and not pinned.
    fn account_field_since(&self, field: &str) -> Option<Option<Timestamp>> {
        let is_computed = matches!(field, "segment" | "stage" | "touch" | "id");
        let since = held_since(&self.account.fields, field, self.now);
        if is_computed && since.is_none() { None } else { Some(since) }
    }

    /// The last complete local day on which the metric has a value.
    fn last_day_of(&self, metric: &str) -> Option<Date> {
        let recorded = self.account.metrics.get(metric)?.between(Date::MIN, add_days(self.today(), -1));
        recorded.last().map(|(day, _)| *day)
    }

    fn feed_of(&self, name: &Name) -> Option<Arc<str>> {
        let registry = self.registry();
        match name {
            Name::Account(field) | Name::Was { field, .. } | Name::Changed { field, .. } => {
                registry.account.get(&**field).and_then(|own| own.feed.clone())
            }
            Name::Contact { field, .. } => registry.contact.get(&**field).and_then(|own| own.feed.clone()),
            Name::Usage { metric, .. } => registry.metrics.get(&**metric).and_then(|own| own.feed.clone()),
            Name::EventCount { kind, .. } | Name::EventLast { kind, .. } | Name::EventLastAt { kind } => {
                registry.event_feeds.get(&**kind).cloned()
            }
            _ => None,
        }
    }
}

/// The first of the instants without a break at which the field was recorded with the value it has now.
fn held_since(fields: &Fields, field: &str, now: Timestamp) -> Option<Timestamp> {
    let history = fields.history(field);
    let until_now = &history[..history.partition_point(|(at, _)| *at <= now)];
    let (_, value) = until_now.last()?;
    until_now.iter().rev().take_while(|(_, held)| held == value).last().map(|(at, _)| *at)
}
