//! What is known of conditions, and the health and fields a look writes, as rows.

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::condition::Value;
use crate::engine::desk::ConditionState;
use crate::portfolio::Health;
use crate::store::dialect::{Pair, over_rows};
use crate::store::value::{day_number, instant, micros, to_json, to_text};
use crate::store::words::{shared, truth};
use crate::store::{Error, Result};
use crate::time::{Date, Timestamp};

pub(super) const LOAD: Pair =
    over_rows!("select c.* from", "cross join condition_state c where c.account_id = r.value ->> 0");

pub(super) const SAVE: Pair = over_rows!(
    "insert into condition_state (playbook, account_id, truth, since, true_since, false_at, rearmed_at, baseline, seen)
    select r.value ->> 'playbook', r.value ->> 'account_id', r.value ->> 'truth',
        cast(r.value ->> 'since' as bigint), cast(r.value ->> 'true_since' as bigint),
        cast(r.value ->> 'false_at' as bigint), cast(r.value ->> 'rearmed_at' as bigint), r.value ->> 'baseline',
        r.value ->> 'seen'
    from",
    "where true
    on conflict (account_id, playbook) do update set truth = excluded.truth, since = excluded.since,
        true_since = excluded.true_since, false_at = excluded.false_at, rearmed_at = excluded.rearmed_at,
        baseline = excluded.baseline, seen = excluded.seen"
);

pub(super) const SAVE_FIELDS: Pair = over_rows!(
    "insert into field_history (account_id, field, from_at, value)
    select r.value ->> 'account_id', r.value ->> 'field', cast(r.value ->> 'from_at' as bigint), r.value ->> 'value'
    from",
    "where true on conflict (account_id, field, from_at) do update set value = excluded.value"
);

pub(super) const SAVE_HEALTH: Pair = over_rows!(
    "insert into health_history (account_id, day, score, band, detail, model)
    select r.value ->> 'account_id', cast(r.value ->> 'day' as bigint), cast(r.value ->> 'score' as bigint),
        r.value ->> 'band', r.value ->> 'detail', r.value ->> 'model'
    from",
    "where true
    on conflict (account_id, day) do update set score = excluded.score, band = excluded.band,
        detail = excluded.detail, model = excluded.model"
);

#[derive(Serialize, sqlx::FromRow)]
pub(super) struct ConditionRow {
    pub playbook: String,
    pub account_id: String,
    truth: String,
    since: i64,
    true_since: Option<i64>,
    false_at: Option<i64>,
    rearmed_at: Option<i64>,
    baseline: Option<String>,
    seen: String,
}

impl ConditionRow {
    pub fn of(account: &str, playbook: &str, state: &ConditionState) -> Result<ConditionRow> {
        Ok(ConditionRow {
            playbook: playbook.to_owned(),
            account_id: account.to_owned(),
            truth: state.truth.word().to_owned(),
            since: micros(state.since),
            true_since: state.true_since.map(micros),
            false_at: state.false_at.map(micros),
            rearmed_at: state.rearmed_at.map(micros),
            baseline: state.baseline.as_deref().map(str::to_owned),
            seen: serde_json::to_string(&state.seen)?,
        })
    }

    pub fn read(self) -> Result<ConditionState> {
        let seen: Option<Vec<Arc<str>>> = serde_json::from_str(&self.seen).ok();
        Ok(ConditionState {
            truth: truth(&self.truth)?,
            since: instant(self.since)?,
            true_since: self.true_since.map(instant).transpose()?,
            false_at: self.false_at.map(instant).transpose()?,
            rearmed_at: self.rearmed_at.map(instant).transpose()?,
            baseline: shared(self.baseline),
            seen: seen.ok_or_else(|| Error::unreadable("what a trigger has seen", &self.seen))?,
        })
    }
}

#[derive(Serialize)]
pub(super) struct FieldRow {
    account_id: String,
    field: String,
    from_at: i64,
    value: Option<String>,
}

impl FieldRow {
    pub fn of(account: &str, field: &str, value: &Value, now: Timestamp) -> Result<FieldRow> {
        let (account_id, field) = (account.to_owned(), field.to_owned());
        Ok(FieldRow { account_id, field, from_at: micros(now), value: to_text(value)? })
    }
}

#[derive(Serialize)]
pub(super) struct HealthRow {
    account_id: String,
    day: i64,
    score: Option<i64>,
    band: Option<String>,
    detail: String,
    model: String,
}

impl HealthRow {
    pub fn of(account: &str, day: Date, health: &Health) -> HealthRow {
        HealthRow {
            account_id: account.to_owned(),
            day: day_number(day),
            score: health.score,
            band: health.band.as_deref().map(str::to_owned),
            detail: detail(health).to_string(),
            model: health.model.to_string(),
        }
    }
}

/// Dimensions and measures with their contributions.
fn detail(health: &Health) -> Json {
    let dimensions = health.dimensions.iter().map(|dimension| {
        let measures = dimension.measures.iter().map(|measure| {
            // A stale or failed value is told as such: here it is an answer to read, not a record to compute with.
            let value = to_json(&measure.value).unwrap_or_else(|_| json!({ "missing": measure.value.to_string() }));
            json!({ "id": *measure.id, "value": value, "score": measure.score, "contribution": measure.contribution })
        });
        json!({ "id": *dimension.id, "score": dimension.score, "measures": measures.collect::<Vec<_>>() })
    });
    json!({ "dimensions": dimensions.collect::<Vec<_>>(), "stale": health.stale.as_deref() })
}
