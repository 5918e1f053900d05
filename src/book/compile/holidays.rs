//! Holidays of calendars.toml: yearly rules, single dates, and ICS files.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Weekday;

use super::calendars::weekday;
use super::ics;
use crate::book::calendar::{Holidays, Yearly};
use crate::book::read::{Item, Table, unknown_name};
use crate::book::source::SourceFile;
use crate::time::Date;

/// The `.ics` files of the book by their path.
pub type Files = BTreeMap<Arc<str>, Arc<SourceFile>>;

/// The lists `[holidays.<name>]`.
pub fn compile(table: &mut Table, files: &Files) -> BTreeMap<Arc<str>, Arc<Holidays>> {
    let mut lists = BTreeMap::new();
    for (name, _, mut entry) in table.named("holidays") {
        let yearly = entry.get("yearly").list().into_iter().filter_map(yearly).collect();
        let dates = entry.get("dates").list().into_iter().filter_map(Item::date).collect();
        let mut holidays = Holidays { yearly, dates };
        let ics = entry.get("ics");
        let place = ics.place();
        if let Some(path) = ics.name() {
            match files.get(&path) {
                Some(file) => {
                    let (days, wrong) = ics::days_off(file);
                    holidays.dates.extend(days);
                    wrong.into_iter().for_each(|diagnostic| entry.report(diagnostic));
                }
                None => entry.report(unknown_name(&place, "file", &path, files.keys().map(|path| &**path))),
            }
        }
        entry.finish();
        lists.insert(name, Arc::new(holidays));
    }
    lists
}

/// `12-25`, `25 dec`, `thu 4 of nov`, `last mon of may`, `fourth thursday in november`.
fn yearly(item: Item) -> Option<Yearly> {
    let (place, diagnostics) = (item.place(), item.diagnostics());
    let text = item.text()?;
    let rule = by_numbers(&text).or_else(|| by_words(&text));
    if rule.is_none() {
        let diagnostic = place.error("bad-holiday", format!("`{text}` is not a day of the year"));
        diagnostics.push(diagnostic.help(
            "write it as \"12-25\" (month-day), \"25 dec\", \"thu 4 of nov\" or \"mon last of may\"; \
             a feast that moves, such as Easter, goes into `dates` or an ICS file",
        ));
    }
    rule
}

fn by_numbers(text: &str) -> Option<Yearly> {
    let (month, day) = text.trim().split_once('-')?;
    on(month.parse().ok()?, day.parse().ok()?)
}

fn on(month: i8, day: i8) -> Option<Yearly> {
    // 29 February is a day of the year, in a leap year.
    Date::new(2024, month, day).ok().map(|_| Yearly::On { month, day })
}

/// A month and a number, with a day of the week or without, in any order.
fn by_words(text: &str) -> Option<Yearly> {
    let (mut day_of_week, mut number, mut in_month) = (None, None, None);
    for word in text.to_lowercase().split_whitespace().filter(|word| !["of", "in", "the", "day"].contains(word)) {
        let is_new = if let Some(found) = weekday(word) {
            day_of_week.replace(Weekday::from_monday_zero_offset(found as i8).ok()?).is_none()
        } else if let Some(found) = month(word) {
            in_month.replace(found).is_none()
        } else {
            number.replace(ordinal(word)?).is_none()
        };
        if !is_new {
            return None;
        }
    }
    match (day_of_week, number?, in_month?) {
        (Some(weekday), nth, month) => ((-1..=5).contains(&nth)).then_some(Yearly::Nth { weekday, nth, month }),
        (None, day, month) => on(month, day),
    }
}

/// A month by its first three letters or its whole name.
fn month(word: &str) -> Option<i8> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let is_meant = |name: &&str| *name == word || name[..3] == *word || (*name == "september" && word == "sept");
    let place = NAMES.iter().position(is_meant);
    place.map(|place| place as i8 + 1)
}

/// `4`, `4th`, `fourth`; `last` is −1.
fn ordinal(word: &str) -> Option<i8> {
    const NAMES: [&str; 5] = ["first", "second", "third", "fourth", "fifth"];
    if word == "last" {
        return Some(-1);
    }
    if let Some(place) = NAMES.iter().position(|name| *name == word) {
        return Some(place as i8 + 1);
    }
    let digits = word.trim_end_matches(['.', ',']);
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|end| digits.strip_suffix(end)).unwrap_or(digits);
    digits.parse().ok().filter(|number| *number > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Yearly> {
        by_numbers(text).or_else(|| by_words(text))
    }

    #[test]
    fn a_day_of_the_year_is_read_as_people_write_it() {
        for text in ["12-25", "25 dec", "Dec 25", "December 25th", "25. december"] {
            assert_eq!(read(text), Some(Yearly::On { month: 12, day: 25 }), "{text}");
        }
        for text in ["thu 4 of nov", "4th thursday of november", "fourth Thu in Nov", "the fourth thursday of november"]
        {
            let fourth = Yearly::Nth { weekday: Weekday::Thursday, nth: 4, month: 11 };
            assert_eq!(read(text), Some(fourth), "{text}");
        }
        for text in ["mon last of may", "last mon of may", "last Monday in May"] {
            assert_eq!(read(text), Some(Yearly::Nth { weekday: Weekday::Monday, nth: -1, month: 5 }), "{text}");
        }
        assert_eq!(read("1 sept"), Some(Yearly::On { month: 9, day: 1 }));
    }

    #[test]
    fn what_is_no_day_of_the_year_is_refused() {
        for text in
            ["13-01", "02-30", "easter", "thu 6 of nov", "thu of nov", "mon tue 1 of may", "25", "dec", "may 1 2", ""]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
