//! Who enters: how many at once, and how often again.

use super::days::{self, Days, Origin};
use super::{Look, is_in_use};
use crate::book::playbook::{Backfill, Playbook, ReentryPolicy, Trigger};
use crate::condition::{Expression, Type};

pub(super) fn look(look: &Look, playbook: &Playbook) {
    if is_in_use(playbook) && look.is_whole {
        without_limit(look, playbook);
    }
    reentry_unset(look, playbook);
    short_cooldown(look, playbook);
}

/// A playbook nothing limits: neither its own `max_per_day` nor the breaker.
fn without_limit(look: &Look, playbook: &Playbook) {
    let breaker = &look.book.policy.breaker;
    let is_on = breaker.max_new > 0 || breaker.max_share > 0.0 || breaker.trip_at > 0.0;
    if is_on || playbook.enroll.max_per_day.is_some() || matches!(playbook.trigger, Trigger::Manual) {
        return;
    }
    let message = "the breaker is off and `max_per_day` is not set: one wrong import could enroll every account";
    let help = "add max_per_day = 40, or switch a limit of [breaker] in policy.toml on";
    look.say("no-enrol-cap", &look.at(&playbook.file, "enroll.max_per_day"), message, help);
    if playbook.enroll.backfill == Backfill::All {
        let message = "when it goes live, every account that already qualifies enrolls at once, and nothing limits it";
        let help = "add max_per_day = 40, or write backfill = \"none\"";
        look.say("backfill-all", &look.at(&playbook.file, "enroll.backfill"), message, help);
    }
}

fn reentry_unset(look: &Look, playbook: &Playbook) {
    if matches!(playbook.trigger, Trigger::Condition) && !look.is_written(playbook, "reentry") {
        let message =
            "nothing says whether an account may come back: it does, 30 days after its end, while the condition holds";
        let help = "add [reentry] with policy = \"never\", or \"after_cooldown\" and a cooldown";
        look.say("reentry-unset", &look.at(&playbook.file, "trigger.kind"), message, help);
    }
}

/// Whoever leaves early by goal or exit is back before the cadence would have ended.
fn short_cooldown(look: &Look, playbook: &Playbook) {
    let reentry = &playbook.reentry;
    let leaves_early = playbook.goal.is_some() || !playbook.exits.is_empty();
    if reentry.policy != ReentryPolicy::AfterCooldown || !leaves_early || !look.is_written(playbook, "reentry.cooldown")
    {
        return;
    }
    let steps = (0..playbook.steps.len()).filter_map(|place| Some((place, days::of_step(playbook, place)?)));
    let from_enrollment = steps.filter(|(_, (origin, _))| *origin == Origin::Enrollment);
    let Some((last, (_, longest))) = from_enrollment.max_by_key(|(_, (_, days))| days.least) else { return };
    if Days::of(reentry.cooldown).most.is_some_and(|most| most < longest.least) {
        let step = &playbook.steps[last].id;
        let message = format!(
            "whoever leaves early can enroll again after {}, while the cadence takes {} days up to `{step}`: the same \
             people get the first steps twice",
            reentry.cooldown, longest.least
        );
        let help = format!("write cooldown = \"{}d\" or more", longest.least);
        look.say("cooldown-shorter-than-cadence", &look.at(&playbook.file, "reentry.cooldown"), message, help);
    }
}

/// The field by which a customer says not to be written to.
const DO_NOT_CONTACT: &str = "do_not_contact";

/// A field `do_not_contact` that nothing asks before a customer is written to.
pub(super) fn look_at_people(look: &Look) {
    let registry = &look.book.dictionary.registry;
    let is_declared = registry.account.get(DO_NOT_CONTACT).is_some_and(|field| field.ty == Type::Bool);
    let asks = |condition: &Expression| condition.reads().fields.contains(DO_NOT_CONTACT);
    if !is_declared || look.book.policy.never.as_ref().is_some_and(|never| asks(&never.when)) {
        return;
    }
    for playbook in look.book.playbooks.values().filter(|playbook| is_in_use(playbook) && look.is_whole) {
        let mails = look.customer_mails(playbook);
        if let Some((step, _)) = mails.first().filter(|_| !playbook.expressions().any(asks)) {
            let message = format!("`{}` writes to customers and never asks `account.{DO_NOT_CONTACT}`", playbook.id);
            let help = format!("add it to [never] of policy.toml: '… || (account.{DO_NOT_CONTACT} ?? false)'");
            let place = look.at(&playbook.file, &format!("step.{}.to", step.id));
            look.say("suppression-ignores-dnc", &place, message, help);
        }
    }
}
