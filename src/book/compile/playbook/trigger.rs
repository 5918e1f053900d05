//! Who enrolls, and when: `[trigger]`, `[enroll]`, `[reentry]`.

use crate::book::playbook::{
    Backfill, DateTrigger, Enroll, OnAnchorChange, Reentry, ReentryPolicy, Schedule, Trigger, TriggerKind,
    UnknownPolicy,
};
use crate::book::read::{Table, unknown_name};
use crate::book::schedule::Cron;
use crate::condition::{Expected, Expression, Source, Type};
use crate::time::Span;

use super::account_field;
use super::context::Context;

/// Compiles `[trigger]` and tells the context what the trigger brings: an anchor, an event.
pub(super) fn compile(mut table: Table, context: &mut Context) -> Option<Trigger> {
    let kind = table.need("kind").choice();
    let trigger = match kind? {
        TriggerKind::Date => {
            context.has_anchor = true;
            date(&mut table, context).map(Trigger::Date)
        }
        TriggerKind::Condition => Some(Trigger::Condition),
        TriggerKind::Event => event(&mut table, context),
        TriggerKind::Schedule => schedule(&mut table).map(Trigger::Schedule),
        TriggerKind::Manual => Some(Trigger::Manual),
    };
    table.finish();
    trigger
}

fn date(table: &mut Table, context: &Context) -> Option<DateTrigger> {
    let registry = context.shared.registry;
    let anchor = account_field(table.need("anchor"), registry, "a date", |ty| *ty == Type::Date);
    let offset = day_span(table, "offset").unwrap_or(Span::ZERO);
    let until = day_span(table, "until");
    let on_change = table.get("on_anchor_change").choice().unwrap_or(OnAnchorChange::Replan);
    Some(DateTrigger { anchor: anchor?, offset, until, on_change })
}

/// A span of local days: an anchor is a date and has no hours.
fn day_span(table: &mut Table, key: &str) -> Option<Span> {
    let span = table.get(key).span()?;
    if !span.is_in_days() {
        let message = format!("`{span}` is not a span of days; an anchor date has no hours");
        table.report(table.place_of(key).error("bad-span", message).help("use d, w, mo or bd"));
        return None;
    }
    Some(span)
}

fn event(table: &mut Table, context: &mut Context) -> Option<Trigger> {
    let item = table.need("event");
    let place = item.place();
    let kind = item.name()?;
    let events = &context.shared.registry.events;
    if !events.contains_key(&*kind) {
        table.report(unknown_name(&place, "event", &kind, events.keys().map(String::as_str)));
        return None;
    }
    context.event = Some(kind.clone());
    Some(Trigger::Event(kind))
}

fn schedule(table: &mut Table) -> Option<Schedule> {
    let zone = table.get("timezone").zone();
    let item = table.need("cron");
    let place = item.place();
    match Cron::parse(&item.text()?) {
        Ok(cron) => Some(Schedule { cron, zone }),
        Err(message) => {
            table.report(place.error("bad-cron", message));
            None
        }
    }
}

/// Compiles `[enroll]`; without it every account the trigger reaches enrolls.
pub(super) fn enroll(top: &mut Table, trigger: Option<&Trigger>, context: &Context) -> Enroll {
    let needs_condition = matches!(trigger, Some(Trigger::Condition));
    let Some(mut table) = top.table("enroll") else {
        if needs_condition {
            let message = "a condition trigger needs a condition";
            top.report(top.place_of("trigger").error("missing-key", message).help("add [enroll] with when = '…'"));
        }
        return Enroll {
            when: None,
            hold_for: Span::ZERO,
            unknown: UnknownPolicy::Hold,
            backfill: Backfill::None,
            max_per_day: None,
        };
    };
    let when = if needs_condition { table.need("when") } else { table.get("when") };
    let enroll = Enroll {
        when: when.expression(&context.scope_before(), Expected::Truth),
        hold_for: table.get("for").positive_span().unwrap_or(Span::ZERO),
        unknown: table.get("unknown").choice().unwrap_or(UnknownPolicy::Hold),
        backfill: table.get("backfill").choice().unwrap_or(Backfill::None),
        max_per_day: table.get("max_per_day").count(),
    };
    table.finish();
    enroll
}

/// Compiles `[reentry]`; the defaults follow the trigger.
pub(super) fn reentry(top: &mut Table, trigger: Option<&Trigger>, context: &Context) -> Option<Reentry> {
    let mut reentry =
        Reentry { policy: default_policy(trigger?), key: None, cooldown: Span::days(30), rearm: None, max: None };
    if let Some(mut table) = top.table("reentry") {
        let has_key = table.has("key");
        let policy = table.get("policy").choice();
        reentry.policy = policy.unwrap_or(reentry.policy);
        reentry.key = table.get("key").expression(&context.scope_before(), Expected::Any);
        reentry.cooldown = table.get("cooldown").positive_span().unwrap_or(reentry.cooldown);
        reentry.rearm = table.get("rearm").expression(&context.scope_before(), Expected::Truth);
        reentry.max = table.get("max").count();
        let needs_key = reentry.policy == ReentryPolicy::OncePerKey && !matches!(trigger, Some(Trigger::Date(_)));
        if needs_key && !has_key {
            let message = "once_per_key needs a key";
            table.report(table.place().error("missing-key", message).help("add key = \"account.renewal_date\""));
        }
        table.finish();
    }
    if let (ReentryPolicy::OncePerKey, None, Some(Trigger::Date(date))) = (reentry.policy, &reentry.key, trigger) {
        reentry.key = anchor_key(date, context);
    }
    Some(reentry)
}

fn default_policy(trigger: &Trigger) -> ReentryPolicy {
    match trigger {
        Trigger::Date(_) => ReentryPolicy::OncePerKey,
        Trigger::Condition => ReentryPolicy::AfterCooldown,
        Trigger::Event(_) | Trigger::Schedule(_) | Trigger::Manual => ReentryPolicy::Always,
    }
}

/// The anchor as a key. It compiles: the trigger looked the field up in the registry.
fn anchor_key(date: &DateTrigger, context: &Context) -> Option<Expression> {
    let source = Source::inline(format!("account.{}", date.anchor), context.file.name.clone());
    Expression::compile(source, &context.scope_before(), Expected::Any).ok()
}
