//! The list of enrollments.

use std::sync::Arc;

use serde::Serialize;

use super::Filter;
use crate::engine::Reason;
use crate::engine::enrollment::SHADOW;
use crate::store::db::on;
use crate::store::value::instant;
use crate::store::words::{maybe, reason};
use crate::store::{Result, Store};
use crate::time::Timestamp;

/// An enrollment as it is listed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EnrollmentLine {
    pub id: String,
    pub account: String,
    pub playbook: String,
    pub version: String,
    pub state: String,
    pub branch: Option<String>,
    /// What makes the entry one of its kind: the value of the re-entry key, the event, the number of the entry.
    pub key: String,
    /// None while `for` still runs.
    pub enrolled_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub outcome: Option<String>,
    #[serde(serialize_with = "crate::store::words::serialize_reason")]
    pub reason: Option<Reason>,
    pub next: Option<NextStep>,
    /// Whether it is only recorded.
    #[serde(skip)]
    pub is_shadow: bool,
}

/// What comes next, and when.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NextStep {
    pub step: String,
    pub at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    account_id: String,
    playbook: String,
    version: String,
    state: String,
    branch: Option<String>,
    entry_key: String,
    enrolled_at: i64,
    ended_at: Option<i64>,
    outcome: Option<String>,
    reason: Option<String>,
    parked_for: Option<String>,
    next_step: Option<String>,
    next_at: Option<i64>,
}

impl Store {
    /// Enrollments, the latest first.
    pub async fn enrollments(&self, filter: &Filter) -> Result<Vec<EnrollmentLine>> {
        const TEXT: &str = "select * from enrollment
            where (cast($1 as text) is null or account_id = $1) and (cast($2 as text) is null or playbook = $2)
                and (cast($3 as text) is null or state = $3)
                and (cast($4 as bigint) is null or enrolled_at <= $4)
            order by enrolled_at desc, id limit $5";
        let (asked, as_of, limit) = (filter.clone(), filter.as_of(), filter.limit());
        let rows: Vec<Row> = on!(read self, db => sqlx::query_as(TEXT)
            .bind(asked.account).bind(asked.playbook).bind(asked.state).bind(as_of).bind(limit).fetch_all(db).await?);
        rows.into_iter().map(Row::read).collect()
    }

    /// The accounts for which the playbook's condition was true at the last look, by id.
    pub async fn qualifying(&self, playbook: &str) -> Result<Vec<Arc<str>>> {
        const TEXT: &str = "select account_id from condition_state
            where playbook = $1 and truth = 'yes' and true_since is not null order by account_id";
        let ids: Vec<String> =
            on!(read self, db => sqlx::query_scalar(TEXT).bind(playbook.to_owned()).fetch_all(db).await?);
        Ok(ids.into_iter().map(Arc::from).collect())
    }

    /// One enrollment, if there is one of that id.
    pub async fn enrollment(&self, id: &str) -> Result<Option<EnrollmentLine>> {
        const TEXT: &str = "select * from enrollment where id = $1";
        let row: Option<Row> = on!(read self, db => sqlx::query_as(TEXT).bind(id.to_owned()).fetch_optional(db).await?);
        row.map(Row::read).transpose()
    }
}

impl Row {
    fn read(self) -> Result<EnrollmentLine> {
        let next = match self.next_step.zip(self.next_at) {
            Some((step, at)) => Some(NextStep { step, at: instant(at)? }),
            None => None,
        };
        let is_shadow = self.entry_key.starts_with(SHADOW);
        let shadow = is_shadow.then_some(Reason::Shadow);
        Ok(EnrollmentLine {
            id: self.id,
            account: self.account_id,
            playbook: self.playbook,
            version: self.version,
            state: self.state,
            branch: self.branch,
            key: plain_key(&self.entry_key).to_owned(),
            enrolled_at: Some(instant(self.enrolled_at)?),
            ended_at: self.ended_at.map(instant).transpose()?,
            outcome: self.outcome,
            reason: maybe(reason, self.reason.or(self.parked_for))?.or(shadow),
            next,
            is_shadow,
        })
    }
}

/// The key without the word by which the engine tells kinds of keys apart.
fn plain_key(key: &str) -> &str {
    let key = key.strip_prefix(SHADOW).unwrap_or(key);
    ["key:", "n:", "event:", "at:"].into_iter().find_map(|kind| key.strip_prefix(kind)).unwrap_or(key)
}
