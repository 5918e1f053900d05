//! What a condition computes with: values, their types, and three-valued truth.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::time::{Date, Timestamp, utc_text};

/// A value at run time. Persons (their id) and choices are `Text`.
///
/// `Empty`, `Stale` and `Failed` are not known: a comparison with one of them is itself that value,
/// so that an unknown answer still says why it is unknown.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing is recorded, or the arithmetic has no answer (a division by zero).
    Empty,
    /// Always decimal, always finite.
    Number(f64),
    Text(Arc<str>),
    Bool(bool),
    /// A local day.
    Date(Date),
    /// An instant.
    Time(Timestamp),
    Tags(Arc<[Arc<str>]>),
    /// The named feed is older than it may be. `??` does not replace it: an outage is not a default.
    Stale(Arc<str>),
    /// The value could not be computed, for instance because a script failed; the message says why.
    Failed(Arc<str>),
}

impl Value {
    /// A text value.
    pub fn text(text: impl Into<Arc<str>>) -> Value {
        Value::Text(text.into())
    }

    /// A list of tags, in the order given.
    pub fn tags<'a>(tags: impl IntoIterator<Item = &'a str>) -> Value {
        Value::Tags(tags.into_iter().map(Arc::from).collect())
    }

    /// A failure with its message.
    pub fn failed(message: impl Into<Arc<str>>) -> Value {
        Value::Failed(message.into())
    }

    /// Whether there is something to compare: neither empty nor stale nor failed.
    pub fn is_known(&self) -> bool {
        !matches!(self, Value::Empty | Value::Stale(_) | Value::Failed(_))
    }

    /// The answer this value gives to a yes-or-no question: unknown for everything but a bool.
    pub fn truth(&self) -> Truth {
        match self {
            Value::Bool(true) => Truth::True,
            Value::Bool(false) => Truth::False,
            _ => Truth::Unknown,
        }
    }

    /// What kind of value this is, as an author would say it.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Empty => "empty",
            Value::Number(_) => "a number",
            Value::Text(_) => "text",
            Value::Bool(_) => "yes or no",
            Value::Date(_) => "a date",
            Value::Time(_) => "a time",
            Value::Tags(_) => "tags",
            Value::Stale(_) => "stale",
            Value::Failed(_) => "failed",
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Empty => f.write_str("empty"),
            Value::Number(number) => write!(f, "{number}"),
            Value::Text(text) => f.write_str(text),
            Value::Bool(answer) => write!(f, "{answer}"),
            Value::Date(date) => write!(f, "{date}"),
            Value::Time(at) => f.write_str(&utc_text(*at)),
            Value::Tags(tags) => f.write_str(&tags.join(";")),
            Value::Stale(feed) => write!(f, "stale (feed {feed})"),
            Value::Failed(message) => write!(f, "failed: {message}"),
        }
    }
}

/// JSON: a number, text, bool or list; dates and times as text; what is not known as null.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Empty | Value::Stale(_) | Value::Failed(_) => serializer.serialize_none(),
            Value::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
                serializer.serialize_i64(*number as i64)
            }
            Value::Number(number) => serializer.serialize_f64(*number),
            Value::Bool(answer) => serializer.serialize_bool(*answer),
            Value::Tags(tags) => serializer.collect_seq(tags.iter().map(|tag| &**tag)),
            Value::Text(_) | Value::Date(_) | Value::Time(_) => serializer.collect_str(self),
        }
    }
}

/// Three-valued truth after Kleene: `unknown && false` is false, `unknown || true` is true,
/// `!unknown` is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Truth {
    #[serde(rename = "yes")]
    True,
    #[serde(rename = "no")]
    False,
    #[serde(rename = "unknown")]
    Unknown,
}

impl Truth {
    pub fn and(self, other: Truth) -> Truth {
        match (self, other) {
            (Truth::False, _) | (_, Truth::False) => Truth::False,
            (Truth::True, Truth::True) => Truth::True,
            _ => Truth::Unknown,
        }
    }

    pub fn or(self, other: Truth) -> Truth {
        !(!self).and(!other)
    }

    /// `yes`, `no` or `unknown`: the words printed and stored.
    pub fn word(self) -> &'static str {
        match self {
            Truth::True => "yes",
            Truth::False => "no",
            Truth::Unknown => "unknown",
        }
    }
}

impl std::ops::Not for Truth {
    type Output = Truth;

    fn not(self) -> Truth {
        match self {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            Truth::Unknown => Truth::Unknown,
        }
    }
}

impl From<bool> for Truth {
    fn from(answer: bool) -> Truth {
        if answer { Truth::True } else { Truth::False }
    }
}

/// The declared type of a field, or the computed type of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    Text,
    Number,
    Bool,
    Date,
    Time,
    Tags,
    /// Someone on our side; compares with person ids.
    Person,
    /// Text out of a closed list.
    Choice(Arc<[Arc<str>]>),
    /// Known only when it is computed: what a script function returns.
    Any,
}

impl Type {
    /// A choice of these values.
    pub fn choice<'a>(values: impl IntoIterator<Item = &'a str>) -> Type {
        Type::Choice(values.into_iter().map(Arc::from).collect())
    }

    /// Whether the value is text at run time.
    pub fn is_text(&self) -> bool {
        matches!(self, Type::Text | Type::Person | Type::Choice(_))
    }

    /// Whether the value stands for a local day: a date, or a time read in the account's zone.
    pub fn is_day(&self) -> bool {
        matches!(self, Type::Date | Type::Time)
    }

    /// Whether values of the two types may stand on the two sides of `==`.
    pub fn compares_with(&self, other: &Type) -> bool {
        matches!(self, Type::Any)
            || matches!(other, Type::Any)
            || self.is_text() && other.is_text()
            || self.is_day() && other.is_day()
            || self == other && *self != Type::Tags
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Type::Text => "text",
            Type::Number => "a number",
            Type::Bool => "a yes or no",
            Type::Date => "a date",
            Type::Time => "a time",
            Type::Tags => "a list of tags",
            Type::Person => "a person",
            Type::Choice(_) => "a choice",
            Type::Any => "the result of a script",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_gives_way_only_to_what_decides() {
        use Truth::{False, True, Unknown};
        assert_eq!(Unknown.and(False), False);
        assert_eq!(Unknown.and(True), Unknown);
        assert_eq!(Unknown.or(True), True);
        assert_eq!(Unknown.or(False), Unknown);
        assert_eq!(!Unknown, Unknown);
    }

    #[test]
    fn whole_numbers_print_without_a_fraction() {
        assert_eq!(Value::Number(48000.0).to_string(), "48000");
        assert_eq!(serde_json::to_string(&Value::Number(0.9)).unwrap(), "0.9");
        assert_eq!(serde_json::to_string(&Value::Number(5.0)).unwrap(), "5");
    }
}
