//! Health of earlier days: as it was stored, or computed anew from what is recorded of then.

use crate::condition::Value;
use crate::time::{Date, TimeZone, Timestamp, add_days, local_date, start_of_day};

use super::facts::{Facts, account_zone};

impl Facts {
    /// The score of `n` local days ago, found once for these facts.
    pub(super) fn health_was(&self, n: i64) -> Value {
        if n == 0 {
            return self.health().score_value();
        }
        let past = || self.past_health.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let known = past().get(&n).cloned();
        known.unwrap_or_else(|| {
            let score = self.find_past_health(n);
            past().insert(n, score.clone());
            score
        })
    }

    /// As stored, else recomputed from what was recorded by the end of that day.
    fn find_past_health(&self, n: i64) -> Value {
        let day = add_days(self.health_day(), -n);
        if let Some(score) = self.account.health.get(&day) {
            return Value::Number(*score as f64);
        }
        let end_of_day = self.end_of_health_day(day);
        if !self.account.is_known(end_of_day) {
            return Value::Empty;
        }
        self.at(end_of_day).health().score_value()
    }

    /// Scores of two models are not compared: unknown while the model changed since then.
    pub(super) fn health_change(&self, n: i64) -> Value {
        let zone = account_zone(&self.account, self.now).unwrap_or(TimeZone::UTC);
        let seam = self.world.health_seam.map(|at| local_date(at, &zone));
        if seam.is_some_and(|day| day > add_days(self.health_day(), -n)) {
            return Value::Empty;
        }
        match (self.health().score_value(), self.health_was(n)) {
            (Value::Number(now), Value::Number(then)) => Value::Number(now - then),
            (now, then) => {
                if now.is_known() {
                    then
                } else {
                    now
                }
            }
        }
    }

    /// The last instant of such a day.
    pub(super) fn end_of_health_day(&self, day: Date) -> Timestamp {
        let zone = account_zone(&self.account, self.now).unwrap_or(TimeZone::UTC);
        start_of_day(add_days(day, 1), &zone) - jiff::Span::new().microseconds(1)
    }
}
