//! The linear first look at a condition's text: its tokens with byte ranges and its brackets.
//!
//! It runs before the parser, so that size and nesting are bounded before anything recursive sees
//! the text, and so that every later message can point at the exact characters.

use std::ops::Range;

use super::Problem;

/// The longest text of a condition, in bytes.
pub const MAX_LENGTH: usize = 4096;
/// The deepest nesting of brackets.
const MAX_BRACKETS: usize = 32;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Number,
    /// `"…"`
    Text,
    /// Text in quotes we do not read: `'…'`, `` `…` ``, “…”.
    OddQuotes,
    Symbol,
}

#[derive(Clone, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub at: Range<usize>,
    /// For a bracket: the index of the token that closes or opens it.
    pub partner: Option<usize>,
}

/// The tokens of a text.
pub(super) struct Scan<'a> {
    pub text: &'a str,
    pub tokens: Vec<Token>,
}

/// Longest first: what is written together is read together.
const SYMBOLS: [&str; 36] = [
    "===", "!==", "..=", "<=>", "**=", "<<=", ">>=", "&&", "||", "==", "!=", "<=", ">=", "=<", "=>", "<>", "??", "?.",
    "?[", "..", "**", "<<", ">>", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "->", "::", "#{", "++", "--",
];

impl<'a> Scan<'a> {
    /// Reads the tokens; refuses what is too long, nested too deep, or has unmatched brackets or quotes.
    pub fn of(text: &'a str) -> Result<Scan<'a>, Problem> {
        if text.len() > MAX_LENGTH {
            let message = format!("a condition has at most {MAX_LENGTH} bytes, this one has {}", text.len());
            return Err(Problem::new("condition-too-long", 0..0, message)
                .help("move parts of it into named conditions in conditions.toml"));
        }
        let mut scan = Scan { text, tokens: Vec::new() };
        let mut from = 0;
        while let Some(start) = skip_blank(text, from)? {
            let (kind, length) = token(&text[start..]).map_err(|message| {
                let end = text[start..].find('\n').map_or(text.len(), |line| start + line);
                Problem::new("unclosed-text", start..end, message)
            })?;
            from = start + length;
            scan.tokens.push(Token { kind, at: start..from, partner: None });
        }
        scan.match_brackets()?;
        Ok(scan)
    }

    pub fn word(&self, index: usize) -> &'a str {
        self.tokens.get(index).map_or("", |token| &self.text[token.at.clone()])
    }

    /// The index of the token that starts at or covers the byte.
    pub fn index_at(&self, offset: usize) -> usize {
        self.tokens.partition_point(|token| token.at.end <= offset).min(self.tokens.len().saturating_sub(1))
    }

    /// The range widened until every bracket in it has its partner in it too.
    pub fn balanced(&self, at: Range<usize>) -> Range<usize> {
        let (mut first, mut last) = (self.index_at(at.start), self.index_at(at.end.saturating_sub(1)));
        let mut index = first;
        while index <= last {
            if let Some(partner) = self.tokens[index].partner {
                last = last.max(partner);
                first = first.min(partner);
            }
            index += 1;
        }
        self.tokens[first].at.start..self.tokens[last].at.end
    }

    /// The names that are called, except after a dot.
    pub fn calls(&self) -> impl Iterator<Item = &'a str> {
        (0..self.tokens.len())
            .filter(|index| self.tokens[*index].kind == Kind::Word && self.word(index + 1) == "(")
            .filter(|index| *index == 0 || self.word(index - 1) != ".")
            .map(|index| self.word(index))
    }

    fn match_brackets(&mut self) -> Result<(), Problem> {
        let mut open: Vec<usize> = Vec::new();
        for index in 0..self.tokens.len() {
            let (symbol, at) = (self.word(index), self.tokens[index].at.clone());
            if matches!(symbol, "(" | "[" | "{" | "#{" | "?[") {
                open.push(index);
                if open.len() > MAX_BRACKETS {
                    let message = format!("brackets may be nested {MAX_BRACKETS} deep, this is deeper");
                    return Err(Problem::new("condition-too-deep", at, message));
                }
            } else if matches!(symbol, ")" | "]" | "}") {
                let Some(partner) = open.pop().filter(|opener| closes(self.word(*opener), symbol)) else {
                    let message = format!("this `{symbol}` closes nothing");
                    return Err(Problem::new("unmatched-bracket", at, message));
                };
                self.tokens[partner].partner = Some(index);
                self.tokens[index].partner = Some(partner);
            }
        }
        let Some(unclosed) = open.last() else { return Ok(()) };
        let message = format!("this `{}` is never closed", self.word(*unclosed));
        Err(Problem::new("unmatched-bracket", self.tokens[*unclosed].at.clone(), message))
    }
}

