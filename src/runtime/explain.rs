//! Why an account is, or is not, in a playbook, at any instant; who qualifies for a condition.

use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use serde::Serialize;

use crate::book::Book;
use crate::book::playbook::{Playbook, Trigger};
use crate::condition::{Expected, Expression, Scope, Source, Trace, Truth};
use crate::engine::Reason;
use crate::engine::admission::{Admission, Entrance, admit, unknown_because};
use crate::engine::desk::{ConditionState, Desk};
use crate::engine::matching::{self, Offers, is_open, next_flip, next_midnight, observe, offers};
use crate::portfolio::{Account, Facts, World};
use crate::store::Store;
use crate::time::{Timestamp, add_days, start_of_day, utc_text};

/// How far ahead the next change of an answer is looked for.
const AHEAD_DAYS: i64 = 400;

/// How far back the beginning of a `for` is looked for.
const FOR_DAYS: i64 = 60;

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
}

/// A rule of policy.toml or of the playbook, and what it says now.
#[derive(Clone, Debug, Serialize)]
pub struct PolicyLine {
    pub rule: String,
    pub truth: Truth,
    pub effect: &'static str,
}

/// When the verdict changes by time alone.
#[derive(Clone, Debug, Serialize)]
pub struct NextChange {
    pub at: String,
    pub to: Truth,
}

/// Who qualifies for a condition.
#[derive(Clone, Debug, Serialize)]
pub struct Matched {
    pub condition: String,
    pub as_of: String,
    pub yes: usize,
    pub no: usize,
    pub unknown: usize,
    pub accounts: Vec<Arc<str>>,
}

/// What is known of the world at an instant, for questions that change nothing.
pub async fn world(store: &Store, book: Arc<Book>) -> Result<World> {
    let (people, feeds) = (store.people().await?, store.feeds().await?);
    Ok(World::new(book, people, feeds, store.health_seam().await?, store.token_key().await?))
}

/// Explains one account in one playbook as of an instant.
pub async fn explain(
    store: &Store,
    book: Arc<Book>,
    account: &str,
    playbook: &str,
    as_of: Timestamp,
) -> Result<Explanation> {
    let playbook = book.playbooks.get(playbook).cloned().ok_or_else(|| {
        let near = crate::condition::nearest(playbook, book.playbooks.keys().map(|id| &**id));
        anyhow!("there is no playbook `{playbook}`{}", did_you_mean(near))
    })?;
    let (account, desk) = read(store, account, as_of).await?;
    let live_since = store.live_since().await?.get(&playbook.id).copied().unwrap_or(as_of);
    let world = world(store, book).await?;
    let facts = Facts::new(world, Arc::new(account), Arc::new(desk.work()), as_of).seen_by(&playbook);
    let before = desk.conditions.get(&playbook.id).map(|stored| remembered(stored, &playbook, &facts));
    let before = before.as_ref();
    let seen = before.map_or(&[][..], |state| &state.seen);
    let offers = offers(&playbook, &facts, seen, live_since);
    let state = observe(before, &playbook, &facts, &offers, live_since);
    let enrolled = desk
        .of_playbook(&playbook.id)
        .iter()
        .any(|own| own.enrolled_at <= as_of && own.ended.as_ref().is_none_or(|end| end.at > as_of));
    Ok(Explanation {
        account: facts.account.id.clone(),
        playbook: playbook.id.clone(),
        as_of: utc_text(as_of),
        verdict: verdict(&playbook, &facts),
        enrolled,
        reason: reason(&playbook, &facts, &desk_as_of(&desk, as_of), &offers, &state, enrolled).as_str(),
        condition: condition(&playbook, &facts),
        policy: policy(&playbook, &facts),
        next_change: next_change(&playbook, &facts),
    })
}

/// The condition's state as of the facts' instant. The database holds the latest one; where that is newer, since when
/// `when` was true is found again in the recorded history, day by day as far back as `for` asks.
fn remembered(stored: &ConditionState, playbook: &Playbook, facts: &Facts) -> ConditionState {
    if stored.since <= facts.now {
        return stored.clone();
    }
    let truth_at = |at: Timestamp| matching::truth(&playbook.enroll, &facts.at(at).seen_by(playbook));
    let midnights = (0..=FOR_DAYS).map(|n| start_of_day(add_days(facts.today(), -n), &facts.zone));
    let since = midnights.take_while(|at| truth_at(*at) == Truth::True).last();
    let truth = truth_at(facts.now);
    let true_since = (truth == Truth::True).then(|| since.unwrap_or(facts.now));
    ConditionState { truth, since: facts.now, true_since, baseline: None, seen: Vec::new(), ..stored.clone() }
}

