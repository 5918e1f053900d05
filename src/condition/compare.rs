//! Comparing and computing with values.
//!
//! An operand that is not known is itself the result: emptiness, a stale feed and a failure travel
//! up to the question that was asked.

use std::cmp::Ordering;

use crate::time::{Date, TimeZone, Timestamp, add_days, days_between, local_date};

use super::Value;
use super::expr::{Arithmetic, Comparison};

/// Numbers closer than this share of the larger one are the same, so `0.1 + 0.2 == 0.3` holds.
const TOLERANCE: f64 = 1e-9;

/// Compares two values: a bool, or the value that made it impossible.
pub(super) fn compare(comparison: Comparison, left: Value, right: Value, zone: &TimeZone) -> Value {
    if !left.is_known() || !right.is_known() {
        return graver(left, right);
    }
    let order = match (&left, &right) {
        (Value::Text(_), Value::Text(_)) | (Value::Bool(_), Value::Bool(_)) if comparison.is_ordering() => None,
        _ => order(&left, &right, zone),
    };
    match order {
        Some(order) => Value::Bool(holds(comparison, order)),
        None => Value::failed(format!("{} and {} cannot be compared", left.kind(), right.kind())),
    }
}

/// Whether two known values are the same; none when they cannot be compared.
pub(super) fn same(left: &Value, right: &Value, zone: &TimeZone) -> Option<bool> {
    order(left, right, zone).map(Ordering::is_eq)
}

/// The value that tells best why there is no answer: a failure before a stale feed before emptiness.
pub(super) fn graver(one: Value, other: Value) -> Value {
    let rank = |value: &Value| match value {
        Value::Failed(_) => 3,
        Value::Stale(_) => 2,
        Value::Empty => 1,
        _ => 0,
    };
    if rank(&other) > rank(&one) { other } else { one }
}

/// A finite number, or empty: there is no infinity and no not-a-number in the language.
pub(super) fn number(number: f64) -> Value {
    if number.is_finite() { Value::Number(number) } else { Value::Empty }
}

/// The local day a date or a time stands for; a text is read as a date, for the results of scripts.
pub(super) fn day(value: &Value, zone: &TimeZone) -> Option<Date> {
    match value {
        Value::Date(date) => Some(*date),
        Value::Time(at) => Some(local_date(*at, zone)),
        Value::Text(text) => match text.parse::<Timestamp>() {
            Ok(at) => Some(local_date(at, zone)),
            Err(_) => text.parse().ok(),
        },
        _ => None,
    }
}

/// Computes with numbers and days: `date ± number` counts days, `date − date` is a number of days.
pub(super) fn arithmetic(operator: Arithmetic, left: Value, right: Value, zone: &TimeZone) -> Value {
    use Arithmetic::{Add, Divide, Multiply, Remainder, Subtract};
    match (operator, &left, &right) {
        _ if !left.is_known() || !right.is_known() => graver(left, right),
        (Add, Value::Number(a), Value::Number(b)) => number(a + b),
        (Subtract, Value::Number(a), Value::Number(b)) => number(a - b),
        (Multiply, Value::Number(a), Value::Number(b)) => number(a * b),
        (Divide, Value::Number(a), Value::Number(b)) => number(a / b),
        (Remainder, Value::Number(a), Value::Number(b)) => number(a % b),
        (Add, Value::Number(days), other) | (Add, other, Value::Number(days)) => shifted(other, *days, zone),
        (Subtract, other, Value::Number(days)) => shifted(other, -days, zone),
        (Subtract, a, b) => match (day(a, zone), day(b, zone)) {
            (Some(a), Some(b)) => Value::Number(days_between(b, a) as f64),
            _ => no_arithmetic(&left, &right),
        },
        _ => no_arithmetic(&left, &right),
    }
}

fn no_arithmetic(left: &Value, right: &Value) -> Value {
    Value::failed(format!("cannot compute with {} and {}", left.kind(), right.kind()))
}

fn shifted(from: &Value, days: f64, zone: &TimeZone) -> Value {
    match day(from, zone) {
        Some(date) if days.fract() == 0.0 => Value::Date(add_days(date, days as i64)),
        Some(_) => Value::failed(format!("a date moves by whole days, not by {days}")),
        None => no_arithmetic(from, &Value::Number(days)),
    }
}

/// The order of two numbers; those within the tolerance are equal.
pub(super) fn numeric_order(a: f64, b: f64) -> Option<Ordering> {
    if (a - b).abs() <= TOLERANCE * a.abs().max(b.abs()) { Some(Ordering::Equal) } else { a.partial_cmp(&b) }
}

pub(super) fn holds(comparison: Comparison, order: Ordering) -> bool {
    match comparison {
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
    }
}

fn order(left: &Value, right: &Value, zone: &TimeZone) -> Option<Ordering> {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => numeric_order(*a, *b),
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::Time(a), Value::Time(b)) => Some(a.cmp(b)),
        (Value::Time(a), Value::Text(b)) if let Ok(b) = b.parse::<Timestamp>() => Some(a.cmp(&b)),
        (Value::Text(a), Value::Time(b)) if let Ok(a) = a.parse::<Timestamp>() => Some(a.cmp(b)),
        (Value::Date(_) | Value::Time(_), _) | (_, Value::Date(_) | Value::Time(_)) => {
            Some(day(left, zone)?.cmp(&day(right, zone)?))
        }
        _ => None,
    }
}
