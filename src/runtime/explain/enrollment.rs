//! One enrollment: why the account came in, where it stands, what comes next and what may end it.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use serde::Serialize;

use super::case::Case;
use super::policy::{PolicyLine, lines};
use super::step::lines_until;
use super::{past, reading};
use crate::book::Book;
use crate::book::playbook::Playbook;
use crate::condition::Trace;
use crate::engine::Reason;
use crate::engine::desk::{Desk, Entry};
use crate::engine::enrollment::Enrollment;
use crate::engine::plan::{self, Due};
use crate::engine::turnout::Turnout;
use crate::portfolio::Facts;
use crate::store::{NextStep, Store};
use crate::time::{Timestamp, utc_text};

/// Why an enrollment stands where it does.
#[derive(Clone, Debug, Serialize)]
pub struct EnrollmentExplanation {
    pub kind: &'static str,
    pub enrollment: Arc<str>,
    pub account: Arc<str>,
    pub playbook: Arc<str>,
    pub version: Arc<str>,
    pub as_of: String,
    pub state: &'static str,
    pub branch: Option<Arc<str>>,
    /// Why it ended, or why it waits before the door.
    pub reason: Option<&'static str>,
    /// The exit's id, when it was one.
    pub exit: Option<Arc<str>>,
    pub outcome: Option<&'static str>,
    pub enrolled_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    /// The condition as it was when the account came in.
    pub condition: Trace,
    /// What holds, skips or ends now.
    pub policy: Vec<PolicyLine>,
    pub steps: Vec<StepLine>,
    pub next: Option<NextStep>,
    pub timeline: Vec<serde_json::Value>,
    /// The lines of the timeline, for people.
    #[serde(skip)]
    pub lines: Vec<Entry>,
}

/// A step of the enrollment's branch, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepLine {
    pub step: Arc<str>,
    pub action: &'static str,
    pub state: &'static str,
    pub reason: Option<&'static str>,
    pub due_at: Option<Timestamp>,
}

/// Explains the enrollment of that id as of an instant. The book knows the older versions that enrollments are on.
///
/// # Errors
/// There was no such enrollment at that instant.
pub async fn explain_enrollment(
    store: &Store,
    book: Arc<Book>,
    id: &str,
    as_of: Timestamp,
) -> Result<EnrollmentExplanation> {
    let none = || anyhow!("there is no enrollment `{id}` as of {}", utc_text(as_of));
    let line = store.enrollment(id).await?.ok_or_else(none)?;
    let (account, desk) = reading::read(store, &line.account, as_of).await?;
    let mut entries = lines_until(store, &account.id, Some(&line.playbook), as_of).await?;
    let desk = past::desk_at(&desk, &entries, as_of);
    let own = desk.enrollments.get(id).cloned().ok_or_else(none)?;
    entries.retain(|entry| entry.enrollment.as_deref() == Some(id));
    let at_version =
        book.playbook_at(&own.playbook, &own.version).or_else(|| book.playbooks.get(&own.playbook)).cloned();
    let playbook = at_version.ok_or_else(|| anyhow!("the book has no playbook `{}` any more", own.playbook))?;
    let world = reading::world(store, book).await?;
    let facts = Facts::new(world, Arc::new(account), Arc::new(desk.work()), as_of).seen_by(&playbook);
    Ok(told(&playbook, &own, &desk, &facts, entries))
}

fn told(
    playbook: &Playbook,
    own: &Enrollment,
    desk: &Desk,
    facts: &Facts,
    entries: Vec<Entry>,
) -> EnrollmentExplanation {
    // At that instant it was before the door: no look had let it in.
    let mut before = desk.clone();
    before.enrollments.remove(&own.id);
    let entry = Case::at(playbook, &facts.at(own.enrolled_at), &before, None, Timestamp::MIN);
    let now = Case::at(playbook, facts, desk, desk.conditions.get(&playbook.id), Timestamp::MIN);
    let end = own.ended.as_ref();
    let steps = steps(playbook, own, desk, facts);
    let next = steps.iter().filter(|line| line.state == PLANNED && own.is_active());
    let next = next.filter_map(|line| Some(NextStep { step: line.step.to_string(), at: line.due_at? }));
    let reason = end.map(|end| end.reason).or_else(|| own.park.as_ref().map(|park| park.reason));
    EnrollmentExplanation {
        kind: "enrollment",
        enrollment: own.id.clone(),
        account: own.account.clone(),
        playbook: own.playbook.clone(),
        version: own.version.clone(),
        as_of: utc_text(facts.now),
        state: own.state.as_str(),
        branch: own.branch.clone(),
        reason: reason.map(Reason::as_str),
        exit: end.and_then(|end| end.exit.clone()),
        outcome: end.map(|end| end.outcome.as_str()),
        enrolled_at: own.enrolled_at,
        ended_at: end.map(|end| end.at),
        condition: entry.question(),
        policy: if own.is_open() { lines(&now, Reason::Enrolled, &Turnout::default()) } else { Vec::new() },
        next: next.min_by_key(|next| next.at),
        steps,
        timeline: entries.iter().map(crate::runtime::timeline::json).collect(),
        lines: entries,
    }
}

/// The state of a step that has no row yet.
const PLANNED: &str = "planned";

fn steps(playbook: &Playbook, own: &Enrollment, desk: &Desk, facts: &Facts) -> Vec<StepLine> {
    let of_branch = playbook.steps_of(own.branch.as_deref());
    let line = |(place, step): (usize, &crate::book::playbook::Step)| {
        let run = own.steps.get(&step.id);
        let planned = match plan::due(playbook, place, own, desk, facts) {
            Due::At(at) if own.is_open() => Some(at),
            _ => None,
        };
        StepLine {
            step: step.id.clone(),
            action: step.action.kind().as_str(),
            state: match run {
                Some(run) => run.state.as_str(),
                None if own.ended.is_some() => "never_ran",
                None => PLANNED,
            },
            reason: run.and_then(|run| run.reason).map(Reason::as_str),
            due_at: run.map(|run| run.due).or(planned),
        }
    };
    of_branch.map(line).collect()
}
