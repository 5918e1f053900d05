//! Two versions of a playbook, key by key.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::action;
use super::facets::{Facets, Point};
use crate::book::Book;
use crate::book::calendar::Window;
use crate::book::describe::{sentence, who};
use crate::book::keys::Choice;
use crate::book::playbook::{
    Escalation, Kind, Playbook, ReentryPolicy, Suppression, SuppressionCause, Trigger, ZoneSource,
};
use crate::book::template::TemplateId;

/// What changed. Steps that were moved are compared under the id they have now.
pub(super) fn compare(old: (&Book, &Playbook), new: (&Book, &Playbook)) -> Vec<Point> {
    let is_same_text = old.1.version == new.1.version && old.0.shared == new.0.shared;
    if is_same_text && old.1.is_withdrawn == new.1.is_withdrawn {
        return Vec::new();
    }
    let has = |own: &Playbook, step: &str| own.step(step).is_some();
    let moved = new.1.moved.iter().filter(|(from, to)| has(old.1, from) && !has(new.1, from) && has(new.1, to));
    let moved: BTreeMap<Arc<str>, Arc<str>> = moved.map(|(from, to)| (from.clone(), to.clone())).collect();
    let renamed =
        |(from, to): (&Arc<str>, &Arc<str>)| Point::Renamed { what: format!("step {from}"), to: to.to_string() };
    let mut points: Vec<Point> = moved.iter().map(renamed).collect();
    points.extend(facets(old, &moved).compare(&facets(new, &BTreeMap::new())));
    points
}

type Renames = BTreeMap<Arc<str>, Arc<str>>;

fn facets((book, playbook): (&Book, &Playbook), moved: &Renames) -> Facets {
    let mut facets = Facets::default();
    whole(playbook, &mut facets);
    entering(playbook, &mut facets);
    late(playbook, &mut facets);
    wordings(book, playbook, &mut facets);
    for branch in &playbook.branches {
        facets.begin("branch", &*branch.id, "");
        facets.key("when", branch.when.as_ref().map_or_else(|| "all others".to_owned(), |when| when.one_line()));
    }
    for step in &playbook.steps {
        let id = moved.get(&step.id).unwrap_or(&step.id);
        facets.begin("step", &**id, sentence(step, playbook, book).trim_end_matches('.'));
        action::step(step, playbook, book, moved, &mut facets);
    }
    playbook.escalation.iter().for_each(|ladder| climb(ladder, playbook, book, moved, &mut facets));
    for exit in &playbook.exits {
        facets.begin("exit", &*exit.id, exit.when.one_line());
        facets.key("when", exit.when.one_line());
        facets.key("outcome", exit.outcome.word());
    }
    playbook.suppressions.iter().for_each(|rule| suppression(rule, &mut facets));
    ["branch", "step", "exit"].into_iter().for_each(|kind| facets.ordered(kind));
    facets
}

fn whole(playbook: &Playbook, facets: &mut Facets) {
    facets.begin("", "", "");
    facets.key("status", playbook.status.word());
    facets.key("title", &playbook.title);
    facets.key("owner", who(&playbook.owner));
    facets.key("class", &playbook.class);
    facets.key(
        "timezone",
        match &playbook.zone.source {
            ZoneSource::Account(field) => format!("account.{field}"),
            ZoneSource::Fixed(zone) => zone.iana_name().unwrap_or("UTC").to_owned(),
        },
    );
    let fallback = playbook.zone.fallback.as_ref();
    facets.maybe("timezone_fallback", fallback.and_then(|zone| zone.iana_name()));
    facets.key("send_window", window(&playbook.send_window));
    facets.key("in_flight", playbook.in_flight.word());
    facets.key("branch_lock", playbook.branch_lock.word());
    facets.key("measure.holdout", playbook.holdout);
    facets.maybe("measure.window", playbook.measure_window);
    if let Some(goal) = &playbook.goal {
        facets.key("goal.when", goal.when.one_line());
        facets.key("goal.for", goal.hold_for);
    }
}

