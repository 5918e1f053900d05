//! What of a new book may not go live yet: steps that enrollments wait on and that are gone, and versions that would
//! reach more accounts at once than policy.toml allows.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use anyhow::Result;

use crate::book::edition::Held;
use crate::book::playbook::{InFlight, Recipient, Status};
use crate::book::{Book, Kept, Playbook, Policy};
use crate::engine::desk::ApprovalState;
use crate::id;
use crate::runtime::plan::{AtOnce, Count};
use crate::store::{ReloadQuestion, Store};
use crate::time::Timestamp;

/// What is said about what was held back.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub lines: Vec<String>,
    questions: Vec<Question>,
    is_passing: bool,
}

#[derive(Debug)]
struct Question {
    id: String,
    playbook: Arc<str>,
    approver: Option<Arc<str>>,
}

impl Said {
    /// Whether something waits for enrollments to pass.
    pub fn is_passing(&self) -> bool {
        self.is_passing
    }

    /// Puts the questions to the people, and takes back those about earlier edits.
    pub async fn ask(&self, store: &Store, now: Timestamp) -> Result<()> {
        let question = |own: &'_ Question| (own.id.clone(), own.playbook.clone(), own.approver.clone());
        let own: Vec<_> = self.questions.iter().map(question).collect();
        let own: Vec<ReloadQuestion<'_>> = own
            .iter()
            .map(|(id, playbook, approver)| ReloadQuestion { id, playbook, approver: approver.as_deref() })
            .collect();
        Ok(store.ask_about_reload(&own, now).await?)
    }
}

/// Adds what may not go live yet to `held`. True when it added something: then the book is to be composed anew.
pub(super) async fn hold_back(
    store: &Store,
    kept: &Kept,
    book: &Arc<Book>,
    now: Timestamp,
    held: &mut Held,
    said: &mut Said,
) -> Result<bool> {
    // The first book of a database has nobody in it: `backfill` decides what it does with those who are there.
    if kept.is_empty() {
        return Ok(false);
    }
    let before = held.clone();
    for (playbook, line) in missing_steps(store, kept, book).await? {
        held.playbooks.insert(playbook);
        said.lines.push(line);
        said.is_passing = true;
    }
    if *held == before {
        guard(store, kept, book, now, held, said).await?;
    }
    Ok(*held != before)
}

fn is_edited(kept: &Kept, playbook: &Playbook) -> bool {
    kept.in_force.get(&playbook.id) != Some(&playbook.version)
}

/// Edited playbooks that lack a step which enrollments wait on, and what is said of them.
pub(in crate::runtime) async fn missing_steps(
    store: &Store,
    kept: &Kept,
    book: &Book,
) -> Result<Vec<(Arc<str>, String)>> {
    let mut missing = Vec::new();
    for playbook in book.playbooks.values().filter(|own| is_edited(kept, own)) {
        missing.extend(missing_step(store, kept, playbook).await?.map(|line| (playbook.id.clone(), line)));
    }
    Ok(missing)
}

/// A step that enrollments wait on, and of which the new version does not say what became of it.
async fn missing_step(store: &Store, kept: &Kept, newest: &Playbook) -> Result<Option<String>> {
    let Some(in_force) = kept.in_force.get(&newest.id).filter(|_| newest.in_flight == InFlight::Move) else {
        return Ok(None);
    };
    let is_answered = |step: &str| {
        let is_level = step.starts_with("level:");
        is_level || newest.step(step).is_some() || newest.moved.contains_key(step) || newest.removed.contains_key(step)
    };
    let waited_for = store.waited_for(&newest.id, in_force).await?;
    Ok(waited_for.into_iter().find(|(step, _)| !is_answered(step)).map(|(step, enrollments)| {
        format!(
            "`{}` stays at version {in_force}: its new version has no step `{step}`, which {enrollments} enrollments \
             wait on. Write in {} what becomes of them: [[moved]] with from = \"{step}\" and to, or [[removed]] with \
             step = \"{step}\" and then = \"skip\" or \"exit\"",
            newest.id, newest.file
        )
    }))
}

/// Plays what is new on all accounts, and holds back what is above the limits until a person has agreed.
async fn guard(
    store: &Store,
    kept: &Kept,
    book: &Arc<Book>,
    now: Timestamp,
    held: &mut Held,
    said: &mut Said,
) -> Result<()> {
    if watched(kept, book).next().is_none() {
        return Ok(());
    }
    let at_once = AtOnce::play(&AtOnce::scene(store, now).await?, book).await?;
    for verdict in verdicts(store, kept, book, &at_once).await? {
        if verdict.answer == Some(ApprovalState::Approved) {
            continue;
        }
        said.lines.push(verdict.to_string());
        match verdict.is_edited {
            true => drop(held.playbooks.insert(verdict.question.playbook.clone())),
            false => held.shared = true,
        }
        if verdict.answer != Some(ApprovalState::Rejected) {
            said.questions.push(verdict.question);
        }
    }
    Ok(())
}

