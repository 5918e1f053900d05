//! A test on stage: the given account in a database of its own, and what the test says happens to it.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Result, anyhow};

use super::given::{event_row, given_rows, metric_rows, on_trial, zone_of};
use crate::book::Book;
use crate::book::cases::{Case, Change, DeliveryAnswer, ENROLL, TestFile, What};
use crate::channel::{Answer, Channels};
use crate::condition::{Coverage, Value};
use crate::engine::Reason;
use crate::engine::desk::{ApprovalState, Entry, TaskState};
use crate::portfolio::import::{AccountRow, ContactRow, Rows};
use crate::runtime::explain::explain;
use crate::runtime::{CONNECTIONS, Runtime};
use crate::store::{By, Decision, Store};
use crate::time::{Clock, DateTime, TimeZone, Timestamp, VirtualClock, add_days, instant};

/// How long a test without an `until` is played at most.
const MOST_DAYS: i64 = 400;
/// Who does what a test says people do.
const ACTOR: &str = "test";

/// A test on stage.
pub(super) struct Stage {
    runtime: Runtime,
    clock: Arc<VirtualClock>,
    zone: TimeZone,
    account: Arc<str>,
    playbook: Arc<str>,
    entries: Vec<Entry>,
    events: usize,
}

/// What came of a test.
pub(super) struct Played {
    pub entries: Vec<Entry>,
    /// Why the account is in the playbook, left it or never came in, where the test asks.
    pub reason: Option<String>,
}

impl Stage {
    pub(super) async fn set(store: Store, book: &Book, file: &TestFile, case: &Case) -> Result<Stage> {
        let book = Arc::new(on_trial(book, &file.playbook, case.holdout));
        let playbook = book.playbooks.get(&file.playbook).ok_or_else(|| anyhow!("no playbook `{}`", file.playbook))?;
        let zone = zone_of(playbook, &case.given);
        let start = instant(case.start, &zone);
        let clock = Arc::new(VirtualClock::at(start));
        let account = case.given.account.id.clone();
        let mut events = 0;
        let rows = given_rows(&case.given, start, &zone, &mut events);
        let mut tx = store.begin().await?;
        tx.land(&rows, start).await?;
        for feed in book.dictionary.feeds.keys() {
            // A test's data is fresh for as long as it lasts.
            tx.see_feed(feed, start + jiff::Span::new().hours(24 * 3660)).await?;
        }
        tx.commit().await?;
        let channels = Arc::new(Channels::nowhere());
        let runtime = Runtime::new(store, book, clock.clone(), channels, CONNECTIONS).await?;
        let playbook = file.playbook.clone();
        Ok(Stage { runtime, clock, zone, account, playbook, entries: Vec::new(), events })
    }

    pub(super) fn count_coverage(&mut self, coverage: Arc<Coverage>) {
        self.runtime.count_coverage(coverage);
    }

    pub(super) async fn play(mut self, case: &Case) -> Result<Played> {
        let latest = add_days(case.start.date(), MOST_DAYS).to_datetime(case.start.time());
        let until = instant(case.until.unwrap_or(latest), &self.zone);
        for change in &case.changes {
            let at = instant(change.on, &self.zone);
            if at > until {
                break;
            }
            if at > self.clock.now() {
                self.play_until(at - jiff::Span::new().microseconds(1)).await?;
                self.clock.set(at);
            }
            self.apply(change, at).await?;
        }
        match case.until {
            Some(_) => self.play_until(until).await?,
            None => self.play_out(until).await?,
        }
        let reason = match case.outcome.reason {
            Some(_) => Some(self.reason().await?),
            None => None,
        };
        Ok(Played { entries: self.entries, reason })
    }

    /// Of the last enrollment how it ended, else what `explain` says.
    async fn reason(&self) -> Result<String> {
        let desk = self.desk().await?;
        if let Some(last) = desk.entries_of(&self.playbook).last() {
            return Ok(last.ended.as_ref().map_or(Reason::Enrolled, |end| end.reason).to_string());
        }
        let (store, book) = (&self.runtime.store, self.runtime.world().book.clone());
        let explained = explain(store, book, &self.account, &self.playbook, self.clock.now()).await?;
        Ok(explained.reason.to_owned())
    }

    async fn play_until(&mut self, until: Timestamp) -> Result<()> {
        let (clock, entries) = (self.clock.clone(), &mut self.entries);
        self.runtime.play(&clock, until, &mut |step| entries.extend(step.entries.iter().cloned())).await
    }

