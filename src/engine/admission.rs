//! Whether an account that qualifies may enter: re-entry, goal and exits, the never-rule, the branch, the holdout.

use std::sync::Arc;

use crate::book::calendar::add_span;
use crate::book::playbook::{Playbook, ReentryPolicy, Status, Trigger};
use crate::condition::{Expression, Truth, Value};
use crate::id;
use crate::portfolio::Facts;
use crate::time::Timestamp;

use super::Reason;
use super::desk::{ConditionState, Desk};
use super::enrollment::{Enrollment, EnrollmentState, SHADOW};
use super::matching::{Offer, matures_at};

/// What becomes of one offer.
#[derive(Clone, Debug, PartialEq)]
pub enum Admission {
    Enroll(Box<Enrollment>),
    /// A record without steps: the account is left alone on purpose.
    HoldOut(Box<Enrollment>),
    Refuse(Reason),
    /// Refused now; asked again at that instant without any change of the data.
    RefuseUntil(Reason, Timestamp),
    /// Qualifies, and waits until it can be told which branch it is on.
    AwaitBranch,
}

/// How an account comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entrance {
    /// Through the trigger: `when`, `for`, backfill and re-entry decide.
    Trigger,
    /// By a person, who decided: only what protects the account is asked.
    ByHand,
    /// By a step of another playbook: as by a person, but nobody looked at how many there are.
    Started,
}

/// Decides on one offer.
pub fn admit(
    playbook: &Playbook,
    facts: &Facts,
    desk: &Desk,
    offer: &Offer,
    state: &ConditionState,
    entrance: Entrance,
) -> Admission {
    let key = match entry_key(playbook, facts, desk, offer) {
        Some(key) => key,
        None => return Admission::Refuse(Reason::ConditionUnknown),
    };
    let refusal = already_active(playbook, desk)
        .or_else(|| if entrance == Entrance::Trigger { not_matching(playbook, facts, offer, state) } else { None })
        .or_else(|| {
            used_up(playbook, facts, desk, offer, state, &key, entrance)
                .map(|reason| (or_held_out(reason, playbook, desk), None))
        })
        .or_else(|| protected(playbook, facts).map(|reason| (reason, None)));
    match refusal {
        Some((reason, Some(until))) => return Admission::RefuseUntil(reason, until),
        Some((reason, None)) => return Admission::Refuse(reason),
        None => {}
    }
    let Some(branch) = branch(playbook, facts) else { return Admission::AwaitBranch };
    let enrollment = Box::new(new_enrollment(playbook, facts, desk, offer, key, branch));
    if entrance == Entrance::Trigger && is_held_out(playbook, &facts.account.id) {
        return Admission::HoldOut(enrollment);
    }
    Admission::Enroll(enrollment)
}

fn already_active(playbook: &Playbook, desk: &Desk) -> Option<(Reason, Option<Timestamp>)> {
    let open = |own: &&Enrollment| own.state != EnrollmentState::Ended && own.playbook == playbook.id;
    desk.enrollments.values().find(open).map(|_| (Reason::AlreadyActive, None))
}

/// An account that was left alone on purpose the last time is so still, whatever re-entry says of that record.
fn or_held_out(reason: Reason, playbook: &Playbook, desk: &Desk) -> Reason {
    let last = desk.entries_of(playbook).last().and_then(|own| own.ended.as_ref()).map(|end| end.reason);
    last.filter(|last| *last == Reason::Holdout).unwrap_or(reason)
}

/// The trigger's own conditions: the baseline of the day it went live, `when`, `for`.
fn not_matching(
    playbook: &Playbook,
    facts: &Facts,
    offer: &Offer,
    state: &ConditionState,
) -> Option<(Reason, Option<Timestamp>)> {
    if let Some(baseline) = &state.baseline {
        let anchor = offer.anchor.map(|anchor| anchor.to_string());
        if anchor.is_none_or(|anchor| *anchor == **baseline) {
            return Some((Reason::BackfillNone, None));
        }
    }
    match state.truth {
        Truth::False => Some((Reason::ConditionFalse, None)),
        Truth::Unknown => Some((unknown_because(playbook.enroll.when.as_ref(), facts), None)),
        Truth::True => {
            let matures = matures_at(state, playbook, facts)?;
            (matures > facts.now).then_some((Reason::PendingFor, Some(matures)))
        }
    }
}

/// `stale_feed` when an old feed is why the answer is unknown, else `condition_unknown`.
pub fn unknown_because(when: Option<&Expression>, facts: &Facts) -> Reason {
    match when.map(|when| when.value(facts)) {
        Some(Value::Stale(_)) => Reason::StaleFeed,
        _ => Reason::ConditionUnknown,
    }
}

