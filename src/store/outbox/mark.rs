//! The mark: the durable word, written at the last moment before a message is handed over, that it is being sent.

use super::ClaimedDelivery;
use super::line::Fate;
use crate::engine::Reason;
use crate::engine::delivery::DeliveryState;
use crate::engine::desk::EntryResult;
use crate::store::db::on;
use crate::store::value::micros;
use crate::store::words::reason;
use crate::store::{Result, Store, Tx};
use crate::time::Timestamp;

/// Whether the message may be handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The mark is on disk. From now on the answer to "was it sent?" is the other side's.
    Set,
    /// It may not: the delivery was put into this state for that reason.
    Refused(DeliveryState, Reason),
    /// Somebody else decided on it meanwhile: hands off.
    Lost,
}

/// The last gate, as one conditional update.
const MARK: &str = concat!(
    "update delivery set state = 'committing', lease_until = $4
    where id = $1 and fence = $2 and state = 'claimed' and not_after > $3
        and not exists (select 1 from blocked_address b where b.address = $5)
        and not ",
    unseen!("$3"),
    " and ",
    running!(),
    " and not ",
    silenced!("$3")
);

/// Why the gate is shut, for the row that [`MARK`] did not change.
const WHY: &str = concat!(
    "select not_after, (select b.reason from blocked_address b where b.address = $3) as blocked, ",
    running!(),
    " as is_running, ",
    unseen!("$4"),
    " as is_unseen
    from delivery where id = $1 and fence = $2 and state = 'claimed'"
);

const REFUSE: &str = "update delivery set state = $3, reason = $4, lease_until = null
    where id = $1 and fence = $2 and state = 'claimed'";

#[derive(sqlx::FromRow)]
struct WhyRow {
    not_after: i64,
    is_running: bool,
    is_unseen: bool,
    blocked: Option<String>,
}

impl Store {
    /// Asks the last gate, and writes the mark when it is open: still claimed by this fence, not past its time, the
    /// enrollment active, nothing of the account unseen, the address not blocked, no silence. What is returned is on disk.
    pub async fn mark(&self, claimed: &ClaimedDelivery, now: Timestamp, lease_until: Timestamp) -> Result<Mark> {
        let mut tx = self.begin().await?;
        let id = claimed.id.to_string();
        let marked = on!(tx &mut tx, db => sqlx::query(MARK)
            .bind(id).bind(claimed.fence).bind(micros(now)).bind(micros(lease_until)).bind(claimed.address())
            .execute(db).await?.rows_affected());
        let mark = if marked == 1 { Mark::Set } else { tx.refuse_mark(claimed, now).await? };
        tx.commit().await?;
        Ok(mark)
    }
}

impl Tx {
    async fn refuse_mark(&mut self, claimed: &ClaimedDelivery, now: Timestamp) -> Result<Mark> {
        let (id, fence) = (claimed.id.to_string(), claimed.fence);
        let why: Option<WhyRow> = on!(tx &mut *self, db => sqlx::query_as(WHY)
            .bind(id.clone()).bind(fence).bind(claimed.address()).bind(micros(now)).fetch_optional(db).await?);
        let Some(why) = why else { return Ok(Mark::Lost) };
        if why.is_unseen {
            return self.put_back(&id, fence).await;
        }
        let (state, reason) = why.verdict(now)?;
        let refused = on!(tx &mut *self, db => sqlx::query(REFUSE)
            .bind(id).bind(fence).bind(state.as_str()).bind(reason.as_str()).execute(db).await?.rows_affected());
        if refused == 0 {
            return Ok(Mark::Lost);
        }
        if let Some(result) = result_of(state) {
            self.note_fate(claimed, Fate { result, reason, detail: None }, now).await?;
        }
        Ok(Mark::Refused(state, reason))
    }
}

impl Tx {
    /// Something of the account has changed and nobody has looked at it yet: the delivery waits for that look.
    async fn put_back(&mut self, id: &str, fence: i64) -> Result<Mark> {
        const TEXT: &str = "update delivery set state = 'queued', owner = null, lease_until = null
            where id = $1 and fence = $2 and state = 'claimed'";
        let id = id.to_owned();
        on!(tx &mut *self, db => sqlx::query(TEXT).bind(id).bind(fence).execute(db).await.map(|_| ())?);
        Ok(Mark::Lost)
    }
}

/// How a refusal stands in the timeline; the end of an enrollment has its own line already.
fn result_of(state: DeliveryState) -> Option<EntryResult> {
    match state {
        DeliveryState::Suppressed | DeliveryState::Expired => Some(EntryResult::Skipped),
        DeliveryState::Held => Some(EntryResult::Held),
        _ => None,
    }
}

impl WhyRow {
    fn verdict(&self, now: Timestamp) -> Result<(DeliveryState, Reason)> {
        Ok(if !self.is_running {
            (DeliveryState::Cancelled, Reason::Superseded)
        } else if let Some(blocked) = &self.blocked {
            (DeliveryState::Suppressed, reason(blocked)?)
        } else if self.not_after <= micros(now) {
            (DeliveryState::Expired, Reason::LateSkipped)
        } else {
            // The sweep lets it go when the silence is over.
            (DeliveryState::Held, Reason::Silenced)
        })
    }
}
