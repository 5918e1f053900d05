//! calendars.toml, compiled: business hours and holidays, by region, and the arithmetic on them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Weekday;

use crate::time::{
    Date, Span, Time, TimeZone, Timestamp, Unit, add_days, days_between, instant, local_date, start_of_day,
};

pub use super::hours::{BadHours, Hours};

/// The calendar that is there without any file: Monday to Friday, 09:00 to 17:00.
pub const BUSINESS_HOURS: &str = "business-hours";

/// How far arithmetic looks for an open day before it gives up: ten years.
const HORIZON_DAYS: i64 = 3660;

/// When something may be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Window {
    Always,
    /// A calendar by name; the account's region may replace it.
    Calendar(Arc<str>),
}

/// All calendars by name.
#[derive(Clone, Debug)]
pub struct Calendars {
    pub calendars: BTreeMap<Arc<str>, Calendar>,
}

impl Default for Calendars {
    fn default() -> Calendars {
        Calendars { calendars: BTreeMap::from([(Arc::from(BUSINESS_HOURS), Calendar::default())]) }
    }
}

impl Calendars {
    /// The calendar of a window for an account of that region; none for a window that is always open.
    pub fn of(&self, window: &Window, region: Option<&str>) -> Option<&Calendar> {
        match window {
            Window::Always => None,
            Window::Calendar(name) => self.regional(name, region),
        }
    }

    /// The calendar that counts business days and hours: the window's own, else the standard one.
    pub fn business(&self, window: &Window, region: Option<&str>) -> Option<&Calendar> {
        self.of(window, region)
            .or_else(|| self.regional(BUSINESS_HOURS, region))
            .or_else(|| self.calendars.values().next())
    }

    fn regional(&self, name: &str, region: Option<&str>) -> Option<&Calendar> {
        let calendar = self.calendars.get(name)?;
        let other = region.and_then(|region| calendar.regions.get(region));
        other.and_then(|name| self.calendars.get(name)).or(Some(calendar))
    }
}

/// Open days and hours. A business day is a local day on which the calendar opens.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// Monday first.
    pub days: [bool; 7],
    pub hours: Hours,
    pub holidays: Vec<Arc<Holidays>>,
    /// `account.region` to the calendar used there.
    pub regions: BTreeMap<Arc<str>, Arc<str>>,
}

impl Default for Calendar {
    fn default() -> Calendar {
        Calendar {
            days: [true, true, true, true, true, false, false],
            hours: Hours::default(),
            holidays: Vec::new(),
            regions: BTreeMap::new(),
        }
    }
}

/// One list of holidays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Holidays {
    pub yearly: Vec<Yearly>,
    /// Single dates, those of the ICS file among them.
    pub dates: BTreeSet<Date>,
}

/// A holiday that comes every year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Yearly {
    /// `12-25`.
    On { month: i8, day: i8 },
    /// `thu 4 of nov`; −1 is the last (`mon last of may`).
    Nth { weekday: Weekday, nth: i8, month: i8 },
}

impl Holidays {
    pub fn contains(&self, day: Date) -> bool {
        self.dates.contains(&day) || self.yearly.iter().any(|rule| rule.falls_on(day))
    }
}

impl Yearly {
    fn falls_on(self, day: Date) -> bool {
        match self {
            Yearly::On { month, day: of_month } => day.month() == month && day.day() == of_month,
            Yearly::Nth { weekday, nth, month } => {
                day.month() == month && day.nth_weekday_of_month(nth, weekday).is_ok_and(|holiday| holiday == day)
            }
        }
    }
}

impl Calendar {
    pub fn is_business_day(&self, day: Date) -> bool {
        let weekday = day.weekday().to_monday_zero_offset() as usize;
        self.days[weekday] && !self.holidays.iter().any(|holidays| holidays.contains(day))
    }

    /// That day if the calendar opens on it, else the next day that does; none within ten years.
    pub fn business_day_from(&self, day: Date) -> Option<Date> {
        (0..HORIZON_DAYS).map(|n| add_days(day, n)).find(|day| self.is_business_day(*day))
    }

    /// `n` business days after `day` (before, when negative); 0 is that day or the next business day.
    pub fn add_business_days(&self, day: Date, n: i64) -> Option<Date> {
        if n == 0 {
            return self.business_day_from(day);
        }
        let mut left = n.abs();
        let reach = HORIZON_DAYS + n.abs() * 7;
        (1..reach).map(|step| add_days(day, step * n.signum())).find(|day| {
            left -= i64::from(self.is_business_day(*day));
            left == 0
        })
    }

    /// Business days in (from, to]: 0 on the same day, negative when `to` is earlier.
    pub fn business_days_between(&self, from: Date, to: Date) -> i64 {
        if to < from {
            return -self.business_days_between(to, from);
        }
        let days = days_between(from, to).min(100 * 366);
        (1..=days).filter(|n| self.is_business_day(add_days(from, *n))).count() as i64
    }

