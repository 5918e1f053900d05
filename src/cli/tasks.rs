//! `tasks`: work for people.

use clap::{Args, Subcommand};

use super::ByHand;
use super::exit::{Exit, Failure, Result};
use super::moment::Moment;
use super::print::{Print, Zones, or_dash, short};
use super::session::Session;
use crate::engine::desk::TaskState;
use crate::store::{Filter, TaskLine};

#[derive(Debug, Args)]
pub struct Tasks {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    list: List,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Open tasks, those that are due first first
    List(List),
    /// Take a task on: nobody is reminded any more
    Acknowledge(One),
    /// The task is done
    Complete(One),
    /// Let the task rest
    Snooze {
        #[command(flatten)]
        task: One,
        /// Until when
        #[arg(long, value_name = "INSTANT")]
        until: Moment,
    },
}

#[derive(Debug, Args)]
struct List {
    /// Only this account
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// Only this playbook
    #[arg(long, value_name = "ID")]
    playbook: Option<String>,
    /// Only those of this person
    #[arg(long, value_name = "PERSON")]
    assignee: Option<String>,
    /// Those that are done or cancelled too
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Args)]
struct One {
    /// Id of the task
    task: String,
    #[command(flatten)]
    by: ByHand,
}

impl Tasks {
    pub async fn run(self, session: &Session) -> Result<Exit> {
        match self.what {
            None => self.list.run(session).await,
            Some(What::List(list)) => list.run(session).await,
            Some(What::Acknowledge(one)) => change(session, one, Change::Acknowledge).await,
            Some(What::Complete(one)) => change(session, one, Change::Complete).await,
            Some(What::Snooze { task, until }) => change(session, task, Change::Snooze(until)).await,
        }
    }
}

impl List {
    async fn run(self, session: &Session) -> Result<Exit> {
        let store = session.store().await?;
        let filter =
            Filter { account: self.account, playbook: self.playbook, person: self.assignee, ..Filter::default() };
        let mut tasks = store.tasks(&filter).await?;
        tasks.retain(|task| self.all || is_open(&task.state));
        list(&tasks, &Zones::load(&store).await?, session.print)?;
        Ok(Exit::Done)
    }
}

/// Whether a task in the state of that name is still to be done.
pub fn is_open(state: &str) -> bool {
    TaskState::parse(state).is_some_and(TaskState::is_open)
}

pub fn list(tasks: &[TaskLine], zones: &Zones, print: Print) -> Result<()> {
    let columns = ["task", "due", "priority", "assignee", "account", "playbook", "state", "created", "title"];
    let row = |task: &TaskLine| {
        vec![
            task.id.clone(),
            or_dash(task.due),
            task.priority.clone(),
            or_dash(task.assignee.as_ref()),
            task.account.clone(),
            task.playbook.clone(),
            task.state.clone(),
            zones.local(&task.account, task.created_at),
            short(&task.title, 60),
        ]
    };
    print.list(tasks, &columns, row, "No open tasks. `playcaller tasks list --all` shows those that are done.")
}

enum Change {
    Acknowledge,
    Complete,
    Snooze(Moment),
}

async fn change(session: &Session, one: One, change: Change) -> Result<Exit> {
    let store = session.store().await?;
    let actor = session.actor(&store, one.by.by).await?;
    let (id, by) = (one.task.as_str(), actor.by());
    let mut tx = store.begin().await?;
    match change {
        Change::Acknowledge => tx.acknowledge_task(id, by).await?,
        Change::Complete => tx.complete_task(id, by).await?,
        Change::Snooze(Moment(until)) if until <= actor.now => {
            return Err(Failure::usage(format!("--until {until} is not after now, which is {}", actor.now)));
        }
        Change::Snooze(Moment(until)) => tx.snooze_task(id, until, by).await?,
    }
    tx.commit().await?;
    let changed = store.tasks(&Filter::default()).await?.into_iter().find(|task| task.id == id);
    let changed = changed.ok_or_else(|| Failure::wrong(format!("there is no task `{id}`")))?;
    session.print.either(&changed, || format!("{id} is {}: {}", changed.state, changed.title))?;
    Ok(Exit::Done)
}
