//! Who enters, leaves, moves or stays when one book takes the place of another. Who enters is told for the whole stretch
//! of days, for `for` and dates take their time; the rest by the desks after the first look of each book.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::book::Book;
use crate::engine::Enrollment;
use crate::engine::visit::why_it_stays;
use crate::portfolio::Account;
use crate::time::Timestamp;

use super::AtOnce;

/// An account of which a playbook does something else than before.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    pub at: Timestamp,
    pub account: Arc<str>,
    pub playbook: Arc<str>,
    /// Why, or by what; empty where there is nothing to say.
    pub why: String,
}

/// What becomes of the accounts, in the order of playbooks and accounts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct People {
    /// Enter under the new book and not under the old one, at once or in the days ahead.
    pub enroll: Vec<Turn>,
    /// End at once under the new book and not under the old one.
    pub exit: Vec<Turn>,
    /// Go on in the new version.
    pub moved: Vec<Turn>,
    /// Begin the new version from its start.
    pub restart: Vec<Turn>,
    /// Go on in the version they are on.
    pub stay: Vec<Turn>,
}

impl People {
    /// `edited` are the playbooks that mean something else; only of them it is said who moves and who stays.
    pub(super) fn between(
        entering: Vec<Turn>,
        old: &AtOnce,
        new: &AtOnce,
        book: &Book,
        edited: &BTreeSet<&str>,
    ) -> People {
        let (before, mut people) = (enrollments(old), People { enroll: entering, ..People::default() });
        for (id, (account, after)) in enrollments(new) {
            let Some((_, was)) = before.get(id).filter(|(_, own)| own.is_active()) else { continue };
            let is_edited = edited.contains(&*after.playbook);
            let why = match after.is_active() {
                false => Some((&mut people.exit, way_out(after))),
                true if was.enrolled_at != after.enrolled_at => Some((&mut people.restart, String::new())),
                true if !is_edited => None,
                true if was.version != after.version => Some((&mut people.moved, String::new())),
                true => left_behind(after, book).map(|why| (&mut people.stay, why)),
            };
            if let Some((list, why)) = why {
                let (account, playbook) = (account.id.clone(), after.playbook.clone());
                list.push(Turn { at: new.now, account, playbook, why });
            }
        }
        people.lists_mut().into_iter().for_each(|list| {
            list.sort_by(|a, b| (&a.playbook, &a.account, a.at).cmp(&(&b.playbook, &b.account, b.at)));
        });
        people
    }

    /// Whether anybody enters, leaves or begins anew.
    pub fn is_stirred(&self) -> bool {
        !(self.enroll.is_empty() && self.exit.is_empty() && self.restart.is_empty())
    }

    /// The lists with the word for each.
    pub fn lists(&self) -> [(&'static str, &Vec<Turn>); 5] {
        let People { enroll, exit, moved, restart, stay } = self;
        [("enroll", enroll), ("exit", exit), ("move", moved), ("restart", restart), ("stay", stay)]
    }

    fn lists_mut(&mut self) -> [&mut Vec<Turn>; 5] {
        [&mut self.enroll, &mut self.exit, &mut self.moved, &mut self.restart, &mut self.stay]
    }
}

type Known<'a> = BTreeMap<&'a Arc<str>, (&'a Account, &'a Enrollment)>;

fn enrollments(at_once: &AtOnce) -> Known<'_> {
    let accounts = at_once.played.accounts.iter();
    accounts.flat_map(|(account, desk)| desk.enrollments.iter().map(|(id, own)| (id, (&**account, own)))).collect()
}

fn way_out(enrollment: &Enrollment) -> String {
    let Some(end) = &enrollment.ended else { return String::new() };
    match &end.exit {
        Some(exit) => format!("{}: {exit}", end.reason),
        None => end.reason.to_string(),
    }
}

/// Why it is not on the newest version; none when it is.
fn left_behind(enrollment: &Enrollment, book: &Book) -> Option<String> {
    let newest = book.playbooks.get(&enrollment.playbook).filter(|own| own.version != enrollment.version)?;
    let older = book.playbook_at(&enrollment.playbook, &enrollment.version)?;
    Some(why_it_stays(enrollment, older, newest)?.to_string())
}
