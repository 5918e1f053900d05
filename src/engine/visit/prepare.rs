//! What a step or a level has to hand out: addressed and rendered, or what stands before it.

use std::sync::Arc;

use crate::book::calendar::add_span;
use crate::book::playbook::{Action, ChatAction, ChatTarget, Kind, Playbook, TaskAction};
use crate::book::template::RenderError;
use crate::engine::delivery::Content;
use crate::engine::desk::{CheckItem, Task, TaskState};
use crate::engine::recipients::assignee;
use crate::engine::suppression::Obstacle;
use crate::engine::{Reason, compose};
use crate::id;
use crate::portfolio::Facts;
use crate::time::local_date;

use super::Turn;
use super::advance::Gate;

/// An action that has been rendered and addressed, and can be carried out.
pub(super) enum Prepared {
    Messages(Vec<Outgoing>),
    Task(Box<Task>),
    /// Wait, set, start and stop need nothing.
    Plain,
}

/// One message to one addressee.
pub(super) struct Outgoing {
    pub channel: Kind,
    pub contact: Option<Arc<str>>,
    pub to: String,
    pub class: Arc<str>,
    pub content: Content,
}

impl Turn<'_> {
    /// Addresses and renders the action of a step or a level, or says what stands before it.
    pub(super) fn prepare(&self, playbook: &Playbook, id: &str, step: &str, action: &Action, facts: &Facts) -> Gate {
        let messages = match action {
            Action::Email(email) => return self.prepare_email(playbook, step, email, facts),
            Action::Slack(chat) => self.prepare_chat(playbook, step, Kind::Slack, chat, facts),
            Action::Teams(chat) => self.prepare_chat(playbook, step, Kind::Teams, chat, facts),
            Action::Webhook(webhook) => compose::webhook(webhook, playbook, step, facts)
                .map(|content| vec![self.outgoing(Kind::Webhook, webhook.endpoint.to_string(), playbook, content)])
                .map_err(cannot_render),
            Action::Task(task) => return self.prepare_task(playbook, id, step, task, facts),
            Action::WaitFor(_) | Action::Set { .. } | Action::Start { .. } | Action::Stop { .. } => {
                return Gate::Go(Prepared::Plain);
            }
        };
        messages.map_or_else(|gate| gate, |messages| Gate::Go(Prepared::Messages(messages)))
    }

    fn prepare_chat(
        &self,
        playbook: &Playbook,
        step: &str,
        kind: Kind,
        action: &ChatAction,
        facts: &Facts,
    ) -> Result<Vec<Outgoing>, Gate> {
        let channel = match &action.to {
            ChatTarget::Channel(name) => name.to_string(),
            ChatTarget::Person(recipient) => {
                let person = assignee(recipient, None, playbook, facts, &self.open_tasks);
                person.map(|person| person.id.to_string()).ok_or(Gate::Skip(Reason::RecipientMissing))?
            }
        };
        let content = match kind {
            Kind::Teams => compose::teams(&action.template, channel.clone(), playbook, step, facts),
            _ => compose::slack(&action.template, channel.clone(), playbook, step, facts),
        };
        let content = content.map_err(cannot_render)?;
        Ok(vec![self.outgoing(kind, channel, playbook, content)])
    }

    fn outgoing(&self, channel: Kind, to: String, playbook: &Playbook, content: Content) -> Outgoing {
        Outgoing { channel, contact: None, to, class: playbook.class.clone(), content }
    }

    fn prepare_task(&self, playbook: &Playbook, id: &str, step: &str, action: &TaskAction, facts: &Facts) -> Gate {
        let fallback = playbook.escalation.as_ref().and_then(|ladder| ladder.fallback.as_ref());
        let person = assignee(&action.assignee, fallback, playbook, facts, &self.open_tasks);
        match self.new_task(playbook, id, step, 0, action, person.map(|person| person.id.clone()), facts) {
            Ok(task) => Gate::Go(Prepared::Task(Box::new(task))),
            Err(error) => cannot_render(error),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a step or a level has no type in common that says where it stands")]
    pub(super) fn new_task(
        &self,
        playbook: &Playbook,
        id: &str,
        step: &str,
        occurrence: i64,
        action: &TaskAction,
        assignee: Option<Arc<str>>,
        facts: &Facts,
    ) -> Result<Task, RenderError> {
        let text = |template| compose::render(template, playbook, step, None, facts).map(|rendered| rendered.body);
        let checklist: Result<Vec<CheckItem>, RenderError> =
            action.checklist.iter().map(|item| Ok(CheckItem { text: text(item)?, done: false })).collect();
        let due = action.due.and_then(|span| add_span(self.now, span, &facts.zone, facts.calendar()));
        Ok(Task {
            id: id::task(id, step, occurrence).into(),
            enrollment: Arc::from(id),
            playbook: playbook.id.clone(),
            step: Arc::from(step),
            assignee,
            title: text(&action.title)?,
            body: action.body.as_ref().map(text).transpose()?,
            priority: action.priority,
            state: TaskState::Open,
            due: due.map(|at| local_date(at, &facts.zone)),
            created_at: self.now,
            acknowledged_at: None,
            done_at: None,
            snoozed_until: None,
            checklist: checklist?,
        })
    }
}

/// A token without a value: the message is held until somebody fills the field or gives up.
pub(super) fn cannot_render(error: RenderError) -> Gate {
    Gate::Hold(unfilled(error))
}

pub(super) fn unfilled(error: RenderError) -> Obstacle {
    Obstacle::hold(Reason::TemplateError, &error.to_string())
}
