//! `check`: is the book right?

use std::io::{self, Write};
use std::path::Path;

use super::AsOf;
use super::exit::{Exit, Failure, Result};
use super::print::{Format, Print, count};
use super::session::Session;
use crate::book::diagnostic::fix::{Fixed, fix_folder};
use crate::book::diagnostic::{Diagnostic, Severity};
use crate::book::load::Loaded;
use crate::book::render::{self, github, sarif};
use crate::time::{Clock, SystemClock, TimeZone, local_date};

/// Mistakes come in the order in which to mend them; what only follows from another is counted and hidden.
///
/// `--format github` prints workflow commands, which GitHub shows beside the changed lines, and `--format sarif` a log
/// for code scanning.
#[derive(Debug, clap::Args)]
pub struct Check {
    /// Make the repairs that are safe, then say what is left
    #[arg(long)]
    fix: bool,
    /// Show also what only follows from another mistake
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    as_of: AsOf,
}

impl Check {
    pub fn run(self, session: &Session) -> Result<Exit> {
        let print = session.print.refuse_formats_but(&[Format::Github, Format::Sarif])?;
        if self.fix {
            tell_fixed(&mend(&session.settings.book)?, print)?;
        }
        let now = self.as_of.instant().unwrap_or_else(|| SystemClock.now());
        let loaded = session.loaded().as_of(local_date(now, &TimeZone::UTC));
        let roots: Vec<Diagnostic> =
            loaded.diagnostics.iter().filter(|own| self.all || !own.follows).cloned().collect();
        let folder = in_repository(&session.settings.book);
        match print.format {
            Format::Human | Format::Junit => tell(&loaded, &roots, print)?,
            Format::Json => loaded.diagnostics.iter().try_for_each(|own| print.json(own))?,
            Format::Github => github::commands(&roots, &folder).iter().try_for_each(|line| print.line(line))?,
            Format::Sarif => print.json(&sarif::log(&loaded.diagnostics, &loaded.files, &folder))?,
        }
        Ok(if loaded.has_errors() { Exit::Wrong } else { Exit::Done })
    }
}

/// The book's path as the repository knows it: relative to where we are, which is its root in a workflow.
pub fn in_repository(book: &Path) -> String {
    let here = std::path::absolute("").unwrap_or_default();
    book.strip_prefix(&here).unwrap_or(book).display().to_string()
}

fn mend(book: &Path) -> Result<Fixed> {
    fix_folder(book).map_err(|error| Failure::wrong(format!("the book could not be mended: {error}")))
}

/// What was changed, file by file; on standard error where the output is for programs.
fn tell_fixed(fixed: &Fixed, print: Print) -> Result<()> {
    let mut lines = Vec::new();
    for file in fixed.texts.keys() {
        lines.push(format!("mended {file}"));
        for own in fixed.mended.iter().filter(|own| *own.file == **file) {
            lines.push(format!("  line {}: {}", own.line, own.message));
        }
    }
    if lines.is_empty() {
        lines.push("nothing could be mended without asking".to_owned());
    }
    let text = format!("{}\n\n", lines.join("\n"));
    match print.format {
        Format::Human => Ok(write!(io::stdout(), "{text}")?),
        Format::Json | Format::Github | Format::Sarif | Format::Junit => Ok(write!(io::stderr(), "{text}")?),
    }
}

fn tell(loaded: &Loaded, shown: &[Diagnostic], print: Print) -> Result<()> {
    for own in shown {
        print.line(render::one(own, &loaded.files, print.color).trim_end_matches('\n'))?;
        print.line("")?;
    }
    let of = |severity| shown.iter().filter(|own| own.severity == severity).count();
    let mut mistakes = vec![count(of(Severity::Error), "error"), count(of(Severity::Warning), "warning")];
    mistakes.extend(Some(of(Severity::Info)).filter(|notes| *notes > 0).map(|notes| count(notes, "note")));
    let (playbooks, tests) = (loaded.book.playbooks.len(), loaded.tests.len());
    print.line(format!("{}, {}: {}", count(playbooks, "playbook"), count(tests, "test file"), mistakes.join(", ")))?;
    match loaded.diagnostics.len() - shown.len() {
        0 => {}
        1 => print.line("1 more follows from these; `check --all` shows it")?,
        hidden => print.line(format!("{hidden} more follow from these; `check --all` shows them"))?,
    }
    match shown.iter().filter(|own| !own.fix.is_empty()).count() {
        0 => Ok(()),
        fixable => print.line(format!("`check --fix` can mend {fixable} of these")),
    }
}
