//! Who does not want mail, is gone, cannot be reached or has replied, while mail lies in the outbox.

use std::sync::Arc;

use playcaller::channel::{Answer, Channels};
use playcaller::condition::Value;
use playcaller::engine::Reason;
use playcaller::store::By;

use super::{
    START, arrive, book_of, champion, change, entries, low_score, mail, mails, nowhere, outbox, relay_down, step,
};
use crate::support::world::World;

#[tokio::test]
async fn mail_in_the_outbox_is_withdrawn_when_its_reader_opts_out_or_leaves() {
    let mut world = World::at(START).await;
    let steps = [mail("write", "enrolled", "hello"), mail("bill", "enrolled", "invoice")].concat();
    let files = [("mails.toml", &*low_score("", &steps))];
    world.start(book_of(&files), relay_down().await).await;
    let contacts = ["ann", "bob", "eve"].map(|id| champion(id, "acme", START, &[]));
    arrive(&world, &["acme"], contacts.to_vec()).await;
    world.play_until("2026-06-01T10:10:00Z").await;
    world.took();
    change(&world, "ann", "2026-06-01T10:10:00Z", &[("status", "unsubscribed")]).await;
    change(&world, "bob", "2026-06-01T10:10:00Z", &[("status", "left")]).await;
    world.play_until("2026-06-01T10:11:00Z").await;
    let mut withdrawn = mails(world.took());
    withdrawn.sort();
    assert_eq!(
        withdrawn,
        [
            "mails 2026-06-01 10:10 deliver bill -> bob@acme.example (recipient_missing)",
            "mails 2026-06-01 10:10 deliver write -> ann@acme.example (opted_out)",
            "mails 2026-06-01 10:10 deliver write -> bob@acme.example (recipient_missing)",
        ]
    );
    world.start(book_of(&files), nowhere()).await;
    world.play_until("2026-06-02T10:00:00Z").await;
    let state = |to: &str, state: &str, reason| (format!("{to}@acme.example"), state.to_owned(), reason);
    let mut expected = vec![
        state("ann", "sent", None),
        state("ann", "suppressed", Some(Reason::OptedOut)),
        state("bob", "suppressed", Some(Reason::RecipientMissing)),
        state("bob", "suppressed", Some(Reason::RecipientMissing)),
        state("eve", "sent", None),
        state("eve", "sent", None),
    ];
    expected.sort();
    assert_eq!(outbox(&world).await, expected, "the invoice still reaches who is only unsubscribed");
}

#[tokio::test]
async fn an_address_that_came_back_is_not_mailed_by_any_account() {
    let mut world = World::at(START).await;
    let files = [("mails.toml", &*low_score("", &mail("write", "enrolled", "hello")))];
    world.start(book_of(&files), Arc::new(Channels::answering(Answer::Bounce))).await;
    arrive(&world, &["acme"], vec![champion("pat", "acme", START, &[])]).await;
    world.play_until("2026-06-01T11:00:00Z").await;
    world.took();
    world.start(book_of(&files), nowhere()).await;
    arrive(&world, &["globex"], vec![champion("patricia", "globex", START, &[("email", "Pat@acme.example")])]).await;
    world.play_until("2026-06-01T12:00:00Z").await;
    assert_eq!(
        world.took()[1..],
        [
            "globex mails 2026-06-01 11:00 email write -> Pat@acme.example",
            "globex mails 2026-06-01 11:00 exit completed"
        ]
    );
    let blocked = outbox(&world).await.into_iter().find(|(to, ..)| to == "Pat@acme.example");
    assert_eq!(blocked, Some(("Pat@acme.example".to_owned(), "suppressed".to_owned(), Some(Reason::Bounced))));
    assert_eq!(entries(&world).await.last().and_then(|entry| entry.reason), Some(Reason::Bounced), "and it is said");
}

#[tokio::test]
async fn a_reply_holds_what_is_on_its_way_until_somebody_has_answered() {
    let mut world = World::at(START).await;
    let to_us = step("tell-us", "enrolled", "action = \"email\"\nto = \"account.owner\"\ntemplate = \"hello\"");
    let later = step("look", "enrolled + 96h", "action = \"task\"\nassignee = \"dana\"\ntitle = \"Look\"");
    let steps = [mail("write", "enrolled", "hello"), to_us, later].concat();
    let files = [("mails.toml", &*low_score("", &steps))];
    world.start(book_of(&files), relay_down().await).await;
    arrive(&world, &["acme"], vec![champion("pat", "acme", START, &[("name", "Pat Moreau")])]).await;
    world.play_until("2026-06-01T10:10:00Z").await;
    let enrollment = world.desk("acme").await.active().next().expect("it is enrolled").id.clone();
    for runtime in world.daemons() {
        runtime.reply("acme", &enrollment, "write", "test").await.expect("a reply");
    }
    world.play_until("2026-06-01T10:20:00Z").await;
    let task = world.desk("acme").await.tasks.values().next().expect("a task").clone();
    assert_eq!((&*task.title, task.assignee.as_deref()), ("Pat Moreau answered: A playbook", Some("dana")));
    let states = |found: Vec<(String, String, Option<Reason>)>| -> Vec<(String, Option<Reason>)> {
        found.into_iter().map(|(_, state, reason)| (state, reason)).collect()
    };
    let queued = ("queued".to_owned(), None);
    assert_eq!(states(outbox(&world).await), [queued.clone(), ("held".to_owned(), Some(Reason::Replied))]);
    for store in world.stores() {
        let mut tx = store.begin().await.expect("a transaction");
        tx.complete_task(&task.id, By { who: "dana", at: world.now() }).await.expect("it is open");
        tx.commit().await.expect("a commit");
    }
    world.play_until("2026-06-01T10:20:00Z").await;
    assert_eq!(states(outbox(&world).await), [queued.clone(), queued]);
}

#[tokio::test]
async fn who_has_opted_out_is_not_reached_by_another_name_for_the_same_address() {
    let mut world = World::at(START).await;
    let to =
        |id: &str, to: &str| step(id, "enrolled", &format!("action = \"email\"\nto = \"{to}\"\ntemplate = \"hello\""));
    let ways = [("by-address", "PAT@acme.example"), ("by-twin", "contact:champion"), ("by-field", "account.mail")];
    let steps = ways.map(|(id, whom)| to(id, whom)).concat();
    let account = "[fields.score]\ntype = \"number\"\n[fields.mail]\ntype = \"text\"\n";
    world.start(book_of(&[("account.toml", account), ("mails.toml", &low_score("", &steps))]), nowhere()).await;
    let twin = champion("twin", "acme", START, &[("email", "pat@acme.example")]);
    let gone = champion("pat", "acme", START, &[("status", "unsubscribed")]);
    arrive(&world, &["acme"], vec![gone, twin]).await;
    world.set("acme", START, &[("mail", Value::text("pat@ACME.example"))]).await;
    world.play_until("2026-06-01T11:00:00Z").await;
    assert_eq!(
        mails(world.took()),
        [
            "mails 2026-06-01 10:00 skip by-address (opted_out)",
            "mails 2026-06-01 10:00 skip by-twin (opted_out)",
            "mails 2026-06-01 10:00 skip by-field (opted_out)",
        ]
    );
}
