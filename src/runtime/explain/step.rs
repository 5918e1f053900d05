//! A step of an enrollment, or a level of its ladder: when it is due and from what, what stands before it, what became of it.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use serde::Serialize;

use super::{one_line, past, reading};
use crate::book::Book;
use crate::book::keys::Choice;
use crate::book::playbook::{Base, HoldOrSkip, Playbook, Step, Timing};
use crate::condition::Trace;
use crate::engine::desk::{Desk, Entry};
use crate::engine::enrollment::{Enrollment, StepState};
use crate::engine::plan::Due;
use crate::engine::turnout::Turnout;
use crate::engine::visit::{Input, Outlook, Standing, level_key, outlook};
use crate::engine::within::within;
use crate::portfolio::Facts;
use crate::runtime::preview::no_step;
use crate::store::{DeliveryLine, Filter, Store, Timeline};
use crate::time::{Timestamp, utc_text};

/// Why a step ran, was held or left out, or has not run yet.
#[derive(Clone, Debug, Serialize)]
pub struct StepExplanation {
    pub kind: &'static str,
    pub account: Arc<str>,
    pub playbook: Arc<str>,
    pub step: Arc<str>,
    pub as_of: String,
    /// The enrollment it is a step of: the open one, else the last.
    pub enrollment: Option<Arc<str>>,
    /// What the step does; none for a level of the ladder.
    pub action: Option<&'static str>,
    pub state: StepStanding,
    pub reason: Option<&'static str>,
    /// When it is or was to run, window applied.
    pub due_at: Option<String>,
    /// What that follows from.
    pub due_from: Option<DueFrom>,
    pub when: Option<Trace>,
    /// Everything that would keep it from running now.
    pub obstacles: Vec<Hindrance>,
    pub timeline: Vec<serde_json::Value>,
    pub deliveries: Vec<DeliveryLine>,
    /// When something of this may change by time alone.
    pub next_change: Option<NextLook>,
    /// Whether its time has come.
    #[serde(skip)]
    pub is_due: bool,
    /// The lines of the timeline, for people.
    #[serde(skip)]
    pub lines: Vec<Entry>,
}

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepStanding {
    /// The account is not in the playbook.
    NotEnrolled,
    /// The step is of another branch than the account.
    OtherBranch,
    /// The enrollment ended before its turn came.
    NeverRan,
    /// As the enrollment has it.
    At(StepState),
}

/// What the due instant follows from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DueFrom {
    /// As in the book: `kickoff-email + 3bd`.
    pub text: String,
    /// The instant it counts from; none while that has not come.
    pub at: Option<String>,
}

/// Something that stands before a step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hindrance {
    pub reason: &'static str,
    /// Which rule says so.
    pub rule: String,
    /// Whether the step waits or is left out.
    pub mode: &'static str,
    /// Whose message it is about; none: all of it.
    pub to: Option<String>,
    /// When it gives way by time alone.
    pub until: Option<String>,
}

/// When to look again.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NextLook {
    pub at: String,
}

