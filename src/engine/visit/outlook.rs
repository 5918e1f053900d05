//! What stands before a step of an enrollment now, and when that may change: asked of the code that runs it, with nothing
//! written.

use crate::book::playbook::{HoldOrSkip, Playbook, Status, Timing};
use crate::condition::{Trace, Truth};
use crate::engine::Reason;
use crate::engine::admission::unknown_because;
use crate::engine::enrollment::{StepRun, StepState};
use crate::engine::matching::next_flip;
use crate::engine::plan::{self, Due};
use crate::engine::quiet;
use crate::engine::suppression::{Obstacle, capped, counted, suppressed};
use crate::id;
use crate::portfolio::Facts;
use crate::time::{Timestamp, utc_text};

use super::advance::{Gate, is_customer_facing};
use super::approval::must_ask;
use super::cue::Cue;
use super::prepare::Prepared;
use super::{Input, Turn};

/// How it stands with a step that is not over.
#[derive(Debug)]
pub struct Outlook {
    pub due: Due,
    /// The instant its `after` counts from.
    pub counted_from: Option<Timestamp>,
    /// What its `when` says now.
    pub when: Option<Trace>,
    /// Everything that would keep it from running now, in the order in which it is asked.
    pub obstacles: Vec<Standing>,
    /// When something of this may change by time alone.
    pub next: Option<Timestamp>,
}

/// Something that stands before a step, or before its message to one addressee.
#[derive(Clone, Debug)]
pub struct Standing {
    pub to: Option<String>,
    pub obstacle: Obstacle,
}

/// Looks at one step of an enrollment of the account. None when it has no such enrollment.
pub fn outlook(input: Input<'_>, playbook: &Playbook, enrollment: &str, place: usize) -> Option<Outlook> {
    let turn = Turn::new(input);
    let own = turn.desk.enrollments.get(enrollment)?;
    let (id, facts) = (own.id.clone(), turn.facts_for(playbook, own));
    let step = &playbook.steps[place];
    let due = plan::due(playbook, place, own, &turn.desk, &facts);
    let begun = own.begun(&step.id);
    let at = match (begun, due) {
        (Some(run), _) => run.due,
        (None, Due::At(at)) => at,
        (None, _) => turn.now,
    };
    let cue = Cue { playbook, enrollment: &id, place, facts: &facts, due: at };
    let counted_from = match step.timing {
        Timing::At(_) => None,
        Timing::After(base, _) => match plan::base_instant(playbook, place, base, own, &turn.desk) {
            Due::At(at) => Some(at),
            Due::Later | Due::Never => None,
        },
    };
    Some(Outlook {
        due,
        counted_from,
        when: step.when.as_ref().map(|when| when.trace(&facts)),
        obstacles: turn.obstacles(&cue, begun, matches!(due, Due::At(_))),
        next: turn.next_for(&cue, due),
    })
}

