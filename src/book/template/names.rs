//! What the names in a template stand for: looked up in the facts of the account when they are used.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use minijinja::value::{Object, ValueKind, from_args};
use minijinja::{Error, ErrorKind, State, Value};

use crate::book::calendar::add_span_to_day;
use crate::condition::{Expression, Facts, Name, Registry, Truth, Value as Fact, Window};
use crate::time::{Date, Span, days_between, local_date};

use super::Extra;
use super::escape::invalid;
use super::filters::read_day;

type Shared = Arc<dyn Facts + Send + Sync>;

/// Functions a template may call, besides those that belong to a name.
pub(super) const FUNCTIONS: [&str; 16] = [
    "person",
    "role",
    "has_contact",
    "days_until",
    "days_since",
    "business_days_until",
    "business_days_since",
    "days_since_contact",
    "in_playbook",
    "outcome",
    "task",
    "was",
    "changed",
    "within",
    "is_empty",
    "has_tag",
];

/// Names that only templates have, with what they stand for.
pub const OWN_NAMES: [(&str, &str); 6] = [
    ("contact.<field>", "the recipient, when a contact gets it"),
    ("owner.<field>", "the account's owner"),
    ("playbook.id", "the playbook"),
    ("playbook.title", "the playbook, for people"),
    ("step.id", "the step"),
    ("today, now", "the local day, and this instant in the account's zone"),
];

/// All names of a template, for one account; the registry has the named conditions.
pub(super) fn context(facts: Shared, extra: &Extra, registry: Option<&Registry>) -> Value {
    let recipient = Arc::new(extra.contact.clone().unwrap_or_default());
    let owner = text(&facts.read(&Name::Account("owner".into())));
    let place = |place: Place| Value::from_object(Names { facts: facts.clone(), place });
    let mut names: BTreeMap<&str, Value> = BTreeMap::from([
        ("account", place(Place::Account)),
        ("health", place(Place::Health)),
        ("usage", place(Place::Usage)),
        ("events", place(Place::Events)),
        ("event", place(Place::Event)),
        ("run", place(Place::Run)),
        ("contact", place(Place::Recipient(recipient))),
        ("contacts", place(Place::Contacts)),
        ("tasks", place(Place::Tasks)),
        ("owner", place(Place::Person(owner))),
        ("playbook", Value::from_pairs([("id", &extra.playbook_id), ("title", &extra.playbook_title)])),
        ("step", Value::from_pairs([("id", &extra.step_id)])),
        ("today", Value::from(local_date(facts.now(), facts.zone()).to_string())),
        ("now", shown(&Fact::Time(facts.now()), &*facts)),
    ]);
    let named = registry.into_iter().flat_map(|registry| &registry.named);
    names.extend(named.map(|(name, condition)| (name.as_str(), place(Place::Condition(condition.clone())))));
    names.extend(FUNCTIONS.map(|name| (name, place(Place::Function(name)))));
    Value::from_pairs(names)
}

/// A name, or the part of one that is read so far.
struct Names {
    facts: Shared,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Account,
    Health,
    Usage,
    Metric(Arc<str>),
    Events,
    Kind(Arc<str>),
    Latest(Arc<str>),
    Event,
    Run,
    /// The recipient's own fields; called with a persona, the contact who has it.
    Recipient(Arc<BTreeMap<String, Fact>>),
    Persona(Arc<str>),
    Contacts,
    Tasks,
    Task(Arc<str>),
    Person(Arc<str>),
    Role(Arc<str>),
    Function(&'static str),
    /// One of conditions.toml.
    Condition(Expression),
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.place.fmt(f)
    }
}

impl Object for Names {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        Some(self.attribute(key.as_str()?)).filter(|value| !value.is_undefined())
    }

    fn call(self: &Arc<Self>, _: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        match &self.place {
            Place::Recipient(_) => Ok(self.at(Place::Persona(text_argument(args)?))),
            Place::Function(name) => self.function(name, args).and_then(usable),
            Place::Condition(condition) => self.answer(condition, args),
            _ => Err(Error::new(ErrorKind::InvalidOperation, "is not a function")),
        }
    }

    fn call_method(self: &Arc<Self>, _: &mut State<'_, '_>, method: &str, args: &[Value]) -> Result<Value, Error> {
        let days = || from_args::<(i64,)>(args).map(|(days,)| days);
        let name = match (&self.place, method) {
            (Place::Health, "change") => Name::HealthChange(days()?),
            (Place::Health, "was") => Name::HealthWas(days()?),
            (Place::Kind(kind), "count") => Name::EventCount { kind: kind.clone(), days: days()? },
            (Place::Metric(metric), _) => Name::Usage { metric: metric.clone(), window: window(method, args)? },
            (Place::Tasks, "open") => Name::TasksOpen(text_argument(args)?),
            _ => return Err(Error::new(ErrorKind::UnknownMethod, format!("has no `{method}(…)`"))),
        };
        usable(self.read(&name))
    }
}

