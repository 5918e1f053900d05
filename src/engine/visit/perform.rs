//! What a step does: messages into the outbox, tasks, waits, fields, other playbooks.

use std::sync::Arc;

use crate::book::calendar::add_span;
use crate::book::playbook::{
    Action, ChatAction, ChatTarget, EmailAction, HoldOrSkip, Kind, Playbook, Recipient, Status, Step, TaskAction,
};
use crate::book::template::RenderError;
use crate::engine::delivery::{Content, DeliveryState, Message};
use crate::engine::desk::{Change, CheckItem, EntryResult, NewDelivery, Send, Task, TaskState};
use crate::engine::enrollment::StepState;
use crate::engine::recipients::{Addressee, addressees, assignee};
use crate::engine::suppression::{Obstacle, capped};
use crate::engine::{Reason, compose};
use crate::id;
use crate::portfolio::Facts;
use crate::time::{Span, Timestamp, local_date};

use super::Turn;
use super::advance::Gate;

/// A message is not sent any more this long after it was due: the daemon was away and nobody expects it now.
const MESSAGE_LIFE: Span = Span { n: 5, unit: crate::time::Unit::Day };

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
    /// Addresses and renders the action, or says what stands before it.
    pub(super) fn prepare(&self, playbook: &Playbook, id: &str, step: &Step, facts: &Facts) -> Gate {
        self.prepare_action(playbook, id, &step.id, &step.action, facts)
    }

    pub(super) fn prepare_action(
        &self,
        playbook: &Playbook,
        id: &str,
        step: &str,
        action: &Action,
        facts: &Facts,
    ) -> Gate {
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

    fn prepare_email(&self, playbook: &Playbook, step: &str, action: &EmailAction, facts: &Facts) -> Gate {
        let templates = &facts.world.book.templates;
        let class = templates.class(&action.template).map_or_else(|| playbook.class.clone(), Arc::from);
        let all = |recipients: &[Recipient], fallback: Option<&Recipient>| {
            addressees(recipients, fallback, &class, facts, &self.open_tasks)
        };
        let to = match all(&action.to, action.fallback_to.as_ref()) {
            Ok(to) => to,
            Err(reason) => return Gate::Skip(reason),
        };
        // A copy that reaches nobody does not stop the mail itself.
        let cc = if action.cc.is_empty() { Vec::new() } else { all(&action.cc, None).unwrap_or_default() };
        let bcc = if action.bcc.is_empty() { Vec::new() } else { all(&action.bcc, None).unwrap_or_default() };
        let mut everyone = to.clone();
        for one in cc.iter().chain(&bcc) {
            if !everyone.iter().any(|other| other.email == one.email) {
                everyone.push(one.clone());
            }
        }
        let with_address: Vec<&Addressee> = everyone.iter().filter(|one| one.email.is_some()).collect();
        if with_address.is_empty() {
            return Gate::Skip(Reason::RecipientMissing);
        }
        let mut messages = Vec::new();
        for one in with_address {
            // Every addressee gets a message of their own that greets the first one, as a copy does.
            let reader = if one.contact.is_some() { one } else { &to[0] };
            match compose::email(action, playbook, step, reader, &cc, facts, &self.open_tasks) {
                Ok((mut email, class)) => {
                    email.to.name = one.name.clone();
                    email.to.email = one.email.clone().unwrap_or_default();
                    messages.push(Outgoing {
                        channel: Kind::Email,
                        contact: one.contact.clone(),
                        to: email.to.email.clone(),
                        class,
                        content: Content::Email(email),
                    });
                }
                Err(error) => return cannot_render(error),
            }
        }
        self.within_caps(messages, facts)
    }

    /// Leaves out who is over a cap that skips; holds the step when a cap that holds is full.
    fn within_caps(&self, messages: Vec<Outgoing>, facts: &Facts) -> Gate {
        let mut left: Vec<Outgoing> = Vec::new();
        for message in messages {
            let ahead = left.iter().filter(|message| message.contact.is_some()).count();
            let obstacle = message
                .contact
                .as_ref()
                .and_then(|contact| capped(message.channel, &message.class, contact, ahead, facts, &self.desk));
            match obstacle {
                None => left.push(message),
                Some(obstacle) if obstacle.mode == HoldOrSkip::Hold => return Gate::Hold(obstacle),
                Some(_) => {}
            }
        }
        if left.is_empty() { Gate::Skip(Reason::Capped) } else { Gate::Go(Prepared::Messages(left)) }
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
        match self.new_task(playbook, id, step, action, person.map(|person| person.id.clone()), facts) {
            Ok(task) => Gate::Go(Prepared::Task(Box::new(task))),
            Err(error) => cannot_render(error),
        }
    }

    pub(super) fn new_task(
        &self,
        playbook: &Playbook,
        id: &str,
        step: &str,
        action: &TaskAction,
        assignee: Option<Arc<str>>,
        facts: &Facts,
    ) -> Result<Task, RenderError> {
        let text = |template| compose::render(template, playbook, step, None, facts).map(|rendered| rendered.body);
        let checklist: Result<Vec<CheckItem>, RenderError> =
            action.checklist.iter().map(|item| Ok(CheckItem { text: text(item)?, done: false })).collect();
        let due = action.due.and_then(|span| add_span(self.now, span, &facts.zone, facts.calendar()));
        Ok(Task {
            id: id::task(id, step, 0).into(),
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

    /// Carries the action out.
    pub(super) fn perform(
        &mut self,
        playbook: &Playbook,
        id: &Arc<str>,
        step: &Step,
        facts: &Facts,
        due: Timestamp,
        prepared: Prepared,
    ) {
        let is_shadow = playbook.status == Status::Shadow;
        match (&step.action, prepared) {
            (Action::WaitFor(_), _) => {
                self.decide(id, &step.id, StepState::Waiting, due, None);
                self.step_line(playbook, id, step, facts, None, EntryResult::Waiting, None);
            }
            (_, Prepared::Messages(messages)) => {
                self.decide(id, &step.id, StepState::Done, due, None);
                for message in messages {
                    let to = Some(message.to.clone());
                    let shadow = is_shadow.then_some(Reason::Shadow);
                    self.step_line(playbook, id, step, facts, to, EntryResult::Done, shadow);
                    if !is_shadow {
                        self.enqueue(playbook, id, &step.id, 0, facts, message);
                    }
                }
            }
            (_, Prepared::Task(task)) => {
                self.decide(id, &step.id, StepState::Done, due, None);
                let shadow = is_shadow.then_some(Reason::Shadow);
                let assignee = task.assignee.as_deref().map(str::to_owned);
                self.step_line(playbook, id, step, facts, assignee, EntryResult::Done, shadow);
                if !is_shadow {
                    self.add_task(*task);
                }
            }
            (action, Prepared::Plain) => self.perform_plain(playbook, id, step, action, facts, due, is_shadow),
        }
        self.refresh();
    }

    #[expect(clippy::too_many_arguments, reason = "the place of the step in its playbook, and the step")]
    fn perform_plain(
        &mut self,
        playbook: &Playbook,
        id: &Arc<str>,
        step: &Step,
        action: &Action,
        facts: &Facts,
        due: Timestamp,
        is_shadow: bool,
    ) {
        if is_shadow {
            self.decide(id, &step.id, StepState::Done, due, None);
            self.step_line(playbook, id, step, facts, None, EntryResult::Done, Some(Reason::Shadow));
            return;
        }
        if let Action::Start { playbook: other } = action {
            // The line of the step stands before the line of the enrollment it makes.
            let place = self.changes.len();
            if let Some(reason) = self.enroll_started(other) {
                return self.skip(playbook, id, step, facts, due, reason);
            }
            let enrolled = self.changes.split_off(place);
            self.done_line(playbook, id, step, facts, due, Some(other.to_string()));
            self.changes.extend(enrolled);
            return;
        }
        let detail = match action {
            Action::Set { field, value } => Some(format!("{field} = {value}")),
            Action::Stop { playbook: other } => Some(other.to_string()),
            _ => None,
        };
        self.done_line(playbook, id, step, facts, due, detail);
        match action {
            Action::Set { field, value } => self.set_field(field, value.clone()),
            Action::Stop { playbook: other } => self.stop_playbook(other, playbook),
            _ => {}
        }
    }

    fn done_line(
        &mut self,
        playbook: &Playbook,
        id: &Arc<str>,
        step: &Step,
        facts: &Facts,
        due: Timestamp,
        detail: Option<String>,
    ) {
        self.decide(id, &step.id, StepState::Done, due, None);
        let mut entry = self.step_entry(playbook, id, step, facts);
        entry.detail = detail;
        self.record(entry);
    }

    #[expect(clippy::too_many_arguments, reason = "the place of the step in its playbook, and the line's own parts")]
    fn step_line(
        &mut self,
        playbook: &Playbook,
        id: &Arc<str>,
        step: &Step,
        facts: &Facts,
        to: Option<String>,
        result: EntryResult,
        reason: Option<Reason>,
    ) {
        let mut entry = self.step_entry(playbook, id, step, facts);
        entry.to = to;
        entry.result = result;
        entry.reason = reason;
        self.record(entry);
    }

    pub(super) fn add_task(&mut self, task: Task) {
        if let Some(person) = &task.assignee {
            *self.open_tasks.entry(person.clone()).or_default() += 1;
        }
        self.changes.push(Change::Task(task.id.clone()));
        self.desk.tasks.insert(task.id.clone(), task);
    }

    /// Puts a message into the outbox.
    pub(super) fn enqueue(
        &mut self,
        playbook: &Playbook,
        id: &Arc<str>,
        step: &str,
        occurrence: i64,
        facts: &Facts,
        message: Outgoing,
    ) {
        let delivery: Arc<str> = id::delivery(id, step, occurrence, &message.to.to_lowercase()).into();
        let subject = match &message.content {
            Content::Email(email) => Some(email.subject.clone()),
            _ => None,
        };
        let send = Send {
            id: delivery.clone(),
            enrollment: id.clone(),
            step: Arc::from(step),
            channel: message.channel,
            contact: message.contact.clone(),
            class: message.class.clone(),
            state: DeliveryState::Queued,
            reason: None,
            queued_at: self.now,
            sent_at: None,
        };
        let not_after = add_span(self.now, MESSAGE_LIFE, &facts.zone, None).unwrap_or(self.now);
        self.changes.push(Change::Delivery(Box::new(NewDelivery {
            id: delivery.clone(),
            enrollment: id.clone(),
            playbook: playbook.id.clone(),
            step: Arc::from(step),
            occurrence,
            channel: message.channel,
            contact: message.contact,
            to: message.to,
            subject,
            class: message.class,
            due_at: self.now,
            not_after,
            message: Message { delivery: delivery.to_string(), content: message.content },
        })));
        self.desk.sends.insert(delivery, send);
    }

    /// Ends the account's active enrollment in another playbook.
    fn stop_playbook(&mut self, other: &Arc<str>, by: &Playbook) {
        let active = self.desk.open().find(|own| own.playbook == *other).map(|own| own.id.clone());
        if let Some(id) = active {
            self.stop(&id, &format!("stopped by {}", by.id));
        }
    }
}

/// A token without a value: the message is held until somebody fills the field or gives up.
pub(super) fn cannot_render(error: RenderError) -> Gate {
    Gate::Hold(Obstacle {
        reason: Reason::TemplateError,
        mode: HoldOrSkip::Hold,
        max_hold: None,
        until: None,
        rule: Arc::from(error.to_string()),
    })
}
