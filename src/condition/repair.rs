//! Reading on after a mistake: what is wrong is repaired or set aside, so that one check tells of all of it.

use std::ops::Range;

use super::lower::compile;
use super::rewrite;
use super::scan::Scan;
use super::{Expected, Problem, Scope};

/// The habits of other languages that were found, and what else is wrong once they are written as they should be.
pub(super) fn beyond(scan: &Scan, odd: Vec<Problem>, scope: &Scope, expected: &Expected) -> Vec<Problem> {
    if odd.iter().any(|problem| !problem.sure) {
        return odd;
    }
    let repaired = Repaired::of(scan.text, &odd);
    let found = match Scan::of(&repaired.text) {
        // A text that still has habits of other languages would be repaired for ever.
        Ok(scan) if rewrite::problems(&scan).is_empty() => compile(&scan, scope, expected).err().unwrap_or_default(),
        _ => Vec::new(),
    };
    let mapped = found.into_iter().map(|problem| {
        let (start, end) = (repaired.start(problem.start), repaired.end(problem.end));
        Problem { start, end, ..problem }
    });
    let mapped: Vec<Problem> = mapped.collect();
    // What is to be written instead of the same stretch is right in both ways.
    let is_covered = |own: &&Problem| {
        mapped.iter().any(|other| (own.start, own.end) == (other.start, other.end) && other.suggestion.is_some())
    };
    odd.iter().filter(|own| !is_covered(own)).chain(&mapped).cloned().collect()
}

/// The mistakes of each comparison joined by `&&` or `||`, where `problem` keeps the whole from being read.
pub(super) fn parts(scan: &Scan, problem: Problem, scope: &Scope) -> Vec<Problem> {
    let ranges = joined(scan);
    if ranges.len() < 2 || problem.code == "condition-too-deep" {
        return vec![problem];
    }
    let mut found: Vec<Problem> = ranges.into_iter().flat_map(|range| part(scan.text, range, scope)).collect();
    let is_told =
        found.iter().any(|own| own.start < problem.end && problem.start < own.end || own.start == problem.start);
    if !is_told {
        found.push(problem);
        found.sort_by_key(|problem| problem.start);
    }
    found
}

fn part(text: &str, range: Range<usize>, scope: &Scope) -> Vec<Problem> {
    let Ok(scan) = Scan::of(&text[range.clone()]) else { return Vec::new() };
    if scan.tokens.is_empty() {
        return Vec::new();
    }
    let found = compile(&scan, scope, &Expected::Truth).err().unwrap_or_default();
    let moved = |own: Problem| Problem { start: range.start + own.start, end: range.start + own.end, ..own };
    found.into_iter().map(moved).collect()
}

/// What stands between the operators `&&` and `||` outside of brackets.
fn joined(scan: &Scan) -> Vec<Range<usize>> {
    let (mut ranges, mut start, mut index) = (Vec::new(), 0, 0);
    while index < scan.tokens.len() {
        let token = &scan.tokens[index];
        if matches!(scan.word(index), "&&" | "||") {
            ranges.push(start..token.at.start);
            start = token.at.end;
        }
        index = token.partner.map_or(index, |partner| partner.max(index)) + 1;
    }
    ranges.push(start..scan.text.len());
    ranges
}

/// A text with replacements, and where each piece came from.
struct Repaired {
    text: String,
    /// In the order of the text.
    pieces: Vec<Piece>,
}

/// A stretch of the new text and the one of the old text it stands for.
struct Piece {
    new: Range<usize>,
    old: Range<usize>,
    replaced: bool,
}

impl Repaired {
    /// Applies the suggestions, which come in the order of the text.
    fn of(text: &str, problems: &[Problem]) -> Repaired {
        let mut repaired = Repaired { text: String::new(), pieces: Vec::new() };
        let mut at = 0;
        for problem in problems {
            repaired.push(&text[at..problem.start], at..problem.start, false);
            repaired.push(problem.suggestion.as_deref().unwrap_or_default(), problem.start..problem.end, true);
            at = problem.end;
        }
        repaired.push(&text[at..], at..text.len(), false);
        repaired
    }

    fn push(&mut self, new: &str, old: Range<usize>, replaced: bool) {
        let start = self.text.len();
        self.text.push_str(new);
        self.pieces.push(Piece { new: start..self.text.len(), old, replaced });
    }

    /// Where a stretch of the new text starts in the old one.
    fn start(&self, at: usize) -> usize {
        let Some(piece) = self.piece(at) else { return 0 };
        if piece.replaced { piece.old.start } else { piece.old.start + at - piece.new.start }
    }

    /// Where a stretch of the new text ends in the old one.
    fn end(&self, end: usize) -> usize {
        let Some(piece) = end.checked_sub(1).and_then(|last| self.piece(last)) else { return self.start(end) };
        if piece.replaced { piece.old.end } else { piece.old.start + end - piece.new.start }
    }

    /// The piece that holds a byte of the new text; the last one for the end of the text.
    fn piece(&self, at: usize) -> Option<&Piece> {
        self.pieces.iter().find(|piece| at < piece.new.end).or(self.pieces.last())
    }
}
