//! How it ends, and what holds it meanwhile.

use super::Page;
use crate::book::playbook::{HoldOrSkip, Kind, LatePolicy, Outcome, Playbook, Suppression, SuppressionCause};

pub(super) fn tell(playbook: &Playbook, page: &mut Page) {
    page.heading("How it ends");
    if let Some(goal) = &playbook.goal {
        let lead = match goal.hold_for.n {
            0 => "It is won when".to_owned(),
            _ => format!("It is won when, for {} on end,", goal.hold_for.in_words()),
        };
        page.condition(&lead, &goal.when);
    }
    for exit in &playbook.exits {
        let outcome = match exit.outcome {
            Outcome::Won => "won",
            Outcome::Lost => "lost",
            Outcome::Neutral => "over",
        };
        let name = if *exit.id == *outcome { String::new() } else { format!(" ({})", exit.id) };
        page.condition(&format!("It is {outcome}{name} when"), &exit.when);
    }
    page.item("Else when everything is done.");
    if !playbook.suppressions.is_empty() {
        page.heading("What holds it back");
        playbook.suppressions.iter().for_each(|rule| suppression(rule, page));
    }
    page.heading("What is late");
    page.item(late(playbook));
}

fn suppression(rule: &Suppression, page: &mut Page) {
    let what = match rule.channels.is_empty() {
        true => "Messages to the customer".to_owned(),
        false => enumerated(&rule.channels.iter().map(|kind| in_words(*kind)).collect::<Vec<_>>()),
    };
    let most = rule.max_hold.map_or_else(String::new, |most| format!(", {} at most,", most.in_words()));
    let verb = match rule.mode {
        HoldOrSkip::Hold => format!("waits{most}"),
        HoldOrSkip::Skip => "is left out".to_owned(),
    };
    match &rule.cause {
        SuppressionCause::When(when) => page.condition(&format!("{what} {verb} while"), when),
        SuppressionCause::InhibitedBy(other) => {
            page.item(format!("{what} {verb} while the account is in {other}."));
        }
    }
}

fn in_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Email => "Mail",
        Kind::Slack => "Slack",
        Kind::Teams => "Teams",
        Kind::Task => "Tasks",
        Kind::Webhook => "Webhooks",
        Kind::WaitFor | Kind::Set | Kind::Start | Kind::Stop => kind.as_str(),
    }
}

fn late(playbook: &Playbook) -> String {
    let late = &playbook.late;
    let kinds = [
        ("mail", late.email),
        ("Slack", late.slack),
        ("Teams", late.teams),
        ("tasks", late.task),
        ("webhooks", late.webhook),
        ("everything else", late.others),
    ];
    let of = |policy| {
        let named: Vec<&str> = kinds.iter().filter(|(_, own)| *own == policy).map(|(name, _)| *name).collect();
        (!named.is_empty()).then(|| enumerated(&named))
    };
    let parts = [
        of(LatePolicy::Skip).map(|what| format!("{what}: left out")),
        of(LatePolicy::Latest).map(|what| format!("{what}: only the latest is done")),
        of(LatePolicy::All).map(|what| format!("{what}: done all the same")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("What could not run within {} of its time: {}.", late.grace.in_words(), parts.join("; "))
}

/// `mail, Slack and Teams`.
fn enumerated(words: &[&str]) -> String {
    match words {
        [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        _ => words.concat(),
    }
}
