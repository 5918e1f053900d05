//! What a person assumes on the command line, as rows of an import: `acme.health=35@2026-12-01`,
//! `acme/pat.status=left`, `acme.nps_response,score=3@2026-12-01T10:00`.

mod subject;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::by_hand::{score, value_of};
use super::cell::unknown;
use super::typing::checked;
use super::{AccountRow, AsOf, ContactRow, EventRow, Known, Rows};
use crate::book::Book;
use crate::condition::{Registry, Value};
use crate::time::{DateTime, TimeZone, Timestamp, instant, local_date, start_of_day};
use subject::Subject;

/// Reads assumptions about the accounts that are known, for a play from one instant to another.
pub struct WhatIf<'a> {
    registry: &'a Registry,
    known: Known,
    /// The one account that is played: it need not be named.
    account: Option<Arc<str>>,
    from: Timestamp,
    until: Timestamp,
}

/// Why an assumption cannot be made.
#[derive(Clone, Debug, PartialEq)]
pub enum Unfit {
    /// It is not written as one, or not about this play.
    Form(String),
    /// It names something that is not there, or a value that does not fit.
    Wrong(String),
}

type Fit<T> = Result<T, Unfit>;

impl<'a> WhatIf<'a> {
    /// `known` need not name the people of the book.
    pub fn new(book: &'a Book, mut known: Known, account: Option<Arc<str>>, from: Timestamp, until: Timestamp) -> Self {
        known.people.extend(book.people.people.keys().cloned());
        WhatIf { registry: &book.dictionary.registry, known, account, from, until }
    }

    /// The rows of several `--set` and `--event`.
    ///
    /// # Errors
    /// The first that does not fit; a field that is set twice at one instant.
    pub fn rows(&self, sets: &[String], events: &[String]) -> Fit<Rows> {
        let mut rows = Rows::default();
        for text in sets {
            self.set(text, &mut rows)?;
        }
        for text in events {
            let id = format!("what-if-{}", rows.events.len() + 1);
            rows.events.push(self.event(text, id.into())?);
        }
        Ok(rows)
    }

    fn set(&self, text: &str, rows: &mut Rows) -> Fit<()> {
        let form = || Unfit::Form(format!("`{text}` sets nothing: write ACCOUNT.FIELD=VALUE, such as acme.health=35"));
        let (name, value) = text.split_once('=').ok_or_else(form)?;
        let (value, moment) = parted(value);
        let (subject, field) = self.subject(name.trim())?;
        let at = self.moment(moment, subject.account())?;
        match subject {
            Subject::Account(id) => {
                let value = self.account_value(field, value.trim()).map_err(Unfit::Wrong)?;
                let row = AccountRow { line: 0, id, as_of: at, fields: Vec::new() };
                let place = rows.accounts.iter().position(|own| (&own.id, own.as_of) == (&row.id, at));
                once(fields_of(&mut rows.accounts, place, row, |own| &mut own.fields), value)
            }
            Subject::Contact { id, account } => {
                let value = self.contact_value(field, value.trim()).map_err(Unfit::Wrong)?;
                let row = ContactRow { line: 0, id, account, as_of: at, fields: Vec::new() };
                let place = rows.contacts.iter().position(|own| (&own.id, own.as_of) == (&row.id, at));
                once(fields_of(&mut rows.contacts, place, row, |own| &mut own.fields), value)
            }
        }
    }

    fn account_value(&self, field: &str, value: &str) -> Result<(Arc<str>, Value), String> {
        let dimension = field.strip_prefix("health.");
        if let Some(wrong) = dimension.filter(|own| !self.registry.dimensions.iter().any(|known| known == own)) {
            return Err(unknown("dimension of health", wrong, self.registry.dimensions.iter().map(String::as_str)));
        }
        if field == "health" || dimension.is_some() {
            let score = score(value)?;
            return Ok((field.into(), score.map_or(Value::Empty, |score| Value::Number(score as f64))));
        }
        value_of(field, value, self.registry, &self.known.people)
    }

    fn contact_value(&self, name: &str, value: &str) -> Result<(Arc<str>, Value), String> {
        let Some(field) = self.registry.contact.get(name) else {
            return Err(unknown("field of contacts", name, self.registry.contact.keys().map(String::as_str)));
        };
        if field.computed || name == "id" {
            return Err(format!("`{name}` of a contact cannot be set"));
        }
        let value = checked(name, value, field, &self.known.people, self.registry);
        value.map(|value| (name.into(), value)).map_err(|why| format!("{name}: {why}"))
    }

