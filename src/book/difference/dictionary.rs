//! account.toml and conditions.toml, key by key.

use std::collections::BTreeMap;

use super::facets::Facets;
use crate::book::Book;
use crate::book::keys::Choice;
use crate::condition::{Field, Type};

pub(super) fn facets(book: &Book, facets: &mut Facets) {
    let (dictionary, registry) = (&book.dictionary, &book.dictionary.registry);
    facets.list("personas", &registry.personas);
    facets.list("events that count as contact", &dictionary.contact_events);
    for (feed, fresh_for) in &dictionary.feeds {
        facets.begin("feed", &**feed, "");
        facets.key("fresh_for", fresh_for);
    }
    fields("field", "", &registry.account, facets);
    fields("contact field", "", &registry.contact, facets);
    for (name, metric) in &registry.metrics {
        facets.begin("metric", name, "");
        facets.maybe("feed", metric.feed.as_ref());
        facets.maybe("missing", dictionary.metrics.get(name.as_str()).map(|missing| missing.word()));
    }
    for (kind, declared) in &registry.events {
        facets.begin("event", kind, "");
        facets.maybe("feed", registry.event_feeds.get(kind));
        fields("event field", &format!("{kind}."), declared, facets);
    }
}

fn fields(kind: &'static str, owner: &str, declared: &BTreeMap<String, Field>, facets: &mut Facets) {
    // What is computed has its meaning elsewhere.
    for (name, field) in declared.iter().filter(|(_, field)| !field.computed) {
        facets.begin(kind, format!("{owner}{name}"), type_of(&field.ty));
        facets.key("type", type_of(&field.ty));
        facets.maybe("feed", field.feed.as_ref());
    }
}

fn type_of(ty: &Type) -> String {
    match ty {
        Type::Choice(values) => format!("one of {}", values.join(", ")),
        other => other.to_string(),
    }
}

/// The named conditions.
pub(super) fn conditions(book: &Book, facets: &mut Facets) {
    for (name, condition) in &book.dictionary.registry.named {
        facets.begin("condition", name, condition.one_line());
        facets.key("when", condition.one_line());
    }
}
