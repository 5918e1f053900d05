//! Named conditions: `at_risk()` of conditions.toml. They may call each other, but not in a circle.

use std::collections::{BTreeMap, BTreeSet};

use super::functions::Function;
use super::parse::is_name;
use super::scan::Scan;
use super::{Expected, Expression, Problem, Registry, Scope, Source};

impl Registry {
    /// Compiles named conditions, given in any order, and adds the right ones.
    ///
    /// Returns every mistake with the name of its condition: a name that cannot be called, a name
    /// already taken, a circle, and all that [`Expression::compile`] finds. Scripts come first.
    pub fn define_named(&mut self, sources: BTreeMap<String, Source>) -> Vec<(String, Problem)> {
        let mut problems = Vec::new();
        let mut open: BTreeMap<String, (Source, BTreeSet<String>)> = BTreeMap::new();
        for (name, source) in sources {
            if let Some(problem) = self.refused_name(&name, &source) {
                self.broken.insert(name.clone());
                problems.push((name, problem));
            } else {
                let calls = calls_of(&source);
                open.insert(name, (source, calls));
            }
        }
        while let Some(name) = next_ready(&open) {
            let Some((source, _)) = open.remove(&name) else { break };
            problems.extend(self.define(&name, source).into_iter().map(|problem| (name.clone(), problem)));
        }
        problems.extend(open.iter().map(|(name, (source, calls))| (name.clone(), circle(name, source, calls, &open))));
        self.broken.extend(open.into_keys());
        problems
    }

    fn define(&mut self, name: &str, source: Source) -> Vec<Problem> {
        match Expression::compile(source, &Scope::of(self), Expected::Truth) {
            Ok(expression) => {
                self.named.insert(name.to_owned(), expression);
                Vec::new()
            }
            Err(problems) => {
                self.broken.insert(name.to_owned());
                problems
            }
        }
    }

    fn refused_name(&self, name: &str, source: &Source) -> Option<Problem> {
        let whole = 0..source.text.len();
        if Function::named(name).is_some() || self.scripts.parameters(name).is_some() {
            let message = format!("`{name}` is a function already: give the condition another name");
            return Some(Problem::new("name-taken", whole, message));
        }
        (!is_name(name)).then(|| {
            Problem::new("bad-name", whole, format!("`{name}` cannot be called as `{name}()`"))
                .help("a name consists of the letters a to z, digits and `_`, and is no reserved word")
        })
    }
}

/// A condition that calls no other that is still open.
fn next_ready(open: &BTreeMap<String, (Source, BTreeSet<String>)>) -> Option<String> {
    let ready = open.iter().find(|(_, (_, calls))| !calls.iter().any(|called| open.contains_key(called)));
    ready.map(|(name, _)| name.clone())
}

/// The names followed by `(` in the text, where it can be read.
fn calls_of(source: &Source) -> BTreeSet<String> {
    Scan::of(&source.text).map(|scan| scan.calls().map(str::to_owned).collect()).unwrap_or_default()
}

fn circle(
    name: &str,
    source: &Source,
    calls: &BTreeSet<String>,
    open: &BTreeMap<String, (Source, BTreeSet<String>)>,
) -> Problem {
    let via: Vec<&str> = calls.iter().map(String::as_str).filter(|called| open.contains_key(*called)).collect();
    let message = format!("`{name}()` needs `{}()`, and that leads into a circle", via.join("()`, `"));
    Problem::new("named-condition-circle", 0..source.text.len(), message)
        .help("take one of the calls out, so that every named condition rests on plain fields in the end")
}
