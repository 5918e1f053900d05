//! A customer's reply: a person answers it, and until they have, the customer hears nothing more from that enrollment.

use std::sync::Arc;

use crate::book::playbook::{Kind, Playbook, Priority, Recipient, Status};
use crate::engine::Reason;
use crate::engine::desk::{EntryKind, Task, TaskState};
use crate::engine::recipients::assignee;
use crate::engine::suppression::Obstacle;
use crate::id;
use crate::portfolio::Facts;

use super::Turn;

impl Turn<'_> {
    /// A customer's reply to a step's mail; refused with the reason when there is nothing it could belong to.
    pub(super) fn reply(&mut self, id: &Arc<str>, step: &Arc<str>) -> Option<Reason> {
        let Some(enrollment) = self.desk.enrollments.get(id) else { return Some(Reason::Superseded) };
        let Some(playbook) = self.playbook_of(enrollment) else { return Some(Reason::NotLive) };
        let facts = self.facts_for(&playbook, enrollment);
        let mut entry = self.entry(&playbook, enrollment, &facts, EntryKind::Reply);
        entry.step = Some(step.clone());
        entry.reason = Some(Reason::Replied);
        Arc::make_mut(&mut self.desk).enrollments.get_mut(id).expect("just read").replied = true;
        self.changed_enrollment(id);
        if let Some(task) = self.task_for_reply(&playbook, id, step, &facts) {
            entry.to = task.assignee.as_deref().map(str::to_owned);
            self.add_task(task);
        }
        self.record(entry);
        self.refresh();
        None
    }

    /// The hold of an enrollment whose customer has replied, until the task of the reply is completed.
    pub(super) fn awaits_answer(&self, playbook: &Playbook, id: &str) -> Option<Obstacle> {
        if !self.input_world.book.policy.reply_pauses {
            return None;
        }
        let mut open = self.desk.tasks.values().filter(|task| &*task.enrollment == id && task.state.is_open());
        let task = open.find(|task| answers_mail(&task.step, playbook))?;
        Some(Obstacle::hold(Reason::Replied, &format!("task {} is open: {}", task.id, task.title)))
    }

    /// None when replies change nothing, and when somebody has the last reply in hand already.
    fn task_for_reply(&self, playbook: &Playbook, id: &Arc<str>, step: &Arc<str>, facts: &Facts) -> Option<Task> {
        let policy = &self.input_world.book.policy;
        if !policy.reply_pauses || playbook.status == Status::Shadow || !answers_mail(step, playbook) {
            return None;
        }
        let earlier = || self.desk.tasks.values().filter(|task| task.enrollment == *id && task.step == *step);
        if earlier().any(|task| task.state.is_open()) {
            return None;
        }
        let owner = assignee(&Recipient::Account("owner".into()), None, playbook, facts, &self.open_tasks);
        Some(Task {
            id: id::task(id, step, earlier().count() as i64).into(),
            enrollment: id.clone(),
            playbook: playbook.id.clone(),
            step: step.clone(),
            assignee: owner.map(|person| person.id.clone()),
            title: format!("{} answered: {}", self.who_replied(id, step, facts), playbook.title),
            body: Some(format!(
                "A reply to `{step}` has come in. Until this task is completed, `{}` sends this customer nothing more.",
                playbook.id
            )),
            priority: Priority::High,
            state: TaskState::Open,
            due: None,
            created_at: self.now,
            acknowledged_at: None,
            done_at: None,
            snoozed_until: None,
            checklist: Vec::new(),
        })
    }

    /// The contact the mail went to, when it was one.
    fn who_replied(&self, id: &str, step: &str, facts: &Facts) -> String {
        let own = self.desk.sends.values().filter(|send| &*send.enrollment == id && &*send.step == step);
        let mut contacts = own.filter_map(|send| self.account.contact(send.contact.as_deref()?));
        let only = contacts.next().filter(|_| contacts.next().is_none());
        let name = only.and_then(|one| one.text("name", facts.now).or_else(|| one.text("email", facts.now)));
        name.map_or_else(|| "The customer".to_owned(), |name| name.to_string())
    }
}

/// Whether a task that stands at this step is about a reply to it: a step that sends mail makes no task itself.
fn answers_mail(step: &str, playbook: &Playbook) -> bool {
    playbook.step(step).is_some_and(|(_, step)| step.action.kind() == Kind::Email)
}
