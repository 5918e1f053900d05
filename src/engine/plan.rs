//! When the steps of an enrollment run. Nothing of it is stored: the plan follows the anchor, the calendar and what has
//! been decided so far.

use crate::book::calendar::{add_span, add_span_to_day, on_day};
use crate::book::playbook::{Base, Playbook, Status, Step, Timing};
use crate::book::{Calendar, Window};
use crate::portfolio::Facts;
use crate::time::{Span, Timestamp, local_date};

use super::desk::{Desk, TaskState};
use super::enrollment::{Enrollment, StepState};

/// When a step is to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    At(Timestamp),
    /// What it counts from has not happened yet.
    Later,
    /// What it counts from will never happen: the task it waits for was skipped or cancelled.
    Never,
}

/// When the step runs, as far as can be said now.
pub fn due(playbook: &Playbook, place: usize, enrollment: &Enrollment, desk: &Desk, facts: &Facts) -> Due {
    let step = &playbook.steps[place];
    let planned = match &step.timing {
        Timing::At(span) => enrollment.anchor.and_then(|anchor| {
            let day = add_span_to_day(anchor, *span, facts.calendar())?;
            on_day(day, step.time, &facts.zone, window_of(playbook, step, facts))
        }),
        Timing::After(base, span) => match base_instant(playbook, place, *base, enrollment, desk) {
            Due::At(base) => after(playbook, step, base, *span, facts),
            other => return other,
        },
    };
    planned.map_or(Due::Later, Due::At)
}

/// The instant a span after `base` leads to, as for a step: days fall on the opening, the rest waits for it.
pub fn after_span(playbook: &Playbook, step: &Step, base: Timestamp, span: Span, facts: &Facts) -> Option<Timestamp> {
    after(playbook, step, base, Some(span), facts)
}

/// The calendar whose opening the step waits for; none when it runs at once.
pub fn window_of<'a>(playbook: &'a Playbook, step: &'a Step, facts: &'a Facts) -> Option<&'a Calendar> {
    if !step.action.kind().respects_window() {
        return None;
    }
    let window: &Window = step.send_window.as_ref().unwrap_or(&playbook.send_window);
    facts.world.book.calendars.of(window, facts.region().as_deref())
}

fn after(playbook: &Playbook, step: &Step, base: Timestamp, span: Option<Span>, facts: &Facts) -> Option<Timestamp> {
    let window = window_of(playbook, step, facts);
    match span {
        Some(span) if span.is_in_days() && (window.is_some() || step.time.is_some()) => {
            let day = add_span_to_day(local_date(base, &facts.zone), span, facts.calendar())?;
            on_day(day, step.time, &facts.zone, window)
        }
        span => {
            let at = span.map_or(Some(base), |span| add_span(base, span, &facts.zone, facts.calendar()))?;
            window.map_or(Some(at), |calendar| calendar.next_open(at, &facts.zone))
        }
    }
}

/// The instant an `after` counts from, for the step at that place in the file.
pub fn base_instant(playbook: &Playbook, place: usize, base: Base, enrollment: &Enrollment, desk: &Desk) -> Due {
    let branch = enrollment.branch.as_deref();
    match base {
        Base::Enrolled => Due::At(enrollment.enrolled_at),
        Base::Previous => {
            let above = playbook.steps_of(branch).rev().find(|(other, _)| *other < place);
            above.map_or(Due::At(enrollment.enrolled_at), |(_, step)| ended(enrollment, step))
        }
        // A step of another branch never happens here: what follows it follows the step before it.
        Base::Step(other) | Base::Done(other) if !playbook.steps[other].belongs_to(branch) => {
            base_instant(playbook, other, Base::Previous, enrollment, desk)
        }
        Base::Step(other) => ended(enrollment, &playbook.steps[other]),
        Base::Done(other) => completed(playbook, enrollment, &playbook.steps[other], desk),
    }
}

fn ended(enrollment: &Enrollment, step: &Step) -> Due {
    enrollment.step_ended_at(&step.id).map_or(Due::Later, Due::At)
}

/// When the task of a step was done. A skipped or cancelled one never is; in shadow nobody is given it, and it counts as
/// done at once, so that what follows it is seen.
fn completed(playbook: &Playbook, enrollment: &Enrollment, step: &Step, desk: &Desk) -> Due {
    let Some(run) = enrollment.steps.get(&step.id).filter(|run| run.state.is_decided()) else { return Due::Later };
    if run.state != StepState::Done {
        return Due::Never;
    }
    match desk.task_of(&enrollment.id, &step.id) {
        Some(task) if task.state == TaskState::Cancelled => Due::Never,
        Some(task) => task.done_at.map_or(Due::Later, Due::At),
        None if playbook.status == Status::Shadow => run.ended_at.map_or(Due::Later, Due::At),
        None => Due::Never,
    }
}

/// The undecided steps of an enrollment with their due instants, in file order.
pub fn undecided<'a>(
    playbook: &'a Playbook,
    enrollment: &'a Enrollment,
    desk: &'a Desk,
    facts: &'a Facts,
) -> impl Iterator<Item = (usize, Due)> + 'a {
    let open = playbook
        .steps_of(enrollment.branch.as_deref())
        .filter(|(_, step)| enrollment.steps.get(&step.id).is_none_or(|run| !run.state.is_decided()));
    open.map(|(place, _)| (place, due(playbook, place, enrollment, desk, facts)))
}
