//! Evaluation: one recursive match over the typed expression.
//!
//! A question without an answer evaluates to the value that explains it (empty, stale, failed), and
//! every operator hands that on by the rules of three-valued logic.

use crate::time::{Date, Span, TimeZone, Unit, add_days, days_between, local_date};

use super::compare::{arithmetic, compare, day, graver, number, same};
use super::expr::{Expr, Node};
use super::functions::Function;
use super::{Facts, Value};

/// The value of an expression for one account.
pub(super) fn value(node: &Node, facts: &dyn Facts) -> Value {
    match &node.expr {
        Expr::Literal(value) => value.clone(),
        Expr::Today => Value::Date(today(facts)),
        Expr::Now => Value::Time(facts.now()),
        Expr::Read(name) => finite(facts.read(name)),
        Expr::Person { id, field } => match value(id, facts) {
            Value::Text(id) => finite(facts.person(&id, field)),
            other => unless_unknown(other, "a person"),
        },
        Expr::Not(inner) => match answer(inner, facts) {
            Value::Bool(answer) => Value::Bool(!answer),
            unknown => unknown,
        },
        Expr::And(nodes) => unless(false, nodes, facts),
        Expr::Or(nodes) => unless(true, nodes, facts),
        Expr::Default(nodes) => first_known(nodes, facts),
        Expr::Compare { comparison, left, right } => {
            compare(*comparison, value(left, facts), value(right, facts), facts.zone())
        }
        Expr::In { value: asked, list } => is_in(value(asked, facts), list, facts.zone()),
        Expr::Negate(inner) => match value(inner, facts) {
            Value::Number(n) => number(-n),
            other => unless_unknown(other, "a number"),
        },
        Expr::Arithmetic { operator, left, right } => {
            arithmetic(*operator, value(left, facts), value(right, facts), facts.zone())
        }
        Expr::Within { day, span } => with_day(value(day, facts), facts, |day| within(day, *span, facts)),
        Expr::Call { function, args } => call(*function, args, facts),
        Expr::Named(expression) => value(expression.root(), facts),
        Expr::Script { scripts, name, args } => scripts.call(name, args.iter().map(|arg| value(arg, facts)).collect()),
    }
}

/// The value of a yes-or-no question: a bool, or what makes it unknown.
pub(super) fn answer(node: &Node, facts: &dyn Facts) -> Value {
    match value(node, facts) {
        known @ Value::Bool(_) => known,
        other => unless_unknown(other, "yes or no"),
    }
}

fn today(facts: &dyn Facts) -> Date {
    local_date(facts.now(), facts.zone())
}

fn finite(value: Value) -> Value {
    if let Value::Number(n) = value { number(n) } else { value }
}

/// What is not known stays as it is; anything else was expected to be something different.
fn unless_unknown(value: Value, expected: &str) -> Value {
    if value.is_known() { Value::failed(format!("expected {expected}, found {}", value.kind())) } else { value }
}

/// `&&` (decided by `false`) and `||` (decided by `true`).
fn unless(decides: bool, nodes: &[Node], facts: &dyn Facts) -> Value {
    let mut result = Value::Bool(!decides);
    for node in nodes {
        match answer(node, facts) {
            Value::Bool(answer) if answer == decides => return Value::Bool(decides),
            Value::Bool(_) => {}
            unknown => result = graver(result, unknown),
        }
    }
    result
}

fn first_known(nodes: &[Node], facts: &dyn Facts) -> Value {
    nodes.iter().map(|node| value(node, facts)).find(|value| *value != Value::Empty).unwrap_or(Value::Empty)
}

fn is_in(asked: Value, list: &[Value], zone: &TimeZone) -> Value {
    if !asked.is_known() {
        return asked;
    }
    let mut found = false;
    for item in list {
        match same(&asked, item, zone) {
            Some(same) => found |= same,
            None => return Value::failed(format!("{} and {} cannot be compared", asked.kind(), item.kind())),
        }
    }
    Value::Bool(found)
}

