//! The facts of one account at one instant: what conditions, templates and health measures read.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use crate::book::playbook::{Playbook, ZoneSource};
use crate::book::{Calendar, Person, Window};
use crate::condition::{self, Age, Coverage, Field, Motion, Name, Truth, Type, Value};
use crate::time::{Date, TimeZone, Timestamp, add_days, local_date};

use super::account::{Account, Event};
use super::health::{self, Health};
use super::usage::Days;
use super::work::{Run, Work};
use super::world::World;

/// One account at one instant. Cheap to clone; everything is shared.
#[derive(Clone, Debug)]
pub struct Facts {
    pub world: World,
    pub account: Arc<Account>,
    pub work: Arc<Work>,
    pub now: Timestamp,
    pub zone: TimeZone,
    /// Whose calendar counts business days.
    pub window: Window,
    pub run: Option<Arc<Run>>,
    /// The event that started the playbook.
    pub event: Option<Arc<Event>>,
    health: Arc<OnceLock<Health>>,
    /// Scores of so many days ago, as far as somebody has asked.
    pub(super) past_health: Arc<Mutex<BTreeMap<i64, Value>>>,
}

impl Facts {
    /// The facts in the account's own zone (UTC if it has none).
    pub fn new(world: World, account: Arc<Account>, work: Arc<Work>, now: Timestamp) -> Facts {
        let zone = account_zone(&account, now).unwrap_or(TimeZone::UTC);
        let window = Window::Calendar(Arc::from(crate::book::calendar::BUSINESS_HOURS));
        Facts {
            world,
            account,
            work,
            now,
            zone,
            window,
            run: None,
            event: None,
            health: Arc::default(),
            past_health: Arc::default(),
        }
    }

    /// The same facts as a playbook sees them: in its zone, UTC when it has none, and with its calendar.
    pub fn seen_by(&self, playbook: &Playbook) -> Facts {
        let zone = self.zone_for(playbook).unwrap_or(TimeZone::UTC);
        Facts { zone, window: playbook.send_window.clone(), ..self.clone() }
    }

    /// Whose clock a playbook follows here. Where the account names no zone that exists, its fallback counts.
    pub fn zone_for(&self, playbook: &Playbook) -> Option<TimeZone> {
        let own = match &playbook.zone.source {
            ZoneSource::Fixed(zone) => Some(zone.clone()),
            ZoneSource::Account(field) => self.account.text(field, self.now).and_then(|name| TimeZone::get(&name).ok()),
        };
        own.or_else(|| playbook.zone.fallback.clone())
    }

    /// The same facts with the event that would start a playbook.
    pub fn with_event(&self, event: Option<Arc<Event>>) -> Facts {
        Facts { event, ..self.clone() }
    }

    /// The same account at another instant, with nothing but what is recorded of it.
    pub fn at(&self, now: Timestamp) -> Facts {
        Facts { now, run: None, event: None, health: Arc::default(), past_health: Arc::default(), ..self.clone() }
    }

    pub fn today(&self) -> Date {
        local_date(self.now, &self.zone)
    }

    /// The calendar that counts business days for this account.
    pub fn calendar(&self) -> Option<&Calendar> {
        self.world.book.calendars.business(&self.window, self.region().as_deref())
    }

    /// `account.region`.
    pub fn region(&self) -> Option<Arc<str>> {
        self.account.text("region", self.now)
    }

    /// Health now, computed once for these facts. Always in the account's own zone.
    pub fn health(&self) -> &Health {
        self.health.get_or_init(|| health::compute(&self.in_own_zone()))
    }

    /// The same facts as the account sees them, whoever asks.
    pub(super) fn in_own_zone(&self) -> Facts {
        let zone = account_zone(&self.account, self.now).unwrap_or(TimeZone::UTC);
        Facts { zone, health: Arc::default(), ..self.clone() }
    }

    /// The local day by which health is stored.
    pub fn health_day(&self) -> Date {
        local_date(self.now, &account_zone(&self.account, self.now).unwrap_or(TimeZone::UTC))
    }

    /// The same account after something was done on it: what does not read our own work stays as it was computed.
    pub fn with_work(&self, account: Arc<Account>, work: Arc<Work>) -> Facts {
        let is_same = Arc::ptr_eq(&account, &self.account) && !self.world.book.health.reads_work();
        let facts = Facts::new(self.world.clone(), account, work, self.now);
        if is_same {
            Facts { health: self.health.clone(), past_health: self.past_health.clone(), ..facts }
        } else {
            facts
        }
    }

    /// A computed value that stands recorded (tests and what-if runs pin them), else what `compute` gives.
    pub fn pinned_or(&self, name: &str, compute: impl FnOnce() -> Value) -> Value {
        match self.account.fields.at(name, self.now) {
            Value::Empty => compute(),
            pinned => pinned.clone(),
        }
    }

    fn account_field(&self, field: &str) -> Value {
        match field {
            "segment" => {
                self.pinned_or("segment", || self.segment().map_or(Value::Empty, |own| Value::Text(own.id.clone())))
            }
            "touch" => self.pinned_or("touch", || {
                self.segment().and_then(|own| own.touch.clone()).map_or(Value::Empty, Value::Text)
            }),
            "stage" => self.pinned_or("stage", || self.stage()),
            _ => self.fresh(self.registry().account.get(field), || self.account.value(field, self.now)),
        }
    }

