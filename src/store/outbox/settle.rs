//! What an attempt came to, written to the delivery, the list of attempts, and whatever else it concerns.

use super::ClaimedDelivery;
use super::line::Fate;
use crate::book::playbook::Kind;
use crate::condition::Value;
use crate::engine::Reason;
use crate::engine::delivery::{Afterwards, DeliveryState, Settlement};
use crate::engine::desk::{Entry, EntryResult};
use crate::store::db::on;
use crate::store::value::{micros, to_text};
use crate::store::{Result, Store, Tx};
use crate::time::Timestamp;

/// `$9` to `$11`: the states from which this one may be reached. A late answer finds its delivery uncertain.
const SETTLE: &str = "update delivery set state = $3, reason = $4, due_at = coalesce($5, due_at),
        attempts = attempts + $6, sent_at = coalesce($7, sent_at), reply = $8, owner = null, lease_until = null
    where id = $1 and fence = $2 and state in ($9, $10, $11)";

const ATTEMPT: &str = "insert into attempt (delivery_id, n, fence, at, outcome, reply)
    select $1, coalesce(max(n), 0) + 1, $2, $3, $4, $5 from attempt where delivery_id = $1";

/// What a worker may still have in its hand.
const IN_HAND: [DeliveryState; 3] = [DeliveryState::Claimed, DeliveryState::Committing, DeliveryState::Uncertain];

/// What became of a settlement.
#[derive(Clone, Debug, PartialEq)]
pub enum Settled {
    /// It is on disk; with the line of the timeline, when there is one: for what failed or is in doubt.
    Written(Option<Entry>),
    /// Nothing was written: the mark had been refused, the delivery was claimed anew, or a person decided on it.
    Overtaken,
}

impl Store {
    /// Writes what follows from an attempt.
    ///
    /// An address that does not exist is blocked and its contact becomes `bounced`. What ended wakes its account.
    pub async fn settle(&self, claimed: &ClaimedDelivery, settlement: &Settlement, now: Timestamp) -> Result<Settled> {
        let Some(state) = settlement.state() else { return Ok(Settled::Overtaken) };
        let mut tx = self.begin().await?;
        if state != DeliveryState::Queued {
            tx.wake_account(&claimed.account, now).await?;
        }
        if !tx.settle_row(claimed, settlement, state, now).await? {
            tx.rollback().await?;
            return Ok(Settled::Overtaken);
        }
        let entry = tx.settle_rest(claimed, settlement, now).await?;
        tx.commit().await?;
        Ok(Settled::Written(entry))
    }
}

impl Tx {
    /// Everything but the delivery's own row.
    async fn settle_rest(
        &mut self,
        claimed: &ClaimedDelivery,
        settlement: &Settlement,
        now: Timestamp,
    ) -> Result<Option<Entry>> {
        self.note_attempt(claimed, settlement, now).await?;
        match settlement {
            Settlement::Dead { then: Afterwards::BlockAddress, .. } => self.block_bounced(claimed, now).await?,
            Settlement::Dead { then: Afterwards::PauseDestination, .. } => self.hold_destination(claimed).await?,
            Settlement::PauseDestination { until, .. } => self.delay_destination(claimed, *until).await?,
            _ => {}
        }
        let result = match settlement {
            Settlement::Dead { .. } => EntryResult::Failed,
            Settlement::DomainNotAllowed { .. } => EntryResult::Held,
            Settlement::Uncertain { .. } => EntryResult::Waiting,
            _ => return Ok(None),
        };
        let Some(reason) = reason(settlement) else { return Ok(None) };
        let fate = Fate { result, reason, detail: Some(words(settlement).1.to_owned()) };
        self.note_fate(claimed, fate, now).await.map(Some)
    }

    async fn settle_row(
        &mut self,
        claimed: &ClaimedDelivery,
        settlement: &Settlement,
        state: DeliveryState,
        now: Timestamp,
    ) -> Result<bool> {
        let [one, two, three] = IN_HAND.map(|from| if from.may_become(state) { from.as_str() } else { "" });
        let sent_at = (state == DeliveryState::Sent).then(|| micros(now));
        let settled = on!(tx self, db => sqlx::query(SETTLE)
            .bind(claimed.id.to_string()).bind(claimed.fence)
            .bind(state.as_str()).bind(reason(settlement).map(Reason::as_str))
            .bind(due(settlement).map(micros)).bind(i64::from(is_counted(settlement))).bind(sent_at)
            .bind(words(settlement).1.to_owned()).bind(one).bind(two).bind(three)
            .execute(db).await?.rows_affected());
        Ok(settled == 1)
    }

