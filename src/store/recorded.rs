//! From when to when anything is recorded: what can be played again.

use super::db::on;
use super::value::{day, instant, micros};
use super::{Result, Store};
use crate::time::{TimeZone, Timestamp, add_days, start_of_day};

/// The instants between which something is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The first account is known, and something happened.
    pub first: Timestamp,
    /// Nothing is dated later.
    pub last: Timestamp,
}

type Ends = (Option<i64>, Option<i64>);

impl Store {
    /// What lies between the first and the last thing recorded after that instant; none when there is nothing, or no
    /// account. A day of a metric lasts to its end in UTC.
    pub async fn recorded(&self, after: Timestamp) -> Result<Option<Recorded>> {
        const KNOWN: &str = "select min(known_since), max(known_since) from account where known_since >= $1";
        const FIELDS: &str = "select min(from_at), max(from_at) from field_history where from_at > $1";
        const CONTACTS: &str = "select min(from_at), max(from_at) from contact_field where from_at > $1";
        const EVENTS: &str = "select min(at), max(at) from event where at > $1";
        const METRICS: &str = "select min(day), max(day) from metric";
        let (known, _) = self.ends(KNOWN, Timestamp::MIN).await?;
        let Some(known) = known else { return Ok(None) };
        let (mut first, mut last) = (Vec::new(), Vec::new());
        for text in [FIELDS, CONTACTS, EVENTS] {
            let (begin, end) = self.ends(text, after).await?;
            first.extend(begin.map(instant).transpose()?);
            last.extend(end.map(instant).transpose()?);
        }
        let (begin, end): Ends = on!(read self, db => sqlx::query_as(METRICS).fetch_one(db).await?);
        first.extend(begin.map(day).transpose()?.map(|day| start_of_day(day, &TimeZone::UTC)));
        last.extend(end.map(day).transpose()?.map(|day| start_of_day(add_days(day, 1), &TimeZone::UTC)));
        let ends = first.into_iter().min().zip(last.into_iter().max());
        let known = instant(known)?;
        Ok(ends.map(|(first, last)| Recorded { first: first.max(known), last: last.max(known) }))
    }

    /// How many accounts, and how many contacts, have a value that holds from exactly that instant.
    pub async fn dated(&self, at: Timestamp) -> Result<(usize, usize)> {
        const ACCOUNTS: &str = "select count(distinct account_id) from field_history where from_at = $1";
        const CONTACTS: &str = "select count(distinct contact_id) from contact_field where from_at = $1";
        let mut counts = [0, 0];
        for (count, text) in counts.iter_mut().zip([ACCOUNTS, CONTACTS]) {
            let found: i64 = on!(read self, db => sqlx::query_scalar(text).bind(micros(at)).fetch_one(db).await?);
            *count = found as usize;
        }
        Ok((counts[0], counts[1]))
    }

    async fn ends(&self, text: &'static str, after: Timestamp) -> Result<Ends> {
        Ok(on!(read self, db => sqlx::query_as(text).bind(micros(after)).fetch_one(db).await?))
    }
}
