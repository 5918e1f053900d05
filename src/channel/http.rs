//! One POST: no redirects, no retries behind our back, no proxy, limits on time and on the answer's size.

use std::error::Error as StdError;
use std::iter;

use anyhow::{Context, Result};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, redirect, retry};

use super::address::{Guard, PrivateAddress};
use super::{Limits, marked, one_line};
use crate::engine::delivery::{Outcome, Problem, Refusal};
use crate::time::Timestamp;

/// No more of an answer is read.
const LARGEST_ANSWER: usize = 64 * 1024;

/// The HTTP client of all chat and webhook channels.
pub(super) struct Http {
    client: Client,
    guard: Guard,
}

/// What came back, whatever its status.
pub(super) struct Answer {
    pub(super) status: u16,
    /// In seconds from now.
    retry_after: Option<u64>,
    pub(super) body: String,
}

impl Answer {
    /// The answer as it may be stored.
    pub(super) fn reply(&self) -> String {
        one_line(&format!("HTTP {} {}", self.status, self.body))
    }

    pub(super) fn refused(&self) -> Outcome {
        let (status, retry_after) = (self.status, self.retry_after);
        Outcome::Refused(Refusal::Http { status, retry_after, text: self.reply() })
    }
}

impl Http {
    pub(super) fn new(guard: Guard, limits: &Limits) -> Result<Http> {
        let client = Client::builder()
            .user_agent(concat!("playcaller/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .no_proxy()
            .dns_resolver(guard.clone())
            .connect_timeout(limits.http_connect)
            .timeout(limits.http_total)
            .build()
            .context("cannot set up the HTTP client")?;
        Ok(Http { client, guard })
    }

    /// Posts a JSON body. An error is the outcome of the attempt; it never shows the URL, which may be a secret.
    pub(super) async fn post(
        &self,
        url: &str,
        mut headers: HeaderMap,
        body: Vec<u8>,
        now: Timestamp,
        mark: impl AsyncFnOnce() -> Result<bool>,
    ) -> Result<Answer, Outcome> {
        let url = self.guard.url(url).map_err(|text| Outcome::NotSent(Problem::Misconfigured { text }))?;
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        marked(mark).await?;
        let response = self.client.post(url).headers(headers).body(body).send().await.map_err(failure)?;
        let (status, retry_after) = (response.status().as_u16(), retry_after(&response, now));
        Ok(Answer { status, retry_after, body: read(response).await })
    }
}

/// A connection that was never made sent nothing; any other failure leaves doubt.
fn failure(error: reqwest::Error) -> Outcome {
    let error = error.without_url();
    let causes: Vec<&dyn StdError> =
        iter::successors(Some(&error as &dyn StdError), |cause| (*cause).source()).collect();
    if let Some(private) = causes.iter().find_map(|cause| cause.downcast_ref::<PrivateAddress>()) {
        return Outcome::NotSent(Problem::Misconfigured { text: private.to_string() });
    }
    let text = one_line(&causes.iter().map(ToString::to_string).collect::<Vec<_>>().join(": "));
    if error.is_connect() { Outcome::NotSent(Problem::Unreachable { text }) } else { Outcome::Doubt { text } }
}

/// The start of the body; one that breaks off is as good as what came of it, for the status has decided.
async fn read(mut response: Response) -> String {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = LARGEST_ANSWER - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if body.len() == LARGEST_ANSWER {
            break;
        }
    }
    String::from_utf8_lossy(&body).into_owned()
}

/// RFC 9110 10.2.3: a number of seconds or a date. Anything else counts as absent.
fn retry_after(response: &Response, now: Timestamp) -> Option<u64> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    text.parse().ok().or_else(|| {
        let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
        u64::try_from(at.duration_since(now).as_secs()).ok()
    })
}