impl Turn<'_> {
    fn obstacles(&self, cue: &Cue, begun: Option<&StepRun>, has_come: bool) -> Vec<Standing> {
        let mut standing: Vec<Obstacle> = self.before_its_turn(cue, begun).collect();
        standing.extend(self.before_rendering(cue));
        let (step, facts) = (cue.step(), cue.facts);
        let gate = self.prepare(cue.playbook, cue.enrollment, &step.id, &step.action, facts);
        let mut per_message = Vec::new();
        match gate {
            Gate::Skip(reason) => standing.push(skips(reason, "to")),
            Gate::Hold(obstacle) => standing.push(obstacle),
            Gate::Go(Prepared::Messages(messages)) => {
                for message in &messages {
                    let Some(contact) = &message.contact else { continue };
                    let cap = capped(message.channel, &message.class, contact, facts, &self.desk);
                    let cap = cap.map(|cap| self.with_what_fills_it(cap, contact, facts));
                    let found = cap.into_iter().chain(quiet::outside(contact, cue.playbook, facts));
                    per_message.extend(found.map(|obstacle| Standing { to: Some(message.to.clone()), obstacle }));
                }
            }
            Gate::Go(_) | Gate::Ask => {}
        }
        standing.extend(self.question_asked(cue));
        standing.extend(self.closed_window(cue).filter(|_| cue.due <= self.now && has_come));
        let alone = standing.into_iter().map(|obstacle| Standing { to: None, obstacle });
        alone.chain(per_message).collect()
    }

    /// The cap with the sends that use it up.
    fn with_what_fills_it(&self, cap: Obstacle, contact: &str, facts: &Facts) -> Obstacle {
        let Some(rule) = facts.world.book.policy.caps.iter().find(|own| own.id == cap.rule) else { return cap };
        let filled = counted(rule, contact, facts, &self.desk).into_iter().map(|(at, send)| {
            let playbook = self.desk.enrollments.get(&send.enrollment).map_or("?", |own| &own.playbook);
            format!("{} of {playbook} at {}", send.step, utc_text(at))
        });
        let filled: Vec<String> = filled.collect();
        Obstacle { rule: format!("cap {}, used up by {}", cap.rule, filled.join(" and ")).into(), ..cap }
    }

    /// What is asked before the step itself: its playbook's status, its branch, whether it comes too late.
    fn before_its_turn(&self, cue: &Cue, begun: Option<&StepRun>) -> impl Iterator<Item = Obstacle> {
        let paused = cue.playbook.status == Status::Paused;
        let paused = paused.then(|| Obstacle::hold(Reason::Paused, "status = \"paused\""));
        let branch = self.awaits_branch(cue.playbook, self.enrollment(cue.enrollment));
        let branch = branch.then(|| Obstacle::hold(Reason::ConditionUnknown, "nobody can say which branch it is on"));
        let is_late = begun.is_none() && self.is_late(cue) && self.is_late(&cue.since(self.readers_due(cue)));
        let late = is_late.then(|| skips(Reason::LateSkipped, "[late]"));
        let shadow = cue.playbook.status == Status::Shadow;
        let shadow = shadow.then(|| skips(Reason::Shadow, "status = \"shadow\""));
        [paused, branch, late, shadow].into_iter().flatten()
    }

    /// What is asked before anything is addressed or rendered: the step's `when`, suppressions, an unanswered reply.
    fn before_rendering(&self, cue: &Cue) -> impl Iterator<Item = Obstacle> {
        let (step, facts) = (cue.step(), cue.facts);
        let when = match step.when.as_ref().map_or(Truth::True, |when| when.truth(facts)) {
            Truth::True => None,
            Truth::False => Some(skips(Reason::StepConditionFalse, "when")),
            Truth::Unknown => Some(Obstacle::hold(unknown_because(step.when.as_ref(), facts), "when")),
        };
        let is_customers = is_customer_facing(&step.action, facts);
        let rule = suppressed(cue.playbook, step.action.kind(), is_customers, facts, &self.desk);
        let rule = rule.map(|rule| Obstacle { rule: format!("suppress {}", rule.rule).into(), ..rule });
        let reply = self.awaits_answer(cue.playbook, cue.enrollment).filter(|_| is_customers);
        [when, rule, reply].into_iter().flatten()
    }

    /// A person who has not said yes.
    fn question_asked(&self, cue: &Cue) -> Option<Obstacle> {
        if !must_ask(cue.step(), cue.facts) || self.is_approved(cue) {
            return None;
        }
        let asked = self.desk.approvals.get(&*id::approval(cue.enrollment, &cue.step().id));
        let rule = match asked {
            None => "approve: a person is asked when its time comes".to_owned(),
            Some(asked) => {
                let whom = asked.approver.as_deref().unwrap_or("anybody");
                format!("approval {}, asked of {whom} at {}", asked.id, utc_text(asked.asked_at))
            }
        };
        let until = asked.and_then(|asked| asked.expires_at);
        Some(Obstacle { until, ..Obstacle::hold(Reason::AwaitingApproval, &rule) })
    }

    fn closed_window(&self, cue: &Cue) -> Option<Obstacle> {
        let calendar = plan::window_of(cue.playbook, cue.step(), cue.facts)?;
        let until = calendar.next_open(self.now, &cue.facts.zone).filter(|at| *at > self.now)?;
        Some(Obstacle { until: Some(until), ..Obstacle::hold(Reason::OutsideWindow, "send_window") })
    }

    /// The first instant at which the step may run or its answer may differ, if nothing happens but the time.
    fn next_for(&self, cue: &Cue, due: Due) -> Option<Timestamp> {
        let begun = self.enrollment(cue.enrollment).begun(&cue.step().id);
        let mut instants = Vec::new();
        match (begun.map(|run| run.state), due) {
            (Some(StepState::Approving), _) => {
                let asked = self.desk.approvals.get(&*id::approval(cue.enrollment, &cue.step().id));
                return asked.and_then(|asked| asked.expires_at);
            }
            (None, Due::At(due)) if due > self.now => return Some(due),
            (None, Due::Later | Due::Never) => return None,
            _ => {
                let step = (cue.place, cue.due);
                self.step_instants(cue.playbook, cue.enrollment, step, cue.facts, &mut instants);
            }
        }
        instants.extend(cue.playbook.expressions().filter_map(|own| next_flip(own.reads(), cue.facts)));
        instants.into_iter().filter(|at| *at > self.now).min()
    }
}

/// Something that ends the step rather than holding it.
fn skips(reason: Reason, rule: &str) -> Obstacle {
    Obstacle { mode: HoldOrSkip::Skip, ..Obstacle::hold(reason, rule) }
}