/// Explains one step of an account in a playbook. The book knows the older versions that enrollments are on.
pub async fn explain_step(
    store: &Store,
    book: Arc<Book>,
    account: &str,
    playbook: &str,
    step: &str,
    as_of: Timestamp,
) -> Result<StepExplanation> {
    let newest = book.playbooks.get(playbook).cloned().ok_or_else(|| anyhow!("there is no playbook `{playbook}`"))?;
    let (account, desk) = reading::read(store, account, as_of).await?;
    let lines = lines_until(store, &account.id, Some(playbook), as_of).await?;
    let desk = past::desk_at(&desk, &lines, as_of);
    let own = enrollment_of(&desk, &newest).cloned();
    let at_version = own.as_ref().and_then(|own| book.playbook_at(&own.playbook, &own.version).cloned());
    let playbook = at_version.unwrap_or(newest);
    let place = playbook.step(step).map(|(place, _)| place);
    let is_level = playbook.escalation.iter().flat_map(|ladder| &ladder.levels).any(|level| &*level.id == step);
    if place.is_none() && !is_level {
        return Err(no_step(&playbook, step));
    }
    let world = reading::world(store, book.clone()).await?;
    let (live_since, open_tasks) = (store.live_since().await?, store.open_tasks_per_person().await?);
    let turnout = Turnout::default();
    let account = Arc::new(account);
    let input = Input {
        world: &world,
        account: account.clone(),
        desk: Arc::new(desk),
        now: as_of,
        live_since: &live_since,
        open_tasks: &open_tasks,
        turnout: &turnout,
        requests: &[],
    };
    let asked = place.zip(own.as_ref()).and_then(|(place, own)| asked_then(&input, &playbook, own, place));
    let seen = place.zip(own.as_ref()).and_then(|(place, own)| outlook(input, &playbook, &own.id, place));
    let deliveries = match &own {
        Some(own) => deliveries_of(store, own, step, as_of).await?,
        None => Vec::new(),
    };
    let about = |line: &Entry| {
        line.step.as_deref() == Some(step) && own.as_ref().is_some_and(|own| line.enrollment.as_ref() == Some(&own.id))
    };
    let lines = lines.into_iter().filter(about).collect();
    let mut told = told(&playbook, own.as_ref(), step, seen, lines, as_of);
    (told.account, told.deliveries) = (account.id.clone(), deliveries);
    told.when = told.when.or(asked);
    Ok(told)
}

/// What the step's `when` said at the instant at which it was decided, on what was recorded then.
fn asked_then(input: &Input<'_>, playbook: &Playbook, own: &Enrollment, place: usize) -> Option<Trace> {
    let step = &playbook.steps[place];
    let at = own.steps.get(&step.id).filter(|run| run.state.is_decided())?.ended_at?;
    // A completion that came later had not come then.
    let mut desk = Desk::clone(&input.desk);
    desk.tasks.values_mut().for_each(|task| task.done_at = task.done_at.filter(|done| *done <= at));
    let work = Arc::new(desk.work());
    let facts = Facts::new(input.world.clone(), input.account.clone(), work, at);
    Some(step.when.as_ref()?.trace(&within(&facts, playbook, own, &desk)))
}

/// The lines of the timeline up to and including the instant.
pub(super) async fn lines_until(
    store: &Store,
    account: &str,
    playbook: Option<&str>,
    as_of: Timestamp,
) -> Result<Vec<Entry>> {
    let asked = Timeline {
        account: Some(account.to_owned()),
        playbook: playbook.map(str::to_owned),
        until: Some(as_of + jiff::Span::new().microseconds(1)),
        ..Timeline::default()
    };
    Ok(store.timeline(&asked).await?)
}

/// The open enrollment in a playbook, else the last.
fn enrollment_of<'d>(desk: &'d Desk, playbook: &Playbook) -> Option<&'d Enrollment> {
    let entries = desk.entries_of(playbook);
    entries.iter().find(|own| own.is_open()).or(entries.last()).copied()
}

async fn deliveries_of(store: &Store, own: &Enrollment, step: &str, as_of: Timestamp) -> Result<Vec<DeliveryLine>> {
    let filter = Filter {
        account: Some(own.account.to_string()),
        playbook: Some(own.playbook.to_string()),
        as_of: Some(as_of),
        ..Filter::default()
    };
    let mut lines = store.deliveries(&filter).await?;
    lines.retain(|line| line.enrollment == *own.id && line.step == step);
    Ok(lines)
}

