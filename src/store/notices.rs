//! What our people must be told: kept once, and mailed at most once by itself.

use std::sync::Arc;

use serde::Serialize;
use serde_json::json;

use super::db::on;
use super::dialect::{Pair, over_rows};
use super::lists::Filter;
use super::value::{instant, micros};
use super::words::shared;
use super::{Error, Result, Store, Tx};
use crate::engine::notice::Notice;
use crate::time::Timestamp;

const KEEP: Pair = over_rows!(
    "insert into notice (id, at, kind, playbook, person, text, due_at)
    select r.value ->> 0, cast(r.value ->> 1 as bigint), r.value ->> 2, r.value ->> 3, r.value ->> 4, r.value ->> 5,
        cast(r.value ->> 1 as bigint)
    from",
    "where true on conflict (id) do nothing"
);

/// A mail tells all of its notices or none.
const MARK: Pair = over_rows!(
    "update notice set told_at = cast(r.value ->> 1 as bigint), due_at = null from",
    "where notice.id = r.value ->> 0 and notice.told_at is null and notice.due_at is not null"
);

const SETTLE: Pair = over_rows!(
    "update notice set told_at = cast(r.value ->> 1 as bigint), due_at = cast(r.value ->> 2 as bigint),
        reply = r.value ->> 3, tries = tries + 1
    from",
    "where notice.id = r.value ->> 0"
);

/// A notice as it is listed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NoticeLine {
    pub id: String,
    pub at: Timestamp,
    pub kind: String,
    pub playbook: String,
    /// Who is told; none when nobody of ours could be found.
    pub person: Option<String>,
    pub text: String,
    /// When the mail was handed over.
    pub told_at: Option<Timestamp>,
    /// What the relay said, or why nobody is told.
    pub reply: Option<String>,
}

/// A notice that somebody is to be mailed now.
#[derive(Clone, Debug, PartialEq)]
pub struct DueNotice {
    pub id: Arc<str>,
    pub at: Timestamp,
    pub playbook: Arc<str>,
    pub person: Option<Arc<str>>,
    pub text: String,
    /// Mails that were tried before.
    pub tries: u32,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    at: i64,
    kind: String,
    playbook: String,
    person: Option<String>,
    text: String,
    tries: i64,
    told_at: Option<i64>,
    reply: Option<String>,
}

impl Store {
    /// Notices, the latest first.
    pub async fn notices(&self, filter: &Filter) -> Result<Vec<NoticeLine>> {
        const TEXT: &str = "select * from notice
            where (cast($1 as text) is null or playbook = $1) and (cast($2 as text) is null or person = $2)
                and (cast($3 as bigint) is null or at <= $3)
            order by at desc, id limit $4";
        let (asked, as_of, limit) = (filter.clone(), filter.as_of.map(micros), filter.limit.unwrap_or(i64::MAX));
        let rows: Vec<Row> = on!(read self, db => sqlx::query_as(TEXT)
            .bind(asked.playbook).bind(asked.person).bind(as_of).bind(limit).fetch_all(db).await?);
        rows.into_iter().map(Row::line).collect()
    }

    /// Notices that are to be mailed by now, the oldest first.
    pub async fn due_notices(&self, now: Timestamp, limit: i64) -> Result<Vec<DueNotice>> {
        const TEXT: &str = "select * from notice where due_at <= $1 order by due_at, at, id limit $2";
        let rows: Vec<Row> =
            on!(read self, db => sqlx::query_as(TEXT).bind(micros(now)).bind(limit).fetch_all(db).await?);
        rows.into_iter().map(Row::due).collect()
    }

    /// The mark before the mail with these notices is handed over; false when somebody else has told one of them.
    pub async fn mark_notices(&self, ids: &[Arc<str>], now: Timestamp) -> Result<bool> {
        let rows: Vec<_> = ids.iter().map(|id| (&**id, micros(now))).collect();
        let mut tx = self.begin().await?;
        let marked = tx.write_rows(&MARK, &rows).await? == ids.len() as u64;
        if marked {
            tx.commit().await?
        } else {
            tx.rollback().await?
        }
        Ok(marked)
    }

    /// What became of the mail with these notices: told at that instant, or to be tried again, or neither.
    pub async fn settle_notices(
        &self,
        ids: &[Arc<str>],
        told_at: Option<Timestamp>,
        due_at: Option<Timestamp>,
        reply: &str,
    ) -> Result<()> {
        let row = |id: &Arc<str>| (id.to_string(), told_at.map(micros), due_at.map(micros), reply.to_owned());
        let rows: Vec<_> = ids.iter().map(row).collect();
        let mut tx = self.begin().await?;
        tx.write_rows(&SETTLE, &rows).await?;
        tx.commit().await
    }
}

impl Tx {
    /// Keeps notices, to be mailed at once; one that is known already is not told again.
    pub async fn keep_notices(&mut self, notices: &[Notice]) -> Result<()> {
        let row = |own: &Notice| {
            json!([&*own.id, micros(own.at), own.kind.as_str(), &*own.playbook, own.person.as_deref(), own.text])
        };
        let rows: Vec<_> = notices.iter().map(row).collect();
        self.write_rows(&KEEP, &rows).await.map(|_| ())
    }
}

impl Row {
    fn line(self) -> Result<NoticeLine> {
        Ok(NoticeLine {
            id: self.id,
            at: instant(self.at)?,
            kind: self.kind,
            playbook: self.playbook,
            person: self.person,
            text: self.text,
            told_at: self.told_at.map(instant).transpose()?,
            reply: self.reply,
        })
    }

    fn due(self) -> Result<DueNotice> {
        Ok(DueNotice {
            id: self.id.into(),
            at: instant(self.at)?,
            playbook: self.playbook.into(),
            person: shared(self.person),
            text: self.text,
            tries: u32::try_from(self.tries).map_err(|_| Error::unreadable("tries", self.tries))?,
        })
    }
}
