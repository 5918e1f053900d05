//! A `.test.toml` file compiled: what is given, what changes, what must happen.

mod changes;
mod expected;
mod given;
mod rows;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::book::cases::{Case, Given, TestFile};
use crate::book::diagnostic::Diagnostics;
use crate::book::keys::TEST_FILE;
use crate::book::playbook::Playbook;
use crate::book::read::{Item, Table, unknown_name};
use crate::book::source::SourceFile;
use crate::condition::Registry;

/// What a test file may name.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    pub registry: &'a Registry,
    /// The playbook under test; none when it has mistakes of its own, and then step ids are not checked.
    pub playbook: Option<&'a Playbook>,
}

/// Compiles a test file; none when it has an error.
pub fn compile(
    file: &Arc<SourceFile>,
    registry: &Registry,
    playbooks: &BTreeMap<Arc<str>, Arc<Playbook>>,
    diagnostics: &Diagnostics,
) -> Option<TestFile> {
    let mark = diagnostics.mark();
    let mut table = Table::of_file(file, &TEST_FILE, diagnostics);
    table.get("schema_version").integer_in(1..=1);
    let playbook = playbook(table.need("playbook"), registry);
    let subject =
        Subject { registry, playbook: playbook.as_ref().and_then(|id| playbooks.get(id)).map(|playbook| &**playbook) };
    let mut shared = Given::default();
    if let Some(mut given) = table.table("given") {
        given::read(&mut given, &mut shared, &subject);
        given.finish();
    }
    let tests = table.tables("test");
    if tests.is_empty() {
        table.report_missing("test");
    }
    let cases = tests.into_iter().flat_map(|test| cases_of(test, &shared, &subject)).collect();
    table.finish();
    let playbook = playbook.filter(|_| !diagnostics.has_errors_since(mark))?;
    Some(TestFile { file: file.name.clone(), playbook, cases })
}

fn playbook(item: Item, registry: &Registry) -> Option<Arc<str>> {
    let (place, diagnostics) = (item.place(), item.diagnostics());
    let id = item.name()?;
    if !registry.playbooks.iter().any(|own| **own == *id) {
        diagnostics.push(unknown_name(&place, "playbook", &id, registry.playbooks.iter().map(String::as_str)));
        return None;
    }
    Some(id)
}

/// The cases of one `[[test]]`: itself, or one for each row of its `cases`.
fn cases_of(mut table: Table, shared: &Given, subject: &Subject) -> Vec<Case> {
    let rows = table.get("cases");
    let rows = rows.is_present().then(|| rows.list());
    let Some(test) = case(table, shared, subject, rows.is_some()) else { return Vec::new() };
    match rows {
        None => vec![test],
        Some(rows) => rows.into_iter().filter_map(Item::table).map(|row| rows::case(row, &test, subject)).collect(),
    }
}

fn case(mut table: Table, shared: &Given, subject: &Subject, has_rows: bool) -> Option<Case> {
    let line = table.place().line();
    let name = table.need("name").text();
    if let Some(name) = &name {
        table.call(format!("test `{name}`"));
    }
    let start = table.need("start").date_time();
    let until = table.get("until").date_time();
    if let (Some(start), Some(until)) = (start, until)
        && until < start
    {
        let message = format!("{} ends before it starts", table.title());
        table.report(table.place_of("until").error("wrong-value", message));
    }
    let mut given = shared.clone();
    given::read(&mut table, &mut given, subject);
    let changes = changes::read(table.tables("change"), until, &given, subject);
    let expect_only = table.get("expect_only");
    let expect_only = expect_only.is_present().then(|| expected::words(expect_only));
    let outcome = rows::outcome(&mut table, subject);
    let lines = table.get("expect");
    let is_in_short = has_rows || !outcome.is_empty();
    let expect = (lines.is_present() || !is_in_short)
        .then(|| lines.list().into_iter().filter_map(|item| expected::line(item, subject)).collect());
    let holdout = table.get("holdout").flag().unwrap_or(false);
    table.finish();
    Some(Case { name: name?, line, start: start?, until, given, changes, expect_only, expect, outcome, holdout })
}

impl Subject<'_> {
    /// Reports an id that is neither a step nor a level of the playbook under test, nor one of `others`.
    fn step(&self, item: Item, others: &[&str]) -> Option<Arc<str>> {
        let (place, diagnostics) = (item.place(), item.diagnostics());
        let id = item.name()?;
        let known = self.step_ids().filter(|_| !others.contains(&&*id));
        if known.as_ref().is_some_and(|known| !known.contains(&&*id)) {
            diagnostics.push(unknown_name(&place, "step", &id, known.unwrap_or_default()));
            return None;
        }
        Some(id)
    }

    /// Steps and levels of the playbook under test, if it could be compiled.
    fn step_ids(&self) -> Option<Vec<&str>> {
        let playbook = self.playbook?;
        let levels = playbook.escalation.iter().flat_map(|escalation| escalation.levels.iter().map(|level| &*level.id));
        Some(playbook.steps.iter().map(|step| &*step.id).chain(levels).collect())
    }
}
