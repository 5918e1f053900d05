//! `check`: is the book right?

use super::exit::{Exit, Result};
use super::print::count;
use super::session::Session;
use crate::book::diagnostic::Severity;
use crate::book::render;

pub fn run(session: &Session) -> Result<Exit> {
    let (loaded, print) = (session.loaded(), session.print);
    if print.is_json() {
        loaded.diagnostics.iter().try_for_each(|diagnostic| print.json(diagnostic))?;
    } else {
        if !loaded.diagnostics.is_empty() {
            let shown = render::render(&loaded.diagnostics, &loaded.files, print.color);
            print.line(shown.trim_end())?;
        }
        let of = |severity| loaded.diagnostics.iter().filter(|own| own.severity == severity).count();
        let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
        let mistakes = format!("{}, {}", count(errors, "error"), count(warnings, "warning"));
        let (playbooks, tests) = (loaded.book.playbooks.len(), loaded.tests.len());
        print.line(format!("{}, {}: {mistakes}", count(playbooks, "playbook"), count(tests, "test file")))?;
    }
    Ok(if loaded.has_errors() { Exit::Wrong } else { Exit::Done })
}
