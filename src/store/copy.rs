//! A copy of what is known and open, into a database in memory: what `simulate` plays forward.

use std::collections::BTreeSet;
use std::sync::Arc;

use sqlx::AssertSqlSafe;

use super::db::on;
use super::{Result, Store, Tx};

/// Parents before children, each with the column that names its account; none: the table is not about accounts.
const KNOWN: [(&str, Option<&str>); 8] = [
    ("person", None),
    ("feed", None),
    ("account", Some("id")),
    ("field_history", Some("account_id")),
    ("contact", Some("account_id")),
    ("contact_field", Some("account_id")),
    ("metric", Some("account_id")),
    ("event", Some("account_id")),
];

/// The same for what our side has done and is doing.
const WORK: [(&str, Option<&str>); 11] = [
    ("playbook", None),
    ("blocked_address", None),
    ("enrollment_day", None),
    ("health_model", None),
    ("health_history", Some("account_id")),
    ("condition_state", Some("account_id")),
    ("enrollment", Some("account_id")),
    ("step_run", Some("account_id")),
    ("task", Some("account_id")),
    ("approval", Some("account_id")),
    ("delivery", Some("account_id")),
];

/// Rows carried over in one statement.
const ROWS: usize = 5_000;

impl Store {
    /// Copies the accounts (all when none is named) with everything that decides what happens next; `with_work`: also
    /// what our side has done and is doing. The other database is a new SQLite one.
    pub async fn copy_to(&self, other: &Store, accounts: Option<&[Arc<str>]>, with_work: bool) -> Result<()> {
        let wanted: Option<BTreeSet<&str>> = accounts.map(|ids| ids.iter().map(|id| &**id).collect());
        let mut tx = other.begin().await?;
        for (table, owner) in KNOWN.iter().chain(WORK.iter().filter(|_| with_work)).copied() {
            let columns = tx.columns(table).await?;
            let rows = self.rows_as_json(table, &columns, owner, wanted.as_ref()).await?;
            let values = (0..columns.len()).map(|n| format!("value ->> {n}")).collect::<Vec<_>>().join(", ");
            let insert = format!("insert into {table} ({}) select {values} from json_each($1)", columns.join(", "));
            for some in rows.chunks(ROWS) {
                let (insert, rows) = (insert.clone(), format!("[{}]", some.join(",")));
                on!(tx &mut tx, db => sqlx::query(AssertSqlSafe(insert)).bind(rows).execute(db).await.map(|_| ())?);
            }
        }
        tx.commit().await
    }

    /// SQLite writes 15 digits of a number into JSON, which is not the number; its text turns into the number again.
    fn exact(&self, table: &str, column: &str) -> String {
        match (self, table, column) {
            (Store::Sqlite { .. }, "metric", "value") => "printf('%!.17g', value)".to_owned(),
            _ => column.to_owned(),
        }
    }

    /// Each row as a JSON array of its columns.
    async fn rows_as_json(
        &self,
        table: &str,
        columns: &[String],
        owner: Option<&str>,
        wanted: Option<&BTreeSet<&str>>,
    ) -> Result<Vec<String>> {
        let array = match self {
            Store::Sqlite { .. } => "json_array",
            Store::Postgres(_) => "json_build_array",
        };
        let columns = columns.iter().map(|column| self.exact(table, column)).collect::<Vec<_>>().join(", ");
        let Some((owner, wanted)) = owner.zip(wanted) else {
            let text = format!("select cast({array}({columns}) as text) from {table}");
            return Ok(on!(read self, db => sqlx::query_scalar(AssertSqlSafe(text)).fetch_all(db).await?));
        };
        let mut rows = Vec::new();
        for id in wanted {
            let text = format!("select cast({array}({columns}) as text) from {table} where {owner} = $1");
            let id = (*id).to_owned();
            let own: Vec<String> =
                on!(read self, db => sqlx::query_scalar(AssertSqlSafe(text)).bind(id).fetch_all(db).await?);
            rows.extend(own);
        }
        Ok(rows)
    }
}

impl Tx {
    async fn columns(&mut self, table: &str) -> Result<Vec<String>> {
        const TEXT: &str = "select name from pragma_table_info($1) order by cid";
        let table = table.to_owned();
        Ok(on!(tx self, db => sqlx::query_scalar(TEXT).bind(table).fetch_all(db).await?))
    }
}
