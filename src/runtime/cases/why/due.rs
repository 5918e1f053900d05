//! When a step is due, and from what that is counted.

use super::Moment;
use crate::book::Window;
use crate::book::calendar::{add_span, add_span_to_day};
use crate::book::playbook::{Base, Step, Timing, Trigger};
use crate::engine::enrollment::{Enrollment, StepRun, StepState};
use crate::engine::plan::{self, Due};
use crate::time::{DateTime, Span, Timestamp, days_between, local_date};

impl Moment {
    /// `due 2026-03-21 09:00 (kickoff-email + 3bd)`, or what it still waits for.
    pub(super) fn due(&self, place: usize, enrollment: &Enrollment) -> String {
        let step = &self.playbook.steps[place];
        let from = self.from(step);
        match plan::due(&self.playbook, place, enrollment, &self.desk, &self.facts) {
            Due::At(at) => format!("due {} ({from}{})", self.local(at), self.moved(place, enrollment, at)),
            Due::Later => format!("not due yet ({from}): {}", self.base_is_open(place, enrollment)),
            Due::Never => format!("never due ({from}): that task was skipped or cancelled"),
        }
    }

    /// `renewal_date - 90d`, `kickoff-email + 3bd`.
    fn from(&self, step: &Step) -> String {
        let (base, span) = match &step.timing {
            Timing::At(span) => {
                let anchor = match &self.playbook.trigger {
                    Trigger::Date(trigger) => format!("account.{}", trigger.anchor),
                    _ => "anchor".to_owned(),
                };
                (anchor, Some(*span))
            }
            Timing::After(base, span) => (self.base(*base), *span),
        };
        match span {
            None => format!("right after {base}"),
            Some(Span { n: 0, .. }) => base,
            Some(span) if span.is_negative() => format!("{base} - {}", span.negated()),
            Some(span) => format!("{base} + {span}"),
        }
    }

    fn base(&self, base: Base) -> String {
        match base {
            Base::Enrolled => "enrolled".to_owned(),
            Base::Step(place) => self.playbook.steps[place].id.to_string(),
            Base::Done(place) => format!("{}.done", self.playbook.steps[place].id),
            Base::Previous => "previous".to_owned(),
        }
    }

    /// What the step counts from, while that has not happened.
    fn base_is_open(&self, place: usize, enrollment: &Enrollment) -> String {
        let above = || {
            let mut before = self.playbook.steps_of(enrollment.branch.as_deref()).rev();
            before.find(|(other, _)| *other < place).map(|(other, _)| other)
        };
        match self.playbook.steps[place].timing {
            Timing::After(Base::Step(base), _) => self.is_open(base, enrollment),
            Timing::After(Base::Previous, _) => above().map_or_else(String::new, |base| self.is_open(base, enrollment)),
            Timing::After(Base::Done(base), _) => match enrollment.begun(&self.playbook.steps[base].id) {
                Some(run) if run.state == StepState::Done => {
                    format!("the task of `{}` is not done", self.playbook.steps[base].id)
                }
                _ => self.is_open(base, enrollment),
            },
            Timing::After(Base::Enrolled, _) | Timing::At(_) => "there is no such day".to_owned(),
        }
    }

    fn is_open(&self, place: usize, enrollment: &Enrollment) -> String {
        let id = &self.playbook.steps[place].id;
        match enrollment.begun(id) {
            Some(run) => self.stands(id, run),
            None => match plan::due(&self.playbook, place, enrollment, &self.desk, &self.facts) {
                Due::At(at) => format!("`{id}` is due {}", self.local(at)),
                _ => format!("`{id}` has not come"),
            },
        }
    }

    /// What became of a step that has begun.
    pub(super) fn stands(&self, id: &str, run: &StepRun) -> String {
        match (run.state, run.reason) {
            (StepState::Approving, _) => format!("`{id}` waits for approval"),
            (StepState::Waiting, _) => format!("`{id}` waits"),
            (StepState::TimedOut, _) => format!("`{id}` has timed out"),
            (state, Some(reason)) => format!("`{id}` is {} ({reason})", state.as_str()),
            (state, None) => format!("`{id}` is {}", state.as_str()),
        }
    }

    /// Whether the window has moved it, and from when.
    fn moved(&self, place: usize, enrollment: &Enrollment, at: Timestamp) -> String {
        let (step, facts) = (&self.playbook.steps[place], &self.facts);
        let window = match step.send_window.as_ref().unwrap_or(&self.playbook.send_window) {
            Window::Calendar(name) if plan::window_of(&self.playbook, step, facts).is_some() => name,
            _ => return String::new(),
        };
        let base = match &step.timing {
            Timing::At(_) => None,
            Timing::After(base, _) => match plan::base_instant(&self.playbook, place, *base, enrollment, &self.desk) {
                Due::At(base) => Some(base),
                _ => return String::new(),
            },
        };
        let span = match step.timing {
            Timing::At(span) | Timing::After(_, Some(span)) => span,
            Timing::After(_, None) => Span { n: 0, unit: crate::time::Unit::Minute },
        };
        let planned = match base {
            Some(base) if !span.is_in_days() => {
                let planned = add_span(base, span, &facts.zone, facts.calendar());
                planned.filter(|planned| *planned != at).map(|planned| self.local(planned))
            }
            _ => {
                let from = base.map(|base| local_date(base, &facts.zone)).or(enrollment.anchor);
                let day = from.and_then(|from| add_span_to_day(from, span, facts.calendar()));
                let day = day.filter(|day| *day != local_date(at, &facts.zone));
                day.map(|day| day.strftime("%a %Y-%m-%d").to_string())
            }
        };
        planned.map_or_else(String::new, |planned| format!("; {planned} is outside {window}"))
    }
}

/// How long it is from one local instant to a later one: `2 days 14 hours`.
pub(super) fn between(from: DateTime, to: DateTime) -> String {
    let minutes = i64::from(to.hour() - from.hour()) * 60 + i64::from(to.minute() - from.minute());
    let minutes = days_between(from.date(), to.date()) * DAY + minutes;
    let parts = [(minutes / DAY, "day"), (minutes % DAY / 60, "hour"), (minutes % 60, "minute")];
    let told =
        parts.iter().filter(|(n, _)| *n > 0).map(|(n, one)| format!("{n} {one}{}", if *n == 1 { "" } else { "s" }));
    told.collect::<Vec<_>>().join(" ")
}

/// Minutes of a day on the wall.
const DAY: i64 = 24 * 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_told_in_days_hours_and_minutes() {
        let at = |text: &str| text.parse::<DateTime>().unwrap();
        let told = |to: &str| between(at("2026-03-06T18:10:00"), at(to));
        assert_eq!(told("2026-03-09T09:00:00"), "2 days 14 hours 50 minutes");
        assert_eq!((told("2026-03-07T18:10:00"), told("2026-03-06T18:11:00")), ("1 day".into(), "1 minute".into()));
    }
}
