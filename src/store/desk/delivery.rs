//! Deliveries as the desk sees and begins them; how they are sent is in [`crate::store::outbox`].

use serde::Serialize;

use crate::engine::delivery::DeliveryState;
use crate::engine::desk::{NewDelivery, Send};
use crate::store::Result;
use crate::store::dialect::{Pair, over_rows};
use crate::store::value::{instant, micros};
use crate::store::words::{kind, maybe, reason, shared, word};
use crate::time::Timestamp;

/// Those that have not ended, and those that ended after the instant that stands beside the account's id.
pub(super) const LOAD: Pair = over_rows!(
    "select d.id, d.account_id, d.enrollment_id, d.step, d.channel, d.contact_id, d.class, d.state, d.reason, d.queued_at,
        d.sent_at
    from",
    "cross join delivery d where d.account_id = r.value ->> 0 and (d.queued_at >= cast(r.value ->> 1 as bigint)
        or d.sent_at >= cast(r.value ->> 1 as bigint)
        or d.state in ('queued', 'held', 'claimed', 'committing', 'uncertain'))"
);

/// A row that stands already is left: the same thing is never sent twice. What was inserted is returned.
pub(super) const BEGIN: Pair = over_rows!(
    "insert into delivery (id, account_id, enrollment_id, playbook, step, occurrence, channel, contact_id, to_text,
        subject, class, dedupe_key, message, state, queued_at, due_at, not_after)
    select r.value ->> 'id', r.value ->> 'account_id', r.value ->> 'enrollment_id', r.value ->> 'playbook',
        r.value ->> 'step', cast(r.value ->> 'occurrence' as bigint), r.value ->> 'channel', r.value ->> 'contact_id',
        r.value ->> 'to_text', r.value ->> 'subject', r.value ->> 'class', r.value ->> 'dedupe_key',
        r.value ->> 'message', 'queued', cast(r.value ->> 'queued_at' as bigint),
        cast(r.value ->> 'due_at' as bigint), cast(r.value ->> 'not_after' as bigint)
    from",
    "where true on conflict do nothing returning id"
);

/// What was handed to a worker is the mark's to refuse.
pub(super) const CANCEL: Pair = over_rows!(
    "update delivery set state = 'cancelled', reason = r.value ->> 'reason' from",
    "where delivery.enrollment_id = r.value ->> 'enrollment' and delivery.state in ('queued', 'held')"
);

/// What nobody has in hand yet goes to another state.
pub(super) const RECALL: Pair = over_rows!(
    "update delivery set state = r.value ->> 'state', reason = r.value ->> 'reason' from",
    "where delivery.id = r.value ->> 'delivery' and delivery.state in ('queued', 'held')"
);

#[derive(sqlx::FromRow)]
pub(super) struct SendRow {
    id: String,
    pub account_id: String,
    enrollment_id: String,
    step: String,
    channel: String,
    contact_id: Option<String>,
    class: String,
    state: String,
    reason: Option<String>,
    queued_at: i64,
    sent_at: Option<i64>,
}

impl SendRow {
    pub fn read(self) -> Result<Send> {
        Ok(Send {
            id: self.id.into(),
            enrollment: self.enrollment_id.into(),
            step: self.step.into(),
            channel: kind(&self.channel)?,
            contact: shared(self.contact_id),
            class: self.class.into(),
            state: word("the delivery state", &DeliveryState::ALL, DeliveryState::as_str, &self.state)?,
            reason: maybe(reason, self.reason)?,
            queued_at: instant(self.queued_at)?,
            sent_at: self.sent_at.map(instant).transpose()?,
        })
    }
}

#[derive(Serialize)]
pub(super) struct NewRow {
    pub id: String,
    account_id: String,
    enrollment_id: String,
    playbook: String,
    step: String,
    occurrence: i64,
    channel: &'static str,
    contact_id: Option<String>,
    to_text: String,
    subject: Option<String>,
    class: String,
    dedupe_key: String,
    message: String,
    queued_at: i64,
    due_at: i64,
    not_after: i64,
}

impl NewRow {
    pub fn of(account: &str, new: &NewDelivery, now: Timestamp) -> Result<NewRow> {
        // Two contacts may share an address: it still gets the step's message once.
        let recipient = new.to.trim().to_lowercase();
        Ok(NewRow {
            id: new.id.to_string(),
            account_id: account.to_owned(),
            enrollment_id: new.enrollment.to_string(),
            playbook: new.playbook.to_string(),
            step: new.step.to_string(),
            occurrence: new.occurrence,
            channel: new.channel.as_str(),
            contact_id: new.contact.as_deref().map(str::to_owned),
            to_text: new.to.clone(),
            subject: new.subject.clone(),
            class: new.class.to_string(),
            dedupe_key: format!("{}/{}/{}/{recipient}", new.enrollment, new.step, new.occurrence),
            message: serde_json::to_string(&new.message)?,
            queued_at: micros(now),
            due_at: micros(new.due_at),
            not_after: micros(new.not_after),
        })
    }
}
