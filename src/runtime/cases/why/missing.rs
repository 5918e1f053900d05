//! Why an expected line did not happen, nor anything like it.

use super::super::compare::Parts;
use super::Moment;
use super::said::said;
use crate::engine::desk::ApprovalState;
use crate::engine::enrollment::Enrollment;
use crate::engine::visit::level_key;

impl Moment {
    pub(in crate::runtime::cases) fn missing(&self, expected: &Parts) -> String {
        let Some(enrollment) = &self.enrollment else { return self.refused() };
        match &*expected.what {
            "enroll" if enrollment.ended.is_none() => {
                format!("it is in the playbook already, since {}", self.local(enrollment.enrolled_at))
            }
            "enroll" => self.refused(),
            "goal" => self
                .playbook
                .goal
                .as_ref()
                .map_or_else(|| "the playbook has no [goal]".to_owned(), |goal| said(&goal.when, &self.facts)),
            "exit" if enrollment.ended.is_none() => self.exit(&expected.id, enrollment),
            "replan" => "no date of the plan has moved".to_owned(),
            _ => self.ended(enrollment).unwrap_or_else(|| self.step(expected, enrollment)),
        }
    }

    fn ended(&self, enrollment: &Enrollment) -> Option<String> {
        let end = enrollment.ended.as_ref()?;
        let how = end.exit.as_deref().unwrap_or(end.reason.as_str());
        Some(format!("the enrollment ended at {} ({how})", self.local(end.at)))
    }

    fn exit(&self, id: &str, enrollment: &Enrollment) -> String {
        if let Some(exit) = self.playbook.exits.iter().find(|exit| &*exit.id == id) {
            return said(&exit.when, &self.facts);
        }
        let open = self.playbook.steps_of(enrollment.branch.as_deref());
        let open = open.filter(|(_, step)| enrollment.steps.get(&step.id).is_none_or(|run| !run.state.is_decided()));
        let open: Vec<String> = open.map(|(_, step)| format!("`{}`", step.id)).collect();
        match (id, open.is_empty()) {
            ("completed", false) => format!("not everything is decided: {} is to come", open.join(", ")),
            ("completed", true) => "the ladder goes on".to_owned(),
            _ => "nothing has ended it".to_owned(),
        }
    }

    fn step(&self, expected: &Parts, enrollment: &Enrollment) -> String {
        let Some((place, step)) = self.playbook.step(&expected.id) else { return self.level(expected, enrollment) };
        let branch = enrollment.branch.as_deref();
        if !step.belongs_to(branch) {
            let taken = branch.unwrap_or("none");
            return format!(
                "`{}` is of the branch {}, the account takes {taken}",
                step.id,
                step.branches.join(" and ")
            );
        }
        match (&*expected.what, enrollment.begun(&step.id)) {
            ("approve", run) => self.unapproved(&step.id).unwrap_or_else(|| match run {
                Some(run) => self.stands(&step.id, run),
                None => self.due(place, enrollment),
            }),
            ("reply", _) => "nobody replies: write a [[test.change]] with `reply`".to_owned(),
            ("deliver", _) => "the channel took it: write a [[test.change]] with `deliver`".to_owned(),
            (_, Some(run)) => format!("{} since {}", self.stands(&step.id, run), self.local(run.since)),
            (_, None) => self.due(place, enrollment),
        }
    }

    /// How the question about the step stands, if it was asked.
    fn unapproved(&self, step: &str) -> Option<String> {
        let asked = self.desk.approvals.values().find(|own| own.step.as_deref() == Some(step))?;
        Some(match asked.state {
            ApprovalState::Waiting => {
                format!("nobody approves it: write a [[test.change]] with `approve = \"{step}\"`")
            }
            state => format!("its approval is {}", state.as_str()),
        })
    }

    fn level(&self, expected: &Parts, enrollment: &Enrollment) -> String {
        let mut levels = self.playbook.escalation.iter().flat_map(|ladder| &ladder.levels);
        let Some(level) = levels.clone().find(|level| *level.id == *expected.id) else {
            return "the playbook has no such step".to_owned();
        };
        let acted = levels.rfind(|own| enrollment.begun(&level_key(&own.id)).is_some());
        match acted {
            Some(now) if now.id == level.id => format!("`{}` has acted and nothing more is due", level.id),
            Some(now) => format!("the ladder is at `{}`; `{}` begins on day {}", now.id, level.id, level.first_day),
            None => format!("the ladder has not begun; `{}` begins on day {}", level.id, level.first_day),
        }
    }
}
