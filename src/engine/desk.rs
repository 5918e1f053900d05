//! The desk of one account: everything our side has open or has done there. The engine reads it, works on a copy, and
//! says what changed; the store keeps it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::book::playbook::{Kind, Playbook, Priority, Status};
use crate::condition::{Truth, Value};
use crate::portfolio::{OpenTask, Run, Stay, Work};
use crate::time::{Date, Timestamp};

use super::Reason;
use super::delivery::{DeliveryState, Message};
use super::enrollment::Enrollment;
use super::notice::Notice;
use super::turnout::Arrival;

pub use super::entry::{Entry, EntryKind, EntryResult};

#[derive(Clone, Debug, Default)]
pub struct Desk {
    /// All enrollments ever, by id; the steps of ended ones need not be there.
    pub enrollments: BTreeMap<Arc<str>, Enrollment>,
    pub tasks: BTreeMap<Arc<str>, Task>,
    pub approvals: BTreeMap<Arc<str>, Approval>,
    /// Deliveries that can still count for a cap or a plan, by id.
    pub sends: BTreeMap<Arc<str>, Send>,
    /// What is known of `when` per playbook.
    pub conditions: BTreeMap<Arc<str>, ConditionState>,
}

/// Work for a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    pub id: Arc<str>,
    pub enrollment: Arc<str>,
    pub playbook: Arc<str>,
    pub step: Arc<str>,
    pub assignee: Option<Arc<str>>,
    pub title: String,
    /// Markdown.
    pub body: Option<String>,
    pub priority: Priority,
    pub state: TaskState,
    /// A local date; overdue from the next local midnight.
    pub due: Option<Date>,
    pub created_at: Timestamp,
    pub acknowledged_at: Option<Timestamp>,
    pub done_at: Option<Timestamp>,
    pub snoozed_until: Option<Timestamp>,
    pub checklist: Vec<CheckItem>,
}

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct CheckItem {
    pub text: String,
    pub done: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskState {
    Open,
    Acknowledged,
    Snoozed,
    Done,
    Cancelled,
}

impl TaskState {
    pub const ALL: [TaskState; 5] =
        [TaskState::Open, TaskState::Acknowledged, TaskState::Snoozed, TaskState::Done, TaskState::Cancelled];

    pub fn as_str(self) -> &'static str {
        match self {
            TaskState::Open => "open",
            TaskState::Acknowledged => "acknowledged",
            TaskState::Snoozed => "snoozed",
            TaskState::Done => "done",
            TaskState::Cancelled => "cancelled",
        }
    }

    pub fn parse(text: &str) -> Option<TaskState> {
        TaskState::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether somebody still has to do it.
    pub fn is_open(self) -> bool {
        !matches!(self, TaskState::Done | TaskState::Cancelled)
    }
}

/// A question to a person whose answer a step waits for.
#[derive(Clone, Debug, PartialEq)]
pub struct Approval {
    pub id: Arc<str>,
    pub kind: ApprovalKind,
    pub enrollment: Arc<str>,
    pub playbook: Arc<str>,
    pub step: Option<Arc<str>>,
    pub approver: Option<Arc<str>>,
    pub asked_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub state: ApprovalState,
    pub decided_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApprovalKind {
    Step,
    Enrollments,
    Reload,
}

impl ApprovalKind {
    pub const ALL: [ApprovalKind; 3] = [ApprovalKind::Step, ApprovalKind::Enrollments, ApprovalKind::Reload];

    pub fn as_str(self) -> &'static str {
        match self {
            ApprovalKind::Step => "step",
            ApprovalKind::Enrollments => "enrollments",
            ApprovalKind::Reload => "reload",
        }
    }

    pub fn parse(text: &str) -> Option<ApprovalKind> {
        ApprovalKind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApprovalState {
    Waiting,
    Approved,
    Rejected,
    Expired,
}

impl ApprovalState {
    pub const ALL: [ApprovalState; 4] =
        [ApprovalState::Waiting, ApprovalState::Approved, ApprovalState::Rejected, ApprovalState::Expired];

    pub fn as_str(self) -> &'static str {
        match self {
            ApprovalState::Waiting => "waiting",
            ApprovalState::Approved => "approved",
            ApprovalState::Rejected => "rejected",
            ApprovalState::Expired => "expired",
        }
    }

    pub fn parse(text: &str) -> Option<ApprovalState> {
        ApprovalState::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A delivery as the engine sees it: enough for caps.
#[derive(Clone, Debug, PartialEq)]
pub struct Send {
    pub id: Arc<str>,
    pub enrollment: Arc<str>,
    pub step: Arc<str>,
    pub channel: Kind,
    /// The contact it goes to; none for our own people and for channels.
    pub contact: Option<Arc<str>>,
    pub class: Arc<str>,
    pub state: DeliveryState,
    /// Why it is held, suppressed or cancelled.
    pub reason: Option<Reason>,
    /// When it was handed to the outbox.
    pub queued_at: Timestamp,
    pub sent_at: Option<Timestamp>,
}

/// A delivery that has just been decided: the row the outbox begins with.
#[derive(Clone, Debug)]
pub struct NewDelivery {
    pub id: Arc<str>,
    pub enrollment: Arc<str>,
    pub playbook: Arc<str>,
    pub step: Arc<str>,
    pub occurrence: i64,
    pub channel: Kind,
    pub contact: Option<Arc<str>>,
    /// As shown: an address, a channel, an endpoint.
    pub to: String,
    pub subject: Option<String>,
    pub class: Arc<str>,
    pub due_at: Timestamp,
    /// After it, it is not sent any more.
    pub not_after: Timestamp,
    pub message: Message,
}

/// What is known of a playbook's `when` on this account, from one look to the next.
#[derive(Clone, Debug, PartialEq)]
pub struct ConditionState {
    pub truth: Truth,
    /// Since when that truth has stood.
    pub since: Timestamp,
    /// Since when it has been true, less the time it was unknown: what `for` counts. None while it is false.
    pub true_since: Option<Timestamp>,
    /// When it was last known to be false.
    pub false_at: Option<Timestamp>,
    /// When `rearm` was last known to be true.
    pub rearmed_at: Option<Timestamp>,
    /// What was already true when the playbook first went live on a database that held the account: entering for
    /// it is a backfill. The key for a date trigger, `true` for a condition.
    pub baseline: Option<Arc<str>>,
    /// What an event or schedule trigger has looked at: ids of recent events, the last instant of a schedule.
    pub seen: Vec<Arc<str>>,
}

/// What one look at an account writes, in one transaction.
#[derive(Clone, Debug)]
pub enum Change {
    /// The enrollment as it is now, without its steps.
    Enrollment(Arc<str>),
    /// A step of an enrollment as it is now.
    Step {
        enrollment: Arc<str>,
        step: Arc<str>,
    },
    Task(Arc<str>),
    Approval(Arc<str>),
    Delivery(Box<NewDelivery>),
    /// Queued and held deliveries of an ended enrollment.
    CancelDeliveries {
        enrollment: Arc<str>,
        reason: Reason,
    },
    /// A delivery that nobody has in hand yet goes to another state: it may not go out, or may again.
    Recall {
        delivery: Arc<str>,
        state: DeliveryState,
        reason: Option<Reason>,
    },
    Condition(Arc<str>),
    /// A field set by a step.
    Field {
        field: Arc<str>,
        value: Value,
    },
    /// Health of the local day.
    Health {
        day: Date,
        health: crate::portfolio::Health,
    },
    History(Entry),
    /// One more for the count of a playbook's day.
    Arrival(Arrival),
    /// Somebody of ours must know.
    Notice(Notice),
}

/// An enrollment and its next planned step, with when it is due; no step when nothing is planned.
pub type Next = (Arc<str>, Option<(Arc<str>, Timestamp)>);

impl Desk {
    pub fn active(&self) -> impl Iterator<Item = &Enrollment> {
        self.enrollments.values().filter(|enrollment| enrollment.is_active())
    }

    /// The active ones, and those that are parked.
    pub fn open(&self) -> impl Iterator<Item = &Enrollment> {
        self.enrollments.values().filter(|enrollment| enrollment.is_open())
    }

    /// The enrollments of one playbook that count as such, oldest first; holdouts and what was parked and never began are
    /// not among them.
    pub fn of_playbook(&self, playbook: &Playbook) -> Vec<&Enrollment> {
        let mut own = self.entries_of(playbook);
        own.retain(|enrollment| enrollment.has_begun());
        own
    }

    /// Every record of one playbook, oldest first, holdouts among them: what re-entry looks at, so that an account
    /// that is left alone is counted as often as it would have been enrolled. What a playbook recorded while it was in
    /// shadow counts only while it still is.
    pub fn entries_of(&self, playbook: &Playbook) -> Vec<&Enrollment> {
        let is_shadow = playbook.status == Status::Shadow;
        let counts = |own: &&Enrollment| own.playbook == playbook.id && (is_shadow || !own.is_shadow());
        let mut own: Vec<&Enrollment> = self.enrollments.values().filter(counts).collect();
        own.sort_by_key(|enrollment| (enrollment.enrolled_at, enrollment.id.clone()));
        own
    }

    /// The task a step or a level of an enrollment made, the latest if several.
    pub fn task_of(&self, enrollment: &str, step: &str) -> Option<&Task> {
        let own = self.tasks.values().filter(|task| &*task.enrollment == enrollment && &*task.step == step);
        own.max_by_key(|task| (task.created_at, task.id.clone()))
    }

    /// What conditions may see of one enrollment.
    pub fn run_of(&self, enrollment: &Enrollment) -> Run {
        let decided = enrollment.steps.iter().filter(|(_, run)| run.state.is_decided());
        let tasks = self.tasks.values().filter(|task| task.enrollment == enrollment.id);
        Run {
            enrolled_at: enrollment.enrolled_at,
            branch: enrollment.branch.clone(),
            replied: enrollment.replied,
            outcomes: decided.map(|(step, run)| (step.clone(), Arc::from(run.state.as_str()))).collect(),
            tasks_done: tasks.filter(|task| task.done_at.is_some()).map(|task| task.step.clone()).collect(),
        }
    }

    /// What conditions may see of the desk.
    pub fn work(&self) -> Work {
        let counts = |own: &&Enrollment| own.has_begun() && !own.is_shadow();
        let stays = self.enrollments.values().filter(counts).map(|own| Stay {
            playbook: own.playbook.clone(),
            from: own.enrolled_at,
            until: own.ended.as_ref().map(|end| end.at),
        });
        let tasks = self.tasks.values().map(|task| OpenTask {
            playbook: task.playbook.clone(),
            from: task.created_at,
            until: if task.state == TaskState::Cancelled { Some(task.created_at) } else { task.done_at },
        });
        let mails = self.sends.values().filter(|send| send.channel == Kind::Email && send.contact.is_some());
        let mut mails: Vec<Timestamp> = mails.filter_map(|send| send.sent_at).collect();
        mails.sort();
        Work { enrollments: stays.collect(), tasks: tasks.collect(), mails }
    }
}
