//! Why an account is, or is not, in a playbook, at any instant; who qualifies for a condition.
//!
//! The engine is asked, never imitated: what it says now ([`case`]), what it said then ([`past`]), when it will say
//! something else ([`ahead`]).

mod ahead;
mod case;
mod delivery;
mod enrollment;
mod funnel;
mod matching;
mod past;
mod policy;
mod reading;
mod step;

use std::sync::Arc;

use anyhow::{Result, anyhow};
use serde::Serialize;

use crate::book::Book;
use crate::book::playbook::Playbook;
use crate::condition::{Trace, Truth, Value, nearest};
use crate::engine::Reason;
use crate::engine::turnout::{MEDIAN_DAYS, Turnout};
use crate::portfolio::Facts;
use crate::store::Store;
use crate::time::{TimeZone, Timestamp, add_days, local_date, utc_text};

use case::Case;

pub use ahead::NextChange;
pub use delivery::{DeliveryExplanation, TaskExplanation, explain_delivery, explain_task};
pub use enrollment::{EnrollmentExplanation, StepLine, explain_enrollment};
pub use funnel::{Clause, KeptOut, Near, WhyNot, why_not};
pub use matching::{Matched, compile, match_condition};
pub use policy::{PolicyKind, PolicyLine};
pub use reading::{facts, read, world};
pub use step::{DueFrom, Hindrance, NextLook, StepExplanation, StepStanding, explain_step};

/// Why an account is, or is not, enrolled.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    pub account: Arc<str>,
    pub playbook: Arc<str>,
    pub as_of: String,
    /// What `when` and the trigger say together: yes, no, unknown.
    pub verdict: Truth,
    pub enrolled: bool,
    pub reason: &'static str,
    pub condition: Trace,
    pub policy: Vec<PolicyLine>,
    pub next_change: Option<NextChange>,
    /// The first part of the condition that settles the verdict, without what it is made of.
    pub deciding: Trace,
    /// The enrollment the account is in, or was in last, at that instant.
    pub enrollment: Option<Arc<str>>,
    /// What cannot be said of that instant, because it was not recorded.
    pub notes: Vec<String>,
}

impl Explanation {
    /// The reason with what decided it: `condition_false: account.arr >= 5000 [900 against 5000] welcome.toml:12`.
    pub fn in_a_line(&self) -> String {
        let doc = || Reason::parse(self.reason).map_or("", Reason::meaning).to_owned();
        format!("{}: {}", self.reason, self.decided_by().unwrap_or_else(doc))
    }

    /// The comparison or the rule behind the reason; none where nothing keeps the account out.
    pub fn decided_by(&self) -> Option<String> {
        let of_condition = [Reason::ConditionFalse, Reason::ConditionUnknown, Reason::StaleFeed];
        if self.verdict != Truth::True && of_condition.iter().any(|reason| reason.as_str() == self.reason) {
            return Some(in_a_line(&self.deciding));
        }
        let behind = |truth| self.policy.iter().find(move |line| line.truth == truth && line.explains(self.reason));
        let rule = behind(Truth::True).or_else(|| behind(Truth::Unknown))?;
        let detail = rule.detail.as_ref().map_or_else(String::new, |detail| format!(", {detail}"));
        Some(one_line(&rule.rule) + detail.as_str())
    }
}

/// A comparison with what it saw, and where it stands.
pub fn in_a_line(trace: &Trace) -> String {
    let seen = seen(trace);
    let because = trace.unknown_because.as_ref().map_or_else(String::new, |because| format!(" ({because})"));
    let seen = if seen.is_empty() { seen } else { format!(" {seen}") };
    format!("{}{seen}{because} {}:{}", one_line(&trace.text), trace.file, trace.line)
}

/// The values a comparison saw: `[900 against 5000]`; nothing when it saw none.
pub fn seen(trace: &Trace) -> String {
    match (&trace.left, &trace.right) {
        (Some(left), Some(right)) if !matches!(right, Value::Tags(_)) => format!("[{left} against {right}]"),
        (Some(left), _) => format!("[{left}]"),
        _ => String::new(),
    }
}

