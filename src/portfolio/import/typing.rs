//! A record becomes a typed row: every cell against its declared type, every name against what is known.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::cell::{self, unknown};
use super::{AccountRow, AsOf, ContactRow, EventRow, Intake, MetricRow, PersonRow, Record, Refusal};
use crate::book::Person;
use crate::condition::{Field, Registry, Type, Value};
use crate::time::{TimeZone, Timestamp, add_days, start_of_day};

type Checked<T> = Result<T, Refusal>;

impl Intake {
    /// In JSON each row brings its own names.
    pub(super) fn refuse_unknown_columns(&self, record: &Record) -> Checked<()> {
        let wrong = record.cells.iter().find_map(|(name, _)| Some((name, self.columns.reject(name)?)));
        wrong.map_or(Ok(()), |(name, reason)| Err(Refusal::new(record.line, name, reason)))
    }

    pub(super) fn account(&mut self, record: &Record) -> Checked<AccountRow> {
        let id = read(record, "id", cell::id)?;
        let zone = match record.get("timezone").filter(|text| !text.is_empty()) {
            Some(_) => Some(read(record, "timezone", cell::zone)?),
            None => self.known.accounts.get(&id).cloned().flatten(),
        };
        let as_of = self.as_of(record, zone.as_ref())?;
        let registry = self.registry.clone();
        let fields = self.fields(record, &["id", "as_of"], &registry.account)?;
        self.refuse_twice(record, "id", (&id, as_of))?;
        self.see_feeds(fields.iter().map(|(name, value)| (name, value)), &registry.account);
        Ok(AccountRow { line: record.line, id, as_of, fields })
    }

    pub(super) fn contact(&mut self, record: &Record) -> Checked<ContactRow> {
        let id = read(record, "id", cell::id)?;
        let account = self.known_account(record)?;
        self.refuse_foreign_contact(record, "id", &id, &account)?;
        let as_of = self.as_of(record, self.zone(&account))?;
        let registry = self.registry.clone();
        let fields = self.fields(record, &["id", "account", "as_of"], &registry.contact)?;
        self.refuse_twice(record, "id", (&id, as_of))?;
        self.see_feeds(fields.iter().map(|(name, value)| (name, value)), &registry.contact);
        self.known.contacts.insert(id.clone(), account.clone());
        Ok(ContactRow { line: record.line, id, account, as_of, fields })
    }

    pub(super) fn metric(&mut self, record: &Record) -> Checked<MetricRow> {
        let account = self.known_account(record)?;
        let name = record.need("metric")?;
        let Some(metric) = self.registry.metrics.get(name) else {
            let reason = unknown("metric", name, self.registry.metrics.keys().map(String::as_str));
            return Err(Refusal::new(record.line, "metric", reason));
        };
        let feed = metric.feed.clone();
        let (day, value) = (read(record, "date", cell::date)?, read(record, "value", cell::number)?);
        self.refuse_twice(record, "date", (&account, name, day))?;
        self.taken.feeds.extend(feed);
        let seen_from = start_of_day(add_days(day, 1), self.zone(&account).unwrap_or(&TimeZone::UTC));
        Ok(MetricRow { line: record.line, account, metric: name.into(), day, value, seen_from })
    }

    pub(super) fn event(&mut self, record: &Record) -> Checked<EventRow> {
        let id = read(record, "id", cell::id)?;
        let account = self.known_account(record)?;
        let kind = record.need("kind")?;
        let registry = self.registry.clone();
        let Some(declared) = registry.events.get(kind) else {
            let reason = unknown("event kind", kind, registry.events.keys().map(String::as_str));
            return Err(Refusal::new(record.line, "kind", reason));
        };
        let contact = self.contact_of_event(record, &account)?;
        let at = read(record, "at", cell::instant)?;
        let fields = self.event_fields(record, kind, declared)?;
        self.refuse_twice(record, "id", &id)?;
        self.see_feeds(fields.iter(), declared);
        Ok(EventRow { line: record.line, id, kind: kind.into(), account, contact, at, fields })
    }

    pub(super) fn person(&mut self, record: &Record) -> Checked<PersonRow> {
        let id = read(record, "id", cell::id)?;
        if self.of_book.contains(&id) {
            let reason =
                format!("`{id}` stands in people.toml of the book, which goes before: change the person there");
            return Err(Refusal::new(record.line, "id", reason));
        }
        let name = read(record, "name", cell::plain)?.to_owned();
        let email = optional(record, "email", |text| cell::email(text).map(|()| text.to_owned()))?;
        let timezone = optional(record, "timezone", |text| cell::zone(text).map(|_| text.to_owned()))?;
        let manager = optional(record, "manager", cell::id)?;
        let roles = optional(record, "roles", |text| cell::plain(text).map(cell::list))?.unwrap_or_default();
        let slack = optional(record, "slack", |text| cell::plain(text).map(str::to_owned))?;
        self.refuse_twice(record, "id", &id)?;
        let person = Person { id, name, email, manager, roles, timezone, slack, away: Vec::new() };
        Ok(PersonRow { line: record.line, person })
    }

    fn as_of(&self, record: &Record, zone: Option<&TimeZone>) -> Checked<Timestamp> {
        let own = optional(record, "as_of", str::parse::<AsOf>)?;
        Ok(own.unwrap_or(self.as_of).resolve(zone))
    }

    fn zone(&self, account: &str) -> Option<&TimeZone> {
        self.known.accounts.get(account).and_then(Option::as_ref)
    }

