//! Every zone of the world and every change of its clocks from 2020 to 2037: no local date is missed, none comes twice.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::Offset;
use playcaller::book::Calendar;
use playcaller::book::calendar::{add_span, on_day};
use playcaller::book::schedule::Cron;
use playcaller::time::{Date, DateTime, Span, Time, TimeZone, Timestamp, add_days};

/// The offset in force until the instant, and from it on.
type Change = (Timestamp, Offset, Offset);

#[test]
fn every_day_happens_once_around_every_change_of_clocks() {
    let mut crons = BTreeMap::new();
    let (mut rules, mut changes_seen) = (0, 0);
    for (changes, zone) in different_zones() {
        rules += 1;
        for (place, change) in changes.iter().enumerate() {
            changes_seen += 1;
            let near = &changes[place.saturating_sub(1)..(place + 2).min(changes.len())];
            for time in times_of_day(*change) {
                let cron = crons.entry(time).or_insert_with(|| daily(time));
                around(&zone, near, *change, time, cron);
            }
        }
    }
    assert!(rules > 40 && changes_seen > 1000, "{rules} different zones with {changes_seen} changes");
}

fn daily(time: Time) -> Cron {
    Cron::parse(&format!("{} {} * * *", time.minute(), time.hour())).expect("a cron line")
}

/// The zones whose clocks change, each set of changes once, with its changes.
fn different_zones() -> BTreeMap<Vec<Change>, TimeZone> {
    let (from, until): (Timestamp, Timestamp) =
        ("2020-01-01T00:00:00Z".parse().unwrap(), "2038-01-01T00:00:00Z".parse().unwrap());
    let zones = jiff::tz::db().available().map(|name| TimeZone::get(name.as_str()).expect("an available zone"));
    let mut different = BTreeMap::new();
    for zone in zones {
        let mut offset = zone.to_offset(from);
        let following = zone.following(from).take_while(|change| change.timestamp() < until);
        let changes = following.map(|change| {
            let before = std::mem::replace(&mut offset, change.offset());
            (change.timestamp(), before, change.offset())
        });
        // A zone may change its name or its kind of time, and its clocks go on.
        let changes: Vec<Change> = changes.filter(|(_, before, after)| before != after).collect();
        if !changes.is_empty() {
            different.entry(changes).or_insert(zone);
        }
    }
    different
}

/// Some of every day, and those at the change itself: its first moment, its middle and its last.
fn times_of_day((at, before, after): Change) -> BTreeSet<Time> {
    let usual = [(0, 0), (0, 30), (2, 30), (9, 0), (23, 30)].map(|(hour, minute)| Time::constant(hour, minute, 0, 0));
    let (one, other) = (before.to_datetime(at), after.to_datetime(at));
    let middle = one.min(other) + jiff::SignedDuration::from_mins(15);
    usual.into_iter().chain([one, other, middle].map(|local| local.time())).collect()
}

/// Three local days around the change, in all the ways a local time becomes an instant.
fn around(zone: &TimeZone, near: &[Change], (at, before, _): Change, time: Time, cron: &Cron) {
    let name = zone.iana_name().unwrap_or_default();
    let days: Vec<Date> = (-1..=1).map(|n| add_days(before.to_datetime(at).date(), n)).collect();
    let expected: Vec<Timestamp> = days.iter().map(|day| first_reading(day.to_datetime(time), near)).collect();
    assert!(expected.is_sorted_by(|one, next| one < next), "{name} at {at}, {time}: a day comes twice");

    let mut fired = Vec::new();
    let mut last = expected[0] - jiff::SignedDuration::from_secs(1);
    for _ in &days {
        last = cron.next_after(last, zone).expect("another day");
        fired.push(last);
    }
    assert_eq!(fired, expected, "{name} at {at}: a schedule at {time}");

    let always = Calendar { days: [true; 7], hours: "00:00-24:00".parse().unwrap(), ..Calendar::default() };
    for (day, expected) in days.iter().zip(&expected) {
        for calendar in [None, Some(&always)] {
            let planned = on_day(*day, Some(time), zone, calendar);
            assert_eq!(planned, Some(*expected), "{name} at {at}: a step on {day} at {time}");
        }
        let window = Calendar { hours: from_then_on(time), ..always.clone() };
        let opening = on_day(*day, None, zone, Some(&window));
        assert_eq!(opening, Some(*expected), "{name} at {at}: the opening on {day} at {time}");
    }
    a_day_later(zone, near, &days, time, &expected);
}

/// Six hours: longer than any change of clocks takes away.
fn from_then_on(time: Time) -> playcaller::book::calendar::Hours {
    let close = time.wrapping_add(jiff::SignedDuration::from_hours(6));
    format!("{}-{}", time.strftime("%H:%M"), close.strftime("%H:%M")).parse().expect("hours")
}

/// `1d` keeps the local time that the clock showed.
fn a_day_later(zone: &TimeZone, near: &[Change], days: &[Date], time: Time, expected: &[Timestamp]) {
    let showed = zone.to_datetime(expected[0]);
    if showed == days[0].to_datetime(time) {
        let later = add_span(expected[0], Span::days(1), zone, None);
        assert_eq!(later, Some(first_reading(days[1].to_datetime(time), near)), "a day after {showed}");
    }
}

/// The first instant at which the clock on the wall shows this time or, where it jumps over it, a later one.
fn first_reading(local: DateTime, changes: &[Change]) -> Timestamp {
    let mut begins = Timestamp::MIN;
    for (at, before, _) in changes {
        let reading = before.to_timestamp(local).expect("an instant").max(begins);
        if reading < *at {
            return reading;
        }
        begins = *at;
    }
    let (_, _, last) = changes.last().expect("a change");
    last.to_timestamp(local).expect("an instant").max(begins)
}
