//! A playbook file compiled: every key of the file, each name resolved, each mistake reported where it stands.

mod actions;
mod context;
mod edits;
mod ends;
mod escalation;
mod fitting;
mod recipients;
mod steps;
#[cfg(test)]
mod tests;
mod timing;
mod trigger;

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::book::diagnostic::Diagnostics;
use crate::book::keys::PLAYBOOK;
use crate::book::playbook::{BranchLock, InFlight, Playbook, Status, Trigger, ZoneRule, ZoneSource};
use crate::book::policy::TRANSACTIONAL;
use crate::book::read::{Item, Table, unknown_name};
use crate::book::source::SourceFile;
use crate::book::template::{TemplateId, Templates};
use crate::book::{Calendars, ChannelNames, People, Policy};
use crate::condition::{Registry, Type};

use context::Context;
use recipients::Side;
use steps::Outline;

/// The shared files of the book, which a playbook names things of.
#[derive(Clone, Copy)]
pub struct Shared<'a> {
    pub registry: &'a Arc<Registry>,
    pub people: &'a People,
    pub calendars: &'a Calendars,
    pub policy: &'a Policy,
    pub channels: &'a ChannelNames,
}

/// Compiles a playbook file; none when it has an error. The texts of its tasks are added to `templates`, in which
/// the book's template files must be already.
pub fn compile(
    file: &Arc<SourceFile>,
    shared: &Shared,
    templates: &mut Templates,
    diagnostics: &Diagnostics,
) -> Option<Playbook> {
    let mark = diagnostics.mark();
    let mut table = Table::of_file(file, &PLAYBOOK, diagnostics);
    table.get("schema_version").integer_in(1..=1);
    let id = table.need("id").id();
    let outline = Outline::of(&mut table);
    if outline.steps.is_empty() && !table.has("escalation") {
        table.report_missing("step");
    }
    let trigger = table.need("trigger").table();
    let mut context = Context::new(file, shared, templates, id.clone().unwrap_or_default(), outline);
    let trigger = trigger.and_then(|trigger| trigger::compile(trigger, &mut context));
    let playbook = assemble(&mut table, trigger, &mut context);
    table.finish();
    playbook.filter(|_| id.is_some() && !diagnostics.has_errors_since(mark))
}

/// All parts are compiled before the first missing one ends it, so that every mistake is found.
fn assemble(table: &mut Table, trigger: Option<Trigger>, context: &mut Context) -> Option<Playbook> {
    let owner = context.recipient(table.need("owner"), Side::Ours);
    let class = class(table.get("class"), context.shared.policy);
    let zone = zone_rule(table, context.shared.registry);
    let window = context.window(table.get("send_window"));
    context.send_window = window.unwrap_or_else(|| context.send_window.clone());
    let reentry = trigger::reentry(table, trigger.as_ref(), context);
    let (holdout, measure_window) = ends::measure(table, context.shared.policy.holdout);
    // Fields are computed in this order: those that may be missing come last.
    let playbook = Playbook {
        id: context.playbook.clone(),
        title: table.get("title").text().unwrap_or_else(|| context.playbook.to_string()),
        status: table.get("status").choice().unwrap_or(Status::Draft),
        shadow_of: shadow_of(table.get("shadow_of"), context),
        send_window: context.send_window.clone(),
        in_flight: table.get("in_flight").choice().unwrap_or(InFlight::Move),
        enroll: trigger::enroll(table, trigger.as_ref(), context),
        holdout,
        measure_window,
        late: ends::late(table),
        goal: ends::goal(table, context),
        exits: ends::exits(table, context),
        suppressions: ends::suppressions(table, context),
        branches: ends::branches(context),
        branch_lock: table.get("branch_lock").choice().unwrap_or(BranchLock::AtEnrollment),
        steps: steps::compile(context),
        escalation: escalation::compile(table, context),
        moved: edits::moved(table, context),
        removed: edits::removed(table, context),
        is_withdrawn: false,
        version: version(context),
        templates: templates(context),
        text: context.file.text.as_str().into(),
        file: context.file.name.clone(),
        owner: owner?,
        class: class?,
        zone: zone?,
        trigger: trigger?,
        reentry: reentry?,
    };
    Some(playbook)
}

