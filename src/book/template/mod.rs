//! Templates: Markdown mails with front matter, JSON for chat blocks, and one-line texts of tasks.
//!
//! Tokens use the names of conditions. A token without a value is an error and never an empty place in a mail;
//! `| default("there")` says what stands there instead.

mod check;
mod compared;
mod escape;
mod filters;
mod fit;
mod landing;
pub mod layout;
mod names;
mod render;
mod sample;
mod source;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use minijinja::{AutoEscape, Environment, UndefinedBehavior};

use crate::book::diagnostic::Diagnostics;
use crate::book::source::{Place, SourceFile};
use crate::condition::{Registry, Value};

pub use check::Mistake;
pub use filters::{FILTERS, Filter};
pub use fit::Fit;
pub use names::OWN_NAMES;

/// Steps of the template machine one text may take: bounds loops.
const FUEL: u64 = 50_000;

/// The path of a template file in the book, or the place of an inline text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TemplateId(pub Arc<str>);

impl fmt::Display for TemplateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a rendered body is; values were escaped for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Markdown,
    Json,
    Text,
}

/// A template filled in for one account.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendered {
    /// One line of at most 200 characters, without control characters.
    pub subject: Option<String>,
    /// The line mail programs show beside the subject.
    pub preheader: Option<String>,
    /// The front matter's message class: goes before the playbook's.
    pub class: Option<String>,
    pub body: String,
    pub format: Format,
}

/// What a text may name besides the facts of the account.
#[derive(Clone, Debug, Default)]
pub struct Extra {
    /// The recipient's fields: `contact.first_name`. Absent when nobody at the customer gets it.
    pub contact: Option<BTreeMap<String, Value>>,
    pub playbook_id: String,
    pub playbook_title: String,
    pub step_id: String,
}

/// Why a text could not be filled in. Nothing may be sent then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{template} line {line}: `{token}` {message}")]
pub struct RenderError {
    pub template: TemplateId,
    /// Of the template's file, from 1.
    pub line: usize,
    /// What stands between the braces.
    pub token: String,
    pub message: String,
}

/// All templates of a book.
pub struct Templates {
    env: Environment<'static>,
    /// What the texts may name: that of the book they are read with.
    registry: Option<Arc<Registry>>,
    entries: BTreeMap<TemplateId, Entry>,
}

/// What is known of one template besides its compiled texts.
#[derive(Debug)]
struct Entry {
    /// The file as it was read: part of a playbook's version.
    text: Arc<str>,
    format: Format,
    has_subject: bool,
    has_preheader: bool,
    class: Option<String>,
    /// The file's line on which the body starts, from 1.
    body_line: usize,
    /// Nothing was found wrong with it.
    is_sound: bool,
}

impl Default for Templates {
    fn default() -> Templates {
        let mut env = Environment::new();
        env.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        env.set_fuel(Some(FUEL));
        env.set_auto_escape_callback(|name| match name.rsplit_once('.') {
            Some((_, "md")) => AutoEscape::Custom(escape::MARKDOWN.into()),
            Some((_, "json")) => AutoEscape::Json,
            Some((_, "html")) => AutoEscape::Html,
            _ => AutoEscape::None,
        });
        filters::install(&mut env);
        escape::install(&mut env);
        let mut templates = Templates { env, registry: None, entries: BTreeMap::new() };
        templates.add_own_layout();
        templates
    }
}

impl fmt::Debug for Templates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.entries.keys()).finish()
    }
}

impl Templates {
    /// Reads a template file (`.md` or `.json`) and reports what is wrong with it.
    pub fn add_file(&mut self, file: &Arc<SourceFile>, registry: &Arc<Registry>, diagnostics: &Diagnostics) {
        let id = TemplateId(file.name.clone());
        let source = source::read(file, diagnostics);
        let has = |part| source.pieces.iter().any(|piece| piece.part == part);
        let entry = Entry {
            text: file.text.as_str().into(),
            format: source.format,
            has_subject: has(Part::Subject),
            has_preheader: has(Part::Preheader),
            class: source.class,
            body_line: source.body_line,
            is_sound: true,
        };
        self.entries.insert(id.clone(), entry);
        for piece in source.pieces {
            let place = Place::new(file, piece.start..file.text.len());
            let mistakes = self.add_piece(&id, piece.part, &piece.text, registry);
            diagnostics.extend(mistakes.into_iter().map(|mistake| mistake.at(&place)));
        }
    }

