//! `[[test.change]]`: what happens while a test runs.

use std::sync::Arc;

use crate::book::cases::{Change, ENROLL, Given, GivenEvent, What};
use crate::book::read::{Item, Table, unknown_name};
use crate::time::DateTime;

use super::Subject;
use super::given::{account_fields, contact_fields, contact_id, event_parts, metric};

/// A change about a step of the playbook.
type OfStep = fn(Arc<str>) -> What;

const OF_STEPS: [(&str, OfStep); 5] = [
    ("approve", What::Approve),
    ("reject", What::Reject),
    ("complete", What::Complete),
    ("acknowledge", What::Acknowledge),
    ("reply", What::Reply),
];

/// Reads all changes, in the order of their instants; one table may hold several changes of the same instant.
///
/// A change after `until`, the end of the test, would never happen, and is reported.
pub(super) fn read(tables: Vec<Table>, until: Option<DateTime>, given: &Given, subject: &Subject) -> Vec<Change> {
    let mut changes: Vec<Change> = tables.into_iter().flat_map(|table| change(table, until, given, subject)).collect();
    changes.sort_by_key(|change| change.on);
    changes
}

fn change(mut table: Table, end: Option<DateTime>, given: &Given, subject: &Subject) -> Vec<Change> {
    let on = table.need("on").date_time();
    if let (Some(on), Some(end)) = (on, end)
        && on > end
    {
        let message = format!("this change happens at {on}, after the test ends at {end}");
        let late = table.place_of("on").error("change-after-until", message);
        table.report(late.help("move `until` of the test behind it, or leave the change out"));
    }
    let place = table.place();
    let diagnostics = table.diagnostics();
    let mark = diagnostics.mark();
    let mut whats: Vec<What> = Vec::new();
    for (key, make) in OF_STEPS {
        let others: &[&str] = if matches!(key, "approve" | "reject") { &[ENROLL] } else { &[] };
        whats.extend(subject.step(table.get(key), others).map(make));
    }
    whats.extend(table.get("deliver").choice().map(What::Deliver));
    whats.extend(table.get("enroll").flag().filter(|asked| *asked).map(|_| What::Enroll));
    whats.extend(table.get("stop").flag().filter(|asked| *asked).map(|_| What::Stop));
    if table.has("metric") {
        let until = table.get("until").date().or(on.map(|on| on.date()));
        whats.extend(metric(&mut table, until, subject).map(What::Metric));
    }
    whats.extend(data(table, on.unwrap_or_default(), given, subject));
    if whats.is_empty() && !diagnostics.has_errors_since(mark) {
        let help = "write one of: set, contact, event, metric, approve, reject, complete, acknowledge, reply, deliver";
        diagnostics.push(place.error("missing-key", "this change changes nothing").help(help));
    }
    on.map(|on| whats.into_iter().map(|what| Change { on, what }).collect()).unwrap_or_default()
}

/// The changes that carry fields: an event, a contact, the account. Takes what is left of the table.
fn data(mut table: Table, on: DateTime, given: &Given, subject: &Subject) -> Option<What> {
    if table.has("event") {
        let kind = table.get("event");
        let (kind, contact, fields) = event_parts(kind, table, subject)?;
        let contact = contact.map(|named| contact_id(&named, &given.contacts));
        return Some(What::Event(GivenEvent { kind, at: on, contact, fields }));
    }
    let contact = table.get("contact");
    let what = match contact.is_present() {
        true => set_contact(contact, &mut table, given, subject),
        false => table.table("set").map(|set| {
            let (fields, pinned) = account_fields(set, subject);
            What::Set { fields, pinned }
        }),
    };
    table.finish();
    what
}

/// `contact = { id = "c1", status = "left" }`, or `contact = "pat@acme.example"` with `set = { … }`.
fn set_contact(item: Item, table: &mut Table, given: &Given, subject: &Subject) -> Option<What> {
    let (place, diagnostics) = (item.place(), item.diagnostics());
    let (named, fields) = match item.is_table() {
        true => {
            let mut inner = item.table()?;
            let key = if inner.has("id") { "id" } else { "email" };
            (inner.need(key).name()?, inner)
        }
        false => (item.name()?, table.need("set").table()?),
    };
    let id = contact_id(&named, &given.contacts);
    if !given.contacts.iter().any(|contact| contact.id == id) {
        let known = given.contacts.iter().map(|contact| &*contact.id);
        diagnostics.push(unknown_name(&place, "contact", &named, known));
        return None;
    }
    Some(What::SetContact { contact: id, fields: contact_fields(fields, subject) })
}