    fn segment(&self) -> Option<&crate::book::segments::Segment> {
        let segments = &self.world.book.segments.segments;
        match self.account.fields.at("segment", self.now) {
            Value::Text(pinned) => segments.iter().find(|segment| segment.id == *pinned),
            _ => segments.iter().find(|segment| self.holds(segment.when.as_ref())),
        }
    }

    fn stage(&self) -> Value {
        let stages = &self.world.book.segments.stages;
        let stage = stages.iter().find(|stage| self.holds(stage.when.as_ref()));
        stage.map_or(Value::Empty, |stage| Value::Text(stage.id.clone()))
    }

    fn holds(&self, when: Option<&condition::Expression>) -> bool {
        when.is_none_or(|when| when.truth(self) == Truth::True)
    }

    pub(super) fn registry(&self) -> &condition::Registry {
        &self.world.book.dictionary.registry
    }

    fn usage(&self, metric: &Arc<str>, window: &condition::Window) -> Value {
        let missing = self.world.book.dictionary.metrics.get(metric);
        let feed = self.registry().metrics.get(&**metric).and_then(|metric| metric.feed.as_ref());
        let seen = feed.and_then(|feed| self.world.feeds.get(feed)).copied();
        let days = Days {
            series: self.account.metrics.get(metric),
            missing: missing.copied().unwrap_or(crate::book::dictionary::MissingDay::Unknown),
            lives_from: self.lives_from(),
            today: local_date(self.now.min(self.recorded_until(seen)), &self.zone),
        };
        self.unless_stale(feed, || days.read(window))
    }

    /// The account's start date, else the first day any metric knows it.
    pub(super) fn lives_from(&self) -> Option<Date> {
        let first_seen = || self.account.metrics.values().filter_map(super::account::Series::first_day).min();
        self.account.date("start_date", self.now).or_else(first_seen)
    }

    fn event_count(&self, kind: &str, days: i64) -> Value {
        let since = self.days_ago(days);
        let events = self.account.events_until(kind, self.now);
        Value::Number(events.iter().rev().take_while(|event| event.at > since).count() as f64)
    }

    fn last_of_event(&self, kind: &str, field: &str) -> Value {
        let declared = self.registry().events.get(kind).and_then(|fields| fields.get(field));
        self.fresh(declared, || {
            let last = self.account.last_event(kind, self.now);
            last.and_then(|event| event.fields.get(field)).cloned().unwrap_or(Value::Empty)
        })
    }

    /// The same local time `n` calendar days earlier.
    fn days_ago(&self, n: i64) -> Timestamp {
        let local = self.zone.to_datetime(self.now);
        crate::time::instant(add_days(local.date(), -n).to_datetime(local.time()), &self.zone)
    }

    /// The value of then: known for good when the feed was seen since, even if that is long ago.
    fn was(&self, field: &str, days: i64) -> Value {
        let then = self.days_ago(days);
        let feed = self.registry().account.get(field).and_then(|own| own.feed.as_ref());
        let seen_since = |feed: &&Arc<str>| self.world.feeds.get(*feed).is_some_and(|seen| *seen >= then);
        self.unless_stale(feed.filter(|feed| !seen_since(feed)), || self.account.value(field, then))
    }

    /// A change since then; the first value of a field is not one.
    fn changed(&self, field: &str, days: i64) -> Value {
        let since = self.days_ago(days);
        let history = self.account.fields.history(field);
        let changes = history.windows(2).filter(|pair| pair[0].1 != pair[1].1);
        Value::Bool(changes.map(|pair| pair[1].0).any(|at| since < at && at <= self.now))
    }

    fn contact_field(&self, persona: &str, field: &str) -> Value {
        self.fresh(self.registry().contact.get(field), || {
            self.account.contact_with(persona, self.now).map_or(Value::Empty, |contact| contact.value(field, self.now))
        })
    }

    fn active_contacts(&self) -> Value {
        Value::Number(self.account.contacts.values().filter(|contact| contact.is_active(self.now)).count() as f64)
    }

    fn days_since_contact(&self) -> Value {
        let kinds = || self.world.book.dictionary.contact_events.iter();
        // One of which nothing is known lately may hold a later contact.
        let mut feeds = kinds().filter_map(|kind| self.registry().event_feeds.get(&**kind));
        if let Some(stale) = feeds.find(|feed| self.is_stale(feed)) {
            return Value::Stale(stale.clone());
        }
        let events = kinds().filter_map(|kind| self.account.last_event(kind, self.now)).map(|event| event.at);
        let mails = self.work.mails.iter().filter(|at| **at <= self.now).copied();
        let latest = events.chain(mails).max();
        latest.map_or(Value::Empty, |at| {
            Value::Number(crate::time::days_between(local_date(at, &self.zone), self.today()) as f64)
        })
    }

    fn role_field(&self, role: &str, field: &str) -> Value {
        self.world.people.role(role).map_or(Value::Empty, |person| person_field(person, field))
    }

