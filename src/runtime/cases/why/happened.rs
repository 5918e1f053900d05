//! Why a line happened that no test line expects.

use super::Moment;
use super::said::said;
use crate::book::describe::everyone;
use crate::book::playbook::{Action, Playbook, Suppression, SuppressionCause, Trigger};
use crate::condition::Truth;
use crate::engine::Reason;
use crate::engine::desk::{ApprovalState, Entry, EntryKind, EntryResult};
use crate::time::{Timestamp, local_date};

impl Moment {
    pub(super) fn happened(&self, entry: &Entry) -> String {
        let playbook = &*self.playbook;
        match (entry.kind, entry.result) {
            (EntryKind::Enroll, EntryResult::Done) => self.entered(entry),
            (EntryKind::Enroll, _) => obstacle(entry),
            (EntryKind::Step | EntryKind::Escalate, EntryResult::Held | EntryResult::Skipped) => self.stopped(entry),
            (EntryKind::Step, EntryResult::TimedOut) => format!("nothing came: {}", self.wait(entry)),
            (EntryKind::Step, EntryResult::Done) if self.is_wait(entry) => self.wait(entry),
            (EntryKind::Step, _) => match self.approved_at(entry) {
                Some(at) => format!("approved at {}", self.local(at)),
                None => self.due_of(entry),
            },
            (EntryKind::Escalate, _) => self.rung(entry, |level, from| match level.last_day {
                Some(last) => format!(
                    "`{}` is responsible from day {} to {last} of the ladder, {from}",
                    level.id, level.first_day
                ),
                None => format!("`{}` is responsible from day {} of the ladder, {from}", level.id, level.first_day),
            }),
            (EntryKind::Remind, _) => self.rung(entry, |level, _| match level.remind_every {
                Some(every) => format!("`remind_every = \"{every}\"`, and nobody has acknowledged it"),
                None => "nobody has acknowledged it".to_owned(),
            }),
            (EntryKind::Replan, _) => entry.detail.clone().unwrap_or_else(|| "its date has moved".to_owned()),
            (EntryKind::Approve, _) => "the test approves it".to_owned(),
            (EntryKind::Reply, _) => "the test has the customer reply".to_owned(),
            (EntryKind::Goal | EntryKind::Exit, _) => self.end(entry, playbook),
            (EntryKind::Deliver, _) => obstacle(entry),
        }
    }

    fn entered(&self, entry: &Entry) -> String {
        let way = match &self.playbook.trigger {
            Trigger::Date(trigger) => {
                let anchor = self.facts.account.date(&trigger.anchor, self.facts.now);
                let anchor = anchor.map_or_else(String::new, |anchor| format!(" {anchor}"));
                let sign = if trigger.offset.is_negative() { "" } else { "+" };
                format!("account.{}{anchor} {sign}{} has come", trigger.anchor, trigger.offset)
            }
            Trigger::Event(kind) => format!("the event {kind} has come"),
            Trigger::Schedule(schedule) => format!("the schedule `{}` has come", schedule.cron),
            Trigger::Condition => String::new(),
            Trigger::Manual => "it was put in".to_owned(),
        };
        let when = self.playbook.enroll.when.as_ref().map(|when| said(when, &self.facts));
        let branch = entry.step.as_deref().and_then(|step| step.strip_prefix("branch="));
        let branch = branch.and_then(|id| self.playbook.branches.iter().find(|own| &*own.id == id));
        let branch = branch.map(|own| match &own.when {
            Some(when) => format!("branch {}: {}", own.id, said(when, &self.facts)),
            None => format!("branch {}: no other fits", own.id),
        });
        let parts = [Some(way).filter(|way| !way.is_empty()), when, branch];
        match parts.into_iter().flatten().collect::<Vec<_>>() {
            none if none.is_empty() => "every account comes in".to_owned(),
            parts => parts.join("; "),
        }
    }

    /// Whom a step is for, as the playbook says it.
    pub(super) fn addressed(&self, entry: &Entry) -> Option<String> {
        let (_, step) = self.playbook.step(entry.step.as_deref()?)?;
        match &step.action {
            Action::Email(email) => Some(format!("it goes to {}", everyone(&email.to))),
            Action::Task(task) => Some(format!("it is for {}", everyone(std::slice::from_ref(&task.assignee)))),
            _ => None,
        }
    }

