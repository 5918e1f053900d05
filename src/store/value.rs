//! How values stand in the database: as JSON text; instants as microseconds, local days as days, both since 1970.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::{Error, Result};
use crate::condition::Value;
use crate::time::{Date, Timestamp, add_days, days_between};

const EPOCH: Date = Date::constant(1970, 1, 1);

/// A value as JSON: dates as `{"date":"2026-06-15"}`, times as `{"time":"2026-06-15T09:00:00Z"}`, empty as null.
///
/// # Errors
/// A stale or failed value is an answer, not a record.
pub(super) fn to_json(value: &Value) -> Result<Json> {
    Ok(match value {
        Value::Empty => Json::Null,
        Value::Number(number) => json!(number),
        Value::Text(text) => json!(**text),
        Value::Bool(answer) => json!(answer),
        Value::Date(date) => json!({ "date": date.to_string() }),
        Value::Time(at) => json!({ "time": at.to_string() }),
        Value::Tags(tags) => tags.iter().map(|tag| &**tag).collect(),
        Value::Stale(_) | Value::Failed(_) => return Err(Error::unreadable("as a value", value)),
    })
}

/// The value that [`to_json`] wrote.
pub(super) fn from_json(json: &Json) -> Result<Value> {
    let unreadable = || Error::unreadable("the value", json);
    Ok(match json {
        Json::Null => Value::Empty,
        Json::Number(number) => Value::Number(number.as_f64().ok_or_else(unreadable)?),
        Json::String(text) => Value::Text(text.as_str().into()),
        Json::Bool(answer) => Value::Bool(*answer),
        Json::Array(tags) => {
            let tags: Option<Vec<Arc<str>>> = tags.iter().map(|tag| tag.as_str().map(Arc::from)).collect();
            Value::Tags(tags.ok_or_else(unreadable)?.into())
        }
        Json::Object(tagged) => match (tagged.get("date"), tagged.get("time")) {
            (Some(Json::String(date)), None) => Value::Date(date.parse().map_err(|_| unreadable())?),
            (None, Some(Json::String(at))) => Value::Time(at.parse().map_err(|_| unreadable())?),
            _ => return Err(unreadable()),
        },
    })
}

/// A value for a column: its JSON as text, null when it is empty.
pub(super) fn to_text(value: &Value) -> Result<Option<String>> {
    Ok(if *value == Value::Empty { None } else { Some(to_json(value)?.to_string()) })
}

/// The value that [`to_text`] wrote.
pub(super) fn from_text(text: Option<&str>) -> Result<Value> {
    let Some(text) = text else { return Ok(Value::Empty) };
    from_json(&serde_json::from_str(text).map_err(|_| Error::unreadable("the value", text))?)
}

pub(super) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

pub(super) fn instant(micros: i64) -> Result<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(|_| Error::unreadable("the instant", micros))
}

pub(super) fn day_number(day: Date) -> i64 {
    days_between(EPOCH, day)
}

pub(super) fn day(number: i64) -> Result<Date> {
    let day = add_days(EPOCH, number);
    if day_number(day) == number { Ok(day) } else { Err(Error::unreadable("the day", number)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_value_comes_back_as_it_was() {
        let values = [
            Value::Empty,
            Value::Number(0.1 + 0.2),
            Value::Number(48000.0),
            Value::text("{\"date\":\"2026-06-15\"}"),
            Value::Bool(false),
            Value::Date("2026-06-15".parse().unwrap()),
            Value::Time("2026-06-15T09:00:00.000001Z".parse().unwrap()),
            Value::tags([]),
            Value::tags(["champion", "vip"]),
        ];
        for value in values {
            let text = to_text(&value).unwrap();
            assert_eq!(from_text(text.as_deref()).unwrap(), value, "{text:?}");
        }
    }

    #[test]
    fn text_that_stands_for_no_value_is_an_error() {
        for text in ["", "open", "{\"date\":\"2026-13-01\"}", "{\"day\":\"2026-06-15\"}", "[1]"] {
            assert!(from_text(Some(text)).is_err(), "{text}");
        }
        assert!(to_text(&Value::Stale("crm".into())).is_err());
    }

    #[test]
    fn days_count_from_1970_in_both_directions() {
        for (number, date) in [(0, "1970-01-01"), (-1, "1969-12-31"), (20_619, "2026-06-15")] {
            assert_eq!(day_number(date.parse().unwrap()), number);
            assert_eq!(day(number).unwrap().to_string(), date);
        }
        assert!(day(i64::MAX).is_err());
    }
}
