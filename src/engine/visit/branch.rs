//! Branches that follow the account: `branch_lock = "each_step"`.

use std::sync::Arc;

use crate::book::playbook::{BranchLock, Playbook};
use crate::engine::admission::branch;
use crate::engine::enrollment::Enrollment;

use super::Turn;

impl Turn<'_> {
    /// Moves the first enrollment whose branch is another one by now. True when one moved.
    pub(super) fn rebranch(&mut self) -> bool {
        for (playbook, id) in self.active().into_iter().filter(|(playbook, _)| follows(playbook)) {
            let enrollment = self.enrollment(&id);
            let now = branch(&playbook, &self.facts_for(&playbook, enrollment));
            if let Some(now) = now.filter(|now| *now != enrollment.branch) {
                Arc::make_mut(&mut self.desk).enrollments.get_mut(&id).expect("an active enrollment").branch = now;
                self.changed_enrollment(&id);
                return true;
            }
        }
        false
    }

    /// Whether nobody can say which branch the account is on, so that its steps wait.
    pub(super) fn awaits_branch(&self, playbook: &Playbook, enrollment: &Enrollment) -> bool {
        follows(playbook) && branch(playbook, &self.facts_for(playbook, enrollment)).is_none()
    }
}

fn follows(playbook: &Playbook) -> bool {
    playbook.branch_lock == BranchLock::EachStep
}
