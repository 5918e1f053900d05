//! Slack, Teams and webhooks against a receiver that follows a script.

use std::collections::BTreeMap;

use playcaller::channel::{Channels, Endpoint, Limits, Routes, Safety};
use playcaller::engine::delivery::{Content, Message, Outcome, Problem, Refusal};
use serde_json::json;
use tempfile::TempDir;

use super::{attempt, attempt_without_mark, impatient, routes};
use crate::support::http_receiver::{HttpReceiver, Reply};

const SECRET_PATH: &str = "/services/T0/B0/s3cret";

fn channels(receiver: &HttpReceiver, allow_private: &[&str]) -> Channels {
    with_limits(receiver, allow_private, Limits::default())
}

fn with_limits(receiver: &HttpReceiver, allow_private: &[&str], limits: Limits) -> Channels {
    let folder = TempDir::new().unwrap();
    let chat = BTreeMap::from([("#renewals".to_owned(), receiver.url(SECRET_PATH).into())]);
    let signed = Endpoint { url: None, secret: Some("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned().into()) };
    let allow_private = allow_private.iter().map(|range| range.parse().unwrap()).collect();
    Channels::new(Routes {
        slack: chat.clone(),
        teams: chat,
        webhooks: Some(BTreeMap::from([("crm-notes".to_owned(), signed)])),
        safety: Safety { allow_private, ..Safety::default() },
        limits,
        ..routes(folder.path())
    })
    .unwrap()
}

fn slack(channel: &str) -> Message {
    let content = Content::Slack { channel: channel.to_owned(), payload: json!({ "text": "hi", "a": 1 }) };
    Message { delivery: "d1".to_owned(), content }
}

fn webhook(url: String) -> Message {
    let body = json!({ "note": "hi" });
    Message { delivery: "d1".to_owned(), content: Content::Webhook { endpoint: "crm-notes".to_owned(), url, body } }
}

/// How one attempt ended, in a word.
async fn ending(reply: Reply, message: impl Fn(&HttpReceiver) -> Message) -> String {
    let limits = if matches!(reply, Reply::Hang) { impatient() } else { Limits::default() };
    let receiver = HttpReceiver::start(vec![reply]).await;
    let channels = with_limits(&receiver, &["127.0.0.1"], limits);
    let (outcome, marked) = attempt(&channels, &message(&receiver)).await;
    assert!(marked && receiver.requests().len() == 1, "one request, whatever came of it");
    assert!(!format!("{outcome:?}").contains("s3cret"), "{outcome:?}");
    match outcome {
        Outcome::Accepted { .. } => "accepted".to_owned(),
        Outcome::Refused(Refusal::Http { status, retry_after, .. }) => format!("{status} {retry_after:?}"),
        Outcome::Doubt { .. } => "doubt".to_owned(),
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn slack_accepts_only_with_its_own_word() {
    let slack = |_: &HttpReceiver| slack("#renewals");
    let rows = [
        (Reply::of("200 OK", "ok"), "accepted"),
        (Reply::of("200 OK", "<html>Welcome</html>"), "200 None"),
        (Reply::of("200 OK", "invalid_payload"), "200 None"),
        (Reply::of("204 No Content", ""), "204 None"),
        (Reply::of("404 Not Found", "channel_not_found"), "404 None"),
        (Reply::Hang, "doubt"),
        (Reply::Close, "doubt"),
    ];
    for (reply, expected) in rows {
        let shown = format!("{reply:?}");
        assert_eq!(ending(reply, slack).await, expected, "{shown}");
    }
}

#[tokio::test]
async fn the_time_to_wait_is_read_as_seconds_or_as_a_date() {
    let rows = [
        ("Retry-After: 30\r\n", "429 Some(30)"),
        ("Retry-After: Wed, 18 Mar 2026 10:02:00 GMT\r\n", "429 Some(120)"),
        ("Retry-After: Wed, 18 Mar 2026 09:00:00 GMT\r\n", "429 None"),
        ("Retry-After: -5\r\n", "429 None"),
        ("Retry-After: abc\r\n", "429 None"),
        ("", "429 None"),
    ];
    for (headers, expected) in rows {
        let reply = Reply::Answer { status: "429 Too Many Requests", headers, body: String::new() };
        assert_eq!(ending(reply, |_| slack("#renewals")).await, expected, "{headers}");
    }
}

#[tokio::test]
async fn a_webhook_accepts_with_any_2xx_and_is_never_led_elsewhere() {
    let webhook = |receiver: &HttpReceiver| webhook(receiver.url("/notes"));
    let redirect =
        Reply::Answer { status: "307 Temporary Redirect", headers: "Location: /other\r\n", body: String::new() };
    let rows = [
        (Reply::of("204 No Content", ""), "accepted"),
        (Reply::of("200 OK", &"x".repeat(1_000_000)), "accepted"),
        (redirect, "307 None"),
        (Reply::of("410 Gone", ""), "410 None"),
        (Reply::of("503 Service Unavailable", ""), "503 None"),
        (Reply::Hang, "doubt"),
    ];
    for (reply, expected) in rows {
        assert_eq!(ending(reply, webhook).await, expected);
    }
}

#[tokio::test]
async fn a_webhook_carries_its_id_its_time_and_its_signature() {
    let receiver = HttpReceiver::start(vec![]).await;
    let channels = channels(&receiver, &["127.0.0.1"]);
    for _ in 0..2 {
        attempt(&channels, &webhook(receiver.url("/notes?a=1"))).await;
    }
    let requests = receiver.requests();
    for request in &requests {
        assert_eq!((request.path.as_str(), request.body.as_str()), ("/notes?a=1", "{\"note\":\"hi\"}"));
        assert_eq!(request.header("webhook-id"), Some("d1"));
        assert_eq!(request.header("webhook-timestamp"), Some("1773828000"));
        assert_eq!(request.header("content-type"), Some("application/json"));
        assert!(request.header("webhook-signature").is_some_and(|signature| signature.starts_with("v1,")));
    }
    assert_eq!(requests.len(), 2);
}

#[tokio::test]
async fn a_private_address_is_not_called_unless_the_deployment_allows_it() {
    let receiver = HttpReceiver::start(vec![]).await;
    let channels = channels(&receiver, &["10.0.0.0/8"]);
    let urls = [receiver.url("/notes"), receiver.url("/notes").replace("127.0.0.1", "localhost")];
    for message in urls.map(webhook).into_iter().chain([slack("#renewals")]) {
        let (outcome, _) = attempt(&channels, &message).await;
        let Outcome::NotSent(Problem::Misconfigured { text }) = outcome else { panic!("{outcome:?}") };
        assert!(text.contains("allow_private") && !text.contains("s3cret"), "{text}");
    }
    assert!(receiver.requests().is_empty());
}

#[tokio::test]
async fn without_a_mark_nothing_is_called_and_a_chat_channel_without_url_is_named() {
    let receiver = HttpReceiver::start(vec![]).await;
    let channels = channels(&receiver, &["127.0.0.1"]);
    assert_eq!(attempt_without_mark(&channels, &slack("#renewals")).await, Outcome::Closed);
    let (outcome, marked) = attempt(&channels, &slack("#unknown")).await;
    let Outcome::NotSent(Problem::Misconfigured { text }) = outcome else { panic!("{outcome:?}") };
    assert!(!marked && text.contains("#unknown") && text.contains("[slack]"), "{text}");
    assert!(receiver.requests().is_empty());
}

#[tokio::test]
async fn a_server_that_is_not_there_got_nothing() {
    let receiver = HttpReceiver::start(vec![]).await;
    let (outcome, _) =
        attempt(&channels(&receiver, &["127.0.0.1"]), &webhook("http://127.0.0.1:9/notes".to_owned())).await;
    assert!(matches!(outcome, Outcome::NotSent(Problem::Unreachable { .. })), "{outcome:?}");
}

#[tokio::test]
async fn teams_reports_a_failure_behind_a_200() {
    let teams = |_: &HttpReceiver| {
        let content = Content::Teams { channel: "#renewals".to_owned(), payload: json!({}) };
        Message { delivery: "d1".to_owned(), content }
    };
    assert_eq!(ending(Reply::of("202 Accepted", ""), teams).await, "accepted");
    let failed = Reply::of("200 OK", "Webhook message delivery failed with error: HTTP error 429");
    assert_eq!(ending(failed, teams).await, "200 None");
}

#[test]
fn nothing_that_is_printed_shows_a_secret() {
    let routes =
        Routes { slack: BTreeMap::from([("#x".to_owned(), SECRET_PATH.to_owned().into())]), ..Routes::default() };
    assert!(!format!("{routes:?}").contains("s3cret"));
}
