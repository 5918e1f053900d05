//! An instant as people write it on the command line.

use std::str::FromStr;

use crate::time::{Date, TimeZone, Timestamp, start_of_day, truncate};

/// RFC 3339, or a date: the start of that day in UTC.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment(pub Timestamp);

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Moment, String> {
        let day = || text.parse::<Date>().map(|day| start_of_day(day, &TimeZone::UTC));
        let at = if text.len() == 10 { day().ok() } else { text.parse::<Timestamp>().ok() };
        at.map(truncate).map(Moment).ok_or_else(|| {
            "write a date such as 2026-08-17 (its start in UTC) or an instant such as 2026-08-17T09:00:00Z".to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_its_start_in_utc_and_an_instant_is_itself() {
        let read = |text: &str| text.parse::<Moment>().map(|at| at.0.to_string());
        assert_eq!(read("2026-08-17").unwrap(), "2026-08-17T00:00:00Z");
        assert_eq!(read("2026-08-17T09:00:00+02:00").unwrap(), "2026-08-17T07:00:00Z");
        assert!(read("2026-08-17T09:00:00").unwrap_err().contains("09:00:00Z"));
        assert!(read("17.08.2026").is_err());
    }
}