    fn event(&self, text: &str, id: Arc<str>) -> Fit<EventRow> {
        let (rest, moment) = parted(text);
        let (name, fields) = rest.split_once(',').unwrap_or((rest, ""));
        let (subject, kind) = self.subject(name.trim())?;
        let Subject::Account(account) = subject else {
            let form = "an event happens to an account: write ACCOUNT.KIND,contact=ID";
            return Err(Unfit::Form(format!("`{text}`: {form}")));
        };
        let Some(declared) = self.registry.events.get(kind) else {
            let kinds = self.registry.events.keys().map(String::as_str);
            return Err(Unfit::Wrong(unknown("event kind", kind, kinds)));
        };
        let at = self.moment(moment, &account)?;
        let mut row = EventRow { line: 0, id, kind: kind.into(), account, contact: None, at, fields: BTreeMap::new() };
        for (name, value) in pairs(fields)? {
            if name == "contact" {
                row.contact = Some(self.contact_of(&row.account, &value).map_err(Unfit::Wrong)?);
                continue;
            }
            let Some(field) = declared.get(name) else {
                let why = unknown("field", name, declared.keys().map(String::as_str));
                return Err(Unfit::Wrong(format!("in `{kind}` {why}")));
            };
            let value = checked(name, &value, field, &self.known.people, self.registry);
            let value = value.map_err(|why| Unfit::Wrong(format!("{name}: {why}")))?;
            row.fields.insert(name.into(), value);
        }
        row.fields.retain(|_, value| *value != Value::Empty);
        Ok(row)
    }

    /// The instant that was written, in the account's own time where it names no other; the beginning of the play when
    /// nothing was.
    fn moment(&self, text: Option<&str>, account: &str) -> Fit<Timestamp> {
        let Some(text) = text else { return Ok(self.from) };
        let zone = self.known.accounts.get(account).cloned().flatten().unwrap_or(TimeZone::UTC);
        let local = || text.parse::<DateTime>().ok().map(|local| instant(local, &zone));
        let at = match text.parse::<AsOf>() {
            // Today began before the play: what is said of today holds from its beginning.
            Ok(AsOf::Day(day)) if day == local_date(self.from, &zone) => Some(self.from),
            Ok(AsOf::Day(day)) => Some(start_of_day(day, &zone)),
            Ok(AsOf::Instant(at)) => Some(at),
            Err(_) => local(),
        };
        let form = "2026-12-01, 2026-12-01T10:00 in the account's own time, or 2026-12-01T10:00:00Z";
        let at = at.ok_or_else(|| Unfit::Form(format!("`@{text}` is no date or time: write {form}")))?;
        if at < self.from || at > self.until {
            let (from, until) = (self.from, self.until);
            return Err(Unfit::Form(format!("`@{text}` is outside of what is played, {from} to {until}")));
        }
        Ok(at)
    }
}

/// What is assumed, and the moment after the last `@` if it begins like a date; an address has one too.
fn parted(text: &str) -> (&str, Option<&str>) {
    let is_date = |tail: &str| tail.len() > 4 && tail.as_bytes()[..4].iter().all(u8::is_ascii_digit);
    match text.rsplit_once('@').filter(|(_, tail)| is_date(tail) && tail.as_bytes()[4] == b'-') {
        Some((rest, moment)) => (rest, Some(moment)),
        None => (text, None),
    }
}

/// `name=value` between commas. What has no sign of its own belongs to the value before it.
fn pairs(text: &str) -> Fit<Vec<(&str, String)>> {
    let mut pairs: Vec<(&str, String)> = Vec::new();
    for part in text.split(',').filter(|_| !text.is_empty()) {
        match (part.split_once('='), pairs.last_mut()) {
            (Some((name, value)), _) => pairs.push((name.trim(), value.trim().to_owned())),
            (None, Some((_, value))) => *value = format!("{value},{part}"),
            (None, None) => return Err(Unfit::Form(format!("`{part}` is no field of an event: write FIELD=VALUE"))),
        }
    }
    let mut seen = HashSet::new();
    match pairs.iter().find(|(name, _)| !seen.insert(*name)) {
        Some((name, _)) => Err(Unfit::Form(format!("`{name}` stands twice; one value can hold"))),
        None => Ok(pairs),
    }
}

/// The fields of the row at that place, or of the new one.
fn fields_of<R>(
    rows: &mut Vec<R>,
    place: Option<usize>,
    new: R,
    fields: impl Fn(&mut R) -> &mut Vec<(Arc<str>, Value)>,
) -> &mut Vec<(Arc<str>, Value)> {
    let place = place.unwrap_or_else(|| {
        rows.push(new);
        rows.len() - 1
    });
    fields(&mut rows[place])
}

fn once(fields: &mut Vec<(Arc<str>, Value)>, (name, value): (Arc<str>, Value)) -> Fit<()> {
    if fields.iter().any(|(own, _)| *own == name) {
        return Err(Unfit::Form(format!("`{name}` is set twice at the same moment; one value can hold")));
    }
    fields.push((name, value));
    Ok(())
}
