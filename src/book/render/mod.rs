//! Diagnostics as a person reads them: the line, what is wrong in it, what to do; and as other programs do.

pub mod github;
pub mod sarif;

use std::fmt;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode};

use super::diagnostic::cause::Files;
use super::diagnostic::{Diagnostic, Severity};

/// All diagnostics with their lines, and how many there are; with terminal colours when `colour`.
pub fn render(diagnostics: &[Diagnostic], files: &Files, colour: bool) -> String {
    let shown = diagnostics.iter().map(|own| one(own, files, colour));
    shown.chain([summary(diagnostics)]).collect()
}

/// One diagnostic with its line, and an empty line below.
pub fn one(diagnostic: &Diagnostic, files: &Files, colour: bool) -> String {
    let theme = if colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(110).with_links(false).with_context_lines(1);
    let source = files.get(&diagnostic.file).map(|file| NamedSource::new(&diagnostic.file, file.text.clone()));
    let shown = Shown { diagnostic, source };
    let mut text = String::new();
    // A String takes everything; should miette refuse, the bare line still says what is wrong.
    if handler.render_report(&mut text, &shown).is_err() {
        text.push_str(&format!("{shown}\n"));
    }
    text.lines().map(|line| format!("{}\n", line.trim_end())).chain(["\n".to_owned()]).collect()
}

/// A file of the book by its path in the repository.
fn path(folder: &str, file: &str) -> String {
    let folder = folder.trim_start_matches("./").trim_end_matches('/');
    if folder.is_empty() || folder == "." { file.to_owned() } else { format!("{folder}/{file}") }
}

/// `2 errors, 1 warning`, or `no mistakes`.
pub fn summary(diagnostics: &[Diagnostic]) -> String {
    let count = |severity, one: &str| {
        let n = diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
        (n > 0).then(|| format!("{n} {one}{}", if n == 1 { "" } else { "s" }))
    };
    let parts = [count(Severity::Error, "error"), count(Severity::Warning, "warning"), count(Severity::Info, "note")];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "no mistakes".to_owned() } else { parts.join(", ") }
}

#[derive(Debug)]
struct Shown<'a> {
    diagnostic: &'a Diagnostic,
    /// None for a mistake that has no text, as a folder that is not there.
    source: Option<NamedSource<String>>,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.source.is_none() {
            write!(f, "{}: ", self.diagnostic.file)?;
        }
        f.write_str(&self.diagnostic.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl miette::Diagnostic for Shown<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.diagnostic.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.diagnostic.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.diagnostic.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.diagnostic.span.clone();
        self.source.as_ref()?;
        Some(Box::new(std::iter::once(LabeledSpan::new_with_span(self.diagnostic.suggestion.clone(), span))))
    }
}
