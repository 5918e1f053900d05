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
const BAR: usize = 40;

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
    let mut people: Vec<(String, &Daily)> = Vec::new();
    for (person, own) in &summary.tasks_per_day.0 {
        people.push((format!("  of {}", person.as_deref().unwrap_or("nobody")), own));
    }
    people.sort_by_key(|(_, own)| std::cmp::Reverse(own.total()));
    let more = people.len().saturating_sub(SHOWN);
    people.truncate(SHOWN);
    let all = [
        ("enrollments", &summary.enrolled),
        ("mails to contacts", &summary.mails.to_contacts),
        ("other mails", &summary.mails.to_others),
        ("tasks", &summary.tasks),
    ];
    let all = all.into_iter().map(|(what, own)| (what.to_owned(), own));
    let rows: Vec<Vec<String>> =
        all.chain(people).filter_map(|(what, own)| Some(days_row(what, own, own.peak()?, summary))).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let (first, last) = summary.days;
    let per = if is_short(summary) { "a day" } else { "a week" };
    print.line("")?;
    print.table(&["", "total", "most", "on", &format!("{per}, {first} to {last}")], rows)?;
    if more > 0 {
        print.line(format!("  … and tasks of {more} more"))?;
    }
    Ok(())
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

/// A long play week by week, with a bar for the mails to contacts.
fn print_weeks(print: Print, summary: &Summary) -> Result<()> {
    let weeks = weeks(summary);
    if is_short(summary) || weeks.len() > MOST_BARS || summary.mails.to_contacts.total() + summary.enrolled.total() == 0
    {
        return Ok(());
    }
    let all = [&summary.enrolled, &summary.tasks, &summary.mails.to_contacts].map(Daily::weekly);
    let most = all[2].peak().map_or(0, |(_, most)| most);
    let rows = weeks.into_iter().map(|week| {
        let counts = all.each_ref().map(|own| own.0.get(&week).copied().unwrap_or(0));
        let numbers = counts.map(|count| count.to_string());
        [week.to_string()].into_iter().chain(numbers).chain([bar(counts[2] as f64, most as f64, BAR)]).collect()
    });
    print.line("")?;
    print.table(&["week of", "enrolled", "tasks", "mails to contacts", ""], rows)
}

/// The most that one contact, or one of us, gets at once.
fn print_loads(print: Print, summary: &Summary) -> Result<()> {
    let (weeks, days) = (&summary.mails.per_week, &summary.tasks_per_day);
    let mut lines = Vec::new();
    if let (Some((reader, week, most)), Some(median)) = (weeks.most(), weeks.median()) {
        lines.push(format!(
            "Mails to one contact in a week: at most {most} ({} of {}, week of {week}), median {median} over {}.",
            reader.contact,
            reader.account,
            count(weeks.0.len(), "contact")
        ));
    }
    if let (Some((person, day, most)), Some(median)) = (days.most(), days.median()) {
        let people = if days.0.len() == 1 { "1 person".to_owned() } else { format!("{} people", days.0.len()) };
        let person = person.as_deref().unwrap_or("nobody");
        lines.push(format!(
            "Tasks of one person on a day: at most {most} ({person}, {day}), median {median} over {people}."
        ));
    }
    if lines.is_empty() { Ok(()) } else { print.line(format!("\n{}", lines.join("\n"))) }
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
