//! What did not go as planned: steps held and skipped, by reason; whom nobody could be written to for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::book::playbook::Kind;
use crate::engine::Reason;
use crate::engine::desk::{Entry, EntryKind, EntryResult};

/// Lines of the timeline that say hold or skip.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stops {
    pub by_reason: BTreeMap<Reason, Stopped>,
    /// Those of `capped`, by the cap.
    pub caps: BTreeMap<Arc<str>, Stopped>,
    /// Steps that nobody was there for.
    pub nobody: BTreeMap<Spot, BTreeSet<Arc<str>>>,
    /// Messages that lacked a value.
    pub unfilled: BTreeMap<Spot, BTreeSet<Arc<str>>>,
}

/// What one reason stopped. A message that is held and given up later counts under both.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stopped {
    pub held: usize,
    pub skipped: usize,
    pub accounts: BTreeSet<Arc<str>>,
}

/// A step or level of a playbook; with what is wrong there, where that is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    pub playbook: Arc<str>,
    pub step: Arc<str>,
    pub why: Option<Arc<str>>,
}

impl Stops {
    pub(super) fn add(&mut self, entry: &Entry) {
        let is_task = entry.action == Some(Kind::Task) && entry.kind != EntryKind::Remind;
        if is_task && entry.result == EntryResult::Done && entry.to.is_none() {
            note(&mut self.nobody, entry, None);
        }
        let (EntryResult::Held | EntryResult::Skipped, Some(reason)) = (entry.result, entry.reason) else { return };
        self.by_reason.entry(reason).or_default().add(entry);
        let detail = || entry.detail.as_deref().map(Arc::from);
        match reason {
            Reason::Capped => self.caps.entry(detail().unwrap_or_else(|| "".into())).or_default().add(entry),
            Reason::RecipientMissing => note(&mut self.nobody, entry, None),
            Reason::TemplateError => note(&mut self.unfilled, entry, detail()),
            _ => {}
        }
    }
}

fn note(spots: &mut BTreeMap<Spot, BTreeSet<Arc<str>>>, entry: &Entry, why: Option<Arc<str>>) {
    let step = entry.step.clone().unwrap_or_else(|| "".into());
    let spot = Spot { playbook: entry.playbook.clone(), step, why };
    spots.entry(spot).or_default().insert(entry.account.clone());
}

impl Stopped {
    fn add(&mut self, entry: &Entry) {
        match entry.result {
            EntryResult::Held => self.held += 1,
            _ => self.skipped += 1,
        }
        self.accounts.insert(entry.account.clone());
    }
}
