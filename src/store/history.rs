//! The timeline: one row per line, in the order in which it was written.

use std::sync::Arc;

use serde::Serialize;

use super::db::on;
use super::dialect::{Pair, over_rows};
use super::value::{instant, micros};
use super::words::{kind, maybe, reason, shared, word};
use super::{Result, Store, Tx};
use crate::engine::desk::{Entry, EntryKind, EntryResult};
use crate::time::Timestamp;

/// Which lines of the timeline to read; what is none is not asked for.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    pub account: Option<String>,
    pub playbook: Option<String>,
    pub enrollment: Option<String>,
    /// Inclusive.
    pub from: Option<Timestamp>,
    /// Exclusive.
    pub until: Option<Timestamp>,
    /// The last that many.
    pub limit: Option<i64>,
}

const WRITE: Pair = over_rows!(
    "insert into history (seq, at, zone, account_id, playbook, version, enrollment_id, kind, step, action, to_text,
        result, reason, detail)
    select cast(r.value ->> 'seq' as bigint), cast(r.value ->> 'at' as bigint), r.value ->> 'zone',
        r.value ->> 'account_id', r.value ->> 'playbook', r.value ->> 'version', r.value ->> 'enrollment_id',
        r.value ->> 'kind', r.value ->> 'step', r.value ->> 'action', r.value ->> 'to_text', r.value ->> 'result',
        r.value ->> 'reason', r.value ->> 'detail'
    from",
    ""
);

macro_rules! timeline {
    ($account:literal) => {
        concat!(
            "select * from history where ",
            $account,
            " and (cast($2 as text) is null or playbook = $2) and (cast($3 as text) is null or enrollment_id = $3)
                and (cast($4 as bigint) is null or at >= $4) and (cast($5 as bigint) is null or at < $5)
            order by seq desc limit $6"
        )
    };
}

/// Two texts, so that the lines of one account are found through their index.
const OF_ACCOUNT: &str = timeline!("account_id = $1");
const OF_ALL: &str = timeline!("cast($1 as text) is null");

impl Store {
    /// The lines asked for, in the order in which they were written.
    pub async fn timeline(&self, asked: &Timeline) -> Result<Vec<Entry>> {
        let text = if asked.account.is_some() { OF_ACCOUNT } else { OF_ALL };
        let asked = asked.clone();
        let rows: Vec<HistoryRow> = on!(read self, db => sqlx::query_as(text)
            .bind(asked.account).bind(asked.playbook).bind(asked.enrollment)
            .bind(asked.from.map(micros)).bind(asked.until.map(micros)).bind(asked.limit.unwrap_or(i64::MAX))
            .fetch_all(db).await?);
        rows.into_iter().rev().map(HistoryRow::read).collect()
    }
}

impl Tx {
    /// Adds lines to the timeline.
    pub async fn record(&mut self, entries: &[Entry]) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let first = self.take_numbers("history", entries.len() as i64).await?;
        let rows: Vec<HistoryRow> = (first..).zip(entries).map(|(seq, entry)| HistoryRow::of(seq, entry)).collect();
        self.write_rows(&WRITE, &rows).await?;
        Ok(())
    }

    /// The first of `n` consecutive numbers. They are given out in the order of the commits: whoever reads up to one
    /// of them misses none before it.
    pub(super) async fn take_numbers(&mut self, counter: &'static str, n: i64) -> Result<i64> {
        const TEXT: &str = "update counter set next = next + $2 where name = $1 returning next - $2";
        Ok(on!(tx self, db => sqlx::query_scalar(TEXT).bind(counter).bind(n).fetch_one(db).await?))
    }
}

#[derive(Serialize, sqlx::FromRow)]
struct HistoryRow {
    seq: i64,
    at: i64,
    zone: String,
    account_id: String,
    playbook: String,
    version: String,
    enrollment_id: Option<String>,
    kind: String,
    step: Option<String>,
    action: Option<String>,
    to_text: Option<String>,
    result: String,
    reason: Option<String>,
    detail: Option<String>,
}

impl HistoryRow {
    fn of(seq: i64, entry: &Entry) -> HistoryRow {
        let owned = |text: &Option<Arc<str>>| text.as_deref().map(str::to_owned);
        HistoryRow {
            seq,
            at: micros(entry.at),
            zone: entry.zone.to_string(),
            account_id: entry.account.to_string(),
            playbook: entry.playbook.to_string(),
            version: entry.version.to_string(),
            enrollment_id: owned(&entry.enrollment),
            kind: entry.kind.as_str().to_owned(),
            step: owned(&entry.step),
            action: entry.action.map(|action| action.as_str().to_owned()),
            to_text: entry.to.clone(),
            result: entry.result.as_str().to_owned(),
            reason: entry.reason.map(|reason| reason.as_str().to_owned()),
            detail: entry.detail.clone(),
        }
    }

    fn read(self) -> Result<Entry> {
        Ok(Entry {
            at: instant(self.at)?,
            zone: self.zone.into(),
            account: self.account_id.into(),
            playbook: self.playbook.into(),
            version: self.version.into(),
            enrollment: shared(self.enrollment_id),
            kind: word("the kind of a timeline entry", &EntryKind::ALL, EntryKind::as_str, &self.kind)?,
            step: shared(self.step),
            action: maybe(kind, self.action)?,
            to: self.to_text,
            result: word("the result of a timeline entry", &EntryResult::ALL, EntryResult::as_str, &self.result)?,
            reason: maybe(reason, self.reason)?,
            detail: self.detail,
        })
    }
}
