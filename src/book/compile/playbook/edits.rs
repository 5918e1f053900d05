//! What the file says of its own past: steps that were renamed, and steps that are gone.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::book::playbook::OnRemoved;
use crate::book::read::{Table, unknown_name};

use super::context::Context;

/// `[[moved]] from, to`: a step that was renamed; `to` must be there, `from` must not.
pub(super) fn moved(top: &mut Table, context: &Context) -> BTreeMap<Arc<str>, Arc<str>> {
    let mut moved = BTreeMap::new();
    for mut table in top.tables("moved") {
        let from = gone(&mut table, "from", context);
        let item = table.need("to");
        let place = item.place();
        let known = &context.outline.step_ids;
        let to = item.id();
        match to.as_ref().filter(|to| !known.iter().any(|id| **id == ***to)) {
            Some(to) => table.report(unknown_name(&place, "step", to, known.iter().map(String::as_str))),
            None => moved.extend(from.zip(to)),
        }
        table.finish();
    }
    moved
}

/// `[[removed]] step, then`: a step that is gone, and what becomes of enrollments that wait on it.
pub(super) fn removed(top: &mut Table, context: &Context) -> BTreeMap<Arc<str>, OnRemoved> {
    let mut removed = BTreeMap::new();
    for mut table in top.tables("removed") {
        let step = gone(&mut table, "step", context);
        removed.extend(step.zip(table.need("then").choice()));
        table.finish();
    }
    removed
}

/// The id of a step that the file no longer has.
fn gone(table: &mut Table, key: &str, context: &Context) -> Option<Arc<str>> {
    let item = table.need(key);
    let place = item.place();
    let id = item.id()?;
    if context.outline.step_ids.iter().any(|step| **step == *id) {
        let message = format!("the playbook still has a step `{id}`");
        let help = "write here only the ids of steps that are gone from the file";
        table.report(place.error("step-exists", message).help(help));
        return None;
    }
    Some(id)
}
