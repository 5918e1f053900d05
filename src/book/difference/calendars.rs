//! calendars.toml, key by key; each holiday by itself, so that one more in a long list is one line.

use super::facets::Facets;
use crate::book::Book;
use crate::book::calendar::{Calendar, Yearly};

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

pub(super) fn facets(book: &Book, facets: &mut Facets) {
    for (name, calendar) in &book.calendars.calendars {
        facets.begin("calendar", &**name, "");
        let open = WEEKDAYS.iter().zip(calendar.days).filter(|(_, is_open)| *is_open).map(|(day, _)| day);
        facets.list("days", open);
        facets.key("hours", &calendar.hours);
        facets.list("regions", calendar.regions.iter().map(|(region, other)| format!("{region} is {other}")));
        holidays(name, calendar, facets);
    }
}

fn holidays(name: &str, calendar: &Calendar, facets: &mut Facets) {
    for holidays in &calendar.holidays {
        for yearly in &holidays.yearly {
            facets.begin("holiday", format!("{} of {name}", every_year(*yearly)), "");
        }
        for date in &holidays.dates {
            facets.begin("holiday", format!("{date} of {name}"), "");
        }
    }
}

/// As it is written.
fn every_year(yearly: Yearly) -> String {
    match yearly {
        Yearly::On { month, day } => format!("{month:02}-{day:02}"),
        Yearly::Nth { weekday, nth, month } => {
            let weekday = WEEKDAYS[weekday.to_monday_zero_offset() as usize];
            let nth = if nth < 0 { "last".to_owned() } else { nth.to_string() };
            format!("{weekday} {nth} of month {month}")
        }
    }
}
