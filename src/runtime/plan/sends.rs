//! What goes out in a stretch of time, under one book and under another.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::Serialize;

use crate::book::Book;
use crate::book::playbook::Kind;
use crate::engine::Reason;
use crate::engine::desk::{Entry, EntryKind, EntryResult};
use crate::portfolio::Account;
use crate::runtime::summary::reader;
use crate::time::Timestamp;

/// Something that goes out, or becomes work.
#[derive(Clone, Debug, PartialEq)]
pub struct Send {
    pub at: Timestamp,
    /// The zone of the account.
    pub zone: Arc<str>,
    pub account: Arc<str>,
    pub playbook: Arc<str>,
    pub step: Arc<str>,
    pub sort: Sort,
    pub to: String,
}

/// What it is, by who notices it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// To a contact of the customer.
    Mail,
    /// To our own people, or an address that no contact has.
    InternalMail,
    Task,
    /// Slack or Teams.
    Chat,
    Webhook,
}

impl Sort {
    pub const ALL: [Sort; 5] = [Sort::Mail, Sort::InternalMail, Sort::Task, Sort::Chat, Sort::Webhook];

    /// The word for one of it.
    pub fn noun(self) -> &'static str {
        match self {
            Sort::Mail => "mail",
            Sort::InternalMail => "internal mail",
            Sort::Task => "task",
            Sort::Chat => "chat message",
            Sort::Webhook => "webhook",
        }
    }
}

/// How many of each sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// To contacts of the customers.
    pub mails: usize,
    /// To our own people.
    pub internal_mails: usize,
    pub tasks: usize,
    pub chats: usize,
    pub webhooks: usize,
}

impl Totals {
    pub fn of<'a>(sends: impl IntoIterator<Item = &'a Send>) -> Totals {
        let mut totals = Totals::default();
        for send in sends {
            match send.sort {
                Sort::Mail => totals.mails += 1,
                Sort::InternalMail => totals.internal_mails += 1,
                Sort::Task => totals.tasks += 1,
                Sort::Chat => totals.chats += 1,
                Sort::Webhook => totals.webhooks += 1,
            }
        }
        totals
    }

    pub fn get(&self, sort: Sort) -> usize {
        match sort {
            Sort::Mail => self.mails,
            Sort::InternalMail => self.internal_mails,
            Sort::Task => self.tasks,
            Sort::Chat => self.chats,
            Sort::Webhook => self.webhooks,
        }
    }

    pub fn total(&self) -> usize {
        Sort::ALL.iter().map(|sort| self.get(*sort)).sum()
    }
}

/// What goes out under both books, in the order of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sends {
    pub before: Vec<Send>,
    pub after: Vec<Send>,
    /// Under the new book and not under the old one. The same thing on another day is neither.
    pub gained: Vec<Send>,
    /// Under the old book and not under the new one.
    pub lost: Vec<Send>,
}

impl Sends {
    /// Steps that the new book has under another name count under that.
    pub(super) fn between(mut before: Vec<Send>, after: Vec<Send>, book: &Book) -> Sends {
        for send in &mut before {
            let moved = book.playbooks.get(&send.playbook).and_then(|own| own.moved.get(&send.step));
            send.step = moved.unwrap_or(&send.step).clone();
        }
        let (gained, lost) = (without(&after, &before), without(&before, &after));
        Sends { before, after, gained, lost }
    }
}

/// Those of `own` that have no counterpart in `other`.
fn without(own: &[Send], other: &[Send]) -> Vec<Send> {
    let key = |send: &'_ Send| -> (Arc<str>, Arc<str>, Arc<str>, Sort, String) {
        (send.account.clone(), send.playbook.clone(), send.step.clone(), send.sort, send.to.clone())
    };
    let mut counterparts: HashMap<_, usize> = HashMap::new();
    other.iter().for_each(|send| *counterparts.entry(key(send)).or_default() += 1);
    let is_alone = |send: &&Send| match counterparts.get_mut(&key(send)) {
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        _ => true,
    };
    own.iter().filter(is_alone).cloned().collect()
}

/// What of the timeline goes out. What runs in shadow does not.
pub(super) fn of(entries: &[Entry], accounts: &BTreeMap<&str, &Account>) -> Vec<Send> {
    entries.iter().filter_map(|entry| send(entry, accounts.get(&*entry.account).copied())).collect()
}

fn send(entry: &Entry, account: Option<&Account>) -> Option<Send> {
    let is_step = matches!(entry.kind, EntryKind::Step | EntryKind::Escalate);
    if !is_step || entry.result != EntryResult::Done || entry.reason == Some(Reason::Shadow) {
        return None;
    }
    let sort = match entry.action? {
        Kind::Email if account.is_some_and(|own| reader(own, entry).is_some()) => Sort::Mail,
        Kind::Email => Sort::InternalMail,
        Kind::Task => Sort::Task,
        Kind::Slack | Kind::Teams => Sort::Chat,
        Kind::Webhook => Sort::Webhook,
        Kind::WaitFor | Kind::Set | Kind::Start | Kind::Stop => return None,
    };
    Some(Send {
        at: entry.at,
        zone: entry.zone.clone(),
        account: entry.account.clone(),
        playbook: entry.playbook.clone(),
        step: entry.step.clone().unwrap_or_else(|| "".into()),
        sort,
        to: entry.to.clone().unwrap_or_default(),
    })
}
