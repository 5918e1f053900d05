//! The filters of templates: values as people read them.

use minijinja::value::{Rest, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State, Value};

use crate::time::{Date, DateTime};

use super::escape::invalid;

const DATE_FORMAT: &str = "%B %-d, %Y";

/// A filter of templates, for the reference page.
pub struct Filter {
    pub name: &'static str,
    pub doc: &'static str,
    pub example: &'static str,
    /// What the example becomes.
    pub shows: &'static str,
}

const fn filter(name: &'static str, doc: &'static str, example: &'static str, shows: &'static str) -> Filter {
    Filter { name, doc, example, shows }
}

/// The filters people need. Of those of minijinja that are not here, `safe` is gone and the others work.
pub const FILTERS: [Filter; 10] = [
    filter(
        "date",
        "a day or time, in words or by a strftime pattern",
        "{{ account.renewal_date | date(\"%d.%m.%Y\") }}",
        "15.06.2026",
    ),
    filter("money", "an amount of dollars, or of another currency", "{{ account.arr | money(\"EUR\") }}", "€48,000"),
    filter("number", "thousands apart, with so many decimals", "{{ account.arr | number }}", "48,000"),
    filter("round", "a number with fewer decimals, still a number", "{{ health.change(30) | round }}", "-13"),
    filter("percent", "a share as a percentage", "{{ (health.score / 100) | percent }}", "42%"),
    filter(
        "default",
        "what stands there instead of an empty value",
        "{{ account.timezone | default(\"UTC\") }}",
        "UTC",
    ),
    filter("upper", "in capitals", "{{ \"vip\" | upper }}", "VIP"),
    filter("lower", "in small letters", "{{ \"VIP\" | lower }}", "vip"),
    filter("title", "Each Word Capitalised", "{{ \"dana reyes\" | title }}", "Dana Reyes"),
    filter("join", "a list in one text", "{{ account.tags | join(\" and \") }}", "vip and beta"),
];

/// Sets the filters and the way values are written.
pub(super) fn install(env: &mut Environment<'static>) {
    // What marks data as safe would let a customer's text write Markdown or JSON of its own.
    env.remove_filter("safe");
    env.add_filter("date", date);
    env.add_filter("money", money);
    env.add_filter("number", number);
    env.add_filter("round", round);
    env.add_filter("percent", percent);
    env.add_filter("default", default);
    env.add_filter("d", default);
    env.add_filter("known", known);
}

/// Put behind what is compared, see [`super::compared`].
fn known(value: Value) -> Result<Value, Error> {
    if value.is_undefined() { Err(Error::from(ErrorKind::UndefinedError)) } else { Ok(value) }
}

/// `{{ contact.first_name | default("there") }}`. Outside of JSON an empty text is no default: it would leave `Hi ,`.
fn default(state: &State<'_, '_>, value: Value, args: Rest<Value>) -> Result<Value, Error> {
    let fallback = args.first().cloned().unwrap_or_else(|| Value::from(""));
    let lax = args.get(1).is_some_and(Value::is_true);
    let is_blank = fallback.as_str().is_some_and(|text| text.trim().is_empty());
    if is_blank && !matches!(state.auto_escape(), AutoEscape::Json) {
        let message = "has an empty default, which leaves a hole in the text: write what stands there instead, or \
                       {% if … %} around the sentence";
        return Err(Error::new(ErrorKind::InvalidOperation, message));
    }
    let is_missing = value.is_undefined() || (lax && !value.is_true());
    Ok(if is_missing { fallback } else { value })
}

/// A date or time of a template's value: both are text in ISO form.
pub(super) fn read_day(value: &Value) -> Result<DateTime, Error> {
    let text = value.as_str().unwrap_or_default();
    let day = text.parse::<DateTime>().ok().or_else(|| text.parse::<Date>().ok().map(|day| day.at(0, 0, 0, 0)));
    day.ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("needs a date, and `{value}` is none")))
}

/// `{{ account.renewal_date | date }}` is `June 15, 2026`; a strftime pattern says otherwise.
fn date(value: Value, format: Option<String>) -> Result<Value, Error> {
    if value.is_undefined() {
        return Ok(value);
    }
    let format = format.as_deref().unwrap_or(DATE_FORMAT);
    let text = jiff::fmt::strtime::format(format, read_day(&value)?);
    text.map(Value::from).map_err(|error| Error::new(ErrorKind::InvalidOperation, format!("date: {error}")))
}

/// `{{ account.arr | money }}` is `$48,000`; cents only where there are some. The argument is an ISO 4217 code.
fn money(value: Value, currency: Option<String>) -> Result<Value, Error> {
    in_numbers(value, |amount| {
        let code = currency.as_deref().unwrap_or("USD");
        let symbol = match code {
            "USD" => "$".to_owned(),
            "EUR" => "€".to_owned(),
            "GBP" => "£".to_owned(),
            "JPY" => "¥".to_owned(),
            _ => format!("{code} "),
        };
        let cents = (amount * 100.0).round() as i64 % 100 != 0;
        let sign = if amount < 0.0 { "-" } else { "" };
        format!("{sign}{symbol}{}", grouped(amount.abs(), if cents { 2 } else { 0 }))
    })
}

/// `{{ account.seats | number }}` is `1,250`; the argument is the count of decimals.
fn number(value: Value, decimals: Option<usize>) -> Result<Value, Error> {
    in_numbers(value, |amount| {
        let default = if amount.fract() == 0.0 { 0 } else { 1 };
        grouped(amount, decimals.unwrap_or(default))
    })
}

/// `{{ 0.42 | percent }}` is `42%`: the value is a share.
fn percent(value: Value, decimals: Option<usize>) -> Result<Value, Error> {
    in_numbers(value, |share| format!("{}%", grouped(share * 100.0, decimals.unwrap_or(0))))
}

/// A number rounded to so many decimals, none by default; still a number.
fn round(value: Value, decimals: Option<i32>) -> Result<Value, Error> {
    if value.is_undefined() {
        return Ok(value);
    }
    let scale = 10f64.powi(decimals.unwrap_or(0).clamp(0, 9));
    as_number(&value).map(|number| Value::from((number * scale).round() / scale))
}

/// Applies to a number; an empty value stays empty, so that a default may follow.
fn in_numbers(value: Value, write: impl Fn(f64) -> String) -> Result<Value, Error> {
    match value.is_undefined() {
        true => Ok(value),
        false => as_number(&value).map(|number| Value::from(write(number))),
    }
}

fn as_number(value: &Value) -> Result<f64, Error> {
    if value.kind() == ValueKind::Invalid {
        return Err(invalid(value));
    }
    f64::try_from(value.clone())
        .map_err(|_| Error::new(ErrorKind::InvalidOperation, format!("needs a number, and `{value}` is none")))
}

/// A number with thousands set apart by commas.
fn grouped(amount: f64, decimals: usize) -> String {
    let text = format!("{:.*}", decimals.min(9), amount.abs());
    let (whole, fraction) = text.split_once('.').map_or((&*text, ""), |(whole, fraction)| (whole, fraction));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if amount < 0.0 { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{grouped}{point}{fraction}")
}
