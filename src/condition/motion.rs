//! For how long an answer stands while nothing changes but the date: what lets an account rest instead of being looked
//! at every midnight.
//!
//! A value is followed by how it moves from one local day to the next. `days_until(account.renewal_date) <= 90` at 160
//! days moves by one a day: its answer stands for 69 midnights.

use super::compare::{day, numeric_order};
use super::expr::{Arithmetic, Expr, Node};
use super::functions::Function;
use super::{Facts, Value, eval};
use crate::time::{Span, Unit, days_between, local_date};

/// How a value moves by the passing of days alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Motion {
    /// It is another one at the earliest after so many midnights; at least 1.
    pub still_for: u32,
    /// While it is known it changes with each midnight by at least the first and at most the second: a number by its
    /// amount, a date by days. None: nothing is known of what comes after `still_for`.
    pub drift: Option<(f64, f64)>,
    /// What it may be off besides, for it is rounded.
    pub slack: f64,
}

impl Motion {
    /// It stays.
    pub const NONE: Motion = Motion { still_for: u32::MAX, drift: Some((0.0, 0.0)), slack: 0.0 };
    /// It may be anything tomorrow.
    pub const ANY: Motion = Motion { still_for: 1, drift: None, slack: 0.0 };

    /// It may be anything after so many midnights.
    pub fn still_for(midnights: u32) -> Motion {
        if midnights == u32::MAX { Motion::NONE } else { Motion { still_for: midnights.max(1), ..Motion::ANY } }
    }

    /// It changes with each midnight by an amount between these.
    pub fn drifting(least: f64, most: f64) -> Motion {
        Motion { drift: Some((least, most)), ..Motion::ANY }
    }

    /// It changes by exactly that much with each midnight; none when that is not known.
    pub fn exact(self) -> Option<f64> {
        self.drift.filter(|(least, most)| least == most).map(|(least, _)| least)
    }

    fn with(self, other: Motion, drift: impl FnOnce((f64, f64), (f64, f64)) -> (f64, f64)) -> Motion {
        let both = self.drift.zip(other.drift).map(|(one, other)| drift(one, other));
        let slack = self.slack + other.slack;
        Motion { still_for: self.still_for.min(other.still_for), drift: both, slack }
    }

    /// The same for what keeps within what this one and the other do.
    fn either(self, other: Motion) -> Motion {
        self.with(other, |a, b| (a.0.min(b.0), a.1.max(b.1)))
    }
}

/// How the value of the node moves.
pub(super) fn motion(node: &Node, facts: &dyn Facts) -> Motion {
    match &node.expr {
        Expr::Literal(_) => Motion::NONE,
        Expr::Today => Motion::drifting(1.0, 1.0),
        Expr::Now => Motion::ANY,
        Expr::Read(name) => facts.motion(name),
        Expr::Named(expression) => motion(expression.root(), facts),
        Expr::And(parts) => settled(parts, false, facts),
        Expr::Or(parts) => settled(parts, true, facts),
        Expr::Compare { left, right, .. } => compared(left, right, facts),
        Expr::Default(parts) => first_known(parts, facts),
        Expr::Negate(inner) => {
            let own = motion(inner, facts);
            Motion { drift: own.drift.map(|(least, most)| (-most, -least)), ..own }
        }
        Expr::Arithmetic { operator, left, right } => computed(*operator, left, right, facts),
        Expr::Within { day, span } => within(day, *span, facts),
        Expr::Call { function, args } => called(*function, args, facts),
        Expr::Person { .. } | Expr::Not(_) | Expr::In { .. } | Expr::Script { .. } => all_still(node, facts),
    }
}

/// It stands for as long as everything it is made of.
fn all_still(node: &Node, facts: &dyn Facts) -> Motion {
    let parts = node.expr.parts().map(|part| motion(part, facts).still_for);
    Motion::still_for(parts.min().unwrap_or(u32::MAX))
}

/// One part that settles the answer is enough for it to stand, whatever the others do. The first is taken: those after
/// it are not asked.
fn settled(parts: &[Node], settles: bool, facts: &dyn Facts) -> Motion {
    let settling = parts.iter().find(|part| eval::answer(part, facts) == Value::Bool(settles));
    let all = || parts.iter().map(|part| motion(part, facts).still_for).min().unwrap_or(u32::MAX);
    Motion::still_for(settling.map_or_else(all, |part| motion(part, facts).still_for))
}

