//! The ladder: `[escalation]` and its levels.

use crate::book::playbook::{Base, Escalation, EscalationClock, Kind, Level, Recipient};
use crate::book::read::{Item, Table};
use crate::condition::Expected;

use super::actions::{self, Slot};
use super::context::Context;
use super::recipients::Side;
use super::steps::ids;
use super::timing;

/// How often a level reminds when nothing is said.
const MAX_REMINDERS: u32 = 5;

/// Compiles the ladder, if there is one.
pub(super) fn compile(top: &mut Table, context: &mut Context) -> Option<Escalation> {
    let mut table = top.table("escalation")?;
    let starts = starts(table.get("starts"), context);
    let clock = table.get("clock").choice().unwrap_or(EscalationClock::Calendar);
    let stop_when = table.get("stop_when").expression(&context.scope(), Expected::Truth);
    let fallback = context.recipient(table.get("fallback"), Side::Ours);
    let mut tables = table.tables("level");
    if tables.is_empty() {
        table.report_missing("level");
    }
    let ids = ids(&mut tables, "level");
    for lowest in tables.iter().take(1).filter(|lowest| lowest.has("step_down_when")) {
        let message = "`step_down_when` of the first level has no effect: there is no level below it";
        let place = lowest.place_of("step_down_when");
        lowest
            .report(place.warning("no-effect", message).help("write it on the level that is to give the account back"));
    }
    let mut previous = Some(0);
    let mut levels = Vec::new();
    for (level_table, id) in tables.into_iter().zip(ids) {
        levels.extend(level(level_table, &id, &mut previous, context));
    }
    table.finish();
    Some(Escalation { starts: starts?, clock, stop_when, fallback, levels })
}

fn starts(item: Item, context: &Context) -> Option<Base> {
    if !item.is_present() {
        return Some(Base::Enrolled);
    }
    let (place, diagnostics) = (item.place(), item.diagnostics());
    let name = item.name()?;
    let base = timing::base(&place, &name, context.outline.step_ids.len(), context);
    base.map_err(|diagnostic| diagnostics.push(*diagnostic)).ok()
}

/// `previous` is the last day of the level before; none when that one has no end.
fn level(mut table: Table, id: &str, previous: &mut Option<u32>, context: &mut Context) -> Option<Level> {
    if context.outline.step_ids.iter().any(|step| step == id) {
        let message = format!("`{id}` is a step already; a level needs an id of its own");
        table.report(table.place_of("id").error("duplicate-id", message));
    }
    let days = days(table.need("days"), previous);
    let assignee = context.recipient(table.need("assignee"), Side::Ours);
    let kind = table.need("action").choice_among(&Kind::LADDER);
    let index = context.outline.step_ids.len();
    // With a wrong assignee the level is dropped; the owner stands in so that the action's mistakes are found too.
    let stand_in = || Recipient::Account("owner".into());
    let slot = Slot { id, index, assignee: Some(assignee.clone().unwrap_or_else(stand_in)) };
    let action = kind.and_then(|kind| actions::compile(kind, &mut table, &slot, context));
    let acknowledge_within = table.get("acknowledge_within").positive_span();
    let remind_every = table.get("remind_every").positive_span();
    let max_reminders = table.get("max_reminders").count().unwrap_or(MAX_REMINDERS);
    let jump_when = table.get("jump_when").expression(&context.scope(), Expected::Truth);
    let step_down_when = table.get("step_down_when").expression(&context.scope(), Expected::Truth);
    table.finish();
    let (first_day, last_day) = days?;
    Some(Level {
        id: id.into(),
        first_day,
        last_day,
        assignee: assignee?,
        action: action?,
        acknowledge_within,
        remind_every,
        max_reminders,
        jump_when,
        step_down_when,
    })
}

/// `1-7`, `8`, `15+`: must begin after the level before.
fn days(item: Item, previous: &mut Option<u32>) -> Option<(u32, Option<u32>)> {
    let (place, diagnostics) = (item.place(), item.diagnostics());
    let text = item.name()?;
    let Some((first, last)) = read_days(&text) else {
        let message = format!("`{text}` is not a range of days");
        diagnostics.push(place.error("bad-days", message).help("write \"1-7\", \"8\" or \"15+\"; days count from 1"));
        return None;
    };
    let before = std::mem::replace(previous, last);
    let message = match before {
        Some(before) if first > before => return Some((first, last)),
        Some(before) => format!("`{text}` begins on day {first}, and the level before lasts until day {before}"),
        None => format!("`{text}` never comes: the level before has no end"),
    };
    diagnostics.push(place.error("level-order", message).help("list the levels by rising days, without overlap"));
    None
}

fn read_days(text: &str) -> Option<(u32, Option<u32>)> {
    let text = text.trim();
    let (first, last) = match (text.strip_suffix('+'), text.split_once('-')) {
        (Some(first), _) => (first.trim().parse().ok()?, None),
        (None, Some((first, last))) => (first.trim().parse().ok()?, Some(last.trim().parse().ok()?)),
        (None, None) => (text.parse().ok()?, Some(text.parse().ok()?)),
    };
    (first >= 1 && last.is_none_or(|last| last >= first)).then_some((first, last))
}
