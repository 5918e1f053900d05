//! `--sweep KEY=A..B:STEP`: the settings that are tried.

use std::str::FromStr;

use crate::book::dial::Setting;
use crate::time::Span;

/// The most settings that are tried in one go.
const MOST: usize = 100;

/// A setting of a playbook's entry, and what to try for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// `enroll.health`.
    pub key: String,
    /// Rising; both ends are among them when the step leads there.
    pub settings: Vec<Setting>,
}

impl FromStr for Sweep {
    type Err = String;

    fn from_str(text: &str) -> Result<Sweep, String> {
        let form = || format!("`{text}` is no sweep: write enroll.health=30..60:5, or enroll.for=0d..7d:1d");
        let (key, range) = text.split_once('=').ok_or_else(form)?;
        let (first, rest) = range.split_once("..").ok_or_else(form)?;
        let (last, step) = rest.split_once(':').ok_or_else(form)?;
        let parts = [first, last, step].map(str::trim);
        let settings = match parts.map(str::parse::<f64>) {
            [Ok(first), Ok(last), Ok(step)] => numbers(first, last, step, places(&parts))?,
            _ => spans(parts.map(str::parse::<Span>)).map_err(|why| why.unwrap_or_else(form))?,
        };
        Ok(Sweep { key: key.trim().to_owned(), settings })
    }
}

/// How many digits stand after the point, at most.
fn places(parts: &[&str; 3]) -> i32 {
    let digits = parts.iter().map(|part| part.split_once('.').map_or(0, |(_, digits)| digits.len()));
    digits.max().unwrap_or(0).min(9) as i32
}

fn numbers(first: f64, last: f64, step: f64, places: i32) -> Result<Vec<Setting>, String> {
    let unit = 10f64.powi(places);
    let count = count(first, last, step)?;
    // Counted and rounded, not added up: 0.1 + 0.2 is not 0.3.
    let number = |n: usize| ((first + n as f64 * step) * unit).round() / unit;
    Ok((0..count).map(|n| Setting::Number(number(n))).collect())
}

/// Spans of one unit; without a message when one of them is none.
fn spans([first, last, step]: [Result<Span, String>; 3]) -> Result<Vec<Setting>, Option<String>> {
    let (Ok(first), Ok(last), Ok(step)) = (first, last, step) else { return Err(None) };
    if first.unit != last.unit || first.unit != step.unit {
        return Err(Some(format!("{first}..{last}:{step} mixes units: write all three in the same one")));
    }
    if first.is_negative() {
        return Err(Some(format!("{first} is negative: nothing holds for less than no time")));
    }
    let count = count(first.n as f64, last.n as f64, step.n as f64)?;
    Ok((0..count as i64).map(|n| Setting::Span(Span { n: first.n + n * step.n, ..first })).collect())
}

fn count(first: f64, last: f64, step: f64) -> Result<usize, String> {
    if !(first.is_finite() && last.is_finite() && step > 0.0 && first <= last) {
        return Err("a sweep goes from the smaller to the larger, by a step above zero".to_owned());
    }
    let count = ((last - first) / step + 1e-9).floor() as usize + 1;
    if count > MOST {
        return Err(format!("{count} settings are too many: at most {MOST}"));
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> String {
        let sweep: Sweep = text.parse().unwrap();
        format!("{} {}", sweep.key, sweep.settings.iter().map(Setting::to_string).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn both_ends_are_tried_and_decimals_stay_what_they_are() {
        assert_eq!(settings("enroll.health=30..45:5"), "enroll.health 30 35 40 45");
        assert_eq!(settings("enroll.health=30..44:5"), "enroll.health 30 35 40");
        assert_eq!(settings("enroll.account.ratio=0.1..0.4:0.1"), "enroll.account.ratio 0.1 0.2 0.3 0.4");
        assert_eq!(settings("enroll.health.change(30)=-20..-10:5"), "enroll.health.change(30) -20 -15 -10");
        assert_eq!(settings("enroll.for=0d..3d:1d"), "enroll.for 0d 1d 2d 3d");
    }

    #[test]
    fn what_is_no_sweep_is_told_with_what_to_write() {
        let wrong = |text: &str| text.parse::<Sweep>().unwrap_err();
        assert!(wrong("enroll.health").contains("enroll.health=30..60:5"));
        assert!(wrong("enroll.health=30..60").contains("enroll.health=30..60:5"));
        assert!(wrong("enroll.for=0d..2w:1d").contains("mixes units"));
        assert!(wrong("enroll.health=60..30:5").contains("from the smaller"));
        assert!(wrong("enroll.health=30..60:0").contains("above zero"));
        assert!(wrong("enroll.health=0..1000:1").contains("too many"));
    }
}
