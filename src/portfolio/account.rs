//! What is recorded of one account: fields with their history, contacts, metrics, events, stored health.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::condition::Value;
use crate::time::{Date, Timestamp};

/// One customer, with everything recorded of it, past and (when imported ahead) future.
#[derive(Clone, Debug, Default)]
pub struct Account {
    pub id: Arc<str>,
    pub fields: Fields,
    /// By contact id.
    pub contacts: BTreeMap<Arc<str>, Contact>,
    pub metrics: BTreeMap<Arc<str>, Series>,
    /// Per kind, in the order of their instants.
    pub events: BTreeMap<Arc<str>, Vec<Event>>,
    /// Health as it was stored for each local day.
    pub health: BTreeMap<Date, i64>,
    /// From when the database knows the account: the first `as_of` or the instant of its first import.
    pub known_since: Option<Timestamp>,
}

/// Someone at the customer.
#[derive(Clone, Debug, Default)]
pub struct Contact {
    pub id: Arc<str>,
    pub fields: Fields,
}

/// Named values, each with the instants from which it held.
#[derive(Clone, Debug, Default)]
pub struct Fields(BTreeMap<Arc<str>, Vec<(Timestamp, Value)>>);

impl Fields {
    /// Records that the field held `value` from that instant on. The same instant again replaces it.
    pub fn record(&mut self, field: &str, from: Timestamp, value: Value) {
        let held = self.0.entry(Arc::from(field)).or_default();
        match held.binary_search_by_key(&from, |(at, _)| *at) {
            Ok(place) => held[place].1 = value,
            Err(place) => held.insert(place, (from, value)),
        }
    }

    /// The value that held at that instant; empty before the first.
    pub fn at(&self, field: &str, at: Timestamp) -> &Value {
        static EMPTY: Value = Value::Empty;
        let Some(held) = self.0.get(field) else { return &EMPTY };
        match held.partition_point(|(from, _)| *from <= at) {
            0 => &EMPTY,
            after => &held[after - 1].1,
        }
    }

    /// The field's history, oldest first.
    pub fn history(&self, field: &str) -> &[(Timestamp, Value)] {
        self.0.get(field).map_or(&[], Vec::as_slice)
    }

    /// Names of all fields ever recorded.
    pub fn names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.0.keys()
    }

    /// The first instant after `now` from which another value holds.
    pub fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        self.0
            .values()
            .filter_map(|held| held.get(held.partition_point(|(from, _)| *from <= now)))
            .map(|(from, _)| *from)
            .min()
    }
}

impl Contact {
    /// The text of a field at an instant, if it has one.
    pub fn text(&self, field: &str, at: Timestamp) -> Option<Arc<str>> {
        match self.fields.at(field, at) {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    pub fn is_active(&self, at: Timestamp) -> bool {
        self.text("status", at).is_none_or(|status| &*status == "active")
    }

    pub fn has_persona(&self, persona: &str, at: Timestamp) -> bool {
        matches!(self.fields.at("personas", at), Value::Tags(tags) if tags.iter().any(|tag| &**tag == persona))
    }

    /// The value of a field, the computed `first_name` among them. Whose status nobody recorded is active.
    pub fn value(&self, field: &str, at: Timestamp) -> Value {
        match field {
            "id" => Value::Text(self.id.clone()),
            "status" if self.text("status", at).is_none() => Value::text("active"),
            "first_name" => self.text("name", at).map_or(Value::Empty, |name| first_word(&name)),
            _ => self.fields.at(field, at).clone(),
        }
    }
}

fn first_word(name: &str) -> Value {
    name.split_whitespace().next().map_or(Value::Empty, |word| Value::Text(word.into()))
}

/// A daily number series.
#[derive(Clone, Debug, Default)]
pub struct Series(Vec<(Date, f64)>);

impl Series {
    /// Sets the day's value; the same day again replaces it.
    pub fn record(&mut self, day: Date, value: f64) {
        match self.0.binary_search_by_key(&day, |(at, _)| *at) {
            Ok(place) => self.0[place].1 = value,
            Err(place) => self.0.insert(place, (day, value)),
        }
    }

    /// The recorded days in [from, until].
    pub fn between(&self, from: Date, until: Date) -> &[(Date, f64)] {
        let start = self.0.partition_point(|(day, _)| *day < from);
        let end = self.0.partition_point(|(day, _)| *day <= until);
        &self.0[start..end.max(start)]
    }

    pub fn first_day(&self) -> Option<Date> {
        self.0.first().map(|(day, _)| *day)
    }

    pub fn last_day(&self) -> Option<Date> {
        self.0.last().map(|(day, _)| *day)
    }
}

/// Something that happened at an instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub id: Arc<str>,
    pub kind: Arc<str>,
    pub at: Timestamp,
    pub contact: Option<Arc<str>>,
    pub fields: BTreeMap<Arc<str>, Value>,
}

impl Account {
    /// The value of a recorded field at an instant; `id` is always there.
    pub fn value(&self, field: &str, at: Timestamp) -> Value {
        if field == "id" { Value::Text(self.id.clone()) } else { self.fields.at(field, at).clone() }
    }

