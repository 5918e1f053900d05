//! What a book does at its first look at every account: the play of one instant. The daemon judges an edit by it, and
//! `plan` tells it.

use std::sync::Arc;

use anyhow::Result;

use crate::book::Book;
use crate::runtime::simulate::{Played, Scene};
use crate::runtime::summary::Summary;
use crate::runtime::tally::Tally;
use crate::store::Store;
use crate::time::Timestamp;

/// The play of one instant, without the limits of a day: how many would come is the question that limits ask.
#[derive(Debug)]
pub struct AtOnce {
    pub now: Timestamp,
    pub played: Played,
}

/// How much one playbook does at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Accounts that enter; not those that are left alone on purpose.
    pub enrolled: usize,
    /// Mails to contacts.
    pub mails: usize,
}

impl AtOnce {
    /// Everybody as they are, to be looked at once with one book or several.
    pub async fn scene(store: &Store, now: Timestamp) -> Result<Scene> {
        // Named accounts are played without limits.
        Scene::read(store, Some(&store.account_ids().await?), now).await
    }

    /// Looks at every account of the scene with the book.
    pub async fn play(scene: &Scene, book: &Arc<Book>) -> Result<AtOnce> {
        let now = scene.from();
        Ok(AtOnce { now, played: scene.play(book.clone(), now, &mut |_| {}).await? })
    }

    pub fn count(&self, playbook: &str) -> Count {
        let own: Vec<_> = self.played.entries.iter().filter(|own| *own.playbook == *playbook).cloned().collect();
        let mut tally = Tally::default();
        tally.add(&own);
        let enrolled = tally.0.get(playbook).map_or(0, |own| own.enrolled);
        let accounts = self.played.accounts.iter().map(|(account, _)| &**account);
        Count { enrolled, mails: Summary::of(&own, accounts, self.now, self.now).mails.to_contacts.total() }
    }

    /// Accounts whose status is active.
    pub fn active(&self) -> usize {
        let is_active = |status: Arc<str>| &*status == "active";
        let accounts = self.played.accounts.iter();
        accounts.filter(|(account, _)| account.text("status", self.now).is_some_and(is_active)).count()
    }
}