fn closes(opener: &str, closer: &str) -> bool {
    matches!((opener, closer), ("(", ")") | ("[" | "?[", "]") | ("{" | "#{", "}"))
}

/// The next byte that is neither blank nor comment.
fn skip_blank(text: &str, mut from: usize) -> Result<Option<usize>, Problem> {
    loop {
        let rest = &text[from..];
        let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
        from += blank;
        let rest = &rest[blank..];
        if rest.starts_with("//") {
            from += rest.find('\n').unwrap_or(rest.len());
        } else if let Some(comment) = rest.strip_prefix("/*") {
            // rhai nests comments; refusing nested ones keeps the two readings the same.
            let end = comment.find("*/").filter(|end| !comment[..*end].contains("/*")).ok_or_else(|| {
                Problem::new("unclosed-comment", from..from + 2, "this comment is nested or never closed")
            })?;
            from += end + 4;
        } else {
            return Ok((!rest.is_empty()).then_some(from));
        }
    }
}

/// The kind and length of the token at the start of a text that is not blank.
fn token(rest: &str) -> Result<(Kind, usize), &'static str> {
    let first = rest.chars().next().unwrap_or(' ');
    let run = |accepts: fn(char) -> bool| rest.find(|c| !accepts(c)).unwrap_or(rest.len());
    match first {
        'a'..='z' | 'A'..='Z' | '_' => Ok((Kind::Word, run(|c| c.is_ascii_alphanumeric() || c == '_'))),
        '0'..='9' => Ok((Kind::Number, number(rest))),
        '"' => Ok((Kind::Text, text_end(rest).ok_or("this text is never closed: add `\"`")?)),
        '\'' => Ok((Kind::OddQuotes, quoted(rest, &['\'']).ok_or("this text is never closed; texts stand in `\"`")?)),
        '`' => Ok((Kind::OddQuotes, quoted(rest, &['`']).ok_or("this text is never closed; texts stand in `\"`")?)),
        '“' | '”' | '„' | '‘' | '’' => {
            let end = quoted(rest, &['“', '”', '‘', '’', '"']);
            Ok((Kind::OddQuotes, end.ok_or("this text is never closed; texts stand in straight quotes `\"`")?))
        }
        _ => {
            let symbol = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol));
            Ok((Kind::Symbol, symbol.map_or(first.len_utf8(), |symbol| symbol.len())))
        }
    }
}

/// Digits with `_`, a fraction, an exponent.
fn number(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let digits = |from: usize| {
        from + rest[from..].find(|c: char| !(c.is_ascii_digit() || c == '_')).unwrap_or(rest.len() - from)
    };
    let mut end = digits(0);
    if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        if bytes.get(end + 1 + sign).is_some_and(u8::is_ascii_digit) {
            end = digits(end + 1 + sign);
        }
    }
    end
}

fn text_end(rest: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '\n' => return None,
            '"' if !escaped => return Some(at + 1),
            _ => escaped = c == '\\' && !escaped,
        }
    }
    None
}

fn quoted(rest: &str, closers: &[char]) -> Option<usize> {
    let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
    line.char_indices().skip(1).find(|(_, c)| closers.contains(c)).map(|(at, c)| at + c.len_utf8())
}