/// Another playbook of the book.
fn shadow_of(item: Item, context: &Context) -> Option<Arc<str>> {
    let (place, diagnostics) = (item.place(), item.diagnostics());
    let other = item.is_present().then(|| context.other_playbook(item)).flatten()?;
    if other == context.playbook {
        let message = format!("`{other}` cannot be compared with itself");
        let help = "name the live playbook; without the key it is compared with what it did while it was live";
        diagnostics.push(place.error("wrong-value", message).help(help));
        return None;
    }
    Some(other)
}

/// A message class: one of the policy's, or transactional. Without a priority list any word is one.
fn class(item: Item, policy: &Policy) -> Option<Arc<str>> {
    if !item.is_present() {
        // Nothing said: the least important class, never one that caps do not touch.
        return Some(policy.priority.last().cloned().unwrap_or_else(|| "general".into()));
    }
    let place = item.place();
    let known = || policy.priority.iter().map(|class| &**class).chain([TRANSACTIONAL]);
    let diagnostics = item.diagnostics();
    let class = item.name()?;
    if !policy.priority.is_empty() && !known().any(|own| *own == *class) {
        diagnostics.push(unknown_name(&place, "message class", &class, known()));
        return None;
    }
    Some(class)
}

fn zone_rule(table: &mut Table, registry: &Registry) -> Option<ZoneRule> {
    let fallback = table.get("timezone_fallback").zone();
    let item = table.get("timezone");
    if !item.is_present() {
        return Some(ZoneRule { source: ZoneSource::Account("timezone".into()), fallback });
    }
    let is_field = item.is_text() && item.place().text().starts_with("account.");
    let source = match is_field {
        true => account_field(item, registry, "a text", |ty| *ty == Type::Text).map(ZoneSource::Account),
        false => item.zone().map(ZoneSource::Fixed),
    };
    source.map(|source| ZoneRule { source, fallback })
}

/// `account.<field>` of a fitting type; reports anything else.
fn account_field(item: Item, registry: &Registry, wanted: &str, fits: impl Fn(&Type) -> bool) -> Option<Arc<str>> {
    let (place, diagnostics, label) = (item.place(), item.diagnostics(), item.label());
    let text = item.name()?;
    let Some(field) = text.strip_prefix("account.") else {
        let message = format!("{label} must name a field of the account; found `{text}`");
        let right = registry.account.contains_key(&*text).then(|| format!("account.{text}"));
        diagnostics.push(place.error("wrong-value", message).suggest_closest(right.as_deref()));
        return None;
    };
    match registry.account.get(field) {
        Some(known) if fits(&known.ty) => Some(field.into()),
        Some(known) => {
            let message = format!("{label} needs {wanted}, and `{text}` is {}", known.ty);
            let fitting = registry.account.iter().filter(|(_, field)| fits(&field.ty));
            let names: Vec<String> = fitting.map(|(name, _)| format!("account.{name}")).collect();
            diagnostics.push(place.error("wrong-type", message).help(format!("fitting: {}", names.join(", "))));
            None
        }
        None => {
            let names: Vec<String> = registry.account.keys().map(|name| format!("account.{name}")).collect();
            diagnostics.push(unknown_name(&place, "field", &text, names.iter().map(String::as_str)));
            None
        }
    }
}

/// The template files it uses, as they were read.
fn templates(context: &Context) -> BTreeMap<Arc<str>, Arc<str>> {
    let text = |id: &TemplateId| Some((id.0.clone(), Arc::from(context.templates.text(id)?)));
    context.used.iter().filter_map(text).collect()
}

/// 20 hexadecimal characters of SHA-256 over the file and the templates it uses, however their lines end.
fn version(context: &Context) -> Arc<str> {
    let mut hash = Sha256::new();
    let texts = context.used.iter().filter_map(|id| context.templates.text(id));
    for text in std::iter::once(context.file.text.as_str()).chain(texts) {
        let text = text.replace("\r\n", "\n");
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    let hex: String = hash.finalize().iter().take(10).map(|byte| format!("{byte:02x}")).collect();
    hex.into()
}
