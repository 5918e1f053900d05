//! `test`: do the playbooks do what their tests say?

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use super::exit::{Exit, Failure, Result};
use super::print::{Print, count};
use super::session::{Session, usable};
use super::test_diff::diff;
use crate::book::Book;
use crate::book::cases::{Case, TestFile};
use crate::runtime::cases::{self, CaseResult};

/// Tests that are played at the same time: each is mostly work for one processor.
const AT_ONCE: usize = 4;

#[derive(Debug, clap::Args)]
pub struct Test {
    /// Test files, playbooks or folders of the book; all when none is named
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Only tests whose name or playbook contains this text
    #[arg(long, value_name = "NAME")]
    filter: Option<String>,
}

impl Test {
    pub async fn run(self, session: &Session) -> Result<Exit> {
        let loaded = usable(session.loaded())?;
        let files: Vec<TestFile> =
            loaded.tests.into_iter().filter(|file| self.names(&file.file, &session.settings.book)).collect();
        let empty = files.iter().find(|file| file.cases.is_empty()).map(|file| file.file.clone());
        let results = play(Arc::new(loaded.book), self.chosen(files)).await?;
        for result in &results {
            tell(result, session.print)?;
        }
        let failed = results.iter().filter(|result| !result.passed()).count();
        if !session.print.is_json() {
            session.print.line(format!("\n{} passed, {failed} failed", results.len() - failed))?;
        }
        match empty {
            Some(file) => {
                Err(Failure::wrong(format!("{file} has no tests")).help("write a [[test]] with start and expect"))
            }
            None if results.is_empty() => Err(self.nothing_ran()),
            None => Ok(if failed == 0 { Exit::Done } else { Exit::Wrong }),
        }
    }

    /// Whether the file is asked for: by itself, by its playbook's file, or by a folder it lies in.
    fn names(&self, file: &str, book: &Path) -> bool {
        let asked = |path: &PathBuf| {
            let path = path.strip_prefix(book).or_else(|_| path.strip_prefix(".")).unwrap_or(path);
            let playbook = file.replace(".test.toml", ".toml");
            Path::new(file).starts_with(path) || Path::new(&playbook) == path
        };
        self.paths.is_empty() || self.paths.iter().any(asked)
    }

    fn chosen(&self, files: Vec<TestFile>) -> Vec<(Arc<TestFile>, Case)> {
        let filter = self.filter.as_deref().unwrap_or_default();
        let fits = |file: &TestFile, case: &Case| case.name.contains(filter) || file.playbook.contains(filter);
        let mut chosen = Vec::new();
        for file in files.into_iter().map(Arc::new) {
            let cases = file.cases.iter().filter(|case| fits(&file, case)).cloned();
            chosen.extend(cases.map(|case| (file.clone(), case)));
        }
        chosen
    }

    fn nothing_ran(&self) -> Failure {
        match (&self.filter, self.paths.first()) {
            (Some(filter), _) => Failure::wrong(format!("no test ran: none is called `{filter}`")),
            (None, Some(path)) => Failure::wrong(format!("no test ran: the book has none under {}", path.display())),
            (None, None) => Failure::wrong("no test ran: the book has no tests"),
        }
        .help("tests stand in <playbook>.test.toml beside the playbook")
    }
}

/// Plays the tests side by side, each on a thread of its own; the results come in the order of the files.
async fn play(book: Arc<Book>, chosen: Vec<(Arc<TestFile>, Case)>) -> Result<Vec<CaseResult>> {
    let seats = Arc::new(Semaphore::new(AT_ONCE));
    let mut playing = Vec::new();
    for (file, case) in chosen {
        let seat = seats.clone().acquire_owned().await.map_err(anyhow::Error::from)?;
        let (book, runtime) = (book.clone(), Handle::current());
        playing.push(tokio::task::spawn_blocking(move || {
            let _seat = seat;
            runtime.block_on(cases::run(&book, &file, &case))
        }));
    }
    let mut results = Vec::new();
    for played in playing {
        results.push(played.await.map_err(anyhow::Error::from)??);
    }
    Ok(results)
}

fn tell(result: &CaseResult, print: Print) -> Result<()> {
    if print.is_json() {
        // A test that could not be played to its end misses everything; why is its one line.
        let problem = result.problem.iter().map(|problem| problem.split_whitespace().collect::<Vec<_>>().join(" "));
        let missing: Vec<String> = result.missing.iter().cloned().chain(problem).collect();
        return print.json(&json!({
            "file": result.file,
            "playbook": result.playbook,
            "name": result.name,
            "passed": result.passed(),
            "missing": missing,
            "unexpected": result.unexpected,
        }));
    }
    let word = if result.passed() { "ok  " } else { "FAIL" };
    print.line(format!("{word}  {}: {}", result.playbook, result.name))?;
    if result.passed() {
        return Ok(());
    }
    print.line(format!("      {}:{}", result.file, result.line))?;
    if let Some(problem) = &result.problem {
        return print.line(format!("      {problem}"));
    }
    let wrong = result.missing.len() + result.unexpected.len();
    print.line(format!("      {} differ (- expected, + happened)", count(wrong, "line")))?;
    diff(result).iter().try_for_each(|line| print.line(format!("      {line}")))
}
