//! Time: the clock, and the spans people write (`3d`, `5bd`, `4bh`).
//!
//! Instants are [`jiff::Timestamp`], local days are [`jiff::civil::Date`], zones are
//! [`jiff::tz::TimeZone`]. The database holds instants as microseconds since 1970-01-01 UTC.
//! Only [`SystemClock`] reads the machine's clock; everything else is told what time it is.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicI64, Ordering};

pub use jiff::Timestamp;
pub use jiff::civil::{Date, DateTime, Time};
pub use jiff::tz::TimeZone;

/// Tells what time it is. Injected once; a tick reads it once and passes `now` down.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        truncate(Timestamp::now())
    }
}

/// A clock that stands still until it is set. It never goes back.
pub struct VirtualClock(AtomicI64);

impl VirtualClock {
    pub fn at(now: Timestamp) -> VirtualClock {
        VirtualClock(AtomicI64::new(now.as_microsecond()))
    }

    /// Moves the clock forward to `to`; an earlier instant changes nothing.
    pub fn set(&self, to: Timestamp) {
        self.0.fetch_max(to.as_microsecond(), Ordering::SeqCst);
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// The instant of a count of microseconds; counts outside jiff's range are clamped to its ends.
pub fn from_micros(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(if micros < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// Drops what the database cannot hold, so that a stored instant equals the one that was written.
pub fn truncate(at: Timestamp) -> Timestamp {
    from_micros(at.as_microsecond())
}

/// The first instant of a local day. Where midnight does not exist, the first instant after the gap.
pub fn start_of_day(day: Date, zone: &TimeZone) -> Timestamp {
    instant(day.at(0, 0, 0, 0), zone)
}

/// The instant of a local date and time: in a gap the first instant after it, in a fold the first.
pub fn instant(local: DateTime, zone: &TimeZone) -> Timestamp {
    use jiff::tz::AmbiguousOffset::{Fold, Gap, Unambiguous};
    let resolved = match zone.to_ambiguous_timestamp(local).offset() {
        Unambiguous { offset } => offset.to_timestamp(local),
        Fold { before, .. } => before.to_timestamp(local),
        // Reading the gap's local time with the offset in force before it lands after the gap by
        // as much as the local time lay inside it, which is not at all for its first moment; the transition itself
        // is what we want.
        Gap { before, .. } => before.to_timestamp(local).map(|landed| {
            let just_after = landed.saturating_add(jiff::Span::new().nanoseconds(1)).unwrap_or(landed);
            zone.preceding(just_after).next().map_or(landed, |transition| transition.timestamp())
        }),
    };
    resolved.unwrap_or(if local.year() < 1970 { Timestamp::MIN } else { Timestamp::MAX })
}

/// The local date of an instant.
pub fn local_date(at: Timestamp, zone: &TimeZone) -> Date {
    zone.to_datetime(at).date()
}

/// `n` days after `day` (before, when negative); clamped to jiff's range.
pub fn add_days(day: Date, n: i64) -> Date {
    day.saturating_add(jiff::Span::new().days(n.clamp(-4_000_000, 4_000_000)))
}

/// Whole days from `from` to `to`: negative when `to` is earlier.
pub fn days_between(from: Date, to: Date) -> i64 {
    i64::from(from.until((jiff::Unit::Day, to)).map_or(0, |span| span.get_days()))
}

/// RFC 3339 in UTC with `Z`, to the second or finer only when there is a fraction.
pub fn utc_text(at: Timestamp) -> String {
    at.to_string()
}

/// RFC 3339 with the zone's offset at that instant.
pub fn local_text(at: Timestamp, zone: &TimeZone) -> String {
    at.display_with_offset(zone.to_offset(at)).to_string()
}

/// The unit of a [`Span`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    Minute,
    Hour,
    Day,
    Week,
    Month,
    BusinessDay,
    BusinessHour,
}

/// A length of time as people write it in the book: a whole number and a unit.
///
/// `d`, `w`, `mo` are counted on the local calendar, `min` and `h` are elapsed time, `bd` and `bh`
/// need a business calendar. What each means when added to an instant is in `book::calendar`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    pub n: i64,
    pub unit: Unit,
}

impl Span {
    pub const ZERO: Span = Span { n: 0, unit: Unit::Day };

    pub const fn days(n: i64) -> Span {
        Span { n, unit: Unit::Day }
    }

    pub fn negated(self) -> Span {
        Span { n: -self.n, ..self }
    }

    pub fn is_negative(self) -> bool {
        self.n < 0
    }

    /// As people say it: `5 business days`, without the sign.
    pub fn in_words(self) -> String {
        let word = match self.unit {
            Unit::Minute => "minute",
            Unit::Hour => "hour",
            Unit::Day => "day",
            Unit::Week => "week",
            Unit::Month => "month",
            Unit::BusinessDay => "business day",
            Unit::BusinessHour => "business hour",
        };
        let n = self.n.abs();
        format!("{n} {word}{}", if n == 1 { "" } else { "s" })
    }

    /// Whether it falls on a local day (and so on the opening of a window) rather than on an instant.
    pub fn is_in_days(self) -> bool {
        matches!(self.unit, Unit::Day | Unit::Week | Unit::Month | Unit::BusinessDay)
    }
}

const UNITS: [(&str, Unit); 7] = [
    ("min", Unit::Minute),
    ("h", Unit::Hour),
    ("d", Unit::Day),
    ("w", Unit::Week),
    ("mo", Unit::Month),
    ("bd", Unit::BusinessDay),
    ("bh", Unit::BusinessHour),
];

impl FromStr for Span {
    type Err = String;

    /// Reads `-90d`, `5bd`, `2 w`. The error says what to write instead.
    fn from_str(text: &str) -> Result<Span, String> {
        let text = text.trim();
        let digits_end = text.find(|c: char| !(c.is_ascii_digit() || c == '-' || c == '+')).unwrap_or(text.len());
        let (number, unit) = (&text[..digits_end], text[digits_end..].trim());
        let n: i64 = number.parse().map_err(|_| {
            format!("`{text}` is not a span: write a whole number and a unit, such as \"3d\" or \"5bd\"")
        })?;
        if n.abs() > 100_000 {
            return Err(format!("`{text}` is too long: at most 100000 of a unit"));
        }
        if unit == "m" {
            return Err(format!("`{text}` is ambiguous: write \"{n}min\" for minutes or \"{n}mo\" for months"));
        }
        let (_, unit) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(|| {
            format!("`{text}` has no unit we know: use min, h, d (days), w (weeks), mo (months), bd (business days) or bh (business hours)")
        })?;
        Ok(Span { n, unit: *unit })
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, _) = UNITS.iter().find(|(_, unit)| *unit == self.unit).expect("every unit has a name");
        write!(f, "{}{}", self.n, name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_back_as_written_and_a_bare_m_is_refused_with_both_readings() {
        for text in ["-90d", "5bd", "4bh", "3w", "1mo", "30min", "6h", "0d"] {
            assert_eq!(text.parse::<Span>().unwrap().to_string(), text);
        }
        let error = "5m".parse::<Span>().unwrap_err();
        assert!(error.contains("5min") && error.contains("5mo"), "{error}");
        assert!("d".parse::<Span>().is_err());
        assert!("1.5d".parse::<Span>().is_err());
    }

    #[test]
    fn a_local_time_in_a_gap_is_the_first_instant_after_it_and_in_a_fold_the_first() {
        let new_york = TimeZone::get("America/New_York").unwrap();
        for minute in [0, 30, 59] {
            let in_gap = jiff::civil::datetime(2026, 3, 8, 2, minute, 0, 0);
            assert_eq!(instant(in_gap, &new_york).to_string(), "2026-03-08T07:00:00Z", "02:{minute}");
        }
        let in_fold = jiff::civil::datetime(2026, 11, 1, 1, 30, 0, 0);
        assert_eq!(instant(in_fold, &new_york).to_string(), "2026-11-01T05:30:00Z");
    }

    #[test]
    fn a_virtual_clock_never_goes_back() {
        let clock = VirtualClock::at("2026-01-02T00:00:00Z".parse().unwrap());
        clock.set("2026-01-01T00:00:00Z".parse().unwrap());
        assert_eq!(clock.now().to_string(), "2026-01-02T00:00:00Z");
    }
}
