//! Ways through a playbook: branches nobody takes, steps nobody reaches, waits without end.

use super::Look;
use crate::book::playbook::{Action, Branch, BranchLock, Playbook, Step, Trigger};
use crate::condition::{Expression, OUTCOMES, Ranges, Truth};

pub(super) fn look(look: &Look, playbook: &Playbook) {
    let shadowed = shadowed_branches(look, playbook);
    for step in &playbook.steps {
        unreachable(look, playbook, step, &shadowed);
        endless_wait(look, playbook, step);
    }
    no_goal(look, playbook);
}

/// Segments and stages that the ones above them leave nobody to: the first match wins.
pub(super) fn look_at_segments(look: &Look) {
    let segments = &look.book.segments;
    let stages = segments.stages.iter().map(|stage| (&*stage.id, stage.when.as_ref()));
    let segments = segments.segments.iter().map(|segment| (&*segment.id, segment.when.as_ref()));
    for list in [segments.collect::<Vec<_>>(), stages.collect()] {
        for (place, (id, when)) in list.iter().enumerate() {
            let Some(when) = when else { continue };
            let above = list[..place].iter().find(|(_, above)| above.is_some_and(|above| covers(above, when)));
            if let Some((above, _)) = above {
                tell_shadowed(look, id, when, &format!("`{above}`"));
            }
        }
    }
}

/// Whether the first is true wherever the second is.
fn covers(first: &Expression, second: &Expression) -> bool {
    let cases = Ranges::of(second);
    !cases.is_impossible() && first.given(&cases) == Truth::True
}

fn tell_shadowed(look: &Look, id: &str, when: &Expression, by: &str) {
    let example = Ranges::of(when).example().map(|example| format!(", for example one whose {example}"));
    let message = format!("nobody gets to `{id}`: {by} takes every account it is for{}", example.unwrap_or_default());
    let help = "the first match wins: put the narrower condition first, or let them exclude each other";
    look.say("overlapping-branches", &look.whole(when), message, help);
}

/// Reports the branches no account can take, and gives their ids. At enrollment a branch is asked together with the
/// enroll condition, and a branch above that is unknown makes the enrollment wait.
fn shadowed_branches<'p>(look: &Look, playbook: &'p Playbook) -> Vec<&'p str> {
    let is_asked_with_enroll =
        playbook.branch_lock == BranchLock::AtEnrollment && !matches!(playbook.trigger, Trigger::Manual);
    let enroll = playbook.enroll.when.as_ref().filter(|_| is_asked_with_enroll);
    let entering = enroll.map_or_else(Ranges::anything, Ranges::of);
    let (mut left, mut shadowed) = (entering.clone(), Vec::new());
    if entering.is_impossible() {
        return shadowed;
    }
    for (place, Branch { id, when }) in playbook.branches.iter().enumerate() {
        let Some(when) = when else { continue };
        let own = Ranges::of(when);
        if own.is_impossible() {
            shadowed.push(&**id);
        } else if entering.and(&own).is_impossible() {
            let message = format!("nobody gets to `{id}`: no account that enrolls fulfils its condition");
            look.say("overlapping-branches", &look.whole(when), message, "compare it with `when` of [enroll]");
            shadowed.push(id);
        } else if left.and(&own).is_impossible() {
            let above = playbook.branches[..place].iter();
            let one = above.clone().find(|above| above.when.as_ref().is_some_and(|above| covers(above, when)));
            let by = one.map_or_else(|| "what stands above it".to_owned(), |above| format!("`{}`", above.id));
            tell_shadowed(look, id, when, &by);
            shadowed.push(id);
        }
        left = left.and(&Ranges::of_false(when));
    }
    shadowed
}

/// A step that nobody comes to: its branches are never taken, or its guard asks for what they exclude.
fn unreachable(look: &Look, playbook: &Playbook, step: &Step, shadowed: &[&str]) {
    let has_branch = !step.branches.is_empty();
    if has_branch && step.branches.iter().all(|branch| shadowed.contains(&&**branch)) {
        let message = format!("`{}` never runs: nobody gets to its branch", step.id);
        let place = look.at(&playbook.file, &format!("step.{}.branch", step.id));
        return look.say("unreachable-step", &place, message, "correct the branch's condition");
    }
    let Some(when) = &step.when else { return };
    let guard = Ranges::of(when);
    if guard.is_impossible() {
        return;
    }
    if let Some(other) = impossible_outcome(playbook, &guard) {
        let message = format!("`{}` never runs: only a wait times out, and `{other}` is none", step.id);
        return look.say("unreachable-step", &look.whole(when), message, "ask for \"skipped\" or \"done\"");
    }
    let is_excluded = |id: &str| {
        let branch = playbook.branches.iter().find(|branch| &*branch.id == id);
        let condition = branch.and_then(|branch| branch.when.as_ref()).map_or_else(Ranges::anything, Ranges::of);
        guard.and(&Ranges::word("run.branch", id)).and(&condition).is_impossible()
    };
    if has_branch && step.branches.iter().all(|branch| is_excluded(branch)) {
        let branches = step.branches.iter().map(|branch| format!("`{branch}`")).collect::<Vec<_>>().join(" or ");
        let message = format!("`{}` never runs: its `when` asks for what {branches} excludes", step.id);
        look.say("unreachable-step", &look.whole(when), message, "correct the `when`, or the step's `branch`");
    }
}

/// A step that the guard wants to have timed out and that is no wait.
fn impossible_outcome<'p>(playbook: &'p Playbook, guard: &Ranges) -> Option<&'p str> {
    let others: Vec<&str> = OUTCOMES.into_iter().filter(|outcome| *outcome != "timed_out").collect();
    let acts = playbook.steps.iter().filter(|step| !matches!(step.action, Action::WaitFor(_)));
    let mut ids = acts.map(|step| &*step.id);
    ids.find(|id| guard.and(&Ranges::words(&format!("outcome(\"{id}\")"), &others)).is_impossible())
}

fn endless_wait(look: &Look, playbook: &Playbook, step: &Step) {
    let Action::WaitFor(wait) = &step.action else { return };
    if wait.timeout.is_none() && playbook.goal.is_none() && playbook.exits.is_empty() {
        let message = format!("an account for which this never comes true stays in `{}` for good", playbook.id);
        look.say("no-end", &look.whole(&wait.until), message, "add timeout = \"20d\", a [goal] or an [[exit]]");
    }
}

/// A measurement without anything to measure.
fn no_goal(look: &Look, playbook: &Playbook) {
    let keys = ["measure.window", "measure.holdout"];
    let measured = keys.into_iter().find(|key| look.is_written(playbook, key));
    let is_measured = playbook.holdout > 0.0 || playbook.measure_window.is_some();
    if let Some(key) = measured.filter(|_| is_measured && playbook.goal.is_none()) {
        let message = "this measures success, and no [goal] says what success is";
        look.say("no-goal", &look.at(&playbook.file, key), message, "add [goal] with when = '…'");
    }
}
