//! What our people do in the sample: they acknowledge and complete tasks, approve and reject.

use anyhow::{Context, anyhow};
use serde::Deserialize;

use super::sample;
use crate::cli::exit::Result;
use crate::cli::tasks::is_open;
use crate::engine::desk::ApprovalState;
use crate::store::{By, Decision, Filter, Store};
use crate::time::Timestamp;

/// A row of `actions.csv`.
#[derive(Debug, Deserialize)]
pub struct Deed {
    pub at: Timestamp,
    account: String,
    playbook: String,
    step: String,
    action: Action,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Action {
    Acknowledge,
    Complete,
    Approve,
    Reject,
}

/// Everything our people do, in the order of time.
pub fn deeds() -> Result<Vec<Deed>> {
    let file = sample::file("actions.csv")?;
    let rows = csv::Reader::from_reader(&*file.data).into_deserialize();
    let mut deeds: Vec<Deed> = rows.collect::<std::result::Result<_, csv::Error>>().context("actions.csv")?;
    deeds.sort_by_key(|deed| deed.at);
    Ok(deeds)
}

impl Deed {
    /// Does it, in the name of whose task or approval it is.
    pub async fn perform(&self, store: &Store) -> Result<()> {
        let filter =
            Filter { account: Some(self.account.clone()), playbook: Some(self.playbook.clone()), ..Filter::default() };
        match self.action {
            Action::Acknowledge | Action::Complete => self.work(store, &filter).await,
            Action::Approve => self.answer(store, &filter, Decision::Approve).await,
            Action::Reject => self.answer(store, &filter, Decision::Reject).await,
        }
    }

    async fn work(&self, store: &Store, filter: &Filter) -> Result<()> {
        let tasks = store.tasks(filter).await?;
        let task = tasks.into_iter().find(|task| task.step == self.step && is_open(&task.state));
        let task = task.ok_or_else(|| self.finds_nothing())?;
        let by = By { who: task.assignee.as_deref().unwrap_or("nobody"), at: self.at };
        let mut tx = store.begin().await?;
        match self.action {
            Action::Acknowledge => tx.acknowledge_task(&task.id, by).await?,
            _ => tx.complete_task(&task.id, by).await?,
        }
        Ok(tx.commit().await?)
    }

    async fn answer(&self, store: &Store, filter: &Filter, decision: Decision) -> Result<()> {
        let approvals = store.approvals(filter).await?;
        let is_asked = |state: &str| ApprovalState::parse(state) == Some(ApprovalState::Waiting);
        let mut waiting = approvals.into_iter().filter(|own| is_asked(&own.state));
        let approval = waiting.find(|own| own.step.as_deref() == Some(&self.step));
        let approval = approval.ok_or_else(|| self.finds_nothing())?;
        let by = By { who: approval.approver.as_deref().unwrap_or("nobody"), at: self.at };
        let mut tx = store.begin().await?;
        tx.decide_approval(&approval.id, decision, by).await?;
        Ok(tx.commit().await?)
    }

    fn finds_nothing(&self) -> anyhow::Error {
        let Deed { at, account, playbook, step, action } = self;
        anyhow!(
            "the sample's actions do not fit the book: at {at} nothing of {playbook}/{step} at {account} waits for {action:?}"
        )
    }
}
