//! An enrollment: one account going through one version of one playbook, and what became of its steps.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::book::playbook::Outcome;
use crate::time::{Date, Timestamp};

use super::Reason;
use super::desk::ApprovalState;

/// What the entry keys of shadow enrollments begin with: the same key is free for the playbook once it is live.
pub const SHADOW: &str = "shadow:";

/// One account in one playbook. What is not yet decided is not stored: the plan of the coming steps is computed from
/// the playbook, so that a moved anchor or a changed calendar moves them.
#[derive(Clone, Debug, PartialEq)]
pub struct Enrollment {
    pub id: Arc<str>,
    pub account: Arc<str>,
    pub playbook: Arc<str>,
    /// The version of the playbook it goes through.
    pub version: Arc<str>,
    /// What makes this entry one of its kind: unique with playbook and account.
    pub entry_key: Arc<str>,
    pub state: EnrollmentState,
    /// Why it does not begin, or never did; none once it has begun.
    pub park: Option<Park>,
    pub branch: Option<Arc<str>>,
    /// The anchor date the steps are planned from, for a date trigger.
    pub anchor: Option<Date>,
    /// The event that started it.
    pub event: Option<Arc<str>>,
    pub enrolled_at: Timestamp,
    pub ended: Option<End>,
    /// Since when the goal has been true without a break, while its `for` runs.
    pub goal_since: Option<Timestamp>,
    pub replied: bool,
    /// Decided and begun steps by id; escalation levels as `level:<id>`.
    pub steps: BTreeMap<Arc<str>, StepRun>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnrollmentState {
    /// `for` still runs.
    Pending,
    /// Waits for approval because a limit was reached.
    Parked,
    Active,
    Ended,
}

/// An account that came when too many had: it waits for a person's answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Park {
    pub reason: Reason,
    /// The approval that covers it with all others of its day.
    pub question: Arc<str>,
    /// What the person said, approved or rejected.
    pub answer: Option<ApprovalState>,
}

/// How an enrollment ended.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    pub at: Timestamp,
    pub outcome: Outcome,
    pub reason: Reason,
    /// The exit's id, when it was one.
    pub exit: Option<Arc<str>>,
}

impl End {
    /// Whether the anchor moved and the playbook is to begin anew from it.
    pub fn is_restart(&self) -> bool {
        self.reason == Reason::Superseded && self.exit.is_none()
    }
}

/// What became of one step.
#[derive(Clone, Debug, PartialEq)]
pub struct StepRun {
    pub state: StepState,
    /// When it was to run, window applied.
    pub due: Timestamp,
    /// When it was first held, began to wait, or was decided.
    pub since: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub reason: Option<Reason>,
    /// How many reminders an escalation level has sent.
    pub reminders: i64,
}

/// A step that is not in the table is planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// It was held, and a moved anchor has planned it anew.
    Planned,
    /// Its time has come, something holds it.
    Held,
    /// A person is asked.
    Approving,
    /// Approved; a hold or the window may still stand before it.
    Approved,
    /// A `wait_for` that has begun.
    Waiting,
    Done,
    Skipped,
    /// A `wait_for` whose timeout came first.
    TimedOut,
    Failed,
    Cancelled,
}

impl StepState {
    pub const ALL: [StepState; 10] = [
        StepState::Planned,
        StepState::Held,
        StepState::Approving,
        StepState::Approved,
        StepState::Waiting,
        StepState::Done,
        StepState::Skipped,
        StepState::TimedOut,
        StepState::Failed,
        StepState::Cancelled,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            StepState::Planned => "planned",
            StepState::Held => "held",
            StepState::Approving => "approving",
            StepState::Approved => "approved",
            StepState::Waiting => "waiting",
            StepState::Done => "done",
            StepState::Skipped => "skipped",
            StepState::TimedOut => "timed_out",
            StepState::Failed => "failed",
            StepState::Cancelled => "cancelled",
        }
    }

    pub fn parse(text: &str) -> Option<StepState> {
        StepState::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether nothing more happens to the step.
    pub fn is_decided(self) -> bool {
        matches!(
            self,
            StepState::Done | StepState::Skipped | StepState::TimedOut | StepState::Failed | StepState::Cancelled
        )
    }
}

impl EnrollmentState {
    pub const ALL: [EnrollmentState; 4] =
        [EnrollmentState::Pending, EnrollmentState::Parked, EnrollmentState::Active, EnrollmentState::Ended];

    pub fn as_str(self) -> &'static str {
        match self {
            EnrollmentState::Pending => "pending",
            EnrollmentState::Parked => "parked",
            EnrollmentState::Active => "active",
            EnrollmentState::Ended => "ended",
        }
    }

    pub fn parse(text: &str) -> Option<EnrollmentState> {
        EnrollmentState::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

impl Enrollment {
    pub fn is_active(&self) -> bool {
        self.state == EnrollmentState::Active
    }

    /// Whether the account is in the playbook, or stands before its door.
    pub fn is_open(&self) -> bool {
        matches!(self.state, EnrollmentState::Active | EnrollmentState::Parked)
    }

    /// What became of a step so far; none while it is only planned.
    pub fn begun(&self, step: &str) -> Option<&StepRun> {
        self.steps.get(step).filter(|run| run.state != StepState::Planned)
    }

    /// When the step ended, if it has.
    pub fn step_ended_at(&self, step: &str) -> Option<Timestamp> {
        self.steps.get(step).and_then(|run| run.ended_at)
    }

    /// Whether it is the playbook's entry of that key.
    pub fn has_key(&self, playbook: &str, key: &str) -> bool {
        &*self.playbook == playbook && &*self.entry_key == key
    }

    /// Whether it began in a playbook of status shadow: it is recorded and, outside of it, as if it were not there.
    pub fn is_shadow(&self) -> bool {
        self.entry_key.starts_with(SHADOW)
    }

    /// A held-out account has a record and no steps; it does not count as enrolled.
    pub fn is_holdout(&self) -> bool {
        self.ended.as_ref().is_some_and(|end| end.reason == Reason::Holdout)
    }

    /// Whether it counts as enrolled: neither left alone on purpose nor waiting, or ended, before the door.
    pub fn has_begun(&self) -> bool {
        !self.is_holdout() && self.park.is_none()
    }
}
