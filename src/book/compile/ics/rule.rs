//! Rules of recurrence (RFC 5545, 3.3.10), as far as holidays need them: those that come yearly.

use std::collections::BTreeSet;

use jiff::civil::Weekday;

use crate::time::{Date, add_days};

/// Rules that never end are followed so far, as cron lines are.
const LAST_YEAR: i16 = 2100;

/// A rule with `FREQ=YEARLY`.
#[derive(Debug, PartialEq)]
pub(super) struct Rule {
    /// Every so many years.
    interval: usize,
    count: Option<usize>,
    /// The last day on which it may come.
    until: Option<Date>,
    months: Vec<i8>,
    /// Days of the month; −1 is its last.
    month_days: Vec<i8>,
    weekdays: Vec<(Option<i8>, Weekday)>,
    /// Which of a year's days are meant; −1 is the last.
    positions: Vec<i32>,
}

impl Rule {
    /// Reads `FREQ=YEARLY;BYMONTH=11;BYDAY=4TH`. The error is the part that is not understood.
    pub fn parse(text: &str) -> Result<Rule, String> {
        let mut rule = Rule {
            interval: 1,
            count: None,
            until: None,
            months: Vec::new(),
            month_days: Vec::new(),
            weekdays: Vec::new(),
            positions: Vec::new(),
        };
        let mut is_yearly = false;
        for part in text.split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').ok_or(part)?;
            is_yearly |= name == "FREQ" && value == "YEARLY";
            rule.take(name, value).ok_or(part)?;
        }
        // Without a month, `2MO` would be the second Monday of the year.
        let in_a_month = rule.weekdays.is_empty() || !rule.months.is_empty();
        let days_alone = rule.month_days.is_empty() || rule.weekdays.iter().all(|(nth, _)| nth.is_none());
        match () {
            () if !is_yearly => Err(text.to_owned()),
            () if !in_a_month => Err("BYDAY without BYMONTH".to_owned()),
            () if !days_alone => Err("BYMONTHDAY with a numbered BYDAY".to_owned()),
            () => Ok(rule),
        }
    }

    fn take(&mut self, name: &str, value: &str) -> Option<()> {
        match name {
            "FREQ" => return (value == "YEARLY").then_some(()),
            "INTERVAL" => self.interval = value.parse().ok().filter(|years| *years > 0)?,
            "COUNT" => self.count = Some(value.parse().ok()?),
            "UNTIL" => self.until = Some(Date::strptime("%Y%m%d", value.get(..8)?).ok()?),
            "BYMONTH" => self.months = numbers(value, 1..=12)?,
            "BYMONTHDAY" => self.month_days = numbers(value, -31..=31)?,
            "BYDAY" => self.weekdays = value.split(',').map(weekday).collect::<Option<_>>()?,
            "BYSETPOS" => self.positions = numbers(value, -366..=366)?,
            // Says where a week begins, and no week is counted here.
            "WKST" => {}
            _ => return None,
        }
        Some(())
    }

    /// The days on which something that first comes on `start` comes, up to the year 2100. `start` is always one.
    pub fn days(&self, start: Date) -> BTreeSet<Date> {
        let years = (start.year()..=LAST_YEAR).step_by(self.interval);
        let later = years.flat_map(|year| self.days_of(year, start)).filter(|day| *day > start);
        let all = std::iter::once(start).chain(later);
        let wanted = all.take_while(|day| self.until.is_none_or(|until| *day <= until));
        wanted.take(self.count.unwrap_or(usize::MAX)).collect()
    }

    fn days_of(&self, year: i16, start: Date) -> BTreeSet<Date> {
        let months: Vec<i8> = match (&self.months[..], &self.month_days[..]) {
            ([], []) => vec![start.month()],
            // The 25th of no month by name is the 25th of each.
            ([], _) => (1..=12).collect(),
            (months, _) => months.to_vec(),
        };
        let days: BTreeSet<Date> = months.into_iter().flat_map(|month| self.days_in(year, month, start)).collect();
        if self.positions.is_empty() {
            return days;
        }
        let days: Vec<Date> = days.into_iter().collect();
        let place = |position: &i32| match *position {
            0 => None,
            from_start if from_start > 0 => days.get(from_start as usize - 1),
            from_end => days.len().checked_sub(from_end.unsigned_abs() as usize).and_then(|place| days.get(place)),
        };
        self.positions.iter().filter_map(place).copied().collect()
    }

    fn days_in(&self, year: i16, month: i8, start: Date) -> Vec<Date> {
        let Ok(first) = Date::new(year, month, 1) else { return Vec::new() };
        let has_weekday =
            |day: &Date| self.weekdays.is_empty() || self.weekdays.iter().any(|(_, weekday)| *weekday == day.weekday());
        if !self.month_days.is_empty() {
            let days = self.month_days.iter().filter_map(|day| day_of_month(first, *day));
            return days.filter(has_weekday).collect();
        }
        if self.weekdays.is_empty() {
            return day_of_month(first, start.day()).into_iter().collect();
        }
        let every = |weekday: Weekday| {
            (0..i64::from(first.days_in_month()))
                .map(move |n| add_days(first, n))
                .filter(move |day| day.weekday() == weekday)
        };
        let days = self.weekdays.iter().flat_map(|(nth, weekday)| match nth {
            Some(nth) => first.nth_weekday_of_month(*nth, *weekday).into_iter().collect::<Vec<_>>(),
            None => every(*weekday).collect(),
        });
        days.collect()
    }
}

