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

/// Each reason with its name and what it says to people.
const NAMES: [(Reason, &str, &str); 44] = [
    (Reason::Enrolled, "enrolled", "entered the playbook"),
    (Reason::PendingFor, "pending_for", "qualifies, and must for as long as `for` says first"),
    (Reason::ConditionFalse, "condition_false", "does not qualify"),
    (Reason::ConditionUnknown, "condition_unknown", "something the condition needs is empty"),
    (Reason::StaleFeed, "stale_feed", "something the condition needs comes from a feed that is too old"),
    (Reason::AlreadyActive, "already_active", "is in this playbook already"),
    (Reason::ReentryKeyUsed, "reentry_key_used", "has been in it for this value of the key"),
    (Reason::InCooldown, "in_cooldown", "left it less than `cooldown` ago"),
    (Reason::NotRearmed, "not_rearmed", "`rearm` has not been true since the end"),
    (Reason::NeverPolicy, "never_policy", "the never-rule of policy.toml is true or unknown"),
    (Reason::Holdout, "holdout", "left alone on purpose, to measure the difference"),
    (Reason::LimitReached, "limit_reached", "above `max` or `max_per_day`"),
    (Reason::BreakerTripped, "breaker_tripped", "out of all proportion; waits for a person"),
    (Reason::NotLive, "not_live", "the playbook is not live"),
    (Reason::BackfillNone, "backfill_none", "qualified before the playbook went live"),
    (Reason::LateSkipped, "late_skipped", "its time had passed"),
    (Reason::StepConditionFalse, "step_condition_false", "the `when` of the step is false"),
    (Reason::Suppressed, "suppressed", "a `[[suppress]]` of the playbook holds it"),
    (Reason::Inhibited, "inhibited", "another playbook that goes first is active"),
    (Reason::Capped, "capped", "a cap of policy.toml is used up"),
    (Reason::OutsideWindow, "outside_window", "waits for the opening of the window"),
    (Reason::Silenced, "silenced", "a person stopped it"),
    (Reason::OptedOut, "opted_out", "the contact does not want mail of this class"),
    (Reason::AwaitingApproval, "awaiting_approval", "waits for a person to say yes"),
    (Reason::ApprovalExpired, "approval_expired", "nobody said yes in time"),
    (Reason::RecipientMissing, "recipient_missing", "nobody to send it to"),
    (Reason::TemplateError, "template_error", "the template lacks a value"),
    (Reason::Replied, "replied", "the customer has answered"),
    (Reason::Bounced, "bounced", "the address does not exist or refuses"),
    (Reason::DeliveryFailed, "delivery_failed", "could not be delivered, for good"),
    (Reason::Uncertain, "uncertain", "nobody knows whether it was delivered; a person decides"),
    (Reason::Superseded, "superseded", "the enrollment ended first"),
    (Reason::Shadow, "shadow", "the playbook runs in shadow: recorded, not sent"),
    (Reason::GoalReached, "goal_reached", "ended with the goal"),
    (Reason::Exited, "exited", "ended by an exit, or by hand"),
    (Reason::TimedOut, "timed_out", "the wait took too long"),
    (Reason::UntilMet, "until_met", "what was waited for is there"),
    (Reason::Completed, "completed", "all steps are decided"),
    (Reason::PastWindow, "past_window", "too late to enter"),
    (Reason::PreviousSkipped, "previous_skipped", "what it follows was skipped"),
    (Reason::Quarantine, "quarantine", "set aside after it failed by our fault"),
    (Reason::Paused, "paused", "the playbook is paused"),
    (Reason::Backlog, "backlog", "waits its turn behind others"),
    (Reason::DomainNotAllowed, "domain_not_allowed", "the domain is not among those this deployment may write to"),
];

impl Reason {
    /// The closed list: each name with what it says to people.
    pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
        NAMES.iter().map(|(_, name, doc)| (*name, *doc))
    }

    pub fn as_str(self) -> &'static str {
        let named = NAMES.iter().find(|(reason, ..)| *reason == self);
        named.map(|(_, name, _)| *name).expect("every reason has a name")
    }

    /// What it says to people.
    pub fn meaning(self) -> &'static str {
        let named = NAMES.iter().find(|(reason, ..)| *reason == self);
        named.map(|(.., meaning)| *meaning).expect("every reason has a name")
    }

    /// The reason of that name; none for text that is not on the list.
    pub fn parse(name: &str) -> Option<Reason> {
        NAMES.iter().find(|(_, own, _)| *own == name).map(|(reason, ..)| *reason)
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
        for (reason, name, _) in NAMES {
            assert_eq!(Reason::parse(name), Some(reason));
            assert_eq!(NAMES.iter().filter(|(other, own, _)| *other == reason || *own == name).count(), 1);
        }
    }
}
