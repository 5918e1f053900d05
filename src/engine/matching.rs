//! Who qualifies: what a playbook's trigger offers for an account, and what its `when` says.

use std::sync::Arc;

use crate::book::calendar::{add_span, add_span_to_day, on_day};
use crate::book::playbook::{Backfill, DateTrigger, Enroll, Playbook, Schedule, Status, Trigger, UnknownPolicy};
use crate::condition::{Truth, Value};
use crate::portfolio::{Event, Facts};
use crate::time::{Date, Timestamp, Unit, add_days, local_date};

use super::Reason;
use super::desk::ConditionState;

/// Events older than this when they arrive are history and start nothing.
pub const EVENT_HORIZON_DAYS: i64 = 35;

/// A way into the playbook that the trigger offers now.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// The anchor date of a date trigger.
    pub anchor: Option<Date>,
    /// From when the range was open: the opening of anchor + offset.
    pub open_since: Timestamp,
    pub event: Option<Arc<Event>>,
    /// The instant of a schedule.
    pub fired_at: Option<Timestamp>,
}

/// What the trigger says of an account now.
#[derive(Clone, Debug, PartialEq)]
pub enum Offers {
    /// One or, for events, several ways in, oldest first.
    Now(Vec<Offer>),
    /// Not before that instant.
    From(Timestamp),
    /// Nothing to wait for but a change of the data; a date whose range is over is `PastWindow`.
    None(Option<Reason>),
}

/// What the trigger offers now. `seen` is what an event or schedule trigger has looked at before.
pub fn offers(playbook: &Playbook, facts: &Facts, seen: &[Arc<str>], live_since: Timestamp) -> Offers {
    let now = facts.now;
    let plain = Offer { anchor: None, open_since: now, event: None, fired_at: None };
    match &playbook.trigger {
        Trigger::Manual => Offers::None(None),
        Trigger::Condition => Offers::Now(vec![plain]),
        Trigger::Date(trigger) => date_offers(playbook, trigger, facts, plain),
        Trigger::Event(kind) => {
            let new = new_events(kind, facts, seen, live_since);
            if new.is_empty() {
                return Offers::None(None);
            }
            let offer = |event: &Event| Offer { event: Some(Arc::new(event.clone())), ..plain.clone() };
            Offers::Now(new.into_iter().map(offer).collect())
        }
        Trigger::Schedule(schedule) => schedule_offers(playbook, schedule, facts, seen, live_since, plain),
    }
}

fn date_offers(playbook: &Playbook, trigger: &DateTrigger, facts: &Facts, plain: Offer) -> Offers {
    let Some(anchor) = facts.account.date(&trigger.anchor, facts.now) else {
        return Offers::None(Some(Reason::ConditionUnknown));
    };
    match date_range(playbook, trigger, facts, anchor) {
        Some((from, _)) if facts.now < from => Offers::From(from),
        Some((_, until)) if facts.today() > until => Offers::None(Some(Reason::PastWindow)),
        Some((open_since, _)) => Offers::Now(vec![Offer { anchor: Some(anchor), open_since, ..plain }]),
        None => Offers::None(Some(Reason::PastWindow)),
    }
}

/// From which instant to which local day (included) an account with that anchor may enter.
pub fn date_range(
    playbook: &Playbook,
    trigger: &DateTrigger,
    facts: &Facts,
    anchor: Date,
) -> Option<(Timestamp, Date)> {
    let calendar = facts.calendar();
    let day = add_span_to_day(anchor, trigger.offset, calendar)?;
    let window = facts.world.book.calendars.of(&playbook.send_window, facts.region().as_deref());
    let from = on_day(day, None, &facts.zone, window)?;
    let until = match trigger.until {
        Some(until) => add_span_to_day(anchor, until, calendar)?,
        // Without an opening until the anchor, the next one is the one day on which accounts enter.
        None if trigger.offset.is_negative() => anchor.max(local_date(from, &facts.zone)),
        None => {
            let last = add_span(from, playbook.late.grace, &facts.zone, calendar)?;
            local_date(last, &facts.zone)
        }
    };
    Some((from, until))
}

