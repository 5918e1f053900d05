//! Imported rows land: what is new or different is written, and the accounts it concerns are woken.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use serde_json::json;

use super::dialect::{LOCK_ACCOUNTS, Pair, over_rows};
use super::value::{day_number, instant, micros, to_json};
use super::{Result, Tx};
use crate::portfolio::import::{EventRow, MetricRow, PersonRow, Refusal, Rows};
use crate::time::Timestamp;

/// What became of the rows.
#[derive(Debug, Default)]
pub struct Landed {
    pub inserted: u64,
    pub updated: u64,
    pub unchanged: u64,
    /// Rows that only the database could refuse.
    pub refused: Vec<Refusal>,
}

/// When each account that something was written for is to be looked at: now, or when it comes into sight.
#[derive(Default)]
pub(super) struct Wakes(BTreeMap<Arc<str>, i64>);

impl Wakes {
    pub(super) fn add(&mut self, account: &Arc<str>, seen_from: Timestamp, now: Timestamp) {
        let at = micros(seen_from.max(now));
        self.0.entry(account.clone()).and_modify(|first| *first = at.min(*first)).or_insert(at);
    }
}

/// The source of all imported events: a file does not say where they come from.
const SOURCE: &str = "import";

impl Tx {
    /// Writes the rows. Two rows about one thing must not be in it, except for accounts and contacts, where they
    /// differ in `as_of`.
    pub async fn land(&mut self, rows: &Rows, now: Timestamp) -> Result<Landed> {
        let mut landed = Landed::default();
        self.land_accounts(&rows.accounts, now, &mut landed).await?;
        self.land_contacts(&rows.contacts, now, &mut landed).await?;
        self.land_metrics(&rows.metrics, now, &mut landed).await?;
        self.land_events(&rows.events, now, &mut landed).await?;
        self.land_people(&rows.people, now, &mut landed).await?;
        Ok(landed)
    }

    /// Wakes every account that would sleep beyond `now`.
    pub async fn wake_all(&mut self, now: Timestamp) -> Result<()> {
        const TEXT: &str = "update account set version = version + 1, wake_at = $1
            where wake_at is null or wake_at > $1";
        super::db::on!(tx self, db => sqlx::query(TEXT).bind(micros(now)).execute(db).await.map(|_| ())?);
        Ok(())
    }

