//! The health models that have scored here, and scores that a person has set.

use super::actions::By;
use super::db::on;
use super::value::{instant, micros, to_text};
use super::{Result, Store, Tx};
use crate::condition::Value;
use crate::time::Timestamp;

/// The line of the audit log under which a person sets a score.
const OVERRIDE: &str = "override health";

/// A score that a person has set instead of the computed one.
#[derive(Clone, Debug, PartialEq)]
pub struct HealthOverride {
    pub who: String,
    /// The score, until when, and why.
    pub what: String,
}

impl Store {
    /// Since when the health model scores as it does; none while there has been only one.
    pub async fn health_seam(&self) -> Result<Option<Timestamp>> {
        const TEXT: &str = "select since from health_model order by since desc limit 2";
        let since: Vec<i64> = on!(read self, db => sqlx::query_scalar(TEXT).fetch_all(db).await?);
        match since[..] {
            [last, _] => Ok(Some(instant(last)?)),
            _ => Ok(None),
        }
    }

    /// What a person has last said about an account's score, up to an instant.
    pub async fn health_override(&self, account: &str, at: Timestamp) -> Result<Option<HealthOverride>> {
        const TEXT: &str = "select actor, detail from audit where action = $1 and object = $2 and at <= $3
            order by seq desc limit 1";
        let account = account.to_owned();
        let found: Option<(String, Option<String>)> = on!(read self, db => sqlx::query_as(TEXT).bind(OVERRIDE)
            .bind(account).bind(micros(at)).fetch_optional(db).await?);
        Ok(found.map(|(who, what)| HealthOverride { who, what: what.unwrap_or_default() }))
    }
}

impl Tx {
    /// Records the model that scores from `now` on. True when another one did before: that is a seam.
    pub async fn record_health_model(&mut self, fingerprint: &str, now: Timestamp) -> Result<bool> {
        const LAST: &str = "select fingerprint from health_model order by since desc limit 1";
        const INSERT: &str = "insert into health_model (since, fingerprint) values ($1, $2)
            on conflict (since) do update set fingerprint = excluded.fingerprint";
        let last: Option<String> = on!(tx &mut *self, db => sqlx::query_scalar(LAST).fetch_optional(db).await?);
        if last.as_deref() == Some(fingerprint) {
            return Ok(false);
        }
        let model = fingerprint.to_owned();
        on!(tx &mut *self, db => sqlx::query(INSERT).bind(micros(now)).bind(model).execute(db).await.map(|_| ())?);
        if last.is_none() {
            self.claim_unnamed_scores(fingerprint).await?;
        }
        Ok(last.is_some())
    }

    /// Scores stored before models were recorded are those of the first one that is.
    async fn claim_unnamed_scores(&mut self, fingerprint: &str) -> Result<()> {
        const TEXT: &str = "update health_history set model = $1 where model is null";
        let model = fingerprint.to_owned();
        on!(tx self, db => sqlx::query(TEXT).bind(model).execute(db).await.map(|_| ())?);
        Ok(())
    }

    /// Sets an account's score by hand until an instant, instead of any that was set before.
    pub async fn override_health(
        &mut self,
        account: &str,
        score: i64,
        until: Timestamp,
        by: By<'_>,
        why: &str,
    ) -> Result<()> {
        self.pin_health(account, Value::Number(score as f64), by).await?;
        self.write_health_pin(account, Value::Empty, until).await?;
        self.audit(by, OVERRIDE, account, Some(&format!("{score} until {until}: {why}"))).await
    }

    /// Lets the computed score count again.
    pub async fn end_health_override(&mut self, account: &str, by: By<'_>) -> Result<()> {
        self.pin_health(account, Value::Empty, by).await?;
        self.audit(by, OVERRIDE, account, None).await
    }

    async fn pin_health(&mut self, account: &str, value: Value, by: By<'_>) -> Result<()> {
        const LATER: &str = "delete from field_history where account_id = $1 and field = 'health' and from_at >= $2";
        self.wake_account(account, by.at).await?;
        let (id, from) = (account.to_owned(), micros(by.at));
        on!(tx &mut *self, db => sqlx::query(LATER).bind(id).bind(from).execute(db).await.map(|_| ())?);
        self.write_health_pin(account, value, by.at).await
    }

    async fn write_health_pin(&mut self, account: &str, value: Value, from: Timestamp) -> Result<()> {
        const TEXT: &str =
            "insert into field_history (account_id, field, from_at, value) values ($1, 'health', $2, $3)";
        let (account, value) = (account.to_owned(), to_text(&value)?);
        on!(tx self, db => sqlx::query(TEXT).bind(account).bind(micros(from)).bind(value).execute(db).await
            .map(|_| ())?);
        Ok(())
    }
}
