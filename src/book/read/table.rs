//! A table of a file, handed out key by key.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::item::Item;
use super::{Reading, some_of, syntax};
use crate::book::diagnostic::{Diagnostic, Diagnostics};
use crate::book::keys::{Section, rightful_place};
use crate::book::source::{Place, SourceFile};
use crate::condition::{is_sure, nearest};

/// A table of a file. Keys are taken out; [`Table::finish`] reports what is left as unknown.
pub struct Table<'f> {
    reading: Reading<'f>,
    /// What may stand in it.
    section: &'static Section,
    /// How messages name it: `[enroll]`, `[[step]]`, or nothing for the top of the file.
    title: String,
    /// Its path in the file, for the titles of the tables inside.
    path: String,
    header: Range<usize>,
    left: DeTable<'f>,
    asked: Vec<String>,
    places: BTreeMap<String, Range<usize>>,
}

impl<'f> Table<'f> {
    /// Parses a file and reports its syntax errors; what could be read is in the table. `top` is what its kind may hold.
    pub fn of_file(file: &'f Arc<SourceFile>, top: &'static Section, diagnostics: &'f Diagnostics) -> Table<'f> {
        let (left, broken) = syntax::parse(file, diagnostics);
        Table::inside(Reading { file, top, diagnostics, broken }, top, "", 0..0, left)
    }

    pub(super) fn inside(
        reading: Reading<'f>,
        section: &'static Section,
        path: &str,
        header: Range<usize>,
        left: DeTable<'f>,
    ) -> Table<'f> {
        let title = if path.is_empty() { TOP.to_owned() } else { format!("[{path}]") };
        Table {
            reading,
            section,
            title,
            path: path.to_owned(),
            header,
            left,
            asked: Vec::new(),
            places: BTreeMap::new(),
        }
    }

    /// Changes how messages name the table, as in ``step `kickoff-email` ``.
    pub fn call(&mut self, title: impl Into<String>) {
        self.title = title.into();
    }

