//! TOML's own mistakes in words for people who do not write TOML every day: what they most likely meant.

use std::sync::Arc;

use toml::de::Error;
use toml_parser::Source;
use toml_parser::lexer::TokenKind;

use super::line::{Line, Slip, is_bare_key};
use super::value;
use crate::book::diagnostic::Diagnostic;
use crate::book::source::SourceFile;

/// The diagnostic of a syntax error.
pub(super) fn diagnostic(file: &Arc<SourceFile>, error: &Error) -> Diagnostic {
    let span = error.span().unwrap_or(0..0);
    let span = span.start.min(file.text.len())..span.end.min(file.text.len());
    let message = error.message();
    let line = Line::around(file, if message.contains("multi-line") { opening(file, span.start) } else { span.start });
    let slip = bracket(file, span.start, message)
        .or_else(|| header(&line, message))
        .or_else(|| twice(&line, &file.text[span.clone()], message))
        .or_else(|| value::slip(&line, message))
        .or_else(|| colon(&line))
        .or_else(|| list(&line, span.start, message));
    let slip = slip.unwrap_or_else(|| Slip::new(span, format!("this cannot be read: {}", plain(message))));
    slip.diagnostic(file)
}

/// Where the text of several lines opens that ends, or does not end, at this place.
fn opening(file: &Arc<SourceFile>, at: usize) -> usize {
    let is_long = |kind| matches!(kind, TokenKind::MlBasicString | TokenKind::MlLiteralString);
    let tokens = Source::new(&file.text).lex().filter(|token| is_long(token.kind()));
    tokens.map(|token| token.span().start()).take_while(|start| *start <= at).last().unwrap_or(at)
}

/// The parser's words on one line, without what it would rather have seen.
fn plain(message: &str) -> &str {
    message.lines().next().unwrap_or_default().split(", expected").next().unwrap_or_default().trim()
}

/// A `[` or `{` that the lines below were taken into because nothing closes it.
fn bracket(file: &Arc<SourceFile>, at: usize, message: &str) -> Option<Slip> {
    let in_list =
        message.starts_with("unclosed array,") || message.contains("array elements") || message.contains("in array");
    let in_table = message.starts_with("unclosed inline table") || message.contains("key-value pairs");
    if message.starts_with("unclosed array table") || !(in_list || in_table) {
        return None;
    }
    let (open, close) = if in_list { ("[", "]") } else { ("{", "}") };
    let here = Line::around(file, at);
    let mut line = here;
    // The opening line: the last one above that starts a statement.
    while !(line.starts_statement() && !line.is_header() && line.value().starts_with(open)) {
        if line.start == 0 || (line.start != here.start && line.starts_statement()) {
            return None;
        }
        let above = file.text[..line.start].trim_end().len();
        line = Line::around(file, above.saturating_sub(1).min(line.start - 1));
    }
    let runs_on = here.start != line.start && here.starts_statement();
    let is_open = line.value().matches(open).count() > line.value().matches(close).count();
    if !is_open || !(runs_on || message.starts_with("unclosed")) {
        return None;
    }
    let what = if in_list { "list" } else { "table in { }" };
    let message = format!("this {what} is opened with `{open}` and never closed");
    let slip = Slip::new(line.value_span(), message).help(format!("add `{close}` behind its last value"));
    let value = line.value();
    let is_whole =
        !value.contains('#') && !value.ends_with([',', '[', '{']) && value.matches('"').count().is_multiple_of(2);
    Some(if is_whole && runs_on { slip.right(format!("{value}{close}"), true) } else { slip })
}

/// `[[step]`, `[trigger`, `[trigger] kind = …`, a table given twice.
fn header(line: &Line, message: &str) -> Option<Slip> {
    if !line.is_header() {
        return None;
    }
    let name = line.text.trim_start_matches('[').split([']', '#', '=']).next().unwrap_or_default().trim();
    if message.starts_with("duplicate key") || message.contains("extend") {
        return Some(table_twice(line, name));
    }
    let brackets = if line.text.starts_with("[[") { 2 } else { 1 };
    let right = format!("{}{name}{}", &"[["[..brackets], &"]]"[..brackets]);
    let closed = line.text.matches(']').count();
    if closed != brackets {
        let is_whole = !line.text.contains(['#', '=']) && is_bare_key(name);
        let slip = Slip::new(line.span(), format!("this header needs {brackets} closing `]`"));
        return Some(if is_whole { slip.right(right, true) } else { slip.help(format!("write {right}")) });
    }
    if line.text.contains('=') {
        let message = "a header and a key cannot share a line";
        return Some(Slip::new(line.span(), message).help(format!("write {right}, and the key on the line below")));
    }
    None
}

