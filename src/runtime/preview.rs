//! The very mail, message or task a step would hand out now.

use std::sync::Arc;

use anyhow::{Result, anyhow};

use crate::book::Book;
use crate::book::playbook::Playbook;
use crate::condition::nearest;
use crate::engine::turnout::Turnout;
use crate::engine::visit::{Input, Rehearsal, rehearse};
use crate::store::Store;
use crate::time::Timestamp;

use super::explain::{read, world};

/// Rehearses a step of a playbook for an account. Nothing is written or sent.
pub async fn preview(
    store: &Store,
    book: Arc<Book>,
    playbook: &Playbook,
    step: &str,
    account: &str,
    now: Timestamp,
) -> Result<Rehearsal> {
    let (account, desk) = read(store, account, now).await?;
    let world = world(store, book).await?;
    let (live_since, open_tasks) = (store.live_since().await?, store.open_tasks_per_person().await?);
    let turnout = Turnout::default();
    let input = Input {
        world: &world,
        account: Arc::new(account),
        desk: Arc::new(desk),
        now,
        live_since: &live_since,
        open_tasks: &open_tasks,
        turnout: &turnout,
        requests: &[],
    };
    rehearse(input, playbook, step).ok_or_else(|| no_step(playbook, step))
}

fn no_step(playbook: &Playbook, step: &str) -> anyhow::Error {
    let levels = playbook.escalation.iter().flat_map(|ladder| &ladder.levels).map(|level| &*level.id);
    let ids: Vec<&str> = playbook.steps.iter().map(|step| &*step.id).chain(levels).collect();
    let advice = match nearest(step, ids.iter().copied()) {
        Some(right) => format!("did you mean `{right}`?"),
        None => format!("it has: {}", ids.join(", ")),
    };
    anyhow!("the playbook `{}` has no step `{step}`; {advice}", playbook.id)
}
