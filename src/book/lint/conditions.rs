//! How conditions are written: parts without effect, brackets left out, one day only.

use std::collections::BTreeMap;

use super::Look;
use crate::book::playbook::{Playbook, Trigger};
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
        let text = condition.text()[at.clone()].to_owned();
        let message = "`&&` beside `||` without brackets: `&&` binds first, which is easily read the other way";
        let help = "write the brackets, so that everybody reads it the same way";
        look.suggest("mixed-and-or", &look.part(condition, at), message, help, format!("({text})"));
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

/// An unknown never-rule counts as true.
fn unguarded(look: &Look) {
    let Some(never) = &look.book.policy.never else { return };
    let fields = never.when.unguarded_fields();
    for (field, at) in fields.into_iter().filter(|(field, _)| !["status", "id", "name"].contains(&&**field)) {
        let message = format!(
            "where `account.{field}` is empty this rule is unknown, and an unknown never-rule keeps everything back"
        );
        let help = format!("ask first: `!is_empty(account.{field}) && …`");
        look.say("unguarded-field", &look.part(&never.when, at), message, help);
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
