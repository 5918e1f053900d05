//! Right keys in the wrong place: where each belongs.

/// Keys of a playbook that people put under the wrong header, with their tables; "" is the top of the file.
const PLACES: [(&str, &[&str]); 41] = [
    ("schema_version", &[""]),
    ("title", &["", "step", "escalation.level"]),
    ("owner", &[""]),
    ("status", &[""]),
    ("class", &[""]),
    ("timezone_fallback", &[""]),
    ("send_window", &["", "step"]),
    ("in_flight", &[""]),
    ("branch_lock", &[""]),
    ("anchor", &["trigger"]),
    ("offset", &["trigger"]),
    ("on_anchor_change", &["trigger"]),
    ("cron", &["trigger"]),
    ("backfill", &["enroll"]),
    ("max_per_day", &["enroll"]),
    ("policy", &["reentry"]),
    ("key", &["reentry"]),
    ("cooldown", &["reentry"]),
    ("rearm", &["reentry"]),
    ("holdout", &["measure"]),
    ("grace", &["late"]),
    ("outcome", &["exit"]),
    ("max_hold", &["suppress"]),
    ("inhibited_by", &["suppress"]),
    ("at", &["step"]),
    ("after", &["step"]),
    ("to", &["step", "escalation.level"]),
    ("template", &["step", "escalation.level"]),
    ("fallback_to", &["step"]),
    ("approve", &["step"]),
    ("approve_when", &["step"]),
    ("approve_within", &["step"]),
    ("on_timeout", &["step"]),
    ("timeout", &["step"]),
    ("checklist", &["step", "escalation.level"]),
    ("starts", &["escalation"]),
    ("clock", &["escalation"]),
    ("stop_when", &["escalation"]),
    ("acknowledge_within", &["escalation.level"]),
    ("remind_every", &["escalation.level"]),
    ("jump_when", &["escalation.level"]),
];

/// The tables that are lists: written with two brackets.
const LISTS: [&str; 3] = ["step", "exit", "suppress"];

/// Where a key belongs that is not known in the table at `path`; none when this table knows it, or nobody does.
///
/// `asked` are the keys the table knows; only a file that looks like a playbook has such advice.
pub(super) fn rightful_place(key: &str, path: &str, asked: &[String]) -> Option<String> {
    let (_, places) = PLACES.iter().find(|(own, _)| *own == key)?;
    let is_playbook_top = asked.iter().any(|key| key == "trigger");
    let knows_playbooks =
        if path.is_empty() { is_playbook_top } else { PLACES.iter().any(|(_, of)| of.contains(&path)) };
    if !knows_playbooks || places.contains(&path) {
        return None;
    }
    let written: Vec<String> = places.iter().map(|place| header(place)).collect();
    Some(format!("`{key}` belongs {}", written.join(" or ")))
}

fn header(path: &str) -> String {
    match path {
        "" => "at the top of the file, above the first [table]".to_owned(),
        _ if LISTS.contains(&path) || path.contains('.') => format!("in [[{path}]]"),
        _ => format!("in [{path}]"),
    }
}
