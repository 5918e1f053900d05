//! The list of the outbox, and one delivery with everything known of it.

use serde::Serialize;

use super::Filter;
use crate::engine::Reason;
use crate::engine::delivery::Message;
use crate::store::db::on;
use crate::store::value::instant;
use crate::store::words::{maybe, reason, serialize_reason};
use crate::store::{Error, Result, Store};
use crate::time::Timestamp;

/// A delivery as it is listed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DeliveryLine {
    pub id: String,
    pub enrollment: String,
    pub account: String,
    pub playbook: String,
    pub step: String,
    pub channel: String,
    pub to: String,
    pub subject: Option<String>,
    pub state: String,
    #[serde(serialize_with = "serialize_reason")]
    pub reason: Option<Reason>,
    pub due_at: Timestamp,
    pub sent_at: Option<Timestamp>,
    /// Counted tries.
    pub attempts: i64,
}

/// A delivery with its message and every attempt to send it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DeliveryView {
    #[serde(flatten)]
    pub line: DeliveryLine,
    pub message: Message,
    /// What the other side, or the failure, said last.
    pub reply: Option<String>,
    /// Every attempt, the first first.
    pub tried: Vec<AttemptLine>,
}

/// One attempt to send a delivery.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AttemptLine {
    pub at: Timestamp,
    pub outcome: String,
    pub reply: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    enrollment_id: String,
    account_id: String,
    playbook: String,
    step: String,
    channel: String,
    to_text: String,
    subject: Option<String>,
    state: String,
    reason: Option<String>,
    due_at: i64,
    sent_at: Option<i64>,
    attempts: i64,
}

impl Store {
    /// Deliveries in the order in which they are or were due.
    pub async fn deliveries(&self, filter: &Filter) -> Result<Vec<DeliveryLine>> {
        const TEXT: &str = "select * from delivery
            where (cast($1 as text) is null or account_id = $1) and (cast($2 as text) is null or playbook = $2)
                and (cast($3 as text) is null or state = $3)
                and (cast($4 as bigint) is null or queued_at <= $4)
            order by due_at, id limit $5";
        let (asked, as_of, limit) = (filter.clone(), filter.as_of(), filter.limit());
        let rows: Vec<Row> = on!(read self, db => sqlx::query_as(TEXT)
            .bind(asked.account).bind(asked.playbook).bind(asked.state).bind(as_of).bind(limit).fetch_all(db).await?);
        rows.into_iter().map(Row::read).collect()
    }

    /// One delivery with its message and attempts, if there is one of that id.
    pub async fn delivery(&self, id: &str) -> Result<Option<DeliveryView>> {
        const TEXT: &str = "select * from delivery where id = $1";
        const REST: &str = "select message, reply from delivery where id = $1";
        const TRIED: &str = "select at, outcome, reply from attempt where delivery_id = $1 order by n";
        let row: Option<Row> = on!(read self, db => sqlx::query_as(TEXT).bind(id.to_owned()).fetch_optional(db).await?);
        let Some(row) = row else { return Ok(None) };
        let (message, reply): (String, Option<String>) =
            on!(read self, db => sqlx::query_as(REST).bind(id.to_owned()).fetch_one(db).await?);
        let tried: Vec<(i64, String, Option<String>)> =
            on!(read self, db => sqlx::query_as(TRIED).bind(id.to_owned()).fetch_all(db).await?);
        let tried = tried.into_iter().map(|(at, outcome, reply)| Ok(AttemptLine { at: instant(at)?, outcome, reply }));
        let message = serde_json::from_str(&message).map_err(|_| Error::unreadable("the message of delivery", id))?;
        Ok(Some(DeliveryView { line: row.read()?, message, reply, tried: tried.collect::<Result<_>>()? }))
    }
}

impl Row {
    fn read(self) -> Result<DeliveryLine> {
        Ok(DeliveryLine {
            id: self.id,
            enrollment: self.enrollment_id,
            account: self.account_id,
            playbook: self.playbook,
            step: self.step,
            channel: self.channel,
            to: self.to_text,
            subject: self.subject,
            state: self.state,
            reason: maybe(reason, self.reason)?,
            due_at: instant(self.due_at)?,
            sent_at: self.sent_at.map(instant).transpose()?,
            attempts: self.attempts,
        })
    }
}
