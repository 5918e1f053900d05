//! A TOML text cut into its statements, also where it is broken: headers, and keys with their values.

use std::ops::Range;

use toml_parser::Source;
use toml_parser::lexer::TokenKind;

/// A header, or a key with all of its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    /// Bytes of the text, without blanks and comments around it.
    pub span: Range<usize>,
    pub is_header: bool,
}

/// A text's statements and comments, each in the order of the text.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub statements: Vec<Statement>,
    /// Bytes of each comment, its `#` included.
    pub comments: Vec<Range<usize>>,
}

impl Outline {
    /// Reads the part of `text` that is TOML: the whole of a `.toml` file, the front matter of a template.
    pub fn of(text: &str, part: Range<usize>) -> Outline {
        let mut outline = Outline::default();
        let (mut open, mut depth) = (None::<Statement>, 0_usize);
        for token in Source::new(&text[part.clone()]).lex() {
            let span = part.start + token.span().start()..part.start + token.span().end();
            match token.kind() {
                TokenKind::Whitespace | TokenKind::Eof => continue,
                TokenKind::Comment => {
                    outline.comments.push(span);
                    continue;
                }
                TokenKind::Newline if depth == 0 => {
                    outline.statements.extend(open.take());
                    continue;
                }
                TokenKind::Newline => continue,
                TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => depth += 1,
                TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => depth = depth.saturating_sub(1),
                _ => {}
            }
            let is_header = token.kind() == TokenKind::LeftSquareBracket;
            let statement = open.get_or_insert(Statement { span: span.clone(), is_header });
            statement.span.end = span.end;
            // A header ends with its line, whatever its brackets say.
            depth = if statement.is_header { 0 } else { depth };
        }
        outline.statements.extend(open);
        outline
    }

    /// The index of the statement at a place, or of the last one before it.
    pub fn at(&self, offset: usize) -> Option<usize> {
        self.statements.partition_point(|statement| statement.span.start <= offset).checked_sub(1)
    }

    /// The first statement after a place.
    pub fn after(&self, offset: usize) -> Option<&Statement> {
        self.statements.get(self.statements.partition_point(|statement| statement.span.start < offset))
    }

    /// The statements of the table a statement belongs to, its header first if it has one.
    pub fn table(&self, index: usize) -> Range<usize> {
        let start = self.statements[..=index].iter().rposition(|own| own.is_header).unwrap_or(0);
        let next = self.statements[index + 1..].iter().position(|own| own.is_header);
        start..next.map_or(self.statements.len(), |next| index + 1 + next)
    }
}

impl Statement {
    /// The names in its header or key: `fields`, `arr` of `[fields.arr]`, and of `fields.arr = { … }`.
    pub fn names<'t>(&self, text: &'t str) -> Vec<&'t str> {
        let written = &text[self.span.clone()];
        let key = if self.is_header { written } else { written.split('=').next().unwrap_or_default() };
        let bare = |name: &'t str| name.trim().trim_matches(['[', ']', '"', '\'', ' ']);
        key.split('.').map(bare).filter(|name| !name.is_empty()).collect()
    }

    /// What stands right of `=`, without quotes.
    pub fn value<'t>(&self, text: &'t str) -> &'t str {
        let written = &text[self.span.clone()];
        written.split_once('=').map_or("", |(_, value)| value.trim().trim_matches(['"', '\'']))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_falls_into_headers_and_keys_with_their_whole_values() {
        let text = "# top\na = 1 # one\n[t.\"x y\"]\nlong = '''\n[not a header]\n'''\nlist = [\n  1, # in\n]\nb=2";
        let outline = Outline::of(text, 0..text.len());
        let written: Vec<&str> = outline.statements.iter().map(|own| &text[own.span.clone()]).collect();
        assert_eq!(
            written,
            ["a = 1", "[t.\"x y\"]", "long = '''\n[not a header]\n'''", "list = [\n  1, # in\n]", "b=2"]
        );
        assert_eq!(outline.comments.len(), 3);
        assert_eq!(outline.statements[1].names(text), ["t", "x y"]);
        assert_eq!(outline.table(3), 1..5);
        assert_eq!(outline.statements[0].value(text), "1");
    }

    #[test]
    fn a_broken_header_does_not_swallow_what_follows() {
        let text = "[[step]\nid = \"a\"\n";
        assert_eq!(Outline::of(text, 0..text.len()).statements.len(), 2);
    }
}