/// Events that have come since the playbook went live and have not been looked at.
fn new_events<'a>(kind: &str, facts: &'a Facts, seen: &[Arc<str>], live_since: Timestamp) -> Vec<&'a Event> {
    let horizon = live_since.max(horizon(facts.now));
    let events = facts.account.events_until(kind, facts.now);
    events.iter().filter(|event| event.at >= horizon && !seen.contains(&event.id)).collect()
}

/// The latest event of a kind that is not yet history.
pub fn latest_event(kind: &str, facts: &Facts) -> Option<Arc<Event>> {
    let last = facts.account.last_event(kind, facts.now).filter(|event| event.at >= horizon(facts.now));
    last.cloned().map(Arc::new)
}

fn horizon(now: Timestamp) -> Timestamp {
    now - jiff::Span::new().hours(EVENT_HORIZON_DAYS * 24)
}

fn schedule_offers(
    playbook: &Playbook,
    schedule: &Schedule,
    facts: &Facts,
    seen: &[Arc<str>],
    live_since: Timestamp,
    plain: Offer,
) -> Offers {
    let zone = schedule.zone.as_ref().unwrap_or(&facts.zone);
    let fired_at = last_firing(schedule, facts, seen, live_since);
    let grace = playbook.late.grace;
    let in_time =
        |at: &Timestamp| add_span(*at, grace, &facts.zone, facts.calendar()).is_some_and(|end| end >= facts.now);
    match fired_at.filter(|at| seen.first().is_none_or(|last| **last != *at.to_string())).filter(in_time) {
        Some(at) => Offers::Now(vec![Offer { fired_at: Some(at), ..plain }]),
        None => schedule.cron.next_after(facts.now, zone).map_or(Offers::None(None), Offers::From),
    }
}

/// The last instant of the schedule up to now; after downtime the ones before it do not count.
fn last_firing(schedule: &Schedule, facts: &Facts, seen: &[Arc<str>], live_since: Timestamp) -> Option<Timestamp> {
    let zone = schedule.zone.as_ref().unwrap_or(&facts.zone);
    let mut last = seen.first().and_then(|at| at.parse::<Timestamp>().ok());
    let mut cursor = last.unwrap_or(live_since.max(facts.account.known_since.unwrap_or(live_since)));
    while let Some(next) = schedule.cron.next_after(cursor, zone).filter(|next| *next <= facts.now) {
        last = Some(next);
        cursor = next;
    }
    last
}

/// What the trigger has looked at after this look: recent event ids, or the last instant of the schedule.
pub fn seen_after(playbook: &Playbook, facts: &Facts, seen: &[Arc<str>], live_since: Timestamp) -> Vec<Arc<str>> {
    match &playbook.trigger {
        Trigger::Event(kind) => {
            let horizon = horizon(facts.now);
            let events = facts.account.events_until(kind, facts.now);
            events.iter().filter(|event| event.at >= horizon).map(|event| event.id.clone()).collect()
        }
        Trigger::Schedule(schedule) => {
            last_firing(schedule, facts, seen, live_since).map(|at| Arc::from(at.to_string())).into_iter().collect()
        }
        _ => seen.to_vec(),
    }
}

/// What `when` says of the account now.
pub fn truth(enroll: &Enroll, facts: &Facts) -> Truth {
    let truth = enroll.when.as_ref().map_or(Truth::True, |when| when.truth(facts));
    if truth == Truth::Unknown && enroll.unknown == UnknownPolicy::No { Truth::False } else { truth }
}

/// Whether the playbook takes new enrollments.
pub fn is_open(playbook: &Playbook) -> bool {
    matches!(playbook.status, Status::Live | Status::Shadow) && !playbook.is_withdrawn
}

/// The condition's state after this look; `first` tells whether the account was there before the playbook went live.
pub fn observe(
    before: Option<&ConditionState>,
    playbook: &Playbook,
    facts: &Facts,
    offers: &Offers,
    live_since: Timestamp,
) -> ConditionState {
    let now = facts.now;
    let truth = truth(&playbook.enroll, facts);
    let mut state = match before {
        Some(before) => carried(before, truth, now),
        None => first_look(playbook, facts, offers, truth, live_since),
    };
    if truth == Truth::False {
        state.false_at = Some(now);
        if matches!(playbook.trigger, Trigger::Condition) {
            state.baseline = None;
        }
    }
    if playbook.reentry.rearm.as_ref().is_some_and(|rearm| rearm.truth(facts) == Truth::True) {
        state.rearmed_at = Some(now);
    }
    state
}

