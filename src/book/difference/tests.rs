//! Books made by hand, one edit each.

use std::collections::BTreeMap;

use super::{Difference, Standing};
use crate::book::{Book, load_files};

const CARE: &str = r#"
schema_version = 1
id = "care"
owner = "dana"
status = "live"
timezone = "UTC"

[trigger]
kind = "condition"

[enroll]
when = 'health.score < 50' # low

[[step]]
id = "first"
after = "enrolled"
action = "email"
to = "contact:champion"
template = "hello"

[[step]]
id = "call"
after = "first + 3d"
action = "task"
assignee = "dana"
title = "Call {{ account.name }}"
"#;

const HEALTH: &str = "[[dimension]]\nid = \"size\"\nweight = 1.0\n\n[[dimension.measure]]\nid = \"seats\"\n\
    value = 'account.seats'\nscale = [[0, 0], [100, 100]]\nweight = 1.0\n\n[[band]]\nid = \"red\"\nfrom = 0\n\n\
    [[band]]\nid = \"green\"\nfrom = 50\n";

fn book(edits: &[(&str, &str)]) -> Book {
    let files = [
        ("account.toml", "[fields.seats]\ntype = \"number\"\n"),
        ("people.toml", "[[person]]\nid = \"dana\"\nname = \"Dana Reyes\"\nemail = \"dana@us.example\"\n"),
        ("channels.toml", "[email.default]\nfrom = \"success@us.example\"\n"),
        ("health.toml", HEALTH),
        ("policy.toml", "[breaker]\nmax_new = 200\n"),
        ("hello.md", "+++\nsubject = \"Hello\"\n+++\nGood morning.\n"),
        ("care.toml", CARE),
    ];
    let files: BTreeMap<&str, &str> = files.iter().chain(edits).copied().collect();
    let loaded = load_files(files.into_iter().map(|(file, text)| (file.to_owned(), text.to_owned())).collect());
    assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics);
    loaded.book
}

/// What is said of the playbook `care` with that text.
fn said(text: &str) -> Vec<String> {
    let difference = Difference::between(Some(&book(&[])), &book(&[("care.toml", text)]));
    difference.playbooks.iter().flat_map(|own| &own.points).map(ToString::to_string).collect()
}

fn said_of_shared(file: &str, text: &str) -> Vec<String> {
    let difference = Difference::between(Some(&book(&[])), &book(&[(file, text)]));
    let shared = difference.shared.iter();
    shared.flat_map(|own| own.points.iter().map(|point| format!("{} {point}", own.file))).collect()
}

#[test]
fn comments_layout_and_defaults_that_are_written_out_are_no_change() {
    let text = CARE
        .replace("'health.score < 50' # low", "'''\nhealth.score<50 // low\n'''")
        .replace("[trigger]", "# nothing new\nsend_window = \"business-hours\"\nin_flight = \"move\"\n\n[trigger]");
    let difference = Difference::between(Some(&book(&[])), &book(&[("care.toml", &text)]));
    assert_eq!(difference, Difference { unchanged: 1, ..Difference::default() });
    assert!(difference.is_empty());
    let policy = "# as it is by default\n[breaker]\nmax_new = 200\nmax_share = 0.2\n";
    assert_eq!(said_of_shared("policy.toml", policy), Vec::<String>::new());
}

#[test]
fn a_key_that_says_something_else_is_said_with_what_it_said() {
    assert_eq!(said(&CARE.replace("< 50", "< 40")), ["enroll.when: health.score < 50 → health.score < 40"]);
    assert_eq!(said(&CARE.replace("first + 3d", "first + 5bd")), ["step call: after: first + 3d → first + 5bd"]);
    assert_eq!(said(&CARE.replace("\"live\"", "\"paused\"")), ["status: live → paused"]);
    assert_eq!(
        said(&CARE.replace("contact:champion", "contacts:champion")),
        ["step first: to: the champion → every champion"]
    );
    assert_eq!(
        said(&CARE.replace("assignee = \"dana\"", "assignee = \"dana\"\ndue = \"2bd\"")),
        ["step call: due: – → 2bd"]
    );
}