/// A text of several lines on one.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Explains one account in one playbook as of an instant, from what is recorded of it.
pub async fn explain(
    store: &Store,
    book: Arc<Book>,
    account: &str,
    playbook: &str,
    as_of: Timestamp,
) -> Result<Explanation> {
    let playbook = book.playbooks.get(playbook).cloned().ok_or_else(|| {
        let near = nearest(playbook, book.playbooks.keys().map(|id| &**id));
        anyhow!("there is no playbook `{playbook}`{}", reading::did_you_mean(near))
    })?;
    let (account, desk) = read(store, account, as_of).await?;
    let lines = step::lines_until(store, &account.id, Some(&playbook.id), as_of).await?;
    let desk = past::desk_at(&desk, &lines, as_of);
    let looked_until = store.account_summary(&account.id).await?.and_then(|summary| summary.wake_at);
    let went_live = store.live_since().await?.get(&playbook.id).copied();
    let turnout = turnout(store, &book, &playbook, as_of).await?;
    let world = world(store, book).await?;
    let facts = Facts::new(world, Arc::new(account), Arc::new(desk.work()), as_of);
    let live_since = live_since(went_live, as_of);
    let before = past::state_before(&playbook, &facts.seen_by(&playbook), &desk, looked_until, live_since);
    let case = Case::at(&playbook, &facts, &desk, before.as_ref(), live_since);
    Ok(told(&case, &turnout, went_live))
}

/// From when on the playbook counts as live: what was before it went live has no baseline, and one that never did goes live
/// now.
fn live_since(went_live: Option<Timestamp>, as_of: Timestamp) -> Timestamp {
    went_live.map_or(as_of, |at| if at > as_of { Timestamp::MIN } else { at })
}

fn told(case: &Case<'_>, turnout: &Turnout, went_live: Option<Timestamp>) -> Explanation {
    let (facts, playbook) = (&case.facts, case.playbook);
    let (enrolled, mut reason) = (case.is_enrolled(), case.reason());
    if reason == Reason::Enrolled && !enrolled {
        let excess = turnout.excess(playbook, &facts.world.book.policy.breaker, facts.today(), 0);
        let is_before = went_live.is_some_and(|at| at > facts.now);
        reason = if is_before { Reason::NotLive } else { excess.map_or(reason, |excess| excess.reason) };
    }
    let condition = case.question();
    let deciding = Trace { children: Vec::new(), ..condition.deciding().clone() };
    Explanation {
        account: facts.account.id.clone(),
        playbook: playbook.id.clone(),
        as_of: utc_text(facts.now),
        verdict: condition.truth,
        enrolled,
        reason: reason.as_str(),
        policy: policy::lines(case, reason, turnout),
        next_change: ahead::next_change(case),
        deciding,
        condition,
        enrollment: case.desk.entries_of(playbook).last().map(|own| own.id.clone()),
        notes: notes(case, went_live),
    }
}

/// What the history cannot say of the instant.
fn notes(case: &Case<'_>, went_live: Option<Timestamp>) -> Vec<String> {
    let (facts, mut notes) = (&case.facts, Vec::new());
    if let Some(known) = facts.account.known_since.filter(|known| *known > facts.now) {
        notes.push(format!("nothing is recorded of {} before {}", facts.account.id, utc_text(known)));
    }
    if let Some(live) = went_live.filter(|live| *live > facts.now) {
        notes.push(format!("{} went live here on {}", case.playbook.id, utc_text(live)));
    }
    let read = case.playbook.expressions().flat_map(|expression| &expression.reads().feeds);
    let later = read.filter(|feed| facts.world.feeds.get(*feed).is_some_and(|seen| *seen > facts.now));
    let later: std::collections::BTreeSet<&str> = later.map(|feed| &**feed).collect();
    for feed in later {
        notes.push(format!("how fresh feed {feed} was then is not recorded; it counts as fresh"));
    }
    notes
}

/// How many have entered the playbook, and of how many accounts, for the limits of the day.
async fn turnout(store: &Store, book: &Book, playbook: &Playbook, as_of: Timestamp) -> Result<Turnout> {
    // Somewhere it is still the day before.
    let from = add_days(local_date(as_of, &TimeZone::UTC), -MEDIAN_DAYS - 1);
    let mut turnout = store.turnout(std::slice::from_ref(&playbook.id), from).await?;
    let breaker = &book.policy.breaker;
    if breaker.max_share > 0.0 && turnout.may_exceed(breaker.min_enrollments, 1) {
        turnout.active_accounts = store.active_accounts(as_of).await?;
    }
    Ok(turnout)
}
