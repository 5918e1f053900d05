//! The lines of the timeline: what happened, as it is stored, printed and compared in tests.

use std::sync::Arc;

use crate::book::playbook::Kind;
use crate::time::Timestamp;

use super::Reason;

/// One line of the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub at: Timestamp,
    /// The zone its local time is printed in.
    pub zone: Arc<str>,
    pub account: Arc<str>,
    pub playbook: Arc<str>,
    pub version: Arc<str>,
    pub enrollment: Option<Arc<str>>,
    pub kind: EntryKind,
    /// The id printed: a step, a level, `branch=x`, an outcome, an exit; `enroll` for an enrollment that is parked.
    pub step: Option<Arc<str>>,
    pub action: Option<Kind>,
    pub to: Option<String>,
    pub result: EntryResult,
    pub reason: Option<Reason>,
    pub detail: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    Enroll,
    Step,
    Escalate,
    Remind,
    Replan,
    Approve,
    Reply,
    Goal,
    Exit,
    Deliver,
}

impl EntryKind {
    pub const ALL: [EntryKind; 10] = [
        EntryKind::Enroll,
        EntryKind::Step,
        EntryKind::Escalate,
        EntryKind::Remind,
        EntryKind::Replan,
        EntryKind::Approve,
        EntryKind::Reply,
        EntryKind::Goal,
        EntryKind::Exit,
        EntryKind::Deliver,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            EntryKind::Enroll => "enroll",
            EntryKind::Step => "step",
            EntryKind::Escalate => "escalate",
            EntryKind::Remind => "remind",
            EntryKind::Replan => "replan",
            EntryKind::Approve => "approve",
            EntryKind::Reply => "reply",
            EntryKind::Goal => "goal",
            EntryKind::Exit => "exit",
            EntryKind::Deliver => "deliver",
        }
    }

    pub fn parse(text: &str) -> Option<EntryKind> {
        EntryKind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryResult {
    Done,
    Skipped,
    Held,
    Waiting,
    Failed,
    TimedOut,
}

impl EntryResult {
    pub const ALL: [EntryResult; 6] = [
        EntryResult::Done,
        EntryResult::Skipped,
        EntryResult::Held,
        EntryResult::Waiting,
        EntryResult::Failed,
        EntryResult::TimedOut,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            EntryResult::Done => "done",
            EntryResult::Skipped => "skipped",
            EntryResult::Held => "held",
            EntryResult::Waiting => "waiting",
            EntryResult::Failed => "failed",
            EntryResult::TimedOut => "timed_out",
        }
    }

    pub fn parse(text: &str) -> Option<EntryResult> {
        EntryResult::ALL.into_iter().find(|result| result.as_str() == text)
    }
}

impl Entry {
    /// The word printed for what happened: the kind; for a step its action, or `hold`/`skip`; `hold` for an
    /// enrollment that is parked.
    pub fn what(&self) -> &'static str {
        match (self.kind, self.result) {
            (EntryKind::Step | EntryKind::Escalate | EntryKind::Enroll, EntryResult::Held) => "hold",
            (EntryKind::Step | EntryKind::Escalate, EntryResult::Skipped) => "skip",
            (EntryKind::Step, _) => self.action.map_or("step", Kind::as_str),
            (kind, _) => kind.as_str(),
        }
    }
}
