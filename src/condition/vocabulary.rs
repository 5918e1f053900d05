//! What may be written in a condition besides functions: names and operators, with what they mean. The reference page
//! is made from it; the words that suggestions choose from stand beside it.

/// A name or an operator.
pub struct Term {
    /// As it is written; what stands between `<` and `>` is the author's.
    pub written: &'static str,
    /// What it gives, in words.
    pub gives: &'static str,
    pub doc: &'static str,
    /// A whole expression that uses it.
    pub example: &'static str,
}

const fn term(written: &'static str, gives: &'static str, doc: &'static str, example: &'static str) -> Term {
    Term { written, gives, doc, example }
}

/// Every name, in the order of the reference page. N stands for a number of days.
pub const NAMES: [Term; 28] = [
    term("account.<field>", "the field's", "a field now", "account.arr >= 5000"),
    term("account.segment", "choice", "size class, from segments.toml", "account.segment == \"enterprise\""),
    term("account.stage", "choice", "stage, from segments.toml", "account.stage == \"new\""),
    term("account.touch", "choice", "how the segment is looked after", "account.touch == \"high\""),
    term("health.score", "number", "health now, 0 to 100", "health.score < 50"),
    term("health.band", "choice", "its band", "health.band == \"red\""),
    term("health.<dimension>", "number", "one part of it", "health.usage < 40"),
    term("health.change(N)", "number", "health now less health N days ago", "health.change(30) <= -10"),
    term("health.was(N)", "number", "health N days ago", "health.was(14) >= 80"),
    term("usage.<metric>.sum(N)", "number", "sum of the last N whole days", "usage.logins.sum(30) > 100"),
    term("usage.<metric>.avg(N)", "number", "mean of a day", "usage.logins.avg(7) < account.seats"),
    term("usage.<metric>.min(N)", "number", "lowest day", "usage.logins.min(7) > 0"),
    term("usage.<metric>.max(N)", "number", "highest day", "usage.logins.max(7) == 0"),
    term("usage.<metric>.last", "number", "the latest day that has a value", "usage.logins.last == 0"),
    term(
        "usage.<metric>.change_pct(N)",
        "number",
        "percent against the N days before: -30 is a fall by 30 %; empty on a base of 0",
        "usage.logins.change_pct(30) <= -30",
    ),
    term("usage.<metric>.days_below(x, N)", "number", "days below a number", "usage.logins.days_below(5, 14) >= 10"),
    term("events.<kind>.count(N)", "number", "events of the last N days", "events.nps_response.count(90) == 0"),
    term("events.<kind>.last.<field>", "the field's", "of the latest event", "events.nps_response.last.score <= 6"),
    term("events.<kind>.last.at", "time", "when it was", "events.meeting_held.last.at >= run.enrolled_on"),
    term("contacts.count", "number", "active contacts", "contacts.count < 2"),
    term("event.<field>", "the field's", "of the event that came; only with an event trigger", "event.score <= 6"),
    term("event.contact", "text", "id of the contact it came from", "!is_empty(event.contact)"),
    term("run.day", "number", "1 on the day of enrollment; in a playbook", "run.day > 30"),
    term("run.enrolled_on", "date", "that day; in a playbook", "days_since(run.enrolled_on) > 30"),
    term(
        "run.branch / run.replied",
        "choice / yes or no",
        "the branch; whether the customer has answered",
        "!run.replied",
    ),
    term("tasks.open(\"<playbook>\")", "number", "open tasks of a playbook", "tasks.open(\"at-risk\") > 0"),
    term("today", "date", "the local day of the account", "account.renewal_date > today"),
    term("now", "time", "this instant", "events.meeting_held.last.at <= now"),
];

/// Every operator, the ones that bind least first.
pub const OPERATORS: [Term; 8] = [
    term(
        "a || b",
        "yes or no",
        "or; yes when one is yes, whatever the other",
        "account.arr > 5000 || account.seats > 50",
    ),
    term(
        "a && b",
        "yes or no",
        "and; no when one is no, whatever the other",
        "account.arr > 5000 && account.seats > 50",
    ),
    term("!a", "yes or no", "not; of unknown still unknown", "!run.replied"),
    term("== != < <= > >=", "yes or no", "compare; unknown when one side is empty", "account.arr >= 5000"),
    term("x in [\"a\", \"b\"]", "yes or no", "one of", "account.region in [\"emea\", \"apac\"]"),
    term("a ?? b", "a's or b's", "b when a is empty; never when a is stale", "(account.arr ?? 0) > 5000"),
    term("+ - * / %", "number", "always decimal; division by zero is unknown", "account.arr / 12 > 500"),
    term("NAME()", "yes or no", "a condition of conditions.toml, or a function of functions.rhai", "at_risk()"),
];

/// What a dotted name may begin with.
pub(super) const ROOTS: [&str; 10] =
    ["account", "health", "usage", "events", "contacts", "event", "run", "tasks", "today", "now"];

/// What may be asked of a metric.
pub(super) const WINDOWS: [&str; 7] = ["sum", "avg", "min", "max", "last", "change_pct", "days_below"];

/// What is known of a run.
pub(super) const RUN: [&str; 4] = ["day", "enrolled_on", "branch", "replied"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_checks_is_in_the_table() {
        let written: Vec<&str> = NAMES.iter().map(|name| name.written).collect();
        for root in ROOTS {
            assert!(written.iter().any(|name| name.split(['.', '(']).next() == Some(root)), "{root}");
        }
        for window in WINDOWS {
            assert!(written.iter().any(|name| name.starts_with(&format!("usage.<metric>.{window}"))), "{window}");
        }
        for part in RUN {
            assert!(written.iter().any(|name| name.contains(&format!("run.{part}"))), "{part}");
        }
    }
}
