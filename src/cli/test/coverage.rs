//! `test --coverage`: what of the book the tests have seen.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::book::Book;
use crate::book::playbook::Playbook;
use crate::condition::{Comparison, Coverage, Expression, Type};
use crate::engine::desk::{Entry, EntryKind, EntryResult};
use crate::runtime::cases::CaseResult;

/// What the tests have seen of one playbook, or of what all playbooks share.
pub struct Seen {
    /// The playbook's id; none for conditions that all share.
    pub playbook: Option<Arc<str>>,
    counts: Vec<(&'static str, Count)>,
    /// What was not seen, with its file and line.
    missing: Vec<String>,
}

#[derive(Clone, Copy, Default)]
struct Count {
    seen: usize,
    of: usize,
}

/// Of every playbook that has tests among the results, and last of the shared conditions.
pub fn of_book(book: &Book, results: &[CaseResult], coverage: &Coverage) -> Vec<Seen> {
    let mut entries: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for result in results {
        let own = result.entries.iter().filter(|entry| entry.playbook == result.playbook);
        entries.entry(&result.playbook).or_default().extend(own);
    }
    let playbooks = entries.into_iter().filter_map(|(id, entries)| Some((book.playbooks.get(id)?, entries)));
    let mut seen: Vec<Seen> = playbooks.map(|(playbook, entries)| of_playbook(playbook, &entries, coverage)).collect();
    let shared = Seen { playbook: None, counts: Vec::new(), missing: Vec::new() };
    let named = book.dictionary.registry.named.values();
    let shared = with_conditions(shared, book.shared_expressions().into_iter().chain(named), coverage, None);
    seen.extend(Some(shared).filter(|shared| shared.total().of > 0));
    seen
}

/// The share of everything countable that was seen, in whole percent, never rounded up.
pub fn percent(seen: &[Seen]) -> usize {
    let total = seen.iter().map(Seen::total).fold(Count::default(), |a, b| a.plus(b));
    (total.seen * 100).checked_div(total.of).unwrap_or(100)
}

fn of_playbook(playbook: &Playbook, entries: &[&Entry], coverage: &Coverage) -> Seen {
    let happened = |kind: EntryKind| {
        let own = entries.iter().filter(move |entry| entry.kind == kind && entry.result == EntryResult::Done);
        own.filter_map(|entry| entry.step.as_deref()).collect::<BTreeSet<&str>>()
    };
    let waited = entries.iter().filter(|entry| entry.kind == EntryKind::Step && entry.result == EntryResult::Waiting);
    let mut steps = happened(EntryKind::Step);
    steps.extend(waited.filter_map(|entry| entry.step.as_deref()));
    let branches: BTreeSet<&str> =
        happened(EntryKind::Enroll).into_iter().filter_map(|step| step.strip_prefix("branch=")).collect();
    let (exits, levels) = (happened(EntryKind::Exit), happened(EntryKind::Escalate));
    let has_won = entries.iter().any(|entry| entry.kind == EntryKind::Goal);
    let mut seen = Seen { playbook: Some(playbook.id.clone()), counts: Vec::new(), missing: Vec::new() };
    seen.count("steps", "step", playbook.steps.iter().map(|step| (&*step.id, steps.contains(&*step.id))));
    seen.count("branches", "branch", playbook.branches.iter().map(|own| (&*own.id, branches.contains(&*own.id))));
    let goal = playbook.goal.iter().map(|_| ("goal", has_won));
    seen.count("exits", "exit", goal.chain(playbook.exits.iter().map(|own| (&*own.id, exits.contains(&*own.id)))));
    let ladder = playbook.escalation.iter().flat_map(|ladder| &ladder.levels);
    seen.count("levels", "level", ladder.map(|own| (&*own.id, levels.contains(&*own.id))));
    with_conditions(seen, playbook.expressions(), coverage, Some(&playbook.file))
}

/// Adds the comparisons; of a playbook only those that stand in its own file.
fn with_conditions<'a>(
    mut seen: Seen,
    expressions: impl Iterator<Item = &'a Expression>,
    coverage: &Coverage,
    file: Option<&str>,
) -> Seen {
    let questions = expressions.filter(|expression| *expression.ty() == Type::Bool);
    let all: BTreeSet<Comparison> = questions.flat_map(Expression::comparisons).collect();
    let mut count = Count::default();
    for comparison in all.iter().filter(|own| file.is_none_or(|file| *own.file == *file)) {
        let sides = coverage.of(comparison);
        count = count.plus(Count { seen: sides.seen(), of: 3 });
        let never = [
            (sides.was_true, "was never true"),
            (sides.was_false, "was never false"),
            (sides.decided, "never decided the answer"),
        ];
        let never: Vec<&str> = never.into_iter().filter(|(was, _)| !was).map(|(_, what)| what).collect();
        if !never.is_empty() {
            let Comparison { file, line, text } = comparison;
            seen.missing.push(format!("{file}:{line}  `{}` {}", text.trim(), never.join(", ")));
        }
    }
    if count.of > 0 {
        seen.counts.push(("conditions", count));
    }
    seen
}

impl Count {
    fn plus(self, other: Count) -> Count {
        Count { seen: self.seen + other.seen, of: self.of + other.of }
    }
}

impl Seen {
    fn count<'a>(&mut self, name: &'static str, one: &str, parts: impl Iterator<Item = (&'a str, bool)>) {
        let mut count = Count::default();
        for (id, was_seen) in parts {
            count = count.plus(Count { seen: usize::from(was_seen), of: 1 });
            if !was_seen {
                self.missing.push(format!("{one} `{id}` never happened"));
            }
        }
        if count.of > 0 {
            self.counts.push((name, count));
        }
    }

    fn total(&self) -> Count {
        self.counts.iter().fold(Count::default(), |total, (_, count)| total.plus(*count))
    }

    /// A line of counts, then a line for each thing that was not seen.
    pub fn lines(&self) -> Vec<String> {
        let counts: Vec<String> =
            self.counts.iter().map(|(name, count)| format!("{name} {}/{}", count.seen, count.of)).collect();
        let name = self.playbook.as_deref().unwrap_or("shared by all");
        let first = format!("{name}  {}", counts.join("  "));
        [first].into_iter().chain(self.missing.iter().map(|line| format!("  not seen: {line}"))).collect()
    }

    pub fn json(&self) -> Json {
        let counts = self.counts.iter().map(|(name, count)| ((*name).to_owned(), json!([count.seen, count.of])));
        json!({
            "playbook": self.playbook,
            "seen": counts.collect::<serde_json::Map<_, _>>(),
            "missing": self.missing,
        })
    }
}
