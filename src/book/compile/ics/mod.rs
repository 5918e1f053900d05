//! iCalendar files (RFC 5545) of holidays: which days each event takes off. An event that cannot be read is an error at
//! its place, for a day off that is missing is a mail on that day.

mod rule;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use icalendar::parser::{Component, Property, read_calendar, unfold};

use crate::book::diagnostic::Diagnostic;
use crate::book::source::{Place, SourceFile};
use crate::time::{Date, DateTime, Time, TimeZone, add_days, days_between};
use rule::Rule;

/// Longer than any holiday; more is a mistake in the file.
const MAX_DAYS_OFF: i64 = 60;

/// The days off of a file, in which rules that never end reach to the year 2100, and what is wrong with it.
pub(super) fn days_off(file: &Arc<SourceFile>) -> (BTreeSet<Date>, Vec<Diagnostic>) {
    let (mut days, mut wrong) = (BTreeSet::new(), Vec::new());
    let mut begins = event_places(file).into_iter();
    let mut any = false;
    for text in calendars(&unfold(&file.text)) {
        let Ok(calendar) = read_calendar(text) else {
            return (days, vec![no_calendar(file)]);
        };
        let zone = property(&calendar.properties, "X-WR-TIMEZONE").and_then(|zone| TimeZone::get(zone).ok());
        let events: Vec<Event> = calendar
            .components
            .iter()
            .filter(|component| component.name == "VEVENT")
            .map(|own| Event { own, zone: zone.clone().unwrap_or(TimeZone::UTC) })
            .collect();
        let moved = moved(&events);
        for event in &events {
            any = true;
            let place = begins.next().unwrap_or_else(|| Place::start_of(file));
            match event.days(&moved) {
                Ok(own) => days.extend(own),
                Err(problem) => wrong.push(problem.told(event.title(), &place)),
            }
        }
    }
    if !any {
        wrong.push(no_calendar(file));
    }
    (days, wrong)
}

fn no_calendar(file: &Arc<SourceFile>) -> Diagnostic {
    let diagnostic = Place::start_of(file).error("bad-ics", "this is not an iCalendar file with events");
    diagnostic.help("export the calendar again as .ics, or write its days into calendars.toml")
}

/// A file may hold several calendars.
fn calendars(text: &str) -> impl Iterator<Item = &str> {
    const BEGIN: &str = "BEGIN:VCALENDAR";
    let starts: Vec<usize> = text.match_indices(BEGIN).map(|(at, _)| at).collect();
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([text.len()]).collect();
    starts.into_iter().zip(ends).map(|(start, end)| &text[start..end])
}

/// Where each event begins.
fn event_places(file: &Arc<SourceFile>) -> Vec<Place> {
    let mut places = Vec::new();
    let mut start = 0;
    for line in file.text.split_inclusive('\n') {
        let written = line.trim_end();
        if written == "BEGIN:VEVENT" {
            places.push(Place::new(file, start..start + written.len()));
        }
        start += line.len();
    }
    places
}

/// UID of each series to the days that another event of the file puts elsewhere.
fn moved<'a>(events: &'a [Event]) -> BTreeMap<&'a str, BTreeSet<Date>> {
    let mut moved: BTreeMap<&str, BTreeSet<Date>> = BTreeMap::new();
    for event in events {
        if let (Some(uid), Some(was)) = (event.value("UID"), event.moment("RECURRENCE-ID")) {
            moved.entry(uid).or_default().insert(was.date());
        }
    }
    moved
}

/// Why an event gives no days.
enum Problem {
    Unreadable(&'static str),
    Rule(String),
    TooLong(i64),
    PartOfDay(DateTime, DateTime),
}

impl Problem {
    fn told(self, title: &str, place: &Place) -> Diagnostic {
        const BY_HAND: &str =
            "write the day into `yearly` or `dates` of calendars.toml, and take the event out of the file";
        match self {
            Problem::Unreadable(property) => {
                place.error("bad-ics", format!("the holiday `{title}` has no readable {property}")).help(BY_HAND)
            }
            Problem::Rule(part) => {
                let message = format!("when the holiday `{title}` comes again is not understood: `{part}`");
                place.error("ics-rule", message).help(BY_HAND)
            }
            Problem::TooLong(days) => place.error("bad-ics", format!("the holiday `{title}` lasts {days} days")),
            Problem::PartOfDay(from, until) => {
                let message = format!("`{title}` is no day off: it goes from {} to {}", shown(from), shown(until));
                place
                    .warning("ics-part-of-day", message)
                    .help("a holiday is a whole day: write it into `dates` if it is one")
            }
        }
    }
}

fn shown(at: DateTime) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

struct Event<'a> {
    own: &'a Component<'a>,
    /// Of the calendar: instants in UTC fall on its days.
    zone: TimeZone,
}