/// Re-entry: whether this entry has been made before, or comes too early.
fn used_up(
    playbook: &Playbook,
    facts: &Facts,
    desk: &Desk,
    offer: &Offer,
    state: &ConditionState,
    key: &str,
    entrance: Entrance,
) -> Option<Reason> {
    let earlier = desk.entries_of(playbook);
    let has_key = desk.enrollments.values().any(|own| own.playbook == playbook.id && &*own.entry_key == key);
    if has_key {
        return Some(Reason::ReentryKeyUsed);
    }
    if playbook.reentry.max.is_some_and(|max| earlier.len() >= max as usize) {
        return Some(Reason::LimitReached);
    }
    let last = earlier.last()?;
    // However short the cooldown, an account enters once at an instant: the look comes to rest.
    if last.enrolled_at >= facts.now && offer.event.is_none() {
        return Some(Reason::InCooldown);
    }
    let end = last.ended.as_ref()?;
    let last_end = end.at;
    match playbook.reentry.policy {
        ReentryPolicy::Never => Some(Reason::ReentryKeyUsed),
        ReentryPolicy::OncePerKey => {
            let moved_back = offer.anchor.is_some() && offer.open_since <= last_end && !end.is_restart();
            moved_back.then_some(Reason::ReentryKeyUsed)
        }
        _ if entrance != Entrance::Trigger => None,
        ReentryPolicy::AfterCooldown => {
            let over = add_span(last_end, playbook.reentry.cooldown, &facts.zone, facts.calendar());
            if over.is_none_or(|over| facts.now < over) {
                return Some(Reason::InCooldown);
            }
            let rearmed = state.rearmed_at.is_some_and(|at| at >= last_end);
            (playbook.reentry.rearm.is_some() && !rearmed).then_some(Reason::NotRearmed)
        }
        ReentryPolicy::Always => {
            let edge = !matches!(playbook.trigger, Trigger::Condition)
                || state.false_at.is_some_and(|at| at >= last.enrolled_at);
            (!edge).then_some(Reason::NotRearmed)
        }
    }
}

/// When a cooldown ends, for the wake-up.
pub fn cooldown_ends(playbook: &Playbook, facts: &Facts, desk: &Desk) -> Option<Timestamp> {
    if playbook.reentry.policy != ReentryPolicy::AfterCooldown {
        return None;
    }
    let last_end = desk.entries_of(playbook).last()?.ended.as_ref()?.at;
    add_span(last_end, playbook.reentry.cooldown, &facts.zone, facts.calendar())
}

/// What protects the account: goal or exit already true, the never-rule.
fn protected(playbook: &Playbook, facts: &Facts) -> Option<Reason> {
    if playbook.goal.as_ref().is_some_and(|goal| goal.when.truth(facts) == Truth::True) {
        return Some(Reason::GoalReached);
    }
    if playbook.exits.iter().any(|exit| exit.when.truth(facts) == Truth::True) {
        return Some(Reason::Exited);
    }
    is_never(playbook, facts).then_some(Reason::NeverPolicy)
}

/// The never-rule, unknown as true, unless the playbook is one that may.
pub fn is_never(playbook: &Playbook, facts: &Facts) -> bool {
    let never = facts.world.book.policy.never.as_ref();
    never.is_some_and(|never| !never.except.contains(&playbook.id) && never.when.truth(facts) != Truth::False)
}

/// The branch of the account: `Some(None)` when the playbook has none, `None` while it is unknown.
pub fn branch(playbook: &Playbook, facts: &Facts) -> Option<Option<Arc<str>>> {
    for branch in &playbook.branches {
        match branch.when.as_ref().map_or(Truth::True, |when| when.truth(facts)) {
            Truth::True => return Some(Some(branch.id.clone())),
            Truth::False => {}
            Truth::Unknown => return None,
        }
    }
    Some(None)
}

/// What makes this entry one of its kind. None when its key is empty.
fn entry_key(playbook: &Playbook, facts: &Facts, desk: &Desk, offer: &Offer) -> Option<Arc<str>> {
    let count = || desk.enrollments.values().filter(|own| own.playbook == playbook.id).count();
    let key = match (&offer.event, offer.fired_at, playbook.reentry.policy) {
        (Some(event), _, ReentryPolicy::Always) => format!("event:{}", event.id),
        (_, Some(at), ReentryPolicy::Always) => format!("at:{at}"),
        (_, _, ReentryPolicy::Never) => "once".to_owned(),
        (_, _, ReentryPolicy::OncePerKey) => format!("key:{}", reentry_key(playbook, facts, offer)?),
        _ => format!("n:{}", count() + 1),
    };
    Some(keyed(playbook, &key))
}

/// The key as it is kept: what is only recorded has keys of its own.
pub fn keyed(playbook: &Playbook, key: &str) -> Arc<str> {
    match playbook.status {
        Status::Shadow => format!("{SHADOW}{key}").into(),
        _ => key.into(),
    }
}

/// The value of the re-entry key; a date trigger without an own key takes its anchor.
pub fn reentry_key(playbook: &Playbook, facts: &Facts, offer: &Offer) -> Option<String> {
    let value = match &playbook.reentry.key {
        Some(key) => key.value(facts),
        None => Value::Date(offer.anchor?),
    };
    value.is_known().then(|| value.to_string())
}

fn new_enrollment(
    playbook: &Playbook,
    facts: &Facts,
    desk: &Desk,
    offer: &Offer,
    entry_key: Arc<str>,
    branch: Option<Arc<str>>,
) -> Enrollment {
    // The id counts entries rather than naming the key: a replan moves the key, the id stays.
    let count = desk.enrollments.values().filter(|own| own.playbook == playbook.id).count();
    Enrollment {
        id: id::enrollment(&playbook.id, &facts.account.id, &(count + 1).to_string()).into(),
        account: facts.account.id.clone(),
        playbook: playbook.id.clone(),
        version: playbook.version.clone(),
        entry_key,
        state: EnrollmentState::Active,
        park: None,
        branch,
        anchor: offer.anchor,
        event: offer.event.as_ref().map(|event| event.id.clone()),
        enrolled_at: facts.now,
        ended: None,
        goal_since: None,
        replied: false,
        steps: Default::default(),
    }
}

/// Whether the account is one of those that are left alone on purpose.
pub fn is_held_out(playbook: &Playbook, account: &str) -> bool {
    playbook.holdout > 0.0 && id::share(&["holdout", &playbook.id, account]) < playbook.holdout
}
