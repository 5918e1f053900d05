//! The steps of a playbook, and the outline that tells their ids before any of them is compiled.

use std::sync::Arc;

use crate::book::calendar::Window;
use crate::book::playbook::{Approve, Kind, Retry, Step};
use crate::book::read::{Item, Table, unknown_name};
use crate::book::source::Place;
use crate::condition::Expected;
use crate::time::{Span, Time};

use super::actions::{self, Slot};
use super::context::Context;
use super::recipients::Side;
use super::timing;

/// The names of a playbook's own parts, and the tables they stand in.
pub(super) struct Outline<'f> {
    /// In file order; empty where an id is missing or wrong.
    pub step_ids: Vec<String>,
    pub kinds: Vec<Option<Kind>>,
    pub branch_ids: Vec<String>,
    pub steps: Vec<Table<'f>>,
    pub branches: Vec<Table<'f>>,
}

impl<'f> Outline<'f> {
    /// Reads the ids of branches and steps, and what the steps do.
    pub fn of(table: &mut Table<'f>) -> Outline<'f> {
        let mut branches = table.tables("branch");
        let branch_ids = ids(&mut branches, "branch");
        let mut steps = table.tables("step");
        let step_ids = ids(&mut steps, "step");
        let kinds = steps.iter_mut().map(|step| step.need("action").choice()).collect();
        Outline { step_ids, kinds, branch_ids, steps, branches }
    }
}

/// Takes the id of each table, reports a second one of the same name, and calls the table by it.
pub(super) fn ids(tables: &mut [Table], what: &str) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for table in tables {
        let id = table.need("id").id().map(|id| id.to_string()).unwrap_or_default();
        if !id.is_empty() {
            table.call(format!("{what} `{id}`"));
            if let Some(first) = ids.iter().position(|own| *own == id) {
                let message = format!("there is a {what} `{id}` already, number {} of the file", first + 1);
                table.report(table.place_of("id").error("duplicate-id", message).help("give one of them another id"));
            }
            if RESERVED.contains(&id.as_str()) {
                let message = format!("`{id}` has a meaning of its own in `after` and cannot be an id");
                table.report(table.place_of("id").error("bad-id", message));
            }
        }
        ids.push(id);
    }
    ids
}

const RESERVED: [&str; 3] = ["enrolled", "previous", "anchor"];

/// Compiles all steps. Fewer come back than there are when some have mistakes.
pub(super) fn compile(context: &mut Context) -> Vec<Step> {
    let tables = std::mem::take(&mut context.outline.steps);
    tables.into_iter().enumerate().filter_map(|(index, table)| step(table, index, context)).collect()
}

fn step(mut table: Table, index: usize, context: &mut Context) -> Option<Step> {
    let id: Arc<str> = context.outline.step_ids[index].as_str().into();
    let branches = step_branches(table.get("branch"), context);
    let timing = timing::timing(&mut table, index, context);
    let when = table.get("when").expression(&context.scope_at(index), Expected::Truth);
    let send_window = context.window(table.get("send_window"));
    let time = local_time(table.get("time"), send_window.as_ref().unwrap_or(&context.send_window), context);
    let approve = approve(&mut table, index, context);
    table.get("retry").choice::<Retry>();
    let action = context.outline.kinds[index]
        .and_then(|kind| actions::compile(kind, &mut table, &Slot { id: &id, index, assignee: None }, context));
    table.finish();
    Some(Step { id, branches, when, timing: timing?, time, send_window, approve, action: action? })
}

fn step_branches(item: Item, context: &Context) -> Vec<Arc<str>> {
    let known = &context.outline.branch_ids;
    let diagnostics = item.diagnostics();
    let named: Vec<(Arc<str>, Place)> = item
        .one_or_more()
        .into_iter()
        .filter_map(|item| {
            let place = item.place();
            item.name().map(|name| (name, place))
        })
        .collect();
    for (name, place) in &named {
        if !known.iter().any(|branch| **branch == **name) {
            diagnostics.push(unknown_name(place, "branch", name, known.iter().map(String::as_str)));
        }
    }
    named.into_iter().map(|(name, _)| name).collect()
}

/// The hour of a step, which must lie inside the window it waits for.
fn local_time(item: Item, window: &Window, context: &Context) -> Option<Time> {
    let (place, diagnostics) = (item.place(), item.diagnostics());
    let time = item.time()?;
    if let Some(calendar) = context.shared.calendars.of(window, None)
        && !calendar.hours.contain(time)
    {
        let time = time.strftime("%H:%M");
        let message = format!("{time} lies outside the send window, which is open {}", calendar.hours);
        diagnostics.push(place.error("outside-window", message).help("choose an hour inside, or another send_window"));
        return None;
    }
    Some(time)
}

fn approve(table: &mut Table, index: usize, context: &Context) -> Option<Approve> {
    let by = table.get("approve");
    let (place, asked) = (table.place(), by.is_present());
    let by = context.recipient(by, Side::Ours);
    let when = table.get("approve_when").expression(&context.scope_at(index), Expected::Truth);
    let within: Option<Span> = table.get("approve_within").positive_span();
    if !asked && (when.is_some() || within.is_some()) {
        let message = format!("{} says when to ask for approval, and not whom", table.title());
        table.report(place.error("missing-key", message).help("add approve = \"account.owner\""));
    }
    Some(Approve { by: by?, when, within })
}
