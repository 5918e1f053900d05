//! `[quiet]`: mail to a contact goes in the hours of whoever reads it.

use crate::book::playbook::Playbook;
use crate::portfolio::{Facts, account_zone};
use crate::time::{TimeZone, Timestamp};

use super::Reason;
use super::suppression::Obstacle;

/// What keeps mail from the contact now: a window that opens later, or that nobody knows where they live.
pub fn outside(contact: &str, playbook: &Playbook, facts: &Facts) -> Option<Obstacle> {
    match opening(contact, facts.now, playbook, facts) {
        Opening::At(at) if at <= facts.now => None,
        Opening::At(at) => Some(Obstacle { until: Some(at), ..Obstacle::hold(Reason::OutsideWindow, "quiet") }),
        Opening::Unknown => {
            Some(Obstacle::hold(Reason::OutsideWindow, "quiet: no zone is known for the recipient, or it never opens"))
        }
    }
}

/// When mail to a contact may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Not before the instant that was asked for.
    At(Timestamp),
    /// No zone is known, or the window never opens.
    Unknown,
}

/// The first instant from `from` on at which the window is open for the contact.
pub fn opening(contact: &str, from: Timestamp, playbook: &Playbook, facts: &Facts) -> Opening {
    let book = &facts.world.book;
    let window = book.policy.quiet.as_ref();
    let Some(calendar) = window.and_then(|window| book.calendars.of(window, facts.region().as_deref())) else {
        return Opening::At(from);
    };
    let Some(zone) = zone_of(contact, playbook, facts) else { return Opening::Unknown };
    calendar.next_open(from, &zone).map_or(Opening::Unknown, Opening::At)
}

/// The recipient's zone, else the account's, else the one the playbook falls back to.
fn zone_of(contact: &str, playbook: &Playbook, facts: &Facts) -> Option<TimeZone> {
    let own = facts.account.contact(contact).and_then(|contact| contact.text("timezone", facts.now));
    own.and_then(|name| TimeZone::get(&name).ok())
        .or_else(|| account_zone(&facts.account, facts.now))
        .or_else(|| facts.zone_for(playbook))
}
