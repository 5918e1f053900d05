//! What people do by hand: each in the caller's transaction, with a line of audit, and a look at the account.

use super::db::on;
use super::desk::checklist;
use super::value::{instant, micros};
use super::{Error, Result, Tx};
use crate::engine::desk::ApprovalState;
use crate::time::Timestamp;

/// A person's answer to an approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Approve,
    Reject,
}

impl Decision {
    fn state(self) -> ApprovalState {
        match self {
            Decision::Approve => ApprovalState::Approved,
            Decision::Reject => ApprovalState::Rejected,
        }
    }
}

/// Who did something, and when.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    pub who: &'a str,
    pub at: Timestamp,
}

/// A kind of thing that people change.
struct Thing {
    name: &'static str,
    /// Whose it is, and its state.
    stands: &'static str,
    /// Told when its state does not allow the change.
    advice: &'static str,
}

const TASK: Thing = Thing {
    name: "task",
    stands: "select account_id, state from task where id = $1",
    advice: "only a task that is open, acknowledged or snoozed can be changed",
};
const APPROVAL: Thing = Thing {
    name: "approval",
    stands: "select account_id, state from approval where id = $1",
    advice: "only a waiting approval can be answered",
};
const DELIVERY: Thing = Thing {
    name: "delivery",
    stands: "select account_id, state from delivery where id = $1",
    advice: "what is uncertain can be resolved; what is uncertain, dead or held can be sent again",
};

impl Tx {
    /// Somebody has seen the task and takes it on: it is not escalated further for want of an answer.
    pub async fn acknowledge_task(&mut self, id: &str, by: By<'_>) -> Result<()> {
        const TEXT: &str = "update task set state = 'acknowledged', acknowledged_at = coalesce(acknowledged_at, $2),
                snoozed_until = null
            where id = $1 and state in ('open', 'acknowledged', 'snoozed')";
        self.take(&TASK, id, by).await?;
        let changed = on!(tx &mut *self, db => sqlx::query(TEXT).bind(id.to_owned()).bind(micros(by.at))
            .execute(db).await?.rows_affected());
        self.expect_one(changed, &TASK, id).await?;
        self.audit(by, "acknowledge", id, None).await
    }

    /// The task is done.
    pub async fn complete_task(&mut self, id: &str, by: By<'_>) -> Result<()> {
        const TEXT: &str = "update task set state = 'done', done_at = $2, snoozed_until = null
            where id = $1 and state in ('open', 'acknowledged', 'snoozed')";
        self.take(&TASK, id, by).await?;
        let changed = on!(tx &mut *self, db => sqlx::query(TEXT).bind(id.to_owned()).bind(micros(by.at))
            .execute(db).await?.rows_affected());
        self.expect_one(changed, &TASK, id).await?;
        self.audit(by, "complete", id, None).await
    }

    /// The task rests until then.
    pub async fn snooze_task(&mut self, id: &str, until: Timestamp, by: By<'_>) -> Result<()> {
        const TEXT: &str = "update task set state = 'snoozed', snoozed_until = $2
            where id = $1 and state in ('open', 'acknowledged', 'snoozed')";
        self.take(&TASK, id, by).await?;
        let changed = on!(tx &mut *self, db => sqlx::query(TEXT).bind(id.to_owned()).bind(micros(until))
            .execute(db).await?.rows_affected());
        self.expect_one(changed, &TASK, id).await?;
        self.audit(by, "snooze", id, Some(&until.to_string())).await
    }

    /// Ticks or clears an item of the task's checklist, counted from 1.
    pub async fn check_item(&mut self, id: &str, item: usize, is_done: bool, by: By<'_>) -> Result<()> {
        const READ: &str = "select checklist from task where id = $1";
        const TEXT: &str = "update task set checklist = $2
            where id = $1 and state in ('open', 'acknowledged', 'snoozed')";
        self.take(&TASK, id, by).await?;
        let text: String = on!(tx &mut *self, db => sqlx::query_scalar(READ).bind(id.to_owned()).fetch_one(db).await?);
        let mut items = checklist(&text)?;
        let missing = || Error::NotFound { what: "checklist item", id: format!("{id} {item}") };
        items.get_mut(item.wrapping_sub(1)).ok_or_else(missing)?.done = is_done;
        let text = serde_json::to_string(&items)?;
        let changed = on!(tx &mut *self, db => sqlx::query(TEXT).bind(id.to_owned()).bind(text)
            .execute(db).await?.rows_affected());
        self.expect_one(changed, &TASK, id).await?;
        self.audit(by, if is_done { "check" } else { "uncheck" }, id, Some(&item.to_string())).await
    }

