//! One cell: text into a value of its declared type. The errors are the reasons of refusals.

use std::sync::Arc;

use crate::condition::{Type, Value, nearest};
use crate::time::{Date, TimeZone, Timestamp, truncate};

/// The value of a cell; an empty cell is the empty value. Persons are checked by the caller, who knows them.
pub(super) fn value(text: &str, ty: &Type) -> Result<Value, String> {
    if text.is_empty() {
        return Ok(Value::Empty);
    }
    Ok(match ty {
        Type::Text | Type::Person | Type::Any => Value::Text(plain(text)?.into()),
        Type::Number => Value::Number(number(text)?),
        Type::Bool => Value::Bool(flag(text)?),
        Type::Date => Value::Date(date(text)?),
        Type::Time => Value::Time(instant(text)?),
        Type::Tags => Value::Tags(list(plain(text)?).into()),
        Type::Choice(known) => Value::Text(choice(text, known)?),
    })
}

/// Postgres cannot hold a zero character, and nobody can see one.
pub(super) fn plain(text: &str) -> Result<&str, String> {
    if text.contains('\0') { Err("the text holds a zero character".to_owned()) } else { Ok(text) }
}

/// An id: text without spaces at its ends or characters that cannot be seen.
pub(super) fn id(text: &str) -> Result<Arc<str>, String> {
    if text.chars().any(char::is_control) {
        return Err(format!("`{}` holds a character that cannot be seen", text.escape_debug()));
    }
    if text.len() > 200 {
        return Err("an id has at most 200 characters".to_owned());
    }
    Ok(text.into())
}

pub(super) fn number(text: &str) -> Result<f64, String> {
    let looks_right = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let number = text.parse().ok().filter(|number: &f64| looks_right && number.is_finite());
    number.ok_or_else(|| format!("`{text}` is not a number: write digits with a point, such as 48000 or 0.5"))
}

pub(super) fn date(text: &str) -> Result<Date, String> {
    let looks_right = text.len() == 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
    let date = text.parse().ok().filter(|_| looks_right);
    date.ok_or_else(|| {
        format!("`{text}` is not a date: write 2026-06-15, or name the file's form under [dates] of a map (--map)")
    })
}

pub(super) fn instant(text: &str) -> Result<Timestamp, String> {
    let at: Result<Timestamp, _> = text.parse();
    at.map(truncate)
        .map_err(|_| format!("`{text}` is not an instant: write it with its offset, such as 2026-06-15T09:00:00Z"))
}

/// The parts between semicolons, without the spaces around them.
pub(super) fn list(text: &str) -> Vec<Arc<str>> {
    text.split(';').map(str::trim).filter(|part| !part.is_empty()).map(Arc::from).collect()
}

/// The name of a zone of the IANA time zone database.
pub(super) fn zone(text: &str) -> Result<TimeZone, String> {
    TimeZone::get(text).map_err(|_| format!("`{text}` is not a time zone: write an IANA name such as Europe/Berlin"))
}

/// An address that mail can go to: RFC 5321's limits, the dot-atom of RFC 5322, a domain with a dot.
pub(super) fn email(text: &str) -> Result<(), String> {
    let is_address = text.len() <= 254
        && text.rsplit_once('@').is_some_and(|(local, domain)| is_local_part(local) && is_domain(domain));
    if is_address { Ok(()) } else { Err(format!("`{text}` is not an e-mail address")) }
}

fn is_local_part(local: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    local.len() <= 64 && local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(fits))
}

fn is_domain(domain: &str) -> bool {
    let fits = |label: &str| {
        let right_characters = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        (1..=63).contains(&label.len()) && right_characters && !label.starts_with('-') && !label.ends_with('-')
    };
    domain.contains('.') && domain.split('.').all(fits)
}

fn flag(text: &str) -> Result<bool, String> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Ok(true),
        _ if text.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(format!("`{text}` is not true or false")),
    }
}

fn choice(text: &str, known: &[Arc<str>]) -> Result<Arc<str>, String> {
    let found = known.iter().find(|value| &***value == text);
    found.cloned().ok_or_else(|| unknown("value", text, known.iter().map(|value| &**value)))
}

/// The reason for a name that is not among the known ones.
pub(super) fn unknown<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let mut known: Vec<&str> = known.into_iter().collect();
    known.sort_unstable();
    match nearest(name, known.iter().copied()) {
        Some(right) => format!("there is no {what} `{name}`; did you mean `{right}`?"),
        None if known.is_empty() || known.len() > 12 => format!("there is no {what} `{name}`"),
        None => format!("there is no {what} `{name}`; known: {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_exactly_a_value_of_the_type_is_refused() {
        let refused = [
            (Type::Number, vec!["1,000", "inf", "NaN", "1e999", "0x10", "12 USD", "--1"]),
            (Type::Date, vec!["2026-6-15", "06/15/2026", "2026-02-30", "20260615", "2026-06-15T09:00:00"]),
            (Type::Time, vec!["2026-06-15", "2026-06-15T09:00:00", "yesterday"]),
            (Type::Bool, vec!["1", "yes", "t"]),
            (Type::choice(["open", "won"]), vec!["Won", "opened "]),
            (Type::Text, vec!["a\0b"]),
        ];
        for (ty, texts) in refused {
            for text in texts {
                assert!(value(text, &ty).is_err(), "{text} as {ty}");
            }
        }
    }

    #[test]
    fn each_type_reads_what_the_manual_shows() {
        assert_eq!(value("-4.5e2", &Type::Number), Ok(Value::Number(-450.0)));
        assert_eq!(value("TRUE", &Type::Bool), Ok(Value::Bool(true)));
        assert_eq!(value("champion; admin;", &Type::Tags), Ok(Value::tags(["champion", "admin"])));
        assert_eq!(value("", &Type::Number), Ok(Value::Empty));
        let nine = "2026-06-15T07:00:00Z".parse().unwrap();
        assert_eq!(value("2026-06-15T09:00:00+02:00", &Type::Time), Ok(Value::Time(nine)));
    }

    #[test]
    fn an_e_mail_address_is_one_that_mail_can_go_to() {
        for right in ["pat@acme.example", "o'hara+x@mail.acme.example", "a.b@a-b.example"] {
            assert!(email(right).is_ok(), "{right}");
        }
        let long = format!("{}@acme.example", "a".repeat(65));
        for wrong in [
            "pat",
            "pat@",
            "@acme.example",
            "pat@acme",
            "p at@acme.example",
            "pat@acme..example",
            "a@b@c.example",
            "pat@-acme.example",
            ".pat@acme.example",
            "pat@acme.example\r\nBcc: x@y.example",
            "Pat <pat@acme.example>",
            &long,
        ] {
            assert!(email(wrong).is_err(), "{wrong}");
        }
    }
}
