//! Which database this is, which clock it lives by, and since when playbooks are live in it.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::db::on;
use super::value::{instant, micros};
use super::{Error, Result, Store, Tx};
use crate::id::{self, Key};
use crate::time::Timestamp;

/// The database's own record of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// Made when the database was: two databases never have the same.
    pub identity: String,
    /// Where the virtual clock stands, once something was written on one. The wall clock must not run on it then.
    pub virtual_now: Option<Timestamp>,
}

impl Store {
    pub async fn instance(&self) -> Result<Instance> {
        const TEXT: &str = "select identity, virtual_now from instance where id = 1";
        let (identity, virtual_now): (String, Option<i64>) =
            on!(read self, db => sqlx::query_as(TEXT).fetch_one(db).await?);
        Ok(Instance { identity, virtual_now: virtual_now.map(instant).transpose()? })
    }

    /// Playbook to the instant from which it has been live here.
    pub async fn live_since(&self) -> Result<BTreeMap<Arc<str>, Timestamp>> {
        const TEXT: &str = "select id, live_since from playbook where live_since is not null";
        let rows: Vec<(String, i64)> = on!(read self, db => sqlx::query_as(TEXT).fetch_all(db).await?);
        rows.into_iter().map(|(id, since)| Ok((id.into(), instant(since)?))).collect()
    }

    /// What this database signs its unsubscribe links with.
    pub async fn token_key(&self) -> Result<Key> {
        const TEXT: &str = "select token_key from instance where id = 1";
        let text: Option<String> = on!(read self, db => sqlx::query_scalar(TEXT).fetch_one(db).await?);
        let bytes = text.and_then(|text| BASE64.decode(text).ok()).and_then(|bytes| bytes.try_into().ok());
        bytes.map(Key::new).ok_or_else(|| Error::unreadable("the key of", "instance"))
    }

    /// Gives a new database its identity, and its key to one that has none.
    pub(super) async fn name_instance(&self) -> Result<()> {
        const NAME: &str = "insert into instance (id, identity) values (1, $1) on conflict (id) do nothing";
        const KEY: &str = "update instance set token_key = $1 where id = 1 and token_key is null";
        let (identity, key) = (new_identity(), new_key()?);
        let mut tx = self.begin().await?;
        on!(tx &mut tx, db => sqlx::query(NAME).bind(identity).execute(db).await.map(|_| ())?);
        on!(tx &mut tx, db => sqlx::query(KEY).bind(key).execute(db).await.map(|_| ())?);
        tx.commit().await
    }
}

impl Tx {
    /// Marks the database as living by a virtual clock, which now stands at `now`.
    ///
    /// # Errors
    /// [`Error::ClockGoesBack`] when it already stood later.
    pub async fn mark_virtual(&mut self, now: Timestamp) -> Result<()> {
        const TEXT: &str = "update instance set is_virtual = true, virtual_now = $1
            where id = 1 and (virtual_now is null or virtual_now <= $1)";
        let now_us = micros(now);
        let moved = on!(tx &mut *self, db => sqlx::query(TEXT).bind(now_us).execute(db).await?.rows_affected());
        if moved == 1 {
            return Ok(());
        }
        const STANDS: &str = "select coalesce(virtual_now, 0) from instance where id = 1";
        let stands: i64 = on!(tx self, db => sqlx::query_scalar(STANDS).fetch_one(db).await?);
        Err(Error::ClockGoesBack { stands: instant(stands)?, asked: now })
    }

    /// Records from when a playbook is live here; the first instant stays.
    pub async fn set_live_since(&mut self, playbook: &str, since: Timestamp) -> Result<()> {
        const TEXT: &str = "insert into playbook (id, live_since) values ($1, $2)
            on conflict (id) do update set live_since = coalesce(playbook.live_since, excluded.live_since)";
        let (playbook, since) = (playbook.to_owned(), micros(since));
        on!(tx self, db => sqlx::query(TEXT).bind(playbook).bind(since).execute(db).await.map(|_| ())?);
        Ok(())
    }
}

/// Random bytes as the TLS library draws its own keys.
fn new_key() -> Result<String> {
    let mut bytes = [0; Key::BYTES];
    let random = rustls::crypto::ring::default_provider().secure_random;
    random.fill(&mut bytes).map_err(|_| Error::NoRandomness)?;
    Ok(BASE64.encode(bytes))
}

/// Different for every database: the standard library seeds each hasher at random.
fn new_identity() -> String {
    let number = || RandomState::new().build_hasher().finish().to_string();
    id::derived('i', &[&number(), &number()])
}
