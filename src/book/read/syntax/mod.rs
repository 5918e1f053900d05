//! From text to the spanned tree, and TOML's own mistakes in words for people who do not write TOML every day.

mod line;
mod newer;
mod value;
mod wording;

use std::ops::Range;
use std::sync::Arc;

use toml::de::{DeTable, Error};

use line::Line;

use crate::book::diagnostic::{Diagnostic, Diagnostics};
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
    let (mended, told) = file.mended(|| mend(file, errors));
    diagnostics.extend(told.iter().cloned());
    let (table, _) = DeTable::parse_recoverable(mended);
    (table.into_inner(), true)
}

/// The text with its broken statements blank, and what is wrong with each of them.
///
/// What TOML says after its first error often only follows from it, so the rest is read again as if the first broken
/// statement were not there.
fn mend(file: &Arc<SourceFile>, mut errors: Vec<Error>) -> (String, Vec<Diagnostic>) {
    let (mut text, mut told) = (file.text.clone(), Vec::new());
    for _ in 0..ROUNDS {
        let place = |error: &Error| error.span().map_or(0, |span| span.start);
        let Some(first) = errors.iter().min_by_key(|error| place(error)) else { break };
        let diagnostic = wording::diagnostic(file, first);
        blank(&mut text, broken(file, diagnostic.span.start));
        told.push(diagnostic);
        errors = DeTable::parse_recoverable(&text).1;
    }
    // What still cannot be read after so many rounds is not read at all.
    (if errors.is_empty() { text } else { String::new() }, told)
}

/// The bytes that cannot be read because of a mistake: a line, or all lines of its value; below a broken header the
/// whole table, whose keys would seem to belong to the table above.
fn broken(file: &Arc<SourceFile>, at: usize) -> Range<usize> {
    let text = &file.text;
    let line_end = |at: usize| text[at..].find('\n').map_or(text.len(), |newline| at + newline + 1);
    let line = Line::around(file, at);
    let is_header = line.is_header() || line.text.starts_with("- ");
    let mut end = line_end(line.start);
    while end < text.len() {
        let next = Line::around(file, end);
        let goes_on = if is_header { !next.is_header() } else { line.runs_on() && !next.starts_statement() };
        if !goes_on {
            break;
        }
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
