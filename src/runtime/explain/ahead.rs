//! When an answer can change by the passing of time alone.

use std::sync::Arc;

use serde::Serialize;

use super::case::Case;
use crate::condition::Truth;
use crate::engine::admission::cooldown_ends;
use crate::engine::matching::{Offers, matures_at, next_flip, next_midnight};
use crate::time::{Timestamp, utc_text};

/// How far ahead the next change of an answer is looked for.
const AHEAD_DAYS: i64 = 400;

/// When the answer changes by time alone: what trigger and `when` say, or why the account is out all the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NextChange {
    pub at: String,
    /// What trigger and `when` say then.
    pub to: Truth,
    /// Why the account is in or out then.
    pub reason: &'static str,
}

/// The first instant at which the answer is another one if nothing changes but the time.
pub(super) fn next_change(case: &Case<'_>) -> Option<NextChange> {
    let now = (case.verdict(), case.reason());
    let end = case.facts.now + jiff::Span::new().hours(24 * AHEAD_DAYS);
    let mut at = next_instant(case)?;
    let mut state = case.left_behind();
    while at <= end {
        let then = Case::at(case.playbook, &case.facts.at(at), case.desk, Some(&state), case.live_since);
        let (to, reason) = (then.verdict(), then.reason());
        if (to, reason) != now {
            return Some(NextChange { at: utc_text(at), to, reason: reason.as_str() });
        }
        state = then.left_behind();
        at = next_instant(&then)?;
    }
    None
}

/// The next instant at which anything about the case may differ: a day, something recorded ahead, an opening, a feed that
/// grows too old, the end of `for` or of a cooldown.
pub(super) fn next_instant(case: &Case<'_>) -> Option<Timestamp> {
    let (playbook, facts) = (case.playbook, &case.facts);
    let book = &facts.world.book;
    let reads = || playbook.expressions().chain(book.shared_expressions()).map(|expression| expression.reads());
    let flips = reads().filter_map(|reads| next_flip(reads, facts));
    let feeds: std::collections::BTreeSet<&Arc<str>> = reads().flat_map(|reads| &reads.feeds).collect();
    // The feed is fresh up to and including that instant; a second later it is not.
    let too_old =
        feeds.into_iter().filter_map(|feed| facts.fresh_until(feed)).map(|at| at + jiff::Span::new().seconds(1));
    let opening = if let Offers::From(from) = case.offers { Some(from) } else { None };
    flips
        .chain(too_old)
        .chain(facts.account.next_arrival(facts.now, facts.world.event_kinds.iter()))
        .chain(opening)
        .chain(matures_at(&case.state, playbook, facts))
        .chain(cooldown_ends(playbook, facts, case.desk))
        .chain([next_midnight(facts)])
        .filter(|at| *at > facts.now)
        .min()
}
