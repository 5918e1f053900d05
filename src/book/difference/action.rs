//! A step, and what it does, key by key: as it is written where that is short, people in words.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::facets::Facets;
use super::playbook::window;
use crate::book::Book;
use crate::book::describe::{everyone, who};
use crate::book::keys::Choice;
use crate::book::playbook::{
    Action, Base, ChatAction, ChatTarget, EmailAction, OnTimeout, Playbook, Step, TaskAction, Timing, WaitFor,
};
use crate::book::template::TemplateId;
use crate::time::Span;

type Renames = BTreeMap<Arc<str>, Arc<str>>;

pub(super) fn step(step: &Step, playbook: &Playbook, book: &Book, moved: &Renames, facets: &mut Facets) {
    facets.list("branch", &step.branches);
    match &step.timing {
        Timing::At(span) => facets.key("at", counted("anchor", Some(*span).filter(|span| span.n != 0))),
        Timing::After(from, span) => facets.key("after", counted(&base(from, playbook, moved), *span)),
    }
    facets.maybe("time", step.time.map(|time| time.strftime("%H:%M").to_string()));
    facets.condition("when", step.when.as_ref());
    facets.maybe("send_window", step.send_window.as_ref().map(window));
    if let Some(approve) = &step.approve {
        facets.key("approve", who(&approve.by));
        facets.condition("approve_when", approve.when.as_ref());
        facets.maybe("approve_within", approve.within);
    }
    action(&step.action, playbook, book, moved, facets);
}

pub(super) fn action(action: &Action, playbook: &Playbook, book: &Book, moved: &Renames, facets: &mut Facets) {
    facets.key("action", action.kind().word());
    match action {
        Action::Email(email) => mail(email, facets),
        Action::Slack(chat) | Action::Teams(chat) => message(chat, facets),
        Action::Webhook(webhook) => {
            facets.key("endpoint", &webhook.endpoint);
            facets.maybe("body", webhook.template.as_ref());
        }
        Action::Task(task) => work(task, playbook, book, facets),
        Action::WaitFor(wait) => waiting(wait, playbook, moved, facets),
        Action::Set { field, value } => facets.key("sets", format!("{field} = {value}")),
        Action::Start { playbook } => facets.key("starts", playbook),
        Action::Stop { playbook } => facets.key("stops", playbook),
    }
}

fn mail(email: &EmailAction, facets: &mut Facets) {
    facets.key("to", everyone(&email.to));
    facets.maybe("cc", (!email.cc.is_empty()).then(|| everyone(&email.cc)));
    facets.maybe("bcc", (!email.bcc.is_empty()).then(|| everyone(&email.bcc)));
    facets.maybe("from", email.from.as_ref().map(who));
    facets.key("template", &email.template);
    facets.maybe("fallback_to", email.fallback_to.as_ref().map(who));
    facets.key("sender", &email.sender);
}

fn message(chat: &ChatAction, facets: &mut Facets) {
    facets.key(
        "channel",
        match &chat.to {
            ChatTarget::Channel(name) => name.to_string(),
            ChatTarget::Person(person) => who(person),
        },
    );
    facets.key("template", &chat.template);
}

fn work(task: &TaskAction, playbook: &Playbook, book: &Book, facets: &mut Facets) {
    let templates = book.templates_of(playbook);
    // A text that stands in the playbook is shown, one that has a file is told of with it.
    let said = |id: &TemplateId| match playbook.templates.contains_key(&id.0) {
        true => id.to_string(),
        false => templates.text(id).unwrap_or_default().trim().to_owned(),
    };
    facets.key("assignee", who(&task.assignee));
    facets.key("title", said(&task.title));
    facets.key("priority", task.priority.word());
    facets.maybe("due", task.due);
    facets.list("checklist", task.checklist.iter().map(said));
    facets.maybe("body", task.body.as_ref().map(said));
}

fn waiting(wait: &WaitFor, playbook: &Playbook, moved: &Renames, facets: &mut Facets) {
    facets.key("until", wait.until.one_line());
    facets.maybe("timeout", wait.timeout);
    facets.key(
        "on_timeout",
        match wait.on_timeout {
            OnTimeout::Next => "next".to_owned(),
            OnTimeout::Exit => "exit".to_owned(),
            OnTimeout::Goto(place) => format!("goto {}", name(place, playbook, moved)),
        },
    );
}

/// What something counts from, as it is written.
pub(super) fn base(base: &Base, playbook: &Playbook, moved: &Renames) -> String {
    match base {
        Base::Enrolled => "enrolled".to_owned(),
        Base::Step(place) => name(*place, playbook, moved).to_string(),
        Base::Done(place) => format!("{}.done", name(*place, playbook, moved)),
        Base::Previous => "previous".to_owned(),
    }
}

fn name<'a>(place: usize, playbook: &'a Playbook, moved: &'a Renames) -> &'a Arc<str> {
    let id = &playbook.steps[place].id;
    moved.get(id).unwrap_or(id)
}

fn counted(from: &str, span: Option<Span>) -> String {
    match span {
        None => from.to_owned(),
        Some(span) if span.is_negative() => format!("{from} - {}", span.to_string().trim_start_matches('-')),
        Some(span) => format!("{from} + {span}"),
    }
}
