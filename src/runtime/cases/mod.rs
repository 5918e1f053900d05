//! Runs the tests of the book: the daemon's own tick on a virtual clock, in a database of its own in memory.

mod given;
mod outcome;
mod stage;

use std::sync::Arc;

use anyhow::Result;

use super::timeline;
use crate::book::Book;
use crate::book::cases::{Case, Outcome, TestFile};
use crate::condition::Coverage;
use crate::engine::desk::Entry;
use crate::store::Store;
use stage::Stage;

/// What a test found.
#[derive(Clone, Debug)]
pub struct CaseResult {
    pub file: Arc<str>,
    pub playbook: Arc<str>,
    pub name: String,
    pub line: usize,
    /// Expected lines that did not happen.
    pub missing: Vec<String>,
    /// Lines that happened and were not expected.
    pub unexpected: Vec<String>,
    /// Everything compared that happened, as printed.
    pub actual: Vec<String>,
    /// Which expected line each of `actual` is, by its place in the test; absent when lines are not compared.
    pub kept: Option<Vec<Option<usize>>>,
    /// What of the test's outcome happened instead of what it expects.
    pub outcome: Outcome,
    /// Everything that happened, in other playbooks too.
    pub entries: Vec<Entry>,
    /// Why the test could not be played to its end.
    pub problem: Option<String>,
}

impl CaseResult {
    pub fn passed(&self) -> bool {
        self.missing.is_empty() && self.unexpected.is_empty() && self.problem.is_none()
    }
}

/// Plays one test, in a database of its own in memory. `coverage` collects what the conditions said.
pub async fn run(book: &Book, file: &TestFile, case: &Case, coverage: Option<&Arc<Coverage>>) -> Result<CaseResult> {
    let store = Store::open("sqlite::memory:").await?;
    let result = run_on(&store, book, file, case, coverage).await;
    store.close().await;
    result
}

/// Plays one test in a database in which nothing is yet.
pub async fn run_on(
    store: &Store,
    book: &Book,
    file: &TestFile,
    case: &Case,
    coverage: Option<&Arc<Coverage>>,
) -> Result<CaseResult> {
    let mut result = CaseResult {
        file: file.file.clone(),
        playbook: file.playbook.clone(),
        name: case.name.clone(),
        line: case.line,
        missing: Vec::new(),
        unexpected: Vec::new(),
        actual: Vec::new(),
        kept: None,
        outcome: Outcome::default(),
        entries: Vec::new(),
        problem: None,
    };
    let mut stage = Stage::set(store.clone(), book, file, case).await?;
    if let Some(coverage) = coverage {
        stage.count_coverage(coverage.clone());
    }
    match stage.play(case).await {
        Ok(played) => {
            compare(&mut result, case, &file.playbook, &played.entries);
            outcome::compare(&mut result, case, &file.playbook, &played);
            result.entries = played.entries;
        }
        Err(problem) => result.problem = Some(format!("{problem:#}")),
    }
    Ok(result)
}

/// The expectation is closed: what is not listed may not happen. A recipient or reason that the expected line leaves
/// out is not compared.
fn compare(result: &mut CaseResult, case: &Case, playbook: &str, entries: &[Entry]) {
    let compared = entries.iter().filter(|entry| {
        let asked = case.expect_only.as_ref().is_none_or(|words| words.iter().any(|word| word == entry.what()));
        &*entry.playbook == playbook && asked
    });
    result.actual = compared.map(timeline::line).collect();
    let Some(expect) = &case.expect else { return };
    let mut kept: Vec<Option<usize>> = vec![None; result.actual.len()];
    for (place, expected) in expect.iter().enumerate() {
        let open = |(actual, kept): (&String, &Option<usize>)| kept.is_none() && says(actual, expected);
        match result.actual.iter().zip(&kept).position(open) {
            Some(found) => kept[found] = Some(place),
            None => result.missing.push(expected.clone()),
        }
    }
    let unexpected = result.actual.iter().zip(&kept).filter(|(_, kept)| kept.is_none());
    result.unexpected = unexpected.map(|(line, _)| timeline::normalized(line)).collect();
    result.kept = Some(kept);
}

fn says(actual: &str, expected: &str) -> bool {
    let (actual, expected) = (Parts::of(actual), Parts::of(expected));
    let agrees = |expected: &Option<String>, actual: &Option<String>| expected.is_none() || expected == actual;
    actual.head == expected.head && agrees(&expected.to, &actual.to) && agrees(&expected.reason, &actual.reason)
}

/// A line taken apart at its two optional ends.
struct Parts {
    head: String,
    to: Option<String>,
    reason: Option<String>,
}

impl Parts {
    fn of(line: &str) -> Parts {
        let line = timeline::normalized(line);
        let (line, reason) = match line.rsplit_once(" (") {
            Some((rest, reason)) if reason.ends_with(')') => {
                (rest.to_owned(), Some(reason.trim_end_matches(')').to_owned()))
            }
            _ => (line, None),
        };
        match line.split_once(" -> ") {
            Some((head, to)) => Parts { head: head.to_owned(), to: Some(to.to_owned()), reason },
            None => Parts { head: line, to: None, reason },
        }
    }
}