/// Live playbooks that are not what they were, or stand on shared files that are not.
fn watched<'a>(kept: &'a Kept, book: &'a Book) -> impl Iterator<Item = &'a Arc<Playbook>> {
    let is_shared_new = *book.shared != kept.shared;
    let is_live = |own: &&Arc<Playbook>| own.status == Status::Live && !own.is_withdrawn;
    book.playbooks.values().filter(is_live).filter(move |own| is_shared_new || is_edited(kept, own))
}

/// An edit that is above a limit of the policy, and what a person has said to it.
#[derive(Debug)]
pub struct Verdict {
    question: Question,
    /// The playbook itself was edited; else the shared files were.
    is_edited: bool,
    version: Arc<str>,
    count: Count,
    /// The limit, in words.
    limit: String,
    pub answer: Option<ApprovalState>,
}

impl Verdict {
    pub fn playbook(&self) -> &Arc<str> {
        &self.question.playbook
    }

    /// The id of the question that is put to a person.
    pub fn approval(&self) -> &str {
        &self.question.id
    }

    /// What is said of it before it goes live.
    pub fn ahead(&self) -> String {
        match self.answer {
            Some(ApprovalState::Rejected) => self.to_string(),
            _ => format!("{}: going live waits for a yes in `playcaller approvals`", self.would()),
        }
    }

    fn what(&self) -> String {
        match self.is_edited {
            true => format!("version {} of `{}`", self.version, self.playbook()),
            false => "the shared files".to_owned(),
        }
    }

    fn would(&self) -> String {
        let (what, playbook, Count { enrolled, mails }) = (self.what(), self.playbook(), self.count);
        format!(
            "{what} would enroll {enrolled} accounts in `{playbook}` and send {mails} mails at once, {}",
            self.limit
        )
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let so_far = if self.is_edited { "what is in force stays" } else { "they stay as they were" };
        match self.answer {
            Some(ApprovalState::Rejected) => {
                write!(f, "{} was rejected, and {so_far} until the files change again", self.what())
            }
            _ => {
                let approve = format!("playcaller approvals approve {}", self.approval());
                write!(f, "{}: {so_far} until `{approve}`", self.would())
            }
        }
    }
}

/// What of the book is above a limit, whatever a person has said to it.
pub(in crate::runtime) async fn verdicts(
    store: &Store,
    kept: &Kept,
    book: &Book,
    at_once: &AtOnce,
) -> Result<Vec<Verdict>> {
    let answers = store.reload_answers().await?;
    let verdict = |playbook: &Arc<Playbook>| {
        let count = at_once.count(&playbook.id);
        let limit = exceeded(&book.policy, playbook, count, at_once.active())?;
        let is_edited = is_edited(kept, playbook);
        let question = question(playbook, book, is_edited);
        let answer = answers.get(&question.id).copied();
        Some(Verdict { question, is_edited, version: playbook.version.clone(), count, limit, answer })
    };
    Ok(watched(kept, book).filter_map(verdict).collect())
}

/// One question for each version; for the shared files one for each content of theirs.
fn question(playbook: &Playbook, book: &Book, is_edited: bool) -> Question {
    let texts: BTreeMap<&String, &String> = if is_edited { BTreeMap::new() } else { book.shared.iter().collect() };
    let texts = texts.into_iter().flat_map(|(path, text)| [path.as_str(), text.as_str()]);
    let parts: Vec<&str> = ["reload", &playbook.id, &playbook.version].into_iter().chain(texts).collect();
    let approver = match &playbook.owner {
        Recipient::Person(id) => Some(id.clone()),
        _ => None,
    };
    Question { id: id::derived('a', &parts), playbook: playbook.id.clone(), approver }
}

/// The limit that the playbook would break, in words.
fn exceeded(policy: &Policy, playbook: &Playbook, count: Count, active: usize) -> Option<String> {
    let breaker = &policy.breaker;
    let is_many = count.enrolled >= breaker.min_enrollments as usize;
    let most = |limit: u32| limit > 0 && count.enrolled > limit as usize;
    if playbook.enroll.max_per_day.is_some_and(most) {
        return Some(format!("and max_per_day is {}", playbook.enroll.max_per_day.unwrap_or_default()));
    }
    if is_many && most(breaker.max_new) || breaker.max_new > 0 && count.mails > breaker.max_new as usize {
        return Some(format!("and [breaker] max_new is {}", breaker.max_new));
    }
    let share = count.enrolled as f64 / active.max(1) as f64;
    let is_share = is_many && breaker.max_share > 0.0 && share > breaker.max_share;
    is_share.then(|| format!("and [breaker] max_share is {} of {active} active accounts", breaker.max_share))
}
