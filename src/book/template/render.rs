//! Filling a template in.

use std::io;
use std::sync::Arc;

use minijinja::{Error, ErrorKind, Template, Value};

use crate::condition::Facts;

use super::compared::KNOWN;
use super::escape::Landing;
use super::{Extra, Format, Part, RenderError, Rendered, TemplateId, Templates, names};

/// The longest text a template may make, in bytes.
const OUTPUT_CAP: usize = 256 * 1024;

/// The longest subject, in characters.
const SUBJECT_CAP: usize = 200;

impl Templates {
    /// Fills a template in for an account.
    ///
    /// Fails on a token without a value, on a stale feed, on a text above 256 KiB, on a loop that does not end, and
    /// on a `.json` template whose result is not JSON.
    pub fn render(
        &self,
        id: &TemplateId,
        facts: Arc<dyn Facts + Send + Sync>,
        extra: &Extra,
    ) -> Result<Rendered, RenderError> {
        let entry = self.entries.get(id).ok_or_else(|| RenderError {
            template: id.clone(),
            line: 1,
            token: id.to_string(),
            message: "is no template of this book".to_owned(),
        })?;
        let context = names::context(facts, extra, self.registry.as_deref());
        let part = |part, wanted: bool| wanted.then(|| self.render_part(id, part, &context)).transpose();
        let rendered = Rendered {
            subject: part(Part::Subject, entry.has_subject)?.map(|text| one_line(&text)),
            preheader: part(Part::Preheader, entry.has_preheader)?.map(|text| one_line(&text)),
            class: entry.class.clone(),
            body: self.render_part(id, Part::Body, &context)?,
            format: entry.format,
        };
        if rendered.format == Format::Json {
            serde_json::from_str::<serde::de::IgnoredAny>(&rendered.body).map_err(|error| RenderError {
                template: id.clone(),
                line: error.line(),
                token: String::from("the filled-in text"),
                message: format!("is not JSON: {error}"),
            })?;
        }
        Ok(rendered)
    }

    fn render_part(&self, id: &TemplateId, part: Part, context: &Value) -> Result<String, RenderError> {
        let template = self.env.get_template(&part.name(id)).map_err(|error| self.failure(id, part, "", &error))?;
        fill_in(&template, context).map_err(|error| self.failure(id, part, template.source(), &error))
    }

    pub(super) fn failure(&self, id: &TemplateId, part: Part, source: &str, error: &Error) -> RenderError {
        let lines_before = match part {
            Part::Body => self.entries.get(id).map_or(0, |entry| entry.body_line - 1),
            Part::Subject | Part::Preheader => 0,
        };
        RenderError {
            template: id.clone(),
            line: lines_before + error.line().unwrap_or(1),
            token: token(source, error).unwrap_or_else(|| part.name(id)),
            message: explain(error),
        }
    }
}

/// Runs a template, within the cap.
pub(super) fn fill_in(template: &Template, context: &Value) -> Result<String, Error> {
    let mut output = Capped(Vec::new());
    template.render_captured_to(context.clone(), &mut output)?;
    String::from_utf8(output.0).map_err(|_| Error::new(ErrorKind::WriteFailure, "is no text"))
}

/// What stands between the braces around the place of the error.
pub(super) fn token(source: &str, error: &Error) -> Option<String> {
    let range = error.range()?;
    let open = source.get(..range.end)?.rfind('{')? + 1;
    let close = open + source.get(open..)?.find('}')?;
    let token = source[open..close].trim_matches(['%', '-', ' ']).replace(KNOWN, "");
    // What the loader has put behind the token is not the author's.
    let written = Landing::ALL.iter().find_map(|landing| token.strip_suffix(&format!(") | {}", landing.filter())));
    Some(written.map_or(&*token, |written| written.trim_start_matches('(').trim()).to_owned())
}

/// What is wrong, for someone who writes templates.
pub(super) fn explain(error: &Error) -> String {
    match error.kind() {
        ErrorKind::UndefinedError => {
            "has no value here: fill the field, or write what stands there instead with `| default(\"…\")`".to_owned()
        }
        ErrorKind::OutOfFuel => "does not end: the template takes too many steps".to_owned(),
        ErrorKind::WriteFailure => format!("makes a text of more than {} KiB", OUTPUT_CAP / 1024),
        kind => error.detail().map_or_else(|| kind.to_string(), str::to_owned),
    }
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> =
        text.split(|c: char| c.is_control() || c.is_whitespace()).filter(|w| !w.is_empty()).collect();
    words.join(" ").chars().take(SUBJECT_CAP).collect()
}

/// A writer that refuses more than the cap.
struct Capped(Vec<u8>);

impl io::Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > OUTPUT_CAP {
            return Err(io::Error::other("too long"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
