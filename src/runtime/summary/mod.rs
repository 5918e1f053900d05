//! What a play came to, in the numbers people ask for before anything goes out: how much a day, who gets too much, what
//! would be stopped. Pure: from the lines of the timeline and the accounts they are about.

mod daily;
mod json;
mod readers;
mod stops;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use daily::{Daily, Loads, week_of};
pub use json::{collision, spots};
pub use readers::{Collision, Mails, Reader, reader};
pub use stops::{Spot, Stopped, Stops};

use crate::book::playbook::Kind;
use crate::engine::Reason;
use crate::engine::desk::{Entry, EntryKind, EntryResult};
use crate::portfolio::Account;
use crate::time::{Date, TimeZone, Timestamp, local_date};

use super::tally::Tally;
use super::timeline::local_day;

/// Everything that is counted of a play. Days are local to each account; what a playbook in shadow would have sent
/// counts for the playbook and for nobody who would have got it.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    pub from: Timestamp,
    pub until: Timestamp,
    /// The first and the last day of the play: those of UTC, or a local one beside them on which something happens.
    pub days: (Date, Date),
    /// Accounts that something happens to.
    pub accounts: usize,
    pub playbooks: Tally,
    pub enrolled: Daily,
    pub mails: Mails,
    /// All tasks.
    pub tasks: Daily,
    /// Tasks of each person per day; under no name those that nobody is responsible for.
    pub tasks_per_day: Loads<Option<Arc<str>>>,
    pub stops: Stops,
}

impl Summary {
    /// Counts the lines of a play from `from` to `until`. `accounts` are those the lines are about, whose contacts tell
    /// the customers' mails from those to our own people.
    pub fn of<'a>(
        entries: &[Entry],
        accounts: impl IntoIterator<Item = &'a Account>,
        from: Timestamp,
        until: Timestamp,
    ) -> Summary {
        let mut post = readers::Post::new(accounts.into_iter());
        let mut summary = Summary::empty(from, until);
        summary.playbooks.add(entries);
        for entry in entries {
            let day = local_day(entry);
            summary.days = (summary.days.0.min(day), summary.days.1.max(day));
            summary.stops.add(entry);
            match did(entry) {
                Some(Deed::Enrolled) => summary.enrolled.add(day),
                Some(Deed::Mailed) => post.add(entry, day),
                Some(Deed::Assigned) => {
                    summary.tasks.add(day);
                    summary.tasks_per_day.add(entry.to.as_deref().map(Arc::from), day);
                }
                None => {}
            }
        }
        summary.accounts = entries.iter().map(|entry| &entry.account).collect::<BTreeSet<_>>().len();
        summary.mails = post.finish();
        summary
    }

    fn empty(from: Timestamp, until: Timestamp) -> Summary {
        let day = |at| local_date(at, &TimeZone::UTC);
        Summary {
            from,
            until,
            days: (day(from), day(until)),
            accounts: 0,
            playbooks: Tally::default(),
            enrolled: Daily::default(),
            mails: Mails::default(),
            tasks: Daily::default(),
            tasks_per_day: Loads::default(),
            stops: Stops::default(),
        }
    }
}

/// What somebody notices of a line.
enum Deed {
    Enrolled,
    Mailed,
    Assigned,
}

fn did(entry: &Entry) -> Option<Deed> {
    if entry.result != EntryResult::Done || matches!(entry.reason, Some(Reason::Shadow | Reason::Holdout)) {
        return None;
    }
    match (entry.kind, entry.action) {
        (EntryKind::Enroll, _) => Some(Deed::Enrolled),
        (EntryKind::Step | EntryKind::Escalate, Some(Kind::Email)) => Some(Deed::Mailed),
        (EntryKind::Step | EntryKind::Escalate, Some(Kind::Task)) => Some(Deed::Assigned),
        _ => None,
    }
}
