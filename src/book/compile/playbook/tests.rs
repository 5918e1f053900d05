use crate::book::compile::fixture::playbook;
use crate::book::playbook::*;
use crate::time::Span;

/// The playbook of the language's manual, whole.
const MANUAL: &str = include_str!("manual.toml");

/// A right playbook with one step, to which a broken part is added.
const SMALL: &str = r#"schema_version = 1
id = "renewal-kickoff"
owner = "team:renewals"
class = "renewal"
[trigger]
kind = "date"
anchor = "account.renewal_date"
offset = "-90d"
[[step]]
id = "review"
at = "anchor - 90d"
action = "task"
assignee = "account.owner"
title = "Review {{ account.name }}"
"#;

#[test]
fn the_manuals_playbook_compiles_whole() {
    let (compiled, diagnostics) = playbook(MANUAL);
    assert!(diagnostics.is_empty(), "{diagnostics:#?}");
    let compiled = compiled.unwrap();
    assert_eq!(compiled.steps.len(), 3);
    assert!(matches!(compiled.steps[0].timing, Timing::At(Span { n: -90, .. })));
    assert!(matches!(compiled.steps[1].timing, Timing::After(Base::Step(0), Some(Span { n: 3, .. }))));
    assert!(matches!(compiled.steps[2].timing, Timing::After(Base::Step(1), None)));
    let levels = &compiled.escalation.as_ref().unwrap().levels;
    let days: Vec<_> = levels.iter().map(|level| (level.first_day, level.last_day)).collect();
    assert_eq!(days, [(1, Some(7)), (8, Some(14)), (15, None)]);
    assert_eq!(levels[1].assignee, Recipient::ManagerOf("owner".into()));
    assert_eq!(compiled.version.len(), 20);
    assert_eq!(compiled.holdout, 0.10);
}

#[test]
fn defaults_follow_the_trigger() {
    let (dated, _) = playbook(SMALL);
    let dated = dated.unwrap();
    assert_eq!(dated.reentry.policy, ReentryPolicy::OncePerKey);
    assert_eq!(dated.reentry.key.unwrap().text(), "account.renewal_date");
    assert_eq!(dated.status, Status::Draft);
    assert_eq!((dated.late.email, dated.late.task, dated.late.others), DEFAULT_LATE);
    let by_hand = SMALL.replace(TRIGGER, "kind = \"manual\"");
    let (by_hand, diagnostics) = playbook(&by_hand.replace("at = \"anchor - 90d\"", "after = \"enrolled\""));
    assert_eq!(by_hand.unwrap_or_else(|| panic!("{diagnostics:#?}")).reentry.policy, ReentryPolicy::Always);
}

const DEFAULT_LATE: (LatePolicy, LatePolicy, LatePolicy) = (LatePolicy::Skip, LatePolicy::Latest, LatePolicy::All);

#[test]
fn the_version_changes_with_the_text_and_only_with_it() {
    let version = |text: &str| playbook(text).0.unwrap().version;
    assert_eq!(version(SMALL), version(SMALL));
    assert_ne!(version(SMALL), version(&format!("{SMALL}priority = \"high\"\n")));
}

#[test]
fn every_mistake_of_a_file_is_found_in_one_pass() {
    let broken = SMALL.replace("team:renewals", "team:renewal").replace("\"renewal\"\n", "\"renewl\"\n");
    let (compiled, diagnostics) = playbook(&broken.replace("account.owner", "account.ownr"));
    assert!(compiled.is_none());
    let lines: Vec<_> = diagnostics.iter().map(|found| (found.line, found.suggestion.as_deref())).collect();
    assert_eq!(lines, [(3, Some("team:renewals")), (4, Some("renewal")), (13, Some("account.owner"))]);
}

/// A broken playbook: the text to replace, what stands there instead, and what is said: code, line, fragment.
type Broken = (&'static str, &'static str, &'static str, usize, &'static str);

