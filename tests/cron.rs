//! Cron lines against croner 4, which reads crontabs by itself: a year of every line in every zone, step by step.

use chrono::{DateTime, FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, Offset};
use jiff::tz::AmbiguousOffset;
use playcaller::book::schedule::Cron;
use playcaller::time::{TimeZone, Timestamp, local_text};

const LINES: [&str; 18] = [
    "0 9 * * *",
    "30 2 * * *",
    "0 0 * * *",
    "59 23 * * *",
    "0 9 * * MON",
    "0 9 * * 1-5",
    "0 9 * * 7",
    "15,45 8-18/2 * * MON-FRI",
    "0 9 1 * *",
    "0 9 31 * *",
    "0 9 29 2 *",
    "0 9 15 * MON",
    "0 2 * 3,10,11 SUN",
    "0 0 1 1,4,7,10 *",
    "*/30 * * * *",
    "0 */6 * * *",
    "20 * * * *",
    "15 1-3 * * *",
];

/// Clocks that change by an hour, by half an hour, at midnight, in the south, and never.
const ZONES: [&str; 7] = [
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Pacific/Chatham",
    "Asia/Kolkata",
    "UTC",
];

/// The only line read differently, on the days of the changes alone: to croner a range of hours goes by elapsed time, as
/// `*` does; to us it is a list of hours, of which one in a gap comes once after it and one in a fold once.
/// Line, zone, our instant and croner's.
const DIFFERENCES: [[&str; 4]; 7] = [
    ["15 1-3 * * *", "America/New_York", "2026-03-08T03:00:00-04:00", "2026-03-08T03:15:00-04:00"],
    ["15 1-3 * * *", "America/New_York", "2026-11-01T02:15:00-05:00", "2026-11-01T01:15:00-05:00"],
    ["15 1-3 * * *", "Europe/Berlin", "2026-03-29T03:00:00+02:00", "2026-03-29T03:15:00+02:00"],
    ["15 1-3 * * *", "Europe/Berlin", "2026-10-25T03:15:00+01:00", "2026-10-25T02:15:00+01:00"],
    ["15 1-3 * * *", "Australia/Lord_Howe", "2026-10-04T02:30:00+11:00", "2026-10-04T03:15:00+11:00"],
    ["15 1-3 * * *", "Pacific/Chatham", "2026-04-06T01:15:00+12:45", "2026-04-05T03:15:00+12:45"],
    ["15 1-3 * * *", "Pacific/Chatham", "2026-09-27T03:45:00+13:45", "2026-09-28T01:15:00+13:45"],
];

#[test]
fn a_year_of_every_line_in_every_zone_agrees_with_croner() {
    let (mut steps, mut found) = (0, Vec::new());
    for line in LINES {
        for zone in ZONES {
            steps += walk(line, zone, &mut found);
        }
    }
    assert_eq!(found, DIFFERENCES.map(|own| own.map(str::to_owned)));
    assert!(steps > 100_000, "only {steps} steps");
}

/// Follows our instants for a year and asks croner at each.
fn walk(line: &str, name: &str, found: &mut Vec<[String; 4]>) -> usize {
    let (ours, theirs) = (Cron::parse(line).expect("a cron line"), line.parse::<croner::Cron>().expect("a pattern"));
    let zone = TimeZone::get(name).expect("a zone");
    let mut at: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let until: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
    let mut steps = 0;
    while at < until {
        let next = ours.next_after(at, &zone).expect("there is a next time");
        let chrono = DateTime::from_timestamp(at.as_second(), 0).unwrap().with_timezone(&Zone(zone.clone()));
        let other = theirs.find_next_occurrence(&chrono, false).expect("there is a next time").timestamp();
        if other != next.as_second() {
            let other = Timestamp::from_second(other).expect("an instant");
            found.push([line.to_owned(), name.to_owned(), local_text(next, &zone), local_text(other, &zone)]);
        }
        (at, steps) = (next, steps + 1);
    }
    steps
}

/// jiff's zones as chrono wants them, so that both read the same clocks.
#[derive(Clone, Debug)]
struct Zone(TimeZone);

#[derive(Clone, Debug)]
struct ZoneOffset(Zone, FixedOffset);

impl Offset for ZoneOffset {
    fn fix(&self) -> FixedOffset {
        self.1
    }
}

impl Zone {
    fn offset(&self, offset: jiff::tz::Offset) -> ZoneOffset {
        ZoneOffset(self.clone(), FixedOffset::east_opt(offset.seconds()).expect("an offset"))
    }
}

impl chrono::TimeZone for Zone {
    type Offset = ZoneOffset;

    fn from_offset(offset: &ZoneOffset) -> Zone {
        offset.0.clone()
    }

    fn offset_from_local_date(&self, local: &NaiveDate) -> MappedLocalTime<ZoneOffset> {
        self.offset_from_local_datetime(&local.and_hms_opt(0, 0, 0).expect("midnight"))
    }

    fn offset_from_local_datetime(&self, local: &NaiveDateTime) -> MappedLocalTime<ZoneOffset> {
        let civil = jiff::tz::Offset::UTC.to_datetime(Timestamp::from_second(local.and_utc().timestamp()).unwrap());
        match self.0.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => MappedLocalTime::Single(self.offset(offset)),
            AmbiguousOffset::Gap { .. } => MappedLocalTime::None,
            AmbiguousOffset::Fold { before, after } => {
                MappedLocalTime::Ambiguous(self.offset(before), self.offset(after))
            }
        }
    }

    fn offset_from_utc_date(&self, utc: &NaiveDate) -> ZoneOffset {
        self.offset_from_utc_datetime(&utc.and_hms_opt(0, 0, 0).expect("midnight"))
    }

    fn offset_from_utc_datetime(&self, utc: &NaiveDateTime) -> ZoneOffset {
        let at = Timestamp::from_second(utc.and_utc().timestamp()).expect("an instant");
        self.offset(self.0.to_offset(at))
    }
}
