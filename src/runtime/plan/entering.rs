//! Who enters under the new book and not under the old one, and what was seen of them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::condition::{Trace, Truth};
use crate::engine::desk::{Desk, Entry, EntryKind, EntryResult};
use crate::engine::{Enrollment, Reason};
use crate::portfolio::{Account, Facts, World};
use crate::runtime::simulate::Played;
use crate::runtime::timeline::local_day;
use crate::time::Timestamp;

use super::Turn;

/// How many values are told of an account that enters.
const VALUES: usize = 3;

/// The lines of accounts that enter with that result; not of those that are left alone on purpose, nor in shadow, where
/// nothing is done.
pub(super) fn lines(entries: &[Entry], result: EntryResult) -> impl Iterator<Item = &Entry> {
    let enter = entries.iter().filter(move |own| own.kind == EntryKind::Enroll && own.result == result);
    enter.filter(|own| !matches!(own.reason, Some(Reason::Holdout | Reason::Shadow)))
}

/// Those who enter in the play of the new book, each as often as not in that of the old one.
pub(super) fn between(old: &Played, new: &Played, world: &World, from: Timestamp) -> Vec<Turn> {
    let key = |line: &Entry| (line.account.clone(), line.playbook.clone());
    let mut known: HashMap<_, usize> = HashMap::new();
    lines(&old.entries, EntryResult::Done).for_each(|line| *known.entry(key(line)).or_default() += 1);
    let is_new = |line: &&Entry| match known.get_mut(&key(line)) {
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        _ => true,
    };
    let accounts: BTreeMap<&Arc<str>, &(Arc<Account>, Arc<Desk>)> =
        new.accounts.iter().map(|own| (&own.0.id, own)).collect();
    let turn = |line: &Entry| {
        let day = (line.at > from).then(|| format!("on {}", local_day(line)));
        let own = accounts.get(&line.account);
        let said = day.into_iter().chain(own.into_iter().flat_map(|(account, desk)| why(line, account, desk, world)));
        let why = said.collect::<Vec<_>>().join(", ");
        Turn { at: line.at, account: line.account.clone(), playbook: line.playbook.clone(), why }
    };
    lines(&new.entries, EntryResult::Done).filter(is_new).map(turn).collect()
}

/// The branch, the date and what was seen of the account.
fn why(line: &Entry, account: &Arc<Account>, desk: &Desk, world: &World) -> Vec<String> {
    let enrollment: Option<&Enrollment> = line.enrollment.as_ref().and_then(|id| desk.enrollments.get(id));
    let branch = enrollment.and_then(|own| own.branch.as_ref()).map(|branch| format!("branch {branch}"));
    let anchor = enrollment.and_then(|own| own.anchor).map(|anchor| format!("anchor {anchor}"));
    let mut said: Vec<String> = branch.into_iter().chain(anchor).collect();
    let playbook = world.book.playbooks.get(&line.playbook);
    if let Some((playbook, when)) = playbook.and_then(|own| Some((own, own.enroll.when.as_ref()?))) {
        let facts = Facts::new(world.clone(), account.clone(), Arc::new(desk.work()), line.at).seen_by(playbook);
        let mut seen = Vec::new();
        values(&when.trace(&facts), &mut seen);
        said.extend(seen.into_iter().take(VALUES));
    }
    said
}

/// The comparisons that hold and do not say themselves what was seen.
fn values(trace: &Trace, seen: &mut Vec<String>) {
    let is_leaf = trace.children.is_empty() && trace.truth == Truth::True;
    if let Some(left) = trace.left.as_ref().filter(|left| is_leaf && trace.right.as_ref() != Some(left)) {
        let text = trace.text.split_whitespace().collect::<Vec<_>>().join(" ");
        seen.push(format!("{text}: {left}"));
    }
    trace.children.iter().for_each(|child| values(child, seen));
}
