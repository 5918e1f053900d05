//! When an answer of `explain` changes by time alone, and what it says of moments that are past.

use std::sync::Arc;

use playcaller::condition::{Truth, Value};
use playcaller::runtime::explain::{Explanation, explain, why_not};
use playcaller::time::Date;

use crate::support::world::{CALL, World, at, book, number, playbook};

const ACCOUNT: &str = "[fields.score]\ntype = \"number\"\n[fields.forecast]\ntype = \"number\"\nsource = \"crm\"\n\
                       [feeds.crm]\nfresh_for = \"36h\"\n[events.ping.fields.score]\ntype = \"number\"\n";
const LOW: &str = "trigger = { kind = \"condition\" }\nenroll = { when = 'account.score < 50' }\n";

fn low(more: &str) -> String {
    playbook(&format!("{LOW}{more}\n{CALL}"))
}

/// A world in which every one of these playbooks has been live since the first of June.
async fn world(playbooks: &[(&str, &str)]) -> World {
    let mut world = World::at("2026-06-01T00:00:00Z").await;
    let files: Vec<(&str, &str)> = [("account", ACCOUNT)].into_iter().chain(playbooks.iter().copied()).collect();
    world.with_book(&files).await;
    world
}

async fn told(world: &World, playbooks: &[(&str, &str)], account: &str, playbook: &str, as_of: &str) -> Explanation {
    let files: Vec<(&str, &str)> = [("account", ACCOUNT)].into_iter().chain(playbooks.iter().copied()).collect();
    let store = world.stores().next().expect("a database");
    explain(store, Arc::new(book(&files)), account, playbook, at(as_of)).await.expect("an explanation")
}

fn next(told: &Explanation) -> (&str, Truth, &str) {
    let next = told.next_change.as_ref().expect("a change ahead");
    (&next.at, next.to, next.reason)
}

#[tokio::test]
async fn the_answer_changes_when_for_has_held_when_a_cooldown_ends_and_when_a_date_comes_near() {
    let renewal = playbook(&format!(
        "trigger = {{ kind = \"date\", anchor = \"account.renewal_date\", offset = \"-30d\" }}\n{CALL}"
    ));
    let lasting = low("").replace("< 50'", "< 50', for = \"30d\"");
    let again = low("");
    let playbooks = [("lasting", lasting.as_str()), ("again", &again), ("renewal", &renewal)];
    let mut world = world(&playbooks).await;
    let renews = ("renewal_date", Value::Date(Date::constant(2026, 9, 1)));
    world.set("acme", "2026-06-01T00:00:00Z", &[("score", number(40.0)), renews]).await;
    world.play_until("2026-06-05T12:00:00Z").await;
    for (playbook, reason, at, then) in [
        ("lasting", "pending_for", "2026-07-01T00:00:00Z", "enrolled"),
        ("again", "in_cooldown", "2026-07-01T00:00:00Z", "enrolled"),
        ("renewal", "condition_false", "2026-08-02T00:00:00Z", "enrolled"),
    ] {
        let told = told(&world, &playbooks, "acme", playbook, "2026-06-05T12:00:00Z").await;
        assert_eq!((told.reason, next(&told)), (reason, (at, Truth::True, then)), "{playbook}");
    }
}

#[tokio::test]
async fn the_answer_changes_when_a_feed_grows_too_old_and_when_data_dated_ahead_comes_into_sight() {
    let forecast = low("").replace("account.score", "account.forecast");
    let ahead = low("");
    let playbooks = [("forecast", forecast.as_str()), ("ahead", &ahead)];
    let world = world(&playbooks).await;
    world.set("acme", "2026-06-01T00:00:00Z", &[("forecast", number(60.0)), ("score", number(60.0))]).await;
    world.set("acme", "2026-06-20T08:30:00Z", &[("score", number(40.0))]).await;
    for store in world.stores() {
        let mut tx = store.begin().await.unwrap();
        tx.see_feed("crm", at("2026-06-05T06:00:00Z")).await.unwrap();
        tx.commit().await.unwrap();
    }
    let stale = told(&world, &playbooks, "acme", "forecast", "2026-06-05T12:00:00Z").await;
    assert_eq!(next(&stale), ("2026-06-06T18:00:01Z", Truth::Unknown, "stale_feed"));
    let age = &stale.condition.age[0];
    assert_eq!(
        (age.feed.as_deref(), age.seen_at, age.is_stale),
        (Some("crm"), Some(at("2026-06-05T06:00:00Z")), false)
    );
    let later = told(&world, &playbooks, "acme", "forecast", "2026-06-07T00:00:00Z").await;
    assert_eq!((later.reason, later.condition.age[0].is_stale), ("stale_feed", true));
    let seen = told(&world, &playbooks, "acme", "ahead", "2026-06-05T12:00:00Z").await;
    assert_eq!(next(&seen), ("2026-06-20T08:30:00Z", Truth::True, "enrolled"));
}

