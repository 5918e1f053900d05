//! The numbers that a condition compares something with: what one turns to make it stricter.

use std::ops::Range;

use super::expr::{Expr, Node};
use super::{Expression, Source, Value};

/// One number in a condition, or in a named one it calls, and what is compared with it.
#[derive(Clone, Debug)]
pub struct Threshold {
    /// What is compared, without blanks: `health.score`, `usage.logins.change_pct(30)`.
    pub of: String,
    /// The whole comparison as it is written.
    pub comparison: String,
    pub number: f64,
    /// The text that holds the number.
    pub source: Source,
    /// Where the number stands in that text, its sign included, in bytes.
    pub at: Range<usize>,
}

impl Expression {
    /// Every number that something is compared with, in the order of the text; those of named conditions are theirs.
    pub fn thresholds(&self) -> Vec<Threshold> {
        let mut found = Vec::new();
        self.collect_thresholds(&mut found);
        found
    }

    fn collect_thresholds(&self, found: &mut Vec<Threshold>) {
        below(self.root(), self.source(), found);
    }
}

fn below(node: &Node, source: &Source, found: &mut Vec<Threshold>) {
    match &node.expr {
        Expr::Named(expression) => expression.collect_thresholds(found),
        Expr::Compare { left, right, .. } => match (number(left), number(right)) {
            (None, Some(limit)) => found.push(threshold(node, left, (right, limit), source)),
            (Some(limit), None) => found.push(threshold(node, right, (left, limit), source)),
            _ => {}
        },
        _ => node.expr.parts().for_each(|part| below(part, source, found)),
    }
}

fn threshold(whole: &Node, asked: &Node, (limit, number): (&Node, f64), source: &Source) -> Threshold {
    let comparison = source.text[whole.at.clone()].split_whitespace().collect::<Vec<_>>().join(" ");
    Threshold { of: name(asked, source), comparison, number, source: source.clone(), at: limit.at.clone() }
}

/// The number that stands there, if it is nothing but one.
fn number(node: &Node) -> Option<f64> {
    match &node.expr {
        Expr::Literal(Value::Number(number)) => Some(*number),
        Expr::Negate(inner) => number(inner).map(|number| -number),
        _ => None,
    }
}

/// What people call it: `account.x ?? 0` is `account.x`.
fn name(node: &Node, source: &Source) -> String {
    match &node.expr {
        Expr::Read(name) => name.to_string().split_whitespace().collect(),
        Expr::Default(parts) => parts.first().map_or_else(String::new, |first| name(first, source)),
        _ => source.text[node.at.clone()].split_whitespace().collect(),
    }
}