    /// How messages name the table.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The value of a key, which may be absent. The key must be declared in [`crate::book::keys`].
    pub fn get(&mut self, key: &str) -> Item<'f> {
        let value = self.section.value(key);
        debug_assert!(value.is_some(), "`{key}` of {} is not declared in src/book/keys", self.title);
        self.asked.push(key.to_owned());
        match self.left.remove_entry(key) {
            Some((_, value)) => {
                self.places.insert(key.to_owned(), value.span());
                self.item(key.to_owned(), value)
            }
            None => Item::absent(self.reading, value, self.path_of(key), key.to_owned(), self.header.clone()),
        }
    }

    /// The value of a key that must be there.
    pub fn need(&mut self, key: &str) -> Item<'f> {
        let item = self.get(key);
        if !item.is_present() {
            self.report_missing(key);
        }
        item
    }

    /// Reports that a key is missing; says nothing in a file with syntax errors.
    pub fn report_missing(&self, key: &str) {
        if !self.reading.broken {
            let message = format!("{} has no `{key}`", capitalized(&self.title));
            self.report(self.place().error("missing-key", message).help(format!("add `{key} = …`")));
        }
    }

    /// The table `[key]`; absent, or reported and absent when it is something else.
    pub fn table(&mut self, key: &str) -> Option<Table<'f>> {
        self.get(key).table()
    }

    /// The tables `[[key]]`, in file order.
    pub fn tables(&mut self, key: &str) -> Vec<Table<'f>> {
        let item = self.get(key);
        if item.is_table() {
            let message = format!("{} is a list: write `[[{}]]` with two brackets", item.label(), item.path());
            let diagnostic = item.place().error("single-bracket-list", message);
            let header = format!("[[{}]]", item.path());
            self.report(match item.place().text().starts_with('[') {
                true => diagnostic.help(format!("write {header}")).fix(header),
                false => diagnostic,
            });
            return item.table().into_iter().collect();
        }
        item.list().into_iter().filter_map(Item::table).map(|table| table.in_double_brackets()).collect()
    }

    fn in_double_brackets(mut self) -> Table<'f> {
        self.title = format!("[{}]", self.title);
        self
    }

    /// The tables `[key.<name>]`: each name with its place, and the table.
    pub fn named(&mut self, key: &str) -> Vec<(Arc<str>, Place, Table<'f>)> {
        let Some(mut parent) = self.table(key) else { return Vec::new() };
        let entries = parent.rest();
        entries.into_iter().filter_map(|(name, place, item)| Some((name, place, item.table()?))).collect()
    }

    /// Everything not yet taken, for a table whose keys are free: name, the name's place, value.
    pub fn rest(&mut self) -> Vec<(Arc<str>, Place, Item<'f>)> {
        let left = std::mem::take(&mut self.left);
        let entries = left.into_iter().map(|(name, value)| {
            let place = Place::new(self.reading.file, name.span());
            (Arc::from(name.get_ref().as_ref()), place, self.item(name.into_inner().into_owned(), value))
        });
        entries.collect()
    }

    /// Takes a key that has no place here, so that the reader can say why; the place of its value, if it is there.
    pub fn refuse(&mut self, key: &str) -> Option<Place> {
        let (_, value) = self.left.remove_entry(key)?;
        self.places.insert(key.to_owned(), value.span());
        Some(self.place_of(key))
    }

    /// Whether the key is there and not yet taken.
    pub fn has(&self, key: &str) -> bool {
        self.left.contains_key(key)
    }

    /// Whether the key was there and has been taken.
    pub fn was_given(&self, key: &str) -> bool {
        self.places.contains_key(key)
    }

    /// The header of the table.
    pub fn place(&self) -> Place {
        Place::new(self.reading.file, self.header.clone())
    }

    /// The value of a key that was taken (without the quotes of a text); the header when it was absent.
    pub fn place_of(&self, key: &str) -> Place {
        let span = self.places.get(key).cloned().unwrap_or(self.header.clone());
        Place::new(self.reading.file, syntax::inside_quotes(&self.reading.file.text, span))
    }

    pub fn file(&self) -> &'f Arc<SourceFile> {
        self.reading.file
    }

    pub fn diagnostics(&self) -> &'f Diagnostics {
        self.reading.diagnostics
    }

    pub fn report(&self, diagnostic: Diagnostic) {
        self.reading.diagnostics.push(diagnostic);
    }

    /// Reports every key nobody asked for, with the closest one that is known here, or where it belongs.
    pub fn finish(self) {
        for (name, _) in &self.left {
            self.report(self.unknown_key(name));
        }
    }

    fn unknown_key(&self, name: &Spanned<Cow<'f, str>>) -> Diagnostic {
        let key = name.get_ref().as_ref();
        let place = Place::new(self.reading.file, name.span());
        let message = match self.path.as_str() {
            "" if self.title == TOP => format!("`{key}` is not a key at {TOP}"),
            _ => format!("`{key}` is not a key of {}", self.title),
        };
        if let Some(rightful) = self.rightful_place(key) {
            return place.error("misplaced-key", message).help(rightful);
        }
        let diagnostic = place.error("unknown-key", message);
        let known: Vec<&str> =
            self.asked.iter().map(String::as_str).filter(|key| !self.places.contains_key(*key)).collect();
        match nearest(key, known.iter().copied()) {
            Some(right) if is_sure(key, known.iter().copied()) => diagnostic.fix(right),
            Some(right) => diagnostic.suggest(right),
            None if known.is_empty() => diagnostic.help("take it out"),
            None => diagnostic.help(format!("keys that may still be added here: {}", some_of(&known))),
        }
    }

    /// Where a key belongs that nobody asked for here: beside another action or kind, or in another table.
    fn rightful_place(&self, key: &str) -> Option<String> {
        match self.section.key(key) {
            Some(known) if known.only.is_empty() => None,
            Some(known) => Some(format!("`{key}` goes with {}", known.only.join(", "))),
            None => rightful_place(key, self.reading.top),
        }
    }

    fn item(&self, key: String, value: Spanned<DeValue<'f>>) -> Item<'f> {
        Item::new(self.reading, self.section.value(&key), self.path_of(&key), key, value)
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

/// How messages name the table that is the file.
const TOP: &str = "the top of this file";

fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
