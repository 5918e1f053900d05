//! Where a key stands, found again after the file was compiled: a book keeps meanings, not places.

use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::syntax::inside_quotes;
use crate::book::source::{Place, SourceFile, StringMap};

/// The keys of a file with their places.
pub struct Places<'f> {
    file: &'f Arc<SourceFile>,
    tree: Spanned<DeTable<'f>>,
}

impl<'f> Places<'f> {
    /// The places of a file. What cannot be parsed has none.
    pub fn of(file: &'f Arc<SourceFile>) -> Places<'f> {
        Places { file, tree: DeTable::parse_recoverable(&file.text).0 }
    }

    /// The value at a path such as `goal.when` or `step.kickoff-email.at`, in which an element of a list goes by its
    /// id; a text without its quotes. Where the path ends early, the header of the table it ends in.
    pub fn at(&self, path: &str) -> Place {
        let span = self.walk(path).unwrap_or_else(|header| header);
        Place::new(self.file, inside_quotes(&self.file.text, span))
    }

    /// Whether there is a value at the path.
    pub fn has(&self, path: &str) -> bool {
        self.walk(path).is_ok()
    }

    /// A part of the text that begins at `start`, such as a condition; `part` counts in its decoded bytes.
    pub fn inside(&self, start: usize, part: Range<usize>) -> Place {
        let texts = self.tree.get_ref().values();
        let Some(span) = texts.filter_map(|value| text_at(value, start)).next() else {
            return Place::start_of(self.file);
        };
        Place::new(self.file, StringMap::of(&self.file.text, span).range(part))
    }

    /// The span of the value, or of the innermost table on the way.
    fn walk(&self, path: &str) -> Result<Range<usize>, Range<usize>> {
        let mut parts = path.split('.');
        let first = parts.next().unwrap_or_default();
        let mut value = self.tree.get_ref().get(first).ok_or(0..0)?;
        for part in parts {
            value = below(value, part).ok_or_else(|| header(value))?;
        }
        Ok(value.span())
    }
}

fn below<'t, 'f>(value: &'t Spanned<DeValue<'f>>, part: &str) -> Option<&'t Spanned<DeValue<'f>>> {
    match value.get_ref() {
        DeValue::Table(table) => table.get(part),
        DeValue::Array(list) => list.iter().find(|entry| id(entry.get_ref()) == Some(part)),
        _ => None,
    }
}

fn id<'t>(entry: &'t DeValue) -> Option<&'t str> {
    match entry {
        DeValue::Table(table) => table.get("id")?.get_ref().as_str(),
        _ => None,
    }
}

/// A list of tables has no header of its own: that of its first.
fn header(value: &Spanned<DeValue>) -> Range<usize> {
    match value.get_ref() {
        DeValue::Array(list) => list.first().map_or(value.span(), |entry| entry.span()),
        _ => value.span(),
    }
}

/// The span of the text around that byte.
fn text_at(value: &Spanned<DeValue>, offset: usize) -> Option<Range<usize>> {
    match value.get_ref() {
        DeValue::String(_) => Some(value.span()).filter(|span| span.contains(&offset)),
        DeValue::Array(list) => list.iter().find_map(|entry| text_at(entry, offset)),
        DeValue::Table(table) => table.values().find_map(|entry| text_at(entry, offset)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "id = \"x\"\n[goal]\nwhen = \"a == \\\"b\\\" && c\"\n[[step]]\nid = \"one\"\n\
                        [[step]]\nid = \"two\"\nat = 'anchor'\n";

    #[test]
    fn a_key_is_found_by_its_path_and_a_missing_one_at_its_table() {
        let file = SourceFile::new("x.toml", TEXT.to_owned());
        let places = Places::of(&file);
        assert_eq!(places.at("id").text(), "x");
        assert_eq!(places.at("step.two.at").text(), "anchor");
        assert_eq!((places.at("step.one.at").line(), places.at("step.one.at").text()), (4, "[[step]]"));
        assert_eq!(places.at("goal.for").text(), "[goal]");
        assert!(places.has("goal.when") && !places.has("goal.for") && !places.has("step.three"));
    }

    #[test]
    fn a_part_of_a_text_is_found_behind_its_escapes() {
        let file = SourceFile::new("x.toml", TEXT.to_owned());
        let start = TEXT.find("a ==").unwrap();
        assert_eq!(Places::of(&file).inside(start, 12..13).text(), "c");
    }
}