/// `for` counts the time it was true and stands still while it is unknown.
fn carried(before: &ConditionState, truth: Truth, now: Timestamp) -> ConditionState {
    if before.truth == truth {
        return before.clone();
    }
    let true_since = match (before.truth, truth) {
        (_, Truth::False) => None,
        (Truth::Unknown, Truth::True) => {
            Some(before.true_since.map_or(now, |since| since + now.duration_since(before.since)))
        }
        (_, Truth::True) => Some(now),
        (_, Truth::Unknown) => before.true_since,
    };
    ConditionState { truth, since: now, true_since, ..before.clone() }
}

fn first_look(
    playbook: &Playbook,
    facts: &Facts,
    offers: &Offers,
    truth: Truth,
    live_since: Timestamp,
) -> ConditionState {
    let now = facts.now;
    let true_since = (truth == Truth::True).then_some(now);
    let was_there = facts.account.known_since.is_some_and(|known| known < live_since);
    let baseline = match (&playbook.trigger, offers) {
        _ if !was_there || playbook.enroll.backfill == Backfill::All => None,
        (Trigger::Date(_), Offers::Now(open)) => open[0].anchor.map(|anchor| Arc::from(anchor.to_string())),
        (Trigger::Condition, _) if truth == Truth::True => Some(Arc::from("true")),
        _ => None,
    };
    ConditionState { truth, since: now, true_since, false_at: None, rearmed_at: None, baseline, seen: Vec::new() }
}

/// `when` may name the event: each event is judged by itself, not by the account's remembered state.
pub fn judged(state: &ConditionState, playbook: &Playbook, facts: &Facts) -> ConditionState {
    let Some(event) = &facts.event else { return state.clone() };
    let truth = truth(&playbook.enroll, facts);
    // An event that is refused once does not come back, so what is true now has been since it came.
    let true_since = (truth == Truth::True).then_some(event.at);
    ConditionState { truth, since: facts.now, true_since, ..state.clone() }
}

/// When `for` will have held long enough: none when nothing runs.
pub fn matures_at(state: &ConditionState, playbook: &Playbook, facts: &Facts) -> Option<Timestamp> {
    let since = state.true_since.filter(|_| state.truth == Truth::True)?;
    add_span(since, playbook.enroll.hold_for, &facts.zone, facts.calendar())
}

/// The next instant after `now` at which a condition that reads these things may answer differently by time alone.
pub fn next_flip(reads: &crate::condition::Reads, facts: &Facts) -> Option<Timestamp> {
    let after_days = |at: Timestamp, days: i64| {
        let span = crate::time::Span { n: days, unit: Unit::Day };
        add_span(at, span, &facts.zone, None)
    };
    let events = reads.event_windows.iter().flat_map(|(kind, days)| {
        let recent = facts.account.events_until(kind, facts.now).iter().rev();
        recent.map_while(move |event| after_days(event.at, *days).filter(|flip| *flip > facts.now))
    });
    let fields = reads.field_windows.iter().flat_map(|(field, days)| {
        let held = facts.account.fields.history(field).iter().rev();
        held.filter(|(at, _)| *at <= facts.now)
            .map_while(move |(at, _)| after_days(*at, *days).filter(|flip| *flip > facts.now))
    });
    let hourly = reads.clock.then(|| facts.now + jiff::Span::new().hours(1));
    events.chain(fields).chain(hourly).chain(instants_ahead(reads, facts)).min()
}

/// The instants in fields that are compared with the clock: the answer may differ from the moment they have come.
fn instants_ahead(reads: &crate::condition::Reads, facts: &Facts) -> Option<Timestamp> {
    let fields = reads.fields.iter().filter(|_| reads.clock);
    let instants = fields.filter_map(|field| match facts.account.value(field, facts.now) {
        Value::Time(at) => Some(at),
        _ => None,
    });
    instants.filter(|at| *at > facts.now).min()
}

/// The next local midnight of the facts' zone.
pub fn next_midnight(facts: &Facts) -> Timestamp {
    crate::time::start_of_day(add_days(facts.today(), 1), &facts.zone)
}
