//! `test --accept`: what happened becomes what is expected.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::super::exit::{Failure, Result};
use super::super::print::{Format, Print, count};
use crate::book::cases::{Happened, accept_in};
use crate::book::source::SourceFile;
use crate::runtime::cases::CaseResult;

/// Rewrites the files of the tests that failed. A test that could not be played to its end stays as it is.
pub fn write(
    book: &Path,
    files: &BTreeMap<Arc<str>, Arc<SourceFile>>,
    results: &[CaseResult],
    print: Print,
) -> Result<()> {
    let mut failed: BTreeMap<&Arc<str>, Vec<&CaseResult>> = BTreeMap::new();
    for result in results.iter().filter(|result| !result.passed() && result.problem.is_none()) {
        if let Some(other) = shares_expectation(result, results) {
            print.line(format!(
                "{}:{} stays as it is: `{}` and `{}` are held against the same expectation and differ. Write what is \
                 expected into each row of `cases`.",
                result.file, result.line, result.name, other.name
            ))?;
            continue;
        }
        failed.entry(&result.file).or_default().push(result);
    }
    for (name, results) in failed {
        let Some(file) = files.get(name) else { continue };
        let happened: Vec<Happened> = results.iter().map(|result| happened(result)).collect();
        accept_in(book, file, &happened)
            .map_err(|error| Failure::wrong(format!("{name} could not be rewritten: {error}")))?;
        if print.format == Format::Human {
            print.line(format!(
                "{name}: {} rewritten; read the change before you keep it",
                count(results.len(), "test")
            ))?;
        }
    }
    Ok(())
}

/// Another case of the same test that is held against the very same words, with another outcome.
fn shares_expectation<'a>(result: &CaseResult, results: &'a [CaseResult]) -> Option<&'a CaseResult> {
    let is_same = |own: &&CaseResult| own.file == result.file && own.line == result.line && !std::ptr::eq(*own, result);
    let differs =
        |own: &&CaseResult| own.outcome != result.outcome || result.kept.is_some() && own.actual != result.actual;
    results.iter().filter(is_same).find(differs)
}

fn happened(result: &CaseResult) -> Happened {
    let lines = result.kept.as_ref().map(|kept| result.actual.iter().cloned().zip(kept.iter().copied()).collect());
    Happened { line: result.line, lines, outcome: result.outcome.clone() }
}