    fn known_account(&self, record: &Record) -> Checked<Arc<str>> {
        let id = record.need("account")?;
        let known = self.known.accounts.get_key_value(id);
        known.map(|(id, _)| id.clone()).ok_or_else(|| {
            Refusal::new(record.line, "account", format!("there is no account `{id}`; import the accounts first"))
        })
    }

    fn refuse_foreign_contact(&self, record: &Record, column: &str, id: &str, account: &str) -> Checked<()> {
        match self.known.contacts.get(id).filter(|owner| &***owner != account) {
            Some(owner) => {
                let reason = format!("the contact `{id}` belongs to the account `{owner}`, not to `{account}`");
                Err(Refusal::new(record.line, column, reason))
            }
            None => Ok(()),
        }
    }

    fn contact_of_event(&self, record: &Record, account: &str) -> Checked<Option<Arc<str>>> {
        let Some(id) = optional(record, "contact", cell::id)? else { return Ok(None) };
        self.refuse_foreign_contact(record, "contact", &id, account)?;
        if !self.known.contacts.contains_key(&id) {
            let reason = format!("there is no contact `{id}`; import the contacts first");
            return Err(Refusal::new(record.line, "contact", reason));
        }
        Ok(Some(id))
    }

    fn refuse_twice(&mut self, record: &Record, column: &str, key: impl std::hash::Hash) -> Checked<()> {
        if self.seen.add(key) {
            return Ok(());
        }
        let named = record.get(column).unwrap_or_default();
        Err(Refusal::new(record.line, column, format!("`{named}` stands in this file before; the first row is taken")))
    }

    /// The typed values of all cells but those of the named columns.
    fn fields(
        &self,
        record: &Record,
        except: &[&str],
        declared: &BTreeMap<String, Field>,
    ) -> Checked<Vec<(Arc<str>, Value)>> {
        let mut fields = Vec::with_capacity(record.cells.len());
        for (name, text) in record.cells.iter().filter(|(name, _)| !except.contains(&&**name)) {
            let Some(field) = declared.get(&**name) else { continue };
            fields.push((name.clone(), self.typed(record.line, name, text, field)?));
        }
        Ok(fields)
    }

    /// The feeds that brought a value with a row that is taken.
    fn see_feeds<'r>(
        &mut self,
        fields: impl Iterator<Item = (&'r Arc<str>, &'r Value)>,
        declared: &BTreeMap<String, Field>,
    ) {
        let brought = fields.filter(|(_, value)| **value != Value::Empty);
        self.taken.feeds.extend(brought.filter_map(|(name, _)| declared.get(&**name)?.feed.clone()));
    }

    fn event_fields(
        &self,
        record: &Record,
        kind: &str,
        declared: &BTreeMap<String, Field>,
    ) -> Checked<BTreeMap<Arc<str>, Value>> {
        let mut fields = BTreeMap::new();
        let own = ["id", "kind", "account", "contact", "at"];
        for (name, text) in record.cells.iter().filter(|(name, text)| !text.is_empty() && !own.contains(&&**name)) {
            let Some(field) = declared.get(&**name) else {
                let reason = format!("events of the kind `{kind}` have no field `{name}`; leave its cell empty");
                return Err(Refusal::new(record.line, name, reason));
            };
            fields.insert(name.clone(), self.typed(record.line, name, text, field)?);
        }
        Ok(fields)
    }

    fn typed(&self, line: u64, name: &str, text: &str, field: &Field) -> Checked<Value> {
        let value = checked(name, text, field, &self.known.people, &self.registry);
        value.map_err(|reason| Refusal::new(line, name, reason))
    }
}

/// The value of a field, with every name in it checked: persons, zones, addresses, personas.
pub(super) fn checked(
    name: &str,
    text: &str,
    field: &Field,
    people: &HashSet<Arc<str>>,
    registry: &Registry,
) -> Result<Value, String> {
    let value = cell::value(text, &field.ty)?;
    match (&value, name) {
        (Value::Text(id), _) if field.ty == Type::Person => check_person(id, people)?,
        (Value::Text(zone), "timezone") => drop(cell::zone(zone)?),
        (Value::Text(address), "email") => cell::email(address)?,
        (Value::Tags(personas), "personas") => check_personas(personas, &registry.personas)?,
        _ => {}
    }
    Ok(value)
}

fn check_person(id: &str, people: &HashSet<Arc<str>>) -> Result<(), String> {
    if people.is_empty() || people.contains(id) {
        return Ok(());
    }
    Err(unknown("person", id, people.iter().map(|id| &**id)))
}

fn check_personas(personas: &[Arc<str>], known: &[String]) -> Result<(), String> {
    let wrong = personas.iter().find(|persona| !known.iter().any(|own| **own == ***persona));
    wrong.map_or(Ok(()), |persona| Err(unknown("persona", persona, known.iter().map(String::as_str))))
}

fn read<'r, T>(record: &'r Record, column: &str, parse: impl Fn(&'r str) -> Result<T, String>) -> Checked<T> {
    parse(record.need(column)?).map_err(|reason| Refusal::new(record.line, column, reason))
}

fn optional<'r, T>(
    record: &'r Record,
    column: &str,
    parse: impl Fn(&'r str) -> Result<T, String>,
) -> Checked<Option<T>> {
    let text = record.get(column).filter(|text| !text.is_empty());
    text.map(parse).transpose().map_err(|reason| Refusal::new(record.line, column, reason))
}