#[test]
fn of_a_long_condition_only_the_part_that_changed_is_shown() {
    let of = |when: &str| CARE.replace("health.score < 50", when);
    let before = book(&[("care.toml", &of(r#"health.score < 50 && (account.seats > 9 || account.name != "a && b")"#))]);
    let said = |when: &str| -> Vec<String> {
        let difference = Difference::between(Some(&before), &book(&[("care.toml", &of(when))]));
        difference.playbooks.iter().flat_map(|own| &own.points).map(ToString::to_string).collect()
    };
    let other = r#"(account.seats > 9 || account.name != "a && b")"#;
    assert_eq!(said(&format!("health.score < 40 && {other}")), ["enroll.when: health.score < 50 → health.score < 40"]);
    assert_eq!(said("health.score < 50"), [format!("enroll.when: health.score < 50 && {other} → health.score < 50")]);
}

#[test]
fn steps_that_come_go_move_and_are_renamed_are_said() {
    let renamed = CARE.replace("\"first\"", "\"kickoff\"").replace("first + 3d", "kickoff + 3d");
    let renamed = renamed + "\n[[moved]]\nfrom = \"first\"\nto = \"kickoff\"\n";
    assert_eq!(said(&renamed), ["step first is called kickoff now"]);
    let (before, call) = CARE.split_at(CARE.rfind("[[step]]").unwrap());
    assert_eq!(said(before), ["step call is gone: 3 days after first, dana gets the task \"Call <account name>\""]);
    let more = format!("{CARE}\n{}", call.replace("\"call\"", "\"again\"").replace("3d", "9d"));
    assert_eq!(said(&more), ["step again is new: 9 days after first, dana gets the task \"Call <account name>\""]);
}

#[test]
fn a_template_shows_its_subject_and_tells_of_its_text() {
    let of = |text: &str| -> Vec<String> {
        let difference = Difference::between(Some(&book(&[])), &book(&[("hello.md", text)]));
        difference.playbooks.iter().flat_map(|own| &own.points).map(ToString::to_string).collect()
    };
    assert_eq!(of("+++\nsubject = \"Welcome\"\n+++\nGood morning.\n"), ["subject of hello.md: Hello → Welcome"]);
    assert_eq!(of("+++\nsubject = \"Hello\"\n+++\nGood evening.\n"), ["hello.md has another text: \"Hello\""]);
    assert_eq!(of("+++\n# short\nsubject = \"Hello\"\n+++\nGood morning.\n"), Vec::<String>::new());
}

#[test]
fn shared_files_are_said_by_their_keys() {
    assert_eq!(said_of_shared("policy.toml", "[breaker]\nmax_new = 5\n"), ["policy.toml breaker.max_new: 200 → 5"]);
    assert_eq!(
        said_of_shared("health.toml", &HEALTH.replace("from = 50", "from = 60")),
        ["health.toml band green: from: 50 → 60"]
    );
    assert_eq!(
        said_of_shared("health.toml", &HEALTH.replace("[100, 100]", "[50, 100]")),
        ["health.toml measure size.seats: scale: 0 is 0, 100 is 100 → 0 is 0, 50 is 100"]
    );
    assert_eq!(
        said_of_shared("conditions.toml", "[condition.big]\nwhen = 'account.seats > 9'\n"),
        ["conditions.toml condition big is new: account.seats > 9"]
    );
    let people = "[[person]]\nid = \"dana\"\nname = \"Dana Reyes\"\nemail = \"dana@eu.example\"\n";
    assert_eq!(
        said_of_shared("people.toml", people),
        ["people.toml person dana: email: dana@us.example → dana@eu.example"]
    );
    let always = "[calendar.business-hours]\ndays = \"mon-sun\"\n";
    assert_eq!(
        said_of_shared("calendars.toml", always),
        ["calendars.toml calendar business-hours: days: mon, tue, wed, thu, fri → mon, tue, wed, thu, fri, sat, sun"]
    );
}

#[test]
fn a_playbook_comes_and_goes_and_without_a_book_before_all_are_new() {
    let other = CARE.replace("\"care\"", "\"other\"");
    let standings = |old: Option<&Book>, new: &Book| -> Vec<(String, Standing)> {
        let difference = Difference::between(old, new);
        difference.playbooks.iter().map(|own| (own.id.to_string(), own.standing)).collect()
    };
    let (one, two) = (book(&[]), book(&[("other.toml", &other)]));
    assert_eq!(standings(Some(&one), &two), [("other".to_owned(), Standing::New)]);
    assert_eq!(standings(Some(&two), &one), [("other".to_owned(), Standing::Gone)]);
    assert_eq!(standings(None, &one), [("care".to_owned(), Standing::New)]);
}
