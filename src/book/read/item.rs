//! One value of a table or list, on its way to a typed value.

use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use toml::Spanned;
use toml::de::DeValue;

use super::table::Table;
use super::{Reading, some_of, syntax};
use crate::book::diagnostic::{Diagnostic, Diagnostics};
use crate::book::keys::{self, Choice};
use crate::book::source::{Place, StringMap};
use crate::condition::{Expected, Expression, Problem, Scope, Source, is_sure, nearest};

/// A value that may be absent. The takers give `None` for an absent value and, after a report, for a wrong one.
pub struct Item<'f> {
    pub(super) reading: Reading<'f>,
    /// What the registry says of it; none below a value that is itself wrong.
    declared: Option<keys::Value>,
    path: String,
    key: String,
    span: Range<usize>,
    value: Option<DeValue<'f>>,
}

impl<'f> Item<'f> {
    pub(super) fn new(
        reading: Reading<'f>,
        declared: Option<keys::Value>,
        path: String,
        key: String,
        value: Spanned<DeValue<'f>>,
    ) -> Item<'f> {
        Item { reading, declared, path, key, span: value.span(), value: Some(value.into_inner()) }
    }

    pub(super) fn absent(
        reading: Reading<'f>,
        declared: Option<keys::Value>,
        path: String,
        key: String,
        header: Range<usize>,
    ) -> Item<'f> {
        Item { reading, declared, path, key, span: header, value: None }
    }

    pub fn is_present(&self) -> bool {
        self.value.is_some()
    }

    pub fn is_table(&self) -> bool {
        matches!(self.value, Some(DeValue::Table(_)))
    }

    pub fn is_text(&self) -> bool {
        matches!(self.value, Some(DeValue::String(_)))
    }

    /// Where it stands: a text without its quotes; the table's header when it is absent.
    pub fn place(&self) -> Place {
        let span = match self.value {
            Some(DeValue::String(_)) => syntax::inside_quotes(&self.reading.file.text, self.span.clone()),
            _ => self.span.clone(),
        };
        Place::new(self.reading.file, span)
    }

    /// Where it stands, a text with its quotes.
    pub(super) fn with_quotes(&self) -> Place {
        Place::new(self.reading.file, self.span.clone())
    }

    /// How messages name it: the key in backticks.
    pub fn label(&self) -> String {
        format!("`{}`", self.key)
    }

    /// Its path in the file: `escalation.level`.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    pub fn report(&self, diagnostic: Diagnostic) {
        self.reading.diagnostics.push(diagnostic);
    }

    pub fn diagnostics(&self) -> &'f Diagnostics {
        self.reading.diagnostics
    }

    /// Any text, as it is.
    pub fn text(self) -> Option<String> {
        self.str("a text in quotes").map(str::to_owned)
    }

    /// A text as it is written, and its words, each with its place.
    pub fn words(self) -> Option<(String, Vec<(String, Place)>)> {
        let text = self.str("a text in quotes")?;
        let map = StringMap::of(&self.reading.file.text, self.span.clone());
        let word = |word: &str| {
            let start = word.as_ptr() as usize - text.as_ptr() as usize;
            (word.to_owned(), Place::new(self.reading.file, map.range(start..start + word.len())))
        };
        Some((text.to_owned(), text.split_whitespace().map(word).collect()))
    }

    /// A text with something in it: the name of something defined elsewhere.
    pub fn name(self) -> Option<Arc<str>> {
        let text = self.str("a name in quotes")?;
        if text.trim().is_empty() {
            self.report(self.place().error("wrong-value", format!("{} is empty", self.label())));
            return None;
        }
        Some(text.into())
    }

    /// An id: small letters, digits, `-` and `_`.
    pub fn id(self) -> Option<Arc<str>> {
        let text = self.str("an id in quotes")?;
        match wrong_id(&self.place(), text) {
            Some(diagnostic) => {
                self.report(diagnostic);
                None
            }
            None => Some(text.into()),
        }
    }

    /// A finite number, whole or not.
    pub fn number(self) -> Option<f64> {
        let number = match self.value.as_ref()? {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok().map(|n| n as f64),
            DeValue::Float(number) => number.as_str().parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        };
        number.or_else(|| self.wrong_type("a number"))
    }

    /// A number within the bounds, both included.
    pub fn number_in(self, bounds: RangeInclusive<f64>) -> Option<f64> {
        let (place, label) = (self.place(), self.label());
        let diagnostics = self.reading.diagnostics;
        let number = self.number()?;
        if !bounds.contains(&number) {
            let message = format!("{label} is {number}; it must lie between {} and {}", bounds.start(), bounds.end());
            diagnostics.push(place.error("out-of-range", message));
            return None;
        }
        Some(number)
    }

    /// A whole number within the bounds.
    pub fn integer_in(self, bounds: RangeInclusive<i64>) -> Option<i64> {
        let number = match self.value.as_ref()? {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        let number = number.or_else(|| self.wrong_type("a whole number"))?;
        if !bounds.contains(&number) {
            let (low, high) = bounds.into_inner();
            let message = format!("{} is {number}; it must lie between {low} and {high}", self.label());
            self.report(self.place().error("out-of-range", message));
            return None;
        }
        Some(number)
    }

    /// A count: a whole number from 0 to a billion.
    pub fn count(self) -> Option<u32> {
        self.integer_in(0..=1_000_000_000).and_then(|number| u32::try_from(number).ok())
    }

    /// `true` or `false`.
    pub fn flag(self) -> Option<bool> {
        match self.value.as_ref()? {
            DeValue::Boolean(flag) => Some(*flag),
            _ => self.wrong_type("true or false"),
        }
    }

    /// One of a closed set of words.
    pub fn choice<T: Choice>(self) -> Option<T> {
        let all: Vec<T> = T::WORDS.iter().map(|(value, ..)| *value).collect();
        self.choice_among(&all)
    }

    /// One of some values of a closed set.
    pub fn choice_among<T: Choice>(self, values: &[T]) -> Option<T> {
        let words: Vec<&str> = values.iter().map(|value| value.word()).collect();
        let word = self.str(&format!("one of {}", some_of(&words)))?;
        let found = values.iter().find(|value| value.word() == word).copied();
        if found.is_none() {
            let message = format!("`{word}` is not a value of {}", self.label());
            let diagnostic = self.place().error("unknown-value", message);
            self.report(match nearest(word, words.iter().copied()) {
                Some(right) if is_sure(word, words.iter().copied()) => diagnostic.fix(right),
                Some(right) => diagnostic.suggest(right),
                None => diagnostic.help(format!("one of: {}", words.join(", "))),
            });
        }
        found
    }

    /// The elements of a list; none for an absent value.
    pub fn list(self) -> Vec<Item<'f>> {
        match self.value {
            None => Vec::new(),
            Some(DeValue::Array(_)) => self.elements(),
            Some(_) => {
                self.wrong_type::<()>("a list in [ ]");
                Vec::new()
            }
        }
    }

    /// The elements of a list, or the one value that stands for a list of one.
    pub fn one_or_more(self) -> Vec<Item<'f>> {
        match self.value {
            None => Vec::new(),
            Some(DeValue::Array(_)) => self.elements(),
            Some(_) => vec![self],
        }
    }

    fn elements(self) -> Vec<Item<'f>> {
        let Some(DeValue::Array(array)) = self.value else { return Vec::new() };
        let (declared, path, key) = (self.declared, &self.path, &self.key);
        array.into_iter().map(|value| Item::new(self.reading, declared, path.clone(), key.clone(), value)).collect()
    }

    /// The names of a list, each with its place.
    pub fn names(self) -> Vec<(Arc<str>, Place)> {
        let named = |item: Item<'f>| {
            let place = item.place();
            item.name().map(|name| (name, place))
        };
        self.list().into_iter().filter_map(named).collect()
    }

    /// A table, inline or with a header.
    pub fn table(self) -> Option<Table<'f>> {
        match self.value {
            Some(DeValue::Table(table)) => {
                let section = self.declared.and_then(keys::Value::section);
                debug_assert!(section.is_some(), "`{}` is not declared as a table in src/book/keys", self.path);
                Some(Table::inside(self.reading, section?, &self.path, self.span, table))
            }
            Some(DeValue::Array(_)) => self.wrong_type("one table in single brackets"),
            Some(_) => self.wrong_type("a table"),
            None => None,
        }
    }

    /// A condition or another expression; each of its mistakes is reported where it stands in the file.
    pub fn expression(self, scope: &Scope, expected: Expected) -> Option<Expression> {
        let text: Arc<str> = self.str("a condition in quotes")?.into();
        let source = self.source(text);
        match Expression::compile(source, scope, expected) {
            Ok(expression) => Some(expression),
            Err(problems) => {
                self.report_problems(problems);
                None
            }
        }
    }

    /// The text of a condition with its place, for those compiled later, and the way to report its mistakes.
    pub fn source_of_condition(&self) -> Option<Source> {
        let text: Arc<str> = self.str("a condition in quotes")?.into();
        Some(self.source(text))
    }

    fn source(&self, text: Arc<str>) -> Source {
        let map = StringMap::of(&self.reading.file.text, self.span.clone());
        let (line, column) = self.reading.file.position(map.offset(0));
        Source { text, file: self.reading.file.name.clone(), line, column }
    }

    /// Reports the mistakes of the condition this text holds.
    pub fn report_problems(&self, problems: Vec<Problem>) {
        let map = StringMap::of(&self.reading.file.text, self.span.clone());
        for problem in problems {
            let place = Place::new(self.reading.file, map.range(problem.start..problem.end));
            let diagnostic = Diagnostic { help: problem.help, ..place.error(problem.code, problem.message) };
            let raw = self.reading.file.text.get(self.span.clone()).unwrap_or_default();
            self.report(match problem.suggestion {
                Some(right) => suggested(diagnostic, right, problem.sure, raw),
                None => diagnostic,
            });
        }
    }

    /// The text itself; `wanted` says what should stand here when it is none.
    pub(super) fn str(&self, wanted: &str) -> Option<&str> {
        match self.value.as_ref()? {
            DeValue::String(text) => Some(text.as_ref()),
            _ => self.wrong_type(wanted),
        }
    }

    pub(super) fn raw(&self) -> Option<&DeValue<'f>> {
        self.value.as_ref()
    }

    pub(super) fn wrong_type<T>(&self, wanted: &str) -> Option<T> {
        let value = self.value.as_ref()?;
        let message = format!("{} must be {wanted}; found {}", self.label(), article(value));
        let place = Place::new(self.reading.file, self.span.clone());
        let diagnostic = place.error("wrong-type", message);
        self.report(match requoted(value, wanted, place.text()) {
            Some(right) => diagnostic.help(format!("write {right}")).fix(right),
            None => diagnostic,
        });
        None
    }
}

