//! What follows from the outcome of an attempt: the retry times and the classes of refusals.
//!
//! The mail times are those of mail relays, the webhook times those of the Standard Webhooks specification, the
//! chat answers Slack's list of errors for incoming webhooks.

use jiff::SignedDuration;

use super::smtp::{SmtpClass, smtp_class};
use super::{ChannelKind, DeliveryState, Outcome, Problem, Refusal};
use crate::time::Timestamp;

/// What is to be written to the delivery's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    Sent {
        reply: String,
    },
    /// Back to the queue until `at`; a `counted` try uses up one of its tries.
    RetryAt {
        at: Timestamp,
        counted: bool,
        why: String,
    },
    /// The whole destination waits until then and somebody must be told; the delivery stays queued, uncounted.
    PauseDestination {
        until: Timestamp,
        why: String,
    },
    /// Held with the reason `domain_not_allowed`.
    DomainNotAllowed {
        why: String,
    },
    Uncertain {
        why: String,
    },
    Dead {
        why: String,
        then: Afterwards,
    },
    /// Nothing to write: the mark was refused, and the row already says why.
    AlreadyDecided,
}

impl Settlement {
    /// The state it puts the delivery in; `None` leaves the row as it is.
    pub fn state(&self) -> Option<DeliveryState> {
        match self {
            Settlement::Sent { .. } => Some(DeliveryState::Sent),
            Settlement::RetryAt { .. } | Settlement::PauseDestination { .. } => Some(DeliveryState::Queued),
            Settlement::DomainNotAllowed { .. } => Some(DeliveryState::Held),
            Settlement::Uncertain { .. } => Some(DeliveryState::Uncertain),
            Settlement::Dead { .. } => Some(DeliveryState::Dead),
            Settlement::AlreadyDecided => None,
        }
    }
}

/// What a dead delivery means for others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Afterwards {
    Nothing,
    /// The address does not exist: it must not be mailed again.
    BlockAddress,
    /// The endpoint is gone: what waits for it is held and its owner told.
    PauseDestination,
}

/// One attempt, as far as its settlement depends on it.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    pub channel: ChannelKind,
    /// Counted tries before this one: 0 at the first.
    pub tries: u32,
    /// When it was first due.
    pub due: Timestamp,
    pub now: Timestamp,
    /// From 0 to 1, drawn by the caller: spreads what failed together.
    pub jitter: f64,
}

