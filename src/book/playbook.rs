//! A compiled playbook: every name resolved, every condition typed. Nothing here needs checking again.

use std::sync::Arc;

use crate::book::calendar::Window;
use crate::book::template::TemplateId;
use crate::condition::{Expression, Value};
use crate::time::{Span, Time, TimeZone};

/// One playbook: who qualifies, what is done when, when it ends.
#[derive(Clone, Debug)]
pub struct Playbook {
    pub id: Arc<str>,
    pub title: String,
    /// Told when the playbook breaks; the last resort for work nobody else can take.
    pub owner: Recipient,
    pub status: Status,
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
    /// Hash of the file's text: the version that enrollments carry.
    pub version: Arc<str>,
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
        match self {
            Outcome::Won => "won",
            Outcome::Lost => "lost",
            Outcome::Neutral => "neutral",
        }
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

/// A place in the cadence.
#[derive(Clone, Debug)]
pub struct Step {
    pub id: Arc<str>,
    /// Empty: all branches.
    pub branches: Vec<Arc<str>>,
    /// False: skipped.
    pub when: Option<Expression>,
    pub timing: Timing,
    /// Local hour inside the window; absent: its opening.
    pub time: Option<Time>,
    /// Absent: the playbook's.
    pub send_window: Option<Window>,
    pub approve: Option<Approve>,
    pub action: Action,
}

impl Step {
    fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let until = match &self.action {
            Action::WaitFor(wait) => Some(&wait.until),
            _ => None,
        };
        let approve = self.approve.as_ref().and_then(|approve| approve.when.as_ref());
        self.when.iter().chain(until).chain(approve)
    }

    pub fn belongs_to(&self, branch: Option<&str>) -> bool {
        self.branches.is_empty() || branch.is_some_and(|branch| self.branches.iter().any(|own| &**own == branch))
    }
}

#[derive(Clone, Debug)]
pub enum Timing {
    /// `at = "anchor - 90d"`: from the date trigger's anchor.
    At(Span),
    /// `after = "x + 3bd"`; a bare `after = "x"` has no span.
    After(Base, Option<Span>),
}

/// What an `after` counts from. Steps are indexes into `Playbook::steps`, always earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    Enrolled,
    /// The instant the step ended.
    Step(usize),
    /// The completion of the step's task.
    Done(usize),
    /// The step above in the file that belongs to the branch; the first counts from the enrollment.
    Previous,
}

#[derive(Clone, Debug)]
pub struct Approve {
    pub by: Recipient,
    /// Absent: always.
    pub when: Option<Expression>,
    /// Absent: waits without end.
    pub within: Option<Span>,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Action {
    Email(EmailAction),
    Slack(ChatAction),
    Teams(ChatAction),
    Webhook(WebhookAction),
    Task(TaskAction),
    WaitFor(WaitFor),
    Set { field: Arc<str>, value: Value },
    Start { playbook: Arc<str> },
    Stop { playbook: Arc<str> },
}

/// The word for an action in files, timelines and tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Email,
    Slack,
    Teams,
    Webhook,
    Task,
    WaitFor,
    Set,
    Start,
    Stop,
}

impl Kind {
    pub const ALL: [Kind; 9] = [
        Kind::Email,
        Kind::Slack,
        Kind::Teams,
        Kind::Webhook,
        Kind::Task,
        Kind::WaitFor,
        Kind::Set,
        Kind::Start,
        Kind::Stop,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Email => "email",
            Kind::Slack => "slack",
            Kind::Teams => "teams",
            Kind::Webhook => "webhook",
            Kind::Task => "task",
            Kind::WaitFor => "wait_for",
            Kind::Set => "set",
            Kind::Start => "start",
            Kind::Stop => "stop",
        }
    }

    /// Whether it waits for the opening of the send window.
    pub fn respects_window(self) -> bool {
        !matches!(self, Kind::WaitFor | Kind::Set | Kind::Start | Kind::Stop)
    }
}

