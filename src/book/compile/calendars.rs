//! calendars.toml: business hours by day and hour, with holidays and regions.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::holidays::{self, Files};
use crate::book::calendar::{BadHours, Calendar, Calendars, Holidays, Hours, Window};
use crate::book::read::{Item, Table, unknown_name};
use crate::book::source::Place;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The calendars of the file beside the built-in one; `files` are the book's `.ics` files.
pub fn compile(mut table: Table, files: &Files) -> Calendars {
    let mut calendars = Calendars::default();
    let entries = table.named("calendar");
    let holidays = holidays::compile(&mut table, files);
    let mut regional = Vec::new();
    for (name, place, entry) in entries {
        if &*name == ALWAYS {
            table.report(place.error("reserved-name", "a send window `always` is there already: it never closes"));
        }
        let calendar = calendar(entry, &holidays, &mut regional);
        calendars.calendars.insert(name, calendar);
    }
    for (place, name) in regional {
        if !calendars.calendars.contains_key(&name) {
            table.report(unknown_name(&place, "calendar", &name, names(&calendars)));
        }
    }
    table.finish();
    calendars
}

/// The window that never closes.
const ALWAYS: &str = "always";

/// A window by name: a calendar, or `always`.
pub(super) fn window(item: Item, calendars: &Calendars) -> Option<Window> {
    let (place, diagnostics) = (item.place(), item.diagnostics());
    let name = item.name()?;
    match &*name {
        ALWAYS => Some(Window::Always),
        _ if calendars.calendars.contains_key(&name) => Some(Window::Calendar(name)),
        _ => {
            diagnostics.push(unknown_name(&place, "calendar", &name, names(calendars).chain([ALWAYS])));
            None
        }
    }
}

fn names(calendars: &Calendars) -> impl Iterator<Item = &str> {
    calendars.calendars.keys().map(|name| &**name)
}

fn calendar(
    mut entry: Table,
    holidays: &BTreeMap<Arc<str>, Arc<Holidays>>,
    regional: &mut Vec<(Place, Arc<str>)>,
) -> Calendar {
    let standard = Calendar::default();
    let days = days(entry.get("days")).unwrap_or(standard.days);
    let hours = hours(entry.get("hours")).unwrap_or(standard.hours);
    let mut used = Vec::new();
    for (name, place) in entry.get("holidays").names() {
        match holidays.get(&name) {
            Some(found) => used.push(found.clone()),
            None => entry.report(unknown_name(&place, "list of holidays", &name, holidays.keys().map(|name| &**name))),
        }
    }
    let regions = regions(entry.table("region"), regional);
    entry.finish();
    Calendar { days, hours, holidays: used, regions }
}

/// Region to calendar; the calendars are checked when all are known.
fn regions(table: Option<Table>, regional: &mut Vec<(Place, Arc<str>)>) -> BTreeMap<Arc<str>, Arc<str>> {
    let mut regions = BTreeMap::new();
    let entries = table.map(|mut table| table.rest()).unwrap_or_default();
    for (region, _, item) in entries {
        let place = item.place();
        if let Some(calendar) = item.name() {
            regional.push((place, calendar.clone()));
            regions.insert(region, calendar);
        }
    }
    regions
}

/// `mon-fri`, `mon,wed,fri`, `sat-sun,wed`; Monday first.
fn days(item: Item) -> Option<[bool; 7]> {
    let (place, diagnostics) = (item.place(), item.diagnostics());
    let text = item.text()?;
    let mut days = [false; 7];
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let Some((first, last)) = weekday(first).zip(weekday(last)) else {
            let message = format!("`{}` is not a day or a row of days", part.trim());
            diagnostics.push(place.error("bad-days", message).help("write `mon-fri` or `mon,wed,fri`"));
            return None;
        };
        let length = (last + 7 - first) % 7;
        (first..=first + length).for_each(|day| days[day % 7] = true);
    }
    Some(days)
}

/// The day of the week by its first three letters or its whole name; 0 is Monday.
pub(super) fn weekday(text: &str) -> Option<usize> {
    const NAMES: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let text = text.trim().to_lowercase();
    (0..7).find(|day| text == DAYS[*day] || text == NAMES[*day])
}

/// `09:00-17:00`, `09:00-12:00, 13:00-17:00`; `22:00-06:00` goes over midnight, `00:00-24:00` is the whole day.
fn hours(item: Item) -> Option<Hours> {
    let (place, diagnostics) = (item.place(), item.diagnostics());
    let told = |bad: BadHours| diagnostics.push(place.error("bad-hours", bad.message).help(bad.help));
    item.text()?.parse().map_err(told).ok()
}
