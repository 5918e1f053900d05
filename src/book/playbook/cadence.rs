//! What is done when: the steps, and the ladder beside them.

use std::sync::Arc;

use super::{Action, Recipient};
use crate::book::calendar::Window;
use crate::condition::Expression;
use crate::time::{Span, Time};

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
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
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

/// How a delivery that failed for now is tried again. There is one way so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    Default,
}

#[derive(Clone, Debug)]
pub struct Approve {
    pub by: Recipient,
    /// Absent: always.
    pub when: Option<Expression>,
    /// Absent: waits without end.
    pub within: Option<Span>,
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
    pub(super) fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let levels = self.levels.iter().flat_map(|level| level.jump_when.iter().chain(&level.step_down_when));
        self.stop_when.iter().chain(levels)
    }
}
