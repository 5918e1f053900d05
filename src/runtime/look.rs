//! Looks at the accounts that are due: reads them, asks the engine, writes each one's changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Result, bail};
use tracing::error;

use crate::engine::Reason;
use crate::engine::desk::{Change, Entry};
use crate::engine::recipients::OpenTasks;
use crate::engine::turnout::{Arrival, Turnout};
use crate::engine::visit::{Input, Request, Visit, visit};
use crate::portfolio::Account;
use crate::store::{self, Look};
use crate::time::Timestamp;

use super::{Resident, Runtime, Tick};

/// Accounts looked at in one transaction.
pub(super) const BATCH: i64 = 500;

/// How often somebody's request is tried when the account changes under it.
const REQUEST_TRIES: usize = 10;

impl Runtime {
    /// Looks at every account that is due. True when there was one.
    pub(super) async fn look_at_due(&mut self, now: Timestamp, tick: &mut Tick) -> Result<bool> {
        let mut any = false;
        while !self.is_stopping() {
            let due = self.store.due_accounts(now, BATCH).await?;
            if due.is_empty() {
                return Ok(any);
            }
            any = true;
            self.read(&due).await?;
            let open_tasks = self.open_tasks().await?;
            let mut turnout = self.turnout(now, due.len()).await?;
            let mut looked = Vec::with_capacity(due.len());
            for (id, version) in due {
                let Some(resident) = self.resident.remove(&id) else { continue };
                let seen = self.take_look(&resident, now, &open_tasks, &turnout, &[]);
                match seen.is_restless {
                    true => {
                        error!("account {id}: the book never comes to rest on it, trying again in an hour");
                        self.put_off(&id, now).await?;
                    }
                    false => {
                        arrivals(&seen.changes).for_each(|arrival| turnout.count(arrival));
                        looked.push((id, version, seen));
                    }
                }
            }
            self.write(looked, now, tick).await?;
        }
        Ok(any)
    }

    /// Looks at one account because somebody asks for something. The requests that were refused come back.
    pub async fn request(&mut self, account: &str, requests: &[Request]) -> Result<(Vec<Entry>, Vec<(usize, Reason)>)> {
        let now = self.clock.now();
        self.go_live(now).await?;
        let id: Arc<str> = account.into();
        for _ in 0..REQUEST_TRIES {
            let Some(version) = self.store.version_of(account).await? else { bail!("there is no account `{account}`") };
            self.read(&[(id.clone(), version)]).await?;
            let open_tasks = self.open_tasks().await?;
            let turnout = self.turnout(now, 1).await?;
            let resident = self.resident.remove(&id).expect("just read");
            let seen = self.take_look(&resident, now, &open_tasks, &turnout, requests);
            let refused = seen.refused.clone();
            let mut tick = Tick { as_of: now, ..Tick::default() };
            self.write(vec![(id.clone(), version, seen)], now, &mut tick).await?;
            if self.resident.contains_key(&id) {
                return Ok((tick.entries, refused));
            }
        }
        bail!("account `{account}` is being changed all the time; try again")
    }

    fn take_look(
        &self,
        resident: &Resident,
        now: Timestamp,
        open_tasks: &OpenTasks,
        turnout: &Turnout,
        requests: &[Request],
    ) -> Visit {
        visit(Input {
            world: &self.world,
            account: resident.account.clone(),
            desk: resident.desk.clone(),
            now,
            live_since: &self.live_since,
            open_tasks,
            turnout,
            requests,
        })
    }

