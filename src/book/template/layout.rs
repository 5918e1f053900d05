//! The page a mail's HTML stands on: the `layout.html` of the book, or our own.

use std::sync::Arc;

use minijinja::{Environment, Value, context};

use crate::book::diagnostic::Diagnostics;
use crate::book::source::{Place, SourceFile};
use crate::condition::{Facts, Registry};

use super::check::{self, Mistake};
use super::escape::Ready;
use super::render::fill_in;
use super::{Extra, Part, RenderError, TemplateId, Templates, landing, names, sample};

/// Where it stands in the book.
pub const FILE: &str = "layout.html";

const OWN: &str = include_str!("layout.html");

/// What a layout may name besides the names of all templates.
const PARTS: [&str; 4] = ["body", "preheader", "subject", "unsubscribe"];

/// What is put on the page.
#[derive(Clone, Debug, Default)]
pub struct Page<'a> {
    /// The message itself as HTML elements, safe already.
    pub body: &'a str,
    pub subject: &'a str,
    /// The line mail programs show beside the subject.
    pub preheader: Option<&'a str>,
    /// The address of the page to unsubscribe on; none in transactional mail and in mail to our own people.
    pub unsubscribe: Option<&'a str>,
}

impl Templates {
    /// Reads the layout of the book and reports what is wrong with it.
    pub fn add_layout(&mut self, file: &Arc<SourceFile>, registry: &Arc<Registry>, diagnostics: &Diagnostics) {
        let place = Place::new(file, 0..file.text.len());
        self.registry.get_or_insert_with(|| registry.clone());
        let mistakes = self.check_layout(&file.text, registry);
        diagnostics.extend(mistakes.into_iter().map(|mistake| mistake.at(&place)));
    }

    /// The whole HTML document of a mail. Fails on a token without a value, as any template does.
    pub fn page(
        &self,
        page: &Page<'_>,
        facts: Arc<dyn Facts + Send + Sync>,
        extra: &Extra,
    ) -> Result<String, RenderError> {
        let failure = |source: &str, error| self.failure(&id(), Part::Body, source, &error);
        let template = self.env.get_template(FILE).map_err(|error| failure("", error))?;
        fill_in(&template, &on_page(page, names::context(facts, extra, self.registry.as_deref())))
            .map_err(|error| failure(template.source(), error))
    }

    /// Our own page, before the book says otherwise.
    pub(super) fn add_own_layout(&mut self) {
        self.env.add_template(FILE, OWN).expect("our own layout is a template");
    }

    fn check_layout(&mut self, text: &str, registry: &Arc<Registry>) -> Vec<Mistake> {
        if let Err(error) = self.env.add_template_owned(FILE, landing::mark(FILE, text)) {
            return vec![check::syntax(&error, text)];
        }
        let template = match self.env.get_template(FILE) {
            Ok(template) => template,
            Err(error) => return vec![check::syntax(&error, text)],
        };
        let named = template.undeclared_variables(false);
        let mut mistakes = check::names(&template, text, registry, &PARTS);
        if !named.contains("body") {
            mistakes.push(Mistake {
                code: "layout-without-body",
                range: 0..text.lines().next().map_or(0, str::len),
                message: "the layout has no place for the message".to_owned(),
                help: Some("write {{ body }} where the message stands".to_owned()),
                suggestion: None,
            });
        }
        let bare = Page { body: "<p>Hello</p>", subject: "Hello", ..Page::default() };
        let full = Page { preheader: Some("Hello"), unsubscribe: Some("https://us.example/u"), ..bare.clone() };
        for page in [full, bare] {
            let (facts, extra) = sample::invented(registry, None);
            let filled = fill_in(&template, &on_page(&page, names::context(facts, &extra, Some(registry))));
            if let Some(error) = filled.err().filter(|_| mistakes.is_empty()) {
                mistakes.push(check::value(&template, text, &error));
            }
        }
        mistakes
    }
}

/// Our own page around HTML elements: for mail to our own people that is about no account.
pub fn own_page(body: &str) -> String {
    let page = Environment::new().render_str(OWN, context! { body });
    page.expect("our own layout is a template that needs a body alone")
}

fn id() -> TemplateId {
    TemplateId(FILE.into())
}

fn on_page(page: &Page<'_>, names: Value) -> Value {
    let optional = |text: Option<&str>| text.map_or(Value::UNDEFINED, Value::from);
    context! {
        body => Value::from_object(Ready(page.body.to_owned())),
        subject => page.subject,
        preheader => optional(page.preheader),
        unsubscribe => optional(page.unsubscribe),
        ..names
    }
}
