//! A compiled thing taken apart into subjects, their keys and what these say; and two of them laid side by side.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::condition::Expression;

/// One thing that changed, in words.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Point {
    /// A key says something else; none: it was, or is now, left out.
    Changed {
        what: String,
        before: Option<String>,
        after: Option<String>,
    },
    /// A step, an exit, a cap, … that was not there.
    New {
        what: String,
        about: String,
    },
    Gone {
        what: String,
        about: String,
    },
    Renamed {
        what: String,
        to: String,
    },
    /// A text that says something else and is too long to show twice.
    Reworded {
        what: String,
        about: String,
    },
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
        let with = |about: &str| if about.is_empty() { String::new() } else { format!(": {about}") };
        match self {
            Point::Changed { what, before: Some(before), after: Some(after) } => {
                let (before, after) = shorter(before, after);
                write!(f, "{what}: {before} → {after}")
            }
            Point::Changed { what, before, after } => write!(f, "{what}: {} → {}", or_dash(before), or_dash(after)),
            Point::New { what, about } => write!(f, "{what} is new{}", with(about)),
            Point::Gone { what, about } => write!(f, "{what} is gone{}", with(about)),
            Point::Renamed { what, to } => write!(f, "{what} is called {to} now"),
            Point::Reworded { what, about } => write!(f, "{what} has another text{}", with(about)),
        }
    }
}

/// Two conditions without what both of them ask, where each part that is gone has one in its place.
fn shorter(before: &str, after: &str) -> (String, String) {
    let (was, is) = (parts(before), parts(after));
    let without = |own: &[&str], other: &[&str]| -> Vec<String> {
        own.iter().filter(|part| !other.contains(part)).map(ToString::to_string).collect()
    };
    let (gone, new) = (without(&was, &is), without(&is, &was));
    match gone.is_empty() || gone.len() != new.len() {
        true => (before.to_owned(), after.to_owned()),
        false => (gone.join(" && "), new.join(" && ")),
    }
}

/// What is joined by `&&`, outside of brackets and texts; the whole where `||` joins something.
fn parts(text: &str) -> Vec<&str> {
    let (mut parts, mut from, mut depth, mut is_text) = (Vec::new(), 0, 0, false);
    for (at, c) in text.char_indices() {
        match c {
            '"' if !text[..at].ends_with('\\') => is_text = !is_text,
            '(' | '[' if !is_text => depth += 1,
            ')' | ']' if !is_text => depth -= 1,
            '|' if !is_text && depth == 0 => return vec![text],
            '&' if !is_text && depth == 0 && text[at..].starts_with("&& ") => {
                parts.push(text[from..at].trim_end());
                from = at + 3;
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

/// Something with keys of its own: a step, an exit, a cap. The first subject, without a name, is the thing itself.
#[derive(Debug, Default)]
pub(super) struct Subject {
    /// `step`, `exit`, …; subjects of one kind may have an order.
    kind: &'static str,
    id: String,
    /// What it is, in one sentence.
    about: String,
    keys: Vec<(String, String)>,
    texts: Vec<(String, String, String)>,
}

/// Subjects in the order of the file.
#[derive(Debug, Default)]
pub(super) struct Facets {
    subjects: Vec<Subject>,
    /// Kinds of which the order means something.
    ordered: Vec<&'static str>,
}

impl Facets {
    /// A new subject; what follows is said of it.
    pub fn begin(&mut self, kind: &'static str, id: impl Into<String>, about: impl Into<String>) {
        self.subjects.push(Subject { kind, id: id.into(), about: about.into(), ..Subject::default() });
    }

    /// The order of the subjects of that kind decides something.
    pub fn ordered(&mut self, kind: &'static str) {
        self.ordered.push(kind);
    }

    pub fn key(&mut self, key: &str, value: impl ToString) {
        self.own().keys.push((key.to_owned(), value.to_string()));
    }

    /// A key that may be left out.
    pub fn maybe(&mut self, key: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.key(key, value);
        }
    }

    pub fn condition(&mut self, key: &str, value: Option<&Expression>) {
        self.maybe(key, value.map(Expression::one_line));
    }

    /// A list; an empty one is left out.
    pub fn list(&mut self, key: &str, values: impl IntoIterator<Item = impl ToString>) {
        let values: Vec<String> = values.into_iter().map(|value| value.to_string()).collect();
        self.maybe(key, (!values.is_empty()).then(|| values.join(", ")));
    }

    /// A text that is compared and not shown, and what is said of it instead.
    pub fn text(&mut self, name: &str, text: impl Into<String>, about: impl Into<String>) {
        self.own().texts.push((name.to_owned(), text.into(), about.into()));
    }

    fn own(&mut self) -> &mut Subject {
        if self.subjects.is_empty() {
            self.subjects.push(Subject::default());
        }
        self.subjects.last_mut().expect("there is one")
    }

    /// What is different in `new`.
    pub fn compare(&self, new: &Facets) -> Vec<Point> {
        let mut points = Vec::new();
        for subject in &new.subjects {
            match self.find(subject) {
                Some(before) => before.compare(subject, &mut points),
                None => points.push(Point::New { what: subject.name(), about: subject.about.clone() }),
            }
        }
        let gone = self.subjects.iter().filter(|subject| new.find(subject).is_none());
        points.extend(gone.map(|subject| Point::Gone { what: subject.name(), about: subject.about.clone() }));
        points.extend(new.ordered.iter().filter_map(|kind| self.reordered(new, kind)));
        points
    }

    fn find(&self, other: &Subject) -> Option<&Subject> {
        self.subjects.iter().find(|own| own.kind == other.kind && own.id == other.id)
    }

    /// Another order of those that both have.
    fn reordered(&self, new: &Facets, kind: &'static str) -> Option<Point> {
        let common = |own: &Facets, other: &Facets| -> Vec<String> {
            let own = own.subjects.iter().filter(|subject| subject.kind == kind && other.find(subject).is_some());
            own.map(|subject| subject.id.clone()).collect()
        };
        let (before, after) = (common(self, new), common(new, self));
        let what = format!("order of {kind}s");
        (before != after).then(|| Point::Changed {
            what,
            before: Some(before.join(", ")),
            after: Some(after.join(", ")),
        })
    }
}

impl Subject {
    fn name(&self) -> String {
        format!("{} {}", self.kind, self.id)
    }

    /// What a key is called outside of its subject.
    fn called(&self, key: &str) -> String {
        if self.kind.is_empty() { key.to_owned() } else { format!("{}: {key}", self.name()) }
    }

    fn compare(&self, new: &Subject, points: &mut Vec<Point>) {
        let values = |own: &Subject| -> BTreeMap<String, String> { own.keys.iter().cloned().collect() };
        let (before, after) = (values(self), values(new));
        let gone = self.keys.iter().filter(|(key, _)| !after.contains_key(key));
        for (key, _) in new.keys.iter().chain(gone) {
            let (before, after) = (before.get(key).cloned(), after.get(key).cloned());
            if before != after {
                points.push(Point::Changed { what: self.called(key), before, after });
            }
        }
        for (name, text, about) in &new.texts {
            if self.texts.iter().any(|(own, was, _)| own == name && was != text) {
                points.push(Point::Reworded { what: name.clone(), about: about.clone() });
            }
        }
    }
}
