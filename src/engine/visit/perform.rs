//! What a step does: messages into the outbox, tasks, waits, fields, other playbooks.

use std::sync::Arc;

use crate::book::calendar::add_span;
use crate::book::playbook::{Action, Playbook, Status};
use crate::engine::Reason;
use crate::engine::delivery::{Content, DeliveryState, Message};
use crate::engine::desk::{Change, Entry, EntryResult, NewDelivery, Send, Task};
use crate::engine::enrollment::StepState;
use crate::id;
use crate::portfolio::Facts;
use crate::time::Span;

use super::Turn;
use super::cue::Cue;
use super::prepare::Outgoing;

/// A message is not sent any more this long after it was due: the daemon was away and nobody expects it now.
const MESSAGE_LIFE: Span = Span { n: 5, unit: crate::time::Unit::Day };

impl Turn<'_> {
    /// Makes the step's task; in shadow only its line.
    pub(super) fn give_task(&mut self, cue: &Cue, task: Task) {
        let to = task.assignee.as_deref().map(str::to_owned);
        self.done(cue, Entry { to, ..self.line_of(cue) });
        if cue.playbook.status != Status::Shadow {
            self.add_task(task);
        }
        self.refresh();
    }

    /// Waits, sets, starts and stops; in shadow only waits.
    pub(super) fn perform(&mut self, cue: &Cue) {
        match &cue.step().action {
            Action::WaitFor(_) => {
                self.decide_on(cue, StepState::Waiting, None);
                let entry = Entry { result: EntryResult::Waiting, ..self.line_of(cue) };
                self.record(entry);
            }
            action if cue.playbook.status == Status::Shadow => {
                self.done(cue, Entry { detail: change(action), ..self.line_of(cue) });
            }
            Action::Start { playbook } => self.start_playbook(cue, playbook),
            Action::Stop { playbook } => {
                self.done(cue, Entry { detail: change(&cue.step().action), ..self.line_of(cue) });
                self.stop_playbook(playbook, cue.playbook);
            }
            Action::Set { field, value } => {
                self.done(cue, Entry { detail: change(&cue.step().action), ..self.line_of(cue) });
                self.set_field(field, value.clone());
            }
            // Handed out as messages or given as a task, never performed.
            Action::Email(_) | Action::Slack(_) | Action::Teams(_) | Action::Webhook(_) | Action::Task(_) => {}
        }
        self.refresh();
    }

    fn done(&mut self, cue: &Cue, entry: Entry) {
        let shadow = (cue.playbook.status == Status::Shadow).then_some(Reason::Shadow);
        self.decide_on(cue, StepState::Done, None);
        self.record(Entry { reason: shadow, ..entry });
    }

    /// The line of the step stands before the line of the enrollment it makes.
    fn start_playbook(&mut self, cue: &Cue, other: &Arc<str>) {
        let place = self.changes.len();
        if let Some(reason) = self.enroll_started(other) {
            return self.skip(cue, reason);
        }
        let enrolled = self.changes.split_off(place);
        self.done(cue, Entry { detail: change(&cue.step().action), ..self.line_of(cue) });
        self.changes.extend(enrolled);
    }

    pub(super) fn add_task(&mut self, task: Task) {
        if let Some(person) = &task.assignee {
            *self.open_tasks.to_mut().entry(person.clone()).or_default() += 1;
        }
        self.changes.push(Change::Task(task.id.clone()));
        Arc::make_mut(&mut self.desk).tasks.insert(task.id.clone(), task);
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
        Arc::make_mut(&mut self.desk).sends.insert(delivery, send);
    }

    /// Ends the account's active enrollment in another playbook.
    fn stop_playbook(&mut self, other: &Arc<str>, by: &Playbook) {
        let active = self.desk.open().find(|own| own.playbook == *other).map(|own| own.id.clone());
        if let Some(id) = active {
            self.stop(&id, &format!("stopped by {}", by.id));
        }
    }
}

/// What a step changes in our own data, for its line.
fn change(action: &Action) -> Option<String> {
    match action {
        Action::Set { field, value } => Some(format!("{field} = {value}")),
        Action::Start { playbook } | Action::Stop { playbook } => Some(playbook.to_string()),
        _ => None,
    }
}
