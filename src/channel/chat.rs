//! Slack and Teams by incoming webhook: the URL is the secret, and there is no key against repeats.

use anyhow::Result;
use reqwest::header::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::http::{Answer, Http};
use crate::engine::delivery::Outcome;
use crate::time::Timestamp;

/// Whose answers are read.
#[derive(Clone, Copy)]
pub(super) enum Dialect {
    Slack,
    Teams,
}

impl Dialect {
    fn accepted(self, answer: &Answer) -> bool {
        match self {
            // Slack's incoming webhooks answer with the word and nothing else; a proxy's page is not that.
            Dialect::Slack => answer.status == 200 && answer.body.trim() == "ok",
            // Teams connectors report a failure behind them in the text of a 200.
            Dialect::Teams => {
                (200..300).contains(&answer.status) && !answer.body.starts_with("Webhook message delivery failed")
            }
        }
    }
}

/// Posts one message and answers with what the other side said.
pub(super) async fn deliver(
    http: &Http,
    dialect: Dialect,
    url: &SecretString,
    payload: &Value,
    now: Timestamp,
    mark: impl AsyncFnOnce() -> Result<bool>,
) -> Result<String, Outcome> {
    let body = payload.to_string().into_bytes();
    let answer = http.post(url.expose_secret(), HeaderMap::new(), body, now, mark).await?;
    if dialect.accepted(&answer) { Ok(answer.reply()) } else { Err(answer.refused()) }
}
