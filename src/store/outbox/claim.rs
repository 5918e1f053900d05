//! Taking deliveries in hand, and giving back what nobody works on any more.

use std::sync::Arc;

use crate::book::playbook::Kind;
use crate::engine::delivery::Message;
use crate::store::db::on;
use crate::store::dialect::Pair;
use crate::store::value::{instant, micros};
use crate::store::words::{kind, shared};
use crate::store::{Error, Result, Store, Tx};
use crate::time::Timestamp;

/// A delivery in one worker's hand, until its lease is over.
#[derive(Clone, Debug)]
pub struct ClaimedDelivery {
    pub id: Arc<str>,
    pub account: Arc<str>,
    pub enrollment: Arc<str>,
    pub playbook: Arc<str>,
    pub step: Arc<str>,
    pub channel: Kind,
    pub contact: Option<Arc<str>>,
    /// As shown: an address, a channel, an endpoint.
    pub to: String,
    /// Counted tries before this one.
    pub tries: u32,
    /// Grows with every claim.
    pub fence: i64,
    /// When it was first due, which is when it was handed to the outbox.
    pub due_at: Timestamp,
    pub message: Message,
}

/// What was found lying when leases were over.
#[derive(Debug, Default, PartialEq)]
pub struct Swept {
    /// ClaimedDelivery and never handed over, or to be sent again by promise: in the queue again.
    pub queued: u64,
    /// Mail that may or may not have been taken: waits for evidence or a person.
    pub uncertain: Vec<Arc<str>>,
    /// Held by a silence that is over: in the queue again.
    pub released: u64,
}

macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "with due as materialized (select id from delivery where state = 'queued' and due_at <= $3
                order by due_at, id limit $4 ",
            $lock,
            ")
            update delivery set state = 'claimed', reason = null, fence = fence + 1, owner = $1, lease_until = $2
            where id in (select id from due)
            returning id, account_id, enrollment_id, playbook, step, channel, contact_id, to_text, attempts, fence,
                queued_at, message"
        )
    };
}

/// On Postgres two workers never wait for each other's rows; SQLite has one writer.
const CLAIM: Pair = Pair { sqlite: claim!(""), postgres: claim!("for update skip locked") };

impl Store {
    /// Takes up to `limit` due deliveries for `owner` until `lease_until`, in the order in which they are due.
    pub async fn claim(
        &self,
        now: Timestamp,
        limit: i64,
        owner: &str,
        lease_until: Timestamp,
    ) -> Result<Vec<ClaimedDelivery>> {
        let mut tx = self.begin().await?;
        let (text, owner) = (tx.text(&CLAIM), owner.to_owned());
        let rows: Vec<ClaimedRow> = on!(tx &mut tx, db => sqlx::query_as(text)
            .bind(owner).bind(micros(lease_until)).bind(micros(now)).bind(limit).fetch_all(db).await?);
        let mut claimed = rows.into_iter().map(ClaimedRow::read).collect::<Result<Vec<_>>>()?;
        tx.commit().await?;
        claimed.sort_by(|one, other| (one.due_at, &one.id).cmp(&(other.due_at, &other.id)));
        Ok(claimed)
    }
}

impl Store {
    /// Extends the leases of what `owner` has in hand; gives how many. A worker whose lease cannot be extended stops
    /// handing over.
    pub async fn renew_leases(&self, owner: &str, until: Timestamp) -> Result<u64> {
        const TEXT: &str = "update delivery set lease_until = $2
            where owner = $1 and state in ('claimed', 'committing')";
        let mut tx = self.begin().await?;
        let owner = owner.to_owned();
        let renewed = on!(tx &mut tx, db => sqlx::query(TEXT).bind(owner).bind(micros(until))
            .execute(db).await?.rows_affected());
        tx.commit().await?;
        Ok(renewed)
    }