const TRIGGER: &str = "kind = \"date\"\nanchor = \"account.renewal_date\"\noffset = \"-90d\"";
const STEP: &str = "[[step]]";
const AT: &str = "at = \"anchor - 90d\"";
const TAIL: &str = "title = \"Review {{ account.name }}\"\n";

#[rustfmt::skip]
const BROKEN: [Broken; 40] = [
    ("class = \"renewal\"", "clas = \"renewal\"", "unknown-key", 4, "`clas`"),
    ("id = \"renewal-kickoff\"", "id = \"Renewal Kickoff\"", "bad-id", 2, "not an id"),
    ("schema_version = 1", "schema_version = 2", "out-of-range", 1, "schema_version"),
    ("class = \"renewal\"", "status = \"liv\"", "unknown-value", 4, "`liv`"),
    ("class = \"renewal\"", "send_window = \"office-hours\"", "unknown-name", 4, "calendar"),
    ("class = \"renewal\"", "timezone_fallback = \"America/NewYork\"", "bad-zone", 4, "time zone"),
    ("class = \"renewal\"", "timezone = \"account.arr\"", "wrong-type", 4, "needs a text"),
    ("kind = \"date\"", "kind = \"dated\"", "unknown-value", 6, "`dated`"),
    ("account.renewal_date", "account.arr", "wrong-type", 7, "needs a date"),
    ("account.renewal_date", "renewal_date", "wrong-value", 7, "field of the account"),
    ("\"-90d\"", "\"-90m\"", "ambiguous-duration", 8, "ambiguous"),
    ("\"-90d\"", "\"-90bh\"", "bad-span", 8, "not a span of days"),
    ("kind = \"date\"", "kind = \"event\"\nevent = \"nps_respons\"", "unknown-name", 7, "nps_respons"),
    ("kind = \"date\"", "kind = \"schedule\"\ncron = \"0 25 * * *\"", "bad-cron", 7, "hour"),
    (TRIGGER, "kind = \"condition\"", "missing-key", 5, "needs a condition"),
    (STEP, "[enroll]\nwhen = 'run.day > 3'\n[[step]]", "", 10, "run"),
    (STEP, "[reentry]\npolicy = \"once\"\n[[step]]", "unknown-value", 10, "policy"),
    (STEP, "[measure]\nholdout = 1.5\n[[step]]", "out-of-range", 10, "between 0 and 1"),
    ("owner = ", "shadow_of = \"at-rsk\"\nowner = ", "unknown-name", 3, "at-rsk"),
    ("owner = ", "shadow_of = \"renewal-kickoff\"\nowner = ", "wrong-value", 3, "compared with itself"),
    (STEP, "[[suppress]]\nid = \"p1\"\n[[step]]", "missing-key", 9, "neither"),
    (STEP, "[[suppress]]\nid = \"p1\"\ninhibited_by = \"at-rsk\"\n[[step]]", "unknown-name", 11, "at-rsk"),
    (STEP, "[[branch]]\nid = \"big\"\nwhen = 'account.arr > 5'\n[[step]]", "branch-default", 9, "default"),
    (STEP, "[[branch]]\nid = \"big\"\n[[step]]", "branch-condition", 9, "neither"),
    (AT, "at = \"anchor - 90d\"\nafter = \"enrolled\"", "at-and-after", 11, "both"),
    (AT, "", "missing-key", 9, "neither `at` nor `after`"),
    (AT, "after = \"reviw\"", "unknown-name", 11, "reviw"),
    (AT, "after = \"review + 1d\"", "not-earlier", 11, "this step itself"),
    (AT, "after = \"enrolled + 5m\"", "bad-span", 11, "5mo"),
    (AT, "after = \"enrolled 5d\"", "bad-timing", 11, "sign"),
    (AT, "at = \"90d before\"", "bad-timing", 11, "anchor"),
    (AT, "at = \"anchor\"\ntime = \"18:30\"", "outside-window", 12, "09:00-17:00"),
    (AT, "at = \"anchor\"\nbranch = [\"enterprise\"]", "unknown-name", 12, "branch"),
    (AT, "at = \"anchor\"\napprove_within = \"3bd\"", "missing-key", 9, "not whom"),
    ("action = \"task\"", "action = \"tsk\"", "unknown-value", 12, "`tsk`"),
    ("assignee = \"account.owner\"", "assignee = \"contact:champion\"", "wrong-recipient", 13, "our side"),
    ("assignee = \"account.owner\"", "assignee = \"role:vp\"", "unknown-name", 13, "role"),
    ("assignee = \"account.owner\"", "assignee = \"donna\"", "unknown-name", 13, "person"),
    ("{{ account.name }}", "{{ account.nmae }}", "unknown-name", 14, "nmae"),
    (TAIL, "title = \"x\"\ntemplate = \"renewal-breif\"\n", "unknown-name", 15, "template"),
];

