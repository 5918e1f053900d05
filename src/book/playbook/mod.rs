//! A compiled playbook: every name resolved, every condition typed. Nothing here needs checking again.

mod action;
mod cadence;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::book::calendar::Window;
use crate::book::keys::Choice;
use crate::condition::Expression;
use crate::time::{Span, TimeZone};

pub use action::{
    Action, ChatAction, ChatTarget, EmailAction, Kind, OnTimeout, Priority, Recipient, TaskAction, WaitFor,
    WebhookAction,
};
pub use cadence::{Approve, Base, Escalation, EscalationClock, Level, Retry, Step, Timing};

/// One playbook: who qualifies, what is done when, when it ends.
#[derive(Clone, Debug)]
pub struct Playbook {
    pub id: Arc<str>,
    pub title: String,
    /// Told when the playbook breaks; the last resort for work nobody else can take.
    pub owner: Recipient,
    pub status: Status,
    /// The live playbook it is to be compared with while it is in shadow; none: itself while it was live.
    pub shadow_of: Option<Arc<str>>,
    /// Message class: its place in `[priority]` decides contested caps and what an opt-out covers.
    pub class: Arc<str>,
    pub zone: ZoneRule,
    pub send_window: Window,
    pub in_flight: InFlight,
    pub trigger: Trigger,
    pub enroll: Enroll,
    pub reentry: Reentry,
    /// Share of accounts left alone on purpose, 0 to 1; the policy's default is already applied.
    pub holdout: f64,
    /// How long after the end the goal is still looked for.
    pub measure_window: Option<Span>,
    pub late: Late,
    pub goal: Option<Goal>,
    pub exits: Vec<Exit>,
    pub suppressions: Vec<Suppression>,
    /// Empty, or ending in the one default.
    pub branches: Vec<Branch>,
    pub branch_lock: BranchLock,
    /// In file order.
    pub steps: Vec<Step>,
    pub escalation: Option<Escalation>,
    /// Steps that were renamed, old id to new.
    pub moved: BTreeMap<Arc<str>, Arc<str>>,
    /// Steps that are gone, and what becomes of enrollments that wait on them.
    pub removed: BTreeMap<Arc<str>, OnRemoved>,
    /// Its file is gone from the book: nobody enters any more, whatever the status.
    pub is_withdrawn: bool,
    /// Hash of the file's text and its templates: the version that enrollments carry.
    pub version: Arc<str>,
    /// The texts of the template files it uses, by path; kept with each version.
    pub templates: BTreeMap<Arc<str>, Arc<str>>,
    /// The file's text, kept with each version.
    pub text: Arc<str>,
    /// The file, relative to the book.
    pub file: Arc<str>,
}

impl Playbook {
    /// The step with that id and its place in the file.
    pub fn step(&self, id: &str) -> Option<(usize, &Step)> {
        self.steps.iter().enumerate().find(|(_, step)| &*step.id == id)
    }

    /// Every condition of the playbook.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let enroll = self.enroll.when.iter().chain(&self.reentry.key).chain(&self.reentry.rearm);
        let ends = self.goal.iter().map(|goal| &goal.when).chain(self.exits.iter().map(|exit| &exit.when));
        let suppressions = self.suppressions.iter().filter_map(|rule| match &rule.cause {
            SuppressionCause::When(when) => Some(when),
            SuppressionCause::InhibitedBy(_) => None,
        });
        let branches = self.branches.iter().filter_map(|branch| branch.when.as_ref());
        let steps = self.steps.iter().flat_map(Step::expressions);
        let ladder = self.escalation.iter().flat_map(Escalation::expressions);
        enroll.chain(ends).chain(suppressions).chain(branches).chain(steps).chain(ladder)
    }

    /// The steps an enrollment of `branch` goes through, in file order.
    pub fn steps_of<'a>(&'a self, branch: Option<&'a str>) -> impl DoubleEndedIterator<Item = (usize, &'a Step)> {
        self.steps.iter().enumerate().filter(move |(_, step)| step.belongs_to(branch))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Checked and tested only.
    Draft,
    /// Runs and records, sends nothing.
    Shadow,
    Live,
    /// No new enrollments, running ones hold.
    Paused,
    /// No new enrollments, running ones finish.
    Retired,
}

