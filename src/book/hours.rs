//! The opening hours of a day: `09:00-17:00`, `09:00-12:00, 13:00-17:00`, `22:00-06:00`.

use std::fmt;
use std::str::FromStr;

use super::read::time_of_day;
use crate::time::{Date, Time, TimeZone, Timestamp, add_days, instant};

/// One or more stretches, in order, none overlapping another; the last may go over midnight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours(Vec<Stretch>);

/// From its opening until just before its close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    open: Time,
    /// Exclusive; not after `open` means it closes on the next day.
    close: Time,
}

impl Default for Hours {
    fn default() -> Hours {
        Hours(vec![Stretch { open: Time::constant(9, 0, 0, 0), close: Time::constant(17, 0, 0, 0) }])
    }
}

impl Hours {
    /// When the day opens.
    pub fn opening(&self) -> Time {
        self.0[0].open
    }

    /// Whether it is open at that local time.
    pub fn contain(&self, time: Time) -> bool {
        self.0.iter().any(|own| match own.is_overnight() {
            true => time >= own.open || time < own.close,
            false => own.open <= time && time < own.close,
        })
    }

    /// The instants of a local day's stretches. One that a change of clocks takes away ends where it begins.
    pub fn of(&self, day: Date, zone: &TimeZone) -> impl DoubleEndedIterator<Item = (Timestamp, Timestamp)> {
        self.0.iter().map(move |own| {
            let closes_on = if own.is_overnight() { add_days(day, 1) } else { day };
            (instant(day.to_datetime(own.open), zone), instant(closes_on.to_datetime(own.close), zone))
        })
    }
}

impl Stretch {
    fn is_overnight(self) -> bool {
        self.close <= self.open
    }
}

/// What is wrong with hours, and what to write instead.
#[derive(Debug)]
pub struct BadHours {
    pub message: String,
    pub help: &'static str,
}

impl FromStr for Hours {
    type Err = BadHours;

    /// Reads hours as people write them.
    fn from_str(text: &str) -> Result<Hours, BadHours> {
        let stretches = text.split(',').map(stretch).collect::<Result<Vec<_>, BadHours>>()?;
        let overlap = stretches.windows(2).any(|two| two[0].is_overnight() || two[1].open < two[0].close);
        let last = stretches[stretches.len() - 1];
        let into_morning = stretches.len() > 1 && last.is_overnight() && last.close > stretches[0].open;
        if overlap || into_morning {
            let help = "write the hours of a day one after the other, as `09:00-12:00, 13:00-17:00`";
            return Err(BadHours { message: format!("`{text}` overlap"), help });
        }
        Ok(Hours(stretches))
    }
}

/// `09:00-17:00`; `00:00-24:00` is the whole day.
fn stretch(text: &str) -> Result<Stretch, BadHours> {
    let text = text.trim();
    let bad = |message: String, help| Err(BadHours { message, help });
    match text.split_once('-').and_then(|(open, close)| time_of_day(open).zip(time_of_day(close))) {
        Some((open, close)) if open != close || text.ends_with("24:00") => Ok(Stretch { open, close }),
        Some((open, _)) => {
            let message = format!("`{text}` opens and closes at {}", open.strftime("%H:%M"));
            bad(message, "for the whole day write `00:00-24:00`")
        }
        None => {
            let help = "write opening and closing as `09:00-17:00`, with a break as `09:00-12:00, 13:00-17:00`";
            bad(format!("`{text}` are no hours"), help)
        }
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, own) in self.0.iter().enumerate() {
            let before = if place == 0 { "" } else { ", " };
            write!(f, "{before}{}-{}", own.open.strftime("%H:%M"), own.close.strftime("%H:%M"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(text: &str) -> Hours {
        text.parse().unwrap()
    }

    #[test]
    fn hours_read_back_as_written() {
        for text in ["09:00-17:00", "09:00-12:00, 13:00-17:00", "22:00-06:00", "08:00-12:00, 22:00-06:00"] {
            assert_eq!(hours(text).to_string(), text);
        }
    }

    #[test]
    fn the_end_is_outside_and_midnight_is_crossed() {
        let time = |hour| Time::constant(hour, 0, 0, 0);
        assert!(hours("09:00-17:00").contain(time(9)) && !hours("09:00-17:00").contain(time(17)));
        assert!(hours("22:00-06:00").contain(time(23)) && hours("22:00-06:00").contain(time(5)));
        assert!(!hours("22:00-06:00").contain(time(6)));
        assert!(!hours("09:00-12:00,13:00-17:00").contain(time(12)));
        assert!(hours("00:00-24:00").contain(time(0)) && hours("00:00-24:00").contain(time(23)));
    }

    #[test]
    fn hours_that_are_none_or_overlap_are_refused() {
        let refused = |text: &str| text.parse::<Hours>().unwrap_err();
        assert!(refused("9 to 5").message.contains("`9 to 5` are no hours"));
        assert!(refused("09:00-09:00").help.contains("00:00-24:00"));
        for text in [
            "09:00-13:00, 12:00-17:00",
            "13:00-17:00, 09:00-12:00",
            "22:00-06:00, 08:00-12:00",
            "05:00-08:00, 22:00-06:00",
        ] {
            assert!(refused(text).message.contains("overlap"), "{text}");
        }
    }
}
