//! From rhai's syntax tree to the typed expression: every name is looked up in the registry, every
//! type checked, and every mistake collected rather than only the first.
//!
//! A part that is wrong lowers to `None`, its problem recorded; what surrounds it is still checked
//! where that needs no knowledge of the part.

use std::ops::Range;

use rhai::{Expr as Tree, FnCallExpr, Position, Stmt};

use super::expr::{Expr, Node};
use super::parse::{offset, parse};
use super::problem::{is_sure, nearest};
use super::scan::{Kind, Scan};
use super::{Expected, Name, Problem, Reads, Scope, Type, Value, repair, rewrite};

mod call;
mod lookup;
mod operators;
mod path;
mod windows;

/// The deepest nesting with named conditions counted in, so that evaluation is bounded too.
const MAX_TOTAL_DEPTH: usize = 256;
/// The most parts with named conditions counted in: each may use another twice, and so on.
const MAX_TOTAL_SIZE: usize = 10_000;

/// Compiles a scanned text.
pub(super) fn compile(scan: &Scan, scope: &Scope, expected: &Expected) -> Result<(Node, Reads), Vec<Problem>> {
    if scan.tokens.is_empty() {
        let problem = Problem::new("empty-condition", 0..scan.text.len(), "there is no condition here");
        return Err(vec![problem.help("write a comparison, or take the key out")]);
    }
    let odd = rewrite::problems(scan);
    if !odd.is_empty() {
        return Err(repair::beyond(scan, odd, scope, expected));
    }
    let ast = parse(scan).map_err(|problem| repair::parts(scan, problem, scope))?;
    let mut lower = Lower { scan, scope, problems: Vec::new(), reads: Reads::default() };
    let root = match ast.statements() {
        [Stmt::Expr(tree)] => lower.expression(tree),
        _ => lower.wrong("not-an-expression", 0..scan.text.len(), "a condition is one expression", None),
    };
    match root.and_then(|root| lower.expect(root, expected)) {
        Some(root) if lower.problems.is_empty() => Ok((root, lower.reads)),
        _ => Err(lower.problems),
    }
}

struct Lower<'a> {
    scan: &'a Scan<'a>,
    scope: &'a Scope<'a>,
    problems: Vec<Problem>,
    reads: Reads,
}

