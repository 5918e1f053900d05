//! Tasks and approvals, as rows.

use serde::Serialize;

use crate::engine::desk::{Approval, ApprovalKind, ApprovalState, CheckItem, Task, TaskState};
use crate::store::dialect::{Pair, over_rows};
use crate::store::value::{day, day_number, instant, micros};
use crate::store::words::{priority, shared, word};
use crate::store::{Error, Result};

pub(super) const LOAD: Pair = over_rows!("select t.* from", "cross join task t where t.account_id = r.value ->> 0");

pub(super) const LOAD_APPROVALS: Pair =
    over_rows!("select a.* from", "cross join approval a where a.account_id = r.value ->> 0");

pub(super) const SAVE: Pair = over_rows!(
    "insert into task (id, account_id, enrollment_id, playbook, step, assignee, title, body, priority, state, due_day,
        created_at, acknowledged_at, done_at, snoozed_until, checklist)
    select r.value ->> 'id', r.value ->> 'account_id', r.value ->> 'enrollment_id', r.value ->> 'playbook',
        r.value ->> 'step', r.value ->> 'assignee', r.value ->> 'title', r.value ->> 'body', r.value ->> 'priority',
        r.value ->> 'state', cast(r.value ->> 'due_day' as bigint), cast(r.value ->> 'created_at' as bigint),
        cast(r.value ->> 'acknowledged_at' as bigint), cast(r.value ->> 'done_at' as bigint),
        cast(r.value ->> 'snoozed_until' as bigint), r.value ->> 'checklist'
    from",
    "where true
    on conflict (id) do update set step = excluded.step, assignee = excluded.assignee, title = excluded.title, body = excluded.body,
        priority = excluded.priority, state = excluded.state, due_day = excluded.due_day,
        acknowledged_at = excluded.acknowledged_at, done_at = excluded.done_at,
        snoozed_until = excluded.snoozed_until, checklist = excluded.checklist"
);

/// Who decided is written where the person decides, and stays.
pub(super) const SAVE_APPROVALS: Pair = over_rows!(
    "insert into approval (id, kind, account_id, enrollment_id, playbook, step, approver, asked_at, expires_at, state,
        decided_at)
    select r.value ->> 'id', r.value ->> 'kind', r.value ->> 'account_id', r.value ->> 'enrollment_id',
        r.value ->> 'playbook', r.value ->> 'step', r.value ->> 'approver', cast(r.value ->> 'asked_at' as bigint),
        cast(r.value ->> 'expires_at' as bigint), r.value ->> 'state', cast(r.value ->> 'decided_at' as bigint)
    from",
    "where true
    on conflict (id) do update set approver = excluded.approver, asked_at = excluded.asked_at,
        expires_at = excluded.expires_at, state = excluded.state, decided_at = excluded.decided_at"
);

#[derive(Serialize, sqlx::FromRow)]
pub(super) struct TaskRow {
    id: String,
    pub account_id: String,
    enrollment_id: String,
    playbook: String,
    step: String,
    assignee: Option<String>,
    title: String,
    body: Option<String>,
    priority: String,
    state: String,
    due_day: Option<i64>,
    created_at: i64,
    acknowledged_at: Option<i64>,
    done_at: Option<i64>,
    snoozed_until: Option<i64>,
    checklist: String,
}

impl TaskRow {
    pub fn of(account: &str, task: &Task) -> Result<TaskRow> {
        Ok(TaskRow {
            id: task.id.to_string(),
            account_id: account.to_owned(),
            enrollment_id: task.enrollment.to_string(),
            playbook: task.playbook.to_string(),
            step: task.step.to_string(),
            assignee: task.assignee.as_deref().map(str::to_owned),
            title: task.title.clone(),
            body: task.body.clone(),
            priority: task.priority.as_str().to_owned(),
            state: task.state.as_str().to_owned(),
            due_day: task.due.map(day_number),
            created_at: micros(task.created_at),
            acknowledged_at: task.acknowledged_at.map(micros),
            done_at: task.done_at.map(micros),
            snoozed_until: task.snoozed_until.map(micros),
            checklist: serde_json::to_string(&task.checklist)?,
        })
    }

    pub fn read(self) -> Result<Task> {
        Ok(Task {
            id: self.id.into(),
            enrollment: self.enrollment_id.into(),
            playbook: self.playbook.into(),
            step: self.step.into(),
            assignee: shared(self.assignee),
            title: self.title,
            body: self.body,
            priority: priority(&self.priority)?,
            state: word("the task state", &TaskState::ALL, TaskState::as_str, &self.state)?,
            due: self.due_day.map(day).transpose()?,
            created_at: instant(self.created_at)?,
            acknowledged_at: self.acknowledged_at.map(instant).transpose()?,
            done_at: self.done_at.map(instant).transpose()?,
            snoozed_until: self.snoozed_until.map(instant).transpose()?,
            checklist: checklist(&self.checklist)?,
        })
    }
}

/// The checklist of a task's column.
pub(in crate::store) fn checklist(text: &str) -> Result<Vec<CheckItem>> {
    serde_json::from_str(text).map_err(|_| Error::unreadable("the checklist", text))
}

#[derive(Serialize, sqlx::FromRow)]
pub(super) struct ApprovalRow {
    id: String,
    kind: String,
    pub account_id: String,
    enrollment_id: String,
    playbook: String,
    step: Option<String>,
    approver: Option<String>,
    asked_at: i64,
    expires_at: Option<i64>,
    state: String,
    decided_at: Option<i64>,
}

impl ApprovalRow {
    pub fn of(account: &str, approval: &Approval) -> ApprovalRow {
        ApprovalRow {
            id: approval.id.to_string(),
            kind: approval.kind.as_str().to_owned(),
            account_id: account.to_owned(),
            enrollment_id: approval.enrollment.to_string(),
            playbook: approval.playbook.to_string(),
            step: approval.step.as_deref().map(str::to_owned),
            approver: approval.approver.as_deref().map(str::to_owned),
            asked_at: micros(approval.asked_at),
            expires_at: approval.expires_at.map(micros),
            state: approval.state.as_str().to_owned(),
            decided_at: approval.decided_at.map(micros),
        }
    }

    pub fn read(self) -> Result<Approval> {
        Ok(Approval {
            id: self.id.into(),
            kind: word("the approval kind", &ApprovalKind::ALL, ApprovalKind::as_str, &self.kind)?,
            enrollment: self.enrollment_id.into(),
            playbook: self.playbook.into(),
            step: shared(self.step),
            approver: shared(self.approver),
            asked_at: instant(self.asked_at)?,
            expires_at: self.expires_at.map(instant).transpose()?,
            state: word("the approval state", &ApprovalState::ALL, ApprovalState::as_str, &self.state)?,
            decided_at: self.decided_at.map(instant).transpose()?,
        })
    }
}