/// The account and its desk, or a message that helps.
pub async fn read(store: &Store, account: &str, as_of: Timestamp) -> Result<(Account, Desk)> {
    let id: Arc<str> = account.into();
    let Some((account, _)) = store.load_accounts(std::slice::from_ref(&id)).await?.pop() else {
        let ids = store.account_ids().await?;
        let near = crate::condition::nearest(account, ids.iter().map(|id| &**id));
        bail!("there is no account `{account}`{}", did_you_mean(near));
    };
    let mut desks = store.load_desks(std::slice::from_ref(&id), as_of).await?;
    Ok((account, desks.remove(&id).unwrap_or_default()))
}

fn did_you_mean(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}

/// The desk without what happened after the instant.
fn desk_as_of(desk: &Desk, as_of: Timestamp) -> Desk {
    let mut then = desk.clone();
    then.enrollments.retain(|_, own| own.enrolled_at <= as_of);
    then
}

/// What the trigger's range and `when` say together.
fn verdict(playbook: &Playbook, facts: &Facts) -> Truth {
    let when = playbook.enroll.when.as_ref().map_or(Truth::True, |when| when.truth(facts));
    match &playbook.trigger {
        Trigger::Date(trigger) => match facts.account.date(&trigger.anchor, facts.now) {
            None => Truth::Unknown.and(when),
            Some(anchor) => {
                let range = matching::date_range(playbook, trigger, facts, anchor);
                let inside = range.is_some_and(|(from, until)| from <= facts.now && facts.today() <= until);
                Truth::from(inside).and(when)
            }
        },
        _ => when,
    }
}

fn reason(
    playbook: &Playbook,
    facts: &Facts,
    desk: &Desk,
    offers: &Offers,
    state: &ConditionState,
    enrolled: bool,
) -> Reason {
    if enrolled {
        return Reason::Enrolled;
    }
    let parked = desk.open().find(|own| own.playbook == playbook.id).and_then(|own| own.park.as_ref());
    if let Some(park) = parked {
        return park.reason;
    }
    if !is_open(playbook) {
        return Reason::NotLive;
    }
    let offer = match offers {
        Offers::Now(open) => &open[0],
        Offers::None(Some(reason)) => return *reason,
        Offers::From(_) | Offers::None(None) => return not_offered(playbook, facts),
    };
    match admit(playbook, facts, desk, offer, state, Entrance::Trigger) {
        Admission::Enroll(_) => Reason::Enrolled,
        Admission::HoldOut(_) => Reason::Holdout,
        Admission::Refuse(reason) | Admission::RefuseUntil(reason, _) => reason,
        Admission::AwaitBranch => Reason::ConditionUnknown,
    }
}

/// The trigger offers nothing now: its time has not come, or no event has.
fn not_offered(playbook: &Playbook, facts: &Facts) -> Reason {
    let when = playbook.enroll.when.as_ref();
    match when.map_or(Truth::True, |when| when.truth(facts)) {
        Truth::Unknown => unknown_because(when, facts),
        _ => Reason::ConditionFalse,
    }
}

/// The condition as a tree; the trigger's own question comes first when it has one.
fn condition(playbook: &Playbook, facts: &Facts) -> Trace {
    let when = playbook.enroll.when.as_ref().map(|when| when.trace(facts));
    let Trigger::Date(trigger) = &playbook.trigger else {
        return when.unwrap_or_else(|| leaf("every account the trigger reaches", Truth::True, &playbook.file));
    };
    let anchor = facts.account.date(&trigger.anchor, facts.now);
    let range = anchor.and_then(|anchor| matching::date_range(playbook, trigger, facts, anchor));
    let text = match range {
        Some((from, until)) => format!(
            "today within {} .. {until} (account.{} {}{})",
            crate::time::local_date(from, &facts.zone),
            trigger.anchor,
            if trigger.offset.n < 0 { "" } else { "+" },
            trigger.offset
        ),
        None => format!("account.{} has a date", trigger.anchor),
    };
    let truth = match (anchor, range) {
        (None, _) => Truth::Unknown,
        (_, Some((from, until))) => Truth::from(from <= facts.now && facts.today() <= until),
        (_, None) => Truth::False,
    };
    let trigger = leaf(&text, truth, &playbook.file);
    match when {
        Some(when) => both("trigger && when", vec![trigger, when], &playbook.file),
        None => trigger,
    }
}

/// A line of the tree that no text of the book stands for.
fn leaf(text: &str, truth: Truth, file: &str) -> Trace {
    Trace {
        text: text.to_owned(),
        truth,
        children: Vec::new(),
        left: None,
        right: None,
        file: file.to_owned(),
        line: 1,
        unknown_because: None,
    }
}

