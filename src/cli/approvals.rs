//! `approvals`: what waits for a person's yes.

use clap::{Args, Subcommand};

use super::exit::{Exit, Failure, Result};
use super::print::{Zones, count, or_dash};
use super::session::Session;
use super::{AsOf, ByHand};
use crate::engine::desk::{ApprovalKind, ApprovalState};
use crate::store::{ApprovalLine, ApprovalView, Decision, Filter, Store};
use crate::time::utc_text;

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
    /// One of them, with the accounts it is about
    Show {
        /// Id of the approval
        approval: String,
    },
    /// Yes: the step goes on at its next opening; the parked accounts enter now
    Approve(One),
    /// No: the step is skipped; the parked accounts stay out
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
            Some(What::Show { approval }) => show(session, &approval).await,
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
                about(own),
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

/// The account, or how many.
fn about(own: &ApprovalLine) -> String {
    let many = || own.count.map(|n| count(n as usize, "account"));
    or_dash(own.account.clone().or_else(many))
}

async fn view(store: &Store, id: &str) -> Result<ApprovalView> {
    let unknown =
        || Failure::wrong(format!("there is no approval `{id}`")).help("`playcaller approvals list` lists them");
    store.approval(id).await?.ok_or_else(unknown)
}

async fn show(session: &Session, id: &str) -> Result<Exit> {
    let store = session.store().await?;
    let view = view(&store, id).await?;
    session.print.either(&view, || {
        let line = &view.line;
        let head = format!("{}  {}  {} of {} for {}", line.id, line.state, subject(line), line.playbook, about(line));
        let asked = format!("asked of {} on {}", or_dash(line.approver.as_ref()), utc_text(line.asked_at));
        let accounts: String = view.accounts.iter().map(|account| format!("  {account}\n")).collect();
        format!("{head}\n{asked}\n{accounts}")
    })?;
    Ok(Exit::Done)
}

/// What is asked for.
fn subject(line: &ApprovalLine) -> &str {
    let whole = if line.kind == ApprovalKind::Step.as_str() { "the step" } else { &line.kind };
    line.step.as_deref().unwrap_or(whole)
}

async fn decide(session: &Session, one: One, decision: Decision) -> Result<Exit> {
    let store = session.store().await?;
    let actor = session.actor(&store, one.by.by).await?;
    let mut tx = store.begin().await?;
    tx.decide_approval(&one.approval, decision, actor.by()).await?;
    tx.commit().await?;
    let decided = view(&store, &one.approval).await?.line;
    session.print.either(&decided, || {
        let ApprovalLine { id, state, playbook, .. } = &decided;
        format!("{id} is {state}: {} of {playbook} for {}", subject(&decided), about(&decided))
    })?;
    Ok(Exit::Done)
}
