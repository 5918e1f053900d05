//! policy.toml: what no playbook can override.

use std::sync::Arc;

use super::Ids;
use super::calendars::window;
use super::channels::web_address;
use crate::book::Calendars;
use crate::book::playbook::HoldOrSkip;
use crate::book::policy::{Breaker, Cap, CapChannel, Never, OnReply, Policy, TRANSACTIONAL};
use crate::book::read::{Item, Table, unknown_name};
use crate::condition::{Expected, Registry, Scope};

/// The playbooks must be in the registry already.
pub fn compile(mut table: Table, registry: &Registry, calendars: &Calendars) -> Policy {
    let never = table.table("never").and_then(|entry| never(entry, registry));
    let priority = table.table("priority").map(priority).unwrap_or_default();
    let mut ids = Ids::new("cap");
    let caps = table.tables("cap").into_iter().filter_map(|entry| cap(entry, &mut ids, &priority)).collect();
    let quiet = table.table("quiet").and_then(|mut entry| {
        let window = window(entry.need("window"), calendars);
        entry.finish();
        window
    });
    let breaker = table.table("breaker").map(breaker).unwrap_or_default();
    let holdout = table.table("measure").and_then(|mut entry| {
        let holdout = entry.get("holdout").number_in(0.0..=1.0);
        entry.finish();
        holdout
    });
    let silence_factor = table.table("silence_alarm").and_then(|mut entry| {
        let factor = entry.get("factor").number_in(1.0..=1000.0);
        entry.finish();
        factor
    });
    let mut policy = Policy {
        never,
        priority,
        caps,
        quiet,
        breaker,
        holdout: holdout.unwrap_or_default(),
        silence_factor,
        ..Policy::default()
    };
    if let Some(entry) = table.table("email") {
        email(entry, &mut policy);
    }
    table.finish();
    policy
}

fn never(mut entry: Table, registry: &Registry) -> Option<Never> {
    let when = entry.need("when").expression(&Scope::of(registry), Expected::Truth);
    let except = entry.get("except").names();
    for (playbook, place) in &except {
        if !registry.playbooks.iter().any(|known| **known == **playbook) {
            let known = registry.playbooks.iter().map(String::as_str);
            entry.report(unknown_name(place, "playbook", playbook, known));
        }
    }
    entry.finish();
    Some(Never { when: when?, except: except.into_iter().map(|(playbook, _)| playbook).collect() })
}

/// Message classes, the most important first.
fn priority(mut entry: Table) -> Vec<Arc<str>> {
    let mut order: Vec<Arc<str>> = Vec::new();
    for (class, place) in entry.need("order").names() {
        if &*class == TRANSACTIONAL {
            let message = "`transactional` mail is always let through and has no place in the order";
            entry.report(place.error("reserved-name", message).help("take it out"));
        } else if order.contains(&class) {
            entry.report(place.error("duplicate-id", format!("the class `{class}` is in the order already")));
        } else {
            order.push(class);
        }
    }
    entry.finish();
    order
}

fn cap(mut entry: Table, ids: &mut Ids, classes: &[Arc<str>]) -> Option<Cap> {
    let id = ids.take(&mut entry);
    let channel = entry.need("channel").choice();
    if matches!(channel, Some(CapChannel::Slack | CapChannel::Teams)) {
        let message = "this cap never applies: chat goes to our own people, and caps are about mail to contacts";
        entry.report(entry.place_of("channel").warning("no-effect", message).help("write channel = \"email\""));
    }
    let per = entry.need("per").choice();
    let max = entry.need("max").integer_in(1..=1_000_000).and_then(|max| u32::try_from(max).ok());
    let within = entry.need("within").positive_span();
    let over = entry.get("over").choice().unwrap_or(HoldOrSkip::Hold);
    let exempt = entry.get("exempt").one_or_more().into_iter().filter_map(|item| class(item, classes)).collect();
    entry.finish();
    Some(Cap { id: id?, channel: channel?, per: per?, max: max?, within: within?, over, exempt })
}

/// A class of `[priority]`, or `transactional`; without an order any class is right.
fn class(item: Item, classes: &[Arc<str>]) -> Option<Arc<str>> {
    let (place, diagnostics) = (item.place(), item.diagnostics());
    let class = item.name()?;
    if !classes.is_empty() && &*class != TRANSACTIONAL && !classes.contains(&class) {
        let known = classes.iter().map(|class| &**class).chain([TRANSACTIONAL]);
        diagnostics.push(unknown_name(&place, "message class", &class, known));
        return None;
    }
    Some(class)
}

fn breaker(mut entry: Table) -> Breaker {
    let standard = Breaker::default();
    let breaker = Breaker {
        max_new: entry.get("max_new").count().unwrap_or(standard.max_new),
        max_share: entry.get("max_share").number_in(0.0..=1.0).unwrap_or(standard.max_share),
        trip_at: entry.get("trip_at").number_in(0.0..=1e6).unwrap_or(standard.trip_at),
        min_enrollments: entry.get("min_enrollments").count().unwrap_or(standard.min_enrollments),
    };
    let Breaker { max_new, min_enrollments, .. } = breaker;
    if entry.was_given("max_new") && max_new > 0 && max_new < min_enrollments {
        let message =
            format!("max_new = {max_new} is never felt: nothing trips below min_enrollments = {min_enrollments}");
        let help = format!("add min_enrollments = {max_new}");
        entry.report(entry.place_of("max_new").warning("no-effect", message).help(help));
    }
    entry.finish();
    breaker
}

fn email(mut entry: Table, policy: &mut Policy) {
    let address = entry.get("unsubscribe");
    let place = address.place();
    policy.unsubscribe = web_address(address);
    if policy.unsubscribe.as_ref().is_some_and(|address| !address.contains("{token}")) {
        let diagnostic = place.error("wrong-value", "the unsubscribe address lacks `{token}`");
        entry.report(diagnostic.help("`{token}` stands for the contact, as in \"https://us.example/u/{token}\""));
    }
    policy.reply_pauses = entry.get("reply").choice().unwrap_or(OnReply::Pause) == OnReply::Pause;
    entry.finish();
}
