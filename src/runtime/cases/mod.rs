//! Runs the tests of the book: the daemon's own tick on a virtual clock, in a database of its own in memory.

mod compare;
mod diff;
mod given;
mod outcome;
mod stage;
mod why;

use std::sync::Arc;

use anyhow::Result;

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
    /// What differs in the order of time, with what agrees around it; empty when nothing does.
    pub diff: Vec<DiffLine>,
    /// Everything that happened, in other playbooks too.
    pub entries: Vec<Entry>,
    /// Why the test could not be played to its end.
    pub problem: Option<String>,
}

/// A line of what was expected against what happened.
#[derive(Clone, Debug, PartialEq)]
pub struct DiffLine {
    pub mark: Mark,
    /// As its author wrote it, or as it is printed.
    pub text: String,
    /// Why it did not happen, or why it did.
    pub why: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Agrees,
    Missing,
    Unexpected,
}

impl Mark {
    /// As in a unified diff.
    pub fn sign(self) -> char {
        match self {
            Mark::Agrees => ' ',
            Mark::Missing => '-',
            Mark::Unexpected => '+',
        }
    }
}

impl CaseResult {
    pub fn passed(&self) -> bool {
        self.missing.is_empty() && self.unexpected.is_empty() && self.problem.is_none()
    }
}

/// Plays one test, in a database of its own in memory; one that fails is played again to say why. `coverage` collects
/// what the conditions said.
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
        diff: Vec::new(),
        entries: Vec::new(),
        problem: None,
    };
    let mut stage = Stage::set(store.clone(), book, file, case).await?;
    if let Some(coverage) = coverage {
        stage.count_coverage(coverage.clone());
    }
    match stage.play(case).await {
        Ok(played) => {
            let lines = compare::compare(&mut result, case, &file.playbook, &played.entries);
            outcome::compare(&mut result, case, &file.playbook, &played);
            if !result.passed() {
                result.diff.extend(reasons(book, file, case, lines).await?);
            }
            result.entries = played.entries;
        }
        Err(problem) => result.problem = Some(format!("{problem:#}")),
    }
    Ok(result)
}

/// Plays the test again, in a database of its own, to say why the lines differ.
async fn reasons(book: &Book, file: &TestFile, case: &Case, lines: Vec<diff::Line<'_>>) -> Result<Vec<DiffLine>> {
    let store = Store::open("sqlite::memory:").await?;
    let stage = Stage::set(store.clone(), book, file, case).await?;
    let explained = why::explained(lines, case, stage).await;
    store.close().await;
    explained
}
