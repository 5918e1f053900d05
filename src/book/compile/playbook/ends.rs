//! What bounds an enrollment: measure, late, goal, exits, suppressions, branches.

use crate::book::playbook::{
    Branch, Exit, Goal, HoldOrSkip, Kind, Late, LatePolicy, Outcome, Suppression, SuppressionCause,
};
use crate::book::read::{Item, Table};
use crate::condition::Expected;
use crate::time::Span;

use super::context::Context;
use super::steps::ids;

/// `[measure]`: the share left alone, and how long the goal is looked for after the end.
pub(super) fn measure(top: &mut Table, default_holdout: f64) -> (f64, Option<Span>) {
    let Some(mut table) = top.table("measure") else { return (default_holdout, None) };
    let holdout = table.get("holdout").number_in(0.0..=1.0).unwrap_or(default_holdout);
    let window = table.get("window").positive_span();
    table.finish();
    (holdout, window)
}

/// `[late]` with its defaults.
pub(super) fn late(top: &mut Table) -> Late {
    let mut late = Late {
        grace: Span::days(1),
        email: LatePolicy::Skip,
        slack: LatePolicy::Skip,
        teams: LatePolicy::Skip,
        task: LatePolicy::Latest,
        webhook: LatePolicy::Latest,
        others: LatePolicy::All,
    };
    if let Some(mut table) = top.table("late") {
        let mut policy = |key: &str, default: LatePolicy| table.get(key).choice().unwrap_or(default);
        late.email = policy("email", late.email);
        late.slack = policy("slack", late.slack);
        late.teams = policy("teams", late.teams);
        late.task = policy("task", late.task);
        late.webhook = policy("webhook", late.webhook);
        late.others = policy("others", late.others);
        late.grace = table.get("grace").positive_span().unwrap_or(late.grace);
        table.finish();
    }
    late
}

/// `[goal]`: success.
pub(super) fn goal(top: &mut Table, context: &Context) -> Option<Goal> {
    let mut table = top.table("goal")?;
    let when = table.need("when").expression(&context.scope(), Expected::Truth);
    let hold_for = table.get("for").positive_span().unwrap_or(Span::ZERO);
    table.finish();
    Some(Goal { when: when?, hold_for })
}

/// `[[exit]]`: other ends, in file order.
pub(super) fn exits(top: &mut Table, context: &Context) -> Vec<Exit> {
    let mut tables = top.tables("exit");
    let ids = ids(&mut tables, "exit");
    let exits = tables.into_iter().zip(ids).filter_map(|(mut table, id)| {
        let when = table.need("when").expression(&context.scope(), Expected::Truth);
        let outcome = table.get("outcome").choice().unwrap_or(Outcome::Neutral);
        table.finish();
        Some(Exit { id: id.into(), when: when?, outcome })
    });
    exits.collect()
}

/// `[[suppress]]`: what holds or skips a send.
pub(super) fn suppressions(top: &mut Table, context: &Context) -> Vec<Suppression> {
    let mut tables = top.tables("suppress");
    let ids = ids(&mut tables, "suppression");
    let suppressions = tables.into_iter().zip(ids).filter_map(|(mut table, id)| {
        let cause = cause(&mut table, context);
        let channels = table.get("channels").one_or_more();
        let channels = channels.into_iter().filter_map(|item: Item| item.choice_among(&Kind::SUPPRESSED)).collect();
        let mode = table.get("mode").choice().unwrap_or(HoldOrSkip::Hold);
        let max_hold = table.get("max_hold").positive_span();
        table.finish();
        Some(Suppression { id: id.into(), cause: cause?, channels, mode, max_hold })
    });
    suppressions.collect()
}

fn cause(table: &mut Table, context: &Context) -> Option<SuppressionCause> {
    let (when, inhibited_by) = (table.get("when"), table.get("inhibited_by"));
    match (when.is_present(), inhibited_by.is_present()) {
        (true, false) => when.expression(&context.scope(), Expected::Truth).map(SuppressionCause::When),
        (false, true) => context.other_playbook(inhibited_by).map(SuppressionCause::InhibitedBy),
        (both, _) => {
            let what = if both { "both `when` and `inhibited_by`" } else { "neither `when` nor `inhibited_by`" };
            let message = format!("{} has {what}", table.title());
            table.report(table.place().error("missing-key", message).help("write exactly one of them"));
            None
        }
    }
}

/// `[[branch]]`: first match wins, exactly one is the default.
pub(super) fn branches(context: &mut Context) -> Vec<Branch> {
    let tables = std::mem::take(&mut context.outline.branches);
    let (last, mut has_default) = (tables.last().map(|table| (table.place(), table.diagnostics())), false);
    let mut branches = Vec::new();
    for (mut table, id) in tables.into_iter().zip(context.outline.branch_ids.clone()) {
        let (when, default) = (table.get("when"), table.get("default").flag().unwrap_or(false));
        if when.is_present() == default {
            let what = if default {
                "is the default and has a condition too"
            } else {
                "has neither `when` nor `default = true`"
            };
            let message = format!("{} {what}", table.title());
            table.report(table.place().error("branch-condition", message).help("write exactly one of them"));
        }
        if default && has_default {
            let message = format!("{} is a second default", table.title());
            table.report(table.place_of("default").error("branch-default", message).help("keep one default branch"));
        }
        has_default |= default;
        branches.push(Branch { id: id.into(), when: when.expression(&context.scope_at(0), Expected::Truth) });
        table.finish();
    }
    if let (false, Some((place, diagnostics))) = (has_default, last) {
        let message = "no branch is the default: an account that fits none of them has no steps";
        diagnostics.push(place.error("branch-default", message).help("add a last [[branch]] with default = true"));
    }
    // The default is what is left over, wherever it stands in the file.
    branches.sort_by_key(|branch| branch.when.is_none());
    branches
}
