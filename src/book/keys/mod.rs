//! The registry of keys: every table of every file, declared once. The readers ask their keys of it, an unknown key is
//! explained from it, and the reference page is written from it.
//!
//! A reader that asks for a key that is not declared fails in the tests; a declared key that no reader takes makes the
//! examples fail, which are loaded like any other book (`tests/reference.rs`).

mod account;
mod choice;
mod deployment;
pub mod forms;
mod health;
mod import_map;
mod misplaced;
mod people;
mod playbook;
mod policy;
mod steps;
mod template;
mod test_file;

pub use account::ACCOUNT;
pub use choice::{Choice, Word, among, words};
pub use deployment::DEPLOYMENT;
pub use forms::Form;
pub use health::{CONDITIONS, HEALTH, SEGMENTS};
pub use import_map::IMPORT_MAP;
pub use people::{CALENDARS, CHANNELS, PEOPLE};
pub use playbook::PLAYBOOK;
pub use policy::POLICY;
pub use template::FRONT_MATTER;
pub use test_file::TEST_FILE;

pub(in crate::book) use misplaced::rightful_place;

/// A kind of file and the keys at its top.
pub struct File {
    /// How people call it: `policy.toml`, `<playbook>.test.toml`.
    pub name: &'static str,
    pub doc: &'static str,
    pub top: &'static Section,
}

/// Every kind of file, in the order of the reference page.
pub static FILES: [File; 13] = [
    File { name: "<playbook>.toml", doc: "A playbook: who enters, what is done when, when it ends.", top: &PLAYBOOK },
    File {
        name: "<playbook>.test.toml",
        doc: "What a playbook must do, as timelines. It lies beside its playbook.",
        top: &TEST_FILE,
    },
    File {
        name: "account.toml",
        doc: "The dictionary: what is known of accounts and contacts, which numbers and events come in.",
        top: &ACCOUNT,
    },
    File { name: "people.toml", doc: "Our own people, their roles and teams, and who stands in.", top: &PEOPLE },
    File { name: "calendars.toml", doc: "Business hours and holidays.", top: &CALENDARS },
    File {
        name: "channels.toml",
        doc: "Names of senders, chat channels and webhooks. Secrets stand in playcaller.toml.",
        top: &CHANNELS,
    },
    File { name: "policy.toml", doc: "What no playbook can override.", top: &POLICY },
    File { name: "health.toml", doc: "How the health score is made.", top: &HEALTH },
    File { name: "segments.toml", doc: "Size classes and stages of an account; the first match wins.", top: &SEGMENTS },
    File { name: "conditions.toml", doc: "Conditions with a name, for every playbook to use.", top: &CONDITIONS },
    File {
        name: "front matter of a template",
        doc: "Stands between two lines of `+++` at the top of a Markdown template.",
        top: &FRONT_MATTER,
    },
    File {
        name: "map of an import",
        doc: "Renames and converts the columns of somebody else's export: `import … --map FILE`.",
        top: &IMPORT_MAP,
    },
    File { name: "playcaller.toml", doc: "What differs from one environment to the next.", top: &DEPLOYMENT },
];

/// A table of a file: what may stand in it.
pub struct Section {
    pub doc: &'static str,
    pub keys: &'static [Key],
    /// Keys whose names the author chooses.
    pub others: Option<Others>,
    /// Whole tables with their headers; each key stands in one of them.
    pub examples: &'static [&'static str],
}

/// The keys of a table whose names the author chooses, as in `[fields.<name>]`.
pub struct Others {
    /// What the name is: `name`, `region`.
    pub called: &'static str,
    pub value: Value,
}

/// A key of a table.
#[derive(Clone, Copy)]
pub struct Key {
    pub name: &'static str,
    pub value: Value,
    pub doc: &'static str,
    pub need: Need,
    /// The actions or kinds of trigger that have the key; empty: all.
    pub only: &'static [&'static str],
}

/// Whether a key may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Required,
    Optional,
    /// Left out, it is this, as it would be written.
    Default(&'static str),
}

/// What a value is.
#[derive(Clone, Copy)]
pub enum Value {
    One(&'static Form),
    List(&'static Form),
    /// A list, or one value that stands for a list of one.
    OneOrMore(&'static Form),
    Choice(fn() -> Vec<Word>),
    ChoiceOrMore(fn() -> Vec<Word>),
    /// `[table]`.
    Table(&'static Section),
    /// `[[table]]`.
    Tables(&'static Section),
    /// A table that is written on one line, or something simpler that stands for it.
    Inline(&'static Form, &'static Section),
}

impl Section {
    /// The key of that name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// What a key of that name holds, declared or of the author's choosing.
    pub fn value(&self, name: &str) -> Option<Value> {
        self.key(name).map(|key| key.value).or(self.others.as_ref().map(|others| others.value))
    }
}

impl Value {
    /// The table below the key, if it is one.
    pub fn section(self) -> Option<&'static Section> {
        match self {
            Value::Table(section) | Value::Tables(section) | Value::Inline(_, section) => Some(section),
            _ => None,
        }
    }
}

/// A key that may be left out; the methods below say otherwise.
pub(in crate::book) const fn key(name: &'static str, value: Value, doc: &'static str) -> Key {
    Key { name, value, doc, need: Need::Optional, only: &[] }
}

impl Key {
    const fn required(self) -> Key {
        Key { need: Need::Required, ..self }
    }

    const fn default(self, written: &'static str) -> Key {
        Key { need: Need::Default(written), ..self }
    }

    const fn only(self, only: &'static [&'static str]) -> Key {
        Key { only, ..self }
    }
}

/// A table whose keys are all declared.
pub(in crate::book) const fn section(
    doc: &'static str,
    keys: &'static [Key],
    examples: &'static [&'static str],
) -> Section {
    Section { doc, keys, others: None, examples }
}

/// A table of tables with names of the author's choosing.
const fn names(called: &'static str, value: Value) -> Section {
    pairs("", called, value, &[])
}

/// A table whose keys are names of the author's choosing.
const fn pairs(doc: &'static str, called: &'static str, value: Value, examples: &'static [&'static str]) -> Section {
    Section { doc, keys: &[], others: Some(Others { called, value }), examples }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every table of a file, with the path of its header.
    fn walk(section: &'static Section, path: &str, seen: &mut dyn FnMut(&'static Section, &str)) {
        seen(section, path);
        let others = section.others.iter().map(|others| (format!("<{}>", others.called), others.value));
        let keys = section.keys.iter().map(|key| (key.name.to_owned(), key.value));
        for (name, value) in keys.chain(others) {
            if let (Some(below), false) = (value.section(), matches!(value, Value::Inline(..))) {
                walk(below, format!("{path}.{name}").trim_start_matches('.'), seen);
            }
        }
    }

    #[test]
    fn every_key_says_what_it_is_and_stands_in_an_example_of_its_table() {
        let mut wrong = Vec::new();
        for file in &FILES {
            walk(file.top, "", &mut |section, path| {
                for key in section.keys {
                    if key.doc.is_empty() || key.doc.ends_with('.') {
                        wrong.push(format!("{} [{path}] {}: a doc without a full stop", file.name, key.name));
                    }
                    let is_shown = section.examples.iter().any(|example| shows(example, key.name));
                    if !is_shown && key.value.section().is_none_or(|_| matches!(key.value, Value::Inline(..))) {
                        wrong.push(format!("{} [{path}] {}: in no example", file.name, key.name));
                    }
                }
            });
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    fn shows(example: &str, key: &str) -> bool {
        example.lines().any(|line| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(" = ")))
    }
}
