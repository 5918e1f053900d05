//! A comparison taken apart: the name it is about, and the values of that name that make it true and false.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::condition::expr::{Comparison, Expr, Node};
use crate::condition::functions::Function;
use crate::condition::{Name, Source, Type, Value, Window};
use crate::time::{Date, Unit, days_between};

use super::domain::{Domain, Known, Stretch, compared, outside, points, within};

/// A question about one name.
pub(super) struct Atom {
    /// The name, or the text of what is compared where it is more than a name.
    pub key: String,
    pub yes: Domain,
    pub no: Domain,
}

impl Atom {
    /// The question a node asks. What cannot be taken apart is a yes or no of its own text.
    pub fn of(node: &Node, source: &Source) -> Atom {
        let known = match &node.expr {
            Expr::Compare { comparison, left, right } => match (&left.expr, &right.expr) {
                (_, Expr::Literal(value)) => comparison_with(*comparison, left, value, source),
                (Expr::Literal(value), _) => comparison_with(mirrored(*comparison), right, value, source),
                _ => None,
            },
            Expr::In { value, list } => membership(value, list, source),
            Expr::Within { day, span } => within_days(day, span.n, span.unit, source),
            Expr::Call { function: Function::IsEmpty, args } => args.first().and_then(|asked| emptiness(asked, source)),
            _ => None,
        };
        known.unwrap_or_else(|| Atom { key: key(node, source), yes: Domain::word("true"), no: Domain::word("false") })
    }
}

