//! Contested slots: who goes first, what counts, and what the losers are told.

use std::sync::Arc;

use playcaller::channel::{Answer, Channels};
use playcaller::engine::Reason;
use playcaller::engine::desk::Entry;

use super::{START, arrive, book_of, champion, entries, low_score, mail, mails, nowhere, relay_down};
use crate::support::world::World;

const ONE_A_WEEK: &str = "[priority]\norder = [\"risk\", \"nurture\"]\n[[cap]]\nid = \"one-a-week\"\n\
                          channel = \"email\"\nper = \"contact\"\nmax = 1\nwithin = \"7d\"\n";

#[tokio::test]
async fn a_contested_slot_goes_by_class_then_due_then_id_and_every_loser_is_told_which_cap() {
    let mut world = World::at(START).await;
    let late = "[late]\ngrace = \"30d\"";
    let nurture = |after: &str| low_score("class = \"nurture\"", &format!("{late}\n{}", mail("write", after, "hello")));
    let risk = low_score("class = \"risk\"", &format!("{late}\n{}", mail("write", "enrolled + 2h", "hello")));
    let (soon, now) = (nurture("enrolled + 2h"), nurture("enrolled + 1h"));
    let files = [
        ("policy.toml", ONE_A_WEEK),
        ("a-later.toml", &*soon),
        ("b-later.toml", &*soon),
        ("c-sooner.toml", &*now),
        ("z-risk.toml", &*risk),
    ];
    world.start(book_of(&files), nowhere()).await;
    arrive(&world, &["acme"], vec![champion("pat", "acme", START, &[])]).await;
    world.play_until("2026-06-01T10:30:00Z").await;
    world.away_until("2026-06-01T13:00:00Z");
    world.play_until("2026-06-30T10:00:00Z").await;
    let sent = |line: &&String| line.contains(" email ");
    let took = mails(world.took());
    assert_eq!(
        took.iter().filter(sent).collect::<Vec<_>>(),
        [
            "z-risk 2026-06-01 13:00 email write -> pat@acme.example",
            "c-sooner 2026-06-08 13:00 email write -> pat@acme.example",
            "a-later 2026-06-15 13:00 email write -> pat@acme.example",
            "b-later 2026-06-22 13:00 email write -> pat@acme.example",
        ],
        "{took:#?}"
    );
    let held: Vec<Entry> =
        entries(&world).await.into_iter().filter(|entry| entry.reason == Some(Reason::Capped)).collect();
    assert_eq!(held.len(), 3, "each loser has one line");
    assert!(held.iter().all(|entry| entry.detail.as_deref() == Some("one-a-week")));
    assert!(held.iter().all(|entry| entry.to.as_deref() == Some("pat@acme.example")));
}

#[tokio::test]
async fn what_lies_in_the_outbox_counts_for_a_cap_however_long_and_what_was_refused_does_not() {
    let mut world = World::at(START).await;
    let policy = ONE_A_WEEK.replace("7d", "1d");
    let one = low_score("class = \"nurture\"", &mail("write", "enrolled", "hello"));
    let two = low_score("class = \"nurture\"", &mail("write", "enrolled + 48h", "hello"));
    let files = [("policy.toml", &*policy), ("one.toml", &*one), ("two.toml", &*two)];
    world.start(book_of(&files), relay_down().await).await;
    arrive(&world, &["acme"], vec![champion("pat", "acme", START, &[])]).await;
    world.play_until("2026-06-03T10:00:00Z").await;
    let last = mails(world.took()).pop().expect("a line");
    assert_eq!(last, "two 2026-06-03 10:00 hold write -> pat@acme.example (capped)", "two days in the queue");

    let mut refused = World::at(START).await;
    refused.start(book_of(&files), Arc::new(Channels::answering(Answer::Refuse))).await;
    arrive(&refused, &["acme"], vec![champion("pat", "acme", START, &[])]).await;
    refused.play_until("2026-06-03T10:00:00Z").await;
    let took = mails(refused.took());
    assert!(took.contains(&"two 2026-06-03 10:00 email write -> pat@acme.example".to_owned()), "{took:#?}");
}
