//! Why an account is not in a playbook: every reason `explain` has, each brought about. The reasons of steps and
//! deliveries stand in the timelines of tests/scenarios and in tests/delivery.rs.

use std::sync::Arc;

use playcaller::book::Book;
use playcaller::condition::Value;
use playcaller::runtime::explain::explain;
use playcaller::time::Date;

use crate::support::world::{CALL, World, at, book, number, playbook};

const ACCOUNT: &str = "[fields.score]\ntype = \"number\"\n[fields.forecast]\ntype = \"number\"\nsource = \"crm\"\n\
                       [feeds.crm]\nfresh_for = \"36h\"\n";
const POLICY: &str = "[never]\nwhen = 'account.region == \"embargo\"'\n";

/// A playbook for accounts of a low score, with more keys on top.
fn low(more: &str, steps: &str) -> String {
    let when = "trigger = { kind = \"condition\" }\nenroll = { when = 'account.score < 50' }\n";
    playbook(&format!("{when}{more}\n{steps}"))
}

fn files() -> Vec<(&'static str, String)> {
    let later = CALL.replace("after = \"enrolled\"", "after = \"enrolled + 90d\"");
    vec![
        ("account", ACCOUNT.to_owned()),
        ("policy", POLICY.to_owned()),
        ("low", low("", CALL)),
        ("running", low("", &later)),
        ("once", low("reentry = { policy = \"never\" }", CALL)),
        ("each-time", low("reentry = { policy = \"always\" }", CALL)),
        ("one-time", low("reentry = { policy = \"always\", max = 1 }", CALL)),
        ("won", low("goal = { when = 'account.score < 45' }", CALL)),
        ("lost", low("[[exit]]\nid = \"out\"\nwhen = 'account.score < 45'", CALL)),
        ("paused", low("", CALL).replace("\"live\"", "\"paused\"")),
        ("lasting", low("", CALL).replace("< 50'", "< 50', for = \"30d\"")),
        ("forecast", low("", CALL).replace("account.score", "account.forecast")),
        (
            "renewal",
            playbook(&format!(
                "trigger = {{ kind = \"date\", anchor = \"account.renewal_date\", offset = \"-30d\" }}\n{CALL}"
            )),
        ),
        ("spared", low("measure = { holdout = 1.0 }", CALL)),
    ]
}

fn borrowed<'a>(files: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    files.iter().map(|(name, text)| (*name, text.as_str())).collect()
}

/// The reason, the same on every database.
async fn why_not(world: &World, book: &Arc<Book>, account: &str, playbook: &str) -> &'static str {
    let mut told = Vec::new();
    for store in world.stores() {
        let explanation = explain(store, book.clone(), account, playbook, at("2026-06-05T12:00:00Z")).await;
        told.push(explanation.expect("an explanation").reason);
    }
    told.dedup();
    assert_eq!(told.len(), 1, "{account} {playbook}: {told:?}");
    told[0]
}

#[tokio::test]
async fn explain_has_a_reason_for_everyone_who_is_not_in() {
    let mut world = World::at("2026-06-01T00:00:00Z").await;
    let mut files = files();
    world.with_book(&borrowed(&files)).await;
    let region = |name: &str| ("region", Value::text(name));
    let ended = ("renewal_date", Value::Date(Date::constant(2026, 5, 1)));
    let day = "2026-06-01T00:00:00Z";
    world.set("acme", day, &[("score", number(40.0)), region("emea"), ended]).await;
    world.set("birch", day, &[("score", number(60.0)), region("emea")]).await;
    world.set("cedar", day, &[region("emea")]).await;
    world.set("dune", day, &[("score", number(40.0)), region("embargo")]).await;
    world.play_until("2026-06-05T12:00:00Z").await;
    files.push(("new", low("", CALL)));
    world.with_book(&borrowed(&files)).await;
    world.play_until("2026-06-05T12:00:00Z").await;
    let book = Arc::new(book(&borrowed(&files)));
    for (account, playbook, reason) in [
        ("acme", "low", "in_cooldown"),
        ("birch", "low", "condition_false"),
        ("cedar", "low", "condition_unknown"),
        ("dune", "low", "never_policy"),
        ("acme", "running", "enrolled"),
        ("acme", "once", "reentry_key_used"),
        ("acme", "each-time", "not_rearmed"),
        ("acme", "one-time", "limit_reached"),
        ("acme", "won", "goal_reached"),
        ("acme", "lost", "exited"),
        ("acme", "paused", "not_live"),
        ("acme", "lasting", "pending_for"),
        ("acme", "forecast", "stale_feed"),
        ("acme", "renewal", "past_window"),
        ("acme", "spared", "holdout"),
        ("acme", "new", "backfill_none"),
    ] {
        assert_eq!(why_not(&world, &book, account, playbook).await, reason, "{account} in {playbook}");
    }
}