    /// The instant itself while the calendar is open, else its next opening.
    pub fn next_open(&self, at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let (from, _) = self.open_interval(at, zone)?;
        Some(from.max(at))
    }

    /// The opening of a business day. A day whose hours a change of clocks takes away opens with the next one.
    fn opening(&self, day: Date, zone: &TimeZone) -> Option<Timestamp> {
        self.next_open(instant(day.to_datetime(self.hours.opening()), zone), zone)
    }

    /// The open interval that contains `at`, or the next one.
    fn open_interval(&self, at: Timestamp, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        // Hours over midnight may have begun yesterday.
        let yesterday = add_days(local_date(at, zone), -1);
        (0..HORIZON_DAYS)
            .map(|n| add_days(yesterday, n))
            .filter(|day| self.is_business_day(*day))
            .flat_map(|day| self.hours.of(day, zone))
            .find(|(from, until)| *until > at && until > from)
    }

    /// The instant after so many open minutes; before, when negative.
    pub fn add_open_minutes(&self, at: Timestamp, minutes: i64, zone: &TimeZone) -> Option<Timestamp> {
        if minutes < 0 {
            return self.subtract_open_minutes(at, -minutes, zone);
        }
        let (mut at, mut left) = (at, minutes * 60);
        loop {
            let (from, until) = self.open_interval(at, zone)?;
            let start = from.max(at);
            let room = until.duration_since(start).as_secs();
            if left <= room {
                return Some(start + left.seconds());
            }
            left -= room;
            at = until;
        }
    }

    fn subtract_open_minutes(&self, at: Timestamp, minutes: i64, zone: &TimeZone) -> Option<Timestamp> {
        let mut left = minutes * 60;
        let today = local_date(at, zone);
        let days = (0..HORIZON_DAYS + minutes).map(|n| add_days(today, -n));
        for day in days.filter(|day| self.is_business_day(*day)) {
            for (from, until) in self.hours.of(day, zone).rev() {
                let until = until.min(at);
                let room = until.duration_since(from).as_secs();
                if room >= left {
                    return Some(until - left.seconds());
                }
                left -= room.max(0);
            }
        }
        None
    }
}

/// The local day a span in days leads to.
///
/// `mo` clamps to the month's end; `bd` needs the calendar. None when no business day can be found.
pub fn add_span_to_day(day: Date, span: Span, business: Option<&Calendar>) -> Option<Date> {
    match span.unit {
        Unit::Day => Some(add_days(day, span.n)),
        Unit::Week => Some(add_days(day, span.n * 7)),
        Unit::Month => Some(day.saturating_add(span.n.months())),
        Unit::BusinessDay => business?.add_business_days(day, span.n),
        Unit::Minute | Unit::Hour | Unit::BusinessHour => Some(day),
    }
}

/// The instant a span leads to: elapsed time for `min` and `h`, open minutes for `bh`, the same local time on
/// the day that [`add_span_to_day`] gives for the rest.
pub fn add_span(at: Timestamp, span: Span, zone: &TimeZone, business: Option<&Calendar>) -> Option<Timestamp> {
    match span.unit {
        Unit::Minute => at.checked_add(span.n.minutes()).ok(),
        Unit::Hour => at.checked_add(span.n.hours()).ok(),
        Unit::BusinessHour => business?.add_open_minutes(at, span.n * 60, zone),
        Unit::Day | Unit::Week | Unit::Month | Unit::BusinessDay => {
            let local = zone.to_datetime(at);
            let day = add_span_to_day(local.date(), span, business)?;
            Some(instant(day.to_datetime(local.time()), zone))
        }
    }
}

