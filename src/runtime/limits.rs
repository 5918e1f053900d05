//! What the limits of a day need to know before a batch of looks: how many have entered, and of how many accounts.

use anyhow::Result;
use std::sync::Arc;

use super::Runtime;
use crate::engine::matching::is_open;
use crate::engine::turnout::{MEDIAN_DAYS, Turnout};
use crate::time::{TimeZone, Timestamp, add_days, local_date};

/// How long a count of the active accounts is good: it looks at all of them, and moves slowly.
const COUNT_GOOD_FOR_HOURS: i64 = 1;

/// How many accounts were active when they were counted.
pub(super) struct Headcount {
    at: Timestamp,
    active: u64,
}

impl Runtime {
    /// The entries of today and the two weeks before, for that many looks.
    pub(super) async fn turnout(&mut self, now: Timestamp, looks: usize) -> Result<Turnout> {
        let playbooks = self.world.book.playbooks.values().filter(|playbook| is_open(playbook));
        let ids: Vec<Arc<str>> = playbooks.map(|playbook| playbook.id.clone()).collect();
        // Somewhere it is still the day before.
        let from = add_days(local_date(now, &TimeZone::UTC), -MEDIAN_DAYS - 1);
        let mut turnout = self.store.turnout(&ids, from).await?;
        let breaker = &self.world.book.policy.breaker;
        if breaker.max_share > 0.0 && turnout.may_exceed(breaker.min_enrollments, looks) {
            turnout.active_accounts = self.active_accounts(now).await?;
        }
        Ok(turnout)
    }

    async fn active_accounts(&mut self, now: Timestamp) -> Result<u64> {
        let good_from = now - jiff::Span::new().hours(COUNT_GOOD_FOR_HOURS);
        if let Some(counted) = self.headcount.as_ref().filter(|counted| counted.at > good_from) {
            return Ok(counted.active);
        }
        let active = self.store.active_accounts(now).await?;
        self.headcount = Some(Headcount { at: now, active });
        Ok(active)
    }
}
