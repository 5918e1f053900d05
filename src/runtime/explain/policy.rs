//! The rules that may keep an account out, hold its messages or end its enrollment, and what each says now.

use serde::Serialize;

use super::case::Case;
use crate::book::Window;
use crate::book::keys::Choice;
use crate::book::playbook::{Playbook, ReentryPolicy, SuppressionCause};
use crate::book::policy::{Cap, CapPer};
use crate::condition::{Expression, Truth};
use crate::engine::Reason;
use crate::engine::admission::{cooldown_ends, is_held_out};
use crate::engine::matching::{is_open, matures_at};
use crate::engine::quiet::{self, Opening};
use crate::engine::suppression::{counted, covers, frees_at};
use crate::engine::turnout::Turnout;
use crate::time::{Span, Timestamp, utc_text};

/// A rule of policy.toml or of the playbook, and what it says now.
#[derive(Clone, Debug, Serialize)]
pub struct PolicyLine {
    pub rule: String,
    /// Yes: the rule stands in the way, or ends the enrollment.
    pub truth: Truth,
    pub effect: &'static str,
    pub kind: PolicyKind,
    /// What it counts, or since when it holds.
    pub detail: Option<String>,
    /// When it gives way by time alone.
    pub until: Option<String>,
}

/// Which rule it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyKind {
    Status,
    Never,
    Goal,
    Exit,
    Suppress,
    For,
    Reentry,
    Backfill,
    Holdout,
    Limit,
    Cap,
    Window,
    Quiet,
}

impl PolicyLine {
    /// Whether it matters to a person who asks why: it stands in the way, or nobody can say whether it does. What only
    /// messages wait for matters to those who are in the playbook.
    pub fn matters(&self, is_enrolled: bool) -> bool {
        match self.kind {
            PolicyKind::Suppress | PolicyKind::Cap | PolicyKind::Window | PolicyKind::Quiet => {
                is_enrolled && self.truth != Truth::False
            }
            // An end that nobody can judge is none.
            PolicyKind::Goal | PolicyKind::Exit => self.truth == Truth::True,
            _ => self.truth != Truth::False,
        }
    }

    /// Whether it is the rule behind a reason.
    pub(super) fn explains(&self, reason: &str) -> bool {
        let kinds: &[PolicyKind] = match Reason::parse(reason) {
            Some(Reason::NotLive) => &[PolicyKind::Status],
            Some(Reason::NeverPolicy) => &[PolicyKind::Never],
            Some(Reason::GoalReached) => &[PolicyKind::Goal],
            Some(Reason::Exited) => &[PolicyKind::Exit],
            Some(Reason::PendingFor) => &[PolicyKind::For],
            Some(Reason::ReentryKeyUsed | Reason::InCooldown | Reason::NotRearmed) => &[PolicyKind::Reentry],
            Some(Reason::BackfillNone) => &[PolicyKind::Backfill],
            Some(Reason::Holdout) => &[PolicyKind::Holdout],
            Some(Reason::LimitReached | Reason::BreakerTripped) => &[PolicyKind::Limit, PolicyKind::Reentry],
            _ => &[],
        };
        kinds.contains(&self.kind)
    }

    fn new(kind: PolicyKind, rule: String, truth: Truth, effect: &'static str) -> PolicyLine {
        PolicyLine { rule, truth, effect, kind, detail: None, until: None }
    }

    fn saying(self, detail: impl Into<String>) -> PolicyLine {
        PolicyLine { detail: Some(detail.into()), ..self }
    }

    fn until(self, at: Option<Timestamp>) -> PolicyLine {
        PolicyLine { until: at.map(utc_text), ..self }
    }
}

