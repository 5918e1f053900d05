//! The messages themselves, and when their readers have time for them.

use std::sync::Arc;

use playcaller::condition::Value;
use playcaller::engine::delivery::{Address, Email};
use playcaller::portfolio::import::ContactRow;

use super::{START, arrive, book_of, champion, letters, low_score, mail, mails, nowhere, step};
use crate::support::world::World;

#[tokio::test]
async fn each_recipient_gets_one_message_that_shows_whom_it_was_written_to() {
    let mut world = World::at(START).await;
    let steps = step(
        "write",
        "enrolled",
        "action = \"email\"\nto = [\"contact:champion\", \"account.owner\"]\ncc = [\"contacts:admin\", \"dana\"]\n\
         bcc = \"archive@larkfield.example\"\ntemplate = \"hello\"",
    );
    let policy = "[email]\nunsubscribe = \"https://larkfield.example/u/{token}\"\n";
    world.start(book_of(&[("policy.toml", policy), ("mails.toml", &low_score("", &steps))]), nowhere()).await;
    let admin = ContactRow {
        fields: vec![
            ("email".into(), Value::text("ann@acme.example")),
            ("name".into(), Value::text("Ann Berg")),
            ("personas".into(), Value::Tags(vec![Arc::from("admin")].into())),
        ],
        ..champion("ann", "acme", START, &[])
    };
    arrive(&world, &["acme"], vec![champion("pat", "acme", START, &[("name", "Pat Moreau")]), admin]).await;
    world.play_until("2026-06-01T11:00:00Z").await;
    let letters = letters(&world).await;
    let shown = |email: &Email| {
        let names = |all: &[Address]| all.iter().map(|one| one.email.clone()).collect::<Vec<_>>().join(",");
        (email.to.email.clone(), names(&email.cc), email.text.trim().to_owned(), email.unsubscribe.is_some())
    };
    let row =
        |to: &str, unsubscribes| (to.to_owned(), "ann@acme.example".to_owned(), "Hello Pat.".to_owned(), unsubscribes);
    let found: Vec<_> = letters.iter().map(|(to, email)| (to.as_str(), shown(email))).collect();
    assert_eq!(
        found,
        [
            ("ann@acme.example", row("pat@acme.example", true)),
            ("archive@larkfield.example", row("pat@acme.example", false)),
            ("dana@larkfield.example", row("dana@larkfield.example", false)),
            ("pat@acme.example", row("pat@acme.example", true)),
        ]
    );
    let key = world.stores().next().expect("a database").token_key().await.expect("a key");
    for (contact, to) in [("ann", "ann@acme.example"), ("pat", "pat@acme.example")] {
        let page = letters[to].unsubscribe.as_deref().expect("a page");
        let token = page.strip_prefix("https://larkfield.example/u/").expect("the page of the policy");
        assert_eq!(key.contact_of(token).as_deref(), Some(contact), "each their own");
    }
}

#[tokio::test]
async fn a_reader_whose_hours_came_while_nobody_was_there_is_written_to_within_the_grace() {
    // Ten in the morning of UTC is seven in the evening of Tokyo, where the hours last from midnight to eight of UTC.
    let cases = [
        ("2026-06-02T07:00:00Z", "2026-06-02T07:00:00Z", "email"),
        ("2026-06-02T09:00:00Z", "2026-06-03T00:00:00Z", "email"),
        ("2026-06-03T07:00:00Z", "2026-06-03T07:00:00Z", "skip"),
        ("2026-06-03T09:00:00Z", "2026-06-03T09:00:00Z", "skip"),
    ];
    for (back, told, word) in cases {
        let mut world = World::at(START).await;
        let files = [
            ("policy.toml", "[quiet]\nwindow = \"business-hours\"\n"),
            ("mails.toml", &*low_score("", &mail("write", "enrolled", "hello"))),
        ];
        world.start(book_of(&files), nowhere()).await;
        arrive(&world, &["acme"], vec![champion("pat", "acme", START, &[("timezone", "Asia/Tokyo")])]).await;
        world.play_until("2026-06-01T11:00:00Z").await;
        assert_eq!(mails(world.took()), Vec::<String>::new(), "it is evening there");
        world.away_until(back);
        world.play_until("2026-06-04T12:00:00Z").await;
        let took = mails(world.took());
        let told = told.replace('T', " ").replace(":00Z", "");
        assert!(took.len() == 1 && took[0].starts_with(&format!("mails {told} {word} write")), "{back}: {took:?}");
    }
}

#[tokio::test]
async fn a_step_missed_in_the_evening_of_its_reader_is_late_only_when_their_next_hours_are() {
    let mut world = World::at(START).await;
    let files = [
        ("policy.toml", "[quiet]\nwindow = \"business-hours\"\n"),
        ("mails.toml", &*low_score("", &mail("write", "enrolled + 1h", "hello"))),
    ];
    world.start(book_of(&files), nowhere()).await;
    arrive(&world, &["acme"], vec![champion("pat", "acme", START, &[("timezone", "Asia/Tokyo")])]).await;
    world.play_until("2026-06-01T10:30:00Z").await;
    world.took();
    // The step was due a day and an hour ago, the reader's hours began twelve hours ago.
    world.away_until("2026-06-02T12:00:00Z");
    world.play_until("2026-06-04T12:00:00Z").await;
    assert_eq!(mails(world.took()), ["mails 2026-06-03 00:00 email write -> pat@acme.example"]);
}
