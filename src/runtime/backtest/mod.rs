//! What a book would have done over recorded history, in numbers: who entered, what went out, and which of the customers
//! who left it had seen coming.

mod churn;
mod limits;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::Result;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::book::playbook::Status;
use crate::book::{Book, Playbook};
use crate::engine::Reason;
use crate::engine::desk::{Entry, EntryKind, EntryResult};
use crate::time::Timestamp;

use super::simulate::{Played, Scene};
use super::summary::Summary;

pub use churn::{Caught, Churn, Lost, Moment, Stayed};
pub use limits::{History, Limit, LimitKind, limits};

/// What one playbook would have done.
#[derive(Clone, Debug)]
pub struct Figures {
    pub playbook: Arc<str>,
    pub version: Arc<str>,
    /// What went out, and when.
    pub summary: Summary,
    /// Times an account entered.
    pub entries: usize,
    /// Accounts that entered, each once.
    pub accounts: usize,
    /// Times an account waited for a person's yes, which nobody gives here, because of a limit of the day.
    pub parked: usize,
    /// Times an account was left alone to be compared with.
    pub held_out: usize,
    pub escalations: usize,
    pub mails: usize,
    pub churn: Churn,
}

impl Figures {
    /// Counts what a play from `from` to `until` did in one playbook.
    pub fn of(played: &Played, playbook: &Playbook, from: Timestamp, until: Timestamp) -> Figures {
        let own = played.entries.iter().filter(|entry| entry.playbook == playbook.id);
        let own: Vec<Entry> = own.cloned().collect();
        let known = played.accounts.iter().map(|(account, _)| &**account);
        let summary = Summary::of(&own, known.clone(), from, until);
        let counts = summary.playbooks.0.get(&playbook.id).copied().unwrap_or_default();
        let entered: Vec<&Entry> = own.iter().filter(|entry| is_entry(entry)).collect();
        Figures {
            playbook: playbook.id.clone(),
            version: playbook.version.clone(),
            entries: entered.len(),
            accounts: entered.iter().map(|entry| &entry.account).collect::<BTreeSet<_>>().len(),
            parked: own.iter().filter(|entry| is_parked(entry)).count(),
            held_out: own.iter().filter(|entry| is_held_out(entry)).count(),
            escalations: counts.escalations,
            mails: counts.mails,
            churn: Churn::of(&own, known, from, until),
            summary,
        }
    }
}

fn is_entry(entry: &Entry) -> bool {
    entry.kind == EntryKind::Enroll && entry.result == EntryResult::Done && entry.reason != Some(Reason::Holdout)
}

fn is_held_out(entry: &Entry) -> bool {
    entry.kind == EntryKind::Enroll && entry.reason == Some(Reason::Holdout)
}

fn is_parked(entry: &Entry) -> bool {
    entry.kind == EntryKind::Enroll && entry.result == EntryResult::Held
}

/// The book with these playbooks live, whatever their status: a draft is what one most wants to try.
pub fn as_if_live(book: &Arc<Book>, playbooks: &BTreeSet<Arc<str>>) -> Arc<Book> {
    let is_other = |own: &Arc<Playbook>| playbooks.contains(&own.id) && own.status != Status::Live;
    if !book.playbooks.values().any(is_other) {
        return book.clone();
    }
    let mut changed = Book::clone(book);
    for playbook in changed.playbooks.values_mut().filter(|own| is_other(own)) {
        Arc::make_mut(playbook).status = Status::Live;
    }
    Arc::new(changed)
}

/// Plays each book over the same scene up to and including `until`, as many at once as there are cores, and judges each
/// play; the answers come in the order of the books. `watch` is called after each with how many are done.
pub async fn play_each<T: Send + 'static>(
    scene: &Arc<Scene>,
    books: Vec<Arc<Book>>,
    until: Timestamp,
    judge: Arc<dyn Fn(usize, Played) -> T + Send + Sync>,
    watch: &mut (dyn FnMut(usize) + Send),
) -> Result<Vec<T>> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let (turns, mut plays) = (Arc::new(Semaphore::new(cores)), JoinSet::new());
    for (place, book) in books.into_iter().enumerate() {
        let (scene, turns, judge) = (scene.clone(), turns.clone(), judge.clone());
        plays.spawn(async move {
            let _turn = turns.acquire_owned().await?;
            let played = scene.play(book, until, &mut |_| {}).await?;
            anyhow::Ok((place, judge(place, played)))
        });
    }
    let mut answers = BTreeMap::new();
    while let Some(done) = plays.join_next().await {
        let (place, answer) = done??;
        answers.insert(place, answer);
        watch(answers.len());
    }
    Ok(answers.into_values().collect())
}
