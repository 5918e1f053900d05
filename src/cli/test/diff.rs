//! What a test expected against what happened, as a unified diff of one timeline: `-` did not happen, `+` was not
//! expected, and below each of them why.

use super::super::print::count;
use crate::runtime::cases::{CaseResult, DiffLine, Mark};

/// Lines that agree and are shown before and after one that does not.
const CONTEXT: usize = 3;

/// The lines of the timeline in their order, marked.
pub fn diff(result: &CaseResult) -> Vec<String> {
    let lines = &result.diff;
    let is_near = |n: usize| {
        let around = &lines[n.saturating_sub(CONTEXT)..lines.len().min(n + CONTEXT + 1)];
        around.iter().any(|line| line.mark != Mark::Agrees)
    };
    let mut told = vec!["--- expected".to_owned(), "+++ happened".to_owned()];
    let mut hidden = 0;
    for (n, line) in lines.iter().enumerate() {
        if !is_near(n) {
            hidden += 1;
            continue;
        }
        told.extend(left_out(std::mem::take(&mut hidden)));
        told.extend(shown(line));
    }
    told.extend(left_out(hidden));
    told
}

fn shown(line: &DiffLine) -> impl Iterator<Item = String> {
    let why = line.why.as_ref().map(|why| format!("      why: {why}"));
    [format!("{} {}", line.mark.sign(), line.text)].into_iter().chain(why)
}

fn left_out(n: usize) -> Option<String> {
    (n > 0).then(|| format!("  … {}", count(n, "more line")))
}
