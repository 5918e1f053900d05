//! Accounts with everything recorded of them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::db::on;
use super::dialect::{Pair, over_rows};
use super::value::{day, from_json, from_text, instant};
use super::{Error, Result, Store};
use crate::condition::Value;
use crate::portfolio::{Account, Event};

/// What one account's row says, without its data.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    pub id: Arc<str>,
    /// Counts every change of the account's data or desk.
    pub version: i64,
    pub known_since: crate::time::Timestamp,
    /// When the engine looks at it next; none: never by itself.
    pub wake_at: Option<crate::time::Timestamp>,
}

/// How many accounts are read with one statement per table.
const ACCOUNTS_AT_ONCE: usize = 500;

type AccountRow = (String, i64, i64, Option<i64>);
type FieldRow = (String, String, i64, Option<String>);
type ContactFieldRow = (String, String, String, i64, Option<String>);

#[derive(sqlx::FromRow)]
struct EventRow {
    account_id: String,
    id: String,
    kind: String,
    contact_id: Option<String>,
    at: i64,
    fields: String,
}

impl Store {
    /// The ids of all accounts, in order.
    pub async fn account_ids(&self) -> Result<Vec<Arc<str>>> {
        const TEXT: &str = "select id from account order by id";
        let ids: Vec<String> = on!(read self, db => sqlx::query_scalar(TEXT).fetch_all(db).await?);
        Ok(ids.into_iter().map(Into::into).collect())
    }

    /// One account's row; none when there is no such account.
    pub async fn account_summary(&self, id: &str) -> Result<Option<Summary>> {
        let rows: Vec<AccountRow> = self.rows_of(&ACCOUNTS, &[[id]]).await?;
        rows.into_iter().next().map(summary).transpose()
    }

    /// Every account with its zone as recorded last, whenever it holds from.
    pub async fn account_zones(&self) -> Result<Vec<(String, Option<String>)>> {
        const TEXT: &str = "select a.id, (select f.value from field_history f
                where f.account_id = a.id and f.field = 'timezone' order by f.from_at desc limit 1)
            from account a";
        let rows: Vec<(String, Option<String>)> = on!(read self, db => sqlx::query_as(TEXT).fetch_all(db).await?);
        let zone = |json: Option<String>| match from_text(json.as_deref())? {
            Value::Text(name) => Ok::<_, Error>(Some(name.to_string())),
            _ => Ok(None),
        };
        rows.into_iter().map(|(id, json)| Ok((id, zone(json)?))).collect()
    }

    /// Every contact with its account.
    pub async fn contact_owners(&self) -> Result<Vec<(String, String)>> {
        const TEXT: &str = "select id, account_id from contact";
        Ok(on!(read self, db => sqlx::query_as(TEXT).fetch_all(db).await?))
    }

    /// The accounts of these ids, each with its version; ids that do not exist are left out.
    pub async fn load_accounts(&self, ids: &[Arc<str>]) -> Result<Vec<(Account, i64)>> {
        let mut loaded = Vec::with_capacity(ids.len());
        for some in ids.chunks(ACCOUNTS_AT_ONCE) {
            loaded.extend(self.load_some(some).await?);
        }
        Ok(loaded)
    }

    /// The row is read first: what changes meanwhile makes the version old, so nothing is written by stale data.
    async fn load_some(&self, ids: &[Arc<str>]) -> Result<Vec<(Account, i64)>> {
        let ids: Vec<[&str; 1]> = ids.iter().map(|id| [&**id]).collect();
        let rows: Vec<AccountRow> = self.rows_of(&ACCOUNTS, &ids).await?;
        let mut accounts = Loading::default();
        for row in rows {
            accounts.begin(summary(row)?);
        }
        accounts.fields(self.rows_of(&FIELDS, &ids).await?)?;
        accounts.contacts(self.rows_of(&CONTACTS, &ids).await?);
        accounts.contact_fields(self.rows_of(&CONTACT_FIELDS, &ids).await?)?;
        accounts.metrics(self.rows_of(&METRICS, &ids).await?)?;
        accounts.events(self.rows_of(&EVENTS, &ids).await?)?;
        accounts.health(self.rows_of(&HEALTH, &ids).await?)?;
        Ok(accounts.0.into_values().collect())
    }
}

/// A statement over the rows of some accounts. The cross join keeps SQLite from walking the whole table.
macro_rules! of_accounts {
    ($columns:expr, $table:expr, $rest:expr) => {
        over_rows!(concat!("select ", $columns, " from"), concat!("cross join ", $table, " t where ", $rest))
    };
}