/// The day of the month that begins on `first`, from its end when negative; none where the month has no such day.
fn day_of_month(first: Date, day: i8) -> Option<Date> {
    let length = first.days_in_month();
    let day = if day < 0 { length + 1 + day } else { day };
    Date::new(first.year(), first.month(), day).ok()
}

fn numbers<N: std::str::FromStr + PartialOrd + Copy>(
    text: &str,
    allowed: std::ops::RangeInclusive<N>,
) -> Option<Vec<N>> {
    text.split(',').map(|number| number.parse().ok().filter(|number| allowed.contains(number))).collect()
}

/// `TH`, `4TH`, `-1MO`.
fn weekday(text: &str) -> Option<(Option<i8>, Weekday)> {
    const NAMES: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    let (nth, name) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let weekday = NAMES.iter().position(|own| *own == name)?;
    let weekday = Weekday::from_monday_zero_offset(weekday as i8).ok()?;
    let nth = match nth {
        "" => None,
        nth => Some(nth.parse().ok().filter(|nth: &i8| (1..=5).contains(&nth.abs()))?),
    };
    Some((nth, weekday))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn days(rule: &str, start: Date, until: i16) -> Vec<String> {
        let days = Rule::parse(rule).unwrap().days(start);
        days.into_iter().filter(|day| day.year() <= until).map(|day| day.to_string()).collect()
    }

    #[test]
    fn yearly_rules_as_calendar_programs_write_them() {
        let thanksgiving = ["2026-11-26", "2027-11-25", "2028-11-23"];
        for rule in ["FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "FREQ=YEARLY;BYDAY=TH;BYMONTH=11;BYSETPOS=4;WKST=SU"] {
            assert_eq!(days(rule, date(2026, 11, 26), 2028), thanksgiving, "{rule}");
        }
        let memorial = days("FREQ=YEARLY;INTERVAL=1;BYMONTH=5;BYDAY=-1MO", date(2026, 5, 25), 2027);
        assert_eq!(memorial, ["2026-05-25", "2027-05-31"]);
        let election = "FREQ=YEARLY;INTERVAL=2;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8";
        assert_eq!(days(election, date(2026, 11, 3), 2030), ["2026-11-03", "2028-11-07", "2030-11-05"]);
        assert_eq!(days("FREQ=YEARLY", date(2026, 12, 25), 2027), ["2026-12-25", "2027-12-25"]);
        assert_eq!(
            days("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1", date(2026, 12, 31), 2027),
            ["2026-12-31", "2027-12-31"]
        );
    }

    #[test]
    fn a_leap_day_comes_in_leap_years_only() {
        assert_eq!(days("FREQ=YEARLY", date(2024, 2, 29), 2032), ["2024-02-29", "2028-02-29", "2032-02-29"]);
    }

    #[test]
    fn a_rule_ends_after_its_count_or_on_its_last_day() {
        assert_eq!(days("FREQ=YEARLY;COUNT=2", date(2026, 5, 1), 2100), ["2026-05-01", "2027-05-01"]);
        let until = ["2026-05-01", "2027-05-01", "2028-05-01"];
        assert_eq!(days("FREQ=YEARLY;UNTIL=20280501", date(2026, 5, 1), 2100), until);
        assert_eq!(days("FREQ=YEARLY;UNTIL=20280501T000000Z", date(2026, 5, 1), 2100), until);
        assert_eq!(days("FREQ=YEARLY", date(2026, 5, 1), i16::MAX).len(), 75, "to the end of 2100");
    }

    #[test]
    fn what_is_not_understood_is_said() {
        for (rule, part) in [
            ("FREQ=WEEKLY", "FREQ=WEEKLY"),
            ("COUNT=3", "COUNT=3"),
            ("FREQ=YEARLY;BYWEEKNO=20", "BYWEEKNO=20"),
            ("FREQ=YEARLY;BYMONTH=13", "BYMONTH=13"),
            ("FREQ=YEARLY;BYMONTH=5;BYDAY=6MO", "BYDAY=6MO"),
            ("FREQ=YEARLY;INTERVAL=0", "INTERVAL=0"),
            ("FREQ=YEARLY;BYDAY=2MO", "BYDAY without BYMONTH"),
            ("FREQ=YEARLY;BYMONTH=5;BYDAY=2MO;BYMONTHDAY=9", "BYMONTHDAY with a numbered BYDAY"),
            ("FREQ=YEARLY;RSCALE=CHINESE", "RSCALE=CHINESE"),
        ] {
            assert_eq!(Rule::parse(rule), Err(part.to_owned()), "{rule}");
        }
    }
}