    /// What stands before a step, or has ended it.
    fn stopped(&self, entry: &Entry) -> String {
        let step = entry.step.as_deref().and_then(|id| self.playbook.step(id)).map(|(_, step)| step);
        let when = step.and_then(|step| step.when.as_ref());
        match entry.reason {
            Some(Reason::StepConditionFalse | Reason::ConditionUnknown | Reason::StaleFeed) if when.is_some() => {
                when.map(|when| said(when, &self.facts)).unwrap_or_default()
            }
            Some(Reason::Suppressed) => self.suppression(entry).unwrap_or_else(|| obstacle(entry)),
            Some(Reason::LateSkipped) => {
                let grace = self.playbook.late.grace;
                format!("{}, more than its grace of {grace} ago", self.due_of(entry))
            }
            Some(Reason::AwaitingApproval) => {
                let asked = step.and_then(|step| self.desk_approver(&step.id));
                format!("{} is asked first", asked.unwrap_or_else(|| "its approver".to_owned()))
            }
            _ => obstacle(entry),
        }
    }

    /// When a person said yes to the step.
    fn approved_at(&self, entry: &Entry) -> Option<Timestamp> {
        let mut own = self.desk.approvals.values().filter(|own| own.step.is_some() && own.step == entry.step);
        own.find_map(|approval| approval.decided_at.filter(|_| approval.state == ApprovalState::Approved))
    }

    fn desk_approver(&self, step: &str) -> Option<String> {
        let mut own = self.desk.approvals.values().filter(|own| own.step.as_deref() == Some(step));
        own.next_back().and_then(|approval| approval.approver.as_deref().map(str::to_owned))
    }

    /// The rule of the playbook that holds or skips it.
    fn suppression(&self, entry: &Entry) -> Option<String> {
        let stands = |rule: &&Suppression| match (&rule.cause, entry.detail.as_deref()) {
            (_, Some(named)) => *rule.id == *named,
            (SuppressionCause::When(when), None) => when.truth(&self.facts) != Truth::False,
            (SuppressionCause::InhibitedBy(_), None) => false,
        };
        let rule = self.playbook.suppressions.iter().find(stands)?;
        match &rule.cause {
            SuppressionCause::When(when) => Some(format!("suppress `{}`: {}", rule.id, said(when, &self.facts))),
            SuppressionCause::InhibitedBy(other) => Some(format!("suppress `{}`: {other} is active", rule.id)),
        }
    }

    fn due_of(&self, entry: &Entry) -> String {
        let place = entry.step.as_deref().and_then(|id| self.playbook.step(id)).map(|(place, _)| place);
        match (place, &self.enrollment) {
            (Some(place), Some(enrollment)) => self.due(place, enrollment),
            _ => obstacle(entry),
        }
    }

    fn is_wait(&self, entry: &Entry) -> bool {
        let step = entry.step.as_deref().and_then(|id| self.playbook.step(id));
        step.is_some_and(|(_, step)| matches!(step.action, Action::WaitFor(_)))
    }

    fn wait(&self, entry: &Entry) -> String {
        let step = entry.step.as_deref().and_then(|id| self.playbook.step(id)).map(|(_, step)| &step.action);
        match step {
            Some(Action::WaitFor(wait)) => said(&wait.until, &self.facts),
            _ => obstacle(entry),
        }
    }

    fn rung(&self, entry: &Entry, words: impl Fn(&crate::book::playbook::Level, &str) -> String) -> String {
        let ladder = self.playbook.escalation.as_ref();
        let level = ladder.and_then(|own| own.levels.iter().find(|level| entry.step.as_deref() == Some(&*level.id)));
        let began = self.enrollment.as_ref().map(|own| local_date(own.enrolled_at, &self.facts.zone));
        let from = began.map_or_else(String::new, |day| format!("enrolled {day}"));
        level.map_or_else(|| obstacle(entry), |level| words(level, &from))
    }

    fn end(&self, entry: &Entry, playbook: &Playbook) -> String {
        let exit = playbook.exits.iter().find(|exit| entry.step.as_deref() == Some(&*exit.id));
        match (entry.reason, &playbook.goal, exit) {
            (Some(Reason::GoalReached), Some(goal), _) => said(&goal.when, &self.facts),
            (Some(Reason::Exited), _, Some(exit)) => said(&exit.when, &self.facts),
            (Some(Reason::NeverPolicy), ..) => match &self.facts.world.book.policy.never {
                Some(never) => said(&never.when, &self.facts),
                None => obstacle(entry),
            },
            _ => obstacle(entry),
        }
    }
}

/// The reason in words, with the rule that gave it.
fn obstacle(entry: &Entry) -> String {
    match (entry.reason, &entry.detail) {
        (Some(reason), Some(detail)) => format!("{} ({detail})", reason.meaning()),
        (Some(reason), None) => reason.meaning().to_owned(),
        (None, Some(detail)) => detail.clone(),
        (None, None) => "no rule of the playbook says otherwise".to_owned(),
    }
}