fn entering(playbook: &Playbook, facets: &mut Facets) {
    let kind = match &playbook.trigger {
        Trigger::Date(date) => {
            facets.key("trigger.anchor", format!("account.{}", date.anchor));
            facets.key("trigger.offset", date.offset);
            facets.maybe("trigger.until", date.until);
            facets.key("trigger.on_anchor_change", date.on_change.word());
            "date"
        }
        Trigger::Condition => "condition",
        Trigger::Event(kind) => {
            facets.key("trigger.event", kind);
            "event"
        }
        Trigger::Schedule(schedule) => {
            facets.key("trigger.cron", &schedule.cron);
            facets.maybe("trigger.timezone", schedule.zone.as_ref().and_then(|zone| zone.iana_name()));
            "schedule"
        }
        Trigger::Manual => "manual",
    };
    facets.key("trigger.kind", kind);
    let enroll = &playbook.enroll;
    facets.condition("enroll.when", enroll.when.as_ref());
    facets.key("enroll.for", enroll.hold_for);
    facets.key("enroll.unknown", enroll.unknown.word());
    facets.key("enroll.backfill", enroll.backfill.word());
    facets.maybe("enroll.max_per_day", enroll.max_per_day);
    let reentry = &playbook.reentry;
    facets.key("reentry.policy", reentry.policy.word());
    facets.condition("reentry.key", reentry.key.as_ref());
    if reentry.policy == ReentryPolicy::AfterCooldown {
        facets.key("reentry.cooldown", reentry.cooldown);
    }
    facets.condition("reentry.rearm", reentry.rearm.as_ref());
    facets.maybe("reentry.max", reentry.max);
}

fn late(playbook: &Playbook, facets: &mut Facets) {
    let late = &playbook.late;
    facets.key("late.grace", late.grace);
    let policies = [
        ("late.email", late.email),
        ("late.slack", late.slack),
        ("late.teams", late.teams),
        ("late.task", late.task),
        ("late.webhook", late.webhook),
        ("late.others", late.others),
    ];
    policies.into_iter().for_each(|(key, policy)| facets.key(key, policy.word()));
}

fn suppression(rule: &Suppression, facets: &mut Facets) {
    facets.begin("suppress", &*rule.id, "");
    match &rule.cause {
        SuppressionCause::When(when) => facets.key("when", when.one_line()),
        SuppressionCause::InhibitedBy(other) => facets.key("inhibited_by", other),
    }
    facets.list("channels", rule.channels.iter().map(|kind| Kind::as_str(*kind)));
    facets.key("mode", rule.mode.word());
    facets.maybe("max_hold", rule.max_hold);
}

fn climb(ladder: &Escalation, playbook: &Playbook, book: &Book, moved: &Renames, facets: &mut Facets) {
    facets.begin("escalation", "ladder", "");
    facets.key("starts", action::base(&ladder.starts, playbook, moved));
    facets.key("clock", ladder.clock.word());
    facets.condition("stop_when", ladder.stop_when.as_ref());
    facets.maybe("fallback", ladder.fallback.as_ref().map(who));
    for level in &ladder.levels {
        facets.begin("level", &*level.id, format!("from day {}, {}", level.first_day, who(&level.assignee)));
        let last = level.last_day.map_or_else(|| "on".to_owned(), |last| last.to_string());
        facets.key("days", format!("{} to {last}", level.first_day));
        facets.key("assignee", who(&level.assignee));
        action::action(&level.action, playbook, book, moved, facets);
        facets.maybe("acknowledge_within", level.acknowledge_within);
        facets.maybe("remind_every", level.remind_every);
        facets.key("max_reminders", level.max_reminders);
        facets.condition("jump_when", level.jump_when.as_ref());
        facets.condition("step_down_when", level.step_down_when.as_ref());
    }
}

/// The files of its texts: a subject is shown, a body only told of.
fn wordings(book: &Book, playbook: &Playbook, facets: &mut Facets) {
    let templates = book.templates_of(playbook);
    for (path, file) in &playbook.templates {
        let id = TemplateId(path.clone());
        let body = crate::book::template::body(file).trim();
        let subject = templates.subject(&id);
        facets.maybe(&format!("subject of {path}"), subject.as_ref());
        facets.maybe(&format!("preheader of {path}"), templates.preheader(&id));
        facets.maybe(&format!("class of {path}"), templates.class(&id));
        facets.text(path, body, subject.map_or_else(String::new, |subject| format!("\"{subject}\"")));
    }
}

pub(super) fn window(window: &Window) -> &str {
    match window {
        Window::Always => "always",
        Window::Calendar(name) => name,
    }
}
