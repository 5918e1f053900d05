//! Whether the texts of a step can be filled in by what the step has: a reader, an event, the steps of its playbook.

use serde_json::Value;

use crate::book::diagnostic::Diagnostic;
use crate::book::playbook::{Kind, Recipient};
use crate::book::source::Place;
use crate::book::template::{Fit, Format, RenderError, Rendered, TemplateId};
use crate::condition::Type;

use super::context::Context;

impl Context<'_, '_> {
    /// What is wrong with a text that never has all its values in this step; `has_reader` says that a contact reads it.
    pub fn misfit(&self, id: &TemplateId, place: &Place, has_reader: bool) -> Option<Diagnostic> {
        self.try_on(id, has_reader)?.err().map(|error| told(&error, place))
    }

    /// The same for a chat message, whose own JSON must be what the channel takes.
    pub fn misfit_chat(&self, id: &TemplateId, place: &Place, kind: Kind) -> Option<Diagnostic> {
        let rendered = match self.try_on(id, false)? {
            Ok(rendered) => rendered,
            Err(error) => return Some(told(&error, place)),
        };
        if rendered.format != Format::Json {
            return None;
        }
        let payload: Value = serde_json::from_str(&rendered.body).unwrap_or_default();
        let (is_message, help) = match kind {
            Kind::Teams => (
                payload["type"] == "AdaptiveCard" || payload["type"] == "message",
                "write an Adaptive Card: { \"type\": \"AdaptiveCard\", \"version\": \"1.4\", \"body\": […] }",
            ),
            _ => (
                payload["text"].is_string() || payload["blocks"].is_array(),
                "write a message: { \"text\": \"…\" }, or with Block Kit { \"blocks\": […] }",
            ),
        };
        let message = || format!("{id} is not a message that {} takes", kind.as_str());
        (!is_message).then(|| place.error("not-a-message", message()).help(help))
    }

    fn try_on(&self, id: &TemplateId, has_reader: bool) -> Option<Result<Rendered, RenderError>> {
        let event = self.event.as_deref().map(str::to_owned);
        let fit = Fit { has_reader, event, steps: self.outline.step_ids.clone() };
        self.templates.try_on(id, &fit)
    }
}

/// Whether a contact is, or by an address may be, among them.
pub(super) fn reads_at_the_customer(recipients: &[Recipient], context: &Context) -> bool {
    recipients.iter().any(|one| match one {
        Recipient::Contact(_) | Recipient::Contacts(_) | Recipient::EventContact | Recipient::Address(_) => true,
        Recipient::Account(field) => context.field_type(field) != Some(&Type::Person),
        Recipient::ManagerOf(_) | Recipient::Person(_) | Recipient::Role(_) | Recipient::Team(_) => false,
    })
}

/// A text in the playbook itself is named by its token alone.
fn told(error: &RenderError, place: &Place) -> Diagnostic {
    let message = match error.template.0.contains('#') {
        true => format!("`{}` {}", error.token, error.message),
        false => error.to_string(),
    };
    let diagnostic = place.error("template-value", message);
    match why(&error.token) {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

fn why(token: &str) -> Option<&'static str> {
    if token.contains("contact.") && !token.contains("event.contact") {
        return Some("no contact reads this; name one of them: contact(\"champion\").first_name");
    }
    let event = "only a playbook that an event starts has `event`: trigger = { kind = \"event\", event = \"…\" }";
    token.contains("event.").then_some(event)
}
