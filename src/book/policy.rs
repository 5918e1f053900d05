//! policy.toml, compiled: what no playbook can override.

use std::sync::Arc;

use crate::book::calendar::Window;
use crate::book::keys::Choice;
use crate::book::playbook::HoldOrSkip;
use crate::condition::Expression;
use crate::time::Span;

/// The class that caps, opt-outs and unsubscribes never touch.
pub const TRANSACTIONAL: &str = "transactional";

#[derive(Clone, Debug)]
pub struct Policy {
    pub never: Option<Never>,
    /// Message classes, the most important first.
    pub priority: Vec<Arc<str>>,
    pub caps: Vec<Cap>,
    /// Mail to contacts waits for this window of the recipient's own zone.
    pub quiet: Option<Window>,
    pub breaker: Breaker,
    /// Default holdout of the playbooks.
    pub holdout: f64,
    /// An alarm when a playbook has been silent for this many times its usual gap.
    pub silence_factor: Option<f64>,
    /// `https://…/u/{token}`.
    pub unsubscribe: Option<String>,
    /// Whether a customer's reply pauses the customer-facing steps of that enrollment.
    pub reply_pauses: bool,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy {
            never: None,
            priority: Vec::new(),
            caps: Vec::new(),
            quiet: None,
            breaker: Breaker::default(),
            holdout: 0.0,
            silence_factor: None,
            unsubscribe: None,
            reply_pauses: true,
        }
    }
}

impl Policy {
    /// The rank of a class, 0 the most important; an unknown class comes last.
    pub fn rank(&self, class: &str) -> usize {
        self.priority.iter().position(|own| &**own == class).unwrap_or(self.priority.len())
    }
}

/// The never-rule: true or unknown, nothing reaches the account.
#[derive(Clone, Debug)]
pub struct Never {
    pub when: Expression,
    /// Playbooks that may.
    pub except: Vec<Arc<str>>,
}

/// A frequency limit that slides: at most `max` in any `within`.
#[derive(Clone, Debug)]
pub struct Cap {
    pub id: Arc<str>,
    pub channel: CapChannel,
    pub per: CapPer,
    pub max: u32,
    pub within: Span,
    pub over: HoldOrSkip,
    /// Message classes it does not count and does not hold.
    pub exempt: Vec<Arc<str>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CapChannel {
    Email,
    Slack,
    Teams,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CapPer {
    Contact,
    Account,
}

/// What a customer's reply does to the customer-facing steps of that enrollment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnReply {
    Pause,
    Continue,
}

impl Choice for CapChannel {
    const WORDS: &'static [(CapChannel, &'static str, &'static str)] =
        &[(CapChannel::Email, "email", ""), (CapChannel::Slack, "slack", ""), (CapChannel::Teams, "teams", "")];
}

impl Choice for CapPer {
    const WORDS: &'static [(CapPer, &'static str, &'static str)] =
        &[(CapPer::Contact, "contact", "each addressee"), (CapPer::Account, "account", "all its contacts together")];
}

impl Choice for OnReply {
    const WORDS: &'static [(OnReply, &'static str, &'static str)] = &[
        (OnReply::Pause, "pause", "its messages to the customer wait, and there is a task"),
        (OnReply::Continue, "continue", "nothing"),
    ];
}

/// What enrolls above any of these in a local day is parked for approval; 0 switches one off.
#[derive(Clone, Debug)]
pub struct Breaker {
    /// By one playbook.
    pub max_new: u32,
    /// Of all active accounts, by one playbook.
    pub max_share: f64,
    /// Times the playbook's own median of 14 days.
    pub trip_at: f64,
    /// Nothing trips below.
    pub min_enrollments: u32,
}

impl Default for Breaker {
    fn default() -> Breaker {
        Breaker { max_new: 200, max_share: 0.20, trip_at: 5.0, min_enrollments: 20 }
    }
}
