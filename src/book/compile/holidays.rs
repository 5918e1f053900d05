//! Holidays of calendars.toml: yearly rules, single dates, and ICS files.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use icalendar::parser::{Calendar, Component, read_calendar, unfold};
use jiff::civil::Weekday;

use super::calendars::weekday;
use crate::book::calendar::{Holidays, Yearly};
use crate::book::read::{Item, Table, unknown_name};
use crate::book::source::{Place, SourceFile};
use crate::time::{Date, add_days};

/// The `.ics` files of the book by their path.
pub type Files = BTreeMap<Arc<str>, Arc<SourceFile>>;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The longest single event of an ICS file that is taken for holidays.
const MAX_DAYS_OFF: i64 = 60;

/// The lists `[holidays.<name>]`.
pub fn compile(table: &mut Table, files: &Files) -> BTreeMap<Arc<str>, Arc<Holidays>> {
    let mut lists = BTreeMap::new();
    for (name, _, mut entry) in table.named("holidays") {
        let yearly = entry.get("yearly").list().into_iter().filter_map(yearly).collect();
        let dates = entry.get("dates").list().into_iter().filter_map(Item::date).collect();
        let mut holidays = Holidays { yearly, dates };
        let ics = entry.get("ics");
        let place = ics.place();
        if let Some(path) = ics.name() {
            match files.get(&path) {
                Some(file) => read_ics(file, &mut holidays, &entry),
                None => entry.report(unknown_name(&place, "file", &path, files.keys().map(|path| &**path))),
            }
        }
        entry.finish();
        lists.insert(name, Arc::new(holidays));
    }
    lists
}

/// `12-25`, `thu 4 of nov`, `mon last of may`.
fn yearly(item: Item) -> Option<Yearly> {
    let (place, diagnostics) = (item.place(), item.diagnostics());
    let text = item.text()?;
    let rule = fixed(&text).or_else(|| nth(&text));
    if rule.is_none() {
        let diagnostic = place.error("bad-holiday", format!("`{text}` is not a day of the year"));
        diagnostics.push(diagnostic.help("write it as \"12-25\" (month-day), \"thu 4 of nov\" or \"mon last of may\""));
    }
    rule
}

fn fixed(text: &str) -> Option<Yearly> {
    let (month, day) = text.trim().split_once('-')?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    // 29 February is a day of the year, in a leap year.
    Date::new(2024, month, day).ok().map(|_| Yearly::On { month, day })
}

fn nth(text: &str) -> Option<Yearly> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let [day, nth, of, month] = words.as_slice() else { return None };
    let weekday = Weekday::from_monday_zero_offset(weekday(day)? as i8).ok()?;
    let nth = if nth == "last" { -1 } else { nth.parse().ok().filter(|nth| (1..=5).contains(nth))? };
    let month = MONTHS.iter().position(|name| month.starts_with(name))? as i8 + 1;
    (of == "of").then_some(Yearly::Nth { weekday, nth, month })
}

fn read_ics(file: &Arc<SourceFile>, holidays: &mut Holidays, entry: &Table) {
    let place = Place::start_of(file);
    let text = unfold(&file.text);
    let calendar: Calendar = match read_calendar(&text) {
        Ok(calendar) => calendar,
        Err(_) => {
            let diagnostic = place.error("bad-ics", "this is not an iCalendar file");
            return entry
                .report(diagnostic.help("export the calendar again as .ics, or write its days into calendars.toml"));
        }
    };
    for event in calendar.components.iter().filter(|component| component.name == "VEVENT") {
        match days_off(event) {
            None => {
                let message =
                    format!("the holiday {} has no readable date", value(event, "SUMMARY").unwrap_or_default());
                entry.report(place.error("bad-ics", message));
            }
            Some(days) => match value(event, "RRULE") {
                None => holidays.dates.extend(days),
                Some("FREQ=YEARLY") => {
                    holidays.yearly.extend(days.iter().map(|day| Yearly::On { month: day.month(), day: day.day() }));
                }
                Some(rule) => {
                    holidays.dates.extend(days);
                    let message = format!("the rule `{rule}` is not read: only the first of these holidays counts");
                    entry.report(place.warning("ics-rule", message).help("write the rule into `yearly`"));
                }
            },
        }
    }
}

/// The days of an event: from DTSTART up to, and without, DTEND (RFC 5545, 3.6.1).
fn days_off(event: &Component) -> Option<BTreeSet<Date>> {
    let start = value(event, "DTSTART").and_then(ics_date)?;
    let end = value(event, "DTEND").and_then(ics_date).filter(|end| *end > start).unwrap_or(add_days(start, 1));
    Some((0..MAX_DAYS_OFF).map(|n| add_days(start, n)).take_while(|day| *day < end).collect())
}

fn value<'a>(event: &'a Component, name: &str) -> Option<&'a str> {
    event.properties.iter().find(|property| property.name == name).map(|property| property.val.as_ref())
}

/// The date of `20261225` or `20261225T000000`.
fn ics_date(text: &str) -> Option<Date> {
    Date::strptime("%Y%m%d", text.get(..8)?).ok()
}
