//! What our side has done and is doing on an account, as conditions see it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::time::Timestamp;

/// Other work on the account.
#[derive(Clone, Debug, Default)]
pub struct Work {
    pub enrollments: Vec<Stay>,
    pub tasks: Vec<OpenTask>,
    /// When mail to a contact was sent, oldest first.
    pub mails: Vec<Timestamp>,
}

/// One enrollment: which playbook, from when to when.
#[derive(Clone, Debug)]
pub struct Stay {
    pub playbook: Arc<str>,
    pub from: Timestamp,
    pub until: Option<Timestamp>,
}

/// One task: of which playbook, from when to when it was open.
#[derive(Clone, Debug)]
pub struct OpenTask {
    pub playbook: Arc<str>,
    pub from: Timestamp,
    pub until: Option<Timestamp>,
}

/// The enrollment a condition is asked for.
#[derive(Clone, Debug, Default)]
pub struct Run {
    pub enrolled_at: Timestamp,
    pub branch: Option<Arc<str>>,
    pub replied: bool,
    /// Step to how it ended: `done`, `skipped`, `failed`, `timed_out`, `cancelled`.
    pub outcomes: BTreeMap<Arc<str>, Arc<str>>,
    /// Steps whose task is done.
    pub tasks_done: Vec<Arc<str>>,
}
