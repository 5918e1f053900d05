//! What a test starts from: the account, its contacts, its metrics and events.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::book::cases::{Given, GivenContact, GivenEvent, GivenMetric};
use crate::book::read::{Item, Table, unknown_name};
use crate::book::source::Place;
use crate::condition::{Field, Type, Value};
use crate::time::Date;

use super::Subject;

type Fields = BTreeMap<Arc<str>, Value>;

/// Reads `account`, `contact`, `metric` and `event` of `[given]` or of a test, on top of what is given already.
pub(super) fn read(table: &mut Table, given: &mut Given, subject: &Subject) {
    if let Some(mut account) = table.table("account") {
        if let Some(id) = account.get("id").name() {
            given.account.id = id;
        }
        let (fields, pinned) = account_fields(account, subject);
        given.account.fields.extend(fields);
        given.account.pinned.extend(pinned);
    }
    if given.account.id.is_empty() {
        given.account.id = "account".into();
    }
    for contact in table.tables("contact") {
        merge_contact(contact, &mut given.contacts, subject);
    }
    for mut table in table.tables("metric") {
        let until = table.need("until").date();
        given.metrics.extend(metric(&mut table, until, subject));
        table.finish();
    }
    for table in table.tables("event") {
        given.events.extend(event(table, &given.contacts, subject));
    }
}

/// Splits the keys into recorded fields and pinned computed values, and reports the others.
pub(super) fn account_fields(mut table: Table, subject: &Subject) -> (Fields, Fields) {
    let (mut fields, mut pinned) = (Fields::new(), Fields::new());
    for (key, place, item) in table.rest() {
        if &*key == "health" {
            health(item, &mut pinned, subject);
            continue;
        }
        let Some(field) = known(&subject.registry.account, &key, &place, &table, "health") else { continue };
        if let Some(value) = item.value(&field.ty) {
            let side = if field.computed { &mut pinned } else { &mut fields };
            side.insert(key, value);
        }
    }
    (fields, pinned)
}

/// `health = 42` pins the score; `health = { band = "red", usage = 30 }` what it names.
fn health(item: Item, pinned: &mut Fields, subject: &Subject) {
    if !item.is_table() {
        pinned.extend(item.value(&Type::Number).map(|score| (Arc::from("health"), score)));
        return;
    }
    let Some(mut table) = item.table() else { return };
    pinned.extend(table.get("score").value(&Type::Number).map(|score| (Arc::from("health"), score)));
    let bands = Type::choice(subject.registry.bands.iter().map(String::as_str));
    pinned.extend(table.get("band").value(&bands).map(|band| (Arc::from("health.band"), band)));
    for dimension in &subject.registry.dimensions {
        let score = table.get(dimension).value(&Type::Number);
        pinned.extend(score.map(|score| (Arc::from(format!("health.{dimension}")), score)));
    }
    table.finish();
}

/// A contact of the same id or address is changed, another one is added.
fn merge_contact(mut table: Table, contacts: &mut Vec<GivenContact>, subject: &Subject) {
    let id = table.get("id").name();
    let fields = contact_fields(table, subject);
    let email = fields.get("email");
    let same = |contact: &GivenContact| match &id {
        Some(id) => contact.id == *id,
        None => email.is_some() && contact.fields.get("email") == email,
    };
    match contacts.iter_mut().find(|contact| same(contact)) {
        Some(contact) => contact.fields.extend(fields),
        None => {
            let id = id.unwrap_or_else(|| free_id(contacts));
            contacts.push(GivenContact { id, fields });
        }
    }
}

/// `c1`, `c2`, …: the first that nobody has.
fn free_id(contacts: &[GivenContact]) -> Arc<str> {
    let taken = |id: &str| contacts.iter().any(|contact| &*contact.id == id);
    let number = (contacts.len() + 1..).find(|number| !taken(&format!("c{number}")));
    format!("c{}", number.unwrap_or_default()).into()
}

