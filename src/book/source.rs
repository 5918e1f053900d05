//! A file's text and places in it: bytes to lines and columns, and from a decoded string back to the file.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use toml_parser::Raw;
use toml_parser::decoder::{Encoding, StringBuilder};

use crate::book::diagnostic::{Diagnostic, Severity};

/// A file of the book as it was read.
#[derive(Debug)]
pub struct SourceFile {
    /// Relative to the book, with `/`.
    pub name: Arc<str>,
    pub text: String,
    line_starts: Vec<usize>,
    /// The text with its syntax errors blanked out, and these errors, where there are any.
    mended: OnceLock<(String, Vec<Diagnostic>)>,
}

impl SourceFile {
    pub fn new(name: &str, text: String) -> Arc<SourceFile> {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let line_starts = std::iter::once(0).chain(breaks).collect();
        Arc::new(SourceFile { name: name.into(), line_starts, text, mended: OnceLock::new() })
    }

    /// The text as it can be parsed, of the same length, and why it could not be before; made once.
    pub(super) fn mended(&self, mend: impl FnOnce() -> (String, Vec<Diagnostic>)) -> &(String, Vec<Diagnostic>) {
        self.mended.get_or_init(mend)
    }

    /// Line and column of a byte offset, from 1; columns count characters.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts[line - 1];
        (line, self.text[start..offset].chars().count() + 1)
    }

    /// The byte offset of a line and column, both from 1; the end of the text when there is no such place.
    pub fn offset(&self, line: usize, column: usize) -> usize {
        let Some(start) = line.checked_sub(1).and_then(|line| self.line_starts.get(line)) else {
            return self.text.len();
        };
        let before: usize = self.text[*start..].chars().take(column.saturating_sub(1)).map(char::len_utf8).sum();
        start + before
    }
}

/// A stretch of a file that a mistake can point at.
#[derive(Clone, Debug)]
pub struct Place {
    pub file: Arc<SourceFile>,
    /// Bytes of the file's text.
    pub span: Range<usize>,
}

impl Place {
    pub fn new(file: &Arc<SourceFile>, span: Range<usize>) -> Place {
        Place { file: file.clone(), span }
    }

    /// The place of a whole file: its first character.
    pub fn start_of(file: &Arc<SourceFile>) -> Place {
        Place::new(file, 0..0)
    }

    /// Line of its first character, from 1.
    pub fn line(&self) -> usize {
        self.file.position(self.span.start).0
    }

    /// The file's text there.
    pub fn text(&self) -> &str {
        self.file.text.get(self.span.clone()).unwrap_or_default()
    }

    pub fn error(&self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        self.diagnostic(Severity::Error, code, message.into())
    }

    pub fn warning(&self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        self.diagnostic(Severity::Warning, code, message.into())
    }

    pub fn info(&self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        self.diagnostic(Severity::Info, code, message.into())
    }

    fn diagnostic(&self, severity: Severity, code: &'static str, message: String) -> Diagnostic {
        let (line, column) = self.file.position(self.span.start);
        let (end_line, end_column) = self.file.position(self.span.end);
        Diagnostic {
            code,
            severity,
            file: self.file.name.clone(),
            span: self.span.clone(),
            line,
            column,
            end_line,
            end_column,
            message,
            help: None,
            suggestion: None,
            fix: Vec::new(),
            follows: false,
        }
    }
}

/// Where each piece of a decoded TOML string stands in the file.
///
/// Quotes, a trimmed first newline, escapes and line continuations make the decoded text shorter than the
/// written one, so an offset into the one is no offset into the other.
#[derive(Clone, Debug)]
pub struct StringMap {
    /// By rising start.
    pieces: Vec<Piece>,
    end: usize,
}

#[derive(Clone, Debug)]
struct Piece {
    /// Where it starts in the decoded text.
    decoded: usize,
    /// Where it stands in the file.
    written: Range<usize>,
    /// An escape is one character, however it is written.
    escape: bool,
}

impl StringMap {
    /// The map of the string written at `span`, quotes included.
    pub fn of(text: &str, span: Range<usize>) -> StringMap {
        let raw = text.get(span.clone()).unwrap_or_default();
        let mut mapper = Mapper { raw, base: span.start, pieces: Vec::new(), decoded: 0, reached: 0 };
        let encoding = encoding(raw);
        mapper.reached = if matches!(encoding, Encoding::MlBasicString | Encoding::MlLiteralString) { 3 } else { 1 };
        let whole = toml_parser::Span::new_unchecked(0, raw.len());
        let _ = Raw::new_unchecked(raw, Some(encoding), whole).decode_scalar(&mut mapper, &mut ());
        StringMap { end: span.start + mapper.reached, pieces: mapper.pieces }
    }

