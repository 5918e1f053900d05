//! What a run saw of every comparison: true, false, and whether it decided the answer.
//!
//! A comparison decides when the other value of it could have given another answer: no part beside it on the way up
//! has settled the question already. Seen true, seen false and seen to decide is what MC/DC asks of a decision
//! (Hayhurst and others, NASA/TM-2001-210876).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::expr::{Expr, Node};
use super::{Expression, Facts, Source, Truth, eval};

/// One comparison, or another question that has no questions in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Comparison {
    pub file: Arc<str>,
    /// From 1.
    pub line: usize,
    pub text: String,
}

/// What was seen of a comparison.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sides {
    pub was_true: bool,
    pub was_false: bool,
    pub decided: bool,
}

impl Sides {
    /// How many of the three were seen.
    pub fn seen(self) -> usize {
        [self.was_true, self.was_false, self.decided].into_iter().filter(|seen| *seen).count()
    }
}

/// Collects what is seen while conditions are asked; shared by everything of one run.
#[derive(Debug, Default)]
pub struct Coverage(Mutex<BTreeMap<Comparison, Sides>>);

impl Coverage {
    /// Asks the expression again, comparison by comparison, and notes what each said.
    pub fn look(&self, expression: &Expression, facts: &dyn Facts) {
        let mut seen = Vec::new();
        ask(expression.root(), expression.source(), facts, true, &mut seen);
        let mut all = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        for (comparison, truth, is_open) in seen {
            let sides = all.entry(comparison).or_default();
            sides.was_true |= truth == Truth::True;
            sides.was_false |= truth == Truth::False;
            sides.decided |= is_open && truth != Truth::Unknown;
        }
    }

    /// What was seen of a comparison.
    pub fn of(&self, comparison: &Comparison) -> Sides {
        let all = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        all.get(comparison).copied().unwrap_or_default()
    }
}

/// Every comparison of an expression, in the order of its text; those of named conditions are theirs.
pub(super) fn comparisons(root: &Node, source: &Source) -> Vec<Comparison> {
    let mut found = Vec::new();
    list(root, source, &mut found);
    found
}

fn list(node: &Node, source: &Source, found: &mut Vec<Comparison>) {
    match &node.expr {
        Expr::And(nodes) | Expr::Or(nodes) => nodes.iter().for_each(|part| list(part, source, found)),
        Expr::Not(inner) => list(inner, source, found),
        Expr::Named(expression) => list(expression.root(), expression.source(), found),
        _ => found.push(comparison(node, source)),
    }
}

fn comparison(node: &Node, source: &Source) -> Comparison {
    let text = source.text[node.at.clone()].to_owned();
    Comparison { file: source.file.clone(), line: source.line_at(node.at.start), text }
}

/// `is_open`: nothing beside the node, or beside what it is a part of, has settled the answer.
fn ask(node: &Node, source: &Source, facts: &dyn Facts, is_open: bool, seen: &mut Vec<(Comparison, Truth, bool)>) {
    let truth = |node: &Node| eval::answer(node, facts).truth();
    match &node.expr {
        Expr::And(nodes) | Expr::Or(nodes) => {
            let settles = if matches!(node.expr, Expr::And(_)) { Truth::False } else { Truth::True };
            let truths: Vec<Truth> = nodes.iter().map(truth).collect();
            for (place, part) in nodes.iter().enumerate() {
                let beside = truths.iter().enumerate().filter(|(other, _)| *other != place);
                let is_open = is_open && beside.into_iter().all(|(_, truth)| *truth != settles);
                ask(part, source, facts, is_open, seen);
            }
        }
        Expr::Not(inner) => ask(inner, source, facts, is_open, seen),
        Expr::Named(expression) => ask(expression.root(), expression.source(), facts, is_open, seen),
        _ => seen.push((comparison(node, source), truth(node), is_open)),
    }
}
