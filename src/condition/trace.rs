//! The answer with its reasons: every comparison with the values it saw.

use serde::Serialize;

use super::eval::{answer, value};
use super::expr::{Expr, Node};
use super::{Facts, Source, Truth, Value};

/// One expression, what it answered, and why. Children are the parts of `&&`, `||`, `!` and of
/// named conditions; all of them are evaluated, also those that could not change the answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trace {
    pub text: String,
    pub truth: Truth,
    pub children: Vec<Trace>,
    /// The value seen left of a comparison, or asked of a function.
    pub left: Option<Value>,
    /// The value seen right of it.
    pub right: Option<Value>,
    pub file: String,
    pub line: usize,
    /// Why there is no answer: the empty name, the stale feed, or the failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown_because: Option<String>,
}

/// Evaluates with reasons.
pub(super) fn trace(node: &Node, source: &Source, facts: &dyn Facts) -> Trace {
    let seen = answer(node, facts);
    let truth = seen.truth();
    let (left, right) = sides(node, facts);
    Trace {
        text: source.text[node.at.clone()].to_owned(),
        truth,
        children: children(node, source, facts),
        left,
        right,
        file: source.file.to_string(),
        line: source.line_at(node.at.start),
        unknown_because: (truth == Truth::Unknown).then(|| because(node, source, &seen, facts)),
    }
}

fn children(node: &Node, source: &Source, facts: &dyn Facts) -> Vec<Trace> {
    match &node.expr {
        Expr::And(nodes) | Expr::Or(nodes) => nodes.iter().map(|part| trace(part, source, facts)).collect(),
        Expr::Not(inner) => vec![trace(inner, source, facts)],
        Expr::Named(expression) => vec![expression.trace(facts)],
        _ => Vec::new(),
    }
}

fn sides(node: &Node, facts: &dyn Facts) -> (Option<Value>, Option<Value>) {
    match &node.expr {
        Expr::And(_) | Expr::Or(_) | Expr::Not(_) | Expr::Named(_) => (None, None),
        Expr::Compare { left, right, .. } => (Some(value(left, facts)), Some(value(right, facts))),
        Expr::In { value: asked, list } => {
            let list = list.iter().map(|item| item.to_string().into()).collect();
            (Some(value(asked, facts)), Some(Value::Tags(list)))
        }
        Expr::Within { day, span } => (Some(value(day, facts)), Some(Value::text(span.to_string()))),
        Expr::Call { args, .. } => {
            let mut seen = args.iter().map(|arg| value(arg, facts));
            (seen.next(), seen.next())
        }
        _ => (Some(value(node, facts)), None),
    }
}

fn because(node: &Node, source: &Source, seen: &Value, facts: &dyn Facts) -> String {
    match seen {
        Value::Stale(feed) => format!("feed {feed} is stale"),
        Value::Failed(message) => message.to_string(),
        _ => empty_part(node, source, facts),
    }
}

/// The innermost part that is empty while all it is made of is known.
fn empty_part(node: &Node, source: &Source, facts: &dyn Facts) -> String {
    if let Expr::Named(expression) = &node.expr {
        return empty_part(expression.root(), expression.source(), facts);
    }
    match node.expr.parts().find(|part| value(part, facts) == Value::Empty) {
        Some(part) => empty_part(part, source, facts),
        None => format!("{} is empty", &source.text[node.at.clone()]),
    }
}