/// A comparison stands until its two sides can have met.
fn compared(left: &Node, right: &Node, facts: &dyn Facts) -> Motion {
    let apart = motion(left, facts).with(motion(right, facts), |a, b| (a.0 - b.1, a.1 - b.0));
    if apart.still_for == u32::MAX {
        return Motion::NONE;
    }
    let meet = apart.drift.and_then(|(least, most)| {
        let distance = distance(&eval::value(left, facts), &eval::value(right, facts), facts)?;
        let sure = distance.abs() - apart.slack;
        (sure > 0.0 || apart.slack == 0.0).then(|| meets_after(sure.copysign(distance), least, most))
    });
    Motion::still_for(apart.still_for.max(meet.unwrap_or(0)))
}

/// After how many midnights a distance that drifts may be nothing, or no longer nothing.
fn meets_after(distance: f64, least: f64, most: f64) -> u32 {
    let towards = if distance > 0.0 { -least } else { most };
    if distance == 0.0 {
        return if least == 0.0 && most == 0.0 { u32::MAX } else { 1 };
    }
    if towards <= 0.0 { u32::MAX } else { midnights(distance.abs() / towards) }
}

/// So many midnights are surely needed. A hair less than computed, for numbers within the tolerance are equal.
fn midnights(days: f64) -> u32 {
    (days - 1e-6).ceil().clamp(1.0, f64::from(u32::MAX)) as u32
}

fn distance(left: &Value, right: &Value, facts: &dyn Facts) -> Option<f64> {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) if numeric_order(*a, *b)?.is_eq() => Some(0.0),
        (Value::Number(a), Value::Number(b)) => Some(a - b),
        (Value::Date(_), _) | (_, Value::Date(_)) => {
            Some(days_between(day(right, facts.zone())?, day(left, facts.zone())?) as f64)
        }
        _ => None,
    }
}

fn first_known(parts: &[Node], facts: &dyn Facts) -> Motion {
    let mut before = Motion::NONE;
    for part in parts {
        let own = motion(part, facts);
        if eval::value(part, facts) != Value::Empty {
            return Motion { still_for: own.still_for.min(before.still_for), ..own };
        }
        before = Motion::still_for(own.still_for.min(before.still_for));
    }
    before
}

fn computed(operator: Arithmetic, left: &Node, right: &Node, facts: &dyn Facts) -> Motion {
    let (a, b) = (motion(left, facts), motion(right, facts));
    match operator {
        Arithmetic::Add => a.with(b, |a, b| (a.0 + b.0, a.1 + b.1)),
        Arithmetic::Subtract => a.with(b, |a, b| (a.0 - b.1, a.1 - b.0)),
        Arithmetic::Multiply | Arithmetic::Divide | Arithmetic::Remainder => {
            Motion::still_for(a.still_for.min(b.still_for))
        }
    }
}

/// Within a span of days until a date: the answer changes when the date is that near, and when it is past.
fn within(date: &Node, span: Span, facts: &dyn Facts) -> Motion {
    let still_for = motion(date, facts).still_for;
    let days = match span.unit {
        Unit::Day => span.n,
        Unit::Week => span.n * 7,
        _ => return Motion::still_for(1),
    };
    let Some(date) = day(&eval::value(date, facts), facts.zone()) else { return Motion::still_for(still_for) };
    let until = days_between(local_date(facts.now(), facts.zone()), date);
    let changes = if until < 0 { i64::MAX } else { if until > days { until - days } else { until + 1 } };
    Motion::still_for(still_for.min(u32::try_from(changes).unwrap_or(u32::MAX)))
}

fn called(function: Function, args: &[Node], facts: &dyn Facts) -> Motion {
    let parts = || args.iter().map(|arg| motion(arg, facts));
    let by_days = |least: f64, most: f64| {
        let own = motion(&args[0], facts);
        let is_known = eval::value(&args[0], facts).is_known();
        if is_known && own.still_for == u32::MAX {
            Motion::drifting(least, most)
        } else {
            Motion::still_for(own.still_for)
        }
    };
    match function {
        Function::DaysUntil => by_days(-1.0, -1.0),
        Function::DaysSince => by_days(1.0, 1.0),
        Function::BusinessDaysUntil => by_days(-1.0, 0.0),
        Function::BusinessDaysSince => by_days(0.0, 1.0),
        Function::Min | Function::Max => parts().reduce(Motion::either).unwrap_or(Motion::NONE),
        _ => Motion::still_for(parts().map(|own| own.still_for).min().unwrap_or(u32::MAX)),
    }
}
