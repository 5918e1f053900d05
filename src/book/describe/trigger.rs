//! Who comes in, and how often.

use super::{Page, inline};
use crate::book::calendar::Window;
use crate::book::playbook::{
    Backfill, DateTrigger, OnAnchorChange, Playbook, Reentry, ReentryPolicy, Trigger, UnknownPolicy,
};
use crate::condition::spaced;

pub(super) fn tell(playbook: &Playbook, page: &mut Page) {
    page.heading("Who comes in");
    page.item(starts(playbook));
    if let Some(when) = &playbook.enroll.when {
        page.condition("Only when", when);
    }
    let enroll = &playbook.enroll;
    if enroll.hold_for.n > 0 {
        page.item(format!("This must hold for {} first.", enroll.hold_for.in_words()));
    }
    page.item(match enroll.unknown {
        UnknownPolicy::Hold => "An account of which something is not known waits until it is.",
        UnknownPolicy::No => "An account of which something is not known stays out.",
        UnknownPolicy::Error => "An account of which something is not known waits, and the owner is told.",
    });
    if enroll.backfill == Backfill::All {
        page.item("Accounts that already qualify when it goes live come in at once.");
    }
    if let Some(max) = enroll.max_per_day {
        page.item(format!("Above {max} a day, who comes in waits for an approval."));
    }
    page.item(again(&playbook.reentry));
    if let Window::Calendar(name) = &playbook.send_window {
        page.item(format!("Everything waits for the opening of {name}, in the account's own time."));
    }
}

fn starts(playbook: &Playbook) -> String {
    match &playbook.trigger {
        Trigger::Date(trigger) => date(trigger),
        Trigger::Condition => "An account comes in as soon as it qualifies.".to_owned(),
        Trigger::Event(kind) => format!("An account comes in at every {} event.", spaced(kind)),
        Trigger::Schedule(schedule) => format!("Accounts come in at the times of `{}`.", schedule.cron),
        Trigger::Manual => "An account comes in when a person or another playbook puts it in.".to_owned(),
    }
}

fn date(trigger: &DateTrigger) -> String {
    let anchor = spaced(&trigger.anchor);
    let from = match (trigger.offset.n, trigger.offset.is_negative()) {
        (0, _) => format!("on its {anchor}"),
        (_, true) => format!("{} before its {anchor}", trigger.offset.in_words()),
        (_, false) => format!("{} after its {anchor}", trigger.offset.in_words()),
    };
    let moved = match trigger.on_change {
        OnAnchorChange::Replan => "the steps that are still to come move with it",
        OnAnchorChange::Keep => "its steps stay where they are",
        OnAnchorChange::Restart => "it begins anew",
    };
    format!("An account comes in {from}. When that date moves, {moved}.")
}

fn again(reentry: &Reentry) -> String {
    let often = match reentry.policy {
        ReentryPolicy::Never => "An account comes in once, ever.".to_owned(),
        ReentryPolicy::OncePerKey => match &reentry.key {
            Some(key) => format!("An account comes in once for each value of {}.", inline(key)),
            None => "An account comes in once for each date.".to_owned(),
        },
        ReentryPolicy::AfterCooldown => {
            format!("An account may come in again {} after it left.", reentry.cooldown.in_words())
        }
        ReentryPolicy::Always => "An account comes in each time.".to_owned(),
    };
    let rearm = reentry.rearm.as_ref();
    let rearm = rearm.map_or_else(String::new, |rearm| format!(" In between, this must have held: {}.", inline(rearm)));
    let most = reentry.max.map_or_else(String::new, |max| format!(" At most {max} times."));
    format!("{often}{rearm}{most}")
}