impl Lower<'_> {
    fn expression(&mut self, tree: &Tree) -> Option<Node> {
        let at = self.at(tree.start_position());
        match tree {
            Tree::BoolConstant(answer, _) => self.literal(Value::Bool(*answer), Type::Bool, at),
            Tree::IntegerConstant(whole, _) => self.number(*whole as f64, at),
            Tree::FloatConstant(number, _) => self.number(**number, at),
            Tree::StringConstant(text, _) => self.literal(Value::text(text.as_str()), Type::Text, at),
            Tree::Unit(_) => {
                self.wrong("no-null", at, "there is no `()`: a value may be empty", Some("ask `is_empty(x)`"))
            }
            Tree::Array(..) => self.wrong(
                "misplaced-list",
                at,
                "a list may only stand right of `in`",
                Some("write `x in [\"a\", \"b\"]`"),
            ),
            Tree::Variable(..) | Tree::Dot(..) => self.path(tree),
            Tree::Index(..) => self.index(at),
            Tree::FnCall(call, position) => self.operator_or_call(call, *position),
            Tree::And(parts, _) => self.logic(parts, Expr::And),
            Tree::Or(parts, _) => self.logic(parts, Expr::Or),
            Tree::Coalesce(parts, _) => self.default(parts),
            _ => {
                let message = format!("`{}` is not part of the language of conditions", self.text(&at));
                self.wrong("not-an-expression", at, message, None)
            }
        }
    }

    fn operator_or_call(&mut self, call: &FnCallExpr, position: Position) -> Option<Node> {
        let at = self.at(position);
        let written = self.text(&at);
        let is_operator = self.scan.tokens[self.scan.index_at(at.start)].kind == Kind::Symbol || written == "in";
        match (&call.args[..], is_operator) {
            (args, false) => self.call(&call.name, args, at, &[]),
            ([list, asked], true) if call.name == "contains" => self.is_in(asked, list),
            ([inner], true) if call.name == "!" => self.not(inner, at),
            ([inner], true) => self.sign(&call.name, inner, at),
            ([left, right], true) => self.binary(&call.name, left, right, at),
            _ => {
                self.wrong("unknown-operator", at, format!("`{}` is not an operator of the language", call.name), None)
            }
        }
    }

    fn literal(&mut self, value: Value, ty: Type, at: Range<usize>) -> Option<Node> {
        Some(Node::new(Expr::Literal(value), ty, at))
    }

    fn number(&mut self, number: f64, at: Range<usize>) -> Option<Node> {
        if !number.is_finite() {
            return self.wrong("bad-number", at, "this number is too large", None);
        }
        // rhai folds the sign into the number; the range covers both.
        let digits = (self.scan.index_at(at.start)..self.scan.tokens.len())
            .find(|index| self.scan.tokens[*index].kind == Kind::Number)
            .map_or(at.end, |index| self.scan.tokens[index].at.end);
        let at = self.scan.balanced(at.start..digits);
        self.literal(Value::Number(number), Type::Number, at)
    }

    /// A read of the account, noted among what the expression depends on.
    fn read(&mut self, name: Name, ty: Type, at: Range<usize>) -> Option<Node> {
        self.reads.note(&name, self.scope.registry);
        Some(Node::new(Expr::Read(name), ty, at))
    }

    fn index(&mut self, at: Range<usize>) -> Option<Node> {
        let help = "write the name after a dot, as in `account.arr`";
        self.wrong("no-brackets", at, "values are not looked up with `[…]`", Some(help))
    }

    fn expect(&mut self, root: Node, expected: &Expected) -> Option<Node> {
        if root.depth > MAX_TOTAL_DEPTH || root.size > MAX_TOTAL_SIZE {
            let message = "this condition is too large once the named conditions in it are counted";
            return self.wrong(
                "condition-too-deep",
                root.at,
                message,
                Some("split it, or flatten the named conditions"),
            );
        }
        let wanted = match expected {
            Expected::Any => return Some(root),
            Expected::Truth => &Type::Bool,
            Expected::Number => &Type::Number,
            Expected::Type(ty) => ty,
        };
        let root = self.adapt(root, wanted)?;
        if root.ty.compares_with(wanted) || root.ty == *wanted {
            return Some(root);
        }
        let message = format!("`{}` is {}; {wanted} belongs here", self.text(&root.at), root.ty);
        let help = (*wanted == Type::Bool).then_some("compare it with something, as in `account.arr > 5000`");
        self.wrong("wrong-type", root.at, message, help)
    }

    fn wrong<T>(
        &mut self,
        code: &'static str,
        at: Range<usize>,
        message: impl Into<String>,
        help: Option<&str>,
    ) -> Option<T> {
        let problem = Problem::new(code, at, message);
        self.problems.push(match help {
            Some(help) => problem.help(help),
            None => problem,
        });
        None
    }

    /// A name that is not there: the nearest one as suggestion, or the known ones as help.
    fn unknown<'c, T>(
        &mut self,
        code: &'static str,
        at: Range<usize>,
        message: String,
        candidates: impl Iterator<Item = &'c str> + Clone,
    ) -> Option<T> {
        let word = self.text(&at).trim_matches('"');
        // People and playbooks decide who gets something; which one was meant, its author says.
        let sure = !matches!(code, "unknown-person" | "unknown-playbook") && is_sure(word, candidates.clone());
        let problem = Problem { sure, ..Problem::new(code, at.clone(), message) };
        self.problems.push(match nearest(word, candidates.clone()) {
            Some(near) if self.text(&at).starts_with('"') => {
                problem.help(format!("did you mean \"{near}\"?")).suggest(format!("\"{near}\""))
            }
            Some(near) => problem.help(format!("did you mean `{near}`?")).suggest(near),
            None => problem.help(listing(candidates)),
        });
        None
    }

    /// The token at a position of rhai's.
    fn at(&self, position: Position) -> Range<usize> {
        let token = self.scan.index_at(offset(self.scan.text, position));
        self.scan.tokens[token].at.clone()
    }

    fn text(&self, at: &Range<usize>) -> &str {
        &self.scan.text[at.clone()]
    }
}

/// The known names, as many as a line holds.
fn listing<'c>(candidates: impl Iterator<Item = &'c str> + Clone) -> String {
    let shown: Vec<&str> = candidates.clone().take(12).collect();
    match (shown.len(), candidates.count()) {
        (0, _) => "none is declared".to_owned(),
        (some, all) if some < all => format!("known are {}, and {} more", shown.join(", "), all - some),
        _ => format!("known are {}", shown.join(", ")),
    }
}
