//! The summary of a play for people: how much a day, who gets too much, what is stopped.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::chart::{bar, sparkline};
use super::exit::Result;
use super::print::{Print, count};
use super::report::print_tally;
use crate::engine::Reason;
use crate::runtime::summary::{Collision, Daily, Spot, Stopped, Summary, week_of};
use crate::time::{Date, days_between};

/// Plays of more days are shown by the week.
const MOST_DAYS: i64 = 45;
/// Weeks that a bar chart shows.
const MOST_BARS: usize = 60;
/// Rows of a list that are shown; JSON has all.
const SHOWN: usize = 10;
/// Accounts that are named beside their number.
const NAMED: usize = 3;
/// Characters of the longest bar.
const BAR: usize = 25;

/// Everything there is to say; what did not happen is left out.
pub fn print_summary(print: Print, summary: &Summary) -> Result<()> {
    print_tally(print, &summary.playbooks)?;
    print_days(print, summary)?;
    print_weeks(print, summary)?;
    print_loads(print, summary)?;
    print_collisions(print, &summary.mails.collisions)?;
    print_stops(print, summary)?;
    print_spots(print, "Nobody to send it to:", &summary.stops.nobody)?;
    print_spots(print, "The text lacks a value:", &summary.stops.unfilled)
}

fn is_short(summary: &Summary) -> bool {
    days_between(summary.days.0, summary.days.1) < MOST_DAYS
}

/// A row for everything that is counted by the day, our people's tasks among them.
fn print_days(print: Print, summary: &Summary) -> Result<()> {
    let (people, more) = people(summary);
    let mut all = vec![
        ("enrollments".to_owned(), &summary.enrolled),
        ("mails to contacts".to_owned(), &summary.mails.to_contacts),
        ("other mails".to_owned(), &summary.mails.to_others),
    ];
    match &people[..] {
        [(person, own)] => all.push((format!("tasks of {person}"), own)),
        _ => all.push(("tasks".to_owned(), &summary.tasks)),
    }
    let each = people.iter().filter(|_| people.len() > 1).map(|(person, own)| (format!("  of {person}"), *own));
    let counted = all.into_iter().chain(each).filter_map(|(what, own)| Some((what, own, own.peak()?)));
    let rows: Vec<Vec<String>> = counted.map(|(what, own, peak)| days_row(what, own, peak, summary)).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let (first, last) = summary.days;
    let per = if is_short(summary) { "a day" } else { "a week" };
    print.line("")?;
    print.table(&["", "total", "most a day", "on", &format!("{per}, {first} to {last}")], rows)?;
    if more > 0 { print.line(format!("  … and the tasks of {more} more")) } else { Ok(()) }
}

/// Who gets the most tasks, and how many more people get some.
fn people(summary: &Summary) -> (Vec<(&str, &Daily)>, usize) {
    let all = summary.tasks_per_day.0.iter();
    let mut people: Vec<(&str, &Daily)> =
        all.map(|(person, own)| (person.as_deref().unwrap_or("nobody"), own)).collect();
    people.sort_by_key(|(_, own)| std::cmp::Reverse(own.total()));
    let more = people.len().saturating_sub(SHOWN);
    people.truncate(SHOWN);
    (people, more)
}

fn days_row(what: String, own: &Daily, (on, most): (Date, usize), summary: &Summary) -> Vec<String> {
    let counts: Vec<usize> = if is_short(summary) {
        own.between(summary.days.0, summary.days.1)
    } else {
        weeks(summary).into_iter().map(|week| own.weekly().0.get(&week).copied().unwrap_or(0)).collect()
    };
    let counts: Vec<f64> = counts.into_iter().map(|count| count as f64).collect();
    vec![what, own.total().to_string(), most.to_string(), on.to_string(), sparkline(&counts)]
}

/// The Mondays of the weeks of the play.
fn weeks(summary: &Summary) -> Vec<Date> {
    let (first, last) = (week_of(summary.days.0), week_of(summary.days.1));
    (0..=days_between(first, last) / 7).map(|n| crate::time::add_days(first, n * 7)).collect()
}

/// A long play week by week, with bars.
fn print_weeks(print: Print, summary: &Summary) -> Result<()> {
    let weeks = weeks(summary);
    let all = [&summary.enrolled, &summary.mails.to_contacts].map(Daily::weekly);
    if is_short(summary) || weeks.len() > MOST_BARS || all.iter().all(|own| own.0.is_empty()) {
        return Ok(());
    }
    let drawn = |own: &Daily, week: Date| {
        let (count, most) = (own.0.get(&week).copied().unwrap_or(0), own.peak().map_or(0, |(_, most)| most));
        let width = most.to_string().len();
        format!("{count:>width$} {}", bar(count as f64, most as f64, BAR))
    };
    let rows = weeks.into_iter().map(|week| vec![week.to_string(), drawn(&all[0], week), drawn(&all[1], week)]);
    print.line("")?;
    print.table(&["week of", "enrolled", "mails to contacts"], rows)
}

