//! From text to the spanned tree, and TOML's own mistakes in words for people who do not write TOML every day.

use std::ops::Range;
use std::sync::Arc;

use toml::de::{DeTable, Error};
use toml_parser::Source;
use toml_parser::lexer::TokenKind;

use crate::book::diagnostic::{Diagnostic, Diagnostics};
use crate::book::source::{Place, SourceFile, StringMap};

/// How often a file is read again without its broken lines.
const ROUNDS: usize = 20;

/// The tree of what could be read, and whether there were syntax errors; each is reported.
pub(super) fn parse<'f>(file: &'f Arc<SourceFile>, diagnostics: &Diagnostics) -> (DeTable<'f>, bool) {
    let (table, errors) = DeTable::parse_recoverable(&file.text);
    if errors.is_empty() {
        diagnostics.extend(newer_syntax(file));
        return (table.into_inner(), false);
    }
    let mended = file.mended(|| mend(file, errors, diagnostics));
    let (table, _) = DeTable::parse_recoverable(mended);
    (table.into_inner(), true)
}

/// The text with its broken lines blank, after reporting each of them once.
///
/// TOML's own recovery drops what follows some errors, so the rest is read again as if those lines were empty.
fn mend(file: &Arc<SourceFile>, mut errors: Vec<Error>, diagnostics: &Diagnostics) -> String {
    let mut text = file.text.clone();
    let mut broken_lines = Vec::new();
    for _ in 0..ROUNDS {
        for error in &errors {
            let diagnostic = syntax_error(file, error);
            if !broken_lines.contains(&diagnostic.line) {
                broken_lines.push(diagnostic.line);
                diagnostics.push(diagnostic);
            }
        }
        text = without_lines(&file.text, &broken_lines);
        errors = DeTable::parse_recoverable(&text).1;
        if errors.is_empty() {
            break;
        }
    }
    text
}

/// The text with those lines (from 1) turned into blank ones of the same length, so that places stay right.
fn without_lines(text: &str, broken: &[usize]) -> String {
    let blank = |line: &str| -> String { line.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect() };
    let lines = text.split_inclusive('\n').enumerate();
    lines.map(|(n, line)| if broken.contains(&(n + 1)) { blank(line) } else { line.to_owned() }).collect()
}

fn syntax_error(file: &Arc<SourceFile>, error: &Error) -> Diagnostic {
    let span = error.span().unwrap_or(0..0);
    let place = Place::new(file, span.start.min(file.text.len())..span.end.min(file.text.len()));
    let line = line_around(&file.text, place.span.start);
    let message = format!("this is not TOML: {}", error.message().trim());
    let diagnostic = place.error("syntax", message);
    match hint(line, place.text()) {
        Some(hint) => diagnostic.help(hint),
        None => diagnostic,
    }
}

fn line_around(text: &str, at: usize) -> &str {
    let at = text.floor_char_boundary(at);
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
    text[start..end].trim()
}

/// What the line's author most likely meant.
fn hint(line: &str, found: &str) -> Option<String> {
    let (key, value) = line.split_once('=').map_or((line, ""), |(key, value)| (key.trim(), value.trim()));
    if line.contains(['“', '”', '‘', '’']) {
        return Some("these are curly quotes from a text program: use straight ones, \" or '".into());
    }
    if value.starts_with('"') && value.matches('"').count() > 2 {
        return Some("put conditions in single quotes, so that text inside can use double quotes".into());
    }
    if value.starts_with('\'') && !value.starts_with("'''") && value.matches('\'').count() > 2 {
        return Some("a single quote ends the text: write the whole value between ''' and '''".into());
    }
    if value.is_empty() && line.contains(':') && !line.starts_with('[') {
        return Some("TOML writes `key = value`, with `=` instead of `:`".into());
    }
    match value {
        "yes" | "Yes" | "True" | "TRUE" | "on" => return Some(format!("write `{key} = true`")),
        "no" | "No" | "False" | "FALSE" | "off" => return Some(format!("write `{key} = false`")),
        _ => {}
    }
    let bare = value.split('#').next().unwrap_or_default().trim();
    let is_word = !bare.is_empty() && !bare.starts_with(['"', '\'', '[', '{']);
    match found {
        _ if is_word && bare.parse::<f64>().is_err() => Some(format!("text goes in quotes: `{key} = \"{bare}\"`")),
        _ => None,
    }
}

/// The stretch of a string value without its quotes; any other stretch as it is.
pub(super) fn inside_quotes(text: &str, span: Range<usize>) -> Range<usize> {
    if !text.get(span.clone()).is_some_and(|raw| raw.starts_with(['"', '\''])) {
        return span;
    }
    let content = StringMap::of(text, span.clone()).content();
    if content.is_empty() { span } else { content }
}

/// Syntax of TOML 1.1 that editors and formatters still refuse: a line break or a last comma inside `{ }`, a
/// time without seconds, and `\e` and `\x` in texts.
fn newer_syntax(file: &Arc<SourceFile>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut open: Vec<TokenKind> = Vec::new();
    let mut comma: Option<Range<usize>> = None;
    for token in Source::new(&file.text).lex() {
        let span = token.span().start()..token.span().end();
        match token.kind() {
            TokenKind::LeftCurlyBracket | TokenKind::LeftSquareBracket => open.push(token.kind()),
            TokenKind::RightCurlyBracket => {
                open.pop();
                found.extend(comma.take().map(|span| (span, "a comma before `}`")));
            }
            TokenKind::RightSquareBracket => {
                open.pop();
            }
            TokenKind::Atom if lacks_seconds(&file.text[span.clone()]) => {
                found.push((span.clone(), "a time without seconds"));
            }
            TokenKind::Newline if open.last() == Some(&TokenKind::LeftCurlyBracket) => {
                found.push((span.clone(), "a table in { } over several lines"));
            }
            TokenKind::BasicString | TokenKind::MlBasicString if has_newer_escape(&file.text[span.clone()]) => {
                found.push((span.clone(), "the escape \\e or \\x"));
            }
            _ => {}
        }
        match token.kind() {
            TokenKind::Comma if open.last() == Some(&TokenKind::LeftCurlyBracket) => comma = Some(span),
            TokenKind::Whitespace | TokenKind::Comment | TokenKind::Newline => {}
            _ => comma = None,
        }
    }
    let warn = |(span, what): (Range<usize>, &str)| {
        let diagnostic = Place::new(file, span).warning("toml-1-1", format!("{what} is TOML 1.1"));
        diagnostic.help("write TOML 1.0: many editors and formatters refuse this")
    };
    found.into_iter().map(warn).collect()
}

fn has_newer_escape(raw: &str) -> bool {
    let mut characters = raw.chars();
    while let Some(character) = characters.next() {
        if character == '\\' && matches!(characters.next(), Some('e' | 'x')) {
            return true;
        }
    }
    false
}

/// Whether a bare time or date-time leaves out its seconds: `09:00`, but not the offset of `10:00:00+02:00`.
fn lacks_seconds(atom: &str) -> bool {
    let pieces: Vec<&str> = atom.rsplitn(2, ['T', 't']).collect();
    let time = pieces[0].split(['+', '-', 'Z']).next().unwrap_or_default();
    time.len() == 5 && time.split(':').all(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()))
}