/// The fields of a contact; computed ones cannot be given.
pub(super) fn contact_fields(mut table: Table, subject: &Subject) -> Fields {
    let mut fields = Fields::new();
    for (key, place, item) in table.rest() {
        let Some(field) = known(&subject.registry.contact, &key, &place, &table, "id") else { continue };
        if field.computed {
            let message = format!("`{key}` is computed; it cannot be given");
            table.report(place.error("cannot-set", message).help("leave it out"));
            continue;
        }
        let stands = item.place();
        if let Some(value) = item.value(&field.ty) {
            check_personas(&key, &value, &stands, &table, subject);
            fields.insert(key, value);
        }
    }
    fields
}

fn check_personas(key: &str, value: &Value, place: &Place, table: &Table, subject: &Subject) {
    let ("personas", Value::Tags(personas)) = (key, value) else { return };
    let known = &subject.registry.personas;
    for persona in personas.iter().filter(|persona| !known.iter().any(|own| **own == ***persona)) {
        table.report(unknown_name(place, "persona", persona, known.iter().map(String::as_str)));
    }
}

/// The daily values of a metric up to a day: `value` for so many `days`, or `values` one a day.
pub(super) fn metric(table: &mut Table, until: Option<Date>, subject: &Subject) -> Option<GivenMetric> {
    let item = table.need("metric");
    let place = item.place();
    let metric = item.name()?;
    let known = &subject.registry.metrics;
    if !known.contains_key(&*metric) {
        table.report(unknown_name(&place, "metric", &metric, known.keys().map(String::as_str)));
    }
    let days = table.get("days").integer_in(1..=1000).unwrap_or(1) as usize;
    let (value, list) = (table.get("value"), table.get("values"));
    if value.is_present() == list.is_present() {
        let message = format!("{} needs `value` or `values`, and only one of them", table.title());
        table.report(table.place().error("missing-key", message).help("value = 12, or values = [12, 9, 7]"));
        return None;
    }
    let values = match value.number() {
        Some(value) => vec![value; days],
        None => list.list().into_iter().filter_map(Item::number).collect(),
    };
    Some(GivenMetric { metric, until: until?, values })
}

fn event(mut table: Table, contacts: &[GivenContact], subject: &Subject) -> Option<GivenEvent> {
    let kind = table.need("kind");
    let at = table.need("at").date_time();
    let (kind, contact, fields) = event_parts(kind, table, subject)?;
    let contact = contact.map(|named| contact_id(&named, contacts));
    Some(GivenEvent { kind, at: at?, contact, fields })
}

/// The id of a contact that is named by id or e-mail address.
pub(super) fn contact_id(named: &Arc<str>, contacts: &[GivenContact]) -> Arc<str> {
    let email = Value::Text(named.clone());
    let by_email = contacts.iter().find(|contact| contact.fields.get("email") == Some(&email));
    by_email.map_or_else(|| named.clone(), |contact| contact.id.clone())
}

/// The kind of an event, the contact it came from, and its declared fields: all other keys of the table.
pub(super) fn event_parts(
    item: Item,
    mut table: Table,
    subject: &Subject,
) -> Option<(Arc<str>, Option<Arc<str>>, Fields)> {
    let place = item.place();
    let kind = item.name()?;
    let Some(declared) = subject.registry.events.get(&*kind) else {
        table.report(unknown_name(&place, "event", &kind, subject.registry.events.keys().map(String::as_str)));
        return None;
    };
    let contact = table.get("contact").name();
    let mut fields = Fields::new();
    for (key, place, item) in table.rest() {
        let Some(field) = known(declared, &key, &place, &table, "contact") else { continue };
        fields.extend(item.value(&field.ty).map(|value| (key, value)));
    }
    Some((kind, contact, fields))
}

/// The declared field of a key; reports an unknown one. `also` is a key that is allowed besides.
fn known<'f>(
    fields: &'f BTreeMap<String, Field>,
    key: &str,
    place: &Place,
    table: &Table,
    also: &str,
) -> Option<&'f Field> {
    let field = fields.get(key);
    if field.is_none() {
        let names = fields.keys().map(String::as_str).chain([also]);
        table.report(unknown_name(place, "field", key, names));
    }
    field
}