/// Whose clock the playbook follows: a field of the account or a fixed zone, then the fallback.
#[derive(Clone, Debug)]
pub struct ZoneRule {
    pub source: ZoneSource,
    pub fallback: Option<TimeZone>,
}

#[derive(Clone, Debug)]
pub enum ZoneSource {
    /// The name of a text field of the account that holds an IANA name.
    Account(Arc<str>),
    Fixed(TimeZone),
}

/// What happens to running enrollments when the file changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InFlight {
    Move,
    Finish,
    Restart,
    Exit,
}

/// What becomes of an enrollment that waits on a step which a later version no longer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnRemoved {
    /// It goes on as if the step had been skipped.
    Skip,
    /// It ends.
    Exit,
}

#[derive(Clone, Debug)]
pub enum Trigger {
    Date(DateTrigger),
    Condition,
    /// The event kind.
    Event(Arc<str>),
    Schedule(Schedule),
    /// Started by a person or another playbook.
    Manual,
}

/// The kinds of trigger, as they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TriggerKind {
    Date,
    Condition,
    Event,
    Schedule,
    Manual,
}

#[derive(Clone, Debug)]
pub struct DateTrigger {
    /// A date field of the account.
    pub anchor: Arc<str>,
    pub offset: Span,
    /// Span from the anchor after which nobody enters any more; absent: see language.md "Date trigger".
    pub until: Option<Span>,
    pub on_change: OnAnchorChange,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnAnchorChange {
    Replan,
    Keep,
    Restart,
}

#[derive(Clone, Debug)]
pub struct Schedule {
    pub cron: crate::book::schedule::Cron,
    /// Absent: the zone of each account.
    pub zone: Option<TimeZone>,
}

#[derive(Clone, Debug)]
pub struct Enroll {
    /// Absent: every account the trigger reaches.
    pub when: Option<Expression>,
    /// How long `when` must hold first.
    pub hold_for: Span,
    pub unknown: UnknownPolicy,
    pub backfill: Backfill,
    /// Above it, new enrollments of a local day wait for approval.
    pub max_per_day: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownPolicy {
    Hold,
    No,
    Error,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backfill {
    None,
    All,
}

#[derive(Clone, Debug)]
pub struct Reentry {
    pub policy: ReentryPolicy,
    /// For `once_per_key`: present whenever the policy is that one (a date trigger's default is its anchor).
    pub key: Option<Expression>,
    /// For `after_cooldown`.
    pub cooldown: Span,
    pub rearm: Option<Expression>,
    /// Most enrollments an account may have in this playbook, ever.
    pub max: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReentryPolicy {
    Never,
    OncePerKey,
    AfterCooldown,
    Always,
}

/// What happens to a step whose time has passed.
#[derive(Clone, Debug)]
pub struct Late {
    pub grace: Span,
    pub email: LatePolicy,
    pub slack: LatePolicy,
    pub teams: LatePolicy,
    pub task: LatePolicy,
    pub webhook: LatePolicy,
    pub others: LatePolicy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LatePolicy {
    Skip,
    Latest,
    All,
}

#[derive(Clone, Debug)]
pub struct Goal {
    pub when: Expression,
    pub hold_for: Span,
}

#[derive(Clone, Debug)]
pub struct Exit {
    pub id: Arc<str>,
    pub when: Expression,
    pub outcome: Outcome,
}

/// How an enrollment ended, for the measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Won,
    Lost,
    Neutral,
}

impl Outcome {
    pub fn as_str(self) -> &'static str {
        self.word()
    }
}

/// A rule of the playbook that holds or skips a send.
#[derive(Clone, Debug)]
pub struct Suppression {
    pub id: Arc<str>,
    pub cause: SuppressionCause,
    /// Empty: customer-facing email, slack and teams.
    pub channels: Vec<Kind>,
    pub mode: HoldOrSkip,
    /// Absent: `[late] grace`.
    pub max_hold: Option<Span>,
}

#[derive(Clone, Debug)]
pub enum SuppressionCause {
    When(Expression),
    /// Another playbook active on this account.
    InhibitedBy(Arc<str>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldOrSkip {
    Hold,
    Skip,
}

#[derive(Clone, Debug)]
pub struct Branch {
    pub id: Arc<str>,
    /// Absent: the default.
    pub when: Option<Expression>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BranchLock {
    AtEnrollment,
    EachStep,
}