fn with_day(value: Value, facts: &dyn Facts, then: impl FnOnce(Date) -> Value) -> Value {
    match day(&value, facts.zone()) {
        Some(day) => then(day),
        None => unless_unknown(value, "a date"),
    }
}

fn within(date: Date, span: Span, facts: &dyn Facts) -> Value {
    let today = today(facts);
    if date < today {
        return Value::Bool(false);
    }
    let last = match span.unit {
        Unit::Day => add_days(today, span.n),
        Unit::Week => add_days(today, 7 * span.n),
        Unit::Month => today.saturating_add(jiff::Span::new().months(span.n)),
        // The date is no later than the nth business day if fewer than n lie before it.
        Unit::BusinessDay => match facts.business_days_until(add_days(date, -1)) {
            Value::Number(before) => return Value::Bool(before < span.n as f64),
            other => return unless_unknown(other, "a number"),
        },
        Unit::Minute | Unit::Hour | Unit::BusinessHour => return Value::failed("within counts days"),
    };
    Value::Bool(date <= last)
}

fn call(function: Function, args: &[Node], facts: &dyn Facts) -> Value {
    let [first, rest @ ..] = args else { return Value::failed("a function without arguments") };
    let first = value(first, facts);
    match function {
        Function::IsEmpty => match first {
            unknown @ (Value::Stale(_) | Value::Failed(_)) => unknown,
            known => Value::Bool(is_empty(&known)),
        },
        Function::DaysUntil => with_day(first, facts, |day| days(days_between(today(facts), day))),
        Function::DaysSince => with_day(first, facts, |day| days(days_between(day, today(facts)))),
        Function::BusinessDaysUntil => with_day(first, facts, |day| finite(facts.business_days_until(day))),
        Function::BusinessDaysSince => with_day(first, facts, |day| match facts.business_days_until(day) {
            // Adding zero turns the negative zero of today into zero.
            Value::Number(until) => number(0.0 - until),
            other => other,
        }),
        Function::Lower | Function::Round | Function::Abs => transformed(function, first),
        Function::Min | Function::Max => {
            rest.iter().map(|arg| value(arg, facts)).fold(first, |best, next| better(function, best, next))
        }
        _ => text_question(function, first, rest.first().map_or(Value::Empty, |arg| value(arg, facts))),
    }
}

fn days(days: i64) -> Value {
    Value::Number(days as f64)
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.is_empty(),
        Value::Tags(tags) => tags.is_empty(),
        other => *other == Value::Empty,
    }
}

fn transformed(function: Function, value: Value) -> Value {
    match (function, value) {
        (Function::Lower, Value::Text(text)) => Value::text(text.to_lowercase()),
        (Function::Round, Value::Number(n)) => number(n.round()),
        (Function::Abs, Value::Number(n)) => number(n.abs()),
        (Function::Lower, other) => unless_unknown(other, "text"),
        (_, other) => unless_unknown(other, "a number"),
    }
}

fn better(function: Function, best: Value, next: Value) -> Value {
    match (best, next) {
        (Value::Number(a), Value::Number(b)) if function == Function::Min => number(a.min(b)),
        (Value::Number(a), Value::Number(b)) => number(a.max(b)),
        (a, b) if !a.is_known() || !b.is_known() => graver(a, b),
        (a, b) => Value::failed(format!("expected numbers, found {} and {}", a.kind(), b.kind())),
    }
}

fn text_question(function: Function, asked: Value, part: Value) -> Value {
    match (function, &asked, &part) {
        (Function::HasTag, Value::Tags(tags), Value::Text(tag)) => Value::Bool(tags.contains(tag)),
        (Function::StartsWith, Value::Text(text), Value::Text(part)) => Value::Bool(text.starts_with(&**part)),
        (Function::EndsWith, Value::Text(text), Value::Text(part)) => Value::Bool(text.ends_with(&**part)),
        (Function::Contains, Value::Text(text), Value::Text(part)) => Value::Bool(text.contains(&**part)),
        _ if !asked.is_known() || !part.is_known() => graver(asked, part),
        _ => Value::failed(format!("cannot look for {} in {}", part.kind(), asked.kind())),
    }
}