impl Names {
    fn at(&self, place: Place) -> Value {
        Value::from_object(Names { facts: self.facts.clone(), place })
    }

    fn read(&self, name: &Name) -> Value {
        shown(&self.facts.read(name), &*self.facts)
    }

    fn attribute(&self, key: &str) -> Value {
        let field: Arc<str> = key.into();
        let name = match (&self.place, key) {
            (Place::Account, _) => Name::Account(field),
            (Place::Health, "score") => Name::HealthScore,
            (Place::Health, "band") => Name::HealthBand,
            (Place::Health, _) => Name::Dimension(field),
            (Place::Usage, _) => return self.at(Place::Metric(field)),
            (Place::Metric(metric), "last") => Name::Usage { metric: metric.clone(), window: Window::Last },
            (Place::Events, _) => return self.at(Place::Kind(field)),
            (Place::Kind(kind), "last") => return self.at(Place::Latest(kind.clone())),
            (Place::Latest(kind), "at") => Name::EventLastAt { kind: kind.clone() },
            (Place::Latest(kind), _) => Name::EventLast { kind: kind.clone(), field },
            (Place::Event, "contact") => Name::EventContact,
            (Place::Event, _) => Name::Event(field),
            (Place::Run, "day") => Name::RunDay,
            (Place::Run, "enrolled_on") => Name::RunEnrolledOn,
            (Place::Run, "branch") => Name::RunBranch,
            (Place::Run, "replied") => Name::RunReplied,
            (Place::Contacts, "count") => Name::ContactCount,
            (Place::Persona(persona), _) => Name::Contact { persona: persona.clone(), field },
            (Place::Role(role), _) => Name::Role { role: role.clone(), field },
            (Place::Task(step), "done") => Name::TaskDone(step.clone()),
            (Place::Person(id), _) => return shown(&self.facts.person(id, key), &*self.facts),
            (Place::Recipient(fields), _) => return shown(fields.get(key).unwrap_or(&Fact::Empty), &*self.facts),
            _ => return Value::UNDEFINED,
        };
        self.read(&name)
    }

    /// An answer that is unknown is none.
    fn answer(&self, condition: &Expression, args: &[Value]) -> Result<Value, Error> {
        from_args::<()>(args)?;
        match condition.truth(&*self.facts) {
            Truth::Unknown => Err(Error::from(ErrorKind::UndefinedError)),
            truth => Ok((truth == Truth::True).into()),
        }
    }

    fn function(&self, name: &str, args: &[Value]) -> Result<Value, Error> {
        let today = local_date(self.facts.now(), self.facts.zone());
        let day = || from_args::<(Value,)>(args).and_then(|(value,)| optional_day(&value));
        let business = |sign: f64, day: Date| match self.facts.business_days_until(day) {
            Fact::Number(days) => shown(&Fact::Number(sign * days), &*self.facts),
            other => shown(&other, &*self.facts),
        };
        Ok(match name {
            "person" => self.at(Place::Person(text_argument(args)?)),
            "role" => self.at(Place::Role(text_argument(args)?)),
            "task" => self.at(Place::Task(text_argument(args)?)),
            "has_contact" => self.read(&Name::HasContact(text_argument(args)?)),
            "in_playbook" => self.read(&Name::InPlaybook(text_argument(args)?)),
            "outcome" => self.read(&Name::Outcome(text_argument(args)?)),
            "days_since_contact" => self.read(&Name::DaysSinceContact),
            "was" => self.read(&history(args, |field, days| Name::Was { field, days })?),
            "changed" => self.read(&history(args, |field, days| Name::Changed { field, days })?),
            "within" => within(args, today)?,
            "is_empty" => from_args::<(Value,)>(args)?.0.is_undefined().into(),
            "has_tag" => has_tag(args)?,
            "days_until" => day()?.map_or(Value::UNDEFINED, |day| days_between(today, day).into()),
            "days_since" => day()?.map_or(Value::UNDEFINED, |day| days_between(day, today).into()),
            "business_days_until" => day()?.map_or(Value::UNDEFINED, |day| business(1.0, day)),
            "business_days_since" => day()?.map_or(Value::UNDEFINED, |day| business(-1.0, day)),
            _ => return Err(Error::new(ErrorKind::UnknownFunction, "is not a function")),
        })
    }
}

