//! What a level of a ladder does when its time has come: a task or a message for the person who is responsible now.

use std::sync::Arc;

use crate::book::Person;
use crate::book::playbook::{Action, Escalation, Kind, Level, Playbook, Recipient, Status};
use crate::engine::Reason;
use crate::engine::compose;
use crate::engine::delivery::{Address, Content, Email};
use crate::engine::desk::{EntryKind, EntryResult};
use crate::engine::enrollment::StepState;
use crate::engine::recipients::{assignee, rung_above};
use crate::engine::suppression::Obstacle;
use crate::portfolio::Facts;

use super::Turn;
use super::advance::Gate;
use super::ladder::level_key;
use super::prepare::{Outgoing, Prepared, cannot_render, unfilled};

impl Turn<'_> {
    /// Lets the level act, given back `from` a level above or not. What stands before it is said once, and it tries
    /// again. True when anything changed.
    pub(super) fn act(
        &mut self,
        playbook: &Playbook,
        ladder: &Escalation,
        id: &Arc<str>,
        place: usize,
        from: Option<usize>,
        facts: &Facts,
    ) -> bool {
        let level = &ladder.levels[place];
        let key = level_key(&level.id);
        let person = self.responsible(playbook, ladder, place, facts).cloned();
        let prepared = self.prepare_level(playbook, id, level, person.as_ref(), facts);
        let is_held = self.enrollment(id).steps.get(&key).is_some_and(|run| run.state == StepState::Held);
        if prepared.is_err() && is_held {
            return false;
        }
        let is_shadow = playbook.status == Status::Shadow;
        let mut entry = self.entry(playbook, self.enrollment(id), facts, EntryKind::Escalate);
        entry.step = Some(level.id.clone());
        entry.action = Some(level.action.kind());
        entry.to = person.map(|person| person.id.to_string());
        entry.reason = is_shadow.then_some(Reason::Shadow);
        entry.detail = from.map(|above| format!("back from {}", ladder.levels[above].id));
        match prepared {
            Ok(prepared) => {
                self.decide(id, &key, StepState::Done, self.now, None);
                self.record(entry);
                if !is_shadow {
                    self.carry_out(playbook, id, level, facts, prepared);
                }
            }
            Err(obstacle) => {
                self.decide(id, &key, StepState::Held, self.now, Some(obstacle.reason));
                (entry.result, entry.reason) = (EntryResult::Held, Some(obstacle.reason));
                entry.detail = Some(obstacle.rule.to_string());
                self.record(entry);
            }
        }
        self.refresh();
        true
    }

    /// The person of a level; when two levels would be the same person, the second goes to that person's manager.
    pub(super) fn responsible<'f>(
        &self,
        playbook: &Playbook,
        ladder: &Escalation,
        place: usize,
        facts: &'f Facts,
    ) -> Option<&'f Person> {
        let fallback = ladder.fallback.as_ref();
        let own = assignee(&ladder.levels[place].assignee, fallback, playbook, facts, &self.open_tasks)?;
        let below = place.checked_sub(1).and_then(|below| self.responsible(playbook, ladder, below, facts));
        if below.is_some_and(|below| below.id == own.id) {
            return rung_above(&own.id, fallback, playbook, facts, &self.open_tasks).or(Some(own));
        }
        Some(own)
    }

    /// Addresses and renders what the level does, or says what stands before it.
    fn prepare_level(
        &self,
        playbook: &Playbook,
        id: &Arc<str>,
        level: &Level,
        person: Option<&Person>,
        facts: &Facts,
    ) -> Result<Prepared, Obstacle> {
        let Some(person) = person else {
            return Err(Obstacle::hold(Reason::RecipientMissing, "nobody is responsible"));
        };
        let gate = match &level.action {
            // Given back, it goes on with the task it made the first time.
            Action::Task(_) if self.desk.task_of(id, &level.id).is_some_and(|task| task.state.is_open()) => {
                Gate::Go(Prepared::Plain)
            }
            Action::Task(task) => {
                let (person, occurrence) = (Some(person.id.clone()), self.times_spoken(id, level));
                match self.new_task(playbook, id, &level.id, occurrence, task, person, facts) {
                    Ok(task) => Gate::Go(Prepared::Task(Box::new(task))),
                    Err(error) => cannot_render(error),
                }
            }
            Action::Email(email) => {
                let to = vec![Recipient::Person(person.id.clone())];
                let email = Action::Email(crate::book::playbook::EmailAction { to, ..email.clone() });
                self.prepare(playbook, id, &level.id, &email, facts)
            }
            other => self.prepare(playbook, id, &level.id, other, facts),
        };
        match gate {
            // Nobody who gets a copy holds up an escalation: a contact who may not be written to now is left out.
            Gate::Go(Prepared::Messages(mut messages)) => {
                messages.retain(|message| self.before(message, playbook, None, facts).is_none());
                Ok(Prepared::Messages(messages))
            }
            Gate::Go(prepared) => Ok(prepared),
            Gate::Skip(reason) => Err(Obstacle::hold(reason, &format!("{} cannot be reached", person.id))),
            Gate::Hold(obstacle) => Err(obstacle),
            Gate::Ask => Err(Obstacle::hold(Reason::AwaitingApproval, "levels are not approved")),
        }
    }

    /// Whether the level could act now.
    pub(super) fn can_act(
        &self,
        playbook: &Playbook,
        ladder: &Escalation,
        id: &Arc<str>,
        place: usize,
        facts: &Facts,
    ) -> bool {
        let person = self.responsible(playbook, ladder, place, facts);
        self.prepare_level(playbook, id, &ladder.levels[place], person, facts).is_ok()
    }

    /// How often the level has spoken after the first time: no two of its messages are the same delivery.
    fn times_spoken(&self, id: &str, level: &Level) -> i64 {
        self.enrollment(id).steps.get(&level_key(&level.id)).map_or(0, |run| run.reminders)
    }

    fn carry_out(&mut self, playbook: &Playbook, id: &Arc<str>, level: &Level, facts: &Facts, prepared: Prepared) {
        match prepared {
            Prepared::Task(task) => self.add_task(*task),
            Prepared::Messages(messages) => {
                let occurrence = self.times_spoken(id, level);
                self.hand_out(playbook, id, level, occurrence, facts, messages)
            }
            Prepared::Plain => {}
        }
    }

    pub(super) fn hand_out(
        &mut self,
        playbook: &Playbook,
        id: &Arc<str>,
        level: &Level,
        occurrence: i64,
        facts: &Facts,
        messages: Vec<Outgoing>,
    ) {
        for message in messages {
            self.enqueue(playbook, id, &level.id, occurrence, facts, message);
        }
    }

    /// A reminder is a mail about the task; a level that sends a message sends it again.
    pub(super) fn prepare_reminder(
        &self,
        playbook: &Playbook,
        id: &Arc<str>,
        level: &Level,
        person: Option<&Person>,
        facts: &Facts,
    ) -> Result<Vec<Outgoing>, Obstacle> {
        if level.action.kind() != Kind::Task {
            return match self.prepare_level(playbook, id, level, person, facts)? {
                Prepared::Messages(messages) => Ok(messages),
                Prepared::Task(_) | Prepared::Plain => Ok(Vec::new()),
            };
        }
        let task = self.desk.task_of(id, &level.id);
        let (Some(person), Some(task)) = (person, task) else {
            return Err(Obstacle::hold(Reason::RecipientMissing, "nobody is responsible"));
        };
        let Some(address) = person.email.clone() else {
            return Err(Obstacle::hold(Reason::RecipientMissing, &format!("{} has no address", person.id)));
        };
        let to = Address { name: Some(person.name.clone()), email: address };
        match compose::reminder(&task.title, to, playbook, &level.id, facts) {
            Ok(email) => Ok(vec![to_us(email, playbook)]),
            Err(error) => Err(unfilled(error)),
        }
    }
}

fn to_us(email: Email, playbook: &Playbook) -> Outgoing {
    Outgoing {
        channel: Kind::Email,
        contact: None,
        to: email.to.email.clone(),
        class: playbook.class.clone(),
        content: Content::Email(email),
    }
}
