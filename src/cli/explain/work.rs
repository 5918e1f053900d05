//! Enrollments, steps, deliveries and tasks explained, for people.

use super::Telling;
use super::door::{dated, rules, tree};
use crate::engine::desk::Entry;
use crate::runtime::explain::{
    DeliveryExplanation, EnrollmentExplanation, Hindrance, StepExplanation, StepLine, TaskExplanation,
};
use crate::runtime::timeline;

pub fn enrollment(told: &EnrollmentExplanation, telling: &Telling<'_>) -> String {
    let account = &told.account;
    let because = told.reason.map_or_else(String::new, |reason| format!(" ({reason})"));
    let outcome = told.outcome.map_or_else(String::new, |outcome| format!(" {outcome}"));
    let branch = told.branch.as_ref().map_or_else(String::new, |branch| format!(", branch {branch}"));
    let mut text = format!("{account} in {}: {}{outcome}{because}{branch}\n", told.playbook, told.state);
    text += &telling.as_of(account);
    text += &format!("enrolled {}", telling.local(account, told.enrolled_at));
    text += &told.ended_at.map_or_else(String::new, |at| format!(", ended {}", telling.local(account, at)));
    text += "\n\nThe condition when it came in\n";
    tree(&told.condition, 1, account, telling, &mut text);
    text += &rules(&told.policy, told.ended_at.is_none(), account, telling);
    text += "\nSteps\n";
    let width = told.steps.iter().map(|line| line.step.chars().count()).max().unwrap_or(0);
    told.steps.iter().for_each(|line| text += &step_line(line, width, account, telling));
    if let Some(next) = &told.next {
        text += &format!("\nNext: {} at {}.\n", next.step, telling.local(account, next.at));
    }
    text + happened(&told.lines).as_str()
}

fn step_line(line: &StepLine, width: usize, account: &str, telling: &Telling<'_>) -> String {
    let due = line.due_at.map_or_else(String::new, |at| format!("  due {}", telling.local(account, at)));
    let reason = line.reason.map_or_else(String::new, |reason| format!("  ({reason})"));
    format!("  {:<10} {:<8} {:<width$}{due}{reason}\n", line.state, line.action, line.step)
}

pub fn step(told: &StepExplanation, telling: &Telling<'_>) -> String {
    let account = &told.account;
    let reason = told.reason.map_or_else(String::new, |reason| format!(" ({reason})"));
    let mut text = format!("{} of {} for {account}: {}{reason}\n", told.step, told.playbook, told.state.as_str());
    text += &telling.as_of(account);
    text += &due(told, telling);
    if let Some(when) = &told.when {
        text += "\nIts `when`\n";
        tree(when, 1, account, telling, &mut text);
    }
    if !told.obstacles.is_empty() {
        text += if told.is_due { "\nWhat stands before it\n" } else { "\nWhat would stand before it now\n" };
    }
    told.obstacles.iter().for_each(|own| text += &hindrance(own, account, telling));
    if let Some(next) = &told.next_change {
        let at = telling.local_text(account, &next.at);
        text += &format!("\nIt can change at {at} if nothing but the time changes.\n");
    }
    text += &happened(&told.lines);
    if told.deliveries.is_empty() {
        return text;
    }
    text += "\nMessages\n";
    for own in &told.deliveries {
        let reason = own.reason.map_or_else(String::new, |reason| format!(" ({reason})"));
        text += &format!("  {}  {} to {}: {}{reason}\n", own.id, own.channel, own.to, own.state);
    }
    text
}

fn due(told: &StepExplanation, telling: &Telling<'_>) -> String {
    let from = told.due_from.as_ref().map_or_else(String::new, |from| match &from.at {
        Some(at) => format!(": {}, counted from {}", from.text, telling.local_text(&told.account, at)),
        None => format!(": {} has not come", from.text),
    });
    match &told.due_at {
        Some(at) => format!("due {}{from}\n", telling.local_text(&told.account, at)),
        None if from.is_empty() => String::new(),
        None => format!("not due yet{from}\n"),
    }
}

fn hindrance(own: &Hindrance, account: &str, telling: &Telling<'_>) -> String {
    let to = own.to.as_ref().map_or_else(String::new, |to| format!(" -> {to}"));
    let until =
        own.until.as_ref().map_or_else(String::new, |at| format!(", until {}", telling.local_text(account, at)));
    format!("  {:<5} {}{to}: {}{until}\n", own.mode, own.reason, dated(&own.rule, account, telling))
}

pub fn delivery(told: &DeliveryExplanation, telling: &Telling<'_>) -> String {
    let line = &told.line;
    let reason = line.reason.map_or_else(String::new, |reason| format!(" ({reason})"));
    let mut text = format!("{}  {}{reason}: {}\n", line.id, line.state, told.why);
    text += &telling.as_of(&line.account);
    text += &format!("{} to {}, step {} of {} for {}\n", line.channel, line.to, line.step, line.playbook, line.account);
    text += &format!("due {}", telling.local(&line.account, line.due_at));
    text += &line.sent_at.map_or_else(String::new, |at| format!(", sent {}", telling.local(&line.account, at)));
    text += "\n";
    if !told.tried.is_empty() {
        text += "\nAttempts\n";
    }
    for attempt in &told.tried {
        let reply = attempt.reply.as_ref().map_or_else(String::new, |reply| format!(": {reply}"));
        text += &format!("  {}  {}{reply}\n", telling.local(&line.account, attempt.at), attempt.outcome);
    }
    text += &happened(&told.lines);
    text +=
        &format!("\n`playcaller explain {} {} {}` says more of the step.\n", line.account, line.playbook, line.step);
    text
}

pub fn task(told: &TaskExplanation, telling: &Telling<'_>) -> String {
    let line = &told.line;
    let assignee = line.assignee.as_deref().unwrap_or("nobody");
    let mut text = format!("{}  {}: {}\n{}", line.id, line.state, line.title, telling.as_of(&line.account));
    text += &format!("for {assignee}, step {} of {} for {}\n", line.step, line.playbook, line.account);
    text += &format!("made {}", telling.local(&line.account, line.created_at));
    text += &line.due.map_or_else(String::new, |due| format!(", due {due}"));
    text += &line.done_at.map_or_else(String::new, |at| format!(", done {}", telling.local(&line.account, at)));
    text + "\n" + happened(&told.lines).as_str()
}

fn happened(lines: &[Entry]) -> String {
    let lines: String = lines.iter().map(|entry| format!("  {}\n", timeline::line(entry))).collect();
    if lines.is_empty() { lines } else { format!("\nWhat happened\n{lines}") }
}