/// Every rule, in the order in which the engine asks them.
pub(super) fn lines(case: &Case<'_>, reason: Reason, turnout: &Turnout) -> Vec<PolicyLine> {
    let mut lines = Vec::new();
    if !is_open(case.playbook) {
        let rule = format!("status = \"{}\"", case.playbook.status.word());
        lines.push(PolicyLine::new(PolicyKind::Status, rule, Truth::True, "nobody enters"));
    }
    lines.extend(never(case));
    lines.extend(ends(case));
    lines.extend(suppressions(case));
    lines.extend(held_for(case, reason));
    lines.extend(reentry(case, reason));
    if reason == Reason::BackfillNone {
        let rule = "backfill = \"none\"".to_owned();
        let line = PolicyLine::new(PolicyKind::Backfill, rule, Truth::True, "keeps the account out");
        lines.push(line.saying("it qualified before the playbook went live"));
    }
    if case.playbook.holdout > 0.0 {
        let rule = format!("holdout = {}", case.playbook.holdout);
        let is_out = is_held_out(case.playbook, &case.facts.account.id);
        lines.push(PolicyLine::new(PolicyKind::Holdout, rule, is_out.into(), "left alone, to see the difference"));
    }
    lines.extend(limit(case, turnout));
    lines.extend(caps(case));
    lines.extend(hours(case));
    lines
}

fn never(case: &Case<'_>) -> Option<PolicyLine> {
    let never = case.facts.world.book.policy.never.as_ref()?;
    let is_excepted = never.except.contains(&case.playbook.id);
    let effect = if is_excepted { "this playbook may all the same" } else { "nothing reaches the account" };
    Some(asked(case, PolicyKind::Never, "never", &never.when, effect))
}

fn ends<'a>(case: &'a Case<'_>) -> impl Iterator<Item = PolicyLine> + 'a {
    let goal = case.playbook.goal.iter();
    let goal = goal
        .map(|goal| asked(case, PolicyKind::Goal, "goal", &goal.when, "ends the enrollment, keeps the account out"));
    let exits = case.playbook.exits.iter().map(|exit| {
        let effect = "ends the enrollment, keeps the account out";
        asked(case, PolicyKind::Exit, &format!("exit {}", exit.id), &exit.when, effect)
    });
    goal.chain(exits)
}

fn suppressions<'a>(case: &'a Case<'_>) -> impl Iterator<Item = PolicyLine> + 'a {
    case.playbook.suppressions.iter().map(|rule| {
        let (name, effect) = (format!("suppress {}", rule.id), "holds or skips sends");
        match &rule.cause {
            SuppressionCause::When(when) => asked(case, PolicyKind::Suppress, &name, when, effect),
            SuppressionCause::InhibitedBy(other) => {
                let is_active = case.desk.active().any(|own| own.playbook == *other);
                let rule = format!("{name}: while {other} is active");
                PolicyLine::new(PolicyKind::Suppress, rule, is_active.into(), effect)
            }
        }
    })
}

fn asked(case: &Case<'_>, kind: PolicyKind, name: &str, when: &Expression, effect: &'static str) -> PolicyLine {
    PolicyLine::new(kind, format!("{name}: {}", when.text().trim()), when.truth(&case.facts_of_run()), effect)
}

fn held_for(case: &Case<'_>, reason: Reason) -> Option<PolicyLine> {
    let hold_for = case.playbook.enroll.hold_for;
    let since = case.state.true_since.filter(|_| hold_for != Span::ZERO)?;
    let line = PolicyLine::new(
        PolicyKind::For,
        format!("for = \"{hold_for}\""),
        (reason == Reason::PendingFor).into(),
        "it must stay true so long",
    );
    let matures = matures_at(&case.state, case.playbook, &case.facts).filter(|at| *at > case.facts.now);
    Some(line.saying(format!("true since {}", utc_text(since))).until(matures))
}

fn reentry(case: &Case<'_>, reason: Reason) -> Option<PolicyLine> {
    let entries = case.desk.entries_of(case.playbook);
    let last = entries.iter().rev().find_map(|own| own.ended.as_ref())?;
    let rule = &case.playbook.reentry;
    let mut text = format!("reentry = \"{}\"", rule.policy.word());
    if rule.policy == ReentryPolicy::AfterCooldown {
        text += &format!(", cooldown = \"{}\"", rule.cooldown);
    }
    let stands = matches!(
        reason,
        Reason::ReentryKeyUsed | Reason::InCooldown | Reason::NotRearmed | Reason::LimitReached | Reason::AlreadyActive
    );
    let again = cooldown_ends(case.playbook, &case.facts, case.desk).filter(|at| *at > case.facts.now);
    let line = PolicyLine::new(PolicyKind::Reentry, text, stands.into(), "keeps the account out");
    Some(line.saying(format!("it left on {} ({})", utc_text(last.at), last.reason)).until(again))
}

