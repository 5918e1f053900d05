//! Scenarios of the language: every folder of `tests/scenarios` is a small book about one subject, and each of its
//! `.test.toml` files says what must happen, as a CS person would read it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use playcaller::book::diagnostic::Severity;
use playcaller::book::{self, Loaded};
use playcaller::runtime::cases::{self, CaseResult};

use crate::support::databases;

/// A test for each folder: what it tells, and where it is told.
macro_rules! chapters {
    ($($told:ident: $folder:literal,)*) => {
        $(#[tokio::test]
        async fn $told() {
            play($folder).await;
        })*
    };
}

chapters! {
    a_date_starts_it: "date-trigger",
    a_condition_starts_it: "condition-trigger",
    an_event_starts_it: "event-trigger",
    a_schedule_starts_it: "schedule-trigger",
    a_person_starts_it: "manual-trigger",
    the_status_says_whether_it_runs: "status",
    what_runs_in_shadow_is_only_recorded: "shadow",
    reentry_says_who_comes_back: "re-entry",
    held_out_accounts_are_left_alone: "holdout",
    too_many_in_a_day_wait_for_a_person: "limits",
    the_plan_follows_a_date_that_moves: "anchor-moves",
    steps_keep_the_hours_of_the_account: "account-zone",
    windows_say_what_waits: "when-a-step-runs",
    spans_are_counted_as_people_count: "spans",
    regions_have_calendars_of_their_own: "calendars",
    steps_do_one_thing_each: "actions",
    steps_follow_each_other: "after",
    what_is_late_is_left_out_or_made_up_for: "late",
    branches_divide_the_accounts: "branches",
    waits_end_or_run_out: "wait-for",
    people_approve_what_goes_out: "approvals",
    playbooks_start_and_stop_each_other: "start-and-stop",
    ends_come_before_everything: "ends",
    the_never_rule_ends_everything: "never",
    suppressions_hold_and_skip: "suppressions",
    caps_slide: "caps",
    caps_count_every_addressee_of_an_account: "caps-per-account",
    who_finds_no_room_waits_alone: "caps-per-message",
    mail_goes_in_the_hours_of_whoever_reads_it: "quiet",
    consent_is_asked_at_the_sending: "consent",
    mail_that_comes_back_stops: "bounces",
    a_reply_pauses_what_the_customer_would_hear: "replies",
    a_book_may_go_on_after_a_reply: "replies-continue",
    everyone_is_found_or_replaced: "recipients",
    empty_tokens_hold_a_message: "templates",
    ladders_climb_by_days_and_silence: "escalation",
    everything_is_declared_with_its_type: "dictionary",
    unknown_is_neither_yes_nor_no: "conditions-unknown",
    fields_have_a_history: "conditions-history",
    usage_is_seen_through_windows: "conditions-usage",
    events_are_counted_and_remembered: "conditions-events",
    people_on_both_sides_have_names: "conditions-people",
    days_are_those_of_the_account: "conditions-days",
    numbers_texts_and_lists_are_compared: "conditions-values",
    conditions_have_names: "conditions-named",
    an_enrollment_knows_itself: "conditions-run",
    other_work_on_the_account_is_seen: "conditions-other-work",
    health_is_scored_and_banded: "health",
    a_measure_may_have_no_value: "health-missing",
    segments_and_stages_are_computed: "segments-and-stages",
    a_test_is_a_timeline: "timelines",
    peers_tell_who_qualifies: "peers/who-qualifies",
    peers_tell_how_steps_flow: "peers/flow",
    peers_tell_who_is_left_alone: "peers/membership",
    peers_tell_the_time: "peers/time",
}

#[test]
fn every_folder_is_played_here_and_tells_its_story() {
    let source = include_str!("scenarios.rs");
    let index = std::fs::read_to_string(root().join("README.md")).expect("the index of the scenarios");
    for folder in folders() {
        assert!(source.contains(&format!("\"{folder}\"")), "nothing plays {folder}");
        assert!(root().join(&folder).join("README.md").is_file(), "{folder} has no README.md");
        assert!(index.contains(&format!("]({folder}/README.md)")), "tests/scenarios/README.md does not name {folder}");
    }
}

#[test]
fn the_index_names_only_what_is_there() {
    let index = std::fs::read_to_string(root().join("README.md")).expect("the index of the scenarios");
    for named in index.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        assert!(root().join(named).is_file(), "tests/scenarios/README.md names {named}, which is not there");
    }
}

/// Every folder with a test in it, by its path below `tests/scenarios`.
fn folders() -> BTreeSet<String> {
    let below = |path: PathBuf| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(path).expect("a folder of scenarios");
        entries.map(|entry| entry.expect("an entry").path()).collect()
    };
    let mut found = BTreeSet::new();
    let mut open = vec![root()];
    while let Some(path) = open.pop() {
        let (folders, files): (Vec<_>, Vec<_>) = below(path.clone()).into_iter().partition(|path| path.is_dir());
        if files.iter().any(|file| file.to_string_lossy().ends_with(".test.toml")) {
            let name = path.strip_prefix(root()).expect("below the root").to_string_lossy().into_owned();
            found.insert(name);
        }
        open.extend(folders);
    }
    found
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

/// Runs every test of a folder on both databases; all failures are told at once.
async fn play(folder: &str) {
    let loaded = book::load(&root().join(folder));
    let mut failed = mistakes(&loaded);
    let postgres = databases::postgres().await;
    for file in &loaded.tests {
        for case in &file.cases {
            let result = cases::run(&loaded.book, file, case, None).await.expect("a database in memory");
            failed += &told("SQLite", &result);
            if let Some(store) = &postgres {
                databases::empty(store).await;
                let result =
                    cases::run_on(store, &loaded.book, file, case, None).await.expect("a database on the server");
                failed += &told("Postgres", &result);
            }
        }
    }
    assert!(failed.is_empty(), "in tests/scenarios/{folder}{failed}");
    assert!(!loaded.tests.is_empty(), "no test in {folder}");
}

fn mistakes(loaded: &Loaded) -> String {
    let errors = loaded.diagnostics.iter().filter(|own| own.severity == Severity::Error);
    errors.map(|own| format!("\n{}:{} {}\n", own.file, own.line, own.message)).collect()
}

/// What went wrong; empty when nothing did.
fn told(database: &str, result: &CaseResult) -> String {
    if result.passed() {
        return String::new();
    }
    let mut text = format!("\n{}:{} on {database} — {}\n", result.file, result.line, result.name);
    text.extend(result.problem.iter().map(|problem| format!("  problem: {problem}\n")));
    text.extend(result.missing.iter().map(|line| format!("  missing:    {line}\n")));
    text.extend(result.unexpected.iter().map(|line| format!("  unexpected: {line}\n")));
    text
}
