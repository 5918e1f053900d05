//! Writes what looks at accounts decided, in the caller's transaction.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;

use super::delivery::{self, NewRow};
use super::enrollment::{self, EnrollmentRow, StepRow};
use super::standing::{self, ConditionRow, FieldRow, HealthRow};
use super::task::{self, ApprovalRow, TaskRow};
use crate::engine::Desk;
use crate::engine::Reason;
use crate::engine::desk::{Change, Entry, Next};
use crate::engine::notice::Notice;
use crate::engine::turnout::Arrival;
use crate::store::db::on;
use crate::store::dialect::{Pair, ROWS_AT_ONCE};
use crate::store::turnout::{Added, Asked};
use crate::store::value::micros;
use crate::store::{Error, Result, Tx};
use crate::time::{Date, Timestamp};

/// One look at one account: what was decided on which version of it.
pub struct Look<'a> {
    pub account: &'a str,
    /// The account's version when it was loaded.
    pub version: i64,
    /// The desk after the look; the rows of `changes` are taken from it.
    pub desk: &'a Desk,
    pub changes: &'a [Change],
    /// When the account must be looked at next; none: not by itself.
    pub wake_at: Option<Timestamp>,
    pub next: &'a [Next],
}

/// What became of the looks.
#[derive(Debug, Default, PartialEq)]
pub struct Applied {
    /// Accounts that changed since they were loaded: nothing of their look was written. Load and look again.
    pub conflicts: Vec<Arc<str>>,
    /// Deliveries whose row stood already, from an earlier look: they are not sent a second time.
    pub repeated: Vec<Arc<str>>,
}

/// Taken in the order of ids, so that two writers of many accounts cannot wait for each other in a circle.
const TOUCH: Pair = Pair {
    sqlite: "update account set version = version + 1, wake_at = r.value ->> 2 from json_each($1) as r
        where account.id = r.value ->> 0 and account.version = r.value ->> 1 returning account.id",
    postgres: "with r as (select value from jsonb_array_elements(cast($1 as jsonb)) as r(value)),
        held as (select a.id from account a where a.id in (select r.value ->> 0 from r) order by a.id for update)
        update account set version = version + 1, wake_at = cast(r.value ->> 2 as bigint) from r, held
        where account.id = held.id and account.id = r.value ->> 0
            and account.version = cast(r.value ->> 1 as bigint) returning account.id",
};