    async fn note_attempt(&mut self, claimed: &ClaimedDelivery, settlement: &Settlement, now: Timestamp) -> Result<()> {
        let (id, (outcome, reply)) = (claimed.id.to_string(), words(settlement));
        on!(tx self, db => sqlx::query(ATTEMPT).bind(id).bind(claimed.fence).bind(micros(now)).bind(outcome)
            .bind(reply.to_owned()).execute(db).await.map(|_| ())?);
        Ok(())
    }

    async fn block_bounced(&mut self, claimed: &ClaimedDelivery, now: Timestamp) -> Result<()> {
        const STATUS: &str = "insert into contact_field (account_id, contact_id, field, from_at, value)
            values ($1, $2, 'status', $3, $4)
            on conflict (contact_id, field, from_at) do update set value = excluded.value";
        if let Some(address) = claimed.address() {
            self.block_address(&address, Reason::Bounced, now).await?;
        }
        if let Some(contact) = &claimed.contact {
            let (account, contact) = (claimed.account.to_string(), contact.to_string());
            let bounced = to_text(&Value::text("bounced"))?;
            on!(tx self, db => sqlx::query(STATUS).bind(account).bind(contact).bind(micros(now)).bind(bounced)
                .execute(db).await.map(|_| ())?);
        }
        Ok(())
    }

    /// From now on the address is not mailed any more; the first reason stays.
    pub async fn block_address(&mut self, address: &str, reason: Reason, now: Timestamp) -> Result<()> {
        const TEXT: &str = "insert into blocked_address (address, reason, at) values ($1, $2, $3)
            on conflict (address) do nothing";
        let address = address.trim().to_lowercase();
        on!(tx self, db => sqlx::query(TEXT).bind(address).bind(reason.as_str()).bind(micros(now))
            .execute(db).await.map(|_| ())?);
        Ok(())
    }

    /// What else waits for the relay, the chat channel or the webhook waits with it.
    async fn delay_destination(&mut self, claimed: &ClaimedDelivery, until: Timestamp) -> Result<()> {
        const TEXT: &str = "update delivery set due_at = $3
            where state = 'queued' and due_at < $3 and channel = $1 and (channel = 'email' or to_text = $2)";
        let (channel, to) = (claimed.channel.as_str(), claimed.to.clone());
        on!(tx self, db => sqlx::query(TEXT).bind(channel).bind(to).bind(micros(until)).execute(db).await.map(|_| ())?);
        Ok(())
    }

    /// The endpoint is gone: what waits for it is held until a person lets it go.
    async fn hold_destination(&mut self, claimed: &ClaimedDelivery) -> Result<()> {
        const TEXT: &str = "update delivery set state = 'held', reason = 'delivery_failed'
            where state = 'queued' and channel = $1 and to_text = $2";
        if claimed.channel == Kind::Email {
            return Ok(());
        }
        let (channel, to) = (claimed.channel.as_str(), claimed.to.clone());
        on!(tx self, db => sqlx::query(TEXT).bind(channel).bind(to).execute(db).await.map(|_| ())?);
        Ok(())
    }
}

fn reason(settlement: &Settlement) -> Option<Reason> {
    match settlement {
        Settlement::Uncertain { .. } => Some(Reason::Uncertain),
        Settlement::DomainNotAllowed { .. } => Some(Reason::DomainNotAllowed),
        Settlement::Dead { then: Afterwards::BlockAddress, .. } => Some(Reason::Bounced),
        Settlement::Dead { .. } => Some(Reason::DeliveryFailed),
        Settlement::Sent { .. }
        | Settlement::RetryAt { .. }
        | Settlement::PauseDestination { .. }
        | Settlement::AlreadyDecided => None,
    }
}

fn due(settlement: &Settlement) -> Option<Timestamp> {
    match settlement {
        Settlement::RetryAt { at: due, .. } | Settlement::PauseDestination { until: due, .. } => Some(*due),
        _ => None,
    }
}

/// Whether the attempt used up one of the delivery's tries.
fn is_counted(settlement: &Settlement) -> bool {
    match settlement {
        Settlement::RetryAt { counted, .. } => *counted,
        Settlement::PauseDestination { .. } | Settlement::DomainNotAllowed { .. } => false,
        _ => true,
    }
}

/// How an attempt stands in the list of attempts: its outcome, and what the other side or the failure said.
fn words(settlement: &Settlement) -> (&'static str, &str) {
    match settlement {
        Settlement::Sent { reply } => ("sent", reply),
        Settlement::RetryAt { why, .. } => ("retry", why),
        Settlement::PauseDestination { why, .. } => ("paused", why),
        Settlement::DomainNotAllowed { why } => ("held", why),
        Settlement::Uncertain { why } => ("uncertain", why),
        Settlement::Dead { why, .. } => ("dead", why),
        Settlement::AlreadyDecided => ("closed", ""),
    }
}