impl Event<'_> {
    fn value(&self, name: &str) -> Option<&str> {
        property(&self.own.properties, name)
    }

    fn title(&self) -> &str {
        self.value("SUMMARY").unwrap_or("without a name")
    }

    fn days(&self, moved: &BTreeMap<&str, BTreeSet<Date>>) -> Result<BTreeSet<Date>, Problem> {
        if self.value("STATUS") == Some("CANCELLED") {
            return Ok(BTreeSet::new());
        }
        let start = self.moment("DTSTART").ok_or(Problem::Unreadable("DTSTART"))?;
        let length = self.length(start)?;
        let mut starts = self.repeats(start.date())?;
        starts.extend(self.all("RDATE")?);
        let is_master = self.value("RECURRENCE-ID").is_none();
        let elsewhere = self.value("UID").filter(|_| is_master).and_then(|uid| moved.get(uid));
        for day in self.all("EXDATE")?.iter().chain(elsewhere.into_iter().flatten()) {
            starts.remove(day);
        }
        Ok(starts.iter().flat_map(|start| (0..length).map(|n| add_days(*start, n))).collect())
    }

    /// The days on which it begins by its rule.
    fn repeats(&self, start: Date) -> Result<BTreeSet<Date>, Problem> {
        let mut rules = self.own.properties.iter().filter(|own| own.name == "RRULE" || own.name == "EXRULE");
        let (first, second) = (rules.next(), rules.next());
        match (first, second) {
            (None, _) => Ok(BTreeSet::from([start])),
            (Some(rule), None) if rule.name == "RRULE" => {
                Ok(Rule::parse(rule.val.as_str()).map_err(Problem::Rule)?.days(start))
            }
            (Some(rule), other) => Err(Problem::Rule(other.unwrap_or(rule).val.to_string())),
        }
    }

    /// How many days it takes: DTEND is the first day after it (RFC 5545, 3.6.1).
    fn length(&self, start: DateTime) -> Result<i64, Problem> {
        let end = match (self.value("DTEND"), self.value("DURATION")) {
            (Some(_), _) => self.moment("DTEND").ok_or(Problem::Unreadable("DTEND"))?,
            (None, Some(duration)) => {
                start.saturating_add(whole_days(duration).ok_or(Problem::Unreadable("DURATION"))?)
            }
            (None, None) => add_days(start.date(), 1).to_datetime(start.time()),
        };
        if start.time() != Time::midnight() || end.time() != Time::midnight() {
            return Err(Problem::PartOfDay(start, end));
        }
        match days_between(start.date(), end.date()) {
            // An end that is its start is written by programs that mean the whole day.
            0 => Ok(1),
            days if days < 0 => Err(Problem::Unreadable("DTEND")),
            days if days > MAX_DAYS_OFF => Err(Problem::TooLong(days)),
            days => Ok(days),
        }
    }

    fn moment(&self, name: &str) -> Option<DateTime> {
        self.value(name).and_then(|text| moment(text, &self.zone))
    }

    /// The days of all properties of that name, each of which may list several.
    fn all(&self, name: &'static str) -> Result<BTreeSet<Date>, Problem> {
        let listed = self.own.properties.iter().filter(|own| own.name == name);
        let texts = listed.flat_map(|own| own.val.as_str().split(','));
        // A period says its end too.
        let days = texts.map(|text| moment(text.split('/').next().unwrap_or(text), &self.zone).map(DateTime::date));
        days.collect::<Option<_>>().ok_or(Problem::Unreadable(name))
    }
}

fn property<'a>(properties: &'a [Property], name: &str) -> Option<&'a str> {
    properties.iter().find(|own| own.name == name).map(|own| own.val.as_str())
}

/// `20261225`, `20261225T000000` as it is written, and `20261224T230000Z` as it is in the calendar's zone.
fn moment(text: &str, zone: &TimeZone) -> Option<DateTime> {
    let text = text.trim();
    if let Some(utc) = text.strip_suffix('Z') {
        let utc = DateTime::strptime("%Y%m%dT%H%M%S", utc).ok()?;
        return Some(zone.to_datetime(TimeZone::UTC.to_timestamp(utc).ok()?));
    }
    match text.len() {
        8 => Date::strptime("%Y%m%d", text).ok().map(|day| day.to_datetime(Time::midnight())),
        _ => DateTime::strptime("%Y%m%dT%H%M%S", text).ok(),
    }
}

/// `P1D`, `P1W`, `PT24H`.
fn whole_days(duration: &str) -> Option<jiff::Span> {
    duration.parse::<jiff::Span>().ok().filter(|span| span.is_positive())
}

#[cfg(test)]
mod tests;