    /// Reads a text that stands in a playbook: a task's title, a line of a checklist.
    pub fn add_inline(&mut self, id: TemplateId, text: &str, registry: &Arc<Registry>) -> Vec<Mistake> {
        let entry = Entry {
            text: text.into(),
            format: Format::Text,
            has_subject: false,
            has_preheader: false,
            class: None,
            body_line: 1,
            is_sound: true,
        };
        self.entries.insert(id.clone(), entry);
        self.add_piece(&id, Part::Body, text, registry)
    }

    /// Whether there is such a template.
    pub fn contains(&self, id: &TemplateId) -> bool {
        self.entries.contains_key(id)
    }

    /// All ids, in order.
    pub fn ids(&self) -> impl Iterator<Item = &TemplateId> {
        self.entries.keys()
    }

    /// The text of a template as it stands in its file.
    pub fn text(&self, id: &TemplateId) -> Option<&str> {
        self.entries.get(id).map(|entry| &*entry.text)
    }

    /// The message class of a template's front matter.
    pub fn class(&self, id: &TemplateId) -> Option<&str> {
        self.entries.get(id).and_then(|entry| entry.class.as_deref())
    }

    /// The subject as it is written, with its tokens.
    pub fn subject(&self, id: &TemplateId) -> Option<String> {
        self.env.get_template(&Part::Subject.name(id)).ok().map(|template| template.source().to_owned())
    }

    /// The body as it is written, with its tokens and without the front matter.
    pub fn body(&self, id: &TemplateId) -> Option<String> {
        self.env.get_template(&Part::Body.name(id)).ok().map(|template| template.source().to_owned())
    }

    /// The line mail programs show beside the subject, as it is written.
    pub fn preheader(&self, id: &TemplateId) -> Option<String> {
        self.env.get_template(&Part::Preheader.name(id)).ok().map(|template| template.source().to_owned())
    }

    /// Whether the template has a subject: what a mail needs.
    pub fn has_subject(&self, id: &TemplateId) -> bool {
        self.entries.get(id).is_some_and(|entry| entry.has_subject)
    }

    fn add_piece(&mut self, id: &TemplateId, part: Part, text: &str, registry: &Arc<Registry>) -> Vec<Mistake> {
        let mistakes = self.compile_piece(id, part, text, registry);
        if let Some(entry) = self.entries.get_mut(id) {
            entry.is_sound &= mistakes.is_empty();
        }
        mistakes
    }

    fn compile_piece(&mut self, id: &TemplateId, part: Part, text: &str, registry: &Arc<Registry>) -> Vec<Mistake> {
        self.registry.get_or_insert_with(|| registry.clone());
        let name = part.name(id);
        if let Err(error) = self.env.add_template_owned(name.clone(), landing::mark(&name, text)) {
            return vec![check::syntax(&error, text)];
        }
        let mistakes = match self.env.get_template(&name) {
            Ok(template) => check::names(&template, text, registry, &[]),
            Err(error) => vec![check::syntax(&error, text)],
        };
        if !mistakes.is_empty() {
            return mistakes;
        }
        check::dry_run(self, id, part, text, registry).err().into_iter().collect()
    }
}

/// One of the texts of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Subject,
    Preheader,
    Body,
}

impl Part {
    /// The name in the template engine. Only a body ends like its file, so only a body is escaped for it.
    fn name(self, id: &TemplateId) -> String {
        match self {
            Part::Subject => format!("{id}#subject"),
            Part::Preheader => format!("{id}#preheader"),
            Part::Body => id.to_string(),
        }
    }
}

/// The bytes between the `+++` lines a template file opens with, if it does.
pub fn front_matter(text: &str) -> Option<Range<usize>> {
    source::split(text).0
}

/// What stands below the front matter.
pub fn body(text: &str) -> &str {
    &text[source::split(text).1..]
}

#[cfg(test)]
mod tests;