    fn run_value(&self, read: impl FnOnce(&Run) -> Value) -> Value {
        self.run.as_deref().map_or(Value::Empty, read)
    }
}

impl condition::Facts for Facts {
    fn coverage(&self) -> Option<&Coverage> {
        self.world.coverage.as_deref()
    }

    fn read(&self, name: &Name) -> Value {
        match name {
            Name::Account(field) => self.account_field(field),
            Name::HealthScore => self.health().score_value(),
            Name::HealthBand => self.health().band_value(),
            Name::Dimension(id) => self.health().dimension_value(id),
            Name::HealthChange(days) => self.health_change(*days),
            Name::HealthWas(days) => self.health_was(*days),
            Name::Usage { metric, window } => self.usage(metric, window),
            Name::EventCount { kind, days } => self.of_events(kind, || self.event_count(kind, *days)),
            Name::EventLast { kind, field } => self.last_of_event(kind, field),
            Name::EventLastAt { kind } => self.of_events(kind, || {
                self.account.last_event(kind, self.now).map_or(Value::Empty, |event| Value::Time(event.at))
            }),
            Name::Contact { persona, field } => self.contact_field(persona, field),
            Name::HasContact(persona) => Value::Bool(self.account.contact_with(persona, self.now).is_some()),
            Name::ContactCount => self.active_contacts(),
            Name::Role { role, field } => self.role_field(role, field),
            Name::Event(field) => {
                let event = self.event.as_deref();
                event.and_then(|event| event.fields.get(field)).cloned().unwrap_or(Value::Empty)
            }
            Name::EventContact => {
                let contact = self.event.as_deref().and_then(|event| event.contact.clone());
                contact.map_or(Value::Empty, Value::Text)
            }
            Name::RunDay => self.run_value(|run| {
                let enrolled = local_date(run.enrolled_at, &self.zone);
                Value::Number((crate::time::days_between(enrolled, self.today()) + 1) as f64)
            }),
            Name::RunEnrolledOn => self.run_value(|run| Value::Date(local_date(run.enrolled_at, &self.zone))),
            Name::RunBranch => self.run_value(|run| run.branch.clone().map_or(Value::Empty, Value::Text)),
            Name::RunReplied => self.run_value(|run| Value::Bool(run.replied)),
            Name::Outcome(step) => {
                self.run_value(|run| run.outcomes.get(step).cloned().map_or(Value::Empty, Value::Text))
            }
            Name::TaskDone(step) => self.run_value(|run| Value::Bool(run.tasks_done.contains(step))),
            Name::TasksOpen(playbook) => {
                let open = self.work.tasks.iter().filter(|task| task.playbook == *playbook);
                let open = open.filter(|task| task.from <= self.now && task.until.is_none_or(|until| until > self.now));
                Value::Number(open.count() as f64)
            }
            Name::InPlaybook(playbook) => {
                let mut stays = self.work.enrollments.iter().filter(|stay| stay.playbook == *playbook);
                Value::Bool(stays.any(|stay| stay.from <= self.now && stay.until.is_none_or(|until| until > self.now)))
            }
            Name::DaysSinceContact => self.days_since_contact(),
            Name::Was { field, days } => self.was(field, *days),
            Name::Changed { field, days } => {
                self.fresh(self.registry().account.get(&**field), || self.changed(field, *days))
            }
        }
    }

    fn age(&self, name: &Name) -> Option<Age> {
        self.age_of(name)
    }

    fn motion(&self, name: &Name) -> Motion {
        self.motion_of(name)
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    fn zone(&self) -> &TimeZone {
        &self.zone
    }

    fn business_days_until(&self, day: Date) -> Value {
        let count = self.calendar().map(|calendar| calendar.business_days_between(self.today(), day));
        count.map_or(Value::Empty, |days| Value::Number(days as f64))
    }

    fn person(&self, id: &str, field: &str) -> Value {
        self.world.people.get(id).map_or(Value::Empty, |person| person_field(person, field))
    }
}

/// A field of a person; the names are those of people.toml.
pub fn person_field(person: &Person, field: &str) -> Value {
    let text = |text: &Option<String>| text.as_deref().map_or(Value::Empty, |text| Value::Text(text.into()));
    match field {
        "id" => Value::Text(person.id.clone()),
        "name" => Value::Text(person.name.as_str().into()),
        "email" => text(&person.email),
        "manager" => person.manager.clone().map_or(Value::Empty, Value::Text),
        "roles" => Value::Tags(person.roles.clone().into()),
        "timezone" => text(&person.timezone),
        "slack" => text(&person.slack),
        _ => Value::Empty,
    }
}

/// The zone named by `account.timezone`.
pub fn account_zone(account: &Account, at: Timestamp) -> Option<TimeZone> {
    account.text("timezone", at).and_then(|name| TimeZone::get(&name).ok())
}

/// The type with which a field is declared, for reading values of files.
pub fn field_type<'a>(fields: &'a BTreeMap<String, Field>, name: &str) -> Option<&'a Type> {
    fields.get(name).map(|field| &field.ty)
}
