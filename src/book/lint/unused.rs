//! What is defined and never used.

use std::collections::BTreeSet;

use super::Look;
use crate::book::playbook::{Action, Playbook};
use crate::book::source::Place;
use crate::book::template::TemplateId;

pub(super) fn look(look: &Look) {
    look.book.playbooks.values().for_each(|playbook| branches(look, playbook));
    // A playbook that could not be compiled uses things too.
    if look.is_whole {
        conditions(look);
        templates(look);
    }
}

/// A branch of its own condition that no step is for. The default is for those who get nothing.
fn branches(look: &Look, playbook: &Playbook) {
    if playbook.escalation.is_some() || playbook.steps.iter().any(|step| step.branches.is_empty()) {
        return;
    }
    for branch in playbook.branches.iter().filter(|branch| branch.when.is_some()) {
        let has_steps = playbook.steps.iter().any(|step| step.branches.contains(&branch.id));
        let is_asked = playbook.expressions().any(|own| own.text().contains(&format!("\"{}\"", branch.id)));
        if !has_steps && !is_asked {
            let message = format!("no step is for the branch `{}`: its accounts enroll and nothing happens", branch.id);
            let help = "list it in the `branch` of a step, or keep these accounts out in [enroll]";
            look.say("unused-branch", &look.at(&playbook.file, &format!("branch.{}.id", branch.id)), message, help);
        }
    }
}

fn conditions(look: &Look) {
    let named = &look.book.dictionary.registry.named;
    let playbooks = look.book.playbooks.values().flat_map(|playbook| playbook.expressions());
    let all = playbooks.chain(look.book.shared_expressions()).chain(named.values());
    let called: BTreeSet<String> = all.flat_map(|expression| expression.calls()).collect();
    for (name, expression) in named.iter().filter(|(name, _)| !called.contains(*name)) {
        let message = format!("nothing asks `{name}()`");
        look.say("unused-condition", &look.whole(expression), message, "use it, or take it out");
    }
}

fn templates(look: &Look) {
    let used: BTreeSet<&TemplateId> = look.book.playbooks.values().flat_map(|playbook| used_by(playbook)).collect();
    let templates = &look.book.templates;
    let includes: Vec<&str> =
        templates.ids().filter_map(|id| templates.text(id)).filter(|text| text.contains("{%")).collect();
    for id in templates.ids().filter(|id| !used.contains(id)) {
        let Some(file) = look.files.get(&id.0) else { continue };
        let is_included = includes.iter().any(|text| text.contains(&format!("\"{id}\"")));
        if !is_included {
            let message = format!("no step uses {id}");
            look.say(
                "unused-template",
                &Place::start_of(file),
                message,
                "name it as the `template` of a step, or delete it",
            );
        }
    }
}

fn used_by(playbook: &Playbook) -> impl Iterator<Item = &TemplateId> {
    let levels = playbook.escalation.iter().flat_map(|ladder| ladder.levels.iter().map(|level| &level.action));
    let actions = playbook.steps.iter().map(|step| &step.action).chain(levels);
    actions.filter_map(|action| match action {
        Action::Email(mail) => Some(&mail.template),
        Action::Slack(chat) | Action::Teams(chat) => Some(&chat.template),
        Action::Webhook(webhook) => webhook.template.as_ref(),
        Action::Task(task) => task.body.as_ref(),
        Action::WaitFor(_) | Action::Set { .. } | Action::Start { .. } | Action::Stop { .. } => None,
    })
}
