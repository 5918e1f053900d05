//! A mistake in the book, as data: one value for the terminal, JSON and every other reader.
//!
//! Once all are found, [`allow`] takes out those a comment silences, [`cause`] puts causes before what only follows
//! from them, and [`fix`] makes the edits that are safe.

pub mod allow;
pub mod cause;
pub mod fix;
mod statement;

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;

/// One mistake, with its place and what to do. Serialized, it is a line of `check --format json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// The rule, in kebab-case: `unknown-key`.
    pub code: &'static str,
    pub severity: Severity,
    /// Relative to the book.
    pub file: Arc<str>,
    /// Bytes of the file's text.
    #[serde(skip)]
    pub span: Range<usize>,
    /// From 1, like all lines and columns here; columns count characters.
    pub line: usize,
    pub column: usize,
    pub end_line: usize,
    /// The column after the last character.
    pub end_column: usize,
    pub message: String,
    pub help: Option<String>,
    /// What to write instead of the text between start and end.
    pub suggestion: Option<String>,
    /// Edits after which the mistake is gone and nothing else means something else: `check --fix` makes them. Without
    /// any the mistake needs a person.
    #[serde(skip)]
    pub fix: Vec<Edit>,
    /// Whether it only follows from another mistake, and goes away with that one.
    #[serde(skip)]
    pub follows: bool,
}

/// Another text for a stretch of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Bytes of the file's text.
    pub span: Range<usize>,
    pub replacement: String,
}

/// How bad it is. An error keeps the file from being used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warning,
    Info,
}

impl Diagnostic {
    /// An error that has no place in a text: a folder or file that cannot be read.
    pub fn without_place(code: &'static str, file: &str, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            severity: Severity::Error,
            file: file.into(),
            span: 0..0,
            line: 1,
            column: 1,
            end_line: 1,
            end_column: 1,
            message: message.into(),
            help: None,
            suggestion: None,
            fix: Vec::new(),
            follows: false,
        }
    }

    /// The mistake and its place in one line, for logs.
    pub fn line_of_text(&self) -> String {
        format!("{}:{}:{} {}", self.file, self.line, self.column, self.message)
    }

    /// Adds what to do about it.
    pub fn help(self, help: impl Into<String>) -> Diagnostic {
        Diagnostic { help: Some(help.into()), ..self }
    }

    /// Adds the text to write instead, and says so unless there is other help already.
    pub fn suggest(self, replacement: impl Into<String>) -> Diagnostic {
        let replacement = replacement.into();
        let help = self.help.clone().unwrap_or_else(|| format!("did you mean `{replacement}`?"));
        Diagnostic { help: Some(help), suggestion: Some(replacement), ..self }
    }

    /// As [`Diagnostic::suggest`], where the replacement is surely what was meant: `check --fix` writes it.
    pub fn fix(self, replacement: impl Into<String>) -> Diagnostic {
        let replacement = replacement.into();
        let edit = Edit { span: self.span.clone(), replacement: replacement.clone() };
        self.suggest(replacement).edits(vec![edit])
    }

    /// Edits elsewhere than at its own place that `check --fix` may make.
    pub fn edits(self, fix: Vec<Edit>) -> Diagnostic {
        Diagnostic { fix, ..self }
    }

    /// As [`Diagnostic::suggest`] when there is something close, else unchanged.
    pub fn suggest_closest(self, replacement: Option<&str>) -> Diagnostic {
        match replacement {
            Some(replacement) => self.suggest(replacement),
            None => self,
        }
    }
}

/// Collects the mistakes of one load; shared by all readers of its files.
#[derive(Debug, Default)]
pub struct Diagnostics(RefCell<Vec<Diagnostic>>);

impl Diagnostics {
    pub fn push(&self, diagnostic: Diagnostic) {
        self.0.borrow_mut().push(diagnostic);
    }

    pub fn extend(&self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        self.0.borrow_mut().extend(diagnostics);
    }

    /// How many there are so far; with [`Diagnostics::has_errors_since`] tells whether a part went well.
    pub fn mark(&self) -> usize {
        self.0.borrow().len()
    }

    /// Whether an error was found after the mark.
    pub fn has_errors_since(&self, mark: usize) -> bool {
        self.0.borrow()[mark..].iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    pub fn has_errors(&self) -> bool {
        self.has_errors_since(0)
    }

    /// Whether the mistake was told already for that line.
    pub fn has(&self, code: &str, file: &str, line: usize) -> bool {
        let same = |own: &Diagnostic| own.code == code && &*own.file == file && own.line == line;
        self.0.borrow().iter().any(same)
    }

    /// All of them by file and place, each once.
    pub fn sorted(self) -> Vec<Diagnostic> {
        let mut all = self.0.into_inner();
        all.sort_by(|a, b| {
            let key = |d: &Diagnostic| (d.file.clone(), d.line, d.column, d.severity, d.code);
            key(a).cmp(&key(b))
        });
        all.dedup();
        all
    }
}