    /// The file's offset of an offset into the decoded text.
    pub fn offset(&self, decoded: usize) -> usize {
        match self.piece_at(decoded) {
            None => self.end,
            Some(piece) if piece.escape && decoded == piece.decoded => piece.written.start,
            Some(piece) if piece.escape => piece.written.end,
            Some(piece) => (piece.written.start + decoded - piece.decoded).min(piece.written.end),
        }
    }

    /// The file's stretch of a range of the decoded text.
    pub fn range(&self, decoded: Range<usize>) -> Range<usize> {
        let start = self.offset(decoded.start);
        if decoded.end <= decoded.start {
            return start..start;
        }
        // The end of the last character, so that it does not jump over a line continuation behind it.
        let end = match self.piece_at(decoded.end - 1) {
            None => self.end,
            Some(piece) if piece.escape => piece.written.end,
            Some(piece) => (piece.written.start + decoded.end - piece.decoded).min(piece.written.end),
        };
        start..end.max(start)
    }

    fn piece_at(&self, decoded: usize) -> Option<&Piece> {
        let after = self.pieces.partition_point(|piece| piece.decoded <= decoded);
        self.pieces.get(after.checked_sub(1)?)
    }

    /// The first character to the last, without the quotes.
    pub fn content(&self) -> Range<usize> {
        self.pieces.first().map_or(self.end, |piece| piece.written.start)..self.end
    }
}

fn encoding(raw: &str) -> Encoding {
    match raw {
        _ if raw.starts_with("'''") => Encoding::MlLiteralString,
        _ if raw.starts_with("\"\"\"") => Encoding::MlBasicString,
        _ if raw.starts_with('\'') => Encoding::LiteralString,
        _ => Encoding::BasicString,
    }
}

/// Listens to the decoder: slices come from the file itself, so their address is their place.
struct Mapper<'s> {
    raw: &'s str,
    base: usize,
    pieces: Vec<Piece>,
    decoded: usize,
    /// How much of `raw` the pieces so far cover.
    reached: usize,
}

impl Mapper<'_> {
    fn piece(&mut self, at: Range<usize>, escape: Option<char>) {
        let written = self.base + at.start..self.base + at.end;
        self.pieces.push(Piece { decoded: self.decoded, written, escape: escape.is_some() });
        self.decoded += escape.map_or(at.len(), char::len_utf8);
        self.reached = at.end;
    }
}

impl<'s> StringBuilder<'s> for Mapper<'s> {
    fn clear(&mut self) {
        self.pieces.clear();
        self.decoded = 0;
    }

    fn push_str(&mut self, slice: &'s str) -> bool {
        let at = (slice.as_ptr() as usize).wrapping_sub(self.raw.as_ptr() as usize);
        if !slice.is_empty() && at < self.raw.len() {
            self.piece(at..at + slice.len(), None);
        } else {
            // Text that does not stand in the file, as the newline for a written CRLF.
            self.decoded += slice.len();
        }
        true
    }

    fn push_char(&mut self, decoded: char) -> bool {
        let rest = self.raw.get(self.reached..).unwrap_or_default();
        let at = self.reached + rest.find('\\').unwrap_or(0);
        let length = match self.raw.as_bytes().get(at + 1) {
            Some(b'u') => 6,
            Some(b'U') => 10,
            Some(b'x') => 4,
            _ => 2,
        };
        self.piece(at..(at + length).min(self.raw.len()), Some(decoded));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapped(text: &str, decoded: &str, word: &str) -> String {
        let start = text.find(['"', '\'']).unwrap();
        let map = StringMap::of(text, start..text.trim_end().len());
        let at = decoded.find(word).unwrap();
        text[map.range(at..at + word.len())].to_owned()
    }

    #[test]
    fn a_word_of_a_decoded_string_is_found_in_every_kind_of_string() {
        assert_eq!(mapped("when = 'account.arr > 5'", "account.arr > 5", "arr"), "arr");
        assert_eq!(mapped("when = '''\na\n  && b > 5\n'''", "a\n  && b > 5\n", "b > 5"), "b > 5");
        assert_eq!(mapped(r#"when = "x == \"smb\" && y""#, r#"x == "smb" && y"#, "y"), "y");
        assert_eq!(mapped(r#"when = "x == \"smb\" && y""#, r#"x == "smb" && y"#, r#""smb""#), r#"\"smb\""#);
        assert_eq!(mapped("when = \"\"\"a && \\\n   bc\"\"\"", "a && bc", "bc"), "bc");
        assert_eq!(mapped("when = \"é\\u00e9 z\"", "éé z", "z"), "z");
    }

    #[test]
    fn columns_count_characters_and_lines_from_one() {
        let file = SourceFile::new("a.toml", "ä = 1\nöb = 2".into());
        assert_eq!(file.position(0), (1, 1));
        assert_eq!(file.position("ä = 1\nö".len()), (2, 2));
    }
}
