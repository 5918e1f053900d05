//! What a test gives: the book as it is tested, and the account's data as rows of an import.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::book::Book;
use crate::book::cases::{Given, GivenEvent, GivenMetric};
use crate::book::playbook::{Playbook, Status, Trigger, ZoneSource};
use crate::condition::Value;
use crate::portfolio::import::{AccountRow, ContactRow, EventRow, MetricRow, Rows};
use crate::time::{TimeZone, Timestamp, add_days, instant, start_of_day};

/// The book with only the tested playbook entered through its trigger; the others run when they are started.
pub(super) fn on_trial(book: &Book, tested: &str, holdout: bool) -> Book {
    let mut trial = book.clone();
    for playbook in trial.playbooks.values_mut() {
        let mut own = Playbook::clone(playbook);
        own.holdout = if holdout { own.holdout } else { 0.0 };
        match &*own.id == tested {
            // A draft is checked and tested only; every other status is tested as it would run.
            true => own.status = if own.status == Status::Draft { Status::Live } else { own.status },
            false => own.trigger = Trigger::Manual,
        }
        *playbook = Arc::new(own);
    }
    trial
}

pub(super) fn zone_of(playbook: &Playbook, given: &Given) -> TimeZone {
    let own = match &playbook.zone.source {
        ZoneSource::Fixed(zone) => Some(zone.clone()),
        ZoneSource::Account(field) => match given.account.fields.get(field) {
            Some(Value::Text(name)) => TimeZone::get(name).ok(),
            _ => None,
        },
    };
    own.or_else(|| playbook.zone.fallback.clone()).unwrap_or(TimeZone::UTC)
}

pub(super) fn given_rows(given: &Given, start: Timestamp, zone: &TimeZone, events: &mut usize) -> Rows {
    let pairs = |fields: &BTreeMap<Arc<str>, Value>| -> Vec<(Arc<str>, Value)> {
        fields.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    let account = &given.account;
    let mut fields = pairs(&account.fields);
    fields.extend(pairs(&account.pinned));
    let contact = |own: &crate::book::cases::GivenContact| ContactRow {
        line: 0,
        id: own.id.clone(),
        account: account.id.clone(),
        as_of: start,
        fields: pairs(&own.fields),
    };
    let mut event = |own: &GivenEvent| {
        *events += 1;
        event_row(&account.id, own, *events, zone)
    };
    Rows {
        accounts: vec![AccountRow { line: 0, id: account.id.clone(), as_of: start, fields }],
        contacts: given.contacts.iter().map(contact).collect(),
        metrics: given.metrics.iter().flat_map(|metric| metric_rows(&account.id, metric, zone)).collect(),
        events: given.events.iter().map(&mut event).collect(),
        people: Vec::new(),
    }
}

pub(super) fn metric_rows(account: &Arc<str>, given: &GivenMetric, zone: &TimeZone) -> Vec<MetricRow> {
    let first = add_days(given.until, 1 - given.values.len() as i64);
    let row = |(n, value): (usize, &f64)| {
        let day = add_days(first, n as i64);
        MetricRow {
            line: 0,
            account: account.clone(),
            metric: given.metric.clone(),
            day,
            value: *value,
            seen_from: start_of_day(add_days(day, 1), zone),
        }
    };
    given.values.iter().enumerate().map(row).collect()
}

pub(super) fn event_row(account: &Arc<str>, given: &GivenEvent, n: usize, zone: &TimeZone) -> EventRow {
    EventRow {
        line: 0,
        id: format!("event-{n}").into(),
        kind: given.kind.clone(),
        account: account.clone(),
        contact: given.contact.clone(),
        at: instant(given.at, zone),
        fields: given.fields.clone(),
    }
}
