//! Operators: logic, comparisons, `in`, arithmetic and defaults, and which types they take.

use std::ops::Range;
use std::sync::Arc;

use rhai::Expr as Tree;

use crate::time::{Date, Timestamp};

use super::super::expr::{Arithmetic, Comparison, Expr, Node};
use super::super::functions::Function;
use super::super::{Problem, Type, Value};
use super::Lower;

impl Lower<'_> {
    pub(super) fn logic(&mut self, parts: &[Tree], build: fn(Vec<Node>) -> Expr) -> Option<Node> {
        let nodes: Vec<Option<Node>> = parts.iter().map(|part| self.question(part)).collect();
        let nodes: Vec<Node> = nodes.into_iter().collect::<Option<_>>()?;
        let at = self.span(nodes.first()?.at.start, nodes.last()?.at.end);
        Some(Node::new(build(nodes), Type::Bool, at))
    }

    pub(super) fn not(&mut self, inner: &Tree, operator: Range<usize>) -> Option<Node> {
        let inner = self.question(inner)?;
        let at = self.span(operator.start.min(inner.at.start), inner.at.end);
        Some(Node::new(Expr::Not(Box::new(inner)), Type::Bool, at))
    }

    fn question(&mut self, tree: &Tree) -> Option<Node> {
        let node = self.expression(tree)?;
        if matches!(node.ty, Type::Bool | Type::Any) {
            return Some(node);
        }
        let message = format!("`{}` is {}, not a question", self.text(&node.at), node.ty);
        self.wrong("wrong-type", node.at, message, Some("compare it with something, as in `account.arr > 5000`"))
    }

    pub(super) fn sign(&mut self, operator: &str, inner: &Tree, at: Range<usize>) -> Option<Node> {
        let inner = self.expression(inner)?;
        let whole = self.span(at.start, inner.at.end);
        match (operator, &inner.ty) {
            ("-", Type::Number | Type::Any) => Some(Node::new(Expr::Negate(Box::new(inner)), Type::Number, whole)),
            ("+", Type::Number | Type::Any) => Some(inner),
            _ => self.wrong("wrong-type", whole, format!("{} has no sign", inner.ty), None),
        }
    }

    pub(super) fn binary(&mut self, symbol: &str, left: &Tree, right: &Tree, at: Range<usize>) -> Option<Node> {
        if let Some(comparison) = Comparison::of(symbol) {
            return self.comparison(comparison, left, right);
        }
        match Arithmetic::of(symbol) {
            Some(operator) => self.arithmetic(operator, left, right, at),
            None => self.wrong("unknown-operator", at, format!("`{symbol}` is not an operator of the language"), None),
        }
    }

    fn comparison(&mut self, comparison: Comparison, left: &Tree, right: &Tree) -> Option<Node> {
        let (left, right) = self.pair(left, right)?;
        let at = self.span(left.at.start, right.at.end);
        if let Expr::Compare { comparison: first, right: middle, .. } = &left.expr
            && first.is_ordering()
            && comparison.is_ordering()
        {
            return self.chain(&left, middle, &right, at);
        }
        if !left.ty.compares_with(&right.ty) {
            return self.incomparable(&left, &right, at);
        }
        let unordered = |node: &Node| node.ty.is_text() || node.ty == Type::Bool;
        if comparison.is_ordering() && (unordered(&left) || unordered(&right)) {
            let which = if unordered(&left) { &left } else { &right };
            let message = format!("`{}` is {}, which has no order", self.text(&which.at), which.ty);
            return self.wrong(
                "no-order",
                at,
                message,
                Some("compare it with `==`, `!=` or `in`; dates with a date field"),
            );
        }
        Some(Node::new(Expr::Compare { comparison, left: Box::new(left), right: Box::new(right) }, Type::Bool, at))
    }

    /// `10 <= x <= 50`: what reads as one comparison in mathematics compares a yes-or-no with 50.
    fn chain(&mut self, left: &Node, middle: &Node, right: &Node, at: Range<usize>) -> Option<Node> {
        let problem = Problem::new("chained-comparison", at, "comparisons do not chain: write two, joined with `&&`");
        let second = self.span(middle.at.start, right.at.end);
        // A second part that reaches before the first has parentheses which a suggestion would tear.
        let problem = if second.start > left.at.start {
            problem.fix(format!("{} && {}", self.text(&left.at), self.text(&second)))
        } else {
            problem
        };
        self.problems.push(problem);
        None
    }

    fn incomparable(&mut self, left: &Node, right: &Node, at: Range<usize>) -> Option<Node> {
        let (left_text, right_text) = (self.text(&left.at), self.text(&right.at));
        let message =
            format!("`{left_text}` is {} and `{right_text}` is {}: they cannot be compared", left.ty, right.ty);
        let problem = Problem::new("incomparable-types", at, message);
        let problem = match (unquoted(left, &right.ty), unquoted(right, &left.ty)) {
            (Some(bare), _) => Problem { start: left.at.start, end: left.at.end, ..problem }.suggest(bare),
            (_, Some(bare)) => Problem { start: right.at.start, end: right.at.end, ..problem }.suggest(bare),
            _ => match (&left.ty, &right.ty) {
                (Type::Tags, _) => problem.help(format!("write `has_tag({left_text}, {right_text})`")),
                (_, Type::Tags) => problem.help(format!("write `has_tag({right_text}, {left_text})`")),
                (day, Type::Number) if day.is_day() => problem
                    .help(format!("compare a number of days: `days_until({left_text})` or `days_since({left_text})`")),
                (text, Type::Number) if text.is_text() => {
                    problem.help("compare a text with a text in double quotes, or name a field that holds a number")
                }
                (Type::Number, text) if text.is_text() => {
                    problem.help("compare a number with a number, without quotes")
                }
                _ => problem,
            },
        };
        self.problems.push(problem);
        None
    }

    pub(super) fn is_in(&mut self, asked: &Tree, list: &Tree) -> Option<Node> {
        let asked = self.expression(asked);
        let Tree::Array(items, position) = list else {
            let list = self.expression(list);
            return self.is_tag(asked?, list?);
        };
        let items: Vec<Option<Node>> = items.iter().map(|item| self.expression(item)).collect();
        let asked = asked?;
        let start = self.at(*position).start;
        let at = self.span(asked.at.start, start + 1);
        let list: Vec<Option<Value>> = items.into_iter().map(|item| self.item(item?, &asked)).collect();
        let list: Arc<[Value]> = list.into_iter().collect::<Option<Vec<_>>>()?.into();
        Some(Node::new(Expr::In { value: Box::new(asked), list }, Type::Bool, at))
    }

    fn item(&mut self, item: Node, asked: &Node) -> Option<Value> {
        let item = self.adapt(item, &asked.ty)?;
        if !item.ty.compares_with(&asked.ty) {
            self.incomparable(asked, &item, item.at.clone());
            return None;
        }
        match item.expr {
            Expr::Literal(value) => Some(value),
            _ => self.wrong(
                "not-a-literal",
                item.at,
                "a list holds only texts and numbers",
                Some("compare with `==` and join with `||`"),
            ),
        }
    }

    fn is_tag(&mut self, asked: Node, list: Node) -> Option<Node> {
        let at = self.span(asked.at.start, list.at.end);
        match (&asked.ty, &list.ty) {
            (tag, Type::Tags | Type::Any) if tag.is_text() || *tag == Type::Any => {
                let args = vec![list, asked];
                Some(Node::new(Expr::Call { function: Function::HasTag, args }, Type::Bool, at))
            }
            _ => {
                let message = format!("`{}` is {}, not a list", self.text(&list.at), list.ty);
                let help = "write `x in [\"a\", \"b\"]`, `\"vip\" in account.tags`, or `contains(text, part)`";
                self.wrong("wrong-type", list.at, message, Some(help))
            }
        }
    }

    fn arithmetic(&mut self, operator: Arithmetic, left: &Tree, right: &Tree, symbol: Range<usize>) -> Option<Node> {
        let (left, right) = self.pair(left, right)?;
        let at = self.span(left.at.start, right.at.end);
        let ty = match (&left.ty, operator, &right.ty) {
            (Type::Number | Type::Any, _, Type::Number | Type::Any) => Type::Number,
            (day, Arithmetic::Subtract, other) if day.is_day() && other.is_day() => Type::Number,
            (day, Arithmetic::Add | Arithmetic::Subtract, Type::Number) if day.is_day() => Type::Date,
            (Type::Number, Arithmetic::Add, day) if day.is_day() => Type::Date,
            _ => {
                let message = format!("`{}` does not work on {} and {}", self.text(&symbol), left.ty, right.ty);
                let help = "numbers add, subtract, multiply and divide; a date takes a number of days";
                return self.wrong("wrong-type", at, message, Some(help));
            }
        };
        Some(Node::new(Expr::Arithmetic { operator, left: Box::new(left), right: Box::new(right) }, ty, at))
    }

    pub(super) fn default(&mut self, parts: &[Tree]) -> Option<Node> {
        let nodes: Vec<Option<Node>> = parts.iter().map(|part| self.expression(part)).collect();
        let mut nodes = nodes.into_iter().collect::<Option<Vec<Node>>>()?.into_iter();
        let first = nodes.next()?;
        let mut ty = first.ty.clone();
        let mut joined = vec![first];
        for node in nodes {
            let node = self.adapt(node, &ty)?;
            if !ty.compares_with(&node.ty) && ty != node.ty {
                let message = format!("the default `{}` is {}, but {ty} is needed", self.text(&node.at), node.ty);
                return self.wrong("wrong-type", node.at, message, None);
            }
            if ty != node.ty && !matches!(node.expr, Expr::Literal(_)) {
                ty = wider(&ty, &node.ty);
            }
            joined.push(node);
        }
        let at = self.span(joined.first()?.at.start, joined.last()?.at.end);
        Some(Node::new(Expr::Default(joined), ty, at))
    }

    fn pair(&mut self, left: &Tree, right: &Tree) -> Option<(Node, Node)> {
        let (left, right) = (self.expression(left), self.expression(right));
        let (left, right) = (left?, right?);
        let (left_ty, right_ty) = (left.ty.clone(), right.ty.clone());
        let (left, right) = (self.adapt(left, &right_ty), self.adapt(right, &left_ty));
        Some((left?, right?))
    }

    /// Reads a text literal as what it stands for beside that type: a date, a choice, a person.
    pub(super) fn adapt(&mut self, node: Node, beside: &Type) -> Option<Node> {
        let Expr::Literal(Value::Text(text)) = &node.expr else { return Some(node) };
        match beside {
            Type::Date | Type::Time => self.day(text.clone(), node.at),
            Type::Choice(values) if !values.contains(text) => {
                let message = format!("\"{text}\" is not one of the known values");
                self.unknown("unknown-choice", node.at, message, values.iter().map(|value| &**value))
            }
            Type::Person if !self.scope.registry.people.is_empty() => {
                let people = &self.scope.registry.people;
                self.known("person", people.iter(), text, node.at.clone())?;
                Some(node)
            }
            _ => Some(node),
        }
    }

    fn day(&mut self, text: Arc<str>, at: Range<usize>) -> Option<Node> {
        if let Ok(instant) = text.parse::<Timestamp>() {
            return self.literal(Value::Time(instant), Type::Time, at);
        }
        // jiff also reads other ISO 8601 shapes; a date here is written in one way only.
        match text.parse::<Date>() {
            Ok(date) if text.len() == 10 => self.literal(Value::Date(date), Type::Date, at),
            _ => {
                let help = "write year, month and day: \"2026-06-15\"; or an instant: \"2026-06-15T09:00:00Z\"";
                self.wrong("bad-date", at, format!("\"{text}\" is not a date"), Some(help))
            }
        }
    }

    /// A range in the source with its brackets balanced.
    pub(super) fn span(&self, start: usize, end: usize) -> Range<usize> {
        self.scan.balanced(start..end)
    }
}

/// The type that holds the values of both.
fn wider(one: &Type, other: &Type) -> Type {
    match (one, other) {
        (Type::Any, _) | (_, Type::Any) => Type::Any,
        _ if one.is_day() => Type::Time,
        _ => Type::Text,
    }
}

/// A quoted number or bool beside a number or bool, without its quotes.
fn unquoted(node: &Node, beside: &Type) -> Option<String> {
    let Expr::Literal(Value::Text(text)) = &node.expr else { return None };
    let fits = match beside {
        Type::Number => text.parse::<f64>().is_ok_and(f64::is_finite),
        Type::Bool => matches!(&**text, "true" | "false"),
        _ => false,
    };
    fits.then(|| text.to_string())
}
