//! Cron lines: `0 9 * * MON`, as crontab(5) reads them.
//!
//! The `cron` crate wants seconds, counts Sunday as 1, joins the two day fields with *and*, and loses or doubles
//! times where clocks change. So it only ever sees civil time in UTC here, with translated fields; the zone's own
//! hours are resolved by [`crate::time`].

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate, Timelike};

use crate::time::{DateTime, TimeZone, Timestamp, instant};

/// A cron line of five fields: minute, hour, day of month, month, day of week (0 or 7 is Sunday; names work).
///
/// When both day fields are restricted, either one is enough, as POSIX has it.
#[derive(Clone)]
pub struct Cron {
    text: Arc<str>,
    /// One, or two of which the earlier counts.
    schedules: Vec<cron::Schedule>,
    /// Whether minute or hour begins with `*`: such a line follows elapsed time through a change of clocks.
    elapsed: bool,
}

const FIELDS: [&str; 5] = ["minute", "hour", "day of month", "month", "day of week"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const SHORTHANDS: [(&str, &str); 7] = [
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];

impl Cron {
    /// Reads a line. The error says which field is wrong and what a line looks like.
    pub fn parse(text: &str) -> Result<Cron, String> {
        let line = SHORTHANDS.iter().find(|(name, _)| *name == text.trim()).map_or(text, |(_, line)| line);
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else {
            return Err(format!("`{text}` has {} fields, a cron line has five: {EXAMPLE}", fields.len()));
        };
        for (index, field) in fields.iter().enumerate().take(4) {
            check_field(index, field).map_err(|()| wrong_field(FIELDS[index], field))?;
        }
        let days = weekdays(weekday).ok_or_else(|| wrong_field(FIELDS[4], weekday))?;
        let open = |field: &str| field.starts_with(['*', '?']);
        let build = |day: &str, days: &str| schedule(&format!("0 {minute} {hour} {day} {month} {days}"));
        let schedules = match open(day) || open(weekday) {
            true => vec![build(day, &days)],
            false => vec![build(day, "*"), build("*", &days)],
        };
        let schedules = schedules.into_iter().collect::<Option<Vec<_>>>();
        let schedules = schedules.ok_or_else(|| format!("`{text}` is not a cron line: {EXAMPLE}"))?;
        let cron = Cron { text: text.into(), schedules, elapsed: open(minute) || open(hour) };
        match cron.next_civil(jiff::civil::date(2024, 1, 1).at(0, 0, 0, 0)) {
            Some(_) => Ok(cron),
            None => Err(format!("`{text}` never comes: no month has such a day")),
        }
    }

    /// The first instant after `at` that the line names in `zone`; none after the year 2100.
    ///
    /// A time in a gap comes at the first instant after it, a time that exists twice comes once, at the first; lines
    /// with `*` in minute or hour go by elapsed time and so come in both passes of a repeated hour.
    pub fn next_after(&self, at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self.elapsed {
            true => self.next_elapsed(at, zone),
            false => self.next_fixed(at, zone),
        }
    }

    fn next_fixed(&self, at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let mut civil = zone.to_datetime(at);
        loop {
            civil = self.next_civil(civil)?;
            let candidate = instant(civil, zone);
            if candidate > at {
                return Some(candidate);
            }
        }
    }

    /// Walks the stretches between changes of clocks, in each with its own offset.
    fn next_elapsed(&self, at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let mut offset = zone.to_offset(at);
        let mut civil = offset.to_datetime(at);
        let mut changes = zone.following(at);
        loop {
            let candidate = offset.to_timestamp(self.next_civil(civil)?).ok()?;
            match changes.next() {
                Some(change) if change.timestamp() <= candidate => {
                    offset = change.offset();
                    // The change itself may be a moment the line names.
                    civil = offset.to_datetime(change.timestamp()).saturating_sub(jiff::Span::new().seconds(1));
                }
                _ => return Some(candidate),
            }
        }
    }

    /// The first civil time after `after` that the line names.
    fn next_civil(&self, after: DateTime) -> Option<DateTime> {
        let after = to_chrono(after)?;
        let next = self.schedules.iter().filter_map(|schedule| schedule.after(&after).next()).min()?;
        from_chrono(next)
    }
}

impl fmt::Debug for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cron({:?})", self.text)
    }
}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

const EXAMPLE: &str = "minute, hour, day of month, month, day of week, as in \"0 9 * * MON\"";

fn wrong_field(name: &str, field: &str) -> String {
    format!("`{field}` is no {name}: a cron line is {EXAMPLE}")
}

fn schedule(seven: &str) -> Option<cron::Schedule> {
    cron::Schedule::from_str(seven).ok()
}

/// Whether the field is good by itself: the crate's own errors do not say which one is wrong.
fn check_field(index: usize, field: &str) -> Result<(), ()> {
    let mut alone = ["*"; 5];
    alone[index] = field;
    schedule(&format!("0 {}", alone.join(" "))).map(|_| ()).ok_or(())
}