/// The most that one contact, or one of us, gets at once; with several of them also the median.
fn print_loads(print: Print, summary: &Summary) -> Result<()> {
    let (weeks, days) = (&summary.mails.per_week, &summary.tasks_per_day);
    let median = |median: Option<f64>, people: usize, who: &str| match median.filter(|_| people > 1) {
        Some(median) => format!("; the median of {people} {who} is {median}"),
        None => String::new(),
    };
    let mut lines = String::new();
    if let Some((reader, week, most)) = weeks.most() {
        let median = median(weeks.median(), weeks.0.len(), "contacts");
        let who = format!("{} of {}, week of {week}", reader.contact, reader.account);
        lines += &format!("\nMails to one contact in a week: at most {most} ({who}){median}.");
    }
    if let Some((person, day, most)) = days.most() {
        let median = median(days.median(), days.0.len(), "people");
        let person = person.as_deref().unwrap_or("nobody");
        lines += &format!("\nTasks of one person on a day: at most {most} ({person}, {day}){median}.");
    }
    if lines.is_empty() { Ok(()) } else { print.line(lines) }
}

fn print_collisions(print: Print, collisions: &[Collision]) -> Result<()> {
    if collisions.is_empty() {
        return Ok(());
    }
    let what = count(collisions.len(), "collision");
    print.line(format!("\n{what}: two mails to a contact on one day, or of two playbooks within 24 hours."))?;
    let row = |own: &Collision| {
        let playbooks: Vec<&str> = own.playbooks.iter().map(|id| &**id).collect();
        let Collision { day, reader, mails, .. } = own;
        let texts = [day.to_string(), reader.contact.to_string(), reader.account.to_string(), mails.to_string()];
        texts.into_iter().chain([playbooks.join(", ")]).collect()
    };
    print.table(&["day", "contact", "account", "mails", "playbooks"], collisions.iter().take(SHOWN).map(row))?;
    print_more(print, collisions.len())
}

fn print_stops(print: Print, summary: &Summary) -> Result<()> {
    let stops = &summary.stops;
    if stops.by_reason.is_empty() {
        return Ok(());
    }
    let row = |name: String, own: &Stopped, meaning: &str| {
        let counts = [own.held, own.skipped, own.accounts.len()].map(|n| n.to_string());
        [name].into_iter().chain(counts).chain([meaning.to_owned()]).collect::<Vec<_>>()
    };
    let mut rows = Vec::new();
    for (reason, own) in &stops.by_reason {
        rows.push(row(reason.to_string(), own, reason.meaning()));
        let caps = stops.caps.iter().filter(|_| *reason == Reason::Capped);
        rows.extend(caps.map(|(cap, own)| row(format!("  {cap}"), own, "")));
    }
    print.line("\nHeld or skipped:")?;
    print.table(&["reason", "held", "skipped", "accounts", ""], rows)
}

fn print_spots(print: Print, title: &str, spots: &BTreeMap<Spot, BTreeSet<Arc<str>>>) -> Result<()> {
    if spots.is_empty() {
        return Ok(());
    }
    print.line(format!("\n{title}"))?;
    let row = |(spot, accounts): (&Spot, &BTreeSet<Arc<str>>)| {
        let why = spot.why.as_deref().unwrap_or_default().to_owned();
        vec![spot.playbook.to_string(), spot.step.to_string(), accounts.len().to_string(), named(accounts), why]
    };
    print.table(&["playbook", "step", "accounts", "such as", ""], spots.iter().take(SHOWN).map(row))?;
    print_more(print, spots.len())
}

fn named(accounts: &BTreeSet<Arc<str>>) -> String {
    let first: Vec<&str> = accounts.iter().take(NAMED).map(|id| &**id).collect();
    let more = if accounts.len() > NAMED { ", …" } else { "" };
    format!("{}{more}", first.join(", "))
}

fn print_more(print: Print, all: usize) -> Result<()> {
    match all.checked_sub(SHOWN).filter(|more| *more > 0) {
        Some(more) => print.line(format!("  … and {more} more; --summary --format json lists all")),
        None => Ok(()),
    }
}
