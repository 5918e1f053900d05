//! When the levels of a ladder come: its start, its days, its openings.

use crate::book::Calendar;
use crate::book::calendar::{add_span_to_day, on_day};
use crate::book::playbook::{Escalation, EscalationClock, Level, Playbook};
use crate::engine::desk::Desk;
use crate::engine::enrollment::Enrollment;
use crate::engine::plan::{Due, base_instant};
use crate::portfolio::Facts;
use crate::time::{Date, Span, Timestamp, Unit, local_date};

/// When the ladder began: at the enrollment, or when its step ended or its task was done.
pub(super) fn start(playbook: &Playbook, ladder: &Escalation, enrollment: &Enrollment, desk: &Desk) -> Due {
    base_instant(playbook, playbook.steps.len(), ladder.starts, enrollment, desk)
}

/// Whether the level's last day is over, and the day of its opening, which may come later.
pub(super) fn is_past(
    playbook: &Playbook,
    ladder: &Escalation,
    level: &Level,
    start: Timestamp,
    facts: &Facts,
) -> bool {
    let Some(last) = level.last_day.and_then(|last| day_date(ladder, last, start, facts)) else { return false };
    let opening = begins(playbook, ladder, level, start, facts).map(|at| local_date(at, &facts.zone));
    facts.today() > opening.map_or(last, |opening| opening.max(last))
}

/// The local date of day `n` of the ladder; day 1 is the local date of its start.
fn day_date(ladder: &Escalation, n: u32, start: Timestamp, facts: &Facts) -> Option<Date> {
    let first = local_date(start, &facts.zone);
    let unit = match ladder.clock {
        EscalationClock::Business => Unit::BusinessDay,
        EscalationClock::Calendar => Unit::Day,
    };
    match i64::from(n) - 1 {
        0 => Some(first),
        later => add_span_to_day(first, Span { n: later, unit }, facts.calendar()),
    }
}

/// When a level's first day opens; the first level does not act before the ladder starts.
pub(super) fn begins(
    playbook: &Playbook,
    ladder: &Escalation,
    level: &Level,
    start: Timestamp,
    facts: &Facts,
) -> Option<Timestamp> {
    let day = day_date(ladder, level.first_day, start, facts)?;
    let opening = on_day(day, None, &facts.zone, window(playbook, facts))?;
    next_opening(playbook, facts, opening.max(start))
}

pub(super) fn window<'a>(playbook: &Playbook, facts: &'a Facts) -> Option<&'a Calendar> {
    facts.world.book.calendars.of(&playbook.send_window, facts.region().as_deref())
}

pub(super) fn next_opening(playbook: &Playbook, facts: &Facts, at: Timestamp) -> Option<Timestamp> {
    window(playbook, facts).map_or(Some(at), |calendar| calendar.next_open(at, &facts.zone))
}

pub(super) fn is_open(playbook: &Playbook, facts: &Facts, at: Timestamp) -> bool {
    next_opening(playbook, facts, at) == Some(at)
}