/// The day-of-week field as names, which the crate counts right.
fn weekdays(field: &str) -> Option<String> {
    if matches!(field, "*" | "?") {
        return Some("*".to_owned());
    }
    let mut named = [false; 7];
    for item in field.split(',') {
        let (range, step) = item.split_once('/').map_or((item, Some(1)), |(range, step)| (range, step.parse().ok()));
        let (first, last) = match range.split_once('-') {
            _ if range == "*" => (0, 6),
            Some((first, last)) => (weekday(first)?, weekday(last)?),
            None => (weekday(range)?, weekday(range)?),
        };
        // `FRI-MON` and `5-1` go over the end of the week.
        let last = if last < first { last + 7 } else { last };
        let step = step.filter(|step| *step > 0)?;
        (first..=last).step_by(step).for_each(|day| named[day % 7] = true);
    }
    let names = WEEKDAYS.iter().zip(named).filter(|(_, named)| *named).map(|(name, _)| *name);
    Some(names.collect::<Vec<_>>().join(","))
}

/// 0 to 7, or a name.
fn weekday(text: &str) -> Option<usize> {
    match text.parse::<usize>() {
        Ok(number) => (number <= 7).then_some(number),
        Err(_) => WEEKDAYS.iter().position(|name| text.eq_ignore_ascii_case(name)),
    }
}

fn to_chrono(civil: DateTime) -> Option<chrono::DateTime<chrono::Utc>> {
    let date = NaiveDate::from_ymd_opt(civil.year().into(), civil.month() as u32, civil.day() as u32)?;
    let time = date.and_hms_opt(civil.hour() as u32, civil.minute() as u32, civil.second() as u32)?;
    Some(time.and_utc())
}

fn from_chrono(at: chrono::DateTime<chrono::Utc>) -> Option<DateTime> {
    let (hour, minute, second) = (at.hour() as i8, at.minute() as i8, at.second() as i8);
    DateTime::new(at.year() as i16, at.month() as i8, at.day() as i8, hour, minute, second, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(line: &str, zone: &str, from: &str, count: usize) -> Vec<String> {
        let (cron, zone) = (Cron::parse(line).unwrap(), TimeZone::get(zone).unwrap());
        let mut at: Timestamp = from.parse().unwrap();
        let mut times = Vec::new();
        for _ in 0..count {
            at = cron.next_after(at, &zone).unwrap();
            times.push(crate::time::local_text(at, &zone));
        }
        times
    }

    #[test]
    fn zero_seven_and_the_name_are_all_sunday() {
        for day in ["0", "7", "SUN", "sun"] {
            let next = times(&format!("0 9 * * {day}"), "UTC", "2026-03-02T00:00:00Z", 1);
            assert_eq!(next, ["2026-03-08T09:00:00+00:00"], "{day}");
        }
        assert_eq!(times("0 9 * * 1", "UTC", "2026-03-01T00:00:00Z", 1), ["2026-03-02T09:00:00+00:00"]);
        assert_eq!(times("0 9 * * fri-mon", "UTC", "2026-03-02T10:00:00Z", 1), ["2026-03-06T09:00:00+00:00"]);
    }

    #[test]
    fn either_day_field_is_enough_when_both_are_given() {
        let next = times("0 9 15 * MON", "UTC", "2026-04-08T00:00:00Z", 3);
        assert_eq!(next, ["2026-04-13T09:00:00+00:00", "2026-04-15T09:00:00+00:00", "2026-04-20T09:00:00+00:00"]);
    }

    #[test]
    fn a_fixed_time_in_a_gap_comes_once_after_it() {
        let next = times("30 2 * * *", "America/New_York", "2026-03-08T05:00:00Z", 2);
        assert_eq!(next, ["2026-03-08T03:00:00-04:00", "2026-03-09T02:30:00-04:00"]);
    }

    #[test]
    fn a_fixed_time_that_exists_twice_comes_once() {
        let next = times("30 1 * * *", "America/New_York", "2026-11-01T04:00:00Z", 2);
        assert_eq!(next, ["2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00"]);
    }

    #[test]
    fn half_hours_go_on_through_the_repeated_hour() {
        let next = times("*/30 * * * *", "America/New_York", "2026-11-01T05:00:00Z", 4);
        assert_eq!(
            next,
            [
                "2026-11-01T01:30:00-04:00",
                "2026-11-01T01:00:00-05:00",
                "2026-11-01T01:30:00-05:00",
                "2026-11-01T02:00:00-05:00"
            ]
        );
    }

    #[test]
    fn shorthands_are_read() {
        assert_eq!(times("@weekly", "UTC", "2026-03-02T00:00:00Z", 1), ["2026-03-08T00:00:00+00:00"]);
        assert_eq!(times("@daily", "UTC", "2026-03-02T00:00:00Z", 1), ["2026-03-03T00:00:00+00:00"]);
    }

    #[test]
    fn a_wrong_line_says_which_field() {
        assert!(Cron::parse("0 25 * * *").unwrap_err().contains("`25` is no hour"));
        assert!(Cron::parse("0 9 * * FUN").unwrap_err().contains("day of week"));
        assert!(Cron::parse("0 9 * *").unwrap_err().contains("has 4 fields"));
        assert!(Cron::parse("0 9 31 2 *").unwrap_err().contains("never comes"));
    }
}
