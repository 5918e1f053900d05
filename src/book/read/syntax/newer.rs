//! Syntax of TOML 1.1 that editors and formatters still refuse: a line break or a last comma inside `{ }`, a time
//! without seconds, and `\e` and `\x` in texts.

use std::ops::Range;
use std::sync::Arc;

use toml_parser::Source;
use toml_parser::lexer::{Token, TokenKind};

use crate::book::diagnostic::{Diagnostic, Edit};
use crate::book::source::{Place, SourceFile};

/// A warning for each, with the edits that make it TOML 1.0.
pub(super) fn diagnostics(file: &Arc<SourceFile>) -> Vec<Diagnostic> {
    let mut reader = Reader { file, open: Vec::new(), found: Vec::new() };
    let tokens = Source::new(&file.text).lex().into_vec();
    for (index, token) in tokens.iter().enumerate() {
        reader.read(token, &tokens[index + 1..]);
    }
    reader.found
}

fn bytes(token: &Token) -> Range<usize> {
    token.span().start()..token.span().end()
}

struct Reader<'f> {
    file: &'f Arc<SourceFile>,
    open: Vec<Bracket>,
    found: Vec<Diagnostic>,
}

/// An open `[` or `{`, and what TOML 1.0 does not allow in it.
struct Bracket {
    at: Range<usize>,
    is_table: bool,
    /// How to write it on one line.
    edits: Vec<Edit>,
    has_comment: bool,
}

impl Reader<'_> {
    fn read(&mut self, token: &Token, rest: &[Token]) {
        let at = bytes(token);
        let text = &self.file.text[at.clone()];
        match token.kind() {
            kind @ (TokenKind::LeftCurlyBracket | TokenKind::LeftSquareBracket) => {
                let is_table = kind == TokenKind::LeftCurlyBracket;
                self.open.push(Bracket { at, is_table, edits: Vec::new(), has_comment: false });
            }
            TokenKind::RightCurlyBracket | TokenKind::RightSquareBracket => self.close(at.end),
            TokenKind::Comma if closes(rest) => self.in_table(Edit { span: at, replacement: String::new() }),
            TokenKind::Newline => self.in_table(on_one_line(&self.file.text, at)),
            TokenKind::Comment => self.open.iter_mut().for_each(|bracket| bracket.has_comment = true),
            TokenKind::Atom if lacks_seconds(text) => {
                let right = with_seconds(text);
                self.found.push(self.warning(at, "a time without seconds").fix(right));
            }
            TokenKind::BasicString | TokenKind::MlBasicString if has_newer_escape(text) => {
                let right = with_older_escapes(text);
                self.found.push(self.warning(at, "the escape \\e or \\x").fix(right));
            }
            _ => {}
        }
    }

    /// Notes what may not stand in a table in `{ }`; in a list it may.
    fn in_table(&mut self, edit: Edit) {
        if let Some(bracket) = self.open.last_mut().filter(|bracket| bracket.is_table) {
            // Blank lines belong to the line break before them.
            if bracket.edits.last().is_none_or(|last| last.span.end <= edit.span.start) {
                bracket.edits.push(edit);
            }
        }
    }

    fn close(&mut self, end: usize) {
        let Some(bracket) = self.open.pop().filter(|bracket| !bracket.edits.is_empty()) else { return };
        let is_long = self.file.text[bracket.at.start..end].contains('\n');
        let what = if is_long { "a table in { } over several lines" } else { "a comma before `}`" };
        let warning = self.warning(bracket.at, what);
        self.found.push(if bracket.has_comment { warning } else { warning.edits(bracket.edits) });
    }

    fn warning(&self, at: Range<usize>, what: &str) -> Diagnostic {
        let diagnostic = Place::new(self.file, at).warning("toml-1-1", format!("{what} is TOML 1.1"));
        diagnostic.help("write TOML 1.0: many editors and formatters refuse this")
    }
}

/// Whether the next token that counts is `}`.
fn closes(rest: &[Token]) -> bool {
    let blank = [TokenKind::Whitespace, TokenKind::Newline, TokenKind::Comment];
    rest.iter()
        .find(|token| !blank.contains(&token.kind()))
        .is_some_and(|next| next.kind() == TokenKind::RightCurlyBracket)
}

/// A line break with the blanks around it becomes one blank.
fn on_one_line(text: &str, newline: Range<usize>) -> Edit {
    let start = text[..newline.start].trim_end().len();
    let end = text.len() - text[newline.end..].trim_start().len();
    Edit { span: start..end, replacement: " ".to_owned() }
}

fn has_newer_escape(raw: &str) -> bool {
    with_older_escapes(raw) != raw
}

/// `\e` and `\x1b` as TOML 1.0 writes them.
fn with_older_escapes(raw: &str) -> String {
    let (mut older, mut rest) = (String::with_capacity(raw.len()), raw);
    while let Some(at) = rest.find('\\') {
        older.push_str(&rest[..at]);
        let behind = &rest[at + 1..];
        let (written, length) = match behind.chars().next() {
            Some('e') => ("\\u001b".to_owned(), 1),
            Some('x') => (format!("\\u00{}", behind.get(1..3).unwrap_or_default()), behind.len().min(3)),
            Some(other) => (format!("\\{other}"), other.len_utf8()),
            None => ("\\".to_owned(), 0),
        };
        older.push_str(&written);
        rest = behind.get(length..).unwrap_or_default();
    }
    older + rest
}

/// Whether a bare time or date-time leaves out its seconds: `09:00`, but not the offset of `10:00:00+02:00`.
fn lacks_seconds(atom: &str) -> bool {
    let time = time_of(atom);
    time.len() == 5 && time.split(':').all(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()))
}

fn with_seconds(atom: &str) -> String {
    let time = time_of(atom);
    atom.replacen(time, &format!("{time}:00"), 1)
}

/// What stands between the date and the offset.
fn time_of(atom: &str) -> &str {
    let time = atom.rsplit(['T', 't']).next().unwrap_or_default();
    time.split(['+', '-', 'Z']).next().unwrap_or_default()
}
