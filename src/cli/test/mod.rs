//! `test`: do the playbooks do what their tests say?

mod accept;
mod coverage;
mod diff;
mod report;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value as Json, json};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use super::exit::{Exit, Failure, Result};
use super::print::{Format, Print};
use super::session::{Session, usable};
use crate::book::Book;
use crate::book::cases::{Case, TestFile};
use crate::book::render::github;
use crate::condition::Coverage;
use crate::runtime::cases::{self, CaseResult, DiffLine};
use diff::diff;

/// Tests that are played at the same time: each is mostly work for one processor.
const AT_ONCE: usize = 4;

/// `--format junit` prints a report for CI servers, `--format github` marks the tests that failed beside the changed
/// lines.
#[derive(Debug, clap::Args)]
pub struct Test {
    /// Test files, playbooks or folders of the book; all when none is named
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Only tests whose name or playbook contains this text
    #[arg(long, value_name = "NAME")]
    filter: Option<String>,
    /// Write what happened into the tests that failed, as their expectation; review the change before you keep it
    #[arg(long)]
    accept: bool,
    /// Which comparisons, steps, branches and exits have the tests seen?
    #[arg(long)]
    coverage: bool,
    /// With --coverage: fail below this share, in percent
    #[arg(long, value_name = "PERCENT", requires = "coverage")]
    fail_under: Option<usize>,
}

impl Test {
    pub async fn run(self, session: &Session) -> Result<Exit> {
        let print = session.print.refuse_formats_but(&[Format::Github, Format::Junit])?;
        let loaded = usable(session.loaded())?;
        let files: Vec<TestFile> =
            loaded.tests.into_iter().filter(|file| self.names(&file.file, &session.settings.book)).collect();
        if let Some(file) = files.iter().find(|file| file.cases.is_empty()) {
            let empty = Failure::wrong(format!("{} has no tests", file.file));
            return Err(empty.help("write a [[test]] with start and expect"));
        }
        let (book, coverage) = (Arc::new(loaded.book), self.coverage.then(Arc::<Coverage>::default));
        let results = play(book.clone(), self.chosen(files), coverage.clone()).await?;
        if results.is_empty() {
            return Err(self.nothing_ran());
        }
        tell_all(&results, &session.settings.book, print)?;
        if self.accept {
            accept::write(&session.settings.book, &loaded.files, &results, print)?;
            return Ok(if results.iter().all(|result| result.problem.is_none()) { Exit::Done } else { Exit::Wrong });
        }
        let is_covered = match coverage {
            Some(coverage) => self.tell_coverage(&coverage::of_book(&book, &results, &coverage), print)?,
            None => true,
        };
        Ok(if is_covered && results.iter().all(CaseResult::passed) { Exit::Done } else { Exit::Wrong })
    }

    /// Whether enough was seen.
    fn tell_coverage(&self, seen: &[coverage::Seen], print: Print) -> Result<bool> {
        let percent = coverage::percent(seen);
        match print.format {
            Format::Json => {
                let playbooks: Vec<_> = seen.iter().map(coverage::Seen::json).collect();
                print.json(&json!({ "coverage": playbooks, "percent": percent }))?;
            }
            Format::Human => {
                print.line("")?;
                seen.iter().flat_map(coverage::Seen::lines).try_for_each(|line| print.line(line))?;
                print.line(format!("{percent} % seen"))?;
            }
            Format::Github | Format::Junit | Format::Sarif => {}
        }
        let least = self.fail_under.unwrap_or(0);
        if percent < least {
            eprintln!("error: the tests have seen {percent} % of the book, --fail-under asks for {least} %");
        }
        Ok(percent >= least)
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
async fn play(
    book: Arc<Book>,
    chosen: Vec<(Arc<TestFile>, Case)>,
    coverage: Option<Arc<Coverage>>,
) -> Result<Vec<CaseResult>> {
    let seats = Arc::new(Semaphore::new(AT_ONCE));
    let mut playing = Vec::new();
    for (file, case) in chosen {
        let seat = seats.clone().acquire_owned().await.map_err(anyhow::Error::from)?;
        let (book, runtime, coverage) = (book.clone(), Handle::current(), coverage.clone());
        playing.push(tokio::task::spawn_blocking(move || {
            let _seat = seat;
            runtime.block_on(cases::run(&book, &file, &case, coverage.as_ref()))
        }));
    }
    let mut results = Vec::new();
    for played in playing {
        results.push(played.await.map_err(anyhow::Error::from)??);
    }
    Ok(results)
}

fn tell_all(results: &[CaseResult], book: &Path, print: Print) -> Result<()> {
    let failed = results.iter().filter(|result| !result.passed());
    match print.format {
        Format::Junit => print.line(report::junit(results)),
        Format::Github => {
            let folder = super::check::in_repository(book);
            let line = |own: &CaseResult| github::error(&folder, &own.file, own.line, &own.name, &report::why(own));
            failed.map(line).try_for_each(|line| print.line(line))
        }
        Format::Json | Format::Sarif => results.iter().try_for_each(|result| tell(result, print)),
        Format::Human => {
            results.iter().try_for_each(|result| tell(result, print))?;
            let failed = failed.count();
            print.line(format!("\n{} passed, {failed} failed", results.len() - failed))
        }
    }
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
            "line": result.line,
            "diff": result.diff.iter().map(line).collect::<Vec<_>>(),
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
    diff(result).iter().try_for_each(|line| print.line(format!("      {line}")))
}

/// A line of the timeline that differs, or of what stands around it.
fn line(line: &DiffLine) -> Json {
    json!({ "mark": line.mark.sign().to_string(), "line": line.text, "why": line.why })
}
