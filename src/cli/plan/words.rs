//! The sentences that the plan has in common on a terminal and in a pull request.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Plan as Asked;
use crate::cli::print::{count, short};
use crate::cli::report::stale_line;
use crate::runtime::plan::{Plan, Send, Sort, Totals, Turn, Verdict};
use crate::runtime::summary::Spot;
use crate::time::TimeZone;

/// How many names a line shows.
const NAMES: usize = 5;
/// How many warnings of a kind are shown.
const MOST: usize = 10;

/// `1 account enrolls`, `2 accounts enroll`.
fn accounts(list: usize, one: &str, many: &str) -> String {
    format!("{} {}", count(list, "account"), if list == 1 { one } else { many })
}

fn enters(plan: &Plan, list: &[&Turn]) -> String {
    let now = list.iter().filter(|own| own.at == plan.from).count();
    let enroll = accounts(list.len(), "enrolls", "enroll");
    match now {
        0 => format!("{enroll} in the days ahead"),
        _ if now == list.len() => format!("{enroll} now"),
        _ => format!("{enroll}, {now} of them now"),
    }
}

/// The sign and the sentence for each list that is not empty, of one playbook.
pub fn people<'a>(plan: &'a Plan, playbook: &str) -> Vec<(char, String, Vec<&'a Turn>)> {
    let [enroll, exit, moved, restart, stay] =
        plan.people.lists().map(|(_, list)| list.iter().filter(|own| *own.playbook == *playbook).collect::<Vec<_>>());
    let lines = [
        ('+', enters(plan, &enroll), enroll),
        ('-', accounts(exit.len(), "exits now", "exit now"), exit),
        ('~', accounts(moved.len(), "moves to the new version", "move to the new version"), moved),
        ('~', accounts(restart.len(), "begins anew", "begin anew"), restart),
        ('=', accounts(stay.len(), "stays on its version", "stay on their version"), stay),
    ];
    lines.into_iter().filter(|(_, _, list)| !list.is_empty()).collect()
}

/// What goes out under one book and the other: `2 mails (was 0), 1 task`.
pub fn sends(before: &Totals, after: &Totals) -> String {
    let part = |sort: Sort| {
        let (was, is) = (before.get(sort), after.get(sort));
        let now = count(is, sort.noun());
        match was == is {
            true if is == 0 => None,
            true => Some(now),
            false => Some(format!("{now} (was {was})")),
        }
    };
    let parts: Vec<String> = Sort::ALL.into_iter().filter_map(part).collect();
    if parts.is_empty() { "nothing goes out".to_owned() } else { parts.join(", ") }
}

/// The totals of one playbook, under the old book and the new one.
pub fn totals(plan: &Plan, playbook: &str) -> (Totals, Totals) {
    let of = |sends: &[Send]| Totals::of(sends.iter().filter(|own| *own.playbook == *playbook));
    (of(&plan.sends.before), of(&plan.sends.after))
}

/// `2026-03-05 09:00`, in the account's zone.
pub fn moment(send: &Send) -> String {
    let zone = TimeZone::get(&send.zone).unwrap_or(TimeZone::UTC);
    send.at.to_zoned(zone).strftime("%Y-%m-%d %H:%M").to_string()
}

/// What is laid beside what, and for how long.
pub fn first_line(plan: &Plan, asked: &Asked) -> String {
    let beside = match &asked.against {
        Some(against) => format!("Against `{against}`"),
        None if plan.is_first => "No book is in force yet, all of it is new".to_owned(),
        None => "Against the book in force".to_owned(),
    };
    format!("{beside}; from {} on, {} ahead.", plan.from, count(usize::from(asked.days), "day"))
}

