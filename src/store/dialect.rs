//! Where the two databases differ in the text of a statement: named pairs, and nothing else.

use serde::Serialize;
use sqlx::FromRow;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use super::db::on;
use super::{Result, Store, Tx};

/// A row that either database can give.
pub(super) trait Row: Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> {}

impl<T: Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>> Row for T {}

/// One statement in two texts.
pub(super) struct Pair {
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

/// A statement over many rows that are handed over as one JSON array of arrays in `$1`: they are `r`, and a column is
/// `cast(r.value ->> 2 as bigint)`. Written once, as the text before and after the rows; one bind for any number of
/// rows is what makes it fast on both databases.
macro_rules! over_rows {
    ($before:expr, $after:expr) => {
        $crate::store::dialect::Pair {
            sqlite: concat!($before, " json_each($1) as r ", $after),
            postgres: concat!($before, " jsonb_array_elements(cast($1 as jsonb)) as r(value) ", $after),
        }
    };
}
pub(super) use over_rows;

/// Takes the accounts' rows before they are written, always in the order of their ids, so that two writers of many
/// accounts cannot wait for each other in a circle. SQLite has one writer anyway.
pub(super) const LOCK_ACCOUNTS: Pair = Pair {
    sqlite: "select a.id, a.known_since from json_each($1) as r cross join account a where a.id = r.value ->> 0",
    postgres: "select a.id, a.known_since from account a
        where a.id in (select r.value ->> 0 from jsonb_array_elements(cast($1 as jsonb)) as r(value))
        order by a.id for update",
};

/// How many rows go into one statement: more makes SQLite's JSON slower again.
pub(super) const ROWS_AT_ONCE: usize = 1000;

impl Store {
    pub(super) fn text(&self, pair: &Pair) -> &'static str {
        match self {
            Store::Sqlite { .. } => pair.sqlite,
            Store::Postgres(_) => pair.postgres,
        }
    }

    /// Runs an [`over_rows!`] statement that reads. All rows go into one statement, so the caller keeps them few.
    pub(super) async fn rows_of<T: Row>(&self, pair: &Pair, rows: &[impl Serialize]) -> Result<Vec<T>> {
        let (text, rows) = (self.text(pair), serde_json::to_string(rows)?);
        Ok(on!(read self, db => sqlx::query_as(text).bind(rows).fetch_all(db).await?))
    }
}

impl Tx {
    pub(super) fn text(&self, pair: &Pair) -> &'static str {
        match self {
            Tx::Sqlite(_) => pair.sqlite,
            Tx::Postgres(_) => pair.postgres,
        }
    }

    /// Runs an [`over_rows!`] statement that returns nothing; gives how many rows it wrote.
    pub(super) async fn write_rows<R: Serialize>(&mut self, pair: &Pair, rows: &[R]) -> Result<u64> {
        let text = self.text(pair);
        let mut written = 0;
        for some in rows.chunks(ROWS_AT_ONCE) {
            let some = serde_json::to_string(some)?;
            written += on!(tx self, db => sqlx::query(text).bind(some).execute(db).await?.rows_affected());
        }
        Ok(written)
    }

    /// As [`Store::rows_of`], inside the transaction.
    pub(super) async fn rows_of<T: Row>(&mut self, pair: &Pair, rows: &[impl Serialize]) -> Result<Vec<T>> {
        let text = self.text(pair);
        let mut found = Vec::new();
        for some in rows.chunks(ROWS_AT_ONCE) {
            let some = serde_json::to_string(some)?;
            found.extend(on!(tx &mut *self, db => sqlx::query_as::<_, T>(text).bind(some).fetch_all(db).await?));
        }
        Ok(found)
    }
}
