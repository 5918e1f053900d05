//! The timeline as people and programs read it: one line an entry, one JSON object an entry.

use serde_json::{Value, json};

use crate::engine::Reason;
use crate::engine::desk::{Entry, EntryKind};
use crate::time::{Date, TimeZone, local_date, local_text, utc_text};

/// `<local date> <local time>  <what>  <id>  [-> recipient]  [(reason)]`, in the account's zone; what a test expects.
pub fn line(entry: &Entry) -> String {
    let local = zone(entry).to_datetime(entry.at);
    let mut line = format!("{} {:02}:{:02}  {}", local.date(), local.hour(), local.minute(), entry.what());
    if let Some(id) = &entry.step {
        line = format!("{line}  {id}");
    }
    if let Some(to) = &entry.to {
        line = format!("{line}  -> {to}");
    }
    if let Some(reason) = shown_reason(entry) {
        line = format!("{line}  ({reason})");
    }
    line
}

/// A reason is printed where the line does not already say it.
fn shown_reason(entry: &Entry) -> Option<Reason> {
    let said = matches!(entry.kind, EntryKind::Goal | EntryKind::Exit | EntryKind::Reply);
    entry.reason.filter(|reason| !said && *reason != Reason::Enrolled)
}

/// The entry in the shape other programs rely on.
pub fn json(entry: &Entry) -> Value {
    // For an enrollment, a goal or an exit the line's id is not a step: it stands in the detail.
    let is_step = !matches!(entry.kind, EntryKind::Enroll | EntryKind::Goal | EntryKind::Exit);
    let step = entry.step.as_deref().filter(|_| is_step);
    let detail = entry.detail.as_deref().or(entry.step.as_deref().filter(|_| !is_step));
    json!({
        "at": utc_text(entry.at),
        "local": local_text(entry.at, &zone(entry)),
        "account": entry.account,
        "playbook": entry.playbook,
        "version": entry.version,
        "kind": entry.kind.as_str(),
        "step": step,
        "action": entry.action.map(|action| action.as_str()),
        "to": entry.to,
        "result": entry.result.as_str(),
        "reason": entry.reason.map(Reason::as_str),
        "detail": detail,
    })
}

/// The day in the account's zone.
pub fn local_day(entry: &Entry) -> Date {
    local_date(entry.at, &zone(entry))
}

fn zone(entry: &Entry) -> TimeZone {
    TimeZone::get(&entry.zone).unwrap_or(TimeZone::UTC)
}

/// A line as it is compared: single spaces between words.
pub fn normalized(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}
