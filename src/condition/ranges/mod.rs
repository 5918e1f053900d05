//! What must be so for a condition to be true, told from its text alone.
//!
//! Almost every condition of a playbook joins comparisons of names with fixed values. Interval and set arithmetic on
//! those proves that a condition can never be true, or that one covers another. Whatever cannot be told so counts as
//! possible: a claim made here is exact, silence proves nothing.

mod atom;
mod domain;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::expr::{Expr, Node};
use super::{Expression, Source, Truth, Value};

use atom::Atom;
use domain::{Domain, Known};

/// More alternatives than this are not followed.
const MAX_TERMS: usize = 128;

/// What holds of each name at once.
type Term = BTreeMap<String, Domain>;

/// The cases in which something is so, any of them.
#[derive(Clone, Debug)]
pub struct Ranges {
    terms: Vec<Term>,
}

/// A part of a condition whose answer is always the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Constant {
    /// Bytes of the condition's text.
    pub at: Range<usize>,
    pub answer: bool,
}

impl Ranges {
    /// The cases in which a condition is true.
    pub fn of(expression: &Expression) -> Ranges {
        Ranges { terms: terms(expression.root(), expression.source(), true) }
    }

    /// The cases in which a condition is false: answered, and with no.
    pub fn of_false(expression: &Expression) -> Ranges {
        Ranges { terms: terms(expression.root(), expression.source(), false) }
    }

    /// Any case at all.
    pub fn anything() -> Ranges {
        Ranges { terms: vec![Term::new()] }
    }

    /// The cases in which a name, such as `account.status`, is that word.
    pub fn word(name: &str, word: &str) -> Ranges {
        Ranges::words(name, &[word])
    }

    /// The cases in which a name is one of those words.
    pub fn words(name: &str, words: &[&str]) -> Ranges {
        let words = Known::OneOf(words.iter().map(|word| Arc::from(*word)).collect());
        Ranges { terms: vec![Term::from([(name.to_owned(), Domain::known(words))])] }
    }

    /// The cases of both.
    pub fn and(&self, other: &Ranges) -> Ranges {
        Ranges { terms: product(&self.terms, &other.terms) }
    }

    /// Whether there is no such case: proven.
    pub fn is_impossible(&self) -> bool {
        self.terms.is_empty()
    }

    /// One of the cases in words, as `account.arr is 30000`; none when there is nothing to name.
    pub fn example(&self) -> Option<String> {
        let named = self.terms.first()?.iter().filter(|(key, _)| is_readable(key));
        let parts: Vec<String> = named.filter_map(|(key, domain)| example(key, domain)).take(2).collect();
        (!parts.is_empty()).then(|| parts.join(" and "))
    }

    /// The only name these cases are about.
    fn only_name(&self) -> Option<&String> {
        let first = self.terms.first()?.keys().next()?;
        let alone = |term: &Term| term.len() == 1 && term.contains_key(first);
        self.terms.iter().all(alone).then_some(first)
    }
}

impl Expression {
    /// The answer in those cases: yes or no when it is the same in all of them, whatever else is true of the account.
    pub fn given(&self, cases: &Ranges) -> Truth {
        let mut answers = cases.terms.iter().map(|term| settled(self.root(), self.source(), term));
        let Some(first) = answers.next() else { return Truth::Unknown };
        if answers.all(|answer| answer == first) { first } else { Truth::Unknown }
    }

    /// The smallest parts that are never true, or never false.
    pub fn constants(&self) -> Vec<Constant> {
        let mut found = Vec::new();
        constants(self.root(), self.source(), &mut found);
        found
    }

    /// Whether this is true exactly where the other, on the same one name, is not: `health.score >= 50` to a condition
    /// that asks for `health.score < 50` among other things.
    pub fn mirrors(&self, other: &Expression) -> bool {
        let (own, not_own) = (Ranges::of(self), Ranges::of_false(self));
        let Some(name) = own.only_name() else { return false };
        let theirs = Ranges::of(other).terms;
        let is_rest = |term: &Term| {
            let domain = term.get(name);
            domain.is_some() && not_own.terms.iter().map(|not| not.get(name)).eq([domain])
        };
        !theirs.is_empty() && theirs.iter().all(is_rest)
    }
}