fn table_twice(line: &Line, name: &str) -> Slip {
    let (single, double) = (format!("[{name}]"), format!("[[{name}]]"));
    let above = &line.file.text[..line.start];
    let first = |header: &str| above.lines().position(|line| line.trim().starts_with(header)).map(|at| at + 1);
    if line.text.starts_with(&single) && first(&double).is_some() {
        let at = line.start..line.start + single.len();
        return Slip::new(at, format!("`{name}` is a list here: each of its tables begins with `{double}`"))
            .right(double, true);
    }
    let Some(first) = first(&single) else {
        return Slip::new(line.span(), format!("`{name}` was already given, and not as a table like this"));
    };
    Slip::new(line.span(), format!("there is a `{single}` already, on line {first}"))
        .help(format!("put these keys under the `{single}` on line {first}"))
}

/// A key given twice in one table.
fn twice(line: &Line, found: &str, message: &str) -> Option<Slip> {
    if !message.starts_with("duplicate key") {
        return None;
    }
    let lines = line.file.text[..line.start].lines().enumerate().collect::<Vec<_>>();
    let above = lines.into_iter().rev().take_while(|(_, above)| !above.trim_start().starts_with('['));
    let is_same =
        |above: &str| above.trim_start().strip_prefix(found).is_some_and(|rest| rest.trim_start().starts_with('='));
    let first = above.into_iter().find(|(_, above)| is_same(above)).map(|(at, _)| at + 1);
    let first = first.map_or_else(String::new, |first| format!(", first on line {first}"));
    let at = line.start..line.start + found.len();
    let table = line.header_above().map_or("at the top of this file".to_owned(), |header| format!("in this {header}"));
    Some(Slip::new(at, format!("`{found}` is given twice {table}{first}")).help("keep one of them"))
}

/// YAML's `id: x` and `- id: x`.
fn colon(line: &Line) -> Option<Slip> {
    if line.text.contains('=') {
        return None;
    }
    if line.text.starts_with("- ") {
        return Some(
            Slip::new(line.span(), "TOML has no lists with `-`")
                .help("begin each entry with a header such as [[step]]; a list of texts is written [\"one\", \"two\"]"),
        );
    }
    let (key, written) = line.text.split_once(':')?;
    if !is_bare_key(key.trim()) {
        return None;
    }
    let (key, written) = (key.trim(), written.trim());
    let slip = Slip::new(line.span(), "between a key and its value stands `=`, not `:`");
    if written.is_empty() {
        return Some(slip.help(format!("write a table of its own: [{key}]")));
    }
    let sure = !written.contains('#');
    Some(slip.right(format!("{key} = {}", value::written(written)), sure))
}

/// What is wrong inside a list on one line, or with a line that is no statement at all.
fn list(line: &Line, at: usize, message: &str) -> Option<Slip> {
    if message.contains("missing comma between array elements") {
        let span = if line.starts_statement() { line.value_span() } else { line.span() };
        let before = line.file.text[span.start..at.max(span.start)].trim_end();
        let slip = Slip::new(span.clone(), "a comma is missing between two values of this list");
        let right = format!("{before},{}", &line.file.text[span.start + before.len()..span.end]);
        return Some(if before.is_empty() { slip } else { slip.right(right, true) });
    }
    if message.contains("missing comma between key-value pairs") {
        return Some(
            Slip::new(line.value_span(), "a comma is missing inside `{ }`").help("write { from = 1, until = 2 }"),
        );
    }
    if message.starts_with("key with no value") && !line.text.contains('=') {
        let message = "this line is neither a header, a key with its value, nor a comment";
        return Some(Slip::new(line.span(), message).help("write `key = \"value\"`; a comment begins with `#`"));
    }
    None
}
