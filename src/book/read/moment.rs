//! Takers for dates, times of day, spans and zones.

use toml::de::DeValue;
use toml::value::Datetime;

use super::item::Item;
use crate::condition::nearest;
use crate::time::{Date, DateTime, Span, Time, TimeZone};

impl Item<'_> {
    /// A local day, `2026-06-15`.
    pub fn date(self) -> Option<Date> {
        let moment = self.read_moment("a date such as 2026-06-15")?;
        if moment.time() != Time::midnight() {
            return self.wrong_type("a date without a time of day");
        }
        Some(moment.date())
    }

    /// A local date, meaning 00:00, or a local date and time, `2026-03-18T10:00:00`.
    pub fn date_time(self) -> Option<DateTime> {
        self.read_moment("a date, or a date and time such as 2026-03-18T10:00:00")
    }

    fn read_moment(&self, wanted: &str) -> Option<DateTime> {
        let moment = match self.raw()? {
            DeValue::Datetime(written) => local(written),
            DeValue::String(text) => text.parse::<Datetime>().ok().as_ref().and_then(local),
            _ => None,
        };
        if moment.is_some() && self.is_text() {
            let diagnostic = self.with_quotes().info("date-as-text", format!("{} is a date in quotes", self.label()));
            self.report(diagnostic.help("write the date without quotes").fix(self.place().text()));
        }
        moment.or_else(|| self.wrong_type(wanted))
    }

    /// A time of day, `"14:30"`.
    pub fn time(self) -> Option<Time> {
        let wanted = "a time of day in quotes, such as \"14:30\"";
        let time = match self.raw()? {
            DeValue::String(text) => time_of_day(text),
            // A bare 14:30 is TOML 1.1 and was already warned of.
            DeValue::Datetime(Datetime { date: None, time: Some(time), offset: None }) => {
                Time::new(time.hour as i8, time.minute as i8, time.second.unwrap_or(0) as i8, 0).ok()
            }
            _ => return self.wrong_type(wanted),
        };
        if time.is_none() {
            let message = format!("`{}` is not a time of day", self.place().text());
            self.report(self.place().error("bad-time", message).help("write it as \"14:30\""));
        }
        time
    }

    /// A span, `"3d"`.
    pub fn span(self) -> Option<Span> {
        match self.str("a span in quotes, such as \"3d\" or \"5bd\"")?.parse() {
            Ok(span) => Some(span),
            Err(message) => {
                let is_ambiguous = message.contains("ambiguous");
                let code = if is_ambiguous { "ambiguous-duration" } else { "bad-span" };
                let diagnostic = self.place().error(code, message);
                self.report(match in_short(self.place().text()) {
                    Some(right) => diagnostic.help(format!("write \"{right}\"")).fix(right),
                    None => diagnostic,
                });
                None
            }
        }
    }

    /// A span that does not go back.
    pub fn positive_span(self) -> Option<Span> {
        let (place, label, diagnostics) = (self.place(), self.label(), self.reading.diagnostics);
        let span = self.span()?;
        if span.is_negative() {
            let diagnostic = place.error("bad-span", format!("{label} cannot be negative"));
            diagnostics.push(diagnostic.suggest(span.negated().to_string()));
            return None;
        }
        Some(span)
    }

    /// An IANA time zone, `"Europe/Berlin"`.
    pub fn zone(self) -> Option<TimeZone> {
        let name = self.str("a time zone in quotes, such as \"Europe/Berlin\"")?;
        if let Ok(zone) = TimeZone::get(name) {
            return Some(zone);
        }
        let zones: Vec<String> = jiff::tz::db().available().map(|zone| zone.to_string()).collect();
        let message = format!("there is no time zone `{name}`");
        let diagnostic = self.place().error("bad-zone", message).help("write an IANA name, such as Europe/Berlin");
        self.report(diagnostic.suggest_closest(nearest(name, zones.iter().map(String::as_str))));
        None
    }
}

/// `5d` for `5 days`.
fn in_short(text: &str) -> Option<String> {
    let at = text.find(|c: char| c.is_alphabetic())?;
    let (number, unit) = (text[..at].trim(), text[at..].trim().to_lowercase());
    let unit = match unit.trim_end_matches('s') {
        "minute" | "min" => "min",
        "hour" | "hr" | "h" => "h",
        "day" | "d" => "d",
        "week" | "wk" | "w" => "w",
        "month" | "mo" => "mo",
        "business day" | "working day" | "weekday" | "bd" => "bd",
        "business hour" | "working hour" | "bh" => "bh",
        _ => return None,
    };
    let short = format!("{number}{unit}");
    short.parse::<Span>().ok().map(|_| short)
}

/// `09:00`; `24:00` is midnight at the end of a day.
pub(in crate::book) fn time_of_day(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    let digits = |part: &str| part.len() <= 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hour) || minute.len() != 2 || !digits(minute) {
        return None;
    }
    match (hour.parse().ok()?, minute.parse().ok()?) {
        (24, 0) => Some(Time::midnight()),
        (hour, minute) => Time::new(hour, minute, 0, 0).ok(),
    }
}

/// The local date and time; none for an instant with an offset and for a bare time.
fn local(written: &Datetime) -> Option<DateTime> {
    let Datetime { date: Some(date), time, offset: None } = written else { return None };
    let date = Date::new(date.year as i16, date.month as i8, date.day as i8).ok()?;
    let Some(time) = time else { return Some(date.at(0, 0, 0, 0)) };
    let time = Time::new(time.hour as i8, time.minute as i8, time.second.unwrap_or(0) as i8, 0).ok()?;
    Some(date.to_datetime(time))
}
