//! The plan as Markdown, for a pull request: tables, and the accounts folded away.

use super::Plan as Asked;
use super::words;
use crate::book::difference::Standing;
use crate::cli::print::count;
use crate::runtime::plan::{Plan, Send};

/// Accounts and messages that fit a comment of a pull request.
const MOST: usize = 200;

pub fn text(plan: &Plan, asked: &Asked) -> String {
    let mut text = format!("### {}\n\n", words::last_line(plan));
    text += &format!("{}\n\n", words::first_line(plan, asked));
    let warnings: Vec<String> = words::warnings(plan).iter().map(|line| format!("> ⚠️ {}\n", escaped(line))).collect();
    if !warnings.is_empty() {
        text += &format!("{}\n", warnings.join(">\n"));
    }
    meaning(plan, &mut text);
    effects(plan, &mut text);
    table(&words::SORTS, words::sorts(plan), &mut text);
    table(&words::SEGMENTS, words::segments(plan), &mut text);
    accounts(plan, &mut text);
    messages("Sends that there were not before", &plan.sends.gained, &mut text);
    messages("Sends that there are no longer", &plan.sends.lost, &mut text);
    text
}

/// What changed in meaning, per playbook and file.
fn meaning(plan: &Plan, text: &mut String) {
    for own in &plan.difference.playbooks {
        let what = match own.standing {
            Standing::New => "is new",
            Standing::Gone => "is gone",
            Standing::Changed => "changed",
        };
        *text += &format!("**{}** {what}\n\n", own.id);
        points(own.points.iter(), text);
    }
    for own in &plan.difference.shared {
        *text += &format!("**{}** changed\n\n", own.file);
        points(own.points.iter(), text);
    }
    if plan.difference.unchanged > 0 {
        *text += &format!("{} unchanged.\n\n", count(plan.difference.unchanged, "playbook"));
    }
}

fn points<T: ToString>(points: impl Iterator<Item = T>, text: &mut String) {
    let before = text.len();
    points.for_each(|point| *text += &format!("- {}\n", escaped(&point.to_string())));
    if text.len() > before {
        *text += "\n";
    }
}

/// A row for each playbook of the plan.
fn effects(plan: &Plan, text: &mut String) {
    let row = |id: &std::sync::Arc<str>| {
        let people = plan.people.lists().map(|(_, list)| list.iter().filter(|own| own.playbook == *id).count());
        let (before, after) = words::totals(plan, id);
        let people = people.map(|n| n.to_string());
        std::iter::once(id.to_string()).chain(people).chain([words::sends(&before, &after)]).collect()
    };
    let rows: Vec<Vec<String>> = plan.playbooks().into_iter().map(row).collect();
    table(&["playbook", "enroll", "exit", "move", "begin anew", "stay", "sends"], rows, text);
}

fn table(columns: &[&str], rows: Vec<Vec<String>>, text: &mut String) {
    if rows.is_empty() {
        return;
    }
    *text += &format!("| {} |\n|{}\n", columns.join(" | "), " --- |".repeat(columns.len()));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| escaped(cell)).collect();
        *text += &format!("| {} |\n", cells.join(" | "));
    }
    *text += "\n";
}

fn accounts(plan: &Plan, text: &mut String) {
    let turns = plan.people.lists().into_iter().flat_map(|(word, list)| list.iter().map(move |own| (word, own)));
    let rows: Vec<Vec<String>> = turns
        .map(|(word, own)| vec![own.account.to_string(), own.playbook.to_string(), word.to_owned(), own.why.clone()])
        .collect();
    folded("Accounts", &["account", "playbook", "what", "why"], rows, text);
}

fn messages(title: &str, list: &[Send], text: &mut String) {
    let row = |own: &Send| {
        let cells = [&own.account, &own.playbook, &own.step].map(ToString::to_string);
        let what = own.sort.noun().to_owned();
        std::iter::once(words::moment(own)).chain(cells).chain([what, own.to.clone()]).collect()
    };
    let rows = list.iter().map(row).collect();
    folded(title, &["when", "account", "playbook", "step", "what", "to"], rows, text);
}

/// A table behind a line that one can open.
fn folded(title: &str, columns: &[&str], mut rows: Vec<Vec<String>>, text: &mut String) {
    if rows.is_empty() {
        return;
    }
    let all = rows.len();
    rows.truncate(MOST);
    *text += &format!("<details><summary>{title} ({all})</summary>\n\n");
    table(columns, rows, text);
    if all > MOST {
        *text += &format!("The first {MOST} of {all}; `playcaller plan --accounts` lists them all.\n\n");
    }
    *text += "</details>\n\n";
}

/// What Markdown would read as its own.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for c in text.chars() {
        match c {
            '|' | '*' | '<' | '[' | '`' | '\\' => safe.extend(['\\', c]),
            '\n' => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}
