//! Rendering: templates and facts to the very message a channel gets. Done once, when the step is decided.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::book::playbook::{EmailAction, Playbook, Recipient, WebhookAction};
use crate::book::policy::TRANSACTIONAL;
use crate::book::template::layout::Page;
use crate::book::template::{Extra, Format, RenderError, Rendered, TemplateId};
use crate::book::{ChannelNames, markdown};
use crate::condition::Value;
use crate::portfolio::Facts;

use super::delivery::{Address, Content, Email};
use super::recipients::{Addressee, OpenTasks, assignee};

/// The sender when neither the step nor channels.toml names one.
const NO_SENDER: &str = "playcaller@localhost.localdomain";

/// Fills in a template for an account, and for its reader when that is a contact.
pub fn render(
    template: &TemplateId,
    playbook: &Playbook,
    step: &str,
    reader: Option<&Addressee>,
    facts: &Facts,
) -> Result<Rendered, RenderError> {
    let extra = extra(playbook, step, reader, facts);
    facts.world.book.templates_of(playbook).render(template, Arc::new(facts.clone()), &extra)
}

fn extra(playbook: &Playbook, step: &str, reader: Option<&Addressee>, facts: &Facts) -> Extra {
    Extra {
        contact: reader.and_then(|reader| contact_fields(reader, facts)),
        playbook_id: playbook.id.to_string(),
        playbook_title: playbook.title.clone(),
        step_id: step.to_owned(),
    }
}

/// The fields of the contact, and every declared field, so that an empty one is empty and not unknown.
fn contact_fields(reader: &Addressee, facts: &Facts) -> Option<BTreeMap<String, Value>> {
    let contact = facts.account.contact(reader.contact.as_deref()?)?;
    let names = facts.world.book.dictionary.registry.contact.keys();
    Some(names.map(|name| (name.clone(), contact.value(name, facts.now))).collect())
}

/// One copy of a mail: who gets it, and what it shows.
pub struct Envelope<'a> {
    pub recipient: &'a Addressee,
    /// Whom the header names: the recipient, unless this is a copy.
    pub written_to: &'a Addressee,
    /// Whose fields the template sees as `contact`.
    pub reader: &'a Addressee,
    pub cc: &'a [Addressee],
}

/// One mail to one recipient, of that message class.
pub fn email(
    action: &EmailAction,
    playbook: &Playbook,
    step: &str,
    envelope: &Envelope<'_>,
    class: &str,
    facts: &Facts,
    open_tasks: &OpenTasks,
) -> Result<Email, RenderError> {
    let rendered = render(&action.template, playbook, step, Some(envelope.reader), facts)?;
    let is_copy = envelope.recipient != envelope.written_to;
    let subject = rendered.subject.clone().unwrap_or_else(|| playbook.title.clone());
    let unsubscribe = unsubscribe(envelope.recipient, class, facts);
    let page = Page {
        body: &markdown::html(&rendered.body),
        subject: &subject,
        preheader: rendered.preheader.as_deref(),
        unsubscribe: unsubscribe.as_deref(),
    };
    Ok(Email {
        from: sender(action, playbook, facts, open_tasks),
        to: address(envelope.written_to),
        cc: envelope.cc.iter().map(address).collect(),
        copy_to: is_copy.then(|| address(envelope.recipient)),
        html: on_page(&page, playbook, step, Some(envelope.reader), facts)?,
        subject,
        text: markdown::text(&rendered.body),
        class: class.to_owned(),
        unsubscribe,
        date: facts.now,
    })
}

/// The page on which the recipient, and nobody else, unsubscribes. Our own people get none: theirs would be the
/// customer's.
fn unsubscribe(recipient: &Addressee, class: &str, facts: &Facts) -> Option<String> {
    let page = facts.world.book.policy.unsubscribe.as_ref().filter(|_| class != TRANSACTIONAL)?;
    let token = facts.world.key.token(recipient.contact.as_deref()?);
    Some(page.replace("{token}", &token))
}

/// The mail that reminds somebody of ours of an open task.
pub fn reminder(
    title: &str,
    to: Address,
    playbook: &Playbook,
    level: &str,
    facts: &Facts,
) -> Result<Email, RenderError> {
    let text = format!("Still open and not acknowledged: {title}");
    let subject = format!("Reminder: {title}");
    let body = markdown::html(&markdown::escape_markdown(&text));
    let page = Page { body: &body, subject: &subject, ..Page::default() };
    Ok(Email {
        from: default_sender(&facts.world.book.channels, "default"),
        to,
        cc: Vec::new(),
        copy_to: None,
        html: on_page(&page, playbook, level, None, facts)?,
        subject,
        text,
        class: playbook.class.to_string(),
        unsubscribe: None,
        date: facts.now,
    })
}

