//! What an account lacks for a yes, and how far away it is.

use super::{Makeup, Trace};
use crate::condition::{Truth, Value};
use crate::time::days_between;

/// How far away something is that is no number and no date: as far as a number that is nothing.
const OUT_OF_REACH: f64 = 1.0;

/// So many days count as far as a number that is nothing.
const YEAR: f64 = 365.0;

/// One thing that keeps a question from being answered yes.
#[derive(Clone, Debug, PartialEq)]
pub struct Shortfall {
    /// `health.score 52, needs < 50`.
    pub text: String,
    /// Of a number, the distance to its bound by the larger of the two; of a date, in years; else 1.
    pub distance: f64,
}

impl Trace {
    /// What is missing for a yes: of `&&` everything, of `||` whatever is nearest. Nothing when the answer is yes.
    pub fn shortfalls(&self) -> Vec<Shortfall> {
        self.missing_for(Truth::True)
    }

    fn missing_for(&self, wanted: Truth) -> Vec<Shortfall> {
        if self.truth == wanted {
            return Vec::new();
        }
        let parts = |wanted| self.children.iter().map(move |part| part.missing_for(wanted));
        match self.makeup {
            Makeup::Not => parts(!wanted).flatten().collect(),
            Makeup::Named => parts(wanted).flatten().collect(),
            Makeup::All if wanted == Truth::True => parts(wanted).flatten().collect(),
            Makeup::Any if wanted == Truth::False => parts(wanted).flatten().collect(),
            Makeup::All | Makeup::Any => parts(wanted).min_by(|one, other| nearer(one, other)).unwrap_or_default(),
            Makeup::Comparison { .. } | Makeup::Question => vec![self.shortfall(wanted)],
        }
    }

    fn shortfall(&self, wanted: Truth) -> Shortfall {
        if let Some(because) = &self.unknown_because {
            return Shortfall { text: because.clone(), distance: OUT_OF_REACH };
        }
        let text = match (&self.makeup, &self.left, &self.right) {
            (Makeup::Comparison { asked, operator }, Some(left), Some(right)) => {
                let operator = if wanted == Truth::True { operator } else { opposite(operator) };
                let bound = if let Value::Tags(tags) = right { tags.join(", ") } else { right.to_string() };
                format!("{asked} {left}, needs {operator} {bound}")
            }
            _ => format!("{} is {}", self.text, self.truth.word()),
        };
        Shortfall { text, distance: self.distance() }
    }

    fn distance(&self) -> f64 {
        match (&self.left, &self.right) {
            (Some(Value::Number(left)), Some(Value::Number(right))) => {
                let larger = left.abs().max(right.abs());
                if larger > 0.0 { ((left - right).abs() / larger).min(OUT_OF_REACH) } else { 0.0 }
            }
            (Some(Value::Date(left)), Some(Value::Date(right))) => {
                (days_between(*left, *right).abs() as f64 / YEAR).min(OUT_OF_REACH)
            }
            _ => OUT_OF_REACH,
        }
    }
}

/// Fewer things missing are nearer; of as many, those less far away.
fn nearer(one: &[Shortfall], other: &[Shortfall]) -> std::cmp::Ordering {
    let far = |all: &[Shortfall]| all.iter().map(|own| own.distance).sum::<f64>();
    one.len().cmp(&other.len()).then(far(one).total_cmp(&far(other)))
}

fn opposite(operator: &str) -> &'static str {
    match operator {
        "<" => ">=",
        "<=" => ">",
        ">" => "<=",
        ">=" => "<",
        "==" => "!=",
        "!=" => "==",
        _ => "none of",
    }
}