/// Both must be true.
fn both(text: &str, children: Vec<Trace>, file: &str) -> Trace {
    let truth = children.iter().fold(Truth::True, |truth, child| truth.and(child.truth));
    Trace { children, ..leaf(text, truth, file) }
}

fn policy(playbook: &Playbook, facts: &Facts) -> Vec<PolicyLine> {
    let mut lines = Vec::new();
    if let Some(never) = &facts.world.book.policy.never {
        let excepted = never.except.contains(&playbook.id);
        lines.push(PolicyLine {
            rule: format!("never: {}", never.when.text().trim()),
            truth: never.when.truth(facts),
            effect: if excepted { "this playbook may all the same" } else { "nothing reaches the account" },
        });
    }
    for rule in &playbook.suppressions {
        if let crate::book::playbook::SuppressionCause::When(when) = &rule.cause {
            lines.push(PolicyLine {
                rule: format!("suppress {}: {}", rule.id, when.text().trim()),
                truth: when.truth(facts),
                effect: "holds or skips sends",
            });
        }
    }
    for exit in &playbook.exits {
        lines.push(PolicyLine {
            rule: format!("exit {}: {}", exit.id, exit.when.text().trim()),
            truth: exit.when.truth(facts),
            effect: "ends the enrollment, keeps the account out",
        });
    }
    lines
}

/// The first instant at which the verdict is another one if nothing changes but the time.
fn next_change(playbook: &Playbook, facts: &Facts) -> Option<NextChange> {
    let now = verdict(playbook, facts);
    let end = facts.now + jiff::Span::new().hours(24 * AHEAD_DAYS);
    let mut at = facts.now;
    loop {
        let ahead = facts.at(at).seen_by(playbook);
        let flips = playbook.enroll.when.iter().filter_map(|when| next_flip(when.reads(), &ahead));
        let arrival = ahead.account.next_arrival(at, ahead.world.event_kinds.iter());
        let opening = match offers(playbook, &ahead, &[], at) {
            Offers::From(from) => Some(from),
            _ => None,
        };
        at = flips.chain(arrival).chain(opening).chain([next_midnight(&ahead)]).filter(|next| *next > at).min()?;
        if at > end {
            return None;
        }
        let then = verdict(playbook, &facts.at(at).seen_by(playbook));
        if then != now {
            return Some(NextChange { at: utc_text(at), to: then });
        }
    }
}

/// Compiles a condition given on the command line.
pub fn compile(book: &Book, text: &str) -> Result<Expression> {
    let source = Source { text: text.into(), file: "condition".into(), line: 1, column: 1 };
    let scope = Scope::of(&book.dictionary.registry);
    Expression::compile(source, &scope, Expected::Truth).map_err(|problems| {
        let lines: Vec<String> = problems
            .iter()
            .map(|problem| match &problem.help {
                Some(help) => format!("{} ({help})", problem.message),
                None => problem.message.clone(),
            })
            .collect();
        anyhow!("the condition is wrong: {}", lines.join("; "))
    })
}

/// Asks a condition of every account known at the instant.
pub async fn match_condition(store: &Store, book: Arc<Book>, text: &str, as_of: Timestamp) -> Result<Matched> {
    let expression = compile(&book, text)?;
    let world = world(store, book).await?;
    let mut matched =
        Matched { condition: text.to_owned(), as_of: utc_text(as_of), yes: 0, no: 0, unknown: 0, accounts: Vec::new() };
    let ids = store.account_ids().await?;
    for some in ids.chunks(500) {
        let accounts = store.load_accounts(some).await?;
        let mut desks = store.load_desks(some, as_of).await?;
        for (account, _) in accounts.into_iter().filter(|(account, _)| account.is_known(as_of)) {
            let desk = desks.remove(&account.id).unwrap_or_default();
            let id = account.id.clone();
            let facts = Facts::new(world.clone(), Arc::new(account), Arc::new(desk.work()), as_of);
            match expression.truth(&facts) {
                Truth::True => {
                    matched.yes += 1;
                    matched.accounts.push(id);
                }
                Truth::False => matched.no += 1,
                Truth::Unknown => matched.unknown += 1,
            }
        }
    }
    Ok(matched)
}

/// The facts of one account as the account itself sees them.
pub async fn facts(store: &Store, book: Arc<Book>, account: &str, as_of: Timestamp) -> Result<Facts> {
    let (account, desk) = read(store, account, as_of).await.context("reading the account")?;
    let world = world(store, book).await?;
    Ok(Facts::new(world, Arc::new(account), Arc::new(desk.work()), as_of))
}
