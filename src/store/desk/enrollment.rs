//! Enrollments and what became of their steps, as rows.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::engine::Enrollment;
use crate::engine::desk::ApprovalState;
use crate::engine::enrollment::{End, EnrollmentState, Park, StepRun, StepState};
use crate::store::dialect::{Pair, over_rows};
use crate::store::value::{day, day_number, instant, micros};
use crate::store::words::{maybe, outcome, reason, shared, word};
use crate::store::{Error, Result};

pub(super) const LOAD: Pair =
    over_rows!("select e.* from", "cross join enrollment e where e.account_id = r.value ->> 0");

pub(super) const LOAD_STEPS: Pair =
    over_rows!("select s.* from", "cross join step_run s where s.account_id = r.value ->> 0");

/// An ended enrollment never opens again: such a row is not written, and the count of written rows tells. The approval
/// it was parked under stays, and a person's answer is written where the person gives it.
pub(super) const SAVE: Pair = over_rows!(
    "insert into enrollment (id, account_id, playbook, version, entry_key, state, branch, anchor, event_id,
        enrolled_at, ended_at, outcome, reason, exit_id, goal_since, replied, parked_for, approval_id)
    select r.value ->> 'id', r.value ->> 'account_id', r.value ->> 'playbook', r.value ->> 'version',
        r.value ->> 'entry_key', r.value ->> 'state', r.value ->> 'branch', cast(r.value ->> 'anchor' as bigint),
        r.value ->> 'event_id', cast(r.value ->> 'enrolled_at' as bigint), cast(r.value ->> 'ended_at' as bigint),
        r.value ->> 'outcome', r.value ->> 'reason', r.value ->> 'exit_id',
        cast(r.value ->> 'goal_since' as bigint), cast(r.value ->> 'replied' as boolean), r.value ->> 'parked_for',
        r.value ->> 'approval_id'
    from",
    "where true
    on conflict (id) do update set version = excluded.version, entry_key = excluded.entry_key,
        state = excluded.state, branch = excluded.branch, anchor = excluded.anchor,
        enrolled_at = excluded.enrolled_at, ended_at = excluded.ended_at, outcome = excluded.outcome,
        reason = excluded.reason, exit_id = excluded.exit_id, goal_since = excluded.goal_since,
        replied = excluded.replied, parked_for = excluded.parked_for
    where enrollment.account_id = excluded.account_id
        and (enrollment.state <> 'ended' or excluded.state = 'ended')"
);

pub(super) const SAVE_STEPS: Pair = over_rows!(
    "insert into step_run (account_id, enrollment_id, step, state, due_at, since, ended_at, reason, reminders)
    select r.value ->> 'account_id', r.value ->> 'enrollment_id', r.value ->> 'step', r.value ->> 'state',
        cast(r.value ->> 'due_at' as bigint), cast(r.value ->> 'since' as bigint),
        cast(r.value ->> 'ended_at' as bigint), r.value ->> 'reason', cast(r.value ->> 'reminders' as bigint)
    from",
    "where true
    on conflict (enrollment_id, step, occurrence) do update set state = excluded.state, due_at = excluded.due_at,
        since = excluded.since, ended_at = excluded.ended_at, reason = excluded.reason, reminders = excluded.reminders"
);

/// A step that was begun and is planned again: its row goes.
pub(super) const FORGET_STEPS: Pair = over_rows!(
    "delete from step_run where occurrence = 0 and (enrollment_id, step) in (select r.value ->> 0, r.value ->> 1 from",
    ")"
);

/// What comes next, for lists; the plan itself is computed.
pub(super) const SAVE_NEXT: Pair = over_rows!(
    "update enrollment set next_step = r.value ->> 'step', next_at = cast(r.value ->> 'at' as bigint) from",
    "where enrollment.id = r.value ->> 'enrollment'"
);

#[derive(Serialize, sqlx::FromRow)]
pub(super) struct EnrollmentRow {
    id: String,
    account_id: String,
    playbook: String,
    version: String,
    entry_key: String,
    state: String,
    branch: Option<String>,
    anchor: Option<i64>,
    event_id: Option<String>,
    enrolled_at: i64,
    ended_at: Option<i64>,
    outcome: Option<String>,
    reason: Option<String>,
    exit_id: Option<String>,
    goal_since: Option<i64>,
    replied: bool,
    parked_for: Option<String>,
    approval_id: Option<String>,
    answer: Option<String>,
}

