//! How the closed sets of a playbook are written, and what each word means.

use super::{
    Backfill, BranchLock, EscalationClock, HoldOrSkip, InFlight, Kind, LatePolicy, OnAnchorChange, OnRemoved, Outcome,
    Priority, ReentryPolicy, Retry, Status, TriggerKind, UnknownPolicy,
};
use crate::book::keys::Choice;

impl Choice for Status {
    const WORDS: &'static [(Status, &'static str, &'static str)] = &[
        (Status::Draft, "draft", "checked and tested only"),
        (Status::Shadow, "shadow", "runs and records, sends nothing"),
        (Status::Live, "live", "sends"),
        (Status::Paused, "paused", "nobody enters, running ones hold"),
        (Status::Retired, "retired", "nobody enters, running ones finish"),
    ];
}

impl Choice for InFlight {
    const WORDS: &'static [(InFlight, &'static str, &'static str)] = &[
        (InFlight::Move, "move", "go on with the new file"),
        (InFlight::Finish, "finish", "finish with the file they began with"),
        (InFlight::Restart, "restart", "begin again with the new file"),
        (InFlight::Exit, "exit", "end"),
    ];
}

impl Choice for OnRemoved {
    const WORDS: &'static [(OnRemoved, &'static str, &'static str)] = &[
        (OnRemoved::Skip, "skip", "those who wait on it go on without it"),
        (OnRemoved::Exit, "exit", "those who wait on it end, neutral"),
    ];
}

impl Choice for BranchLock {
    const WORDS: &'static [(BranchLock, &'static str, &'static str)] = &[
        (BranchLock::AtEnrollment, "at_enrollment", "once, on entering"),
        (BranchLock::EachStep, "each_step", "again before each step"),
    ];
}

impl Choice for TriggerKind {
    const WORDS: &'static [(TriggerKind, &'static str, &'static str)] = &[
        (TriggerKind::Date, "date", "a date of the account comes near"),
        (TriggerKind::Condition, "condition", "`[enroll] when` becomes true"),
        (TriggerKind::Event, "event", "something happens"),
        (TriggerKind::Schedule, "schedule", "the clock strikes"),
        (TriggerKind::Manual, "manual", "a person or another playbook starts it"),
    ];
}

impl Choice for OnAnchorChange {
    const WORDS: &'static [(OnAnchorChange, &'static str, &'static str)] = &[
        (OnAnchorChange::Replan, "replan", "unsent steps move, sent ones never repeat"),
        (OnAnchorChange::Keep, "keep", "the plan stays"),
        (OnAnchorChange::Restart, "restart", "the playbook begins again"),
    ];
}

impl Choice for UnknownPolicy {
    const WORDS: &'static [(UnknownPolicy, &'static str, &'static str)] = &[
        (UnknownPolicy::Hold, "hold", "not yet"),
        (UnknownPolicy::No, "no", "as false"),
        (UnknownPolicy::Error, "error", "not yet, and the owner is told"),
    ];
}

impl Choice for Backfill {
    const WORDS: &'static [(Backfill, &'static str, &'static str)] =
        &[(Backfill::None, "none", "stay out"), (Backfill::All, "all", "enter")];
}

impl Choice for ReentryPolicy {
    const WORDS: &'static [(ReentryPolicy, &'static str, &'static str)] = &[
        (ReentryPolicy::Never, "never", "once ever"),
        (ReentryPolicy::OncePerKey, "once_per_key", "once for each value of `key`"),
        (ReentryPolicy::AfterCooldown, "after_cooldown", "when `cooldown` has passed since the end"),
        (ReentryPolicy::Always, "always", "whenever the trigger says so"),
    ];
}

impl Choice for LatePolicy {
    const WORDS: &'static [(LatePolicy, &'static str, &'static str)] = &[
        (LatePolicy::Skip, "skip", "left out"),
        (LatePolicy::Latest, "latest", "only the last of them runs"),
        (LatePolicy::All, "all", "all of them run"),
    ];
}

impl Choice for Outcome {
    const WORDS: &'static [(Outcome, &'static str, &'static str)] = &[
        (Outcome::Won, "won", "success"),
        (Outcome::Lost, "lost", "failure"),
        (Outcome::Neutral, "neutral", "neither"),
    ];
}

impl Choice for HoldOrSkip {
    const WORDS: &'static [(HoldOrSkip, &'static str, &'static str)] =
        &[(HoldOrSkip::Hold, "hold", "waits until it may go"), (HoldOrSkip::Skip, "skip", "is left out")];
}

impl Choice for Kind {
    const WORDS: &'static [(Kind, &'static str, &'static str)] = &[
        (Kind::Email, "email", "a mail"),
        (Kind::Slack, "slack", "a Slack message"),
        (Kind::Teams, "teams", "a Teams message"),
        (Kind::Webhook, "webhook", "a call of another program"),
        (Kind::Task, "task", "work for a person"),
        (Kind::WaitFor, "wait_for", "waits for a condition"),
        (Kind::Set, "set", "sets a field of the account"),
        (Kind::Start, "start", "starts another playbook"),
        (Kind::Stop, "stop", "stops another playbook"),
    ];
}

impl Choice for Retry {
    const WORDS: &'static [(Retry, &'static str, &'static str)] =
        &[(Retry::Default, "default", "again and again for five days, at growing distances")];
}

impl Choice for Priority {
    const WORDS: &'static [(Priority, &'static str, &'static str)] = &[
        (Priority::Low, "low", ""),
        (Priority::Normal, "normal", ""),
        (Priority::High, "high", ""),
        (Priority::Urgent, "urgent", ""),
    ];
}

impl Choice for EscalationClock {
    const WORDS: &'static [(EscalationClock, &'static str, &'static str)] = &[
        (EscalationClock::Calendar, "calendar", "every day"),
        (EscalationClock::Business, "business", "business days"),
    ];
}
