//! Windows over a metric: the last n complete local days, which end yesterday.

use crate::book::dictionary::MissingDay;
use crate::condition::{Value, Window};
use crate::time::{Date, add_days, days_between};

use super::account::Series;

/// How a metric's days are read.
pub struct Days<'a> {
    pub series: Option<&'a Series>,
    /// What a day without a value is.
    pub missing: MissingDay,
    /// First local day on which the account lived; a day before it is no day of any window. None: it always has.
    pub lives_from: Option<Date>,
    pub today: Date,
}

impl Days<'_> {
    /// The window's number; empty when no day of it has a value.
    pub fn read(&self, window: &Window) -> Value {
        let number = match window {
            Window::Sum(n) => self.fold(*n, 0.0, |sum, value| sum + value),
            Window::Avg(n) => self.average(1, *n),
            Window::Min(n) => self.fold(*n, f64::INFINITY, f64::min),
            Window::Max(n) => self.fold(*n, f64::NEG_INFINITY, f64::max),
            Window::Last => self.last(),
            Window::ChangePct(n) => self.change_pct(*n),
            Window::DaysBelow(limit, n) => self.fold(*n, 0.0, |days, value| days + f64::from(value < *limit)),
        };
        number.map_or(Value::Empty, Value::Number)
    }

    fn fold(&self, n: i64, start: f64, step: impl Fn(f64, f64) -> f64) -> Option<f64> {
        let values = self.values(1, n);
        (!values.is_empty()).then(|| values.into_iter().fold(start, step))
    }

    fn average(&self, from: i64, n: i64) -> Option<f64> {
        let values = self.values(from, n);
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    }

    /// The last n days against the n before, per day with a value, so that a young account is not a fall or a rise.
    fn change_pct(&self, n: i64) -> Option<f64> {
        let (now, before) = (self.average(1, n)?, self.average(1 + n, n)?);
        (before != 0.0).then(|| (now - before) / before * 100.0)
    }

    fn last(&self) -> Option<f64> {
        let recorded = self.series?.between(Date::MIN, add_days(self.today, -1));
        recorded.last().map(|(_, value)| *value)
    }

    /// The values of n days, the latest of them `from` days ago.
    fn values(&self, from: i64, n: i64) -> Vec<f64> {
        let until = add_days(self.today, -from);
        let mut since = add_days(until, 1 - n);
        if let Some(lives_from) = self.lives_from {
            since = since.max(lives_from);
        }
        let recorded = self.series.map_or(&[][..], |series| series.between(since, until));
        let mut values: Vec<f64> = recorded.iter().map(|(_, value)| *value).collect();
        let days = (days_between(since, until) + 1).max(0) as usize;
        if self.missing == MissingDay::Zero && values.len() < days {
            values.resize(days, 0.0);
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn read(missing: MissingDay, window: Window) -> Value {
        let mut series = Series::default();
        for (day, value) in [(1, 10.0), (2, 10.0), (3, 10.0), (4, 4.0), (6, 8.0), (7, 99.0)] {
            series.record(date(2026, 3, day), value);
        }
        let days = Days { series: Some(&series), missing, lives_from: Some(date(2026, 3, 1)), today: date(2026, 3, 7) };
        days.read(&window)
    }

    #[test]
    fn windows_end_yesterday_and_a_missing_day_is_zero_or_left_out() {
        assert_eq!(read(MissingDay::Zero, Window::Sum(3)), Value::Number(12.0));
        assert_eq!(read(MissingDay::Zero, Window::Avg(3)), Value::Number(4.0));
        assert_eq!(read(MissingDay::Unknown, Window::Avg(3)), Value::Number(6.0));
        assert_eq!(read(MissingDay::Zero, Window::Min(3)), Value::Number(0.0));
        assert_eq!(read(MissingDay::Zero, Window::Last), Value::Number(8.0));
        assert_eq!(read(MissingDay::Zero, Window::DaysBelow(5.0, 3)), Value::Number(2.0));
        assert_eq!(read(MissingDay::Zero, Window::ChangePct(3)), Value::Number(-60.0));
    }

    #[test]
    fn days_before_the_account_lived_are_no_days() {
        assert_eq!(read(MissingDay::Zero, Window::Avg(30)), Value::Number(7.0));
        assert_eq!(read(MissingDay::Zero, Window::ChangePct(6)), Value::Empty);
    }
}
