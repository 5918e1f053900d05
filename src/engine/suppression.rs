//! What holds or skips a send that is due: the playbook's suppressions and the policy's caps.

use std::sync::Arc;

use crate::book::calendar::add_span;
use crate::book::playbook::{HoldOrSkip, Kind, Playbook, Suppression, SuppressionCause};
use crate::book::policy::{Cap, CapChannel, CapPer, TRANSACTIONAL};
use crate::condition::Truth;
use crate::portfolio::Facts;
use crate::time::{Span, Timestamp};

use super::Reason;
use super::delivery::DeliveryState;
use super::desk::{Desk, Send};
use super::enrollment::EnrollmentState;

/// Something stands before a send.
#[derive(Clone, Debug, PartialEq)]
pub struct Obstacle {
    pub reason: Reason,
    pub mode: HoldOrSkip,
    /// How long after the due instant the hold may last; absent: `[late] grace`.
    pub max_hold: Option<Span>,
    /// When it may go away by time alone.
    pub until: Option<Timestamp>,
    /// Which rule it is.
    pub rule: Arc<str>,
}

impl Obstacle {
    /// A hold for that reason, which lasts no longer than `[late] grace`.
    pub fn hold(reason: Reason, rule: &str) -> Obstacle {
        Obstacle { reason, mode: HoldOrSkip::Hold, max_hold: None, until: None, rule: Arc::from(rule) }
    }
}

/// The first suppression of the playbook that stands before a send of that kind.
pub fn suppressed(
    playbook: &Playbook,
    kind: Kind,
    customer_facing: bool,
    facts: &Facts,
    desk: &Desk,
) -> Option<Obstacle> {
    let applies = |rule: &&Suppression| match rule.channels.is_empty() {
        true => customer_facing && matches!(kind, Kind::Email | Kind::Slack | Kind::Teams),
        false => rule.channels.contains(&kind),
    };
    let standing = |rule: &Suppression| match &rule.cause {
        // Unknown counts as true: a send that cannot be judged does not go out.
        SuppressionCause::When(when) => (when.truth(facts) != Truth::False).then_some(Reason::Suppressed),
        SuppressionCause::InhibitedBy(other) => {
            let mut open = desk.enrollments.values().filter(|own| !own.is_shadow());
            open.any(|own| own.playbook == *other && own.state == EnrollmentState::Active).then_some(Reason::Inhibited)
        }
    };
    playbook.suppressions.iter().filter(applies).find_map(|rule| {
        let reason = standing(rule)?;
        Some(Obstacle { reason, mode: rule.mode, max_hold: rule.max_hold, until: None, rule: rule.id.clone() })
    })
}

/// The first cap that has no room for one more send of that class to that contact.
pub fn capped(kind: Kind, class: &str, contact: &str, facts: &Facts, desk: &Desk) -> Option<Obstacle> {
    if class == TRANSACTIONAL {
        return None;
    }
    let policy = &facts.world.book.policy;
    policy.caps.iter().filter(|cap| covers(cap, kind, class)).find_map(|cap| {
        let counted = counted(cap, contact, facts, desk);
        let over = counted.len() >= cap.max as usize;
        let until = frees_at(cap, &counted, facts);
        over.then(|| Obstacle { reason: Reason::Capped, mode: cap.over, max_hold: None, until, rule: cap.id.clone() })
    })
}

/// Whether the cap is about sends of that kind and class.
pub fn covers(cap: &Cap, kind: Kind, class: &str) -> bool {
    let channel = match cap.channel {
        CapChannel::Email => Kind::Email,
        CapChannel::Slack => Kind::Slack,
        CapChannel::Teams => Kind::Teams,
    };
    cap.max > 0 && channel == kind && !cap.exempt.iter().any(|own| &**own == class)
}

/// The sends in (now − within, now] that a cap counts for a contact, oldest first, each with when it arrived or may arrive.
pub fn counted<'d>(cap: &Cap, contact: &str, facts: &Facts, desk: &'d Desk) -> Vec<(Timestamp, &'d Send)> {
    let since = add_span(facts.now, cap.within.negated(), &facts.zone, facts.calendar());
    let counts = |send: &&Send| {
        let whom = match cap.per {
            CapPer::Contact => send.contact.as_deref() == Some(contact),
            CapPer::Account => send.contact.is_some(),
        };
        whom && covers(cap, send.channel, &send.class) && &*send.class != TRANSACTIONAL && may_have_reached(send.state)
    };
    let own = desk.sends.values().filter(counts).map(|send| (arrival(send, facts.now), send));
    let mut own: Vec<(Timestamp, &Send)> =
        own.filter(|(at, _)| since.is_none_or(|since| *at > since) && *at <= facts.now).collect();
    own.sort_by_key(|(at, _)| *at);
    own
}

/// When a cap that is used up has room again: the oldest of the last `max` sends leaves the window.
pub fn frees_at(cap: &Cap, counted: &[(Timestamp, &Send)], facts: &Facts) -> Option<Timestamp> {
    let (oldest, _) = counted[counted.len().checked_sub(cap.max as usize)?];
    add_span(oldest, cap.within, &facts.zone, facts.calendar())
}

/// When the send reached, or may have reached, the contact. What is on its way may arrive at any moment: it counts as of
/// now, however long it has been queued.
fn arrival(send: &Send, now: Timestamp) -> Timestamp {
    match send.state {
        DeliveryState::Queued | DeliveryState::Claimed | DeliveryState::Committing => now,
        _ => send.sent_at.unwrap_or(send.queued_at),
    }
}

fn may_have_reached(state: DeliveryState) -> bool {
    matches!(
        state,
        DeliveryState::Sent
            | DeliveryState::Committing
            | DeliveryState::Uncertain
            | DeliveryState::Queued
            | DeliveryState::Claimed
    )
}