/// A message in the book's layout.
fn on_page(
    page: &Page<'_>,
    playbook: &Playbook,
    step: &str,
    reader: Option<&Addressee>,
    facts: &Facts,
) -> Result<String, RenderError> {
    let extra = extra(playbook, step, reader, facts);
    facts.world.book.templates.page(page, Arc::new(facts.clone()), &extra)
}

fn address(one: &Addressee) -> Address {
    Address { name: one.name.clone(), email: one.email.clone().unwrap_or_default() }
}

/// The person of `from`, when they have an address, else the sender of channels.toml.
fn sender(action: &EmailAction, playbook: &Playbook, facts: &Facts, open_tasks: &OpenTasks) -> Address {
    let person = action.from.as_ref().and_then(|from| match from {
        Recipient::Address(_) => None,
        person => assignee(person, None, playbook, facts, open_tasks),
    });
    if let Some((person, email)) = person.and_then(|person| Some((person, person.email.clone()?))) {
        return Address { name: Some(person.name.clone()), email };
    }
    if let Some(Recipient::Address(email)) = &action.from {
        return Address { name: None, email: email.to_string() };
    }
    default_sender(&facts.world.book.channels, &action.sender)
}

/// The sender of channels.toml by that name.
pub fn default_sender(channels: &ChannelNames, name: &str) -> Address {
    match channels.email.get(name).or_else(|| channels.email.values().next()) {
        Some(sender) => Address { name: sender.name.clone(), email: sender.from.clone() },
        None => Address { name: None, email: NO_SENDER.to_owned() },
    }
}

/// A chat message: the template's own JSON blocks, or its Markdown in the channel's dialect.
fn chat(
    template: &TemplateId,
    dialect: impl FnOnce(&str) -> serde_json::Value,
    playbook: &Playbook,
    step: &str,
    facts: &Facts,
) -> Result<serde_json::Value, RenderError> {
    let rendered = render(template, playbook, step, None, facts)?;
    Ok(json_body(template, &rendered)?.unwrap_or_else(|| dialect(&rendered.body)))
}

/// A card of its own becomes the message that carries it.
fn carried(payload: serde_json::Value) -> serde_json::Value {
    if payload["type"] == "AdaptiveCard" { markdown::teams_message(payload) } else { payload }
}

/// A Slack message.
pub fn slack(
    template: &TemplateId,
    channel: String,
    playbook: &Playbook,
    step: &str,
    facts: &Facts,
) -> Result<Content, RenderError> {
    let payload = chat(template, markdown::slack_payload, playbook, step, facts)?;
    Ok(Content::Slack { channel, payload })
}

/// A Teams message.
pub fn teams(
    template: &TemplateId,
    channel: String,
    playbook: &Playbook,
    step: &str,
    facts: &Facts,
) -> Result<Content, RenderError> {
    let payload = carried(chat(template, markdown::teams_payload, playbook, step, facts)?);
    Ok(Content::Teams { channel, payload })
}

/// A webhook's body: the template's JSON, or the standard one.
pub fn webhook(action: &WebhookAction, playbook: &Playbook, step: &str, facts: &Facts) -> Result<Content, RenderError> {
    let url = facts.world.book.channels.webhook.get(&action.endpoint).cloned().unwrap_or_default();
    let body = match &action.template {
        Some(template) => {
            let rendered = render(template, playbook, step, None, facts)?;
            json_body(template, &rendered)?.unwrap_or_else(|| serde_json::json!({ "text": rendered.body }))
        }
        None => serde_json::json!({
            "playbook": playbook.id,
            "step": step,
            "account": { "id": facts.account.id, "name": facts.account.value("name", facts.now) },
            "at": facts.now.to_string(),
        }),
    };
    Ok(Content::Webhook { endpoint: action.endpoint.to_string(), url, body })
}

fn json_body(template: &TemplateId, rendered: &Rendered) -> Result<Option<serde_json::Value>, RenderError> {
    if rendered.format != Format::Json {
        return Ok(None);
    }
    serde_json::from_str(&rendered.body).map(Some).map_err(|error| RenderError {
        template: template.clone(),
        line: error.line(),
        token: String::new(),
        message: format!("the rendered text is not JSON: {error}"),
    })
}
