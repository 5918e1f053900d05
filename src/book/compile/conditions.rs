//! conditions.toml and functions.rhai: names that any condition may call.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::book::diagnostic::{Diagnostic, Diagnostics};
use crate::book::read::{Item, Table};
use crate::book::source::{Place, SourceFile};
use crate::condition::{Registry, Scripts};

/// Adds the functions of functions.rhai to the registry.
pub fn scripts(file: &Arc<SourceFile>, registry: &mut Registry, diagnostics: &Diagnostics) {
    match Scripts::compile(&file.text) {
        Ok(scripts) => registry.scripts = scripts,
        Err(problem) => {
            let diagnostic = Place::new(file, problem.start..problem.end).error(problem.code, problem.message);
            diagnostics.push(Diagnostic { help: problem.help, ..diagnostic });
        }
    }
}

/// Adds the named conditions, `[condition.<name>]`, to the registry. The scripts must be there already.
pub fn named(mut table: Table, registry: &mut Registry) {
    let mut items: BTreeMap<String, Item> = BTreeMap::new();
    for key in ["condition", "conditions"] {
        for (name, place, mut entry) in table.named(key) {
            entry.get("doc").text();
            let item = entry.need("when");
            entry.finish();
            if items.contains_key(&*name) {
                table.report(place.error("duplicate-id", format!("there is a condition `{name}` already")));
            } else {
                items.insert(name.to_string(), item);
            }
        }
    }
    table.finish();
    let mut sources = BTreeMap::new();
    for (name, item) in &items {
        match item.source_of_condition() {
            Some(source) => drop(sources.insert(name.clone(), source)),
            None => {
                registry.broken.insert(name.clone());
            }
        }
    }
    for (name, problem) in registry.define_named(sources) {
        if let Some(item) = items.get(&name) {
            item.report_problems(vec![problem]);
        }
    }
}
