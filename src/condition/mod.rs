//! The conditions of the book: text that rhai parses, typed against the registry, compiled to an
//! expression that answers yes, no or unknown for one account.
//!
//! The path of a text: `scan` (size, brackets, tokens) → `rewrite` (habits of other languages) →
//! `parse` (rhai's syntax tree) → `lower` (names and types resolved, every mistake collected) →
//! `expr`, which `eval` evaluates and `trace` explains. rhai never evaluates account data; only the
//! helper functions of functions.rhai run in it, in the sandbox of `script`.

use std::sync::Arc;

mod compare;
mod coverage;
mod eval;
mod expr;
mod functions;
mod lower;
mod motion;
mod name;
mod named;
mod one_line;
mod parse;
mod problem;
mod ranges;
mod reads;
mod registry;
mod repair;
mod rewrite;
mod scan;
mod script;
mod shape;
#[cfg(test)]
mod tests;
mod thresholds;
mod trace;
mod value;
mod vocabulary;
mod words;

pub use coverage::{Comparison, Coverage, Sides};
pub use functions::{FUNCTIONS, Function, Usage};
pub use motion::Motion;
pub use name::{Facts, Name, OUTCOMES, Window};
pub use parse::is_name;
pub use problem::{Problem, is_sure, nearest};
pub use ranges::{Constant, Ranges};
pub use reads::Reads;
pub use registry::{Field, Metric, Registry, Scope};
pub use scan::MAX_LENGTH;
pub use script::Scripts;
pub use thresholds::Threshold;
pub use trace::{Age, AgeKind, Makeup, Shortfall, Trace};
pub use value::{Truth, Type, Value};
pub use vocabulary::{NAMES, OPERATORS, Term};
pub use words::{Words, spaced};

/// The text of an expression and where its first character stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub text: Arc<str>,
    pub file: Arc<str>,
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
}

impl Source {
    /// A text at the beginning of something that is not a file, such as an argument.
    pub fn inline(text: impl Into<Arc<str>>, origin: impl Into<Arc<str>>) -> Source {
        Source { text: text.into(), file: origin.into(), line: 1, column: 1 }
    }

    /// The line of the file on which a byte of the text stands.
    pub fn line_at(&self, offset: usize) -> usize {
        self.line + self.text[..offset].matches('\n').count()
    }
}

/// What kind of expression belongs at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A yes-or-no question.
    Truth,
    Number,
    Type(Type),
    Any,
}

/// A compiled expression. Cheap to clone, immutable, and the same for every account.
#[derive(Clone, Debug)]
pub struct Expression(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    source: Source,
    root: expr::Node,
    reads: Reads,
}

impl Expression {
    /// Compiles a text for its place; on failure every mistake that can be told from this text.
    pub fn compile(source: Source, scope: &Scope, expected: Expected) -> Result<Expression, Vec<Problem>> {
        let scan = scan::Scan::of(&source.text).map_err(|problem| vec![problem])?;
        let (root, reads) = lower::compile(&scan, scope, &expected)?;
        Ok(Expression(Arc::new(Compiled { source, root, reads })))
    }

    /// The answer for one account; unknown when a value it needs is empty, stale or failed.
    pub fn truth(&self, facts: &dyn Facts) -> Truth {
        if let Some(coverage) = facts.coverage() {
            coverage.look(self, facts);
        }
        eval::answer(&self.0.root, facts).truth()
    }

    /// The value for one account. For a question without an answer: what makes it unknown.
    pub fn value(&self, facts: &dyn Facts) -> Value {
        eval::value(&self.0.root, facts)
    }

    /// The answer with the values that led to it.
    pub fn trace(&self, facts: &dyn Facts) -> Trace {
        trace::trace(&self.0.root, &self.0.source, facts)
    }

    /// How the value moves by the passing of days alone.
    pub fn motion(&self, facts: &dyn Facts) -> Motion {
        motion::motion(&self.0.root, facts)
    }

    /// How many midnights may pass before the answer can be another one, if nothing changes but the date.
    pub fn still_for(&self, facts: &dyn Facts) -> u32 {
        self.motion(facts).still_for
    }

    /// Every comparison in it, those of named conditions among them.
    pub fn comparisons(&self) -> Vec<Comparison> {
        coverage::comparisons(&self.0.root, &self.0.source)
    }

    /// What it asks, in plain English.
    pub fn in_words(&self) -> Words {
        words::expression(&self.0.root)
    }

    /// What can change the answer.
    pub fn reads(&self) -> &Reads {
        &self.0.reads
    }

    pub fn ty(&self) -> &Type {
        &self.0.root.ty
    }

    pub fn text(&self) -> &str {
        &self.0.source.text
    }

    pub fn source(&self) -> &Source {
        &self.0.source
    }

    fn root(&self) -> &expr::Node {
        &self.0.root
    }
}
