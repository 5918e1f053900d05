//! One step of an SMTP conversation and what its answer, or its silence, means.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use lettre::transport::smtp::Error;

use super::one_line;
use crate::engine::delivery::{Outcome, Problem, Refusal, SmtpStage};

/// Waits for one step at most `limit`. The error is the outcome of the attempt.
pub(super) async fn step<T>(
    stage: SmtpStage,
    limit: Duration,
    action: impl Future<Output = Result<T, Error>>,
) -> Result<T, Outcome> {
    match tokio::time::timeout(limit, action).await {
        Ok(answer) => answer.map_err(|error| failure(stage, &error)),
        Err(_) => Err(unanswered(stage, format!("no answer within {} s", limit.as_secs_f64()))),
    }
}

/// What an error at that stage means: a definite no, a relay we cannot use, or doubt.
fn failure(stage: SmtpStage, error: &Error) -> Outcome {
    let said = error.source().map(|reply| one_line(&reply.to_string())).unwrap_or_default();
    if let Some(code) = error.status() {
        let code = u16::from(code);
        let enhanced = enhanced_status(code, &said);
        return Outcome::Refused(Refusal::Smtp { stage, code, enhanced, text: format!("{code} {said}") });
    }
    let text = one_line(&error.to_string());
    if error.is_client() || error.is_tls() || is_certificate_problem(error) {
        return Outcome::NotSent(Problem::Misconfigured { text });
    }
    unanswered(stage, text)
}

/// Silence before the message is a relay that is down; after it, nobody knows.
pub(super) fn unanswered(stage: SmtpStage, text: String) -> Outcome {
    match stage {
        SmtpStage::Message => Outcome::Doubt { text },
        _ => Outcome::NotSent(Problem::Unreachable { text: format!("the mail relay, at {stage:?}: {text}") }),
    }
}

/// rustls reports what it will not accept as invalid data.
fn is_certificate_problem(error: &Error) -> bool {
    let source = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    source.is_some_and(|source| source.kind() == io::ErrorKind::InvalidData)
}

/// The enhanced status at the start of a reply (RFC 2034): its class is the first digit of the code.
fn enhanced_status(code: u16, text: &str) -> Option<String> {
    let word = text.split_whitespace().next()?;
    let parts: Vec<&str> = word.split('.').collect();
    let numeric = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    let fits = parts.len() == 3 && parts.iter().all(numeric) && parts[0] == (code / 100).to_string();
    fits.then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enhanced_status_is_read_only_where_the_reply_begins_with_one_of_its_class() {
        assert_eq!(enhanced_status(550, "5.1.1 no such user").as_deref(), Some("5.1.1"));
        for text in ["no such user 5.1.1", "4.1.1 later", "5.1", "5.1.1.1 x", "", "10.0.0.1 is blocked"] {
            assert_eq!(enhanced_status(550, text), None, "{text}");
        }
    }
}
