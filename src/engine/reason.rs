//! Why something was done, held, skipped or refused: the closed list that explain, timeline, history and pages share.

/// language.md 8. Stored and printed by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    Enrolled,
    PendingFor,
    ConditionFalse,
    ConditionUnknown,
    StaleFeed,
    AlreadyActive,
    ReentryKeyUsed,
    InCooldown,
    NotRearmed,
    NeverPolicy,
    Holdout,
    LimitReached,
    BreakerTripped,
    NotLive,
    BackfillNone,
    LateSkipped,
    StepConditionFalse,
    Suppressed,
    Inhibited,
    Capped,
    OutsideWindow,
    Silenced,
    OptedOut,
    AwaitingApproval,
    ApprovalExpired,
    RecipientMissing,
    TemplateError,
    Replied,
    Bounced,
    DeliveryFailed,
    Uncertain,
    Superseded,
    Shadow,
    GoalReached,
    Exited,
    TimedOut,
    UntilMet,
    Completed,
    PastWindow,
    PreviousSkipped,
    Quarantine,
    Paused,
    Backlog,
    DomainNotAllowed,
}

const NAMES: [(Reason, &str); 44] = [
    (Reason::Enrolled, "enrolled"),
    (Reason::PendingFor, "pending_for"),
    (Reason::ConditionFalse, "condition_false"),
    (Reason::ConditionUnknown, "condition_unknown"),
    (Reason::StaleFeed, "stale_feed"),
    (Reason::AlreadyActive, "already_active"),
    (Reason::ReentryKeyUsed, "reentry_key_used"),
    (Reason::InCooldown, "in_cooldown"),
    (Reason::NotRearmed, "not_rearmed"),
    (Reason::NeverPolicy, "never_policy"),
    (Reason::Holdout, "holdout"),
    (Reason::LimitReached, "limit_reached"),
    (Reason::BreakerTripped, "breaker_tripped"),
    (Reason::NotLive, "not_live"),
    (Reason::BackfillNone, "backfill_none"),
    (Reason::LateSkipped, "late_skipped"),
    (Reason::StepConditionFalse, "step_condition_false"),
    (Reason::Suppressed, "suppressed"),
    (Reason::Inhibited, "inhibited"),
    (Reason::Capped, "capped"),
    (Reason::OutsideWindow, "outside_window"),
    (Reason::Silenced, "silenced"),
    (Reason::OptedOut, "opted_out"),
    (Reason::AwaitingApproval, "awaiting_approval"),
    (Reason::ApprovalExpired, "approval_expired"),
    (Reason::RecipientMissing, "recipient_missing"),
    (Reason::TemplateError, "template_error"),
    (Reason::Replied, "replied"),
    (Reason::Bounced, "bounced"),
    (Reason::DeliveryFailed, "delivery_failed"),
    (Reason::Uncertain, "uncertain"),
    (Reason::Superseded, "superseded"),
    (Reason::Shadow, "shadow"),
    (Reason::GoalReached, "goal_reached"),
    (Reason::Exited, "exited"),
    (Reason::TimedOut, "timed_out"),
    (Reason::UntilMet, "until_met"),
    (Reason::Completed, "completed"),
    (Reason::PastWindow, "past_window"),
    (Reason::PreviousSkipped, "previous_skipped"),
    (Reason::Quarantine, "quarantine"),
    (Reason::Paused, "paused"),
    (Reason::Backlog, "backlog"),
    (Reason::DomainNotAllowed, "domain_not_allowed"),
];

impl Reason {
    pub fn as_str(self) -> &'static str {
        let named = NAMES.iter().find(|(reason, _)| *reason == self);
        named.map(|(_, name)| *name).expect("every reason has a name")
    }

    /// The reason of that name; none for text that is not on the list.
    pub fn parse(name: &str) -> Option<Reason> {
        NAMES.iter().find(|(_, own)| *own == name).map(|(reason, _)| *reason)
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back_and_stands_once() {
        for (reason, name) in NAMES {
            assert_eq!(Reason::parse(name), Some(reason));
            assert_eq!(NAMES.iter().filter(|(other, own)| *other == reason || *own == name).count(), 1);
        }
    }
}