/// A part put behind the small playbook, from line 15 on, and what is said of it: code, line, fragment.
const BROKEN_ENDS: [(&str, &str, usize, &str); 8] = [
    (
        "[[step]]\nid = \"review\"\nafter = \"previous\"\naction = \"stop\"",
        "duplicate-id",
        16,
        "a step `review` already",
    ),
    (
        "[[step]]\nid = \"mail\"\nafter = \"previous\"\naction = \"email\"\ntemplate = \"renewal-brief\"",
        "no-subject",
        19,
        "no subject",
    ),
    (
        "[[step]]\nid = \"mail\"\nafter = \"previous\"\naction = \"email\"\nto = \"event.contact\"",
        "no-event",
        19,
        "needs an event",
    ),
    (
        "[[step]]\nid = \"chat\"\nafter = \"previous\"\naction = \"slack\"\nchannel = \"#renewals\"",
        "unknown-name",
        19,
        "slack channel",
    ),
    (
        "[[step]]\nid = \"set\"\nafter = \"previous\"\naction = \"set\"\nfield = \"segment\"\nvalue = \"smb\"",
        "cannot-set",
        19,
        "computed",
    ),
    (
        "[[step]]\nid = \"set\"\nafter = \"review.done\"\naction = \"set\"\nvalue = \"wn\"\nfield = \"renewal_status\"",
        "unknown-name",
        19,
        "wn",
    ),
    (
        "[[step]]\nid = \"wait\"\nafter = \"review\"\naction = \"wait_for\"\non_timeout = \"goto:review\"",
        "not-later",
        19,
        "forward",
    ),
    (
        "[[escalation.level]]\nid = \"a\"\ndays = \"1-7\"\n[[escalation.level]]\nid = \"b\"\ndays = \"5+\"",
        "level-order",
        20,
        "until day 7",
    ),
];

#[test]
fn each_mistake_is_told_with_its_code_line_and_reason() {
    for (from, to, code, line, fragment) in BROKEN {
        assert!(SMALL.contains(from), "{from}");
        expect_told(&SMALL.replacen(from, to, 1), code, line, fragment);
    }
    for (end, code, line, fragment) in BROKEN_ENDS {
        expect_told(&format!("{SMALL}{end}\n"), code, line, fragment);
    }
}

fn expect_told(text: &str, code: &str, line: usize, fragment: &str) {
    let (compiled, found) = playbook(text);
    assert!(compiled.is_none(), "{text}\ncompiles");
    let told = found.iter().any(|found| {
        let said = format!("{} {}", found.message, found.help.as_deref().unwrap_or_default());
        found.line == line && found.code.contains(code) && said.contains(fragment)
    });
    assert!(told, "{text}\nis said to be:\n{found:#?}");
}

#[test]
fn a_minus_without_a_blank_is_read_as_meant() {
    let later =
        format!("{SMALL}[[step]]\nid = \"call\"\nafter = \"review-3d\"\naction = \"stop\"\nplaybook = \"at-risk\"\n");
    let (_, diagnostics) = playbook(&later);
    assert_eq!(diagnostics[0].suggestion.as_deref(), Some("review - 3d"));
}
