//! From text to the spanned tree, and TOML's own mistakes in words for people who do not write TOML every day.

mod line;
mod newer;
mod value;
mod wording;

use std::ops::Range;
use std::sync::Arc;

use toml::de::{DeTable, Error};

use line::Line;

use crate::book::diagnostic::Diagnostics;
use crate::book::source::{SourceFile, StringMap};

/// How often a file is read again without its broken lines.
const ROUNDS: usize = 60;

/// The tree of what could be read, and whether there were syntax errors; each is reported.
pub(super) fn parse<'f>(file: &'f Arc<SourceFile>, diagnostics: &Diagnostics) -> (DeTable<'f>, bool) {
    let (table, errors) = DeTable::parse_recoverable(&file.text);
    if errors.is_empty() {
        diagnostics.extend(newer::diagnostics(file));
        return (table.into_inner(), false);
    }
    let mended = file.mended(|| mend(file, errors, diagnostics));
    let (table, _) = DeTable::parse_recoverable(mended);
    (table.into_inner(), true)
}

/// The text with its broken statements blank, after reporting each of them once.
///
/// What TOML says after its first error often only follows from it, so the rest is read again as if the first broken
/// statement were not there.
fn mend(file: &Arc<SourceFile>, mut errors: Vec<Error>, diagnostics: &Diagnostics) -> String {
    let mut text = file.text.clone();
    for _ in 0..ROUNDS {
        let place = |error: &Error| error.span().map_or(0, |span| span.start);
        let Some(first) = errors.iter().min_by_key(|error| place(error)) else { break };
        let diagnostic = wording::diagnostic(file, first);
        let lines = broken_lines(file, diagnostic.span.start);
        diagnostics.push(diagnostic);
        let before = text.len();
        blank(&mut text, lines);
        debug_assert_eq!(before, text.len(), "places must stay right");
        errors = DeTable::parse_recoverable(&text).1;
    }
    if errors.is_empty() { text } else { String::new() }
}

/// The bytes of the statement around a mistake, whole lines; of a line inside a list only that line.
fn broken_lines(file: &Arc<SourceFile>, at: usize) -> Range<usize> {
    let text = &file.text;
    let line_end = |at: usize| text[at..].find('\n').map_or(text.len(), |newline| at + newline + 1);
    let line = Line::around(file, at);
    let mut end = line_end(line.start);
    while line.starts_statement() && end < text.len() && !Line::around(file, end).starts_statement() {
        end = line_end(end);
    }
    line.start..end
}

/// Turns a stretch into blanks of the same length; line ends stay.
fn blank(text: &mut String, stretch: Range<usize>) {
    let blank: String = text[stretch.clone()].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
    text.replace_range(stretch, &blank);
}

/// The stretch of a string value without its quotes; any other stretch as it is.
pub(super) fn inside_quotes(text: &str, span: Range<usize>) -> Range<usize> {
    if !text.get(span.clone()).is_some_and(|raw| raw.starts_with(['"', '\''])) {
        return span;
    }
    let content = StringMap::of(text, span.clone()).content();
    if content.is_empty() { span } else { content }
}
