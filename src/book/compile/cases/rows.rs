//! `cases`: one test played once for each row, and what a row or a test expects in short.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::book::cases::{Case, Outcome};
use crate::book::read::{Table, unknown_name};

use super::{Subject, expected, given};

/// The test with the row's fields over those of the account, and with what the row expects.
pub(super) fn case(mut row: Table, test: &Case, subject: &Subject) -> Case {
    let line = row.place().line();
    let own = outcome(&mut row, subject);
    let (fields, pinned) = given::account_fields(row, subject);
    let told: Vec<String> = fields.iter().chain(&pinned).map(|(field, value)| format!("{field} = {value}")).collect();
    let mut case = Case { line, name: format!("{} [{}]", test.name, told.join(", ")), ..test.clone() };
    case.given.account.fields.extend(fields);
    case.given.account.pinned.extend(pinned);
    case.outcome.branch = own.branch.or(case.outcome.branch);
    case.outcome.reason = own.reason.or(case.outcome.reason);
    case.outcome.counts.extend(own.counts);
    if case.expect.is_none() && case.outcome.is_empty() {
        // A row that says nothing expects that nothing happens, as a test without lines does.
        case.expect = Some(Vec::new());
    }
    case
}

/// `branch`, `expect_count` and `reason`.
pub(super) fn outcome(table: &mut Table, subject: &Subject) -> Outcome {
    let branch = branch(table, subject);
    let mut counts = BTreeMap::new();
    if let Some(mut counted) = table.table("expect_count") {
        for (word, place, item) in counted.rest() {
            if !expected::known_words().any(|known| known == &*word) {
                table.report(unknown_name(&place, "kind of line", &word, expected::known_words()));
            }
            counts.extend(item.integer_in(0..=100_000).map(|count| (word, count as usize)));
        }
    }
    Outcome { branch, counts, reason: table.get("reason").name() }
}

fn branch(table: &mut Table, subject: &Subject) -> Option<Arc<str>> {
    let item = table.get("branch");
    let place = item.place();
    let branch = item.name()?;
    let known = subject.playbook.map(|playbook| playbook.branches.iter().map(|own| &*own.id).collect::<Vec<_>>());
    if let Some(known) = known.filter(|known| !known.contains(&&*branch)) {
        table.report(unknown_name(&place, "branch", &branch, known));
    }
    Some(branch)
}
