//! One look at one account at one instant: end what ends, run what is due, enroll who qualifies, and say when to look
//! again. Works on a copy of the desk and lists every change; the caller writes them in one transaction.

mod advance;
mod answer;
mod approval;
mod arrive;
mod branch;
mod cue;
mod edits;
mod ends;
mod enroll;
mod ladder;
mod ladder_days;
mod level;
mod mail;
mod outlook;
mod perform;
mod post;
mod prepare;
mod recall;
mod rehearse;
mod rest;
mod wait;
mod wake;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::book::playbook::Playbook;
use crate::condition::Value;
use crate::portfolio::{Account, Facts, World};
use crate::time::Timestamp;

use super::Reason;
use super::desk::{Change, Desk, Entry, EntryKind, EntryResult, Next, Task, TaskState};
use super::enrollment::Enrollment;
use super::recipients::OpenTasks;
use super::turnout::Turnout;
use super::within::within;

pub use edits::{Stay, why_it_stays};
pub use ladder::level_key;
pub use outlook::{Outlook, Standing, outlook};
pub use rehearse::{Rehearsal, rehearse};
pub use rest::Rest;

/// More rounds than any book needs; a book that never settles is stopped here rather than looping for ever.
const MOST_ROUNDS: usize = 500;

/// What a look is told.
pub struct Input<'a> {
    pub world: &'a World,
    pub account: Arc<Account>,
    pub desk: Arc<Desk>,
    pub now: Timestamp,
    /// Playbook to the instant it first went live on this database.
    pub live_since: &'a BTreeMap<Arc<str>, Timestamp>,
    /// Open tasks per person over all accounts, for team work.
    pub open_tasks: &'a OpenTasks,
    /// How many accounts have entered each playbook, for the limits of a day.
    pub turnout: &'a Turnout,
    /// What people asked for by hand.
    pub requests: &'a [Request],
}

/// Something a person asks for.
#[derive(Clone, Debug)]
pub enum Request {
    Enroll { playbook: Arc<str>, by: Arc<str> },
    Stop { enrollment: Arc<str>, why: String },
    Reply { enrollment: Arc<str>, step: Arc<str> },
}

/// What a look found and decided.
#[derive(Debug)]
pub struct Visit {
    /// The account with the fields that steps have set.
    pub account: Arc<Account>,
    pub desk: Arc<Desk>,
    pub changes: Vec<Change>,
    /// When to look again if nothing changes before.
    pub rest: Rest,
    /// The next step of each active enrollment, for lists.
    pub next: Vec<Next>,
    /// Requests that were refused, and why.
    pub refused: Vec<(usize, Reason)>,
    /// The book never came to rest on this account: nothing of the look may be written.
    pub is_restless: bool,
}

/// Takes the look.
pub fn visit(input: Input<'_>) -> Visit {
    let mut turn = Turn::new(input);
    if turn.account.is_known(turn.now) {
        turn.requests();
        turn.reopen_snoozed();
        turn.settle();
        turn.recall();
        turn.record_health();
    }
    turn.finish()
}

/// The look while it is taken.
struct Turn<'a> {
    input_world: &'a World,
    live_since: &'a BTreeMap<Arc<str>, Timestamp>,
    requests: &'a [Request],
    open_tasks: Cow<'a, OpenTasks>,
    turnout: &'a Turnout,
    account: Arc<Account>,
    /// Copied when something of it changes first.
    desk: Arc<Desk>,
    now: Timestamp,
    /// Facts without a playbook's view; made anew after everything that changes them.
    facts: Facts,
    changes: Vec<Change>,
    refused: Vec<(usize, Reason)>,
    is_restless: bool,
}

