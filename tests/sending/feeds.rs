//! Feeds that stand still.

use std::sync::Arc;

use playcaller::book::Book;
use playcaller::portfolio::import::{MetricRow, Rows};
use playcaller::runtime::explain::explain;
use playcaller::time::Date;

use super::{START, arrive, book_of, champion, nowhere, step};
use crate::support::world::{World, at, playbook};

#[tokio::test]
async fn a_condition_on_a_feed_that_stands_still_is_unknown_and_says_why() {
    let account = "[fields.score]\ntype = \"number\"\nsource = \"crm\"\n[metrics.logins]\nsource = \"product\"\n\
                   missing = \"zero\"\n[events.talk]\nsource = \"phone\"\ncontact = true\n\
                   [contact.fields.title]\ntype = \"text\"\nsource = \"crm\"\n\
                   [feeds.crm]\nfresh_for = \"36h\"\n[feeds.product]\nfresh_for = \"36h\"\n[feeds.phone]\nfresh_for = \"36h\"\n";
    let of = |when: &str| {
        let call = step("call", "enrolled", "action = \"task\"\nassignee = \"dana\"\ntitle = \"Call\"");
        playbook(&format!("trigger = {{ kind = \"condition\" }}\nenroll = {{ when = '''{when}''' }}\n{call}"))
    };
    let asked = [
        ("field", "account.score < 50"),
        ("change", "!changed(account.score, 7)"),
        ("metric", "usage.logins.sum(1) < 5"),
        ("count", "events.talk.count(30) == 0"),
        ("last", "is_empty(events.talk.last.at)"),
        ("contact-field", "contact(\"champion\").title != \"none\""),
        ("silence", "is_empty(days_since_contact())"),
    ];
    let playbooks: Vec<(String, String)> =
        asked.iter().map(|(id, when)| (format!("{id}.toml"), of(when).replace("{id}", id))).collect();
    let mut files = vec![("account.toml", account)];
    files.extend(playbooks.iter().map(|(name, text)| (&**name, &**text)));
    let mut world = World::at(START).await;
    let book = Arc::new(book_of(&files));
    world.start(Book::clone(&book), nowhere()).await;
    let metrics = vec![MetricRow {
        line: 0,
        account: "acme".into(),
        metric: "logins".into(),
        day: Date::constant(2026, 5, 31),
        value: 1.0,
        seen_from: at(START),
    }];
    arrive(&world, &["acme"], vec![champion("pat", "acme", START, &[("title", "Head of Ops")])]).await;
    world.land(Rows { metrics, ..Rows::default() }, START).await;
    world.play_until("2026-06-01T11:00:00Z").await;
    assert_eq!(world.took(), Vec::<String>::new(), "no feed has ever been seen");
    for (id, _) in asked {
        let store = world.stores().next().expect("a database");
        let told = explain(store, book.clone(), "acme", id, world.now()).await.expect("an explanation");
        assert_eq!(told.reason, "stale_feed", "{id}");
    }
    for daemon in world.daemons() {
        let mut tx = daemon.store.begin().await.expect("a transaction");
        for feed in ["crm", "product", "phone"] {
            tx.see_feed(feed, at("2026-06-01T11:00:00Z")).await.expect("a feed");
        }
        tx.wake_all(at("2026-06-01T11:00:00Z")).await.expect("all wake");
        tx.commit().await.expect("a commit");
        daemon.refresh_world().await.expect("the feeds");
    }
    world.play_until("2026-06-01T12:00:00Z").await;
    let took = world.took();
    assert_eq!(took.iter().filter(|line| line.ends_with("11:00 enroll")).count(), asked.len(), "{took:#?}");
}