/// When something planned for a local day runs: at `time`, else at the opening, of that day or of the next day
/// that has one; without a calendar at `time`, else at the start of the day.
pub fn on_day(day: Date, time: Option<Time>, zone: &TimeZone, calendar: Option<&Calendar>) -> Option<Timestamp> {
    let Some(calendar) = calendar else {
        return Some(time.map_or_else(|| start_of_day(day, zone), |time| instant(day.to_datetime(time), zone)));
    };
    let day = calendar.business_day_from(day)?;
    time.map_or_else(|| calendar.opening(day, zone), |time| Some(instant(day.to_datetime(time), zone)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn new_york() -> TimeZone {
        TimeZone::get("America/New_York").unwrap()
    }

    fn open(hours: &str) -> Calendar {
        Calendar { hours: hours.parse().unwrap(), ..Calendar::default() }
    }

    fn with_holidays() -> Calendar {
        let yearly = vec![
            Yearly::On { month: 12, day: 25 },
            Yearly::Nth { weekday: Weekday::Thursday, nth: 4, month: 11 },
            Yearly::Nth { weekday: Weekday::Monday, nth: -1, month: 5 },
        ];
        Calendar { holidays: vec![Arc::new(Holidays { yearly, dates: BTreeSet::new() })], ..Calendar::default() }
    }

    #[test]
    fn business_days_count_from_the_day_after() {
        let calendar = Calendar::default();
        let (friday, saturday, monday) = (date(2026, 3, 6), date(2026, 3, 7), date(2026, 3, 9));
        assert_eq!(calendar.add_business_days(friday, 1), Some(monday));
        assert_eq!(calendar.add_business_days(saturday, 1), Some(monday));
        assert_eq!(calendar.add_business_days(monday, -1), Some(friday));
        assert_eq!(calendar.add_business_days(saturday, 0), Some(monday));
        assert_eq!(calendar.add_business_days(friday, 0), Some(friday));
        assert_eq!(calendar.business_days_between(friday, monday), 1);
        assert_eq!(calendar.business_days_between(monday, friday), -1);
        assert_eq!(calendar.business_days_between(friday, friday), 0);
    }

    #[test]
    fn holidays_are_not_business_days() {
        let calendar = with_holidays();
        assert!(!calendar.is_business_day(date(2026, 11, 26)));
        assert!(!calendar.is_business_day(date(2026, 5, 25)));
        assert!(!calendar.is_business_day(date(2026, 12, 25)));
        assert_eq!(calendar.add_business_days(date(2026, 11, 25), 1), Some(date(2026, 11, 27)));
    }

    #[test]
    fn outside_the_hours_the_next_opening_counts() {
        let (calendar, zone) = (Calendar::default(), new_york());
        let friday_evening = instant(date(2026, 3, 6).at(18, 10, 0, 0), &zone);
        let monday_nine = instant(date(2026, 3, 9).at(9, 0, 0, 0), &zone);
        assert_eq!(calendar.next_open(friday_evening, &zone), Some(monday_nine));
        let inside = instant(date(2026, 3, 9).at(16, 59, 0, 0), &zone);
        assert_eq!(calendar.next_open(inside, &zone), Some(inside));
        let at_close = instant(date(2026, 3, 9).at(17, 0, 0, 0), &zone);
        assert_eq!(calendar.next_open(at_close, &zone), Some(instant(date(2026, 3, 10).at(9, 0, 0, 0), &zone)));
    }

    #[test]
    fn business_hours_are_open_minutes() {
        let (calendar, zone) = (Calendar::default(), new_york());
        let friday_four = instant(date(2026, 3, 6).at(16, 0, 0, 0), &zone);
        let expected = instant(date(2026, 3, 9).at(12, 0, 0, 0), &zone);
        assert_eq!(calendar.add_open_minutes(friday_four, 240, &zone), Some(expected));
        assert_eq!(calendar.add_open_minutes(expected, -240, &zone), Some(friday_four));
    }

    #[test]
    fn a_window_over_midnight_belongs_to_the_day_it_opens() {
        let night = open("22:00-06:00");
        let zone = new_york();
        let saturday_early = instant(date(2026, 3, 7).at(3, 0, 0, 0), &zone);
        assert_eq!(night.next_open(saturday_early, &zone), Some(saturday_early));
        let sunday_early = instant(date(2026, 3, 8).at(1, 0, 0, 0), &zone);
        assert_eq!(night.next_open(sunday_early, &zone), Some(instant(date(2026, 3, 9).at(22, 0, 0, 0), &zone)));
    }

    #[test]
    fn the_hour_between_two_stretches_of_a_day_is_closed_and_counts_for_nothing() {
        let (calendar, zone) = (open("09:00-12:00, 13:00-17:00"), new_york());
        let at = |hour, minute| instant(date(2026, 3, 9).at(hour, minute, 0, 0), &zone);
        assert_eq!(calendar.next_open(at(12, 0), &zone), Some(at(13, 0)));
        assert_eq!(calendar.next_open(at(11, 59), &zone), Some(at(11, 59)));
        assert_eq!(calendar.add_open_minutes(at(11, 30), 60, &zone), Some(at(13, 30)));
        assert_eq!(calendar.add_open_minutes(at(13, 30), -60, &zone), Some(at(11, 30)));
        assert_eq!(on_day(date(2026, 3, 9), None, &zone, Some(&calendar)), Some(at(9, 0)));
    }

    #[test]
    fn hours_that_a_change_of_clocks_takes_away_open_with_the_next_day() {
        let calendar = Calendar { days: [true; 7], ..open("02:00-02:30") };
        let next_day = instant(date(2026, 3, 9).at(2, 0, 0, 0), &new_york());
        assert_eq!(on_day(date(2026, 3, 8), None, &new_york(), Some(&calendar)), Some(next_day));
    }

    #[test]
    fn months_clamp_to_the_end() {
        let span = Span { n: 1, unit: Unit::Month };
        assert_eq!(add_span_to_day(date(2026, 1, 31), span, None), Some(date(2026, 2, 28)));
    }
}
