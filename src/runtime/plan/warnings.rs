//! What somebody should look at before a book goes live, less what is so already.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::runtime::summary::{Collision, Spot, Summary};

/// What the new book brings and the old one did not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Warnings {
    /// Contacts whose mails come too close together.
    pub collisions: Vec<Collision>,
    /// Steps that nobody is there for, with the accounts.
    pub nobody: Spots,
    /// Messages that lack a value, with the accounts.
    pub unfilled: Spots,
}

type Spots = BTreeMap<Spot, BTreeSet<Arc<str>>>;

impl Warnings {
    pub(super) fn between(old: &Summary, new: &Summary) -> Warnings {
        let collisions = new.mails.collisions.iter().filter(|own| !old.mails.collisions.contains(own));
        Warnings {
            collisions: collisions.cloned().collect(),
            nobody: without(&new.stops.nobody, &old.stops.nobody),
            unfilled: without(&new.stops.unfilled, &old.stops.unfilled),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.collisions.is_empty() && self.nobody.is_empty() && self.unfilled.is_empty()
    }
}

fn without(own: &Spots, other: &Spots) -> Spots {
    let known = |spot: &Spot, account: &Arc<str>| other.get(spot).is_some_and(|accounts| accounts.contains(account));
    let new = own.iter().map(|(spot, accounts)| {
        let new: BTreeSet<Arc<str>> = accounts.iter().filter(|account| !known(spot, account)).cloned().collect();
        (spot.clone(), new)
    });
    new.filter(|(_, accounts)| !accounts.is_empty()).collect()
}
