//! When steps come: zones, windows, orders that cannot be kept.

use super::days::{self, Days};
use super::{Look, is_in_use};
use crate::book::calendar::Window;
use crate::book::playbook::{HoldOrSkip, Kind, Playbook, Step, Timing, Trigger, ZoneSource};
use jiff::tz::AmbiguousOffset;

use crate::time::{Time, TimeZone, Timestamp};

pub(super) fn look(look: &Look, playbook: &Playbook) {
    if is_in_use(playbook) {
        zone_missing(look, playbook);
    }
    if look.is_whole {
        no_window(look, playbook);
    }
    for step in &playbook.steps {
        closed_in_a_region(look, playbook, step);
        skipped_hour(look, playbook, step);
        before_the_trigger(look, playbook, step);
    }
    out_of_order(look, playbook);
    long_holds(look, playbook);
}

fn zone_missing(look: &Look, playbook: &Playbook) {
    if let (ZoneSource::Account(field), None) = (&playbook.zone.source, &playbook.zone.fallback) {
        let message = format!(
            "an account without `{field}` is served on UTC: 09:00 there is the middle of the night in much of the world"
        );
        let help = "add timezone_fallback = \"America/New_York\", or the zone most of your accounts are in";
        let key = if look.is_written(playbook, "timezone") { "timezone" } else { "id" };
        look.say("timezone-missing", &look.at(&playbook.file, key), message, help);
    }
}

fn window<'p>(playbook: &'p Playbook, step: &'p Step) -> &'p Window {
    step.send_window.as_ref().unwrap_or(&playbook.send_window)
}

/// The path of the key that decides the window of a step.
fn window_key(step: &Step) -> String {
    if step.send_window.is_some() { format!("step.{}.send_window", step.id) } else { "send_window".to_owned() }
}

/// Mail to customers at any hour, with no quiet hours in the policy either.
fn no_window(look: &Look, playbook: &Playbook) {
    if look.book.policy.quiet.is_some() {
        return;
    }
    let mails = look.customer_mails(playbook);
    for (step, _) in mails.into_iter().filter(|(step, _)| *window(playbook, step) == Window::Always) {
        let message = format!("`{}` writes to customers at any hour of the night", step.id);
        let help = "name a calendar of calendars.toml, or set [quiet] in policy.toml";
        look.say("no-send-window", &look.at(&playbook.file, &window_key(step)), message, help);
    }
}

/// An hour that a regional calendar never opens at; that of the calendar itself is an error already.
fn closed_in_a_region(look: &Look, playbook: &Playbook, step: &Step) {
    let (Some(time), Window::Calendar(name)) = (step.time, window(playbook, step)) else { return };
    let calendars = &look.book.calendars.calendars;
    let Some(calendar) = calendars.get(name).filter(|calendar| calendar.hours.contain(time)) else { return };
    for (region, other) in &calendar.regions {
        if let Some(regional) = calendars.get(other).filter(|regional| !regional.hours.contain(time)) {
            let (hours, asked) = (&regional.hours, time.strftime("%H:%M"));
            let message = format!("in region `{region}` the window is open {hours}, never at {asked}");
            let help = format!(
                "choose an hour that `{other}` has too, or take `time` out: then the step comes at the opening"
            );
            look.say("window-never-open", &look.at(&playbook.file, &format!("step.{}.time", step.id)), message, help);
        }
    }
}

/// Some moment: the rules of a zone repeat from year to year, so any year shows which hour summer time takes out.
const ANY_YEAR: i64 = 1_798_761_600;

/// A fixed hour that does not exist on the day summer time begins.
fn skipped_hour(look: &Look, playbook: &Playbook, step: &Step) {
    let zone = match &playbook.zone.source {
        ZoneSource::Fixed(zone) => Some(zone),
        ZoneSource::Account(_) => playbook.zone.fallback.as_ref(),
    };
    let Some((time, zone)) = step.time.zip(zone) else { return };
    if is_skipped(time, zone) {
        let name = zone.iana_name().unwrap_or("this zone");
        let message = format!("{} does not exist in {name} on the day summer time begins", time.strftime("%H:%M"));
        let help = "on that day the step comes at the first instant after; choose another hour if that matters";
        look.say("nonexistent-local-time", &look.at(&playbook.file, &format!("step.{}.time", step.id)), message, help);
    }
}