/// `was(account.arr, 30)`: the loader has made the field's name of the path.
fn history(args: &[Value], name: impl Fn(Arc<str>, i64) -> Name) -> Result<Name, Error> {
    let (field, days) = from_args::<(&str, i64)>(args)?;
    Ok(name(field.into(), days))
}

/// today ≤ day ≤ today + span.
fn within(args: &[Value], today: Date) -> Result<Value, Error> {
    let (day, span) = from_args::<(Value, &str)>(args)?;
    let wrong = |_| Error::new(ErrorKind::InvalidOperation, format!("`{span}` is not a span such as 30d"));
    let last = add_span_to_day(today, span.parse::<Span>().map_err(wrong)?, None);
    let day = optional_day(&day)?.zip(last);
    Ok(day.map_or(Value::UNDEFINED, |(day, last)| (today <= day && day <= last).into()))
}

fn has_tag(args: &[Value]) -> Result<Value, Error> {
    let (tags, wanted) = from_args::<(Value, &str)>(args)?;
    if tags.is_undefined() {
        return Ok(tags);
    }
    Ok(tags.try_iter()?.any(|tag| tag.as_str() == Some(wanted)).into())
}

/// A value as templates see it: days and instants (in the account's zone) as sortable text, lists as lists.
fn shown(value: &Fact, facts: &dyn Facts) -> Value {
    match value {
        Fact::Empty => Value::UNDEFINED,
        // A name of blanks is nobody's name.
        Fact::Text(text) if text.trim().is_empty() => Value::UNDEFINED,
        Fact::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => Value::from(*number as i64),
        Fact::Number(number) => Value::from(*number),
        Fact::Text(text) => Value::from(&**text),
        Fact::Bool(answer) => Value::from(*answer),
        Fact::Date(day) => Value::from(day.to_string()),
        Fact::Time(at) => Value::from(facts.zone().to_datetime(*at).to_string()),
        Fact::Tags(tags) => tags.iter().map(|tag| Value::from(&**tag)).collect(),
        Fact::Stale(feed) => unusable(format!("is out of date: the feed `{feed}` has not come")),
        Fact::Failed(message) => unusable(message.to_string()),
    }
}

/// The engine looks at attributes itself, and takes what a call returns as it is.
fn usable(value: Value) -> Result<Value, Error> {
    if value.kind() == ValueKind::Invalid { Err(invalid(&value)) } else { Ok(value) }
}

/// A value that fails when it is used, with this message; no default replaces it.
fn unusable(message: String) -> Value {
    Value::from(Error::new(ErrorKind::InvalidOperation, message))
}

fn text(value: &Fact) -> Arc<str> {
    match value {
        Fact::Text(text) => text.clone(),
        _ => "".into(),
    }
}

/// The only argument as text; an empty one is nobody, whose fields are empty too.
fn text_argument(args: &[Value]) -> Result<Arc<str>, Error> {
    let (value,) = from_args::<(Value,)>(args)?;
    match value.as_str() {
        Some(text) => Ok(text.into()),
        None if value.is_undefined() => Ok("".into()),
        None => Err(Error::new(ErrorKind::InvalidOperation, format!("needs a text, not `{value}`"))),
    }
}

fn optional_day(value: &Value) -> Result<Option<Date>, Error> {
    match value.is_undefined() {
        true => Ok(None),
        false => read_day(value).map(|at| Some(at.date())),
    }
}

fn window(method: &str, args: &[Value]) -> Result<Window, Error> {
    if method == "days_below" {
        let (limit, days) = from_args::<(f64, i64)>(args)?;
        return Ok(Window::DaysBelow(limit, days));
    }
    let (days,) = from_args::<(i64,)>(args)?;
    Ok(match method {
        "sum" => Window::Sum(days),
        "avg" => Window::Avg(days),
        "min" => Window::Min(days),
        "max" => Window::Max(days),
        "change_pct" => Window::ChangePct(days),
        _ => return Err(Error::new(ErrorKind::UnknownMethod, format!("has no `{method}(…)`"))),
    })
}
