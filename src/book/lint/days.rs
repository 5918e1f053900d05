//! How many days a span is, at least and at most: enough to say that one thing surely comes before another.

use crate::book::playbook::{Base, Playbook, Timing};
use crate::time::{Span, Unit};

/// A number of days that is not known exactly; negative before the origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Days {
    pub least: i64,
    /// None: no bound is known.
    pub most: Option<i64>,
}

/// Holidays and weekends that business days may meet besides the usual ones.
const DAYS_OFF: i64 = 16;

impl Days {
    /// The local days a span leads on.
    pub fn of(span: Span) -> Days {
        if span.is_negative() {
            let ahead = Days::of(span.negated());
            return Days { least: -ahead.most.unwrap_or(i64::MAX), most: Some(-ahead.least) };
        }
        let n = span.n;
        let (least, most) = match span.unit {
            Unit::Day => (n, n),
            Unit::Week => (7 * n, 7 * n),
            Unit::Month => (28 * n, 31 * n),
            Unit::BusinessDay => (n, n * 7 / 5 + DAYS_OFF),
            Unit::Hour => (n / 24, n / 24 + 1),
            Unit::Minute => (n / 1440, n / 1440 + 1),
            Unit::BusinessHour => (0, n + DAYS_OFF),
        };
        Days { least, most: Some(most) }
    }

    fn plus(self, other: Days) -> Days {
        let most = self.most.zip(other.most).map(|(one, other)| one.saturating_add(other));
        Days { least: self.least.saturating_add(other.least), most }
    }
}

/// What the day of a step counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Anchor,
    Enrollment,
}

/// When the step at that place in the file comes, before its window moves it; none when it depends on the branch.
///
/// A step that follows another has no latest day: approvals, holds and waits come between.
pub(super) fn of_step(playbook: &Playbook, place: usize) -> Option<(Origin, Days)> {
    let (base, span) = match &playbook.steps[place].timing {
        Timing::At(span) => return Some((Origin::Anchor, Days::of(*span))),
        Timing::After(base, span) => (base, span),
    };
    let nothing = Days { least: 0, most: Some(0) };
    let before = match base {
        Base::Enrolled => Some((Origin::Enrollment, nothing)),
        Base::Step(other) | Base::Done(other) => followed(playbook, place, *other),
        Base::Previous if place == 0 => Some((Origin::Enrollment, nothing)),
        Base::Previous => followed(playbook, place, place - 1),
    };
    before.map(|(origin, days)| (origin, days.plus(span.map_or(nothing, Days::of))))
}

/// The step `other`, if every branch that comes to the step at `place` has it.
fn followed(playbook: &Playbook, place: usize, other: usize) -> Option<(Origin, Days)> {
    let (own, before) = (&playbook.steps[place].branches, &playbook.steps[other].branches);
    let is_common = before.is_empty() || (!own.is_empty() && own.iter().all(|branch| before.contains(branch)));
    let (origin, days) = of_step(playbook, other).filter(|_| is_common)?;
    Some((origin, Days { most: None, ..days }))
}
