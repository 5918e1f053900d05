//! `[silence_alarm]`: a playbook that usually takes accounts in, and has not for much longer than usual.

use crate::book::Calendar;
use crate::time::Date;

/// How many of the last days with an entry are looked at.
pub const DAYS_KNOWN: usize = 21;
/// With fewer gaps than this nothing is usual yet.
const FEWEST_GAPS: usize = 5;

/// A playbook that has fallen silent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Silence {
    /// The last day on which an account entered.
    pub last: Date,
    /// Business days from one entry to the next, usually.
    pub usual_gap: i64,
    /// Business days from the last entry to today.
    pub gap: i64,
}

/// Whether the playbook has been silent for more than `factor` times its usual gap. `days` are those with an entry, the
/// latest first; gaps count in business days, so that neither a weekend nor a holiday is a silence.
pub fn silence(days: &[Date], today: Date, factor: f64, calendar: Option<&Calendar>) -> Option<Silence> {
    let between = |from: Date, to: Date| match calendar {
        Some(calendar) => calendar.business_days_between(from, to),
        None => crate::time::days_between(from, to),
    };
    let mut gaps: Vec<i64> = days.windows(2).map(|pair| between(pair[1], pair[0]).max(1)).collect();
    if gaps.len() < FEWEST_GAPS {
        return None;
    }
    gaps.sort_unstable();
    let (last, usual_gap) = (days[0], gaps[gaps.len() / 2]);
    let gap = between(last, today);
    (gap as f64 > factor * usual_gap as f64).then_some(Silence { last, usual_gap, gap })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(texts: &[&str]) -> Vec<Date> {
        texts.iter().map(|text| text.parse().expect("a date")).collect()
    }

    fn silent(known: &[Date], today: &str) -> Option<i64> {
        let calendar = Calendar::default();
        silence(known, today.parse().expect("a date"), 3.0, Some(&calendar)).map(|silence| silence.gap)
    }

    #[test]
    fn a_playbook_of_every_working_day_is_silent_after_three_of_them_and_not_over_a_weekend() {
        // Friday the 13th back to the Thursday eight days before.
        let known =
            days(&["2026-03-13", "2026-03-12", "2026-03-11", "2026-03-10", "2026-03-09", "2026-03-06", "2026-03-05"]);
        assert_eq!(silent(&known, "2026-03-16"), None);
        assert_eq!(silent(&known, "2026-03-18"), None);
        assert_eq!(silent(&known, "2026-03-19"), Some(4));
    }

    #[test]
    fn a_playbook_of_mondays_may_be_silent_for_three_weeks() {
        let known = days(&["2026-03-09", "2026-03-02", "2026-02-23", "2026-02-16", "2026-02-09", "2026-02-02"]);
        assert_eq!(silent(&known, "2026-03-30"), None);
        assert_eq!(silent(&known, "2026-03-31"), Some(16));
    }

    #[test]
    fn nothing_is_usual_before_five_gaps() {
        let known = days(&["2026-03-13", "2026-03-12", "2026-03-11", "2026-03-10", "2026-03-09"]);
        assert_eq!(silent(&known, "2027-03-09"), None);
    }
}