fn told(
    playbook: &Playbook,
    own: Option<&Enrollment>,
    id: &str,
    seen: Option<Outlook>,
    lines: Vec<Entry>,
    as_of: Timestamp,
) -> StepExplanation {
    let step = playbook.step(id);
    let run = own.and_then(|own| own.steps.get(id).or_else(|| own.steps.get(&*level_key(id))));
    let state = standing(own, step.map(|(_, step)| step), run.map(|run| run.state));
    let is_over = !matches!(state, StepStanding::At(state) if !state.is_decided());
    let due = run.map(|run| run.due).or(match seen.as_ref().map(|seen| seen.due) {
        Some(Due::At(at)) => Some(at),
        _ => None,
    });
    let counted_from = seen.as_ref().and_then(|seen| seen.counted_from);
    let ended = own.and_then(|own| own.ended.as_ref()).filter(|_| state == StepStanding::NeverRan);
    let reason = run.and_then(|run| run.reason).or(ended.map(|end| end.reason));
    let open = seen.filter(|_| !is_over);
    StepExplanation {
        kind: "step",
        account: Arc::from(""),
        playbook: playbook.id.clone(),
        step: Arc::from(id),
        as_of: utc_text(as_of),
        enrollment: own.map(|own| own.id.clone()),
        action: step.map(|(_, step)| step.action.kind().as_str()),
        state,
        reason: reason.map(|reason| reason.as_str()),
        due_at: due.map(utc_text),
        is_due: due.is_some_and(|due| due <= as_of),
        due_from: step.map(|(place, _)| due_from(playbook, place, own, counted_from)),
        when: open.as_ref().and_then(|seen| seen.when.clone()),
        obstacles: open.iter().flat_map(|seen| &seen.obstacles).map(hindrance).collect(),
        timeline: lines.iter().map(crate::runtime::timeline::json).collect(),
        deliveries: Vec::new(),
        next_change: open.and_then(|seen| seen.next).map(|at| NextLook { at: utc_text(at) }),
        lines,
    }
}

fn standing(own: Option<&Enrollment>, step: Option<&Step>, state: Option<StepState>) -> StepStanding {
    let Some(own) = own else { return StepStanding::NotEnrolled };
    match (state, step) {
        (Some(state), _) => StepStanding::At(state),
        (None, Some(step)) if !step.belongs_to(own.branch.as_deref()) => StepStanding::OtherBranch,
        (None, _) if own.ended.is_some() => StepStanding::NeverRan,
        (None, _) => StepStanding::At(StepState::Planned),
    }
}

impl StepStanding {
    /// The word printed for it.
    pub fn as_str(self) -> &'static str {
        match self {
            StepStanding::NotEnrolled => "not_enrolled",
            StepStanding::OtherBranch => "other_branch",
            StepStanding::NeverRan => "never_ran",
            StepStanding::At(state) => state.as_str(),
        }
    }
}

impl Serialize for StepStanding {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// The step's timing as the book has it, with the instant it counts from.
fn due_from(playbook: &Playbook, place: usize, own: Option<&Enrollment>, at: Option<Timestamp>) -> DueFrom {
    let step = &playbook.steps[place];
    let anchor = || own.and_then(|own| own.anchor).map(|day| day.to_string());
    match &step.timing {
        Timing::At(span) => DueFrom { text: shifted("anchor", *span), at: anchor() },
        Timing::After(base, span) => {
            let base = base_text(playbook, place, *base, own);
            DueFrom { text: span.map_or_else(|| base.clone(), |span| shifted(&base, span)), at: at.map(utc_text) }
        }
    }
}

fn shifted(base: &str, span: crate::time::Span) -> String {
    let (sign, span) = if span.is_negative() { ("-", span.negated()) } else { ("+", span) };
    format!("{base} {sign} {span}")
}

fn base_text(playbook: &Playbook, place: usize, base: Base, own: Option<&Enrollment>) -> String {
    match base {
        Base::Enrolled => "enrolled".to_owned(),
        Base::Step(other) => playbook.steps[other].id.to_string(),
        Base::Done(other) => format!("{}.done", playbook.steps[other].id),
        Base::Previous => {
            let branch = own.and_then(|own| own.branch.as_deref());
            let above = playbook.steps_of(branch).rev().find(|(other, _)| *other < place);
            above.map_or_else(|| "enrolled".to_owned(), |(_, step)| step.id.to_string())
        }
    }
}

fn hindrance(standing: &Standing) -> Hindrance {
    let obstacle = &standing.obstacle;
    Hindrance {
        reason: obstacle.reason.as_str(),
        rule: one_line(&obstacle.rule),
        mode: if obstacle.mode == HoldOrSkip::Hold { HoldOrSkip::Hold.word() } else { HoldOrSkip::Skip.word() },
        to: standing.to.clone(),
        until: obstacle.until.map(utc_text),
    }
}