fn limit(case: &Case<'_>, turnout: &Turnout) -> Option<PolicyLine> {
    let (breaker, today) = (&case.facts.world.book.policy.breaker, case.facts.today());
    let entered = turnout.day(&case.playbook.id, today).stored;
    let excess = turnout.excess(case.playbook, breaker, today, 0);
    let rule = match (&excess, case.playbook.enroll.max_per_day) {
        (Some(excess), _) => excess.limit.clone(),
        (None, Some(most)) => format!("max_per_day = {most}"),
        (None, None) => return None,
    };
    let line =
        PolicyLine::new(PolicyKind::Limit, rule, excess.is_some().into(), "whoever comes now waits for a person");
    Some(line.saying(format!("{entered} entered on {today}")))
}

fn caps<'a>(case: &'a Case<'_>) -> impl Iterator<Item = PolicyLine> + 'a {
    let policy = &case.facts.world.book.policy;
    let sends = |cap: &&Cap| {
        let kinds = case.playbook.steps.iter().map(|step| step.action.kind());
        kinds.into_iter().any(|kind| covers(cap, kind, &case.playbook.class))
    };
    policy.caps.iter().filter(sends).flat_map(move |cap| {
        let contacts = case.facts.account.contacts.values().filter(|contact| contact.is_active(case.facts.now));
        let contacts = contacts.take(if cap.per == CapPer::Account { 1 } else { usize::MAX });
        contacts.map(move |contact| cap_line(case, cap, &contact.id))
    })
}

fn cap_line(case: &Case<'_>, cap: &Cap, contact: &str) -> PolicyLine {
    let facts = &case.facts;
    let sends = counted(cap, contact, facts, case.desk);
    let is_full = sends.len() >= cap.max as usize;
    let address = facts.account.contact(contact).and_then(|own| own.text("email", facts.now));
    let whom = if cap.per == CapPer::Account {
        "the account".to_owned()
    } else {
        address.as_deref().unwrap_or(contact).to_owned()
    };
    let rule = format!("cap {}: {} in {}", cap.id, cap.max, cap.within);
    let line = PolicyLine::new(PolicyKind::Cap, rule, is_full.into(), "no more mail until there is room");
    line.saying(format!("{whom}: {} of {}", sends.len(), cap.max)).until(frees_at(cap, &sends, facts))
}

/// The playbook's own window, and the hours of each reader.
fn hours(case: &Case<'_>) -> Vec<PolicyLine> {
    let facts = &case.facts;
    let mut lines: Vec<PolicyLine> = window(case.playbook, case).into_iter().collect();
    if facts.world.book.policy.quiet.is_none() {
        return lines;
    }
    for contact in facts.account.contacts.values().filter(|contact| contact.is_active(facts.now)) {
        let address = contact.text("email", facts.now).unwrap_or_else(|| contact.id.clone());
        let (truth, until) = match quiet::opening(&contact.id, facts.now, case.playbook, facts) {
            Opening::At(at) => (Truth::from(at > facts.now), Some(at).filter(|at| *at > facts.now)),
            Opening::Unknown => (Truth::Unknown, None),
        };
        let line = PolicyLine::new(PolicyKind::Quiet, format!("quiet hours of {address}"), truth, "mail waits");
        lines.push(line.until(until));
    }
    lines
}

fn window(playbook: &Playbook, case: &Case<'_>) -> Option<PolicyLine> {
    let Window::Calendar(name) = &playbook.send_window else { return None };
    let facts = &case.facts;
    let calendar = facts.world.book.calendars.of(&playbook.send_window, facts.region().as_deref())?;
    let opens = calendar.next_open(facts.now, &facts.zone).filter(|at| *at > facts.now);
    let is_closed = Truth::from(opens.is_some());
    let line = PolicyLine::new(
        PolicyKind::Window,
        format!("send_window = \"{name}\""),
        is_closed,
        "steps wait for the opening",
    );
    Some(line.until(opens))
}
