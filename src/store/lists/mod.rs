//! Lists for people and programs: enrollments, tasks, approvals, deliveries, in the shapes other programs rely on.

mod deliveries;
mod enrollments;
mod work;

pub use deliveries::{AttemptLine, DeliveryLine, DeliveryView};
pub use enrollments::{EnrollmentLine, NextStep};
pub use work::{ApprovalLine, ApprovalView, TaskLine, TaskView};

use crate::store::value::micros;
use crate::time::Timestamp;

/// Which lines to list; what is none is not asked for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub account: Option<String>,
    pub playbook: Option<String>,
    /// A state by its name.
    pub state: Option<String>,
    /// Whose tasks, or whose approvals.
    pub person: Option<String>,
    /// Only what was there at that instant.
    pub as_of: Option<Timestamp>,
    /// At most that many.
    pub limit: Option<i64>,
}

impl Filter {
    fn as_of(&self) -> Option<i64> {
        self.as_of.map(micros)
    }

    fn limit(&self) -> i64 {
        self.limit.unwrap_or(i64::MAX)
    }
}
