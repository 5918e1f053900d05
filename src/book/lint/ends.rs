//! How enrollments end: churn, exits behind others, goals too near.

use super::{Look, is_in_use};
use crate::book::playbook::{Playbook, Trigger};
use crate::condition::{Expression, Ranges, Truth};

pub(super) fn look(look: &Look, playbook: &Playbook) {
    if is_in_use(playbook) && look.is_whole {
        churn(look, playbook);
    }
    nobody_enters(look, playbook);
    hidden_exits(look, playbook);
    near_goal(look, playbook);
}

/// An account whose goal or exit is true already, or that the never-rule names, is not enrolled.
fn nobody_enters(look: &Look, playbook: &Playbook) {
    let Some(enroll) = &playbook.enroll.when else { return };
    let entering = Ranges::of(enroll);
    let never = look.book.policy.never.as_ref().filter(|never| !never.except.contains(&playbook.id));
    let goal = playbook.goal.iter().map(|goal| ("the goal is reached".to_owned(), &goal.when));
    let exits = playbook.exits.iter().map(|exit| (format!("the exit `{}` is true", exit.id), &exit.when));
    let never = never.map(|never| ("the never-rule of policy.toml is true".to_owned(), &never.when));
    let mut reasons = goal.chain(exits).chain(never);
    let barred = reasons.find(|(_, end)| !entering.is_impossible() && end.given(&entering) == Truth::True);
    if let Some((why, _)) = barred {
        let message = format!("nobody ever enrolls: wherever this is true, {why} already");
        look.say("enrolls-nobody", &look.whole(enroll), message, "narrow the one or the other");
    }
}

/// A customer who left and is still written to: no never-rule, end or condition of the playbook speaks of it.
fn churn(look: &Look, playbook: &Playbook) {
    let mails = look.customer_mails(playbook);
    let Some((step, _)) = mails.first() else { return };
    let churned = Ranges::word("account.status", "churned");
    let is = |condition: &Expression, answer: Truth| condition.given(&churned) == answer;
    let never = look.book.policy.never.as_ref().filter(|never| !never.except.contains(&playbook.id));
    let ends = playbook.goal.iter().map(|goal| &goal.when).chain(playbook.exits.iter().map(|exit| &exit.when));
    let is_kept_out = never.is_some_and(|never| is(&never.when, Truth::True))
        || ends.into_iter().any(|end| is(end, Truth::True))
        || playbook.enroll.when.as_ref().is_some_and(|enroll| is(enroll, Truth::False))
        || mails.iter().all(|(step, _)| step.when.as_ref().is_some_and(|when| is(when, Truth::False)));
    if !is_kept_out {
        let message = format!(
            "a customer who has churned is still written to: nothing in `{}` or the policy ends it",
            playbook.id
        );
        let help = "add account.status == \"churned\" to [never] of policy.toml, or an [[exit]] with it";
        look.say("no-exit-on-churn", &look.at(&playbook.file, &format!("step.{}.to", step.id)), message, help);
    }
}

/// An exit that the goal or an exit above it always comes before.
fn hidden_exits(look: &Look, playbook: &Playbook) {
    let goal = playbook.goal.iter().filter(|goal| goal.hold_for.n <= 0).map(|goal| ("the goal".to_owned(), &goal.when));
    let mut before: Vec<(String, &Expression)> = goal.collect();
    for exit in &playbook.exits {
        let cases = Ranges::of(&exit.when);
        let hider = before.iter().find(|(_, end)| !cases.is_impossible() && end.given(&cases) == Truth::True);
        if let Some((name, _)) = hider {
            let message = format!("`{}` never ends anything: wherever it is true, {name} is true first", exit.id);
            let help = "put it above, or narrow the one that comes first";
            look.say("exit-never-true", &look.whole(&exit.when), message, help);
        }
        before.push((format!("`{}`", exit.id), &exit.when));
    }
}

/// A goal that is the exact opposite of the entry: a value that swings around the limit wins at once.
fn near_goal(look: &Look, playbook: &Playbook) {
    let (Trigger::Condition, Some(goal), Some(enroll)) = (&playbook.trigger, &playbook.goal, &playbook.enroll.when)
    else {
        return;
    };
    if goal.hold_for.n <= 0 && goal.when.mirrors(enroll) {
        let message = "the goal begins where the entry ends: a value that swings around the limit counts as a success";
        let help = "leave a gap between the two, or let the goal hold first, as for = \"7d\"";
        look.say("exit-equals-entry", &look.whole(&goal.when), message, help);
    }
}