/// How the value of a node is called wherever it stands.
fn key(node: &Node, source: &Source) -> String {
    match &node.expr {
        Expr::Read(name) => name.to_string(),
        Expr::Today => "today".to_owned(),
        Expr::Call { function: Function::DaysUntil, args } if args.len() == 1 => until(&args[0], source),
        _ => source.text[node.at.clone()].split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

fn until(day: &Node, source: &Source) -> String {
    format!("days_until({})", key(day, source))
}

fn comparison_with(comparison: Comparison, asked: &Node, value: &Value, source: &Source) -> Option<Atom> {
    match value {
        Value::Number(limit) => Some(numbers(asked, source, |range| range.compared(comparison, *limit))),
        Value::Date(day) if asked.ty == Type::Date => {
            Some(numbers(asked, source, |range| range.compared(comparison, day_number(*day))))
        }
        Value::Text(word) if asked.ty.is_text() => {
            words(comparison == Comparison::Equal, asked, std::slice::from_ref(word), source)
        }
        Value::Bool(answer) if asked.ty == Type::Bool => {
            let word = Arc::from(if *answer { "true" } else { "false" });
            words(comparison == Comparison::Equal, asked, &[word], source)
        }
        _ => None,
    }
}

fn membership(asked: &Node, list: &[Value], source: &Source) -> Option<Atom> {
    let mut listed = Vec::new();
    let mut limits = Vec::new();
    for value in list {
        match value {
            Value::Text(word) if asked.ty.is_text() => listed.push(word.clone()),
            Value::Number(number) => limits.push(*number),
            Value::Date(day) if asked.ty == Type::Date => limits.push(day_number(*day)),
            _ => return None,
        }
    }
    match (listed.is_empty(), limits.is_empty()) {
        (false, true) => words(true, asked, &listed, source),
        (true, false) => Some(numbers(asked, source, |range| range.among(&limits))),
        _ => None,
    }
}

/// `within(d, "30d")` asks whether d lies 0 to 30 days ahead; months and business days are no fixed number of days.
fn within_days(day: &Node, n: i64, unit: Unit, source: &Source) -> Option<Atom> {
    let days = match unit {
        Unit::Day => n,
        Unit::Week => 7 * n,
        _ => return None,
    } as f64;
    let yes = within(vec![Stretch::between(0.0, days)], Stretch::ALL, true);
    let before = Stretch { high_open: true, ..Stretch::to(0.0) };
    let after = Stretch { low_open: true, ..Stretch::from(days) };
    let no = within(vec![before, after], Stretch::ALL, true);
    Some(Atom { key: until(day, source), yes: Domain::known(yes), no: Domain::known(no) })
}

/// `is_empty(x)`; a list of tags is asked for its members, never for itself.
fn emptiness(asked: &Node, source: &Source) -> Option<Atom> {
    let (empty_text, other) = match asked.ty {
        Type::Text => ([Arc::from("")].into(), Known::NoneOf([Arc::from("")].into())),
        Type::Tags | Type::Any => return None,
        _ => (BTreeSet::new(), Known::Anything),
    };
    let yes = Domain { empty: true, known: Known::OneOf(empty_text) };
    Some(Atom { key: key(asked, source), yes, no: Domain::known(other) })
}

fn words(is_one: bool, asked: &Node, listed: &[Arc<str>], source: &Source) -> Option<Atom> {
    let listed: BTreeSet<Arc<str>> = listed.iter().cloned().collect();
    let all: Option<BTreeSet<Arc<str>>> = match &asked.ty {
        Type::Choice(values) => Some(values.iter().cloned().collect()),
        Type::Bool => Some([Arc::from("true"), Arc::from("false")].into()),
        _ => None,
    };
    let others = match all {
        Some(all) => Known::OneOf(&all - &listed),
        None => Known::NoneOf(listed.clone()),
    };
    let (one, other) = (Domain::known(Known::OneOf(listed)), Domain::known(others));
    let (yes, no) = if is_one { (one, other) } else { (other, one) };
    Some(Atom { key: key(asked, source), yes, no })
}

/// The numbers a name can be at all.
struct Range {
    bounds: Stretch,
    whole: bool,
    /// Asked as the days since a date, told as the days until it.
    turned: bool,
}

impl Range {
    fn of(node: &Node) -> Range {
        let free = Range { bounds: Stretch::ALL, whole: false, turned: false };
        match &node.expr {
            Expr::Read(name) => Range { bounds: bounds(name), whole: is_whole(name), ..free },
            Expr::Call { function, args } if args.len() == 1 => match function {
                Function::DaysUntil | Function::BusinessDaysUntil | Function::BusinessDaysSince => {
                    Range { whole: true, ..free }
                }
                Function::DaysSince => Range { whole: true, turned: true, ..free },
                _ => free,
            },
            _ => Range { whole: node.ty == Type::Date, ..free },
        }
    }

    fn compared(&self, comparison: Comparison, limit: f64) -> (Known, Known) {
        let (comparison, limit) = if self.turned { (mirrored(comparison), -limit) } else { (comparison, limit) };
        let of = |comparison| compared(comparison, limit, self.bounds, self.whole);
        (of(comparison), of(opposite(comparison)))
    }

    fn among(&self, numbers: &[f64]) -> (Known, Known) {
        let numbers: Vec<f64> = numbers.iter().map(|number| if self.turned { -number } else { *number }).collect();
        (points(&numbers, self.bounds, self.whole), outside(&numbers, self.bounds, self.whole))
    }
}

fn numbers(asked: &Node, source: &Source, ask: impl Fn(&Range) -> (Known, Known)) -> Atom {
    let range = Range::of(asked);
    let (yes, no) = ask(&range);
    let key = match &asked.expr {
        Expr::Call { args, .. } if range.turned => until(&args[0], source),
        _ => key(asked, source),
    };
    Atom { key, yes: Domain::known(yes), no: Domain::known(no) }
}

fn bounds(name: &Name) -> Stretch {
    match name {
        Name::HealthScore | Name::Dimension(_) | Name::HealthWas(_) => Stretch::between(0.0, 100.0),
        Name::HealthChange(_) => Stretch::between(-100.0, 100.0),
        Name::EventCount { .. } | Name::ContactCount | Name::TasksOpen(_) | Name::DaysSinceContact => {
            Stretch::from(0.0)
        }
        Name::Usage { window: Window::DaysBelow(_, days), .. } => Stretch::between(0.0, *days as f64),
        Name::RunDay => Stretch::from(1.0),
        _ => Stretch::ALL,
    }
}

fn is_whole(name: &Name) -> bool {
    matches!(
        name,
        Name::HealthScore
            | Name::HealthWas(_)
            | Name::HealthChange(_)
            | Name::EventCount { .. }
            | Name::ContactCount
            | Name::TasksOpen(_)
            | Name::DaysSinceContact
            | Name::RunDay
            | Name::Usage { window: Window::DaysBelow(..), .. }
    )
}

/// The comparison with its sides changed.
fn mirrored(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        same => same,
    }
}

fn opposite(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
        Comparison::Less => Comparison::GreaterOrEqual,
        Comparison::LessOrEqual => Comparison::Greater,
        Comparison::Greater => Comparison::LessOrEqual,
        Comparison::GreaterOrEqual => Comparison::Less,
    }
}

fn day_number(day: Date) -> f64 {
    days_between(Date::ZERO, day) as f64
}