fn is_skipped(time: Time, zone: &TimeZone) -> bool {
    let from = Timestamp::from_second(ANY_YEAR).unwrap_or_default();
    let changes = zone.following(from).take(2);
    let mut days = changes.map(|change| zone.to_datetime(change.timestamp()).date());
    days.any(|day| matches!(zone.to_ambiguous_timestamp(day.to_datetime(time)).offset(), AmbiguousOffset::Gap { .. }))
}

/// A step due before anybody enrolls, by more than the grace allows.
fn before_the_trigger(look: &Look, playbook: &Playbook, step: &Step) {
    let (Trigger::Date(trigger), Timing::At(at)) = (&playbook.trigger, &step.timing) else { return };
    let (due, enrolls, grace) = (Days::of(*at), Days::of(trigger.offset), Days::of(playbook.late.grace));
    let latest = due.most.zip(grace.most).map(|(due, grace)| due.saturating_add(grace));
    if latest.is_some_and(|latest| latest < enrolls.least) {
        let message = format!(
            "`{}` is due {}, and accounts enroll {} at the earliest: it is always late",
            step.id,
            told(*at),
            told(trigger.offset)
        );
        let help = format!("let the trigger begin earlier (offset = \"{at}\"), or move the step");
        look.say("step-before-trigger", &look.at(&playbook.file, &format!("step.{}.at", step.id)), message, help);
    }
}

/// A span from the anchor, in words.
fn told(span: crate::time::Span) -> String {
    match span.n {
        0 => "on the anchor".to_owned(),
        n if n < 0 => format!("{} before the anchor", span.negated()),
        _ => format!("{span} after the anchor"),
    }
}

/// A step that stands below one it surely comes before.
fn out_of_order(look: &Look, playbook: &Playbook) {
    let steps: Vec<_> = playbook.steps.iter().enumerate().collect();
    for (place, step) in &steps {
        let Some((origin, own)) = days::of_step(playbook, *place) else { continue };
        let later = steps[..*place].iter().find(|(other, before)| {
            let comes_with = before.branches.is_empty()
                || step.branches.is_empty()
                || step.branches.iter().any(|branch| before.branches.contains(branch));
            let after_own = |days: Days| own.most.is_some_and(|most| most < days.least);
            comes_with
                && days::of_step(playbook, *other).is_some_and(|(other, days)| other == origin && after_own(days))
        });
        if let Some((_, before)) = later {
            let message = format!("`{}` comes before `{}`, which stands above it", step.id, before.id);
            let help = "list the steps in the order in which they happen";
            look.say("steps-out-of-order", &look.at(&playbook.file, &format!("step.{}.id", step.id)), message, help);
        }
    }
}

/// A hold that may carry a step of the days before the anchor past it.
fn long_holds(look: &Look, playbook: &Playbook) {
    for rule in playbook.suppressions.iter().filter(|rule| rule.mode == HoldOrSkip::Hold) {
        let Some(hold) = rule.max_hold.map(Days::of) else { continue };
        let concerns = |kind: Kind| match rule.channels.is_empty() {
            true => kind == Kind::Email,
            false => rule.channels.contains(&kind),
        };
        let outlived = playbook.steps.iter().find(|step| match &step.timing {
            Timing::At(at) if at.is_negative() && concerns(step.action.kind()) => {
                Days::of(at.negated()).most.is_some_and(|left| left < hold.least)
            }
            _ => false,
        });
        if let Some((step, max_hold)) = outlived.zip(rule.max_hold) {
            let message = format!("`{}` may be held for {max_hold}, until after the date it is about", step.id);
            let help = "hold for a shorter time, or write mode = \"skip\"";
            let place = look.at(&playbook.file, &format!("suppress.{}.max_hold", rule.id));
            look.say("hold-outlives-meaning", &place, message, help);
        }
    }
}
