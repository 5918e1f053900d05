//! How conditions are written: parts without effect, brackets left out, one day only.

use std::collections::BTreeMap;

use super::Look;
use crate::book::playbook::{Playbook, SuppressionCause, Trigger};
use crate::condition::{Expression, Type};

pub(super) fn look(look: &Look) {
    let registry = &look.book.dictionary.registry;
    let playbooks = look.book.playbooks.values();
    let own = playbooks.clone().flat_map(|playbook| playbook.expressions());
    let all = own.chain(look.book.shared_expressions()).chain(registry.named.values());
    for condition in all.filter(|expression| *expression.ty() == Type::Bool) {
        constants(look, condition);
        bare_ands(look, condition);
    }
    playbooks.for_each(|playbook| single_days(look, playbook));
    unguarded(look);
    duplicates(look);
}

fn constants(look: &Look, condition: &Expression) {
    for constant in condition.constants() {
        let text = condition.text()[constant.at.clone()].split_whitespace().collect::<Vec<_>>().join(" ");
        let place = look.part(condition, constant.at);
        match constant.answer {
            true => {
                let message = format!("`{text}` is never false: every value passes");
                look.say("always-true", &place, message, "take it out, or correct the value it compares with");
            }
            false => {
                let message = format!("`{text}` can never be true");
                look.say("always-false", &place, message, "correct the values, or write `||` where either is enough");
            }
        }
    }
}

fn bare_ands(look: &Look, condition: &Expression) {
    for at in condition.bare_ands() {
        let place = look.part(condition, at);
        let message = "`&&` beside `||` without brackets: `&&` binds first, which is easily read the other way";
        let help = "write the brackets, so that everybody reads it the same way";
        look.fix("mixed-and-or", &place, message, help, format!("({})", place.text()));
    }
}

/// A condition trigger, a goal or an exit that is true for one day: what is not looked at on that day misses it.
fn single_days(look: &Look, playbook: &Playbook) {
    let is_asked_daily = matches!(playbook.trigger, Trigger::Condition);
    let enroll = playbook.enroll.when.iter().filter(|_| is_asked_daily);
    let ends = playbook.goal.iter().map(|goal| &goal.when).chain(playbook.exits.iter().map(|exit| &exit.when));
    for condition in enroll.chain(ends) {
        for at in condition.single_days() {
            let message = "this is true on one day only: what is imported, held or down that day misses it for good";
            let help = "compare with <= or >=, or let a trigger of kind \"date\" count the days";
            look.say("exact-day-equality", &look.part(condition, at), message, help);
        }
    }
}

/// What keeps things back counts as true while it is unknown.
fn unguarded(look: &Look) {
    let never = look.book.policy.never.iter();
    never.for_each(|never| unguarded_in(look, &never.when, "never-rule keeps everything back"));
    for playbook in look.book.playbooks.values() {
        for rule in &playbook.suppressions {
            if let SuppressionCause::When(when) = &rule.cause {
                unguarded_in(look, when, "suppression keeps the message back");
            }
        }
    }
}

/// Fields that every account has.
const ALWAYS_KNOWN: [&str; 3] = ["status", "id", "name"];

fn unguarded_in(look: &Look, condition: &Expression, consequence: &str) {
    let fields = condition.unguarded_fields();
    for (field, at) in fields.into_iter().filter(|(field, _)| !ALWAYS_KNOWN.contains(&&**field)) {
        let message = format!("where `account.{field}` is empty this is unknown, and an unknown {consequence}");
        let help = format!("say what holds then: `!is_empty(account.{field}) && …`, or `account.{field} ?? …`");
        look.say("unguarded-field", &look.part(condition, at), message, help);
    }
}

/// How many playbooks may repeat a condition before it deserves a name.
const REPEATED: usize = 3;

fn duplicates(look: &Look) {
    let mut texts: BTreeMap<String, Vec<(&str, &Expression)>> = BTreeMap::new();
    for playbook in look.book.playbooks.values() {
        for condition in playbook.expressions().filter(|own| own.text().contains("&&") || own.text().contains("||")) {
            let text = condition.text().split_whitespace().collect::<Vec<_>>().join(" ");
            let uses = texts.entry(text).or_default();
            if uses.last().is_none_or(|(id, _)| **id != *playbook.id) {
                uses.push((&playbook.id, condition));
            }
        }
    }
    for uses in texts.values().filter(|uses| uses.len() >= REPEATED) {
        let ids: Vec<&str> = uses.iter().map(|(id, _)| *id).collect();
        let message = format!("the same condition stands in {}", ids.join(", "));
        let help = "give it a name in conditions.toml, so that it is changed in one place";
        look.say("duplicate-condition", &look.whole(uses[0].1), message, help);
    }
}
