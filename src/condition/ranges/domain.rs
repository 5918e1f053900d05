//! The values one name may have: stretches of numbers, or a set of words.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::condition::expr::Comparison;

/// The values a name may have, and whether it may have none.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Domain {
    pub empty: bool,
    pub known: Known,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Known {
    Anything,
    /// Rising, without overlap.
    Numbers(Vec<Stretch>),
    OneOf(BTreeSet<Arc<str>>),
    NoneOf(BTreeSet<Arc<str>>),
}

/// Numbers from `low` to `high`; an open end is not included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stretch {
    pub low: f64,
    pub low_open: bool,
    pub high: f64,
    pub high_open: bool,
}

impl Domain {
    /// What a comparison that answered leaves: some value, never none.
    pub fn known(known: Known) -> Domain {
        Domain { empty: false, known }
    }

    pub fn word(word: &str) -> Domain {
        Domain::known(Known::OneOf([Arc::from(word)].into()))
    }

    pub fn is_impossible(&self) -> bool {
        let nothing = match &self.known {
            Known::Numbers(stretches) => stretches.is_empty(),
            Known::OneOf(words) => words.is_empty(),
            Known::Anything | Known::NoneOf(_) => false,
        };
        nothing && !self.empty
    }

    /// The values in both.
    pub fn and(&self, other: &Domain) -> Domain {
        Domain { empty: self.empty && other.empty, known: self.known.and(&other.known) }
    }
}

impl Known {
    fn and(&self, other: &Known) -> Known {
        match (self, other) {
            (Known::Anything, known) | (known, Known::Anything) => known.clone(),
            (Known::OneOf(none), _) | (_, Known::OneOf(none)) if none.is_empty() => Known::OneOf(BTreeSet::new()),
            (Known::Numbers(a), Known::Numbers(b)) => {
                let pairs = a.iter().flat_map(|a| b.iter().filter_map(|b| a.and(b)));
                Known::Numbers(pairs.collect())
            }
            (Known::OneOf(a), Known::OneOf(b)) => Known::OneOf(a & b),
            (Known::OneOf(words), Known::NoneOf(not)) | (Known::NoneOf(not), Known::OneOf(words)) => {
                Known::OneOf(words - not)
            }
            (Known::NoneOf(a), Known::NoneOf(b)) => Known::NoneOf(a | b),
            // A name has one type; a script may give any, and then nothing is claimed.
            _ => Known::Anything,
        }
    }
}

impl Stretch {
    pub const ALL: Stretch = Stretch { low: f64::NEG_INFINITY, low_open: true, high: f64::INFINITY, high_open: true };

    pub fn from(low: f64) -> Stretch {
        Stretch { low, low_open: false, ..Stretch::ALL }
    }

    pub fn to(high: f64) -> Stretch {
        Stretch { high, high_open: false, ..Stretch::ALL }
    }

    pub fn between(low: f64, high: f64) -> Stretch {
        Stretch { low, low_open: false, high, high_open: false }
    }

    fn and(&self, other: &Stretch) -> Option<Stretch> {
        let (low, low_open) = match (self.low == other.low, self.low > other.low) {
            (true, _) => (self.low, self.low_open || other.low_open),
            (_, true) => (self.low, self.low_open),
            _ => (other.low, other.low_open),
        };
        let (high, high_open) = match (self.high == other.high, self.high < other.high) {
            (true, _) => (self.high, self.high_open || other.high_open),
            (_, true) => (self.high, self.high_open),
            _ => (other.high, other.high_open),
        };
        let holds_something = low < high || (low == high && !low_open && !high_open);
        holds_something.then_some(Stretch { low, low_open, high, high_open })
    }

    /// The same stretch when only whole numbers count: `> 3` is `>= 4`.
    fn on_whole_numbers(self) -> Option<Stretch> {
        let up = |low: f64| if self.low_open && low.fract() == 0.0 { low + 1.0 } else { low.ceil() };
        let down = |high: f64| if self.high_open && high.fract() == 0.0 { high - 1.0 } else { high.floor() };
        let low = if self.low.is_finite() { up(self.low) } else { self.low };
        let high = if self.high.is_finite() { down(self.high) } else { self.high };
        let (low_open, high_open) = (self.low.is_infinite(), self.high.is_infinite());
        (low <= high).then_some(Stretch { low, low_open, high, high_open })
    }

    /// A number in it, as an author would name one.
    pub fn example(&self) -> f64 {
        match (self.low.is_finite(), self.high.is_finite()) {
            (true, _) if !self.low_open => self.low,
            (_, true) if !self.high_open => self.high,
            (true, true) => (self.low + self.high) / 2.0,
            (true, false) => self.low + 1.0,
            (false, true) => self.high - 1.0,
            (false, false) => 0.0,
        }
    }
}

/// The numbers for which a comparison with `limit` holds, within `bounds`.
pub(super) fn compared(comparison: Comparison, limit: f64, bounds: Stretch, whole: bool) -> Known {
    let stretches = match comparison {
        Comparison::Equal => vec![Stretch::between(limit, limit)],
        Comparison::NotEqual => return outside(&[limit], bounds, whole),
        Comparison::Less => vec![Stretch { high_open: true, ..Stretch::to(limit) }],
        Comparison::LessOrEqual => vec![Stretch::to(limit)],
        Comparison::Greater => vec![Stretch { low_open: true, ..Stretch::from(limit) }],
        Comparison::GreaterOrEqual => vec![Stretch::from(limit)],
    };
    within(stretches, bounds, whole)
}

/// These numbers, within `bounds`.
pub(super) fn points(numbers: &[f64], bounds: Stretch, whole: bool) -> Known {
    within(sorted(numbers).into_iter().map(|number| Stretch::between(number, number)).collect(), bounds, whole)
}

/// All numbers but these, within `bounds`.
pub(super) fn outside(numbers: &[f64], bounds: Stretch, whole: bool) -> Known {
    let mut left = Vec::new();
    let mut rest = Stretch::ALL;
    for number in sorted(numbers) {
        left.push(Stretch { high: number, high_open: true, ..rest });
        rest = Stretch { low: number, low_open: true, ..rest };
    }
    left.push(rest);
    within(left, bounds, whole)
}

pub(super) fn within(stretches: Vec<Stretch>, bounds: Stretch, whole: bool) -> Known {
    let bounded = stretches.into_iter().filter_map(|stretch| stretch.and(&bounds));
    Known::Numbers(
        bounded.filter_map(|stretch| if whole { stretch.on_whole_numbers() } else { Some(stretch) }).collect(),
    )
}

fn sorted(numbers: &[f64]) -> Vec<f64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup();
    sorted
}
