//! account.toml: fields, metrics, events and feeds become the registry.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::built_in;
use crate::book::dictionary::{Dictionary, FieldType, MissingDay};
use crate::book::read::Table;
use crate::book::source::Place;
use crate::condition::{Field, Metric, Registry, Type, nearest};

/// Names of an event that are there for every kind.
const OF_EVERY_EVENT: [&str; 5] = ["id", "kind", "account", "contact", "at"];

/// The dictionary and the registry with the built-in and declared names; other files add theirs to it.
pub fn compile(mut table: Table) -> (Dictionary, Registry) {
    let mut dictionary = Dictionary::default();
    let mut registry = built_in::registry();
    for (name, _, mut feed) in table.named("feeds") {
        feed.get("doc").text();
        dictionary.feeds.extend(feed.need("fresh_for").positive_span().map(|span| (name, span)));
        feed.finish();
    }
    let feeds: BTreeSet<Arc<str>> = dictionary.feeds.keys().cloned().collect();
    declare(&mut table, "account", &mut registry.account, &feeds);
    contacts(&mut table, &mut registry, &feeds);
    metrics(&mut table, &mut dictionary, &mut registry, &feeds);
    events(&mut table, &mut dictionary, &mut registry, &feeds);
    table.finish();
    (dictionary, registry)
}

fn contacts(table: &mut Table, registry: &mut Registry, feeds: &BTreeSet<Arc<str>>) {
    let Some(mut contact) = table.table("contact") else { return };
    declare(&mut contact, "contact", &mut registry.contact, feeds);
    for (persona, place) in contact.get("personas").names() {
        if !registry.personas.iter().any(|known| **known == *persona) {
            registry.personas.push(persona.to_string());
        } else {
            table.report(place.warning("duplicate-id", format!("the persona `{persona}` is there already")));
        }
    }
    contact.finish();
}

fn metrics(table: &mut Table, dictionary: &mut Dictionary, registry: &mut Registry, feeds: &BTreeSet<Arc<str>>) {
    for (name, place, mut metric) in table.named("metrics") {
        let unit = metric.get("unit").text();
        let doc = metric.get("doc").text().unwrap_or_default();
        let feed = source(&mut metric, feeds);
        let missing = metric.get("missing").choice().unwrap_or(MissingDay::Unknown);
        metric.finish();
        if check_name(table, &name, &place) {
            registry.metrics.insert(name.to_string(), Metric { doc, unit, feed });
            dictionary.metrics.insert(name, missing);
        }
    }
}

fn events(table: &mut Table, dictionary: &mut Dictionary, registry: &mut Registry, feeds: &BTreeSet<Arc<str>>) {
    for (kind, place, mut event) in table.named("events") {
        event.get("doc").text();
        let feed = source(&mut event, feeds);
        let with_contact = event.get("contact").flag().unwrap_or(false);
        let mut fields = BTreeMap::new();
        declare(&mut event, "event", &mut fields, feeds);
        for field in fields.values_mut().filter(|field| field.feed.is_none()) {
            field.feed = feed.clone();
        }
        event.finish();
        if check_name(table, &kind, &place) {
            registry.events.insert(kind.to_string(), fields);
            registry.event_feeds.extend(feed.map(|feed| (kind.to_string(), feed)));
            if with_contact {
                dictionary.contact_events.insert(kind);
            }
        }
    }
}

/// Adds the fields below `[… .fields.<name>]` to those that are there already.
fn declare(table: &mut Table, of: &str, fields: &mut BTreeMap<String, Field>, feeds: &BTreeSet<Arc<str>>) {
    for (name, place, mut entry) in table.named("fields") {
        let known = fields.get(&*name);
        let ty = field_type(&mut entry, known);
        let unit = entry.get("unit").text();
        let doc = entry.get("doc").text();
        let feed = source(&mut entry, feeds);
        entry.finish();
        let reserved = known.is_some_and(|known| known.computed) || of == "event" && OF_EVERY_EVENT.contains(&&*name);
        if reserved {
            let message = format!("`{of}.{name}` is there for every {of} and cannot be declared");
            table.report(place.error("reserved-name", message).help("give the field another name"));
        } else if check_name(table, &name, &place)
            && let Some(ty) = ty
        {
            let own_doc = known.map(|known| known.doc.clone());
            let doc = doc.or(own_doc).unwrap_or_default();
            fields.insert(name.to_string(), Field { ty, doc, unit, feed, computed: false });
        }
    }
}

/// The declared type; a built-in field keeps its own.
fn field_type(entry: &mut Table, known: Option<&Field>) -> Option<Type> {
    let item = if known.is_some() { entry.get("type") } else { entry.need("type") };
    let declared = item.is_present();
    let plain = item.choice::<FieldType>().map(FieldType::plain);
    let is_choice = matches!(plain, Some(None));
    let values = if is_choice { entry.need("values") } else { entry.get("values") };
    let has_values = values.is_present();
    let names = values.names();
    let ty = match plain {
        Some(Some(ty)) => Some(ty),
        Some(None) => (!names.is_empty()).then(|| Type::Choice(names.iter().map(|(name, _)| name.clone()).collect())),
        None => known.filter(|_| !declared).map(|known| known.ty.clone()),
    };
    if has_values && !is_choice && declared {
        let diagnostic = entry.place_of("values").error("wrong-value", "only a choice has `values`");
        entry.report(diagnostic.help("write `type = \"choice\"`, or take `values` out"));
    }
    match (known, ty) {
        (Some(known), Some(ty)) if same_kind(&known.ty, &ty) => Some(known.ty.clone()),
        (Some(known), Some(ty)) => {
            let message = format!("this field is built in as {}; it cannot become {ty}", known.ty);
            entry.report(entry.place_of("type").error("built-in-type", message).help("give your field another name"));
            None
        }
        (_, ty) => ty,
    }
}

/// A built-in choice keeps its values: to declare them again in another order changes nothing.
fn same_kind(known: &Type, declared: &Type) -> bool {
    match (known, declared) {
        (Type::Choice(known), Type::Choice(declared)) => declared.iter().all(|value| known.contains(value)),
        _ => known == declared,
    }
}

/// The feed a name comes from: its `source`, if that feed declares how fresh it must be.
fn source(table: &mut Table, feeds: &BTreeSet<Arc<str>>) -> Option<Arc<str>> {
    let source = table.get("source").name()?;
    if feeds.contains(&source) {
        return Some(source);
    }
    if let Some(feed) = nearest(&source, feeds.iter().map(|feed| &**feed)) {
        let message = format!("no feed `{source}` is declared below [feeds], so its age is not checked");
        table.report(table.place_of("source").warning("unknown-feed", message).suggest(feed));
    }
    None
}

/// Whether a condition could use the name; reports it if not.
fn check_name(table: &Table, name: &str, place: &Place) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.chars().all(fits) && name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return true;
    }
    let fitting: String = name.to_lowercase().chars().map(|c| if fits(c) { c } else { '_' }).collect();
    let message = format!("a condition cannot name `{name}`: use small letters, digits and `_`, a letter first");
    let diagnostic = place.error("bad-id", message);
    let can_start = fitting.starts_with(|c: char| c.is_ascii_lowercase());
    table.report(if can_start { diagnostic.suggest(fitting) } else { diagnostic });
    false
}
