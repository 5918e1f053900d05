//! The typed expression a condition compiles to. Every name is resolved and every type checked;
//! what is left to do is in `eval`.

use std::ops::Range;
use std::sync::Arc;

use crate::time::Span;

use super::functions::Function;
use super::script::Scripts;
use super::{Expression, Name, Type, Value};

/// An expression with its type and its place in the source.
#[derive(Debug)]
pub(super) struct Node {
    pub expr: Expr,
    pub ty: Type,
    /// Byte range in the source text, without enclosing parentheses.
    pub at: Range<usize>,
    /// Levels of nesting below and including this node, named conditions counted in.
    pub depth: usize,
    /// Nodes below and including this one, named conditions counted in.
    pub size: usize,
}

#[derive(Debug)]
pub(super) enum Expr {
    Literal(Value),
    Today,
    Now,
    Read(Name),
    /// A field of the person whose id the node gives.
    Person {
        id: Box<Node>,
        field: Arc<str>,
    },
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
    /// `a ?? b ?? c`: the first that is not empty.
    Default(Vec<Node>),
    Compare {
        comparison: Comparison,
        left: Box<Node>,
        right: Box<Node>,
    },
    In {
        value: Box<Node>,
        list: Arc<[Value]>,
    },
    Negate(Box<Node>),
    Arithmetic {
        operator: Arithmetic,
        left: Box<Node>,
        right: Box<Node>,
    },
    Within {
        day: Box<Node>,
        span: Span,
    },
    Call {
        function: Function,
        args: Vec<Node>,
    },
    /// A named condition of the book.
    Named(Expression),
    Script {
        scripts: Scripts,
        name: Arc<str>,
        args: Vec<Node>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    pub fn of(symbol: &str) -> Option<Comparison> {
        Some(match symbol {
            "==" => Comparison::Equal,
            "!=" => Comparison::NotEqual,
            "<" => Comparison::Less,
            "<=" => Comparison::LessOrEqual,
            ">" => Comparison::Greater,
            ">=" => Comparison::GreaterOrEqual,
            _ => return None,
        })
    }

    /// How a choice out of a list is written where a comparison's symbol would stand.
    pub const IN: &'static str = "one of";

    /// As it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Comparison::Equal => "==",
            Comparison::NotEqual => "!=",
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => ">=",
        }
    }

    /// Whether it asks for an order and not only for sameness.
    pub fn is_ordering(self) -> bool {
        !matches!(self, Comparison::Equal | Comparison::NotEqual)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Arithmetic {
    pub fn of(symbol: &str) -> Option<Arithmetic> {
        Some(match symbol {
            "+" => Arithmetic::Add,
            "-" => Arithmetic::Subtract,
            "*" => Arithmetic::Multiply,
            "/" => Arithmetic::Divide,
            "%" => Arithmetic::Remainder,
            _ => return None,
        })
    }
}

impl Node {
    /// A node; its depth and size follow from its parts.
    pub fn new(expr: Expr, ty: Type, at: Range<usize>) -> Node {
        let named = if let Expr::Named(expression) = &expr { Some(expression.root()) } else { None };
        let (mut depth, mut size) = (1, 1usize);
        for part in expr.parts().chain(named) {
            depth = depth.max(1 + part.depth);
            size = size.saturating_add(part.size);
        }
        Node { expr, ty, at, depth, size }
    }
}

impl Expr {
    /// The expressions this one is made of, in source order; those of a named condition are its own.
    pub fn parts(&self) -> impl Iterator<Item = &Node> {
        let (pair, many): ([Option<&Node>; 2], &[Node]) = match self {
            Expr::Literal(_) | Expr::Today | Expr::Now | Expr::Read(_) | Expr::Named(_) => ([None; 2], &[]),
            Expr::Person { id: one, .. }
            | Expr::Not(one)
            | Expr::Negate(one)
            | Expr::In { value: one, .. }
            | Expr::Within { day: one, .. } => ([Some(one), None], &[]),
            Expr::Compare { left, right, .. } | Expr::Arithmetic { left, right, .. } => {
                ([Some(left), Some(right)], &[])
            }
            Expr::And(nodes) | Expr::Or(nodes) | Expr::Default(nodes) => ([None; 2], nodes),
            Expr::Call { args, .. } | Expr::Script { args, .. } => ([None; 2], args),
        };
        pair.into_iter().flatten().chain(many)
    }
}
