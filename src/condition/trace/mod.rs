//! The answer with its reasons: every comparison with the values it saw, how old they are, and which of them decided.

mod shortfall;

use std::sync::Arc;

use serde::Serialize;

use super::eval::{answer, value};
use super::expr::{Comparison, Expr, Node};
use super::{Facts, Source, Truth, Value};
use crate::time::Timestamp;

pub use shortfall::Shortfall;

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
    /// How old the data is that a comparison reads; nothing for what is put together of others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub age: Vec<Age>,
    #[serde(skip)]
    pub makeup: Makeup,
}

/// What an expression is made of.
#[derive(Clone, Debug, PartialEq)]
pub enum Makeup {
    /// `&&`.
    All,
    /// `||`.
    Any,
    /// `!`.
    Not,
    /// A named condition.
    Named,
    /// What is asked, as it is written, and how it is compared.
    Comparison { asked: String, operator: &'static str },
    /// A question of another kind.
    Question,
}

/// How old the data is that a name reads.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Age {
    /// The name as it is written in a condition.
    pub name: String,
    pub kind: AgeKind,
    /// What `kind` says: an instant, or a local day. None when nothing has ever been recorded.
    pub since: Option<Value>,
    /// Where the data comes from, when the dictionary says so.
    pub feed: Option<Arc<str>>,
    /// When that feed last brought anything, as far as was known at the instant.
    pub seen_at: Option<Timestamp>,
    pub is_stale: bool,
}

/// What is known of the age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AgeKind {
    /// From when on the value has held.
    Value,
    /// The last local day with a value.
    LastDay,
    /// The latest event.
    LatestEvent,
    /// The local day it was computed for.
    Day,
}

impl Trace {
    /// A line of the tree that no text of a condition stands for.
    pub fn note(text: String, truth: Truth, file: &str, line: usize) -> Trace {
        Trace {
            text,
            truth,
            children: Vec::new(),
            left: None,
            right: None,
            file: file.to_owned(),
            line,
            unknown_because: None,
            age: Vec::new(),
            makeup: Makeup::Question,
        }
    }

    /// Both questions at once, under a text of its own.
    pub fn both(text: &str, first: Trace, second: Trace) -> Trace {
        let whole = Trace::note(text.to_owned(), first.truth.and(second.truth), &first.file, first.line);
        Trace { children: vec![first, second], makeup: Makeup::All, ..whole }
    }

    /// The first part, in the order of the text, that settles the answer; where it takes several together, the question
    /// that joins them.
    pub fn deciding(&self) -> &Trace {
        let settles = match self.makeup {
            Makeup::All => self.truth != Truth::True,
            Makeup::Any => self.truth != Truth::False,
            Makeup::Not | Makeup::Named => return self.children.first().map_or(self, Trace::deciding),
            Makeup::Comparison { .. } | Makeup::Question => false,
        };
        let same = self.children.iter().find(|part| part.truth == self.truth);
        same.filter(|_| settles).map_or(self, Trace::deciding)
    }

    /// The parts that must all be true, in the order of the text: those of `&&`, also inside named conditions.
    pub fn clauses(&self) -> Vec<&Trace> {
        match (&self.makeup, self.children.as_slice()) {
            (Makeup::All, parts) => parts.iter().flat_map(Trace::clauses).collect(),
            (Makeup::Named, [inner]) if matches!(inner.makeup, Makeup::All | Makeup::Named) => inner.clauses(),
            _ => vec![self],
        }
    }
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
        age: ages(node, facts),
        makeup: makeup(node, source),
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

fn makeup(node: &Node, source: &Source) -> Makeup {
    let asked = |part: &Node| source.text[part.at.clone()].to_owned();
    match &node.expr {
        Expr::And(_) => Makeup::All,
        Expr::Or(_) => Makeup::Any,
        Expr::Not(_) => Makeup::Not,
        Expr::Named(_) => Makeup::Named,
        Expr::Compare { comparison, left, .. } => {
            Makeup::Comparison { asked: asked(left), operator: comparison.symbol() }
        }
        Expr::In { value, .. } => Makeup::Comparison { asked: asked(value), operator: Comparison::IN },
        _ => Makeup::Question,
    }
}

/// The age of everything a comparison reads, each name once.
fn ages(node: &Node, facts: &dyn Facts) -> Vec<Age> {
    let mut ages = Vec::new();
    if !matches!(node.expr, Expr::And(_) | Expr::Or(_) | Expr::Not(_) | Expr::Named(_)) {
        gather_ages(node, facts, &mut ages);
    }
    ages
}

fn gather_ages(node: &Node, facts: &dyn Facts, ages: &mut Vec<Age>) {
    if let Expr::Read(name) = &node.expr {
        ages.extend(facts.age(name).filter(|age| !ages.iter().any(|known| known.name == age.name)));
    }
    node.expr.parts().for_each(|part| gather_ages(part, facts, ages));
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