/// The diagnostic with what to write instead, as it is written in a string that opens like `raw`.
///
/// A literal string cannot hold its own quote, whatever is written for it; then the help says what is meant.
fn suggested(diagnostic: Diagnostic, right: String, sure: bool, raw: &str) -> Diagnostic {
    let helped = diagnostic.help.clone().unwrap_or_else(|| format!("did you mean `{right}`?"));
    let diagnostic = diagnostic.help(helped);
    let written = match raw.as_bytes().first() {
        Some(b'"') => right.replace('\\', "\\\\").replace('"', "\\\""),
        _ if right.contains('\'') => return diagnostic,
        _ => right,
    };
    if sure { diagnostic.fix(written) } else { diagnostic.suggest(written) }
}

/// The same value with or without quotes, where that is all that is wrong with it.
fn requoted(value: &DeValue, wanted: &str, written: &str) -> Option<String> {
    match value {
        DeValue::String(text) if wanted.contains("number") => text.parse::<f64>().ok().map(|_| text.to_string()),
        DeValue::String(text) if wanted == "true or false" => text.parse::<bool>().ok().map(|_| text.to_string()),
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) if wanted.contains("text in quotes") => {
            Some(format!("\"{written}\""))
        }
        _ => None,
    }
}

/// The diagnostic for an id that is not one.
pub(super) fn wrong_id(place: &Place, id: &str) -> Option<Diagnostic> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if !id.is_empty() && id.len() <= 100 && id.chars().all(fits) {
        return None;
    }
    let fitting: String = id.to_lowercase().chars().map(|c| if fits(c) { c } else { '-' }).collect();
    let fitting = fitting.trim_matches('-').to_owned();
    let diagnostic = place.error("bad-id", format!("`{id}` is not an id: use small letters, digits, `-` and `_`"));
    Some(diagnostic.suggest_closest(Some(fitting.as_str()).filter(|fitting| !fitting.is_empty())))
}

/// What a TOML value is, in words.
pub(super) fn article(value: &DeValue) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