    /// Takes the rows of the accounts; gives from when each of those that exist is known.
    pub(super) async fn lock_accounts<'a>(
        &mut self,
        ids: impl Iterator<Item = &'a Arc<str>>,
    ) -> Result<HashMap<Arc<str>, Timestamp>> {
        let ids: HashSet<[&str; 1]> = ids.map(|id| [&**id]).collect();
        let ids: Vec<[&str; 1]> = ids.into_iter().collect();
        let rows: Vec<(String, i64)> = self.rows_of(&LOCK_ACCOUNTS, &ids).await?;
        rows.into_iter().map(|(id, since)| Ok((id.into(), instant(since)?))).collect()
    }

    /// Counts a change of each account and makes it wake in time.
    pub(super) async fn wake(&mut self, wakes: &Wakes) -> Result<()> {
        const TEXT: Pair = over_rows!(
            "update account set version = version + 1, wake_at = case
                when wake_at < cast(r.value ->> 1 as bigint) then wake_at else cast(r.value ->> 1 as bigint) end
            from",
            "where account.id = r.value ->> 0"
        );
        let rows: Vec<_> = wakes.0.iter().map(|(id, at)| (&**id, at)).collect();
        self.write_rows(&TEXT, &rows).await.map(|_| ())
    }

    async fn land_metrics(&mut self, rows: &[MetricRow], now: Timestamp, landed: &mut Landed) -> Result<()> {
        const KNOWN: Pair = over_rows!(
            "select m.account_id, m.metric, m.day, m.value from",
            "cross join metric m where m.account_id = r.value ->> 0 and m.metric = r.value ->> 1
                and m.day = cast(r.value ->> 2 as bigint)"
        );
        const WRITE: Pair = over_rows!(
            "insert into metric (account_id, metric, day, value)
            select r.value ->> 0, r.value ->> 1, cast(r.value ->> 2 as bigint),
                cast(r.value ->> 3 as double precision)
            from",
            "where true on conflict (account_id, metric, day) do update set value = excluded.value"
        );
        self.lock_accounts(rows.iter().map(|row| &row.account)).await?;
        let keys: Vec<_> = rows.iter().map(|row| (&*row.account, &*row.metric, day_number(row.day))).collect();
        let known: Vec<(String, String, i64, f64)> = self.rows_of(&KNOWN, &keys).await?;
        let known: HashMap<(&str, &str, i64), f64> =
            known.iter().map(|(account, metric, day, value)| ((&**account, &**metric, *day), *value)).collect();
        let (mut writes, mut wakes) = (Vec::new(), Wakes::default());
        for (row, key) in rows.iter().zip(keys) {
            match known.get(&key) {
                Some(value) if *value == row.value => {
                    landed.unchanged += 1;
                    continue;
                }
                Some(_) => landed.updated += 1,
                None => landed.inserted += 1,
            }
            writes.push((key.0, key.1, key.2, row.value));
            wakes.add(&row.account, row.seen_from, now);
        }
        self.write_rows(&WRITE, &writes).await?;
        self.wake(&wakes).await
    }

    async fn land_events(&mut self, rows: &[EventRow], now: Timestamp, landed: &mut Landed) -> Result<()> {
        const WRITE: Pair = over_rows!(
            "insert into event (source, id, account_id, kind, contact_id, at, fields)
            select r.value ->> 0, r.value ->> 1, r.value ->> 2, r.value ->> 3, r.value ->> 4,
                cast(r.value ->> 5 as bigint), r.value ->> 6 from",
            "where true"
        );
        self.lock_accounts(rows.iter().map(|row| &row.account)).await?;
        let known = self.known_events(rows).await?;
        let (mut writes, mut wakes) = (Vec::new(), Wakes::default());
        for row in rows {
            let content = content(row)?;
            match known.get(&*row.id) {
                Some(old) if *old == content => landed.unchanged += 1,
                Some(_) => landed.refused.push(other_content(row)),
                None => {
                    landed.inserted += 1;
                    let (account, kind, contact, at, fields) = content;
                    writes.push(json!([SOURCE, &*row.id, account, kind, contact, at, fields]));
                    wakes.add(&row.account, row.at, now);
                }
            }
        }
        self.write_rows(&WRITE, &writes).await?;
        self.wake(&wakes).await
    }

    async fn known_events(&mut self, rows: &[EventRow]) -> Result<HashMap<String, EventContent>> {
        const TEXT: Pair = over_rows!(
            "select e.id, e.account_id, e.kind, e.contact_id, e.at, e.fields from",
            "cross join event e where e.source = r.value ->> 0 and e.id = r.value ->> 1"
        );
        type Row = (String, String, String, Option<String>, i64, String);
        let ids: Vec<_> = rows.iter().map(|row| (SOURCE, &*row.id)).collect();
        let known: Vec<Row> = self.rows_of(&TEXT, &ids).await?;
        Ok(known
            .into_iter()
            .map(|(id, account, kind, contact, at, fields)| (id, (account, kind, contact, at, fields)))
            .collect())
    }

    /// Any account may have a condition about a person, so a change wakes all.
    async fn land_people(&mut self, rows: &[PersonRow], now: Timestamp, landed: &mut Landed) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let known = self.people().await?;
        let known: HashMap<&str, _> = known.iter().map(|person| (&*person.id, person)).collect();
        let mut writes = Vec::new();
        for PersonRow { person, .. } in rows {
            match known.get(&*person.id) {
                Some(old) if *old == person => {
                    landed.unchanged += 1;
                    continue;
                }
                Some(_) => landed.updated += 1,
                None => landed.inserted += 1,
            }
            writes.push(person.clone());
        }
        if writes.is_empty() {
            return Ok(());
        }
        self.write_people(&writes).await?;
        self.wake_all(now).await
    }
}

/// Account, kind, contact, instant and fields, as they stand in the row.
type EventContent = (String, String, Option<String>, i64, String);

fn content(row: &EventRow) -> Result<EventContent> {
    let fields = row.fields.iter().map(|(name, value)| Ok((name.to_string(), to_json(value)?)));
    let fields = serde_json::Value::Object(fields.collect::<Result<_>>()?).to_string();
    let contact = row.contact.as_deref().map(str::to_owned);
    Ok((row.account.to_string(), row.kind.to_string(), contact, micros(row.at), fields))
}

fn other_content(row: &EventRow) -> Refusal {
    let reason =
        format!("the event `{}` is known with other content; an event does not change: give it a new id", row.id);
    Refusal::new(row.line, "id", reason)
}