impl EnrollmentRow {
    pub fn of(own: &Enrollment) -> EnrollmentRow {
        let end = own.ended.as_ref();
        EnrollmentRow {
            id: own.id.to_string(),
            account_id: own.account.to_string(),
            playbook: own.playbook.to_string(),
            version: own.version.to_string(),
            entry_key: own.entry_key.to_string(),
            state: own.state.as_str().to_owned(),
            branch: own.branch.as_deref().map(str::to_owned),
            anchor: own.anchor.map(day_number),
            event_id: own.event.as_deref().map(str::to_owned),
            enrolled_at: micros(own.enrolled_at),
            ended_at: end.map(|end| micros(end.at)),
            outcome: end.map(|end| end.outcome.as_str().to_owned()),
            reason: end.map(|end| end.reason.as_str().to_owned()),
            exit_id: end.and_then(|end| end.exit.as_deref().map(str::to_owned)),
            goal_since: own.goal_since.map(micros),
            replied: own.replied,
            parked_for: own.park.as_ref().map(|park| park.reason.as_str().to_owned()),
            approval_id: own.park.as_ref().map(|park| park.question.to_string()),
            answer: None,
        }
    }

    /// The enrollment, its steps not yet in it.
    pub fn read(self) -> Result<Enrollment> {
        let (ended, park) = (self.end()?, self.park()?);
        Ok(Enrollment {
            id: self.id.into(),
            account: self.account_id.into(),
            playbook: self.playbook.into(),
            version: self.version.into(),
            entry_key: self.entry_key.into(),
            state: state(&self.state)?,
            park,
            branch: shared(self.branch),
            anchor: self.anchor.map(day).transpose()?,
            event: shared(self.event_id),
            enrolled_at: instant(self.enrolled_at)?,
            ended,
            goal_since: self.goal_since.map(instant).transpose()?,
            replied: self.replied,
            steps: BTreeMap::new(),
        })
    }

    fn park(&self) -> Result<Option<Park>> {
        let (Some(why), Some(question)) = (&self.parked_for, &self.approval_id) else { return Ok(None) };
        let answer = |text: &str| word("the answer", &ApprovalState::ALL, ApprovalState::as_str, text);
        let answer = self.answer.as_deref().map(answer).transpose()?;
        Ok(Some(Park { reason: reason(why)?, question: question.as_str().into(), answer }))
    }

    fn end(&self) -> Result<Option<End>> {
        let (Some(at), Some(own_outcome), Some(own_reason)) = (self.ended_at, &self.outcome, &self.reason) else {
            return match state(&self.state)? {
                EnrollmentState::Ended => Err(Error::unreadable("the end of enrollment", &self.id)),
                _ => Ok(None),
            };
        };
        let exit = shared(self.exit_id.clone());
        Ok(Some(End { at: instant(at)?, outcome: outcome(own_outcome)?, reason: reason(own_reason)?, exit }))
    }
}

fn state(text: &str) -> Result<EnrollmentState> {
    word("the enrollment state", &EnrollmentState::ALL, EnrollmentState::as_str, text)
}

#[derive(Serialize, sqlx::FromRow)]
pub(super) struct StepRow {
    pub account_id: String,
    pub enrollment_id: String,
    pub step: String,
    state: String,
    due_at: i64,
    since: i64,
    ended_at: Option<i64>,
    reason: Option<String>,
    reminders: i64,
}

impl StepRow {
    pub fn of(enrollment: &Enrollment, step: &str, run: &StepRun) -> StepRow {
        StepRow {
            account_id: enrollment.account.to_string(),
            enrollment_id: enrollment.id.to_string(),
            step: step.to_owned(),
            state: run.state.as_str().to_owned(),
            due_at: micros(run.due),
            since: micros(run.since),
            ended_at: run.ended_at.map(micros),
            reason: run.reason.map(|reason| reason.as_str().to_owned()),
            reminders: run.reminders,
        }
    }

    pub fn read(self) -> Result<StepRun> {
        Ok(StepRun {
            state: word("the step state", &StepState::ALL, StepState::as_str, &self.state)?,
            due: instant(self.due_at)?,
            since: instant(self.since)?,
            ended_at: self.ended_at.map(instant).transpose()?,
            reason: maybe(reason, self.reason)?,
            reminders: self.reminders,
        })
    }
}
