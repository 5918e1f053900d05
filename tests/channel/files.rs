//! The outbox folder, which takes what has no other way out.

use std::fs;

use playcaller::channel::Channels;
use playcaller::engine::delivery::{Content, Message, Outcome};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{attempt, attempt_without_mark, email_to, routes};

fn slack(delivery: &str) -> Message {
    let content = Content::Slack { channel: "#renewals".to_owned(), payload: json!({ "text": "hi" }) };
    Message { delivery: delivery.to_owned(), content }
}

#[tokio::test]
async fn mail_becomes_an_eml_file_and_chat_a_json_file_named_by_the_delivery() {
    let folder = TempDir::new().unwrap();
    let outbox = folder.path().join("outbox");
    for channels in [Channels::new(routes(&outbox)).unwrap(), Channels::files(outbox.clone())] {
        for message in [email_to("d1", "pat@acme.example"), slack("d2")] {
            let (outcome, marked) = attempt(&channels, &message).await;
            assert!(matches!(outcome, Outcome::Accepted { .. }) && marked, "{outcome:?}");
        }
    }
    let mut names: Vec<_> = fs::read_dir(&outbox).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["d1.eml", "d2.json"], "a repeat replaces its file, and nothing unfinished stays");
    assert!(fs::read_to_string(outbox.join("d1.eml")).unwrap().contains("To: \"Pat Lee\" <pat@acme.example>"));
    let record: Value = serde_json::from_str(&fs::read_to_string(outbox.join("d2.json")).unwrap()).unwrap();
    assert_eq!(record, json!({ "id": "d2", "channel": "slack", "to": "#renewals", "payload": { "text": "hi" } }));
}

#[tokio::test]
async fn nothing_is_written_without_the_mark_or_under_a_name_that_is_a_path() {
    let folder = TempDir::new().unwrap();
    let channels = Channels::files(folder.path().to_owned());
    assert_eq!(attempt_without_mark(&channels, &slack("d1")).await, Outcome::Closed);
    assert!(matches!(attempt(&channels, &slack("../d1")).await, (Outcome::Refused(_), false)));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn nowhere_accepts_everything_that_gets_its_mark() {
    assert!(matches!(attempt(&Channels::nowhere(), &slack("d1")).await, (Outcome::Accepted { .. }, true)));
    assert_eq!(attempt_without_mark(&Channels::nowhere(), &slack("d1")).await, Outcome::Closed);
}

#[tokio::test]
async fn a_message_reads_back_as_it_was_stored() {
    for message in [email_to("d1", "pat@acme.example"), slack("d2")] {
        let stored = serde_json::to_string(&message).unwrap();
        assert_eq!(serde_json::from_str::<Message>(&stored).unwrap(), message);
    }
}