#[tokio::test]
async fn a_past_moment_is_told_as_it_was_then() {
    let stays = low("[[exit]]\nid = \"better\"\nwhen = 'account.score > 70'")
        .replace("after = \"enrolled\"", "after = \"enrolled + 90d\"");
    let lasting = low("").replace("< 50'", "< 50', for = \"10d\"");
    let playbooks = [("stays", stays.as_str()), ("lasting", &lasting)];
    let mut world = world(&playbooks).await;
    world.set("acme", "2026-06-02T00:00:00Z", &[("score", number(40.0))]).await;
    world.play_until("2026-06-15T00:00:00Z").await;
    world.set("acme", "2026-06-15T00:00:00Z", &[("score", number(80.0))]).await;
    world.play_until("2026-06-20T00:00:00Z").await;
    let mut seen = Vec::new();
    for (playbook, as_of) in [
        ("stays", "2026-06-10T00:00:00Z"),
        ("stays", "2026-06-20T00:00:00Z"),
        ("lasting", "2026-06-10T00:00:00Z"),
        ("lasting", "2026-06-13T00:00:00Z"),
    ] {
        let told = told(&world, &playbooks, "acme", playbook, as_of).await;
        seen.push((told.enrolled, told.verdict, told.reason));
    }
    let expected = [
        (true, Truth::True, "enrolled"),
        (false, Truth::False, "condition_false"),
        (false, Truth::True, "pending_for"),
        (false, Truth::True, "in_cooldown"),
    ];
    assert_eq!(seen, expected);
    let early = told(&world, &playbooks, "acme", "stays", "2026-06-01T12:00:00Z").await;
    assert_eq!(early.verdict, Truth::Unknown);
    assert_eq!(early.notes, ["nothing is recorded of acme before 2026-06-02T00:00:00Z"]);
}

#[tokio::test]
async fn a_line_names_the_reason_and_what_decided_it_with_its_place() {
    let (plain, never) = (low(""), low("").replace("\"live\"", "\"paused\""));
    let playbooks = [("plain", plain.as_str()), ("never", &never)];
    let mut world = world(&playbooks).await;
    let day = "2026-06-01T00:00:00Z";
    world.set("acme", day, &[("score", number(40.0))]).await;
    world.set("birch", day, &[("score", number(60.0))]).await;
    world.set("cedar", day, &[]).await;
    world.play_until("2026-06-05T12:00:00Z").await;
    let mut lines = Vec::new();
    for (account, playbook) in [("birch", "plain"), ("cedar", "plain"), ("acme", "plain"), ("acme", "never")] {
        lines.push(told(&world, &playbooks, account, playbook, "2026-06-05T12:00:00Z").await.in_a_line());
    }
    let expected = [
        "condition_false: account.score < 50 [60 against 50] plain.toml:8",
        "condition_unknown: account.score < 50 [empty against 50] (account.score is empty) plain.toml:8",
        "in_cooldown: reentry = \"after_cooldown\", cooldown = \"30d\", it left on 2026-06-01T00:00:00Z (completed)",
        "not_live: status = \"paused\"",
    ];
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn the_funnel_of_an_event_asks_first_who_had_one_and_judges_the_latest() {
    let pinged = playbook(&format!(
        "trigger = {{ kind = \"event\", event = \"ping\" }}\nenroll = {{ when = 'event.score < 7 && account.score < 50' }}\n{CALL}"
    ));
    let playbooks = [("pinged", pinged.as_str())];
    let world = world(&playbooks).await;
    world.set("acme", "2026-06-01T00:00:00Z", &[("score", number(40.0))]).await;
    world.set("birch", "2026-06-01T00:00:00Z", &[("score", number(55.0))]).await;
    let files = [("account", ACCOUNT), playbooks[0]];
    let store = world.stores().next().expect("a database");
    let told = why_not(store, Arc::new(book(&files)), "pinged", at("2026-06-05T12:00:00Z"), 10, false).await.unwrap();
    let rows: Vec<_> =
        told.funnel.iter().map(|own| (own.clause.as_str(), own.excluded, own.unknown, own.left)).collect();
    let first = ("a `ping` in the last 35 days", 2, 0, 0);
    assert_eq!(rows, [first, ("event.score < 7", 0, 0, 0), ("account.score < 50", 0, 0, 0)]);
    assert_eq!((told.accounts, told.enrolled, told.would_enter), (2, 0, 0));
    assert_eq!(&*told.nearest[0].account, "acme");
}

#[tokio::test]
async fn an_account_is_counted_at_the_part_that_is_false_and_at_an_unknown_one_only_if_none_is() {
    let both = low("").replace("account.score < 50", "account.forecast < 50 && account.score < 50");
    let playbooks = [("both", both.as_str())];
    let world = world(&playbooks).await;
    world.set("acme", "2026-06-01T00:00:00Z", &[("score", number(60.0))]).await;
    world.set("birch", "2026-06-01T00:00:00Z", &[("score", number(40.0))]).await;
    let files = [("account", ACCOUNT), playbooks[0]];
    let store = world.stores().next().expect("a database");
    let told = why_not(store, Arc::new(book(&files)), "both", at("2026-06-05T12:00:00Z"), 10, true).await.unwrap();
    let rows: Vec<_> = told.funnel.iter().map(|own| (own.excluded, own.unknown, own.left)).collect();
    assert_eq!(rows, [(0, 1, 1), (1, 0, 0)]);
    let nearest: Vec<&str> = told.nearest.iter().map(|near| &*near.account).collect();
    assert_eq!(nearest, ["birch", "acme"]);
    let reasons: Vec<&str> = told.list.iter().map(|own| own.reason).collect();
    assert_eq!(reasons, ["condition_false", "stale_feed"]);
}
