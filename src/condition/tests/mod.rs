//! Tests of the language: one small registry, one map of facts.

use std::collections::BTreeMap;

use super::*;
use crate::time::{Date, TimeZone, Timestamp, days_between, local_date};

mod deciding;
mod functions;
mod hostile;
mod in_words;
mod names;
mod oracle;
mod rewrites;
mod traps;
mod unknown;

const STEPS: [&str; 2] = ["kickoff", "save-plan"];

/// Facts by the text of a name. `today` is Monday 2026-06-01 in New York, 10:00.
struct Account {
    values: BTreeMap<String, Value>,
    zone: TimeZone,
}

impl Account {
    fn with<const N: usize>(values: [(&str, Value); N]) -> Account {
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Account { values, zone: TimeZone::get("America/New_York").unwrap() }
    }
}

impl Facts for Account {
    fn read(&self, name: &Name) -> Value {
        self.values.get(&name.to_string()).cloned().unwrap_or(Value::Empty)
    }

    fn now(&self) -> Timestamp {
        "2026-06-01T14:00:00Z".parse().unwrap()
    }

    fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Monday to Friday.
    fn business_days_until(&self, day: Date) -> Value {
        let today = local_date(self.now(), &self.zone);
        let (from, to, sign) = if day < today { (day, today, -1.0) } else { (today, day, 1.0) };
        let days = (1..=days_between(from, to)).map(|n| crate::time::add_days(from, n));
        let weekdays = days.filter(|day| day.weekday().to_monday_zero_offset() < 5).count();
        Value::Number(sign * weekdays as f64)
    }

    fn person(&self, id: &str, field: &str) -> Value {
        self.values.get(&format!("{id}.{field}")).cloned().unwrap_or(Value::Empty)
    }
}

fn fields<const N: usize>(fields: [(&str, Type); N]) -> BTreeMap<String, Field> {
    fields.into_iter().map(|(name, ty)| (name.to_owned(), Field::of(ty))).collect()
}

fn words<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}

pub(super) fn registry() -> Registry {
    let mut account = fields([
        ("arr", Type::Number),
        ("seats", Type::Number),
        ("nps", Type::Number),
        ("name", Type::Text),
        ("region", Type::Text),
        ("status", Type::choice(["prospect", "active", "paused", "churned"])),
        ("stage", Type::choice(["onboarding", "adopted"])),
        ("owner", Type::Person),
        ("renewal_date", Type::Date),
        ("start_date", Type::Date),
        ("last_login", Type::Time),
        ("sso_enabled", Type::Bool),
        ("tags", Type::Tags),
    ]);
    account.get_mut("nps").unwrap().feed = Some("survey".into());
    Registry {
        account,
        contact: fields([("email", Type::Text), ("title", Type::Text)]),
        person: fields([("name", Type::Text), ("manager", Type::Person)]),
        metrics: BTreeMap::from([("logins".to_owned(), Metric::default())]),
        events: BTreeMap::from([("nps_response".to_owned(), fields([("score", Type::Number)]))]),
        event_feeds: BTreeMap::from([("nps_response".to_owned(), "panel".into())]),
        dimensions: words(["usage"]),
        bands: words(["red", "yellow", "green"]),
        personas: words(["champion", "admin"]),
        people: words(["dana", "morgan"]),
        roles: words(["vp_cs"]),
        playbooks: words(["at-risk"]),
        scripts: Scripts::compile("fn half(x) { x / 2 }\nfn broken(x) { x.nothing() }").unwrap(),
        ..Registry::default()
    }
}

pub(super) fn compile_in(registry: &Registry, text: &str) -> Result<Expression, Vec<Problem>> {
    let steps = STEPS.map(str::to_owned);
    let scope = Scope {
        event: Some("nps_response"),
        in_playbook: true,
        earlier_steps: &steps[..1],
        all_steps: &steps,
        branches: &words(["enterprise", "rest"]),
        ..Scope::of(registry)
    };
    Expression::compile(Source::inline(text, "test"), &scope, Expected::Any)
}

pub(super) fn compile(text: &str) -> Expression {
    compile_in(&registry(), text).unwrap_or_else(|problems| panic!("{text}: {problems:#?}"))
}

fn truth(text: &str, account: &Account) -> Truth {
    compile(text).truth(account)
}

fn value(text: &str, account: &Account) -> Value {
    compile(text).value(account)
}

/// The problems of a text that must not compile.
fn problems(text: &str) -> Vec<Problem> {
    match compile_in(&registry(), text) {
        Ok(_) => panic!("{text}: compiled"),
        Err(problems) => problems,
    }
}

/// The one problem of a text that must not compile.
fn problem(text: &str) -> Problem {
    let mut problems = problems(text);
    assert_eq!(problems.len(), 1, "{text}: {problems:#?}");
    problems.remove(0)
}

fn code(text: &str) -> &'static str {
    problem(text).code
}

/// The text with the suggestion of its problem applied.
fn fixed(text: &str) -> String {
    let problem = problem(text);
    let suggestion = problem.suggestion.clone().unwrap_or_else(|| panic!("{text}: no suggestion in {problem:?}"));
    format!("{}{}{}", &text[..problem.start], suggestion, &text[problem.end..])
}
