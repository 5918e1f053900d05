//! What steps and escalation levels do: the keys of each action.

use std::sync::Arc;

use crate::book::playbook::{
    Action, ChatAction, ChatTarget, EmailAction, Kind, OnTimeout, Priority, Recipient, TaskAction, WaitFor,
    WebhookAction,
};
use crate::book::policy::TRANSACTIONAL;
use crate::book::read::{Item, Table, unknown_name};
use crate::book::template::TemplateId;
use crate::condition::Expected;

use super::context::Context;
use super::fitting::reads_at_the_customer;
use super::recipients::Side;

/// The place of an action: a step, or a level of the escalation.
pub(super) struct Slot<'s> {
    pub id: &'s str,
    /// Among the steps; a level comes after all of them.
    pub index: usize,
    /// A level's: it gets the message or the task.
    pub assignee: Option<Recipient>,
}

const MARKDOWN: [&str; 1] = [".md"];
/// Not any `.json`: values are escaped for Slack and for cards by the ending of the file.
const SLACK: [&str; 2] = [".slack.json", ".md"];
const TEAMS: [&str; 2] = [".teams.json", ".md"];
const JSON: [&str; 1] = [".json"];

/// Compiles the keys of an action.
pub(super) fn compile(kind: Kind, table: &mut Table, slot: &Slot, context: &mut Context) -> Option<Action> {
    match kind {
        Kind::Email => email(table, slot, context).map(Action::Email),
        Kind::Slack => chat(kind, table, slot, context).map(Action::Slack),
        Kind::Teams => chat(kind, table, slot, context).map(Action::Teams),
        Kind::Webhook => webhook(table, context).map(Action::Webhook),
        Kind::Task => task(table, slot, context).map(Action::Task),
        Kind::WaitFor => wait_for(table, slot, context).map(Action::WaitFor),
        Kind::Set => set(table, context),
        Kind::Start => context.other_playbook(table.need("playbook")).map(|playbook| Action::Start { playbook }),
        Kind::Stop => context.other_playbook(table.need("playbook")).map(|playbook| Action::Stop { playbook }),
    }
}

fn email(table: &mut Table, slot: &Slot, context: &mut Context) -> Option<EmailAction> {
    let to = match &slot.assignee {
        Some(assignee) => vec![assignee.clone()],
        None => context.recipients(table.need("to")),
    };
    let (cc, bcc) = (context.recipients(table.get("cc")), context.recipients(table.get("bcc")));
    let from = context.recipient(table.get("from"), Side::Sender);
    let template = context.template(table.need("template"), &MARKDOWN);
    let fallback_to = context.recipient(table.get("fallback_to"), Side::Anyone);
    if let Some(template) = &template {
        check_mail(table, template, context);
        // A copy is the mail to the first of `to`: whoever gets only that is not who the text speaks to.
        let readers: Vec<Recipient> = to.iter().chain(&fallback_to).cloned().collect();
        let misfit = context.misfit(template, &table.place_of("template"), reads_at_the_customer(&readers, context));
        misfit.into_iter().for_each(|diagnostic| table.report(diagnostic));
    }
    let sender = sender(table.get("sender"), context);
    Some(EmailAction { to, cc, bcc, from, template: template?, fallback_to, sender })
}

/// A mail needs a subject, and a class of its own must be a class.
fn check_mail(table: &Table, template: &TemplateId, context: &Context) {
    let place = table.place_of("template");
    if !context.templates.has_subject(template) {
        let diagnostic =
            place.error("no-subject", format!("the template {template} has no subject, and a mail needs one"));
        table.report(diagnostic.help("begin the template with +++, subject = \"…\", +++"));
    }
    let classes = &context.shared.policy.priority;
    let known = || classes.iter().map(|class| &**class).chain([TRANSACTIONAL]);
    if let Some(class) = context.templates.class(template)
        && !classes.is_empty()
        && !known().any(|own| own == class)
    {
        let diagnostic = unknown_name(&place, "message class", class, known());
        table.report(diagnostic.help(format!("correct `class` in {template}")));
    }
}

/// A name of `[email.<name>]`; `default` when nothing is said.
fn sender(item: Item, context: &Context) -> Arc<str> {
    let (place, diagnostics) = (item.place(), item.diagnostics());
    let Some(name) = item.name() else { return "default".into() };
    let known = &context.shared.channels.email;
    if !known.contains_key(&name) {
        diagnostics.push(unknown_name(&place, "sender", &name, known.keys().map(|name| &**name)));
    }
    name
}

fn chat(kind: Kind, table: &mut Table, slot: &Slot, context: &mut Context) -> Option<ChatAction> {
    let to = match (&slot.assignee, table.has("channel")) {
        (Some(assignee), false) => Some(ChatTarget::Person(assignee.clone())),
        _ => chat_target(kind, table.need("channel"), context),
    };
    let endings = if kind == Kind::Teams { &TEAMS } else { &SLACK };
    let template = context.template(table.need("template"), endings);
    let place = table.place_of("template");
    let misfit = template.as_ref().and_then(|template| context.misfit_chat(template, &place, kind));
    misfit.into_iter().for_each(|diagnostic| table.report(diagnostic));
    Some(ChatAction { to: to?, template: template? })
}

