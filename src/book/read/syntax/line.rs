//! One line of a file that cannot be read, seen as its author saw it.

use std::ops::Range;
use std::sync::Arc;

use crate::book::diagnostic::Diagnostic;
use crate::book::source::{Place, SourceFile};

/// A line without the blanks around it, and its parts.
#[derive(Clone, Copy)]
pub(super) struct Line<'f> {
    pub file: &'f Arc<SourceFile>,
    pub text: &'f str,
    /// Byte of the file at which the text starts.
    pub start: usize,
}

/// What went wrong in a line.
pub(super) struct Slip {
    pub at: Range<usize>,
    pub message: String,
    pub help: Option<String>,
    /// What to write instead, and whether nothing else can be meant.
    pub right: Option<(String, bool)>,
}

impl Slip {
    pub fn new(at: Range<usize>, message: impl Into<String>) -> Slip {
        Slip { at, message: message.into(), help: None, right: None }
    }

    pub fn help(self, help: impl Into<String>) -> Slip {
        Slip { help: Some(help.into()), ..self }
    }

    /// Adds what to write instead, which `--fix` writes when it is `sure`.
    pub fn right(self, right: impl Into<String>, sure: bool) -> Slip {
        Slip { right: Some((right.into(), sure)), ..self }
    }

    pub fn diagnostic(self, file: &Arc<SourceFile>) -> Diagnostic {
        let diagnostic = Place::new(file, self.at).error("syntax", self.message);
        let write = self.right.as_ref().map(|(right, _)| format!("write {right}"));
        let diagnostic = Diagnostic { help: self.help.or(write), ..diagnostic };
        match self.right {
            None => diagnostic,
            Some((right, true)) => diagnostic.fix(right),
            Some((right, false)) => diagnostic.suggest(right),
        }
    }
}

impl<'f> Line<'f> {
    /// The line around a byte of the file.
    pub fn around(file: &'f Arc<SourceFile>, at: usize) -> Line<'f> {
        let text = &file.text;
        let at = text.floor_char_boundary(at);
        let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
        let start = start + text[start..end].len() - text[start..end].trim_start().len();
        Line { file, text: text[start..end].trim(), start }
    }

    pub fn span(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    pub fn is_header(&self) -> bool {
        is_header(self.text)
    }

    /// What stands before the first `=` or, without one, all of it.
    pub fn key(&self) -> &'f str {
        self.text.split_once('=').map_or(self.text, |(key, _)| key).trim()
    }

    /// What stands behind the first `=`; a value without quotes ends before a comment.
    pub fn value(&self) -> &'f str {
        let value = self.text.split_once('=').map_or("", |(_, value)| value.trim());
        if value.starts_with(['"', '\'', '[', '{', '“', '‘', '„']) {
            return value;
        }
        value.split('#').next().unwrap_or_default().trim()
    }

    /// The bytes of the value in the file; the end of the line when there is none.
    pub fn value_span(&self) -> Range<usize> {
        let value = self.value();
        if value.is_empty() {
            return self.span().end..self.span().end;
        }
        let start = self.start + (value.as_ptr() as usize - self.text.as_ptr() as usize);
        start..start + value.len()
    }

    /// The header above the line, as it is written; none at the top of the file.
    pub fn header_above(&self) -> Option<&'f str> {
        self.file.text[..self.start].lines().rev().map(str::trim).find(|line| is_header(line))
    }

    /// Whether a statement starts here: a header, or a bare key and `=`; not a comparison such as `account.arr == 5`.
    pub fn starts_statement(&self) -> bool {
        let key = self.key();
        let is_comparison = key.contains('.') && self.text.contains("==");
        self.is_header() || (self.text.contains('=') && is_bare_key(key) && !is_comparison)
    }

    /// Whether the value goes on below: an open list, table or text of several lines.
    pub fn runs_on(&self) -> bool {
        let value = self.value();
        let more = |open: char, close: char| value.matches(open).count() > value.matches(close).count();
        let opens_text = |quotes: &str| value.starts_with(quotes) && value.matches(quotes).count() == 1;
        self.starts_statement() && (more('[', ']') || more('{', '}') || opens_text("\"\"\"") || opens_text("'''"))
    }
}

/// `[trigger]`, `[[step]]`, also with a bracket too few; but not a list's element `[0, 5],`.
fn is_header(line: &str) -> bool {
    let name = line.trim_start_matches('[');
    name.len() < line.len() && name.starts_with(|c: char| c.is_ascii_alphabetic()) && !line.contains(',')
}

pub(super) fn is_bare_key(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
}
