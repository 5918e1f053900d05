//! `tasks`: work for people.

use clap::{Args, Subcommand};

use super::exit::{Exit, Failure, Result};
use super::moment::Moment;
use super::print::{Print, Zones, or_dash, short};
use super::session::Session;
use super::{AsOf, ByHand};
use crate::book::markdown;
use crate::engine::desk::TaskState;
use crate::store::{Filter, Store, TaskLine, TaskView};

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
    /// One task with its body and checklist
    Show {
        /// Id of the task
        task: String,
    },
    /// Tick an item of the checklist
    Check {
        /// Id of the task
        task: String,
        /// Which item, counted from 1
        item: usize,
        /// Clear it instead
        #[arg(long)]
        undo: bool,
        #[command(flatten)]
        by: ByHand,
    },
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
    #[command(flatten)]
    as_of: AsOf,
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
            Some(What::Show { task }) => show(session, &task).await,
            Some(What::Check { task, item, undo, by }) => {
                change(session, One { task, by }, Change::Check { item, is_done: !undo }).await
            }
            Some(What::Acknowledge(one)) => change(session, one, Change::Acknowledge).await,
            Some(What::Complete(one)) => change(session, one, Change::Complete).await,
            Some(What::Snooze { task, until }) => change(session, task, Change::Snooze(until)).await,
        }
    }
}

impl List {
    async fn run(self, session: &Session) -> Result<Exit> {
        let store = session.store().await?;
        let filter = Filter {
            account: self.account,
            playbook: self.playbook,
            person: self.assignee,
            as_of: self.as_of.instant(),
            ..Filter::default()
        };
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

async fn task(store: &Store, id: &str) -> Result<TaskView> {
    let unknown = || Failure::wrong(format!("there is no task `{id}`")).help("`playcaller tasks list` lists them");
    store.task(id).await?.ok_or_else(unknown)
}

async fn show(session: &Session, id: &str) -> Result<Exit> {
    let store = session.store().await?;
    let view = task(&store, id).await?;
    session.print.either(&view, || told(&view))?;
    Ok(Exit::Done)
}

fn told(view: &TaskView) -> String {
    let line = &view.line;
    let mut text = format!(
        "{}  {}  {}\n{} of {} for {}\nassignee {}, priority {}, due {}\n",
        line.id,
        line.state,
        line.title,
        line.step,
        line.playbook,
        line.account,
        or_dash(line.assignee.as_ref()),
        line.priority,
        or_dash(line.due)
    );
    for (n, item) in line.checklist.iter().enumerate() {
        text += &format!("  {}. [{}] {}\n", n + 1, if item.done { 'x' } else { ' ' }, item.text);
    }
    if let Some(body) = &view.body {
        text += &format!("\n{}", markdown::text(body));
    }
    text
}

enum Change {
    Check { item: usize, is_done: bool },
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
        Change::Check { item, is_done } => tx.check_item(id, item, is_done, by).await?,
        Change::Acknowledge => tx.acknowledge_task(id, by).await?,
        Change::Complete => tx.complete_task(id, by).await?,
        Change::Snooze(Moment(until)) if until <= actor.now => {
            return Err(Failure::usage(format!("--until {until} is not after now, which is {}", actor.now)));
        }
        Change::Snooze(Moment(until)) => tx.snooze_task(id, until, by).await?,
    }
    tx.commit().await?;
    let changed = task(&store, id).await?.line;
    session.print.either(&changed, || format!("{id} is {}: {}", changed.state, changed.title))?;
    Ok(Exit::Done)
}
