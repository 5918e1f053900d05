//! A new book tried on every account as it is now: the look the daemon would take, with nothing written.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;

use crate::book::Book;
use crate::book::playbook::Kind;
use crate::channel::Channels;
use crate::engine::desk::{Change, Desk};
use crate::engine::matching::is_open;
use crate::engine::visit::Visit;
use crate::runtime::Runtime;
use crate::store::Store;
use crate::time::{Timestamp, VirtualClock};

/// Accounts that are read at one time.
const ACCOUNTS_AT_ONCE: usize = 500;

/// What a playbook would do at once.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Count {
    pub enrolled: usize,
    /// To contacts.
    pub mails: usize,
}

/// What a book would do at once.
#[derive(Debug, Default)]
pub(super) struct Trial {
    pub counts: BTreeMap<Arc<str>, Count>,
    pub active: usize,
}

/// Looks at every account with the book. The database is only read.
pub(super) async fn try_out(store: &Store, book: &Arc<Book>, now: Timestamp) -> Result<Trial> {
    let clock = Arc::new(VirtualClock::at(now));
    let mut runtime = Runtime::new(store.clone(), book.clone(), clock, Arc::new(Channels::nowhere()), 1).await?;
    for playbook in book.playbooks.values().filter(|own| is_open(own)) {
        runtime.live_since.entry(playbook.id.clone()).or_insert(now);
    }
    let mut trial = Trial::default();
    for ids in store.account_ids().await?.chunks(ACCOUNTS_AT_ONCE) {
        for (before, visit) in runtime.look_without_writing(ids, now).await? {
            trial.active += usize::from(visit.account.text("status", now).as_deref() == Some("active"));
            trial.count(&before, &visit);
        }
    }
    Ok(trial)
}

impl Trial {
    fn count(&mut self, before: &Desk, visit: &Visit) {
        let new = visit.desk.enrollments.iter().filter(|(id, own)| {
            let is_new = !before.enrollments.contains_key(*id);
            is_new && !own.is_holdout()
        });
        for (_, enrollment) in new {
            self.counts.entry(enrollment.playbook.clone()).or_default().enrolled += 1;
        }
        for change in &visit.changes {
            if let Change::Delivery(new) = change
                && new.channel == Kind::Email
                && new.contact.is_some()
            {
                self.counts.entry(new.playbook.clone()).or_default().mails += 1;
            }
        }
    }
}