impl Action {
    pub fn kind(&self) -> Kind {
        match self {
            Action::Email(_) => Kind::Email,
            Action::Slack(_) => Kind::Slack,
            Action::Teams(_) => Kind::Teams,
            Action::Webhook(_) => Kind::Webhook,
            Action::Task(_) => Kind::Task,
            Action::WaitFor(_) => Kind::WaitFor,
            Action::Set { .. } => Kind::Set,
            Action::Start { .. } => Kind::Start,
            Action::Stop { .. } => Kind::Stop,
        }
    }
}

#[derive(Clone, Debug)]
pub struct EmailAction {
    pub to: Vec<Recipient>,
    pub cc: Vec<Recipient>,
    pub bcc: Vec<Recipient>,
    /// Absent: the sender of channels.toml.
    pub from: Option<Recipient>,
    pub template: TemplateId,
    pub fallback_to: Option<Recipient>,
    /// A channel of channels.toml's `[email.<name>]`.
    pub sender: Arc<str>,
}

#[derive(Clone, Debug)]
pub struct ChatAction {
    pub to: ChatTarget,
    pub template: TemplateId,
}

#[derive(Clone, Debug)]
pub enum ChatTarget {
    /// `#name`.
    Channel(Arc<str>),
    Person(Recipient),
}

#[derive(Clone, Debug)]
pub struct WebhookAction {
    /// A name of channels.toml.
    pub endpoint: Arc<str>,
    /// The JSON body; absent: the standard one (playbook, step, account).
    pub template: Option<TemplateId>,
}

#[derive(Clone, Debug)]
pub struct TaskAction {
    pub assignee: Recipient,
    pub title: TemplateId,
    pub priority: Priority,
    /// Counted from the task's creation; a local date.
    pub due: Option<Span>,
    pub checklist: Vec<TemplateId>,
    pub body: Option<TemplateId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    Low,
    Normal,
    High,
    Urgent,
}

impl Priority {
    pub fn as_str(self) -> &'static str {
        match self {
            Priority::Low => "low",
            Priority::Normal => "normal",
            Priority::High => "high",
            Priority::Urgent => "urgent",
        }
    }
}

#[derive(Clone, Debug)]
pub struct WaitFor {
    pub until: Expression,
    /// Absent: waits without end.
    pub timeout: Option<Span>,
    pub on_timeout: OnTimeout,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnTimeout {
    Next,
    Exit,
    /// A later step; the ones between are skipped.
    Goto(usize),
}

/// Who gets a message or a task. Resolved for an account when the step runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// The active contact with that persona, the last by contact id if several.
    Contact(Arc<str>),
    /// Every active contact with that persona.
    Contacts(Arc<str>),
    EventContact,
    /// A field of the account: a person, or a text that holds an address.
    Account(Arc<str>),
    /// The manager of the person in a field of the account: `account.owner.manager`.
    ManagerOf(Arc<str>),
    /// A person id of people.toml.
    Person(Arc<str>),
    Role(Arc<str>),
    /// The member with the fewest open tasks.
    Team(Arc<str>),
    /// A plain address.
    Address(Arc<str>),
}

/// The ladder: who is responsible from which day.
#[derive(Clone, Debug)]
pub struct Escalation {
    pub starts: Base,
    pub clock: EscalationClock,
    pub stop_when: Option<Expression>,
    pub fallback: Option<Recipient>,
    /// In the order of their first days.
    pub levels: Vec<Level>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EscalationClock {
    Business,
    Calendar,
}

#[derive(Clone, Debug)]
pub struct Level {
    pub id: Arc<str>,
    /// Counted from 1, the local date of `starts`.
    pub first_day: u32,
    /// Absent: without end.
    pub last_day: Option<u32>,
    pub assignee: Recipient,
    /// A task, or a message to the assignee.
    pub action: Action,
    pub acknowledge_within: Option<Span>,
    pub remind_every: Option<Span>,
    pub max_reminders: u32,
    /// Goes straight to this level.
    pub jump_when: Option<Expression>,
    /// Goes one level down.
    pub step_down_when: Option<Expression>,
}

impl Escalation {
    fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let levels = self.levels.iter().flat_map(|level| level.jump_when.iter().chain(&level.step_down_when));
        self.stop_when.iter().chain(levels)
    }
}
