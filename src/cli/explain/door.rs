//! An account at the door of a playbook, for people.

use super::super::print::short;
use super::{Telling, ago};
use crate::condition::{Age, AgeKind, Trace, Value};
use crate::engine::Reason;
use crate::runtime::explain::{Explanation, NextChange, PolicyLine, one_line, seen};
use crate::time::Timestamp;

/// Widest text of a condition or a rule that is shown.
const WIDTH: usize = 90;

pub fn told(told: &Explanation, telling: &Telling<'_>) -> String {
    let is = if told.enrolled { "is enrolled" } else { "is not enrolled" };
    let Explanation { account, playbook, .. } = told;
    let reason = match told.reason {
        reason if reason == Reason::Enrolled.as_str() && !told.enrolled => {
            "it qualifies; the daemon enrolls it at its next look"
        }
        reason => reason,
    };
    let mut text = format!("{account} {is} in {playbook}: {reason}\n{}", telling.as_of(account));
    if let Some(why) = told.decided_by().filter(|_| !told.enrolled) {
        text += &format!("decided by {}\n", short(&dated(&why, account, telling), 2 * WIDTH));
    }
    text += "\nThe condition\n";
    tree(&told.condition, 1, account, telling, &mut text);
    text += &rules(&told.policy, told.enrolled, account, telling);
    text += &told.next_change.as_ref().map_or_else(String::new, |next| change(told, next, telling));
    let notes: String = told.notes.iter().map(|note| format!("Note: {note}.\n")).collect();
    if notes.is_empty() { text } else { format!("{text}\n{}", dated(&notes, account, telling)) }
}

fn change(told: &Explanation, next: &NextChange, telling: &Telling<'_>) -> String {
    let (to, at) = (next.to.word(), telling.local_text(&told.account, &next.at));
    match told.enrolled {
        true => {
            format!("\nThe condition becomes {to} at {at} if nothing but the time changes; that alone ends nothing.\n")
        }
        false => format!("\nThe answer becomes {to} ({}) at {at} if nothing but the time changes.\n", next.reason),
    }
}

/// The rules that stand in the way.
pub fn rules(policy: &[PolicyLine], is_enrolled: bool, account: &str, telling: &Telling<'_>) -> String {
    let mut text = String::new();
    for line in policy.iter().filter(|line| line.matters(is_enrolled)) {
        let detail =
            line.detail.as_ref().map_or_else(String::new, |detail| format!("; {}", dated(detail, account, telling)));
        let until =
            line.until.as_ref().map_or_else(String::new, |at| format!("; until {}", telling.local_text(account, at)));
        let rule = short(&one_line(&line.rule), WIDTH);
        text += &format!("  {:<8} {rule}  ({}{detail}{until})\n", line.truth.word(), line.effect);
    }
    if text.is_empty() { text } else { format!("\nRules\n{text}") }
}

/// The text with its instants in the account's own zone.
pub fn dated(text: &str, account: &str, telling: &Telling<'_>) -> String {
    let word = |word: &str| {
        let instant = word.trim_end_matches(|last: char| last == '.' || last.is_whitespace());
        match instant.parse::<Timestamp>() {
            Ok(at) => word.replace(instant, &telling.local(account, at)),
            Err(_) => word.to_owned(),
        }
    };
    text.split_inclusive(char::is_whitespace).map(word).collect()
}

/// Every comparison on a line of its own, with the values it saw and how old they are.
pub fn tree(trace: &Trace, depth: usize, account: &str, telling: &Telling<'_>, text: &mut String) {
    let seen = Some(seen(trace)).filter(|seen| !seen.is_empty());
    let because = trace.unknown_because.as_ref().filter(|_| trace.children.is_empty());
    let because = because.map(|because| format!("({because})"));
    let age = Some(trace.age.iter().filter_map(|age| aged(age, account, telling)).collect::<Vec<_>>().join(", "));
    let shown = short(&one_line(&trace.text), WIDTH);
    let remarks = [seen, because, age.filter(|age| !age.is_empty())];
    let remarks: String = remarks.into_iter().flatten().map(|remark| format!("   {remark}")).collect();
    *text += &format!("{}{:<8} {shown}{remarks}\n", "  ".repeat(depth), trace.truth.word());
    trace.children.iter().for_each(|child| tree(child, depth + 1, account, telling, text));
}

/// `since 2026-03-02; crm seen 6 h ago`.
fn aged(age: &Age, account: &str, telling: &Telling<'_>) -> Option<String> {
    let day = |value: &Value| match value {
        Value::Time(at) => telling.local(account, *at).chars().take(10).collect(),
        day => day.to_string(),
    };
    let since = age.since.as_ref().map(|since| match age.kind {
        AgeKind::Value => format!("since {}", day(since)),
        AgeKind::LastDay => format!("last value of {}", day(since)),
        AgeKind::LatestEvent => format!("latest on {}", day(since)),
        AgeKind::Day => format!("of {}", day(since)),
    });
    let feed = age.feed.as_ref().map(|feed| match age.seen_at {
        Some(at) if age.is_stale => format!("{feed} last seen {}, too old", ago(at, telling.at)),
        Some(at) => format!("{feed} seen {}", ago(at, telling.at)),
        None if age.is_stale => format!("{feed} never seen"),
        None => feed.to_string(),
    });
    let parts: Vec<String> = since.into_iter().chain(feed).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}
