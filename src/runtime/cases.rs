//! Runs the tests of the book: the daemon's own tick on a virtual clock, in a database of its own in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Result, anyhow, bail};

use crate::book::Book;
use crate::book::cases::{Case, Change, DeliveryAnswer, Given, GivenEvent, GivenMetric, TestFile, What};
use crate::book::playbook::{Playbook, Status, Trigger, ZoneSource};
use crate::channel::{Answer, Channels};
use crate::condition::Value;
use crate::engine::desk::{ApprovalState, Entry, TaskState};
use crate::portfolio::import::{AccountRow, ContactRow, EventRow, MetricRow, Rows};
use crate::store::{By, Decision, Store};
use crate::time::{Clock, DateTime, TimeZone, Timestamp, VirtualClock, add_days, instant, start_of_day};

use super::{Runtime, timeline};

/// How long a test without an `until` is played at most.
const MOST_DAYS: i64 = 400;
/// Who does what a test says people do.
const ACTOR: &str = "test";

/// What a test found.
#[derive(Clone, Debug)]
pub struct CaseResult {
    pub file: Arc<str>,
    pub playbook: Arc<str>,
    pub name: String,
    pub line: usize,
    /// Expected lines that did not happen.
    pub missing: Vec<String>,
    /// Lines that happened and were not expected.
    pub unexpected: Vec<String>,
    /// Everything compared that happened, as printed.
    pub actual: Vec<String>,
    /// Why the test could not be played to its end.
    pub problem: Option<String>,
}

impl CaseResult {
    pub fn passed(&self) -> bool {
        self.missing.is_empty() && self.unexpected.is_empty() && self.problem.is_none()
    }
}

/// Plays one test.
pub async fn run(book: &Book, file: &TestFile, case: &Case) -> Result<CaseResult> {
    let mut result = CaseResult {
        file: file.file.clone(),
        playbook: file.playbook.clone(),
        name: case.name.clone(),
        line: case.line,
        missing: Vec::new(),
        unexpected: Vec::new(),
        actual: Vec::new(),
        problem: None,
    };
    match Stage::set(book, file, case).await?.play(case).await {
        Ok(entries) => compare(&mut result, case, &file.playbook, &entries),
        Err(problem) => result.problem = Some(format!("{problem:#}")),
    }
    Ok(result)
}

/// A test on stage.
struct Stage {
    runtime: Runtime,
    clock: Arc<VirtualClock>,
    zone: TimeZone,
    account: Arc<str>,
    playbook: Arc<str>,
    entries: Vec<Entry>,
    events: usize,
}

impl Stage {
    async fn set(book: &Book, file: &TestFile, case: &Case) -> Result<Stage> {
        let book = Arc::new(on_trial(book, &file.playbook, case.holdout));
        let playbook = book.playbooks.get(&file.playbook).ok_or_else(|| anyhow!("no playbook `{}`", file.playbook))?;
        let zone = zone_of(playbook, &case.given);
        let start = instant(case.start, &zone);
        let clock = Arc::new(VirtualClock::at(start));
        let store = Store::open("sqlite::memory:").await?;
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
        let runtime = Runtime::new(store, book, clock.clone(), channels, 1).await?;
        let playbook = file.playbook.clone();
        Ok(Stage { runtime, clock, zone, account, playbook, entries: Vec::new(), events })
    }

    async fn play(mut self, case: &Case) -> Result<Vec<Entry>> {
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
        self.runtime.store.close().await;
        Ok(self.entries)
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
        let active = desk.active().find(|own| own.playbook == self.playbook).map(|own| own.id.clone());
        active.ok_or_else(|| anyhow!("at {} the account is not in the playbook", self.local_now()))
    }

