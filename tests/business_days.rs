//! Business days against numpy: 100,000 cases that `tests/business_days/generate.py` wrote. Business hours against a
//! clerk who counts every minute.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::GzDecoder;
use playcaller::book::calendar::{Hours, add_span, add_span_to_day};
use playcaller::book::{self, Calendar};
use playcaller::time::{Date, DateTime, Span, TimeZone, Timestamp, Unit, add_days, days_between};
use proptest::prelude::*;

const CALENDARS: &str = include_str!("business_days/calendars.toml");
const CASES: &[u8] = include_bytes!("business_days/cases.csv.gz");

#[test]
fn a_hundred_thousand_cases_agree_with_numpy() {
    let loaded = book::load_files(BTreeMap::from([("calendars.toml".to_owned(), CALENDARS.to_owned())]));
    assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics);
    let mut text = String::new();
    GzDecoder::new(CASES).read_to_string(&mut text).expect("the cases are packed text");
    let calendars = &loaded.book.calendars.calendars;
    let mut count = 0;
    for line in text.lines() {
        let [name, what, from, n, expected] = line.split(',').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let (calendar, from): (&Calendar, Date) = (&calendars[name], from.parse().expect("a date"));
        let (n, expected): (i64, i64) = (n.parse().expect("a number"), expected.parse().expect("a number"));
        let actual = match what {
            "count" => calendar.business_days_between(from, add_days(from, n)),
            "add" => {
                let there = add_span_to_day(from, Span { n, unit: Unit::BusinessDay }, Some(calendar));
                days_between(from, there.expect("a business day"))
            }
            other => panic!("{other}"),
        };
        assert_eq!(actual, expected, "{line}");
        count += 1;
    }
    assert_eq!(count, 100_000);
}

const HOURS: [&str; 5] =
    ["09:00-17:00", "09:00-12:00, 13:00-17:00", "22:00-06:00", "00:00-24:00", "08:00-12:15, 22:30-05:00"];
const ZONES: [&str; 4] = ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn business_hours_are_the_open_minutes(
        hours in prop::sample::select(&HOURS[..]),
        zone in prop::sample::select(&ZONES[..]),
        days in prop::array::uniform7(prop::bool::weighted(0.7)),
        // Around both changes of clocks of 2026.
        start in prop_oneof![0i64..12 * 1440, 210 * 1440i64..222 * 1440],
        open_hours in 1i64..40,
    ) {
        prop_assume!(days.contains(&true));
        let zone = TimeZone::get(zone).expect("a zone");
        let start = "2026-03-25T00:00:00Z".parse::<Timestamp>().expect("an instant") + jiff::Span::new().minutes(start);
        let calendar = Calendar { days, hours: hours.parse().expect("hours"), ..Calendar::default() };
        let there = |n| add_span(start, Span { n, unit: Unit::BusinessHour }, &zone, Some(&calendar));
        prop_assert_eq!(there(open_hours), Some(after(start, open_hours * 60, &calendar, &zone)));
        let back = there(-open_hours).expect("an instant");
        prop_assert_eq!(open_minutes(back, start, &calendar, &zone), open_hours * 60, "from {}", back);
    }
}

/// Where so many open minutes end, counted one by one.
fn after(start: Timestamp, minutes: i64, calendar: &Calendar, zone: &TimeZone) -> Timestamp {
    let (mut at, mut left) = (start, minutes);
    while left > 0 {
        left -= i64::from(is_open(at, calendar, zone));
        at += jiff::Span::new().minutes(1);
    }
    at
}

fn open_minutes(from: Timestamp, until: Timestamp, calendar: &Calendar, zone: &TimeZone) -> i64 {
    let minutes = until.duration_since(from).as_mins();
    (0..minutes).filter(|n| is_open(from + jiff::Span::new().minutes(*n), calendar, zone)).count() as i64
}

/// Whether the calendar is open by what the clock on the wall shows.
fn is_open(at: Timestamp, calendar: &Calendar, zone: &TimeZone) -> bool {
    let local: DateTime = zone.to_datetime(at);
    let hours: Vec<(String, String)> = stretches(&calendar.hours);
    let now = local.strftime("%H:%M").to_string();
    let (today, yesterday) = (local.date(), add_days(local.date(), -1));
    hours.iter().any(|(open, close)| match open < close {
        true => calendar.is_business_day(today) && *open <= now && now < *close,
        false => {
            let evening = calendar.is_business_day(today) && now >= *open;
            evening || (calendar.is_business_day(yesterday) && now < *close)
        }
    })
}

fn stretches(hours: &Hours) -> Vec<(String, String)> {
    let text = hours.to_string();
    let pairs = text.split(", ").map(|own| own.split_once('-').expect("opening and close"));
    pairs.map(|(open, close)| (open.to_owned(), close.to_owned())).collect()
}
