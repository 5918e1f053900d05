//! Imported accounts and contacts: only what differs from what held at that instant becomes history.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::dialect::{Pair, over_rows};
use super::imports::{Landed, Wakes};
use super::value::{from_text, instant, micros, to_text};
use super::{Result, Tx};
use crate::condition::Value;
use crate::portfolio::Fields;
use crate::portfolio::import::{AccountRow, ContactRow};
use crate::time::Timestamp;

/// The history of fields, by whose they are.
type Histories = HashMap<String, Fields>;

impl Tx {
    pub(super) async fn land_accounts(
        &mut self,
        rows: &[AccountRow],
        now: Timestamp,
        landed: &mut Landed,
    ) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut known = self.lock_accounts(rows.iter().map(|row| &row.id)).await?;
        let mut histories = self.histories(&ACCOUNT_FIELDS, rows.iter().map(|row| &*row.id)).await?;
        let (mut accounts, mut writes) = (Vec::new(), Vec::new());
        for row in by_as_of(rows, |row| row.as_of) {
            let changed = changed(&mut histories, &row.id, row.as_of, &row.fields);
            let since = known.get(&row.id).copied();
            known.insert(row.id.clone(), since.map_or(row.as_of, |since| since.min(row.as_of)));
            match since {
                None => landed.inserted += 1,
                Some(since) if changed.is_empty() && since <= row.as_of => {
                    landed.unchanged += 1;
                    continue;
                }
                Some(_) => landed.updated += 1,
            }
            accounts.push((&*row.id, micros(row.as_of), micros(row.as_of.max(now))));
            for (field, value) in changed {
                writes.push((&*row.id, field, micros(row.as_of), to_text(value)?));
            }
        }
        self.write_accounts(accounts).await?;
        self.write_rows(&WRITE_ACCOUNT_FIELDS, &writes).await.map(|_| ())
    }

    /// Id, known since and wake of accounts, known or not; one that stands in it several times is written once.
    async fn write_accounts(&mut self, accounts: Vec<(&str, i64, i64)>) -> Result<()> {
        let mut rows: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
        for (id, since, wake) in accounts {
            let earliest = rows.entry(id).or_insert((since, wake));
            *earliest = (earliest.0.min(since), earliest.1.min(wake));
        }
        let rows: Vec<_> = rows.into_iter().map(|(id, (since, wake))| (id, since, wake)).collect();
        self.write_rows(&WRITE_ACCOUNTS, &rows).await.map(|_| ())
    }

    pub(super) async fn land_contacts(
        &mut self,
        rows: &[ContactRow],
        now: Timestamp,
        landed: &mut Landed,
    ) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        self.lock_accounts(rows.iter().map(|row| &row.account)).await?;
        let ids: Vec<[&str; 1]> = rows.iter().map(|row| [&*row.id]).collect();
        let known: Vec<(String,)> = self.rows_of(&KNOWN_CONTACTS, &ids).await?;
        let mut known: HashSet<Arc<str>> = known.into_iter().map(|(id,)| id.into()).collect();
        let mut histories = self.histories(&CONTACT_FIELDS, rows.iter().map(|row| &*row.id)).await?;
        let (mut contacts, mut writes, mut wakes) = (Vec::new(), Vec::new(), Wakes::default());
        for row in by_as_of(rows, |row| row.as_of) {
            let changed = changed(&mut histories, &row.id, row.as_of, &row.fields);
            match known.insert(row.id.clone()) {
                true => {
                    landed.inserted += 1;
                    contacts.push((&*row.id, &*row.account));
                }
                false if changed.is_empty() => {
                    landed.unchanged += 1;
                    continue;
                }
                false => landed.updated += 1,
            }
            wakes.add(&row.account, row.as_of, now);
            for (field, value) in changed {
                writes.push((&*row.account, &*row.id, field, micros(row.as_of), to_text(value)?));
            }
        }
        self.write_rows(&WRITE_CONTACTS, &contacts).await?;
        self.write_rows(&WRITE_CONTACT_FIELDS, &writes).await?;
        self.wake(&wakes).await
    }

    async fn histories<'a>(&mut self, text: &Pair, ids: impl Iterator<Item = &'a str>) -> Result<Histories> {
        let mut ids: Vec<[&str; 1]> = ids.map(|id| [id]).collect();
        ids.sort_unstable();
        ids.dedup();
        let rows: Vec<(String, String, i64, Option<String>)> = self.rows_of(text, &ids).await?;
        let mut histories = Histories::new();
        for (id, field, from, value) in rows {
            histories.entry(id).or_default().record(&field, instant(from)?, from_text(value.as_deref())?);
        }
        Ok(histories)
    }
}

/// Rows by the instant their values hold from, so that each is compared with what is before it.
fn by_as_of<R>(rows: &[R], as_of: impl Fn(&R) -> Timestamp) -> Vec<&R> {
    let mut rows: Vec<&R> = rows.iter().collect();
    rows.sort_by_key(|row| as_of(row));
    rows
}

/// The fields whose value differs from what held at that instant; they are recorded in the history.
fn changed<'r>(
    histories: &mut Histories,
    id: &str,
    as_of: Timestamp,
    fields: &'r [(Arc<str>, Value)],
) -> Vec<(&'r str, &'r Value)> {
    let history = histories.entry(id.to_owned()).or_default();
    let mut changed = Vec::new();
    for (field, value) in fields {
        if history.at(field, as_of) != value {
            history.record(field, as_of, value.clone());
            changed.push((&**field, value));
        }
    }
    changed
}

const ACCOUNT_FIELDS: Pair = over_rows!(
    "select f.account_id, f.field, f.from_at, f.value from",
    "cross join field_history f where f.account_id = r.value ->> 0"
);

const CONTACT_FIELDS: Pair = over_rows!(
    "select f.contact_id, f.field, f.from_at, f.value from",
    "cross join contact_field f where f.contact_id = r.value ->> 0"
);

const KNOWN_CONTACTS: Pair = over_rows!("select c.id from", "cross join contact c where c.id = r.value ->> 0");

const WRITE_ACCOUNTS: Pair = over_rows!(
    "insert into account (id, version, known_since, wake_at)
    select r.value ->> 0, 1, cast(r.value ->> 1 as bigint), cast(r.value ->> 2 as bigint) from",
    "where true on conflict (id) do update set
        version = account.version + 1,
        known_since = case when account.known_since < excluded.known_since
            then account.known_since else excluded.known_since end,
        wake_at = case when account.wake_at < excluded.wake_at then account.wake_at else excluded.wake_at end"
);

const WRITE_ACCOUNT_FIELDS: Pair = over_rows!(
    "insert into field_history (account_id, field, from_at, value)
    select r.value ->> 0, r.value ->> 1, cast(r.value ->> 2 as bigint), r.value ->> 3 from",
    "where true on conflict (account_id, field, from_at) do update set value = excluded.value"
);

const WRITE_CONTACTS: Pair = over_rows!(
    "insert into contact (id, account_id) select r.value ->> 0, r.value ->> 1 from",
    "where true on conflict (id) do nothing"
);

const WRITE_CONTACT_FIELDS: Pair = over_rows!(
    "insert into contact_field (account_id, contact_id, field, from_at, value)
    select r.value ->> 0, r.value ->> 1, r.value ->> 2, cast(r.value ->> 3 as bigint), r.value ->> 4 from",
    "where true on conflict (contact_id, field, from_at) do update set value = excluded.value"
);