    async fn decide(&mut self, step: &str, decision: Decision, at: Timestamp) -> Result<()> {
        let waiting = |desk: &crate::engine::Desk| {
            let mut approvals = desk.approvals.values();
            let open = approvals.find(|own| own.step.as_deref() == Some(step) && own.state == ApprovalState::Waiting);
            open.map(|own| own.id.clone())
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

/// The book with only the tested playbook entered through its trigger; the others run when they are started.
fn on_trial(book: &Book, tested: &str, holdout: bool) -> Book {
    let mut trial = book.clone();
    for playbook in trial.playbooks.values_mut() {
        let mut own = Playbook::clone(playbook);
        own.holdout = if holdout { own.holdout } else { 0.0 };
        match &*own.id == tested {
            // A draft is checked and tested only; every other status is tested as it would run.
            true => own.status = if own.status == Status::Draft { Status::Live } else { own.status },
            false => own.trigger = Trigger::Manual,
        }
        *playbook = Arc::new(own);
    }
    trial
}

fn zone_of(playbook: &Playbook, given: &Given) -> TimeZone {
    let own = match &playbook.zone.source {
        ZoneSource::Fixed(zone) => Some(zone.clone()),
        ZoneSource::Account(field) => match given.account.fields.get(field) {
            Some(Value::Text(name)) => TimeZone::get(name).ok(),
            _ => None,
        },
    };
    own.or_else(|| playbook.zone.fallback.clone()).unwrap_or(TimeZone::UTC)
}

fn given_rows(given: &Given, start: Timestamp, zone: &TimeZone, events: &mut usize) -> Rows {
    let pairs = |fields: &BTreeMap<Arc<str>, Value>| -> Vec<(Arc<str>, Value)> {
        fields.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    let account = &given.account;
    let mut fields = pairs(&account.fields);
    fields.extend(pairs(&account.pinned));
    let contact = |own: &crate::book::cases::GivenContact| ContactRow {
        line: 0,
        id: own.id.clone(),
        account: account.id.clone(),
        as_of: start,
        fields: pairs(&own.fields),
    };
    let mut event = |own: &GivenEvent| {
        *events += 1;
        event_row(&account.id, own, *events, zone)
    };
    Rows {
        accounts: vec![AccountRow { line: 0, id: account.id.clone(), as_of: start, fields }],
        contacts: given.contacts.iter().map(contact).collect(),
        metrics: given.metrics.iter().flat_map(|metric| metric_rows(&account.id, metric, zone)).collect(),
        events: given.events.iter().map(&mut event).collect(),
        people: Vec::new(),
    }
}

fn metric_rows(account: &Arc<str>, given: &GivenMetric, zone: &TimeZone) -> Vec<MetricRow> {
    let first = add_days(given.until, 1 - given.values.len() as i64);
    let row = |(n, value): (usize, &f64)| {
        let day = add_days(first, n as i64);
        MetricRow {
            line: 0,
            account: account.clone(),
            metric: given.metric.clone(),
            day,
            value: *value,
            seen_from: start_of_day(add_days(day, 1), zone),
        }
    };
    given.values.iter().enumerate().map(row).collect()
}

fn event_row(account: &Arc<str>, given: &GivenEvent, n: usize, zone: &TimeZone) -> EventRow {
    EventRow {
        line: 0,
        id: format!("event-{n}").into(),
        kind: given.kind.clone(),
        account: account.clone(),
        contact: given.contact.clone(),
        at: instant(given.at, zone),
        fields: given.fields.clone(),
    }
}

/// The expectation is closed: what is not listed may not happen. A recipient or reason that the expected line leaves
/// out is not compared.
fn compare(result: &mut CaseResult, case: &Case, playbook: &str, entries: &[Entry]) {
    let compared = entries.iter().filter(|entry| {
        let asked = case.expect_only.as_ref().is_none_or(|words| words.iter().any(|word| word == entry.what()));
        &*entry.playbook == playbook && asked
    });
    result.actual = compared.map(timeline::line).collect();
    let mut open: Vec<&String> = result.actual.iter().collect();
    for expected in &case.expect {
        match open.iter().position(|actual| says(actual, expected)) {
            Some(place) => {
                open.remove(place);
            }
            None => result.missing.push(expected.clone()),
        }
    }
    result.unexpected = open.into_iter().map(|line| timeline::normalized(line)).collect();
}

fn says(actual: &str, expected: &str) -> bool {
    let (actual, expected) = (Parts::of(actual), Parts::of(expected));
    let agrees = |expected: &Option<String>, actual: &Option<String>| expected.is_none() || expected == actual;
    actual.head == expected.head && agrees(&expected.to, &actual.to) && agrees(&expected.reason, &actual.reason)
}

/// A line taken apart at its two optional ends.
struct Parts {
    head: String,
    to: Option<String>,
    reason: Option<String>,
}

impl Parts {
    fn of(line: &str) -> Parts {
        let line = timeline::normalized(line);
        let (line, reason) = match line.rsplit_once(" (") {
            Some((rest, reason)) if reason.ends_with(')') => {
                (rest.to_owned(), Some(reason.trim_end_matches(')').to_owned()))
            }
            _ => (line, None),
        };
        match line.split_once(" -> ") {
            Some((head, to)) => Parts { head: head.to_owned(), to: Some(to.to_owned()), reason },
            None => Parts { head: line, to: None, reason },
        }
    }
}

/// Checks that a test file has something to run.
pub fn require_cases(files: &[TestFile]) -> Result<()> {
    if files.iter().all(|file| file.cases.is_empty()) {
        bail!("no test was found: a playbook's tests stand in `<playbook>.test.toml` beside it");
    }
    Ok(())
}
