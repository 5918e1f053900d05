//! One message: why it went, waits or never left, with every attempt to hand it over.

use anyhow::{Result, anyhow};
use serde::Serialize;

use super::step::lines_until;
use crate::engine::delivery::DeliveryState;
use crate::engine::desk::Entry;
use crate::store::{AttemptLine, DeliveryLine, Store, TaskLine};
use crate::time::{Timestamp, utc_text};

/// Why a message went, waits or never left.
#[derive(Clone, Debug, Serialize)]
pub struct DeliveryExplanation {
    pub kind: &'static str,
    /// `id` is the delivery's.
    #[serde(flatten)]
    pub line: DeliveryLine,
    pub as_of: String,
    /// What the state and the reason mean.
    pub why: String,
    /// What the other side, or the failure, said last.
    pub reply: Option<String>,
    /// Every attempt up to the instant, the first first.
    pub tried: Vec<AttemptLine>,
    pub timeline: Vec<serde_json::Value>,
    /// The lines of the timeline, for people.
    #[serde(skip)]
    pub lines: Vec<Entry>,
}

/// Where a task comes from.
#[derive(Clone, Debug, Serialize)]
pub struct TaskExplanation {
    pub kind: &'static str,
    /// `id` is the task's.
    #[serde(flatten)]
    pub line: TaskLine,
    pub as_of: String,
    pub timeline: Vec<serde_json::Value>,
    /// The lines of the timeline, for people.
    #[serde(skip)]
    pub lines: Vec<Entry>,
}

/// Explains the delivery of that id. Its own state is the latest: earlier ones are its attempts and the timeline's lines.
///
/// # Errors
/// There was no such delivery at that instant.
pub async fn explain_delivery(store: &Store, id: &str, as_of: Timestamp) -> Result<DeliveryExplanation> {
    let view = store.delivery(id).await?.ok_or_else(|| anyhow!("there is no delivery `{id}`"))?;
    let mut line = view.line;
    // It is handed to the outbox at its due instant.
    let sent_or_due = line.sent_at.map_or(line.due_at, |sent| sent.min(line.due_at));
    if sent_or_due > as_of {
        return Err(anyhow!("there is no delivery `{id}` as of {}", utc_text(as_of)));
    }
    let lines = lines_of(store, &line.account, &line.enrollment, &line.step, as_of).await?;
    let lines: Vec<Entry> = lines.into_iter().filter(|entry| is_about(entry, &line.to)).collect();
    let mut tried = view.tried;
    tried.retain(|attempt| attempt.at <= as_of);
    if line.sent_at.is_some_and(|sent| sent > as_of) {
        (line.state, line.reason, line.sent_at) = (DeliveryState::Queued.as_str().to_owned(), None, None);
    }
    Ok(DeliveryExplanation {
        kind: "delivery",
        as_of: utc_text(as_of),
        why: why(&line),
        reply: view.reply,
        tried,
        timeline: lines.iter().map(crate::runtime::timeline::json).collect(),
        line,
        lines,
    })
}

/// Explains the task of that id.
///
/// # Errors
/// There was no such task at that instant.
pub async fn explain_task(store: &Store, id: &str, as_of: Timestamp) -> Result<TaskExplanation> {
    let line = store.task(id).await?.ok_or_else(|| anyhow!("there is no task `{id}`"))?.line;
    if line.created_at > as_of {
        return Err(anyhow!("there is no task `{id}` as of {}", utc_text(as_of)));
    }
    let lines = lines_of(store, &line.account, &line.enrollment, &line.step, as_of).await?;
    let timeline = lines.iter().map(crate::runtime::timeline::json).collect();
    Ok(TaskExplanation { kind: "task", line, as_of: utc_text(as_of), timeline, lines })
}

async fn lines_of(store: &Store, account: &str, enrollment: &str, step: &str, as_of: Timestamp) -> Result<Vec<Entry>> {
    let mut lines = lines_until(store, account, None, as_of).await?;
    lines.retain(|line| line.enrollment.as_deref() == Some(enrollment) && line.step.as_deref() == Some(step));
    Ok(lines)
}

/// Whether the line is about all of the step, or about the message to that addressee.
fn is_about(entry: &Entry, to: &str) -> bool {
    entry.to.as_deref().is_none_or(|own| own.eq_ignore_ascii_case(to))
}

fn why(line: &DeliveryLine) -> String {
    let state = match DeliveryState::ALL.into_iter().find(|state| state.as_str() == line.state) {
        Some(DeliveryState::Queued) => "waits for its time and for the daemon",
        Some(DeliveryState::Held) => "waits for something other than its time",
        Some(DeliveryState::Claimed | DeliveryState::Committing) => "is being handed over",
        Some(DeliveryState::Sent) => "the other side took it",
        Some(DeliveryState::Uncertain) => {
            "handed over without an answer: `playcaller outbox resolve` says what became of it"
        }
        Some(DeliveryState::Dead) => "refused for good, or given up",
        Some(DeliveryState::Cancelled) => "called off before it went",
        Some(DeliveryState::Suppressed) => "may not be sent to that address",
        Some(DeliveryState::Expired) => "its time passed before it could go",
        None => "",
    };
    line.reason.map_or_else(|| state.to_owned(), |reason| format!("{state}: {}", reason.meaning()))
}