/// What somebody should look at before this goes live.
pub fn warnings(plan: &Plan) -> Vec<String> {
    let mut lines = plan.go_live.refusals.clone();
    lines.extend(plan.go_live.waits.iter().map(Verdict::ahead));
    lines.extend(plan.parked.iter().map(|(playbook, parked)| {
        format!("{playbook}: {} for a yes, above the limits of a day", accounts(*parked, "waits", "wait"))
    }));
    let collisions = plan.warnings.collisions.iter().map(|own| {
        let playbooks: Vec<&str> = own.playbooks.iter().map(|id| &**id).collect();
        let reader = &own.reader;
        format!(
            "{} of {} gets {} within a day, on {} ({})",
            reader.contact,
            reader.account,
            count(own.mails, "mail"),
            own.day,
            playbooks.join(", ")
        )
    });
    few(collisions.collect(), "mails that come too close", &mut lines);
    let nobody = plan
        .warnings
        .nobody
        .iter()
        .map(|(spot, own)| format!("{}: {} has nobody to go to for {}", spot.playbook, spot.step, names(own)));
    few(nobody.collect(), "steps without anybody", &mut lines);
    let late = plan.warnings.late.iter();
    let late = late.map(|(spot, own)| format!("{}: {} comes too late for {}", spot.playbook, spot.step, names(own)));
    few(late.collect(), "steps that come too late", &mut lines);
    lines.extend(stale_line(&plan.stale));
    few(plan.warnings.unfilled.iter().map(unfilled).collect(), "texts that cannot be filled in", &mut lines);
    lines
}

fn unfilled((spot, own): (&Spot, &BTreeSet<Arc<str>>)) -> String {
    let why = spot.why.as_ref().map_or_else(String::new, |why| format!(" ({})", short(why, 90)));
    format!("{}: the text of {} cannot be filled in for {}{why}", spot.playbook, spot.step, names(own))
}

/// The first of them, and how many there are besides.
fn few(all: Vec<String>, what: &str, lines: &mut Vec<String>) {
    let more = all.len().saturating_sub(MOST);
    lines.extend(all.into_iter().take(MOST));
    if more > 0 {
        lines.push(format!("and {more} more {what}: --format json has them all"));
    }
}

fn names(accounts: &BTreeSet<Arc<str>>) -> String {
    let shown: Vec<&str> = accounts.iter().take(NAMES).map(|id| &**id).collect();
    let more = accounts.len() - shown.len();
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{}: {}{more}", count(accounts.len(), "account"), shown.join(", "))
}

/// The last line.
pub fn last_line(plan: &Plan) -> String {
    let people = &plan.people;
    let (enroll, exit, moved) = (people.enroll.len(), people.exit.len(), people.moved.len());
    let anew = if people.restart.is_empty() { String::new() } else { format!("{} begin anew, ", people.restart.len()) };
    format!("Plan: {enroll} enroll, {exit} exit, {moved} move, {anew}{} sends.", plan.sends.after.len())
}

/// What comes or goes: mails to contacts, or everything.
pub fn listed(list: &[Send], is_all: bool) -> Vec<&Send> {
    list.iter().filter(|own| is_all || own.sort == Sort::Mail).collect()
}

/// Totals by segment, as rows: the segment, who enters, what went out and what goes out.
pub fn segments(plan: &Plan) -> Vec<Vec<String>> {
    let row = |own: &crate::runtime::plan::SegmentTotals| {
        let name = own.segment.as_ref().map_or_else(|| "–".to_owned(), ToString::to_string);
        let numbers = [own.enroll, own.before.total(), own.after.total(), own.before.mails, own.after.mails];
        std::iter::once(name).chain(numbers.map(|n| n.to_string())).collect()
    };
    plan.segments.iter().map(row).collect()
}

/// The columns of [`segments`].
pub const SEGMENTS: [&str; 6] = ["segment", "enroll", "sends before", "sends after", "mails before", "mails after"];

/// What goes out, as rows: the sort, before, after, what comes, what goes.
pub fn sorts(plan: &Plan) -> Vec<Vec<String>> {
    let totals = [&plan.sends.before, &plan.sends.after, &plan.sends.gained, &plan.sends.lost].map(Totals::of);
    let row = |sort: Sort| {
        let numbers = totals.map(|own| own.get(sort));
        let name = match sort {
            Sort::Mail => "mails to contacts",
            Sort::InternalMail => "internal mails",
            Sort::Task => "tasks",
            Sort::Chat => "chat messages",
            Sort::Webhook => "webhooks",
        };
        let is_any = numbers.iter().any(|n| *n > 0);
        is_any.then(|| std::iter::once(name.to_owned()).chain(numbers.map(|n| n.to_string())).collect())
    };
    Sort::ALL.into_iter().filter_map(row).collect()
}

/// The columns of [`sorts`].
pub const SORTS: [&str; 5] = ["sends", "before", "after", "more", "less"];
