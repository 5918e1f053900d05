//! What a stretch of time brought, counted per playbook.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::book::playbook::Kind;
use crate::engine::Reason;
use crate::engine::desk::{Entry, EntryKind, EntryResult};

/// What happened in one playbook.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Counts {
    pub enrolled: usize,
    pub mails: usize,
    /// Slack and Teams.
    pub chats: usize,
    pub webhooks: usize,
    pub tasks: usize,
    pub escalations: usize,
    pub goals: usize,
    pub held: usize,
    pub skipped: usize,
}

/// Counts per playbook.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Tally(pub BTreeMap<Arc<str>, Counts>);

impl Tally {
    pub fn add(&mut self, entries: &[Entry]) {
        for entry in entries {
            self.0.entry(entry.playbook.clone()).or_default().add(entry);
        }
    }
}

impl Counts {
    /// Counts one line of the timeline.
    pub fn add(&mut self, entry: &Entry) {
        match (entry.kind, entry.result) {
            (EntryKind::Enroll, EntryResult::Done) => {
                self.enrolled += usize::from(entry.reason != Some(Reason::Holdout))
            }
            (EntryKind::Goal, _) => self.goals += 1,
            (EntryKind::Step | EntryKind::Escalate | EntryKind::Enroll, EntryResult::Held) => self.held += 1,
            (EntryKind::Step | EntryKind::Escalate, EntryResult::Skipped) => self.skipped += 1,
            (EntryKind::Step | EntryKind::Escalate, EntryResult::Done) => {
                self.escalations += usize::from(entry.kind == EntryKind::Escalate);
                self.add_action(entry.action);
            }
            _ => {}
        }
    }

    fn add_action(&mut self, action: Option<Kind>) {
        match action {
            Some(Kind::Email) => self.mails += 1,
            Some(Kind::Slack | Kind::Teams) => self.chats += 1,
            Some(Kind::Webhook) => self.webhooks += 1,
            Some(Kind::Task) => self.tasks += 1,
            _ => {}
        }
    }
}
