//! Looks at the accounts that are due: reads them, asks the engine, writes each one's changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;

use crate::engine::Reason;
use crate::engine::desk::{Change, Desk, Entry};
use crate::engine::recipients::OpenTasks;
use crate::engine::visit::{Input, Request, Visit, visit};
use crate::portfolio::Account;
use crate::store::Look;
use crate::time::Timestamp;

use super::{Resident, Runtime, Tick};

/// Accounts looked at in one transaction.
const BATCH: i64 = 500;

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
            let mut looked = Vec::with_capacity(due.len());
            for (id, version) in due {
                let Some(resident) = self.resident.remove(&id) else { continue };
                let seen = self.take_look(&resident, now, &open_tasks, &[]);
                looked.push((id, version, seen));
            }
            self.write(looked, now, tick).await?;
        }
        Ok(any)
    }

    /// Looks at one account because somebody asks for something. The requests that were refused come back.
    pub async fn request(&mut self, account: &str, requests: &[Request]) -> Result<(Vec<Entry>, Vec<(usize, Reason)>)> {
        let now = self.clock.now();
        self.go_live(now).await?;
        let version = self.store.version_of(account).await?;
        let Some(version) = version else { anyhow::bail!("there is no account `{account}`") };
        let id: Arc<str> = account.into();
        self.read(&[(id.clone(), version)]).await?;
        let open_tasks = self.open_tasks().await?;
        let resident = self.resident.remove(&id).expect("just read");
        let seen = self.take_look(&resident, now, &open_tasks, requests);
        let refused = seen.refused.clone();
        let mut tick = Tick { as_of: now, ..Tick::default() };
        self.write(vec![(id, version, seen)], now, &mut tick).await?;
        Ok((tick.entries, refused))
    }

    fn take_look(&self, resident: &Resident, now: Timestamp, open_tasks: &OpenTasks, requests: &[Request]) -> Visit {
        visit(Input {
            world: &self.world,
            account: resident.account.clone(),
            desk: resident.desk.clone(),
            now,
            live_since: &self.live_since,
            open_tasks,
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
            let desk: Desk = desks.remove(&account.id).unwrap_or_default();
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
        let mut tx = self.store.begin().await?;
        let applied = tx.apply(&looks, now).await?;
        tx.commit().await?;
        drop(looks);
        for (id, version, seen) in looked {
            if applied.conflicts.contains(&id) {
                continue;
            }
            tick.entries.extend(entries(&seen.changes));
            self.resident.insert(id, Resident { version: version + 1, account: seen.account, desk: seen.desk });
        }
        Ok(())
    }
}

fn look<'a>(account: &'a str, version: i64, seen: &'a Visit) -> Look<'a> {
    let Visit { desk, changes, wake_at, next, .. } = seen;
    Look { account, version, desk, changes, wake_at: *wake_at, next }
}

fn entries(changes: &[Change]) -> impl Iterator<Item = Entry> + '_ {
    changes.iter().filter_map(|change| match change {
        Change::History(entry) => Some(entry.clone()),
        _ => None,
    })
}
