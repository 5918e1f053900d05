//! Who reads the mails: contacts of the customers or our own people, how many a week, and which come too close together.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::engine::desk::Entry;
use crate::portfolio::Account;
use crate::time::{Date, Timestamp};

use super::daily::{Daily, Loads, week_of};

/// Mails of two playbooks to one contact are too close within so many hours.
const CLOSE_HOURS: i64 = 24;

/// A contact of an account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reader {
    pub account: Arc<str>,
    pub contact: Arc<str>,
}

/// Mails that went out, by who reads them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mails {
    pub to_contacts: Daily,
    /// To anybody else: our own people, and addresses that no contact has.
    pub to_others: Daily,
    /// Under the Monday of each week.
    pub per_week: Loads<Reader>,
    /// By day, then contact.
    pub collisions: Vec<Collision>,
}

/// A local day on which a contact gets two mails or more, or one of another playbook than the mail of less than 24 hours
/// before.
#[derive(Clone, Debug, PartialEq)]
pub struct Collision {
    pub day: Date,
    pub reader: Reader,
    /// Those of the day, and the one before if it is too close.
    pub mails: usize,
    pub playbooks: BTreeSet<Arc<str>>,
}

/// Collects the mails of a timeline.
pub(super) struct Post<'a> {
    accounts: HashMap<&'a str, &'a Account>,
    mails: Mails,
    read: BTreeMap<Reader, Vec<Letter>>,
}

struct Letter {
    at: Timestamp,
    day: Date,
    playbook: Arc<str>,
}

impl<'a> Post<'a> {
    pub(super) fn new(accounts: impl Iterator<Item = &'a Account>) -> Post<'a> {
        let accounts = accounts.map(|account| (&*account.id, account)).collect();
        Post { accounts, mails: Mails::default(), read: BTreeMap::new() }
    }

    /// Takes the line of a mail that went out on that local day.
    pub(super) fn add(&mut self, entry: &Entry, day: Date) {
        let Some(reader) = self.reader(entry) else { return self.mails.to_others.add(day) };
        self.mails.to_contacts.add(day);
        self.mails.per_week.add(reader.clone(), week_of(day));
        let letter = Letter { at: entry.at, day, playbook: entry.playbook.clone() };
        self.read.entry(reader).or_default().push(letter);
    }

    fn reader(&self, entry: &Entry) -> Option<Reader> {
        reader(self.accounts.get(&*entry.account)?, entry)
    }

    pub(super) fn finish(mut self) -> Mails {
        for (reader, mut letters) in self.read {
            letters.sort_by_key(|letter| letter.at);
            self.mails.collisions.extend(collisions(&reader, &letters));
        }
        self.mails.collisions.sort_by(|a, b| (a.day, &a.reader).cmp(&(b.day, &b.reader)));
        self.mails
    }
}

/// The contact of the account that the message of the line goes to: the one that has the address at that instant.
pub fn reader(account: &Account, entry: &Entry) -> Option<Reader> {
    let to = entry.to.as_deref()?;
    let has = |address: Arc<str>| address.eq_ignore_ascii_case(to);
    let mut contacts = account.contacts.values();
    let own = contacts.find(|contact| contact.text("email", entry.at).is_some_and(has))?;
    Some(Reader { account: entry.account.clone(), contact: own.id.clone() })
}

/// The days on which letters, in their order, come too close together.
fn collisions(reader: &Reader, letters: &[Letter]) -> Vec<Collision> {
    let (mut found, mut before) = (Vec::new(), None::<&Letter>);
    for today in letters.chunk_by(|a, b| a.day == b.day) {
        let close = before.filter(|before| is_close(before, &today[0]));
        if today.len() > 1 || close.is_some() {
            let letters = || close.into_iter().chain(today);
            found.push(Collision {
                day: today[0].day,
                reader: reader.clone(),
                mails: letters().count(),
                playbooks: letters().map(|letter| letter.playbook.clone()).collect(),
            });
        }
        before = today.last();
    }
    found
}

fn is_close(before: &Letter, after: &Letter) -> bool {
    before.playbook != after.playbook && after.at.duration_since(before.at).as_hours() < CLOSE_HOURS
}
