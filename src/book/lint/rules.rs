//! The table of rules: what each one catches, and what to write.

use crate::book::diagnostic::Severity::{self, Error, Info, Warning};

/// A rule over a compiled book.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// In kebab-case, as a diagnostic carries it.
    pub code: &'static str,
    pub severity: Severity,
    /// What it catches and why that hurts, in one sentence.
    pub summary: &'static str,
    /// What one writes instead.
    pub example_fix: &'static str,
}

const fn rule(code: &'static str, severity: Severity, summary: &'static str, example_fix: &'static str) -> Rule {
    Rule { code, severity, summary, example_fix }
}

/// Every rule, by subject.
pub const RULES: &[Rule] = &[
    // Conditions.
    rule(
        "always-true",
        Warning,
        "A part of a condition that every value passes, such as `health.score >= 0`: it decides nothing.",
        "health.score >= 50",
    ),
    rule(
        "always-false",
        Warning,
        "A condition, or a part of one, that contradicts itself: nobody ever enrolls, or a step never runs.",
        "account.arr > 5000 || account.seats > 50",
    ),
    rule(
        "exact-day-equality",
        Warning,
        "A condition that is true on one day only: an import that comes a day later misses it for good.",
        "days_until(account.renewal_date) <= 90",
    ),
    rule(
        "mixed-and-or",
        Warning,
        "`&&` beside `||` without brackets: `&&` binds first, which is easily read the other way.",
        "(a && b) || c",
    ),
    rule(
        "unguarded-field",
        Warning,
        "A never-rule or suppression over a field that may be empty: then it is unknown, and unknown keeps things back.",
        "!is_empty(account.tags) && has_tag(account.tags, \"legal_hold\")",
    ),
    rule(
        "duplicate-condition",
        Info,
        "The same condition in three playbooks: one of them will be forgotten when it changes.",
        "[condition.at_risk] in conditions.toml, and when = 'at_risk()'",
    ),
    // Time.
    rule(
        "timezone-missing",
        Warning,
        "No fallback for accounts without a time zone: they are served on UTC, which is somebody's night.",
        "timezone_fallback = \"America/New_York\"",
    ),
    rule(
        "no-send-window",
        Warning,
        "Mail to customers with a window that never closes, and no quiet hours in the policy.",
        "send_window = \"business-hours\"",
    ),
    rule("window-never-open", Warning, "A fixed hour at which the calendar of a region is closed.", "time = \"10:00\""),
    rule(
        "nonexistent-local-time",
        Info,
        "A fixed hour that summer time takes out of one day of the year.",
        "time = \"09:30\"",
    ),
    rule(
        "step-before-trigger",
        Warning,
        "A step due before the trigger enrolls anybody: it is always late.",
        "offset = \"-120d\"",
    ),
    rule(
        "steps-out-of-order",
        Warning,
        "A step that stands below one it comes before: the file does not read as it happens.",
        "at = \"anchor - 90d\" above at = \"anchor - 60d\"",
    ),
    rule(
        "hold-outlives-meaning",
        Warning,
        "A hold that may carry a step past the date it is about.",
        "max_hold = \"3d\"",
    ),
    // Ways through a playbook.
    rule(
        "overlapping-branches",
        Warning,
        "A branch, segment or stage that the ones above it leave nobody to: the first match wins.",
        "the narrower condition first",
    ),
    rule(
        "unreachable-step",
        Warning,
        "A step whose branch or guard lets nobody come to it.",
        "branch = [\"enterprise\"]",
    ),
    rule(
        "no-end",
        Warning,
        "A wait without timeout in a playbook without goal and exit: it may never end.",
        "timeout = \"20d\"",
    ),
    rule("no-goal", Warning, "A holdout or a measuring window without a goal.", "[goal] with when = '…'"),
    rule(
        "inhibition-circle",
        Error,
        "Playbooks that wait for each other: on an account in both, neither sends.",
        "`inhibited_by` only in the less important one",
    ),
    rule("start-circle", Warning, "Playbooks that start each other without end.", "an end that starts nothing"),
    rule(
        "unused-branch",
        Warning,
        "A branch no step is for: its accounts enroll and nothing happens.",
        "branch = [\"smb\"]",
    ),
    rule("unused-condition", Info, "A named condition that nothing asks.", "when = 'at_risk()'"),
    rule("unused-template", Info, "A template that no step uses.", "template = \"kickoff-90\""),
    // Who enters and how it ends.
    rule(
        "enrolls-nobody",
        Warning,
        "An enroll condition that is true only where the goal, an exit or the never-rule is true already.",
        "a goal beyond the entry, as health.score >= 60 for health.score < 50",
    ),
    rule(
        "no-enrol-cap",
        Warning,
        "Neither the breaker nor `max_per_day` limits a playbook: one wrong import could enroll every account.",
        "max_per_day = 40",
    ),
    rule(
        "backfill-all",
        Warning,
        "Going live enrolls everybody who qualifies at once, and nothing limits it.",
        "backfill = \"none\"",
    ),
    rule(
        "reentry-unset",
        Warning,
        "A condition trigger that does not say whether an account may come back; it does, after 30 days.",
        "[reentry] with policy = \"never\"",
    ),
    rule(
        "cooldown-shorter-than-cadence",
        Warning,
        "An account that leaves early can be back before the cadence would have ended.",
        "cooldown = \"90d\"",
    ),
    rule(
        "suppression-ignores-dnc",
        Warning,
        "A field `do_not_contact` is declared, and mail to customers does not ask it.",
        "(account.do_not_contact ?? false) in [never]",
    ),
    rule(
        "no-exit-on-churn",
        Warning,
        "A customer who has churned is still written to.",
        "[never] with when = 'account.status == \"churned\"'",
    ),
    rule(
        "exit-never-true",
        Warning,
        "An exit that the goal or an exit above it always comes before.",
        "the narrower exit first",
    ),
    rule(
        "exit-equals-entry",
        Warning,
        "A goal that is the exact opposite of the entry: a value that swings around the limit counts as a success.",
        "when = 'health.score >= 60' with for = \"7d\"",
    ),
    // Messages.
    rule(
        "token-type",
        Warning,
        "A date as machines write it, in a text for people.",
        "{{ account.renewal_date | date }}",
    ),
    rule(
        "internal-field-in-customer-mail",
        Warning,
        "Health, ARR, segment or risk in a mail to the customer.",
        "words meant for the customer",
    ),
    rule(
        "same-day-collision",
        Warning,
        "Two mails of one playbook to the same person at the same moment.",
        "after = \"first-mail + 3bd\"",
    ),
    rule(
        "no-unsubscribe",
        Warning,
        "Advertising to customers without a way to unsubscribe, which most countries require.",
        "[email] with unsubscribe = \"https://us.example/u/{token}\" in policy.toml",
    ),
    // Escalation.
    rule("level-gap", Warning, "Days of a ladder for which nobody answers.", "days = \"8-14\" after days = \"1-7\""),
    rule(
        "level-not-higher",
        Warning,
        "A level that names the same person as the one below.",
        "assignee = \"account.owner.manager\"",
    ),
    rule(
        "reminder-longer-than-level",
        Warning,
        "A reminder that would come when the level is over.",
        "remind_every = \"2bd\"",
    ),
    rule(
        "escalation-never-stops",
        Warning,
        "A ladder that climbs to its top also when the work is done.",
        "stop_when = 'task(\"save-plan\").done'",
    ),
    // The book.
    rule(
        "secret-in-book",
        Error,
        "A webhook address, token, key or password in a file of the book, which lives in git.",
        "{ env = \"SLACK_RENEWALS\" } in playcaller.toml",
    ),
    rule("no-test", Warning, "A playbook in use that no test plays.", "<playbook>.test.toml beside it"),
    rule("no-title", Info, "A playbook without a title: lists and mails show its id.", "title = \"Renewal kickoff\""),
];