    /// Without an `until`: month by month, until everything that began has ended.
    async fn play_out(&mut self, latest: Timestamp) -> Result<()> {
        while self.clock.now() < latest {
            let month = self.clock.now() + jiff::Span::new().hours(24 * 30);
            self.play_until(month.min(latest)).await?;
            let desk = self.desk().await?;
            if !desk.enrollments.is_empty() && desk.active().next().is_none() {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn desk(&self) -> Result<crate::engine::Desk> {
        let now = self.clock.now();
        let mut desks = self.runtime.store.load_desks(std::slice::from_ref(&self.account), now).await?;
        Ok(desks.remove(&self.account).unwrap_or_default())
    }

    async fn apply(&mut self, change: &Change, at: Timestamp) -> Result<()> {
        match &change.what {
            What::Set { fields, pinned } => {
                let fields = fields.iter().chain(pinned).map(|(name, value)| (name.clone(), value.clone())).collect();
                self.land(Rows { accounts: vec![self.account_row(at, fields)], ..Rows::default() }, at).await
            }
            What::SetContact { contact, fields } => self.set_contact(contact, fields, at).await,
            What::Metric(metric) => {
                let rows = Rows { metrics: metric_rows(&self.account, metric, &self.zone), ..Rows::default() };
                self.land(rows, at).await
            }
            What::Event(event) => {
                self.events += 1;
                let row = event_row(&self.account, event, self.events, &self.zone);
                self.land(Rows { events: vec![row], ..Rows::default() }, at).await
            }
            What::Approve(step) => self.decide(step, Decision::Approve, at).await,
            What::Reject(step) => self.decide(step, Decision::Reject, at).await,
            What::Complete(step) => self.finish_task(step, true, at).await,
            What::Acknowledge(step) => self.finish_task(step, false, at).await,
            What::Reply(step) => self.reply(step).await,
            What::Deliver(answer) => self.answer_with(*answer),
            What::Enroll => {
                let (account, playbook) = (self.account.clone(), self.playbook.clone());
                let entries = self.runtime.enroll(&account, &playbook, ACTOR).await?;
                self.entries.extend(entries);
                Ok(())
            }
            What::Stop => {
                let id = self.active_enrollment().await?;
                let entries = self.runtime.stop(&id, "stopped by the test", ACTOR).await?;
                self.entries.extend(entries);
                Ok(())
            }
        }
    }

    async fn land(&mut self, rows: Rows, at: Timestamp) -> Result<()> {
        let mut tx = self.runtime.store.begin().await?;
        tx.land(&rows, at).await?;
        Ok(tx.commit().await?)
    }

    fn account_row(&self, as_of: Timestamp, fields: Vec<(Arc<str>, Value)>) -> AccountRow {
        AccountRow { line: 0, id: self.account.clone(), as_of, fields }
    }

    async fn set_contact(&mut self, contact: &str, fields: &BTreeMap<Arc<str>, Value>, at: Timestamp) -> Result<()> {
        let ids = std::slice::from_ref(&self.account);
        let (account, _) = self.runtime.store.load_accounts(ids).await?.pop().expect("the given account");
        let mut contacts = account.contacts.values();
        let by_address = |own: &&crate::portfolio::Contact| own.text("email", at).as_deref() == Some(contact);
        let known = account.contacts.get(contact).or_else(|| contacts.find(by_address)).map(|own| own.id.clone());
        let row = ContactRow {
            line: 0,
            id: known.unwrap_or_else(|| contact.into()),
            account: self.account.clone(),
            as_of: at,
            fields: fields.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        };
        self.land(Rows { contacts: vec![row], ..Rows::default() }, at).await
    }

    async fn active_enrollment(&self) -> Result<Arc<str>> {
        let desk = self.desk().await?;
        let active = desk.open().find(|own| own.playbook == self.playbook).map(|own| own.id.clone());
        active.ok_or_else(|| anyhow!("at {} the account is not in the playbook", self.local_now()))
    }

    async fn decide(&mut self, step: &str, decision: Decision, at: Timestamp) -> Result<()> {
        let waiting = |desk: &crate::engine::Desk| {
            let mut approvals = desk.approvals.values();
            let open = approvals.find(|own| own.step.as_deref() == Some(step) && own.state == ApprovalState::Waiting);
            let asked = || desk.open().filter(|_| step == ENROLL).find_map(|own| own.park.as_ref());
            open.map(|own| own.id.clone()).or_else(|| asked().map(|park| park.question.clone()))
        };
        let id = match waiting(&self.desk().await?) {
            Some(id) => id,
            None => {
                self.play_until(at).await?;
                waiting(&self.desk().await?)
                    .ok_or_else(|| anyhow!("at {} nothing waits for an approval of `{step}`", self.local_now()))?
            }
        };
        let mut tx = self.runtime.store.begin().await?;
        tx.decide_approval(&id, decision, By { who: ACTOR, at }).await?;
        Ok(tx.commit().await?)
    }

    async fn finish_task(&mut self, step: &str, is_done: bool, at: Timestamp) -> Result<()> {
        let open = |desk: &crate::engine::Desk| {
            let mut tasks = desk.tasks.values().filter(|task| task.state != TaskState::Done);
            tasks.find(|task| &*task.step == step && task.state.is_open()).map(|task| task.id.clone())
        };
        let id = match open(&self.desk().await?) {
            Some(id) => id,
            None => {
                self.play_until(at).await?;
                open(&self.desk().await?)
                    .ok_or_else(|| anyhow!("at {} there is no open task of `{step}`", self.local_now()))?
            }
        };
        let mut tx = self.runtime.store.begin().await?;
        let by = By { who: ACTOR, at };
        match is_done {
            true => tx.complete_task(&id, by).await?,
            false => tx.acknowledge_task(&id, by).await?,
        }
        Ok(tx.commit().await?)
    }

    async fn reply(&mut self, step: &str) -> Result<()> {
        let id = self.active_enrollment().await?;
        let account = self.account.clone();
        let entries = self.runtime.reply(&account, &id, step, ACTOR).await?;
        self.entries.extend(entries);
        Ok(())
    }

    fn answer_with(&mut self, answer: DeliveryAnswer) -> Result<()> {
        self.runtime.channels = Arc::new(match answer {
            DeliveryAnswer::Accept => Channels::nowhere(),
            DeliveryAnswer::Bounce => Channels::answering(Answer::Bounce),
            DeliveryAnswer::Fail => Channels::answering(Answer::Refuse),
        });
        Ok(())
    }

    fn local_now(&self) -> DateTime {
        self.zone.to_datetime(self.clock.now())
    }
}
