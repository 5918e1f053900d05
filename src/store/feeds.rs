//! When each feed of data was last seen.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::db::on;
use super::value::{instant, micros};
use super::{Result, Store, Tx};
use crate::time::Timestamp;

impl Store {
    /// Feed to when it was last seen.
    pub async fn feeds(&self) -> Result<BTreeMap<Arc<str>, Timestamp>> {
        const TEXT: &str = "select name, seen_at from feed";
        let rows: Vec<(String, i64)> = on!(read self, db => sqlx::query_as(TEXT).fetch_all(db).await?);
        rows.into_iter().map(|(name, seen)| Ok((name.into(), instant(seen)?))).collect()
    }
}

impl Tx {
    /// Records that the feed brought data at that instant; an earlier one than recorded changes nothing.
    pub async fn see_feed(&mut self, name: &str, at: Timestamp) -> Result<()> {
        const TEXT: &str = "insert into feed (name, seen_at) values ($1, $2)
            on conflict (name) do update set seen_at = excluded.seen_at where feed.seen_at < excluded.seen_at";
        let name = name.to_owned();
        on!(tx self, db => sqlx::query(TEXT).bind(name).bind(micros(at)).execute(db).await.map(|_| ())?);
        Ok(())
    }
}