fn chat_target(kind: Kind, item: Item, context: &Context) -> Option<ChatTarget> {
    let is_channel = item.is_text() && item.place().text().starts_with('#');
    if !is_channel {
        return context.recipient(item, Side::Ours).map(ChatTarget::Person);
    }
    let known = match kind {
        Kind::Teams => &context.shared.channels.teams,
        _ => &context.shared.channels.slack,
    };
    let (place, diagnostics) = (item.place(), item.diagnostics());
    let name = item.name()?;
    if !known.contains(&name) {
        let what = format!("{} channel", kind.as_str());
        let diagnostic = unknown_name(&place, &what, &name, known.iter().map(|name| &**name));
        diagnostics.push(match diagnostic.suggestion {
            None => diagnostic.help(format!("declare it in channels.toml: [{}.\"{name}\"]", kind.as_str())),
            Some(_) => diagnostic,
        });
        return None;
    }
    Some(ChatTarget::Channel(name))
}

fn webhook(table: &mut Table, context: &mut Context) -> Option<WebhookAction> {
    let item = table.need("endpoint");
    let place = item.place();
    let endpoint = item.name();
    let known = &context.shared.channels.webhook;
    if let Some(name) = endpoint.as_ref().filter(|name| !known.contains_key(*name)) {
        table.report(unknown_name(&place, "webhook", name, known.keys().map(|name| &**name)));
    }
    let body = table.get("body");
    let wanted = body.is_present();
    let template = context.template(body, &JSON);
    if wanted && template.is_none() {
        return None;
    }
    let misfit = template.as_ref().and_then(|template| context.misfit(template, &table.place_of("body"), false));
    misfit.into_iter().for_each(|diagnostic| table.report(diagnostic));
    Some(WebhookAction { endpoint: endpoint?, template })
}

fn task(table: &mut Table, slot: &Slot, context: &mut Context) -> Option<TaskAction> {
    let assignee = match &slot.assignee {
        Some(assignee) => Some(assignee.clone()),
        None => context.recipient(table.need("assignee"), Side::Ours),
    };
    let title = context.inline(table.need("title"), &format!("{}.title", slot.id));
    let priority = table.get("priority").choice().unwrap_or(Priority::Normal);
    let due = table.get("due").positive_span();
    let lines = table.get("checklist").list().into_iter().enumerate();
    let checklist =
        lines.filter_map(|(line, item)| context.inline(item, &format!("{}.checklist.{}", slot.id, line + 1))).collect();
    let body = context.template(table.get("template"), &MARKDOWN);
    let misfit = body.as_ref().and_then(|body| context.misfit(body, &table.place_of("template"), false));
    misfit.into_iter().for_each(|diagnostic| table.report(diagnostic));
    Some(TaskAction { assignee: assignee?, title: title?, priority, due, checklist, body })
}

fn wait_for(table: &mut Table, slot: &Slot, context: &Context) -> Option<WaitFor> {
    let until = table.need("until").expression(&context.scope_at(slot.index), Expected::Truth);
    let timeout = table.get("timeout").positive_span();
    let item = table.get("on_timeout");
    if item.is_present() && timeout.is_none() {
        let message = format!("{} says what follows a timeout, and has no timeout", table.title());
        table.report(item.place().warning("no-effect", message).help("add timeout = \"20d\""));
    }
    let on_timeout = match item.is_present() {
        true => on_timeout(item, slot.index, context)?,
        false => OnTimeout::Next,
    };
    Some(WaitFor { until: until?, timeout, on_timeout })
}

fn on_timeout(item: Item, index: usize, context: &Context) -> Option<OnTimeout> {
    let (place, diagnostics) = (item.place(), item.diagnostics());
    let text = item.name()?;
    let ids = &context.outline.step_ids;
    let goal = match (&*text, text.strip_prefix("goto:")) {
        ("next", _) => return Some(OnTimeout::Next),
        ("exit", _) => return Some(OnTimeout::Exit),
        (_, Some(goal)) => goal.trim(),
        _ => {
            let message = format!("`{text}` is not a value of `on_timeout`");
            diagnostics.push(place.error("unknown-value", message).help("one of: next, exit, goto:<later step>"));
            return None;
        }
    };
    match ids.iter().position(|id| id == goal) {
        Some(found) if found > index => return Some(OnTimeout::Goto(found)),
        Some(_) => {
            let message = format!("`{goal}` does not come later; a wait can only go forward");
            diagnostics.push(place.error("not-later", message));
        }
        None => {
            let later: Vec<String> = ids[index + 1..].iter().map(|id| format!("goto:{id}")).collect();
            diagnostics.push(unknown_name(&place, "step", &text, later.iter().map(String::as_str)));
        }
    }
    None
}

fn set(table: &mut Table, context: &Context) -> Option<Action> {
    let item = table.need("field");
    let place = item.place();
    let value = table.need("value");
    let name = item.name()?;
    let name = name.strip_prefix("account.").unwrap_or(&name);
    let fields = &context.shared.registry.account;
    let settable =
        |name: &str| !["id", "name"].contains(&name) && fields.get(name).is_some_and(|field| !field.computed);
    let Some(field) = fields.get(name) else {
        let known = fields.keys().map(String::as_str).filter(|name| settable(name));
        table.report(unknown_name(&place, "field", name, known));
        return None;
    };
    if !settable(name) {
        let why = if field.computed { "is computed" } else { "comes from the CRM and never changes here" };
        table.report(place.error("cannot-set", format!("`{name}` {why}; a step cannot set it")));
        return None;
    }
    Some(Action::Set { field: name.into(), value: value.value(&field.ty)? })
}
