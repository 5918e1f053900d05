//! Scenarios of the language: every folder of `tests/scenarios` is a small book about one subject, and each of its
//! `.test.toml` files says what must happen, as a CS person would read it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use playcaller::book::diagnostic::Severity;
use playcaller::book::{self, Loaded};
use playcaller::runtime::cases::{self, CaseResult};

#[tokio::test]
async fn dates_enroll_are_late_and_move() {
    play("dates").await;
}

#[tokio::test]
async fn windows_and_spans_say_when() {
    play("windows").await;
}

#[tokio::test]
async fn conditions_are_true_false_or_unknown() {
    play("conditions").await;
}

#[tokio::test]
async fn triggers_and_reentry_say_who_enrolls() {
    play("enrolling").await;
}

#[tokio::test]
async fn steps_follow_each_other_wait_and_branch() {
    play("flow").await;
}

#[tokio::test]
async fn sends_are_held_skipped_approved_and_addressed() {
    play("sending").await;
}

#[tokio::test]
async fn caps_count_every_addressee_of_an_account() {
    play("shared-caps").await;
}

#[tokio::test]
async fn who_finds_no_room_waits_alone() {
    play("waiting-rooms").await;
}

#[tokio::test]
async fn mail_goes_in_the_hours_of_whoever_reads_it() {
    play("quiet").await;
}

#[tokio::test]
async fn a_reply_pauses_what_the_customer_would_hear_next() {
    play("replies").await;
    play("replies-continue").await;
}

#[tokio::test]
async fn goals_exits_and_other_playbooks_end_what_runs() {
    play("ending").await;
}

#[tokio::test]
async fn ladders_climb_by_days_and_silence() {
    play("ladder").await;
}

#[tokio::test]
async fn health_bands_segments_and_stages_are_computed() {
    play("health").await;
}

#[test]
fn every_folder_is_played_here() {
    let source = include_str!("scenarios.rs");
    let entries = std::fs::read_dir(root()).expect("the folder of the scenarios");
    let folders: BTreeSet<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    for folder in folders.iter().filter(|path| path.is_dir()) {
        let name = folder.file_name().expect("a folder has a name").to_string_lossy();
        assert!(source.contains(&format!("play(\"{name}\")")), "nothing plays {name}");
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

/// Runs every test of a folder; all failures are told at once.
async fn play(folder: &str) {
    let loaded = book::load(&root().join(folder));
    let mut failed = mistakes(&loaded);
    for file in &loaded.tests {
        for case in &file.cases {
            let result = cases::run(&loaded.book, file, case).await.expect("a database in memory");
            if !result.passed() {
                failed += &told(&result);
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

fn told(result: &CaseResult) -> String {
    let mut text = format!("\n{}:{} — {}\n", result.file, result.line, result.name);
    text.extend(result.problem.iter().map(|problem| format!("  problem: {problem}\n")));
    text.extend(result.missing.iter().map(|line| format!("  missing:    {line}\n")));
    text.extend(result.unexpected.iter().map(|line| format!("  unexpected: {line}\n")));
    text
}
