//! The lists of what people have to do: tasks and approvals.

use serde::Serialize;

use super::Filter;
use crate::engine::desk::{ApprovalKind, CheckItem};
use crate::engine::recipients::OpenTasks;
use crate::store::db::on;
use crate::store::desk::checklist;
use crate::store::value::{day, instant};
use crate::store::{Result, Store};
use crate::time::{Date, Timestamp};

/// A task as it is listed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TaskLine {
    pub id: String,
    pub enrollment: String,
    pub account: String,
    pub playbook: String,
    pub step: String,
    pub assignee: Option<String>,
    pub title: String,
    pub priority: String,
    pub state: String,
    /// A local date.
    pub due: Option<Date>,
    pub created_at: Timestamp,
    pub done_at: Option<Timestamp>,
    pub checklist: Vec<CheckItem>,
}

/// A task with its body.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TaskView {
    #[serde(flatten)]
    pub line: TaskLine,
    /// Markdown.
    pub body: Option<String>,
}

#[derive(sqlx::FromRow)]
struct TaskRow {
    id: String,
    enrollment_id: String,
    account_id: String,
    playbook: String,
    step: String,
    assignee: Option<String>,
    title: String,
    body: Option<String>,
    priority: String,
    state: String,
    due_day: Option<i64>,
    created_at: i64,
    done_at: Option<i64>,
    checklist: String,
}

/// An approval as it is listed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ApprovalLine {
    pub id: String,
    pub kind: String,
    /// None: it is about no single account.
    pub account: Option<String>,
    pub playbook: String,
    pub step: Option<String>,
    pub approver: Option<String>,
    pub asked_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub state: String,
    /// How many accounts wait for the answer, or waited, when it is about many. Not of the published shape: an approval
    /// that is shown alone has the accounts themselves.
    #[serde(skip)]
    pub count: Option<i64>,
}

/// An approval with the accounts it is about.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ApprovalView {
    #[serde(flatten)]
    pub line: ApprovalLine,
    pub accounts: Vec<String>,
}

#[derive(sqlx::FromRow)]
struct ApprovalRow {
    id: String,
    kind: String,
    account_id: Option<String>,
    playbook: String,
    step: Option<String>,
    approver: Option<String>,
    asked_at: i64,
    expires_at: Option<i64>,
    state: String,
    waiting: i64,
}

/// Approvals with how many accounts each is about: those that still wait, or that waited for the answer.
macro_rules! approvals {
    () => {
        "select a.*, (select count(*) from enrollment e where e.approval_id = a.id
            and (a.state <> 'waiting' or e.state = 'parked')) as waiting
        from approval a"
    };
}

impl Store {
    /// Tasks, those that are due first first.
    pub async fn tasks(&self, filter: &Filter) -> Result<Vec<TaskLine>> {
        const TEXT: &str = "select * from task
            where (cast($1 as text) is null or account_id = $1) and (cast($2 as text) is null or playbook = $2)
                and (cast($3 as text) is null or state = $3) and (cast($4 as text) is null or assignee = $4)
                and (cast($5 as bigint) is null or created_at <= $5)
            order by due_day is null, due_day, created_at, id limit $6";
        let (asked, as_of, limit) = (filter.clone(), filter.as_of(), filter.limit());
        let rows: Vec<TaskRow> = on!(read self, db => sqlx::query_as(TEXT).bind(asked.account).bind(asked.playbook)
            .bind(asked.state).bind(asked.person).bind(as_of).bind(limit).fetch_all(db).await?);
        rows.into_iter().map(TaskRow::read).collect()
    }

    /// How many open tasks each person has.
    pub async fn open_tasks_per_person(&self) -> Result<OpenTasks> {
        const TEXT: &str = "select assignee, count(*) from task
            where assignee is not null and state in ('open', 'acknowledged', 'snoozed') group by assignee";
        let rows: Vec<(String, i64)> = on!(read self, db => sqlx::query_as(TEXT).fetch_all(db).await?);
        Ok(rows.into_iter().map(|(person, tasks)| (person.into(), tasks as usize)).collect())
    }

    /// One task with its body, if there is one of that id.
    pub async fn task(&self, id: &str) -> Result<Option<TaskView>> {
        const TEXT: &str = "select * from task where id = $1";
        let row: Option<TaskRow> =
            on!(read self, db => sqlx::query_as(TEXT).bind(id.to_owned()).fetch_optional(db).await?);
        row.map(|mut row| Ok(TaskView { body: row.body.take(), line: row.read()? })).transpose()
    }

    /// Approvals, those asked for first first.
    pub async fn approvals(&self, filter: &Filter) -> Result<Vec<ApprovalLine>> {
        const TEXT: &str = concat!(
            approvals!(),
            " where (cast($1 as text) is null or account_id = $1) and (cast($2 as text) is null or playbook = $2)
                and (cast($3 as text) is null or state = $3) and (cast($4 as text) is null or approver = $4)
                and (cast($5 as bigint) is null or asked_at <= $5)
            order by asked_at, id limit $6"
        );
        let (asked, as_of, limit) = (filter.clone(), filter.as_of(), filter.limit());
        let rows: Vec<ApprovalRow> = on!(read self, db => sqlx::query_as(TEXT).bind(asked.account)
            .bind(asked.playbook).bind(asked.state).bind(asked.person).bind(as_of).bind(limit).fetch_all(db).await?);
        rows.into_iter().map(ApprovalRow::read).collect()
    }

    /// One approval with its accounts, if there is one of that id.
    pub async fn approval(&self, id: &str) -> Result<Option<ApprovalView>> {
        const TEXT: &str = concat!(approvals!(), " where id = $1");
        const ASKED: &str = "select account_id from enrollment where approval_id = $1 order by account_id";
        let row: Option<ApprovalRow> =
            on!(read self, db => sqlx::query_as(TEXT).bind(id.to_owned()).fetch_optional(db).await?);
        let Some(row) = row else { return Ok(None) };
        let mut accounts: Vec<String> =
            on!(read self, db => sqlx::query_scalar(ASKED).bind(id.to_owned()).fetch_all(db).await?);
        accounts.extend(row.account_id.clone());
        Ok(Some(ApprovalView { line: row.read()?, accounts }))
    }
}

impl TaskRow {
    fn read(self) -> Result<TaskLine> {
        Ok(TaskLine {
            id: self.id,
            enrollment: self.enrollment_id,
            account: self.account_id,
            playbook: self.playbook,
            step: self.step,
            assignee: self.assignee,
            title: self.title,
            priority: self.priority,
            state: self.state,
            due: self.due_day.map(day).transpose()?,
            created_at: instant(self.created_at)?,
            done_at: self.done_at.map(instant).transpose()?,
            checklist: checklist(&self.checklist)?,
        })
    }
}

impl ApprovalRow {
    fn read(self) -> Result<ApprovalLine> {
        let is_about_many = self.kind == ApprovalKind::Enrollments.as_str();
        Ok(ApprovalLine {
            count: is_about_many.then_some(self.waiting),
            id: self.id,
            kind: self.kind,
            account: self.account_id,
            playbook: self.playbook,
            step: self.step,
            approver: self.approver,
            asked_at: instant(self.asked_at)?,
            expires_at: self.expires_at.map(instant).transpose()?,
            state: self.state,
        })
    }
}
