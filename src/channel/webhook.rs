//! Webhooks as Standard Webhooks describes them: the same id and body at every attempt, a fresh timestamp, and a
//! signature when the deployment has a secret for the endpoint.

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::header::{HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::Sha256;

use super::Endpoint;
use super::http::Http;
use crate::engine::delivery::{Outcome, Problem, Refusal};
use crate::time::Timestamp;

/// One webhook call: what the book says and what the deployment adds.
pub(super) struct Call<'a> {
    pub(super) id: &'a str,
    pub(super) url: &'a str,
    pub(super) body: &'a Value,
    pub(super) endpoint: Option<&'a Endpoint>,
}

impl Call<'_> {
    /// Posts it and answers with what the other side said. Success is any 2xx.
    pub(super) async fn deliver(
        &self,
        http: &Http,
        now: Timestamp,
        mark: impl AsyncFnOnce() -> Result<bool>,
    ) -> Result<String, Outcome> {
        let body = self.body.to_string();
        let secret = self.endpoint.and_then(|endpoint| endpoint.secret.as_ref());
        let headers = headers(self.id, now.as_second(), &body, secret)?;
        let own_url = self.endpoint.and_then(|endpoint| endpoint.url.as_ref());
        let url = own_url.map_or(self.url, |url| url.expose_secret());
        let answer = http.post(url, headers, body.into_bytes(), now, mark).await?;
        if (200..300).contains(&answer.status) { Ok(answer.reply()) } else { Err(answer.refused()) }
    }
}

/// `at` is in seconds since 1970.
fn headers(id: &str, at: i64, body: &str, secret: Option<&SecretString>) -> Result<HeaderMap, Outcome> {
    let mut headers = HeaderMap::new();
    headers.insert("webhook-id", value(id)?);
    headers.insert("webhook-timestamp", HeaderValue::from(at));
    if let Some(secret) = secret {
        headers.insert("webhook-signature", value(&signature(id, at, body, secret.expose_secret())?)?);
    }
    Ok(headers)
}

fn value(text: &str) -> Result<HeaderValue, Outcome> {
    HeaderValue::from_str(text).map_err(|_| {
        let text = format!("`{}` cannot stand in a header", text.escape_debug());
        Outcome::Refused(Refusal::Unsendable { text })
    })
}

fn signature(id: &str, at: i64, body: &str, secret: &str) -> Result<String, Outcome> {
    let misconfigured = |text: &str| Outcome::NotSent(Problem::Misconfigured { text: text.to_owned() });
    let key = match secret.strip_prefix("whsec_") {
        Some(encoded) => {
            BASE64.decode(encoded).map_err(|_| misconfigured("the secret after `whsec_` is not base64"))?
        }
        None => secret.as_bytes().to_vec(),
    };
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| misconfigured("the secret is no key"))?;
    mac.update(format!("{id}.{at}.{body}").as_bytes());
    Ok(format!("v1,{}", BASE64.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks specification's reference libraries.
    #[test]
    fn the_signature_is_the_one_of_the_specification() {
        let signed = signature(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        );
        assert_eq!(signed, Ok("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=".to_owned()));
    }

    #[test]
    fn a_secret_that_is_not_base64_is_reported_without_showing_it() {
        let outcome = signature("d1", 1, "{}", "whsec_***").unwrap_err();
        assert!(!format!("{outcome:?}").contains("***"));
    }
}