impl Tx {
    /// Writes the looks of any number of accounts, each wholly or not at all: it is not written when the account has
    /// another version than the look was made on. A look without changes only moves the account's next look.
    ///
    /// # Errors
    /// A change that names what is not on the desk, or opens what has ended; the transaction must not be committed.
    pub async fn apply(&mut self, looks: &[Look<'_>], now: Timestamp) -> Result<Applied> {
        let touched = self.touch(looks).await?;
        let (mut rows, mut applied) = (Rows::default(), Applied::default());
        for look in looks {
            if touched.contains(look.account) {
                rows.gather(look, now)?;
            } else {
                applied.conflicts.push(look.account.into());
            }
        }
        applied.repeated = rows.write(self).await?;
        Ok(applied)
    }

    /// The accounts whose version was the expected one; they have the next one now.
    async fn touch(&mut self, looks: &[Look<'_>]) -> Result<BTreeSet<String>> {
        let text = self.text(&TOUCH);
        let mut touched = BTreeSet::new();
        for some in looks.chunks(ROWS_AT_ONCE) {
            let rows: Vec<_> = some.iter().map(|look| (look.account, look.version, look.wake_at.map(micros))).collect();
            let rows = serde_json::to_string(&rows)?;
            let ids: Vec<String> = on!(tx &mut *self, db => sqlx::query_scalar(text).bind(rows).fetch_all(db).await?);
            touched.extend(ids);
        }
        Ok(touched)
    }
}

type Key = (Arc<str>, Arc<str>);

/// The rows of all looks, by table. A thing that changed twice in one look is one row: as it is now.
#[derive(Default)]
struct Rows {
    enrollments: BTreeMap<Arc<str>, EnrollmentRow>,
    steps: BTreeMap<Key, StepRow>,
    forgotten: BTreeSet<Key>,
    tasks: BTreeMap<Arc<str>, TaskRow>,
    approvals: BTreeMap<Arc<str>, ApprovalRow>,
    conditions: BTreeMap<Key, ConditionRow>,
    fields: BTreeMap<Key, FieldRow>,
    health: BTreeMap<(Arc<str>, Date), HealthRow>,
    deliveries: Vec<NewRow>,
    cancelled: BTreeMap<Arc<str>, Cancelled>,
    recalled: BTreeMap<Arc<str>, Recalled>,
    next: BTreeMap<Arc<str>, NextRow>,
    history: Vec<Entry>,
    /// By playbook and local day.
    arrivals: BTreeMap<(Arc<str>, Date), Added>,
    questions: BTreeMap<Arc<str>, Asked>,
    notices: Vec<Notice>,
}

#[derive(Serialize)]
struct Cancelled {
    enrollment: Arc<str>,
    reason: &'static str,
}

#[derive(Serialize)]
struct Recalled {
    delivery: Arc<str>,
    state: &'static str,
    reason: Option<&'static str>,
}

#[derive(Serialize)]
struct NextRow {
    enrollment: Arc<str>,
    step: Option<Arc<str>>,
    at: Option<i64>,
}

impl Rows {
    fn gather(&mut self, look: &Look<'_>, now: Timestamp) -> Result<()> {
        for change in look.changes {
            self.change(look.account.into(), look.desk, change, now)?;
        }
        for (enrollment, planned) in look.next {
            let (step, at) = planned.clone().unzip();
            let row = NextRow { enrollment: enrollment.clone(), step, at: at.map(micros) };
            self.next.insert(enrollment.clone(), row);
        }
        Ok(())
    }

    fn arrival(&mut self, arrival: &Arrival, now: Timestamp) {
        let key = (arrival.playbook.clone(), arrival.day);
        self.arrivals.entry(key).or_insert_with(|| Added::nothing(arrival)).add(arrival);
        if let Some(question) = &arrival.question {
            let asked = Asked::of(question, &arrival.playbook, now);
            self.questions.entry(question.id.clone()).or_insert(asked);
        }
    }

    fn change(&mut self, account: Arc<str>, desk: &Desk, change: &Change, now: Timestamp) -> Result<()> {
        match change {
            Change::Enrollment(id) => {
                let own = on_desk("enrollment", id, desk.enrollments.get(id))?;
                self.enrollments.insert(id.clone(), EnrollmentRow::of(own));
            }
            Change::Step { enrollment, step } => self.step(desk, enrollment, step)?,
            Change::Task(id) => {
                let task = on_desk("task", id, desk.tasks.get(id))?;
                self.tasks.insert(id.clone(), TaskRow::of(&account, task)?);
            }
            Change::Approval(id) => {
                let approval = on_desk("approval", id, desk.approvals.get(id))?;
                self.approvals.insert(id.clone(), ApprovalRow::of(&account, approval));
            }
            Change::Delivery(new) => self.deliveries.push(NewRow::of(&account, new, now)?),
            Change::CancelDeliveries { enrollment, reason } => {
                let row = Cancelled { enrollment: enrollment.clone(), reason: reason.as_str() };
                self.cancelled.insert(enrollment.clone(), row);
            }
            Change::Recall { delivery, state, reason } => {
                let reason = reason.map(Reason::as_str);
                let row = Recalled { delivery: delivery.clone(), state: state.as_str(), reason };
                self.recalled.insert(delivery.clone(), row);
            }
            Change::Condition(playbook) => {
                let state = on_desk("condition of playbook", playbook, desk.conditions.get(playbook))?;
                let row = ConditionRow::of(&account, playbook, state)?;
                self.conditions.insert((account, playbook.clone()), row);
            }
            Change::Field { field, value } => {
                let row = FieldRow::of(&account, field, value, now)?;
                self.fields.insert((account, field.clone()), row);
            }
            Change::Health { day, health } => {
                let row = HealthRow::of(&account, *day, health);
                self.health.insert((account, *day), row);
            }
            Change::History(entry) => self.history.push(entry.clone()),
            Change::Arrival(arrival) => self.arrival(arrival, now),
            Change::Notice(notice) => self.notices.push(notice.clone()),
        }
        Ok(())
    }

    fn step(&mut self, desk: &Desk, enrollment: &Arc<str>, step: &Arc<str>) -> Result<()> {
        let own = on_desk("enrollment", enrollment, desk.enrollments.get(enrollment))?;
        let key = (enrollment.clone(), step.clone());
        match own.steps.get(step) {
            Some(run) => {
                self.steps.insert(key, StepRow::of(own, step, run));
            }
            None => {
                self.forgotten.insert(key);
            }
        }
        Ok(())
    }

    /// Gives the deliveries whose row stood already. Parents go before their children.
    async fn write(self, tx: &mut Tx) -> Result<Vec<Arc<str>>> {
        let enrollments = self.enrollments.len() as u64;
        if tx.write_rows(&enrollment::SAVE, &values(self.enrollments)).await? != enrollments {
            return Err(Error::Contradiction("an enrollment that has ended, or is another account's".into()));
        }
        tx.write_rows(&enrollment::FORGET_STEPS, &self.forgotten.into_iter().collect::<Vec<_>>()).await?;
        tx.write_rows(&enrollment::SAVE_STEPS, &values(self.steps)).await?;
        tx.write_rows(&task::SAVE, &values(self.tasks)).await?;
        tx.write_rows(&task::SAVE_APPROVALS, &values(self.approvals)).await?;
        tx.write_rows(&standing::SAVE, &values(self.conditions)).await?;
        tx.write_rows(&standing::SAVE_FIELDS, &values(self.fields)).await?;
        tx.write_rows(&standing::SAVE_HEALTH, &values(self.health)).await?;
        let repeated = begin_deliveries(tx, &self.deliveries).await?;
        tx.write_rows(&delivery::CANCEL, &values(self.cancelled)).await?;
        tx.write_rows(&delivery::RECALL, &values(self.recalled)).await?;
        tx.write_rows(&enrollment::SAVE_NEXT, &values(self.next)).await?;
        tx.record(&self.history).await?;
        tx.count_arrivals(&values(self.arrivals), &values(self.questions)).await?;
        tx.keep_notices(&self.notices).await?;
        Ok(repeated)
    }
}

fn values<K, V>(rows: BTreeMap<K, V>) -> Vec<V> {
    rows.into_values().collect()
}

fn on_desk<'a, T>(what: &str, id: &str, found: Option<&'a T>) -> Result<&'a T> {
    found.ok_or_else(|| Error::Contradiction(format!("{what} {id}, which is not on the desk")))
}

async fn begin_deliveries(tx: &mut Tx, new: &[NewRow]) -> Result<Vec<Arc<str>>> {
    let text = tx.text(&delivery::BEGIN);
    let mut begun: BTreeSet<String> = BTreeSet::new();
    for some in new.chunks(ROWS_AT_ONCE) {
        let rows = serde_json::to_string(some)?;
        let ids: Vec<String> = on!(tx &mut *tx, db => sqlx::query_scalar(text).bind(rows).fetch_all(db).await?);
        begun.extend(ids);
    }
    Ok(new.iter().filter(|row| !begun.contains(&row.id)).map(|row| row.id.as_str().into()).collect())
}
