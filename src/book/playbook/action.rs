//! What a step or a level does, and for whom.

use std::sync::Arc;

use crate::book::keys::Choice;
use crate::book::template::TemplateId;
use crate::condition::{Expression, Value};
use crate::time::Span;

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

    /// What a suppression may hold.
    pub const SUPPRESSED: [Kind; 5] = [Kind::Email, Kind::Slack, Kind::Teams, Kind::Webhook, Kind::Task];

    /// What a level of the escalation may do.
    pub const LADDER: [Kind; 4] = [Kind::Task, Kind::Email, Kind::Slack, Kind::Teams];

    pub fn as_str(self) -> &'static str {
        self.word()
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
        self.word()
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
