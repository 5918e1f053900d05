//! Escalations: days nobody answers for, rungs that lead nowhere.

use super::Look;
use super::days::Days;
use crate::book::playbook::{Escalation, EscalationClock, Level, Playbook};
use crate::time::{Span, Unit};

pub(super) fn look(look: &Look, playbook: &Playbook) {
    let Some(ladder) = &playbook.escalation else { return };
    for pair in ladder.levels.windows(2) {
        gap(look, playbook, &pair[0], &pair[1]);
        same_person(look, playbook, &pair[0], &pair[1]);
    }
    ladder.levels.iter().for_each(|level| reminder(look, playbook, ladder, level));
    without_end(look, playbook, ladder);
}

fn gap(look: &Look, playbook: &Playbook, before: &Level, level: &Level) {
    let Some(last) = before.last_day.filter(|last| level.first_day > last + 1) else { return };
    let days = match level.first_day - last - 1 {
        1 => format!("day {}", last + 1),
        _ => format!("days {} to {}", last + 1, level.first_day - 1),
    };
    let message = format!("nobody answers for {days}: `{}` ends before `{}` begins", before.id, level.id);
    let instead = match level.last_day {
        Some(end) => format!("{}-{end}", last + 1),
        None => format!("{}+", last + 1),
    };
    let place = look.at(&playbook.file, &format!("escalation.level.{}.days", level.id));
    look.suggest("level-gap", &place, message, format!("begin on day {}", last + 1), instead);
}

fn same_person(look: &Look, playbook: &Playbook, before: &Level, level: &Level) {
    if before.assignee == level.assignee {
        let message = format!("`{}` names the same person as `{}`, the level below", level.id, before.id);
        let help = "name who comes next, as account.owner.manager or role:vp_cs; as it is, the level goes to that \
                    person's manager";
        let place = look.at(&playbook.file, &format!("escalation.level.{}.assignee", level.id));
        look.say("level-not-higher", &place, message, help);
    }
}

/// A reminder that would first come when the level is over.
fn reminder(look: &Look, playbook: &Playbook, ladder: &Escalation, level: &Level) {
    let Some((every, last)) = level.remind_every.zip(level.last_day) else { return };
    let days = i64::from(last - level.first_day + 1);
    let counts_business = ladder.clock == EscalationClock::Business;
    let never = match every.unit {
        Unit::BusinessDay if counts_business => every.n >= days,
        _ => {
            let unit = if counts_business { Unit::BusinessDay } else { Unit::Day };
            Days::of(Span { n: days, unit }).most.is_some_and(|most| Days::of(every).least >= most)
        }
    };
    if never {
        let message = format!("`{}` lasts {days} days, and its first reminder would come after {every}", level.id);
        let help = "remind sooner, or take `remind_every` out";
        let place = look.at(&playbook.file, &format!("escalation.level.{}.remind_every", level.id));
        look.say("reminder-longer-than-level", &place, message, help);
    }
}

fn without_end(look: &Look, playbook: &Playbook, ladder: &Escalation) {
    let ends = ladder.stop_when.is_some() || playbook.goal.is_some() || !playbook.exits.is_empty();
    let Some(top) = ladder.levels.last().filter(|_| !ends && ladder.levels.len() > 1) else { return };
    let message = format!("nothing stops this ladder: it climbs to `{}` also when the work is done", top.id);
    let help = "add stop_when = 'task(\"<step>\").done', a [goal] or an [[exit]]";
    look.say("escalation-never-stops", &look.at(&playbook.file, "escalation.stop_when"), message, help);
}