    /// The text of a field at an instant, if it has one.
    pub fn text(&self, field: &str, at: Timestamp) -> Option<Arc<str>> {
        match self.fields.at(field, at) {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    /// The date of a field at an instant, if it has one.
    pub fn date(&self, field: &str, at: Timestamp) -> Option<Date> {
        match self.fields.at(field, at) {
            Value::Date(date) => Some(*date),
            _ => None,
        }
    }

    /// Whether the account is there at that instant: data dated later is not yet seen.
    pub fn is_known(&self, at: Timestamp) -> bool {
        self.known_since.is_none_or(|since| since <= at)
    }

    pub fn contact(&self, id: &str) -> Option<&Contact> {
        self.contacts.get(id)
    }

    /// The active contact with that persona, the last by contact id if several.
    pub fn contact_with<'a>(&'a self, persona: &'a str, at: Timestamp) -> Option<&'a Contact> {
        self.contacts_with(persona, at).last()
    }

    /// Every active contact with that persona, by contact id.
    pub fn contacts_with<'a>(&'a self, persona: &'a str, at: Timestamp) -> impl Iterator<Item = &'a Contact> {
        self.contacts.values().filter(move |contact| contact.is_active(at) && contact.has_persona(persona, at))
    }

    /// The latest event of a kind at an instant.
    pub fn last_event(&self, kind: &str, at: Timestamp) -> Option<&Event> {
        self.events_until(kind, at).last()
    }

    /// The events of a kind up to an instant, oldest first.
    pub fn events_until(&self, kind: &str, at: Timestamp) -> &[Event] {
        let events = self.events.get(kind).map_or(&[][..], Vec::as_slice);
        &events[..events.partition_point(|event| event.at <= at)]
    }

    /// Adds an event in its place; one with the same id stands already and is left.
    pub fn record_event(&mut self, event: Event) {
        let events = self.events.entry(event.kind.clone()).or_default();
        let place = events.partition_point(|other| (other.at, &other.id) < (event.at, &event.id));
        if events.get(place).is_none_or(|other| other.id != event.id) {
            events.insert(place, event);
        }
    }

    /// The first instant after `now` at which something recorded ahead comes into sight: a field's next value, a
    /// contact's, or an event of one of these kinds.
    pub fn next_arrival<'a>(&self, now: Timestamp, kinds: impl Iterator<Item = &'a Arc<str>>) -> Option<Timestamp> {
        let contacts = self.contacts.values().filter_map(|contact| contact.fields.next_change(now));
        let events = kinds.filter_map(|kind| {
            let events = self.events.get(kind)?;
            events.get(events.partition_point(|event| event.at <= now)).map(|event| event.at)
        });
        self.fields.next_change(now).into_iter().chain(contacts).chain(events).min()
    }
}
