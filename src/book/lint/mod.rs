//! Rules over a compiled book: what reads well and would still surprise whoever wrote it.
//!
//! A rule says nothing when it is not sure. Errors are only what cannot be meant; everything else is a warning, or a
//! note. What a rule looks at is in the [`Book`]; where it stands is looked up in the file when there is something to
//! say. All rules with their severities are in [`RULES`].

mod circles;
mod conditions;
mod days;
mod ends;
mod enrolling;
mod flow;
mod ladder;
mod mail;
mod rules;
mod secrets;
#[cfg(test)]
mod tests;
mod timing;
mod unused;
mod upkeep;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use super::Book;
use super::cases::TestFile;
use super::diagnostic::{Diagnostic, Diagnostics, Severity};
use super::playbook::{Action, EmailAction, Playbook, Recipient, Status, Step};
use super::read::Places;
use super::source::{Place, SourceFile};
use crate::condition::{Expression, Type};

pub use rules::{RULES, Rule};

/// Applies every rule to the book and adds what it finds.
pub(super) fn report(
    book: &Book,
    files: &BTreeMap<Arc<str>, Arc<SourceFile>>,
    tests: &[TestFile],
    diagnostics: &Diagnostics,
) {
    let look = Look {
        book,
        files,
        tests,
        is_whole: !diagnostics.has_errors(),
        places: RefCell::default(),
        found: RefCell::default(),
    };
    for rule in [
        conditions::look,
        flow::look_at_segments,
        circles::look,
        unused::look,
        enrolling::look_at_people,
        mail::look_at_templates,
        secrets::look,
    ] {
        rule(&look);
    }
    for playbook in book.playbooks.values() {
        for rule in [flow::look, timing::look, enrolling::look, ends::look, ladder::look, mail::look, upkeep::look] {
            rule(&look, playbook);
        }
    }
    let mut found = look.found.into_inner();
    found.retain(|own| !diagnostics.has(own.code, &own.file, own.line));
    diagnostics.extend(found);
}

/// The book as the rules look at it.
struct Look<'a> {
    book: &'a Book,
    files: &'a BTreeMap<Arc<str>, Arc<SourceFile>>,
    tests: &'a [TestFile],
    /// Whether every file was compiled: else what seems to be missing or unused may stand in a broken one.
    is_whole: bool,
    places: RefCell<BTreeMap<Arc<str>, Rc<Places<'a>>>>,
    found: RefCell<Vec<Diagnostic>>,
}

impl<'a> Look<'a> {
    /// The keys of a TOML file of the book.
    fn keys(&self, file: &str) -> Option<Rc<Places<'a>>> {
        let (name, source) = self.files.get_key_value(file)?;
        let mut places = self.places.borrow_mut();
        Some(places.entry(name.clone()).or_insert_with(|| Rc::new(Places::of(source))).clone())
    }

    /// The place of a key, as [`Places::at`].
    fn at(&self, file: &str, path: &str) -> Place {
        self.keys(file).map_or_else(|| nowhere(file), |keys| keys.at(path))
    }

    /// Whether a playbook's file has the key; else its default acts.
    fn is_written(&self, playbook: &Playbook, path: &str) -> bool {
        self.keys(&playbook.file).is_some_and(|keys| keys.has(path))
    }

    /// The place of a part of a condition, in bytes of its text.
    fn part(&self, expression: &Expression, part: Range<usize>) -> Place {
        let source = expression.source();
        let file = self.files.get(&source.file);
        match file.zip(self.keys(&source.file)) {
            Some((file, keys)) => keys.inside(file.offset(source.line, source.column), part),
            None => nowhere(&source.file),
        }
    }

    fn whole(&self, expression: &Expression) -> Place {
        self.part(expression, 0..expression.text().trim_end().len())
    }

    /// Notes a finding, with the severity of its rule.
    fn say(&self, code: &str, place: &Place, message: impl Into<String>, help: impl Into<String>) {
        self.found.borrow_mut().push(finding(code, place, message.into()).help(help));
    }

    /// As [`Look::say`], with the text to write instead of what stands at the place.
    fn suggest(&self, code: &str, place: &Place, message: impl Into<String>, help: impl Into<String>, instead: String) {
        self.found.borrow_mut().push(finding(code, place, message.into()).help(help).suggest(instead));
    }

    /// As [`Look::suggest`], where nothing else changes its meaning: `check --fix` writes it.
    fn fix(&self, code: &str, place: &Place, message: impl Into<String>, help: impl Into<String>, instead: String) {
        self.found.borrow_mut().push(finding(code, place, message.into()).help(help).fix(instead));
    }

    /// Whether the recipient is someone at the customer.
    fn is_customer(&self, recipient: &Recipient) -> bool {
        match recipient {
            Recipient::Contact(_) | Recipient::Contacts(_) | Recipient::EventContact => true,
            Recipient::Account(field) => {
                let fields = &self.book.dictionary.registry.account;
                fields.get(&**field).is_some_and(|field| field.ty == Type::Text)
            }
            _ => false,
        }
    }

    /// The steps that mail someone at the customer.
    fn customer_mails<'p>(&self, playbook: &'p Playbook) -> Vec<(&'p Step, &'p EmailAction)> {
        let mail = |step: &'p Step| match &step.action {
            Action::Email(mail) => {
                let mut all = mail.to.iter().chain(&mail.cc).chain(&mail.bcc).chain(&mail.fallback_to);
                all.any(|recipient| self.is_customer(recipient)).then_some((step, mail))
            }
            _ => None,
        };
        playbook.steps.iter().filter_map(mail).collect()
    }
}

fn finding(code: &str, place: &Place, message: String) -> Diagnostic {
    let rule = RULES.iter().find(|rule| rule.code == code).expect("a finding is of a rule in the table");
    match rule.severity {
        Severity::Error => place.error(rule.code, message),
        Severity::Warning => place.warning(rule.code, message),
        Severity::Info => place.info(rule.code, message),
    }
}

fn nowhere(file: &str) -> Place {
    Place::start_of(&SourceFile::new(file, String::new()))
}

/// Whether the playbook acts on accounts, or is about to: a draft may be unfinished, a retired one is history.
fn is_in_use(playbook: &Playbook) -> bool {
    matches!(playbook.status, Status::Live | Status::Shadow | Status::Paused)
}