fn terms(node: &Node, source: &Source, answer: bool) -> Vec<Term> {
    match &node.expr {
        Expr::Literal(Value::Bool(literal)) => {
            if *literal == answer {
                vec![Term::new()]
            } else {
                Vec::new()
            }
        }
        Expr::Not(inner) => terms(inner, source, !answer),
        Expr::Named(named) => terms(named.root(), named.source(), answer),
        Expr::And(parts) if answer => all(parts, source, answer),
        Expr::Or(parts) if !answer => all(parts, source, answer),
        Expr::And(parts) | Expr::Or(parts) => any(parts, source, answer),
        _ => {
            let atom = Atom::of(node, source);
            let domain = if answer { atom.yes } else { atom.no };
            if domain.is_impossible() { Vec::new() } else { vec![Term::from([(atom.key, domain)])] }
        }
    }
}

fn all(parts: &[Node], source: &Source, answer: bool) -> Vec<Term> {
    let start = vec![Term::new()];
    parts.iter().fold(start, |before, part| product(&before, &terms(part, source, answer)))
}

fn any(parts: &[Node], source: &Source, answer: bool) -> Vec<Term> {
    let found: Vec<Term> = parts.iter().flat_map(|part| terms(part, source, answer)).collect();
    if found.len() > MAX_TERMS { vec![Term::new()] } else { found }
}

/// Every case of the one with every case of the other, as far as both can be.
fn product(one: &[Term], other: &[Term]) -> Vec<Term> {
    if one.len() * other.len() > MAX_TERMS {
        // Leaving a requirement out makes more possible, never less.
        return one.to_vec();
    }
    one.iter().flat_map(|a| other.iter().filter_map(|b| joined(a, b))).collect()
}

fn joined(one: &Term, other: &Term) -> Option<Term> {
    let mut joined = one.clone();
    for (key, domain) in other {
        let domain = joined.get(key).map_or_else(|| domain.clone(), |known| known.and(domain));
        if domain.is_impossible() {
            return None;
        }
        joined.insert(key.clone(), domain);
    }
    Some(joined)
}

/// The answer of a part when that much is known; unknown when it depends on more.
fn settled(node: &Node, source: &Source, known: &Term) -> Truth {
    match &node.expr {
        Expr::Literal(Value::Bool(answer)) => Truth::from(*answer),
        Expr::Not(inner) => !settled(inner, source, known),
        Expr::Named(named) => settled(named.root(), named.source(), known),
        Expr::And(parts) => parts.iter().fold(Truth::True, |so_far, part| so_far.and(settled(part, source, known))),
        Expr::Or(parts) => parts.iter().fold(Truth::False, |so_far, part| so_far.or(settled(part, source, known))),
        _ => {
            let atom = Atom::of(node, source);
            match known.get(&atom.key) {
                Some(domain) if domain.and(&atom.no).is_impossible() && !domain.empty => Truth::True,
                Some(domain) if domain.and(&atom.yes).is_impossible() && !domain.empty => Truth::False,
                _ => Truth::Unknown,
            }
        }
    }
}

/// Notes the smallest constant parts; says whether there was one.
fn constants(node: &Node, source: &Source, found: &mut Vec<Constant>) -> bool {
    let inside = match &node.expr {
        Expr::And(parts) | Expr::Or(parts) => {
            parts.iter().fold(false, |any, part| constants(part, source, found) | any)
        }
        Expr::Not(inner) => constants(inner, source, found),
        // What is wrong with a named condition is told where it stands.
        Expr::Named(named) => return constants(named.root(), named.source(), &mut Vec::new()),
        Expr::Literal(_) => return true,
        _ => false,
    };
    if inside {
        return true;
    }
    let answer = match (terms(node, source, true).is_empty(), terms(node, source, false).is_empty()) {
        (true, _) => false,
        (false, true) if !is_the_only_choice(node) => true,
        _ => return false,
    };
    found.push(Constant { at: node.at.clone(), answer });
    true
}

/// Whether a comparison names the only value there is: in a book with one segment it still asks whether there is one.
fn is_the_only_choice(node: &Node) -> bool {
    let asked = match &node.expr {
        Expr::Compare { left, .. } => left,
        Expr::In { value, .. } => value,
        _ => return false,
    };
    matches!(&asked.ty, super::Type::Choice(values) if values.len() < 2)
}

fn is_readable(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_lowercase()) && !key.contains([' ', '!'])
}

fn example(key: &str, domain: &Domain) -> Option<String> {
    let value = match &domain.known {
        Known::Numbers(stretches) => stretches.first()?.example().to_string(),
        Known::OneOf(words) => words.first()?.to_string(),
        Known::NoneOf(_) | Known::Anything => return None,
    };
    Some(format!("{key} is {value}"))
}