const ACCOUNTS: Pair = of_accounts!("t.id, t.version, t.known_since, t.wake_at", "account", "t.id = r.value ->> 0");
const FIELDS: Pair =
    of_accounts!("t.account_id, t.field, t.from_at, t.value", "field_history", "t.account_id = r.value ->> 0");
const CONTACTS: Pair = of_accounts!("t.account_id, t.id", "contact", "t.account_id = r.value ->> 0");
const CONTACT_FIELDS: Pair = of_accounts!(
    "t.account_id, t.contact_id, t.field, t.from_at, t.value",
    "contact_field",
    "t.account_id = r.value ->> 0"
);
const METRICS: Pair = of_accounts!(
    "t.account_id, t.metric, t.day, t.value",
    "metric",
    "t.account_id = r.value ->> 0 order by t.account_id, t.metric, t.day"
);
const EVENTS: Pair = of_accounts!(
    "t.account_id, t.id, t.kind, t.contact_id, t.at, t.fields",
    "event",
    "t.account_id = r.value ->> 0 order by t.account_id, t.kind, t.at, t.id"
);
const HEALTH: Pair = of_accounts!(
    "t.account_id, t.day, t.score",
    "health_history",
    "t.account_id = r.value ->> 0 and t.score is not null
        and t.model = (select fingerprint from health_model order by since desc limit 1)"
);

fn summary((id, version, known_since, wake_at): AccountRow) -> Result<Summary> {
    let (known_since, wake_at) = (instant(known_since)?, wake_at.map(instant).transpose()?);
    Ok(Summary { id: id.into(), version, known_since, wake_at })
}

/// Accounts being put together. Rows of accounts that appeared only after the first statement are passed over.
#[derive(Default)]
struct Loading(BTreeMap<Arc<str>, (Account, i64)>);

impl Loading {
    fn begin(&mut self, row: Summary) {
        let account = Account { id: row.id.clone(), known_since: Some(row.known_since), ..Account::default() };
        self.0.insert(row.id, (account, row.version));
    }

    fn get(&mut self, id: &str) -> Option<&mut Account> {
        self.0.get_mut(id).map(|(account, _)| account)
    }

    fn fields(&mut self, rows: Vec<FieldRow>) -> Result<()> {
        for (id, field, from, value) in rows {
            let (from, value) = (instant(from)?, from_text(value.as_deref())?);
            if let Some(account) = self.get(&id) {
                account.fields.record(&field, from, value);
            }
        }
        Ok(())
    }

    fn contacts(&mut self, rows: Vec<(String, String)>) {
        for (id, contact) in rows {
            if let Some(account) = self.get(&id) {
                let contact: Arc<str> = contact.into();
                account.contacts.entry(contact.clone()).or_default().id = contact.clone();
            }
        }
    }

    fn contact_fields(&mut self, rows: Vec<ContactFieldRow>) -> Result<()> {
        for (id, contact, field, from, value) in rows {
            let (from, value) = (instant(from)?, from_text(value.as_deref())?);
            if let Some(contact) = self.get(&id).and_then(|account| account.contacts.get_mut(&*contact)) {
                contact.fields.record(&field, from, value);
            }
        }
        Ok(())
    }

    fn metrics(&mut self, rows: Vec<(String, String, i64, f64)>) -> Result<()> {
        let mut names: HashMap<String, Arc<str>> = HashMap::new();
        for (id, metric, number, value) in rows {
            let name = names.entry(metric).or_insert_with_key(|name| name.as_str().into()).clone();
            let number = day(number)?;
            if let Some(account) = self.get(&id) {
                account.metrics.entry(name).or_default().record(number, value);
            }
        }
        Ok(())
    }

    fn events(&mut self, rows: Vec<EventRow>) -> Result<()> {
        for row in rows {
            let event = event(&row)?;
            if let Some(account) = self.get(&row.account_id) {
                account.record_event(event);
            }
        }
        Ok(())
    }

    fn health(&mut self, rows: Vec<(String, i64, i64)>) -> Result<()> {
        for (id, number, score) in rows {
            let number = day(number)?;
            if let Some(account) = self.get(&id) {
                account.health.insert(number, score);
            }
        }
        Ok(())
    }
}

fn event(row: &EventRow) -> Result<Event> {
    let unreadable = |_| Error::unreadable("the fields of an event", &row.fields);
    let fields: BTreeMap<String, serde_json::Value> = serde_json::from_str(&row.fields).map_err(unreadable)?;
    let fields = fields.iter().map(|(name, json)| Ok((Arc::from(name.as_str()), from_json(json)?)));
    Ok(Event {
        id: row.id.as_str().into(),
        kind: row.kind.as_str().into(),
        at: instant(row.at)?,
        contact: row.contact_id.as_deref().map(Into::into),
        fields: fields.collect::<Result<_>>()?,
    })
}
