//! `approvals`: what waits for a person's yes.

use clap::{Args, Subcommand};

use super::exit::{Exit, Failure, Result};
use super::print::{Zones, or_dash};
use super::session::Session;
use super::{AsOf, ByHand};
use crate::engine::desk::ApprovalState;
use crate::store::{ApprovalLine, Decision, Filter};

#[derive(Debug, Args)]
pub struct Approvals {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    list: List,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Open questions, those asked first first
    List(List),
    /// Yes: the step goes on at its next opening
    Approve(One),
    /// No: the step is skipped
    Reject(One),
}

#[derive(Debug, Args)]
struct List {
    /// Only this account
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// Only those this person is asked for
    #[arg(long, value_name = "PERSON")]
    approver: Option<String>,
    /// Those that are answered or expired too
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    as_of: AsOf,
}

#[derive(Debug, Args)]
struct One {
    /// Id of the approval
    approval: String,
    #[command(flatten)]
    by: ByHand,
}

impl Approvals {
    pub async fn run(self, session: &Session) -> Result<Exit> {
        match self.what {
            None => self.list.run(session).await,
            Some(What::List(list)) => list.run(session).await,
            Some(What::Approve(one)) => decide(session, one, Decision::Approve).await,
            Some(What::Reject(one)) => decide(session, one, Decision::Reject).await,
        }
    }
}

impl List {
    async fn run(self, session: &Session) -> Result<Exit> {
        let store = session.store().await?;
        let state = (!self.all).then(|| ApprovalState::Waiting.as_str().to_owned());
        let as_of = self.as_of.instant();
        let filter = Filter { account: self.account, person: self.approver, state, as_of, ..Filter::default() };
        let approvals = store.approvals(&filter).await?;
        let zones = Zones::load(&store).await?;
        let columns = ["approval", "kind", "account", "playbook", "step", "approver", "asked", "expires", "state"];
        let row = |own: &ApprovalLine| {
            vec![
                own.id.clone(),
                own.kind.clone(),
                or_dash(own.account.as_ref()),
                own.playbook.clone(),
                or_dash(own.step.as_ref()),
                or_dash(own.approver.as_ref()),
                zones.local(own.account.as_deref().unwrap_or_default(), own.asked_at),
                zones.local_or_dash(own.account.as_deref().unwrap_or_default(), own.expires_at),
                own.state.clone(),
            ]
        };
        let nothing = "Nothing waits for approval. `playcaller approvals list --all` shows what was answered.";
        session.print.list(&approvals, &columns, row, nothing)?;
        Ok(Exit::Done)
    }
}

async fn decide(session: &Session, one: One, decision: Decision) -> Result<Exit> {
    let store = session.store().await?;
    let actor = session.actor(&store, one.by.by).await?;
    let mut tx = store.begin().await?;
    tx.decide_approval(&one.approval, decision, actor.by()).await?;
    tx.commit().await?;
    let decided = store
        .approval(&one.approval)
        .await?
        .ok_or_else(|| Failure::wrong(format!("there is no approval `{}`", one.approval)))?;
    session.print.either(&decided, || {
        let ApprovalLine { id, state, playbook, .. } = &decided;
        match (&decided.step, &decided.account) {
            (Some(step), Some(account)) => format!("{id} is {state}: {step} of {playbook} for {account}"),
            (_, Some(account)) => format!("{id} is {state}: the enrollment of {account} in {playbook}"),
            (_, None) => format!("{id} is {state}: {playbook}"),
        }
    })?;
    Ok(Exit::Done)
}