    /// Gives back what `owner` has claimed and not begun to hand over; gives how many.
    pub async fn hand_back(&self, owner: &str) -> Result<u64> {
        const TEXT: &str = "update delivery set state = 'queued', owner = null, lease_until = null
            where owner = $1 and state = 'claimed'";
        let mut tx = self.begin().await?;
        let owner = owner.to_owned();
        let back = on!(tx &mut tx, db => sqlx::query(TEXT).bind(owner).execute(db).await?.rows_affected());
        tx.commit().await?;
        Ok(back)
    }

    /// For a daemon that begins. On SQLite it is the only one, and whoever had something in hand is dead; on Postgres
    /// others may be at work, and only leases that are over count.
    pub async fn recover(&self, now: Timestamp) -> Result<Swept> {
        match self {
            Store::Sqlite { .. } => self.sweep_leases(Timestamp::MAX, now).await,
            Store::Postgres(_) => self.sweep(now).await,
        }
    }

    /// Looks after deliveries whose lease is over, and those held by a silence that is over.
    pub async fn sweep(&self, now: Timestamp) -> Result<Swept> {
        self.sweep_leases(now, now).await
    }

    async fn sweep_leases(&self, leases_until: Timestamp, now: Timestamp) -> Result<Swept> {
        let mut tx = self.begin().await?;
        let swept = tx.sweep(micros(leases_until), micros(now)).await?;
        tx.commit().await?;
        Ok(swept)
    }
}

impl Tx {
    async fn sweep(&mut self, leases_until: i64, now: i64) -> Result<Swept> {
        const QUEUED: &str = "update delivery set state = 'queued', owner = null, lease_until = null
            where lease_until <= $1 and (state = 'claimed' or state = 'committing' and channel <> 'email')";
        const UNCERTAIN: &str = "update delivery set state = 'uncertain', reason = 'uncertain', lease_until = null
            where lease_until <= $1 and state = 'committing' and channel = 'email' returning id";
        const RELEASED: &str = concat!(
            "update delivery set state = 'queued', reason = null
            where state = 'held' and reason = 'silenced' and not ",
            silenced!("$1")
        );
        let queued =
            on!(tx &mut *self, db => sqlx::query(QUEUED).bind(leases_until).execute(db).await?.rows_affected());
        let ids: Vec<String> =
            on!(tx &mut *self, db => sqlx::query_scalar(UNCERTAIN).bind(leases_until).fetch_all(db).await?);
        let released = on!(tx self, db => sqlx::query(RELEASED).bind(now).execute(db).await?.rows_affected());
        Ok(Swept { queued, uncertain: ids.into_iter().map(Arc::from).collect(), released })
    }
}

impl ClaimedDelivery {
    /// The address as it stands among the blocked ones. Only mail has one.
    pub(super) fn address(&self) -> Option<String> {
        (self.channel == Kind::Email).then(|| self.to.trim().to_lowercase())
    }
}

#[derive(sqlx::FromRow)]
struct ClaimedRow {
    id: String,
    account_id: String,
    enrollment_id: String,
    playbook: String,
    step: String,
    channel: String,
    contact_id: Option<String>,
    to_text: String,
    attempts: i64,
    fence: i64,
    queued_at: i64,
    message: String,
}

impl ClaimedRow {
    fn read(self) -> Result<ClaimedDelivery> {
        let message = serde_json::from_str(&self.message);
        Ok(ClaimedDelivery {
            message: message.map_err(|_| Error::unreadable("the message of delivery", &self.id))?,
            id: self.id.into(),
            account: self.account_id.into(),
            enrollment: self.enrollment_id.into(),
            playbook: self.playbook.into(),
            step: self.step.into(),
            channel: kind(&self.channel)?,
            contact: shared(self.contact_id),
            to: self.to_text,
            tries: u32::try_from(self.attempts).map_err(|_| Error::unreadable("attempts", self.attempts))?,
            fence: self.fence,
            due_at: instant(self.queued_at)?,
        })
    }
}
