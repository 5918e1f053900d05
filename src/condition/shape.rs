//! How a condition is written: what rules of style ask of it.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use super::expr::{Comparison, Expr, Node};
use super::functions::Function;
use super::scan::Scan;
use super::{Expression, Name, Value};

impl Expression {
    /// The names followed by `(`: functions, scripts and named conditions.
    pub fn calls(&self) -> BTreeSet<String> {
        Scan::of(self.text()).map(|scan| scan.calls().map(str::to_owned).collect()).unwrap_or_default()
    }

    /// Comparisons that are true on one day only, such as `days_until(account.renewal_date) == 90`.
    pub fn single_days(&self) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        each(self.root(), &mut |node| {
            if let Expr::Compare { comparison: Comparison::Equal, left, right } = &node.expr
                && (counts_days(left) && is_number(right) || counts_days(right) && is_number(left))
            {
                found.push(node.at.clone());
            }
        });
        found
    }

    /// Each `a && b` that stands beside `||` without brackets around it.
    pub fn bare_ands(&self) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        each(self.root(), &mut |node| {
            if let Expr::Or(parts) = &node.expr {
                let ands = parts.iter().filter(|part| matches!(part.expr, Expr::And(_)));
                found.extend(ands.map(|part| part.at.clone()).filter(|at| !is_bracketed(self.text(), at)));
            }
        });
        found
    }

    /// The account fields that are compared without `is_empty` or `??` for them anywhere, each where it first stands.
    pub fn unguarded_fields(&self) -> Vec<(Arc<str>, Range<usize>)> {
        let mut guarded: BTreeSet<Arc<str>> = BTreeSet::new();
        let mut read: Vec<(Arc<str>, Range<usize>)> = Vec::new();
        each(self.root(), &mut |node| match &node.expr {
            Expr::Call { function: Function::IsEmpty, args } | Expr::Default(args) => {
                guarded.extend(args.iter().filter_map(field));
            }
            _ => {
                let is_new = |name: &Arc<str>| !read.iter().any(|(known, _)| known == name);
                read.extend(field(node).filter(is_new).map(|name| (name, node.at.clone())));
            }
        });
        read.retain(|(name, _)| !guarded.contains(name));
        read
    }
}

/// Visits every part, outermost first; named conditions are visited where they are defined.
fn each(node: &Node, visit: &mut dyn FnMut(&Node)) {
    visit(node);
    node.expr.parts().for_each(|part| each(part, visit));
}

fn field(node: &Node) -> Option<Arc<str>> {
    match &node.expr {
        Expr::Read(Name::Account(field)) => Some(field.clone()),
        _ => None,
    }
}

fn counts_days(node: &Node) -> bool {
    use Function::{BusinessDaysSince, BusinessDaysUntil, DaysSince, DaysUntil};
    matches!(node.expr, Expr::Call { function: DaysUntil | DaysSince | BusinessDaysUntil | BusinessDaysSince, .. })
}

fn is_number(node: &Node) -> bool {
    matches!(node.expr, Expr::Literal(Value::Number(_)))
}

/// Whether the brackets stand directly around the stretch. A balanced stretch between two of them is in one pair.
fn is_bracketed(text: &str, at: &Range<usize>) -> bool {
    text[..at.start].trim_end().ends_with('(') && text[at.end..].trim_start().starts_with(')')
}
