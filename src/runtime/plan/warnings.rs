//! What somebody should look at before a book goes live, less what is so already.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::engine::Reason;
use crate::engine::desk::Entry;
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
    /// Steps that are left out because their time has passed, with the accounts.
    pub late: Spots,
}

type Spots = BTreeMap<Spot, BTreeSet<Arc<str>>>;

impl Warnings {
    /// Between two plays: the lines of each, and what they come to.
    pub(super) fn between((before, old): (&[Entry], &Summary), (after, new): (&[Entry], &Summary)) -> Warnings {
        let collisions = new.mails.collisions.iter().filter(|own| !old.mails.collisions.contains(own));
        Warnings {
            collisions: collisions.cloned().collect(),
            nobody: without(&new.stops.nobody, &old.stops.nobody),
            unfilled: without(&new.stops.unfilled, &old.stops.unfilled),
            late: without(&late(after), &late(before)),
        }
    }
}

fn late(entries: &[Entry]) -> Spots {
    let mut late = Spots::new();
    for line in entries.iter().filter(|line| line.reason == Some(Reason::LateSkipped)) {
        let step = line.step.clone().unwrap_or_else(|| "".into());
        let spot = Spot { playbook: line.playbook.clone(), step, why: None };
        late.entry(spot).or_default().insert(line.account.clone());
    }
    late
}

fn without(own: &Spots, other: &Spots) -> Spots {
    let known = |spot: &Spot, account: &Arc<str>| other.get(spot).is_some_and(|accounts| accounts.contains(account));
    let new = own.iter().map(|(spot, accounts)| {
        let new: BTreeSet<Arc<str>> = accounts.iter().filter(|account| !known(spot, account)).cloned().collect();
        (spot.clone(), new)
    });
    new.filter(|(_, accounts)| !accounts.is_empty()).collect()
}