/// Decides what follows from an outcome.
pub fn settle(outcome: &Outcome, attempt: &Attempt) -> Settlement {
    match outcome {
        Outcome::Accepted { reply } => Settlement::Sent { reply: reply.clone() },
        Outcome::Closed => Settlement::AlreadyDecided,
        Outcome::Refused(refusal) => attempt.after_refusal(refusal),
        Outcome::NotSent(problem) => attempt.after_problem(problem),
        // A second mail is worse than a late one. Chat and webhooks are promised at least once.
        Outcome::Doubt { text } if attempt.channel == ChannelKind::Email => Settlement::Uncertain { why: text.clone() },
        Outcome::Doubt { text } => attempt.retry(attempt.schedule(), text),
    }
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// Delays in seconds between counted tries; `then` repeats after the last one.
struct Schedule {
    delays: &'static [i64],
    then: Option<i64>,
    /// No try later than this after the delivery was due, in seconds.
    give_up_after: i64,
}

const MAIL: Schedule = Schedule {
    delays: &[5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR],
    then: Some(12 * HOUR),
    give_up_after: 48 * HOUR,
};
const CHAT: Schedule =
    Schedule { delays: &[5, 30, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE], then: Some(HOUR), give_up_after: 24 * HOUR };
/// Ten tries in about three days, as Standard Webhooks recommends.
const WEBHOOK: Schedule = Schedule {
    delays: &[5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
    then: None,
    give_up_after: 120 * HOUR,
};
/// An endpoint that says the request is wrong: a deployment may be half done, so three tries in an hour.
const WEBHOOK_REFUSED: Schedule =
    Schedule { delays: &[10 * MINUTE, 50 * MINUTE], then: None, give_up_after: 120 * HOUR };

/// How long a misconfigured destination rests before it is tried again, in seconds.
const PAUSE: i64 = 5 * MINUTE;

impl Attempt {
    fn after_refusal(&self, refusal: &Refusal) -> Settlement {
        match refusal {
            Refusal::Smtp { stage, code, enhanced, text } => {
                self.after_smtp(smtp_class(*stage, *code, enhanced.as_deref()), text)
            }
            Refusal::Http { status, retry_after, text } => self.after_http(*status, *retry_after, text),
            Refusal::DomainNotAllowed { domain } => {
                let why = format!("[safety] allowed_recipient_domains does not name {domain}");
                Settlement::DomainNotAllowed { why }
            }
            Refusal::Unsendable { text } => dead(text, Afterwards::Nothing),
        }
    }

    fn after_smtp(&self, class: SmtpClass, text: &str) -> Settlement {
        match class {
            SmtpClass::RelayDown => self.wait_for_relay(text),
            SmtpClass::Misconfigured => self.pause(text),
            SmtpClass::Soft => self.retry(&MAIL, text),
            SmtpClass::HardBounce => dead(text, Afterwards::BlockAddress),
            SmtpClass::Rejected => dead(text, Afterwards::Nothing),
        }
    }

    fn after_http(&self, status: u16, retry_after: Option<u64>, text: &str) -> Settlement {
        let webhook = self.channel == ChannelKind::Webhook;
        let cap = if webhook { 24 * HOUR } else { HOUR };
        match (status, retry_after) {
            (429, wait) => self.wait_as_told(wait.unwrap_or(30), cap, text),
            (503, Some(wait)) => self.wait_as_told(wait, cap, text),
            (410, _) => dead(text, Afterwards::PauseDestination),
            (403 | 404, _) if !webhook => dead(text, Afterwards::PauseDestination),
            (400..=499, _) if !webhook => dead(text, Afterwards::Nothing),
            (400 | 401 | 403 | 404 | 405 | 413 | 415 | 422, _) => self.retry(&WEBHOOK_REFUSED, text),
            _ => self.retry(self.schedule(), text),
        }
    }

    fn after_problem(&self, problem: &Problem) -> Settlement {
        match problem {
            Problem::Unreachable { text } if self.channel == ChannelKind::Email => self.wait_for_relay(text),
            Problem::Unreachable { text } => self.retry(self.schedule(), text),
            Problem::Misconfigured { text } => self.pause(text),
            Problem::MarkFailed { text } => self.wait_for_relay(text),
        }
    }

    fn schedule(&self) -> &'static Schedule {
        match self.channel {
            ChannelKind::Email => &MAIL,
            ChannelKind::Slack | ChannelKind::Teams => &CHAT,
            ChannelKind::Webhook => &WEBHOOK,
        }
    }

    fn retry(&self, schedule: &Schedule, why: &str) -> Settlement {
        let Some(delay) = schedule.delays.get(self.tries as usize).copied().or(schedule.then) else {
            return dead(&format!("given up after {} tries: {why}", self.tries + 1), Afterwards::Nothing);
        };
        let at = self.in_seconds(delay as f64 * (0.8 + 0.4 * self.jitter));
        if at.duration_since(self.due) > SignedDuration::from_secs(schedule.give_up_after) {
            let hours = schedule.give_up_after / HOUR;
            return dead(&format!("given up {hours} h after it was due: {why}"), Afterwards::Nothing);
        }
        Settlement::RetryAt { at, counted: true, why: why.to_owned() }
    }

    /// The longer it has waited the longer it waits, from 30 s to 15 min: a relay that comes back is not flooded.
    fn wait_for_relay(&self, why: &str) -> Settlement {
        let waited = self.now.duration_since(self.due).as_secs_f64();
        let delay = (waited / 2.0).clamp(30.0, 15.0 * MINUTE as f64);
        Settlement::RetryAt {
            at: self.in_seconds(delay * (0.8 + 0.4 * self.jitter)),
            counted: false,
            why: why.to_owned(),
        }
    }

    /// Never earlier than the other side asked for.
    fn wait_as_told(&self, seconds: u64, cap: i64, why: &str) -> Settlement {
        let seconds = seconds.min(cap.unsigned_abs()) as f64;
        Settlement::RetryAt {
            at: self.in_seconds(seconds * (1.0 + 0.2 * self.jitter)),
            counted: false,
            why: why.to_owned(),
        }
    }

    fn pause(&self, why: &str) -> Settlement {
        Settlement::PauseDestination { until: self.in_seconds(PAUSE as f64), why: why.to_owned() }
    }

    fn in_seconds(&self, seconds: f64) -> Timestamp {
        let delay = SignedDuration::from_millis((seconds * 1000.0) as i64);
        self.now.checked_add(delay).unwrap_or(Timestamp::MAX)
    }
}

fn dead(why: &str, then: Afterwards) -> Settlement {
    Settlement::Dead { why: why.to_owned(), then }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::delivery::SmtpStage;
    use crate::time::from_micros;

    const DUE: i64 = 1_800_000_000;

    fn attempt(channel: ChannelKind, tries: u32, waited: i64) -> Attempt {
        let at = |seconds: i64| from_micros(seconds * 1_000_000);
        Attempt { channel, tries, due: at(DUE), now: at(DUE + waited), jitter: 0.5 }
    }

    /// A settlement as the tables below write it: the state and, in seconds from now, the next try.
    fn short(outcome: &Outcome, attempt: &Attempt) -> String {
        let after = |at: Timestamp| at.duration_since(attempt.now).as_secs();
        match settle(outcome, attempt) {
            Settlement::Sent { .. } => "sent".to_owned(),
            Settlement::RetryAt { at, counted: true, .. } => format!("try in {}", after(at)),
            Settlement::RetryAt { at, counted: false, .. } => format!("wait {}", after(at)),
            Settlement::PauseDestination { until, .. } => format!("pause {}", after(until)),
            Settlement::DomainNotAllowed { .. } => "held".to_owned(),
            Settlement::Uncertain { .. } => "uncertain".to_owned(),
            Settlement::Dead { then: Afterwards::Nothing, .. } => "dead".to_owned(),
            Settlement::Dead { then: Afterwards::BlockAddress, .. } => "dead, address blocked".to_owned(),
            Settlement::Dead { then: Afterwards::PauseDestination, .. } => "dead, endpoint closed".to_owned(),
            Settlement::AlreadyDecided => "as it is".to_owned(),
        }
    }

    fn smtp(code: u16, enhanced: &str) -> Outcome {
        let enhanced = Some(enhanced.to_owned());
        Outcome::Refused(Refusal::Smtp { stage: SmtpStage::Recipient, code, enhanced, text: String::new() })
    }

    #[test]
    fn each_class_of_smtp_reply_has_its_consequence() {
        let rows = [
            (421, "4.3.2", "wait 30"),
            (450, "4.2.1", "try in 300"),
            (530, "5.7.0", "pause 300"),
            (550, "5.1.1", "dead, address blocked"),
            (554, "5.7.1", "dead"),
        ];
        for (code, enhanced, expected) in rows {
            assert_eq!(short(&smtp(code, enhanced), &attempt(ChannelKind::Email, 0, 0)), expected, "{code}");
        }
        assert_eq!(short(&smtp(421, "4.3.2"), &attempt(ChannelKind::Email, 0, 600)), "wait 300");
        assert_eq!(short(&smtp(421, "4.3.2"), &attempt(ChannelKind::Email, 0, 24 * HOUR)), "wait 900");
    }

    #[test]
    fn each_http_answer_has_its_consequence() {
        use ChannelKind::{Slack, Teams, Webhook};
        let rows = [
            (Webhook, 301, None, "try in 5"),
            (Webhook, 500, None, "try in 5"),
            (Webhook, 503, None, "try in 5"),
            (Webhook, 503, Some(120), "wait 132"),
            (Webhook, 429, Some(999_999_999), "wait 95040"),
            (Webhook, 410, None, "dead, endpoint closed"),
            (Webhook, 400, None, "try in 600"),
            (Webhook, 401, None, "try in 600"),
            (Webhook, 403, None, "try in 600"),
            (Webhook, 404, None, "try in 600"),
            (Webhook, 405, None, "try in 600"),
            (Webhook, 413, None, "try in 600"),
            (Webhook, 415, None, "try in 600"),
            (Webhook, 422, None, "try in 600"),
            (Webhook, 408, None, "try in 5"),
            (Slack, 429, None, "wait 33"),
            (Slack, 429, Some(999_999_999), "wait 3960"),
            (Slack, 200, None, "try in 5"),
            (Slack, 302, None, "try in 5"),
            (Slack, 500, None, "try in 5"),
            (Slack, 400, None, "dead"),
            (Slack, 403, None, "dead, endpoint closed"),
            (Slack, 404, None, "dead, endpoint closed"),
            (Slack, 410, None, "dead, endpoint closed"),
            (Teams, 502, None, "try in 5"),
        ];
        for (channel, status, retry_after, expected) in rows {
            let outcome = Outcome::Refused(Refusal::Http { status, retry_after, text: String::new() });
            assert_eq!(short(&outcome, &attempt(channel, 0, 0)), expected, "{channel:?} {status} {retry_after:?}");
        }
    }

    #[test]
    fn what_was_not_sent_waits_and_what_may_have_been_is_doubt_only_for_mail() {
        let text = String::new;
        let rows = [
            (ChannelKind::Email, Outcome::Accepted { reply: text() }, "sent"),
            (ChannelKind::Email, Outcome::Closed, "as it is"),
            (ChannelKind::Email, Outcome::Doubt { text: text() }, "uncertain"),
            (ChannelKind::Slack, Outcome::Doubt { text: text() }, "try in 5"),
            (ChannelKind::Webhook, Outcome::Doubt { text: text() }, "try in 5"),
            (ChannelKind::Email, Outcome::NotSent(Problem::Unreachable { text: text() }), "wait 30"),
            (ChannelKind::Webhook, Outcome::NotSent(Problem::Unreachable { text: text() }), "try in 5"),
            (ChannelKind::Email, Outcome::NotSent(Problem::Misconfigured { text: text() }), "pause 300"),
            (ChannelKind::Slack, Outcome::NotSent(Problem::MarkFailed { text: text() }), "wait 30"),
            (ChannelKind::Email, Outcome::Refused(Refusal::DomainNotAllowed { domain: text() }), "held"),
            (ChannelKind::Email, Outcome::Refused(Refusal::Unsendable { text: text() }), "dead"),
        ];
        for (channel, outcome, expected) in rows {
            assert_eq!(short(&outcome, &attempt(channel, 0, 0)), expected, "{channel:?} {outcome:?}");
        }
    }

    #[test]
    fn tries_are_spaced_as_the_schedules_say_and_end() {
        let soft = smtp(450, "4.2.1");
        let mail: Vec<String> = (0..9).map(|tries| short(&soft, &attempt(ChannelKind::Email, tries, 0))).collect();
        let minutes = [5, 15, 30, 60, 120, 240, 480, 720, 720].map(|minutes| format!("try in {}", minutes * 60));
        assert_eq!(mail, minutes);
        assert_eq!(short(&soft, &attempt(ChannelKind::Email, 9, 40 * HOUR)), "dead");

        let failed = |status| Outcome::Refused(Refusal::Http { status, retry_after: None, text: String::new() });
        assert_eq!(short(&failed(500), &attempt(ChannelKind::Webhook, 8, 52 * HOUR)), "try in 86400");
        assert_eq!(short(&failed(500), &attempt(ChannelKind::Webhook, 9, 76 * HOUR)), "dead");
        assert_eq!(short(&failed(404), &attempt(ChannelKind::Webhook, 1, 600)), "try in 3000");
        assert_eq!(short(&failed(404), &attempt(ChannelKind::Webhook, 2, 3600)), "dead");
        assert_eq!(short(&failed(500), &attempt(ChannelKind::Slack, 5, HOUR)), "try in 3600");
        assert_eq!(short(&failed(500), &attempt(ChannelKind::Slack, 29, 24 * HOUR)), "dead");
    }

    #[test]
    fn jitter_spreads_by_a_fifth_and_never_comes_before_what_was_asked_for() {
        let told = Outcome::Refused(Refusal::Http { status: 429, retry_after: Some(100), text: String::new() });
        let failed = Outcome::Refused(Refusal::Http { status: 500, retry_after: None, text: String::new() });
        for (jitter, waits, tries) in [(0.0, "wait 100", "try in 240"), (1.0, "wait 120", "try in 360")] {
            let attempt = Attempt { jitter, ..attempt(ChannelKind::Webhook, 1, 0) };
            assert_eq!((short(&told, &attempt).as_str(), short(&failed, &attempt).as_str()), (waits, tries));
        }
    }

    #[test]
    fn every_settlement_is_a_legal_step_from_where_the_attempt_stood() {
        let attempt = attempt(ChannelKind::Email, 0, 0);
        let refused = Outcome::Refused(Refusal::Unsendable { text: String::new() });
        for from in [DeliveryState::Claimed, DeliveryState::Committing] {
            assert!(from.may_become(settle(&refused, &attempt).state().unwrap()));
            assert!(from.may_become(DeliveryState::Queued));
        }
        assert_eq!(settle(&Outcome::Closed, &attempt).state(), None);
    }
}
