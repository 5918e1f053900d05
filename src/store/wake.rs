//! What is due next, and who must be looked at.

use std::sync::Arc;

use super::db::on;
use super::value::{instant, micros};
use super::{Error, Result, Store, Tx};
use crate::time::Timestamp;

impl Store {
    /// The accounts to look at now and their versions, those that wait longest first.
    pub async fn due_accounts(&self, now: Timestamp, limit: i64) -> Result<Vec<(Arc<str>, i64)>> {
        const TEXT: &str = "select id, version from account where wake_at <= $1 order by wake_at, id limit $2";
        let due: Vec<(String, i64)> =
            on!(read self, db => sqlx::query_as(TEXT).bind(micros(now)).bind(limit).fetch_all(db).await?);
        Ok(due.into_iter().map(|(id, version)| (id.into(), version)).collect())
    }

    /// The version of an account; none when there is no such account.
    pub async fn version_of(&self, account: &str) -> Result<Option<i64>> {
        const TEXT: &str = "select version from account where id = $1";
        let id = account.to_owned();
        Ok(on!(read self, db => sqlx::query_scalar(TEXT).bind(id).fetch_optional(db).await?))
    }

    /// When the first queued delivery is due.
    pub async fn next_due(&self) -> Result<Option<Timestamp>> {
        self.first("select min(due_at) from delivery where state = 'queued'").await
    }

    /// When there is something to do next: an account to look at, a delivery to
    /// send, or something to tell our own people. None: nothing by itself.
    pub async fn next_wake(&self) -> Result<Option<Timestamp>> {
        let account = self.first("select min(wake_at) from account where wake_at is not null").await?;
        let notice = self.first("select min(due_at) from notice where due_at is not null").await?;
        Ok(account.into_iter().chain(self.next_due().await?).chain(notice).min())
    }

    async fn first(&self, text: &'static str) -> Result<Option<Timestamp>> {
        let at: Option<i64> = on!(read self, db => sqlx::query_scalar(text).fetch_one(db).await?);
        at.map(instant).transpose()
    }
}

impl Tx {
    /// Looks at the account not before `until`, whatever it was due for.
    pub async fn put_off(&mut self, account: &str, until: Timestamp) -> Result<()> {
        const TEXT: &str = "update account set wake_at = $2 where id = $1";
        let id = account.to_owned();
        on!(tx self, db => sqlx::query(TEXT).bind(id).bind(micros(until)).execute(db).await.map(|_| ())?);
        Ok(())
    }

    /// Says that something of the account changed: it gets a new version and is looked at by `at`.
    ///
    /// Whatever writes to an account's rows calls this first: it takes the account's row, in the same order for all.
    pub async fn wake_account(&mut self, account: &str, at: Timestamp) -> Result<()> {
        const TEXT: &str = "update account set version = version + 1,
            wake_at = case when wake_at < $2 then wake_at else $2 end where id = $1";
        let id = account.to_owned();
        let woken = on!(tx self, db => sqlx::query(TEXT).bind(id).bind(micros(at)).execute(db).await?.rows_affected());
        if woken == 1 { Ok(()) } else { Err(Error::NotFound { what: "account", id: account.to_owned() }) }
    }
}