    /// Makes resident what is not, or is there with another version.
    pub(super) async fn read(&mut self, wanted: &[(Arc<str>, i64)]) -> Result<()> {
        let missing: Vec<Arc<str>> = wanted
            .iter()
            .filter(|(id, version)| self.resident.get(id).is_none_or(|held| held.version != *version))
            .map(|(id, _)| id.clone())
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let accounts: Vec<(Account, i64)> = self.store.load_accounts(&missing).await?;
        let mut desks = self.store.load_desks(&missing, self.clock.now()).await?;
        for (account, version) in accounts {
            let desk = Arc::new(desks.remove(&account.id).unwrap_or_default());
            let id = account.id.clone();
            self.resident.insert(id, Resident { version, account: Arc::new(account), desk });
        }
        Ok(())
    }

    /// Open tasks per person, when any team has to share work.
    async fn open_tasks(&self) -> Result<OpenTasks> {
        if self.world.people.teams.is_empty() {
            return Ok(BTreeMap::new());
        }
        Ok(self.store.open_tasks_per_person().await?)
    }

    /// Writes what the looks changed. An account that somebody else has written meanwhile is left for the next look.
    async fn write(&mut self, looked: Vec<(Arc<str>, i64, Visit)>, now: Timestamp, tick: &mut Tick) -> Result<()> {
        let looks: Vec<Look<'_>> = looked.iter().map(|(id, version, seen)| look(id, *version, seen)).collect();
        let left_out = match self.apply(&looks, now).await {
            Ok(conflicts) => conflicts,
            Err(error) if error.is_transient() => return Err(error.into()),
            Err(_) => self.apply_one_by_one(&looks, now).await?,
        };
        drop(looks);
        for (id, version, seen) in looked {
            if left_out.contains(&id) {
                continue;
            }
            tick.entries.extend(entries(&seen.changes));
            self.resident.insert(id, Resident { version: version + 1, account: seen.account, desk: seen.desk });
        }
        Ok(())
    }
}

impl Runtime {
    /// All looks in one transaction; the accounts that changed meanwhile come back.
    async fn apply(&self, looks: &[Look<'_>], now: Timestamp) -> store::Result<Vec<Arc<str>>> {
        let mut tx = self.store.begin().await?;
        match tx.apply(looks, now).await {
            Ok(applied) => {
                tx.commit().await?;
                Ok(applied.conflicts)
            }
            // Another process let accounts in meanwhile, and a limit may be reached: all of them are looked at again.
            Err(store::Error::Overtaken(_)) => Ok(looks.iter().map(|look| look.account.into()).collect()),
            Err(error) => Err(error),
        }
    }

    /// One account that cannot be written must not keep the others from it: it is put off, and said.
    async fn apply_one_by_one(&self, looks: &[Look<'_>], now: Timestamp) -> Result<Vec<Arc<str>>> {
        let mut left_out = Vec::new();
        for look in looks {
            match self.apply(std::slice::from_ref(look), now).await {
                Ok(conflicts) => left_out.extend(conflicts),
                Err(error) => {
                    error!(
                        "account {}: nothing of its look could be written, trying again in an hour: {error}",
                        look.account
                    );
                    self.put_off(look.account, now).await?;
                    left_out.push(look.account.into());
                }
            }
        }
        Ok(left_out)
    }

    async fn put_off(&self, account: &str, now: Timestamp) -> Result<()> {
        let mut tx = self.store.begin().await?;
        tx.put_off(account, now + jiff::Span::new().hours(1)).await?;
        Ok(tx.commit().await?)
    }
}

fn look<'a>(account: &'a str, version: i64, seen: &'a Visit) -> Look<'a> {
    let Visit { desk, changes, rest, next, .. } = seen;
    Look { account, version, desk, changes, wake_at: rest.wake_at(), next }
}

fn arrivals(changes: &[Change]) -> impl Iterator<Item = &Arrival> {
    changes.iter().filter_map(|change| match change {
        Change::Arrival(arrival) => Some(arrival),
        _ => None,
    })
}

fn entries(changes: &[Change]) -> impl Iterator<Item = Entry> + '_ {
    changes.iter().filter_map(|change| match change {
        Change::History(entry) => Some(entry.clone()),
        _ => None,
    })
}