    /// Answers an approval that is still waiting and whose time has not passed.
    pub async fn decide_approval(&mut self, id: &str, decision: Decision, by: By<'_>) -> Result<()> {
        const TEXT: &str = "update approval set state = $2, decided_at = $3, decided_by = $4
            where id = $1 and state = 'waiting' and (expires_at is null or expires_at > $3)";
        let state = decision.state().as_str();
        self.take(&APPROVAL, id, by).await?;
        let changed = on!(tx &mut *self, db => sqlx::query(TEXT).bind(id.to_owned()).bind(state).bind(micros(by.at))
            .bind(by.who.to_owned()).execute(db).await?.rows_affected());
        if changed == 0 {
            self.expect_in_time(id).await?;
        }
        self.expect_one(changed, &APPROVAL, id).await?;
        self.answer_parked(id, decision.state(), by.at).await?;
        self.audit(by, state, id, None).await
    }

    /// Sends again what is uncertain, dead or held: the same delivery, with the same id at the other side.
    pub async fn retry_delivery(&mut self, id: &str, by: By<'_>) -> Result<()> {
        // One whose time has passed gets as much time again as it had.
        const TEXT: &str = "update delivery set state = 'queued', reason = null, due_at = $2, attempts = 0,
                not_after = case when not_after > $2 then not_after else $2 + not_after - queued_at end
            where id = $1 and state in ('uncertain', 'dead', 'held')";
        self.take(&DELIVERY, id, by).await?;
        let changed = on!(tx &mut *self, db => sqlx::query(TEXT).bind(id.to_owned()).bind(micros(by.at))
            .execute(db).await?.rows_affected());
        self.expect_one(changed, &DELIVERY, id).await?;
        self.audit(by, "retry", id, None).await
    }

    /// A person knows what became of an uncertain delivery: it arrived, or it did not and is given up.
    pub async fn resolve_delivery(&mut self, id: &str, arrived: bool, by: By<'_>) -> Result<()> {
        const TEXT: &str = "update delivery set state = $2, reason = $3, sent_at = $4
            where id = $1 and state = 'uncertain'";
        let (state, reason) = if arrived { ("sent", None) } else { ("dead", Some("delivery_failed")) };
        let sent_at = arrived.then(|| micros(by.at));
        self.take(&DELIVERY, id, by).await?;
        let changed = on!(tx &mut *self, db => sqlx::query(TEXT).bind(id.to_owned()).bind(state).bind(reason)
            .bind(sent_at).execute(db).await?.rows_affected());
        self.expect_one(changed, &DELIVERY, id).await?;
        self.audit(by, "resolve", id, Some(state)).await
    }

    /// Notes that a person did something to an object.
    pub async fn audit(&mut self, by: By<'_>, action: &'static str, object: &str, detail: Option<&str>) -> Result<()> {
        const TEXT: &str = "insert into audit (seq, at, actor, action, object, detail) values ($1, $2, $3, $4, $5, $6)";
        let (who, object, detail) = (by.who.to_owned(), object.to_owned(), detail.map(str::to_owned));
        let seq = self.take_numbers("audit", 1).await?;
        on!(tx self, db => sqlx::query(TEXT).bind(seq).bind(micros(by.at)).bind(who).bind(action).bind(object)
            .bind(detail).execute(db).await.map(|_| ())?);
        Ok(())
    }

    /// Wakes the account of the thing, which also keeps everybody else from it until this transaction ends.
    async fn take(&mut self, thing: &Thing, id: &str, by: By<'_>) -> Result<()> {
        match self.stands(thing, id).await? {
            (Some(account), _) => self.wake_account(&account, by.at).await,
            (None, _) => Ok(()),
        }
    }

    /// The thing's account, if it is about one, and its state.
    async fn stands(&mut self, thing: &Thing, id: &str) -> Result<(Option<String>, String)> {
        let found: Option<(Option<String>, String)> =
            on!(tx self, db => sqlx::query_as(thing.stands).bind(id.to_owned()).fetch_optional(db).await?);
        found.ok_or_else(|| Error::NotFound { what: thing.name, id: id.to_owned() })
    }

    /// An approval that could not be answered although it waits has expired.
    async fn expect_in_time(&mut self, id: &str) -> Result<()> {
        const TEXT: &str = "select expires_at from approval where id = $1 and state = 'waiting'";
        let expired: Option<Option<i64>> =
            on!(tx self, db => sqlx::query_scalar(TEXT).bind(id.to_owned()).fetch_optional(db).await?);
        match expired.flatten() {
            Some(at) => Err(Error::Expired { what: APPROVAL.name, id: id.to_owned(), at: instant(at)? }),
            None => Ok(()),
        }
    }

    /// One row must have changed; if not, says where the thing stands.
    async fn expect_one(&mut self, changed: u64, thing: &Thing, id: &str) -> Result<()> {
        if changed == 1 {
            return Ok(());
        }
        let (_, stands) = self.stands(thing, id).await?;
        Err(Error::NotNow { what: thing.name, id: id.to_owned(), stands, advice: thing.advice })
    }
}
