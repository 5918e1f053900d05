//! What a play of the future begins with, beside the accounts and their desks.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::db::on;
use super::value::instant;
use super::words::{kind, word};
use super::{Result, Store};
use crate::book::playbook::Kind;
use crate::engine::delivery::DeliveryState;
use crate::time::Timestamp;

/// A delivery that nobody has in hand yet.
#[derive(Clone, Debug, PartialEq)]
pub struct WaitingDelivery {
    pub id: Arc<str>,
    pub account: Arc<str>,
    /// Queued or held.
    pub state: DeliveryState,
    pub channel: Kind,
    /// As shown: an address, a channel, an endpoint.
    pub to: String,
    pub due_at: Timestamp,
    /// After it, it is not sent any more.
    pub not_after: Timestamp,
}

type Row = (String, String, String, String, String, i64, i64);

impl Store {
    /// Every account with when it is looked at next, in the order in which those of one instant are.
    pub async fn wakes(&self) -> Result<Vec<(Arc<str>, Option<Timestamp>)>> {
        const TEXT: &str = "select id, wake_at from account order by id";
        let rows: Vec<(String, Option<i64>)> = on!(read self, db => sqlx::query_as(TEXT).fetch_all(db).await?);
        rows.into_iter().map(|(id, at)| Ok((id.into(), at.map(instant).transpose()?))).collect()
    }

    /// The deliveries that are queued or held.
    pub async fn waiting_deliveries(&self) -> Result<Vec<WaitingDelivery>> {
        const TEXT: &str = "select id, account_id, state, channel, to_text, due_at, not_after from delivery
            where state in ('queued', 'held')";
        let rows: Vec<Row> = on!(read self, db => sqlx::query_as(TEXT).fetch_all(db).await?);
        let read = |(id, account, state, channel, to, due_at, not_after): Row| {
            Ok(WaitingDelivery {
                id: id.into(),
                account: account.into(),
                state: word("the delivery state", &DeliveryState::ALL, DeliveryState::as_str, &state)?,
                channel: kind(&channel)?,
                to,
                due_at: instant(due_at)?,
                not_after: instant(not_after)?,
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// Addresses that must not be mailed, in lower case.
    pub async fn blocked_addresses(&self) -> Result<BTreeSet<String>> {
        const TEXT: &str = "select address from blocked_address";
        let rows: Vec<String> = on!(read self, db => sqlx::query_scalar(TEXT).fetch_all(db).await?);
        Ok(rows.into_iter().collect())
    }

    /// The fingerprint of the health model that has scored last; none before there was one.
    pub async fn health_model(&self) -> Result<Option<String>> {
        const TEXT: &str = "select fingerprint from health_model order by since desc limit 1";
        Ok(on!(read self, db => sqlx::query_scalar(TEXT).fetch_optional(db).await?))
    }
}
