//! Playbooks that hold each other up, or start each other without end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Look;
use crate::book::playbook::{Action, SuppressionCause};

/// From a playbook to those it names, each with the path of the key that does.
type Links<'a> = BTreeMap<&'a str, Vec<(&'a str, String)>>;

pub(super) fn look(look: &Look) {
    let inhibited = links(look, |playbook| {
        let rules = playbook.suppressions.iter().filter_map(|rule| match &rule.cause {
            SuppressionCause::InhibitedBy(other) => Some((&**other, format!("suppress.{}.inhibited_by", rule.id))),
            SuppressionCause::When(_) => None,
        });
        rules.collect()
    });
    report(look, &inhibited, "inhibition-circle", |one, others| match others {
        "" => (format!("`{one}` waits for itself to end, so nothing of it is ever sent"), "name another playbook"),
        _ => (
            format!("`{one}` waits for {others}, which waits for `{one}`: on an account in both, neither sends"),
            "let the less important one wait, and take the other `inhibited_by` out",
        ),
    });
    let started = links(look, |playbook| {
        let steps = playbook.steps.iter().filter_map(|step| match &step.action {
            Action::Start { playbook } => Some((&**playbook, format!("step.{}.playbook", step.id))),
            _ => None,
        });
        steps.collect()
    });
    report(look, &started, "start-circle", |one, others| match others {
        "" => (
            format!("`{one}` starts itself while it is active, which is refused"),
            "let its trigger bring the account back",
        ),
        _ => (
            format!("`{one}` starts {others}, which starts `{one}` again: an account goes round without end"),
            "end one of them without starting the other",
        ),
    });
}

fn links<'a>(look: &Look<'a>, of: impl Fn(&'a crate::book::Playbook) -> Vec<(&'a str, String)>) -> Links<'a> {
    look.book.playbooks.values().map(|playbook| (&*playbook.id, of(playbook))).collect()
}

/// Reports each link that leads back to where it starts; `tell` gets the playbook and those between.
fn report(look: &Look, links: &Links, code: &str, tell: impl Fn(&str, &str) -> (String, &'static str)) {
    for (one, next) in links {
        for (other, path) in next {
            let Some(between) = way(links, other, one) else { continue };
            let names: Vec<String> = between.iter().map(|id| format!("`{id}`")).collect();
            let (message, help) = tell(one, &names.join(", "));
            let file = look.book.playbooks.get(*one).map_or_else(|| Arc::from(""), |playbook| playbook.file.clone());
            look.say(code, &look.at(&file, path), message, help);
        }
    }
}

/// The playbooks from `from` to the one before `to`; none when it does not lead there.
fn way<'l>(links: &Links<'l>, from: &'l str, to: &str) -> Option<Vec<&'l str>> {
    let (mut seen, mut open) = (BTreeSet::new(), vec![(from, Vec::new())]);
    while let Some((at, way)) = open.pop() {
        if at == to {
            return Some(way);
        }
        if seen.insert(at) {
            let next = links.get(at).into_iter().flatten();
            open.extend(next.map(|(next, _)| (*next, way.iter().copied().chain([at]).collect::<Vec<_>>())));
        }
    }
    None
}