impl<'a> Turn<'a> {
    fn new(input: Input<'a>) -> Turn<'a> {
        let work = Arc::new(input.desk.work());
        let facts = Facts::new(input.world.clone(), input.account.clone(), work, input.now);
        Turn {
            input_world: input.world,
            live_since: input.live_since,
            requests: input.requests,
            open_tasks: Cow::Borrowed(input.open_tasks),
            turnout: input.turnout,
            account: input.account,
            desk: input.desk,
            now: input.now,
            facts,
            changes: Vec::new(),
            refused: Vec::new(),
            is_restless: false,
        }
    }

    /// Repeats until nothing more happens at this instant.
    fn settle(&mut self) {
        for _ in 0..MOST_ROUNDS {
            let progressed = self.end_what_ends()
                || self.follow_edits()
                || self.replan()
                || self.rebranch()
                || self.advance()
                || self.hear_about_parked()
                || self.enroll();
            if !progressed {
                return;
            }
        }
        self.is_restless = true;
    }

    fn playbooks(&self) -> Vec<Arc<Playbook>> {
        self.input_world.book.playbooks.values().cloned().collect()
    }

    /// The newest version of a playbook.
    fn playbook(&self, id: &str) -> Option<Arc<Playbook>> {
        self.input_world.book.playbooks.get(id).cloned()
    }

    /// The version of its playbook that the enrollment goes through.
    fn playbook_of(&self, enrollment: &Enrollment) -> Option<Arc<Playbook>> {
        self.input_world.book.playbook_at(&enrollment.playbook, &enrollment.version).cloned()
    }

    /// Active enrollments with their versions of their playbooks, the most important class first.
    fn active(&self) -> Vec<(Arc<Playbook>, Arc<str>)> {
        self.ranked(self.desk.active())
    }

    /// Those that are parked.
    fn parked(&self) -> Vec<(Arc<Playbook>, Arc<str>)> {
        self.ranked(self.desk.open().filter(|own| !own.is_active()))
    }

    /// The active ones, with those that are parked among them.
    fn open(&self) -> Vec<(Arc<Playbook>, Arc<str>)> {
        self.ranked(self.desk.open())
    }

    fn ranked<'d>(&self, enrollments: impl Iterator<Item = &'d Enrollment>) -> Vec<(Arc<Playbook>, Arc<str>)> {
        let policy = &self.input_world.book.policy;
        let mut ranked: Vec<(Arc<Playbook>, Arc<str>)> =
            enrollments.filter_map(|enrollment| Some((self.playbook_of(enrollment)?, enrollment.id.clone()))).collect();
        ranked.sort_by(|(a, a_id), (b, b_id)| {
            (policy.rank(&a.class), &a.id, a_id).cmp(&(policy.rank(&b.class), &b.id, b_id))
        });
        ranked
    }

    fn enrollment(&self, id: &str) -> &Enrollment {
        &self.desk.enrollments[id]
    }

    /// The facts as the playbook sees them for this enrollment.
    fn facts_for(&self, playbook: &Playbook, enrollment: &Enrollment) -> Facts {
        within(&self.facts, playbook, enrollment, &self.desk)
    }

    /// After a change of the desk or the account, conditions must see it.
    fn refresh(&mut self) {
        let work = Arc::new(self.desk.work());
        self.facts = self.facts.with_work(self.account.clone(), work);
    }

    fn changed_enrollment(&mut self, id: &Arc<str>) {
        self.changes.push(Change::Enrollment(id.clone()));
    }

    fn record(&mut self, entry: Entry) {
        self.changes.push(Change::History(entry));
    }

    /// A line of the timeline about an enrollment; the rest is filled in by the caller.
    fn entry(&self, playbook: &Playbook, enrollment: &Enrollment, facts: &Facts, kind: EntryKind) -> Entry {
        Entry {
            at: self.now,
            zone: Arc::from(facts.zone.iana_name().unwrap_or("UTC")),
            account: self.account.id.clone(),
            playbook: playbook.id.clone(),
            version: playbook.version.clone(),
            enrollment: Some(enrollment.id.clone()),
            kind,
            step: None,
            action: None,
            to: None,
            result: EntryResult::Done,
            reason: None,
            detail: None,
        }
    }

    /// Sets a field of the account as of now.
    fn set_field(&mut self, field: &Arc<str>, value: Value) {
        Arc::make_mut(&mut self.account).fields.record(field, self.now, value.clone());
        self.changes.push(Change::Field { field: field.clone(), value });
        self.refresh();
    }

    /// A snoozed task is open again when its time has come.
    fn reopen_snoozed(&mut self) {
        let now = self.now;
        let over = |task: &Task| task.state == TaskState::Snoozed && task.snoozed_until.is_some_and(|at| at <= now);
        if !self.desk.tasks.values().any(over) {
            return;
        }
        for task in Arc::make_mut(&mut self.desk).tasks.values_mut().filter(|task| over(task)) {
            (task.state, task.snoozed_until) = (TaskState::Open, None);
            self.changes.push(Change::Task(task.id.clone()));
        }
    }

    /// Stores health of the local day when it is new or differs from what is stored. A day without a row is computed anew
    /// when somebody asks, so who rests has rows only where the score changes.
    fn record_health(&mut self) {
        if self.input_world.book.health.dimensions.is_empty() {
            return;
        }
        let (day, health) = (self.facts.health_day(), self.facts.health().clone());
        let known = &self.account.health;
        let stored = match self.input_world.rests_since {
            None => known.get(&day),
            Some(_) => known.range(..=day).next_back().map(|(_, score)| score),
        };
        if stored.copied() == health.score {
            return;
        }
        match health.score {
            Some(score) => Arc::make_mut(&mut self.account).health.insert(day, score),
            None => Arc::make_mut(&mut self.account).health.remove(&day),
        };
        self.changes.push(Change::Health { day, health });
    }

    fn finish(self) -> Visit {
        let (look_at, next) = self.wake();
        let rest = self.rest(look_at);
        let Turn { account, desk, changes, refused, is_restless, .. } = self;
        Visit { account, desk, changes, rest, next, refused, is_restless }
    }
}
