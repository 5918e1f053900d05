//! The line of the timeline for a delivery that did not simply arrive.

use super::ClaimedDelivery;
use crate::engine::Reason;
use crate::engine::desk::{Entry, EntryKind, EntryResult};
use crate::store::db::on;
use crate::store::{Result, Tx};
use crate::time::Timestamp;

/// What became of a delivery.
pub(super) struct Fate {
    pub result: EntryResult,
    pub reason: Reason,
    pub detail: Option<String>,
}

/// The version of the enrollment, and the zone in which its first line is printed.
const OF_ENROLLMENT: &str = "select e.version, (select h.zone from history h
        where h.account_id = e.account_id and h.enrollment_id = e.id order by h.seq limit 1)
    from enrollment e where e.id = $1";

impl Tx {
    pub(super) async fn note_fate(&mut self, claimed: &ClaimedDelivery, fate: Fate, now: Timestamp) -> Result<Entry> {
        let id = claimed.enrollment.to_string();
        let (version, zone): (String, Option<String>) =
            on!(tx &mut *self, db => sqlx::query_as(OF_ENROLLMENT).bind(id).fetch_one(db).await?);
        let entry = Entry {
            at: now,
            zone: zone.unwrap_or_else(|| "UTC".to_owned()).into(),
            account: claimed.account.clone(),
            playbook: claimed.playbook.clone(),
            version: version.into(),
            enrollment: Some(claimed.enrollment.clone()),
            kind: EntryKind::Deliver,
            step: Some(claimed.step.clone()),
            action: Some(claimed.channel),
            to: Some(claimed.to.clone()),
            result: fate.result,
            reason: Some(fate.reason),
            detail: fate.detail,
        };
        self.record(std::slice::from_ref(&entry)).await?;
        Ok(entry)
    }
}
