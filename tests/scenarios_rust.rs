//! Scenarios that need more than one account, a book that changes, or a daemon that was away.

use std::collections::BTreeMap;
use std::sync::Arc;

use playcaller::condition::Value;
use playcaller::portfolio::import::{ContactRow, EventRow, Rows};
use playcaller::time::Date;

use crate::support::world::{CALL, World, at, number, playbook, row};

fn low(backfill: &str) -> String {
    playbook(&format!(
        "trigger = {{ kind = \"condition\" }}\n\
         enroll = {{ when = 'account.score < 50', backfill = \"{backfill}\" }}\n{CALL}"
    ))
}

#[tokio::test]
async fn a_condition_that_was_true_before_the_playbook_went_live_waits_until_it_is_true_anew() {
    let mut world = World::at("2026-06-01T00:00:00Z").await;
    world.with_book(&[]).await;
    world.set("acme", "2026-06-01T00:00:00Z", &[("score", number(40.0))]).await;
    world.play_until("2026-06-05T12:00:00Z").await;
    world.with_book(&[("low", &low("none"))]).await;
    world.play_until("2026-06-08T00:00:00Z").await;
    assert_eq!(world.took(), Vec::<String>::new(), "backfill = none");
    world.set("acme", "2026-06-09T00:00:00Z", &[("score", number(60.0))]).await;
    world.play_until("2026-06-10T12:00:00Z").await;
    world.set("acme", "2026-06-10T12:00:00Z", &[("score", number(45.0))]).await;
    world.play_until("2026-06-10T13:00:00Z").await;
    assert_eq!(world.took()[0], "acme low 2026-06-10 12:00 enroll");
}

/// Story S8 of tests/scenarios/peers.
#[tokio::test]
async fn each_playbook_that_goes_live_with_backfill_takes_who_qualifies_once() {
    let mut world = World::at("2026-06-01T00:00:00Z").await;
    world.with_book(&[]).await;
    for (account, score) in [("acme", 40.0), ("globex", 80.0), ("initech", 10.0)] {
        world.set(account, "2026-06-01T00:00:00Z", &[("score", number(score))]).await;
    }
    world.play_until("2026-06-02T09:00:00Z").await;
    world.with_book(&[("first", &low("all"))]).await;
    world.play_until("2026-06-03T09:00:00Z").await;
    let enrolled = |lines: Vec<String>| lines.into_iter().filter(|line| line.contains("enroll")).collect::<Vec<_>>();
    assert_eq!(enrolled(world.took()), ["acme first 2026-06-02 09:00 enroll", "initech first 2026-06-02 09:00 enroll"]);
    world.with_book(&[("first", &low("all")), ("second", &low("all"))]).await;
    world.play_until("2026-06-04T09:00:00Z").await;
    assert_eq!(
        enrolled(world.took()),
        ["acme second 2026-06-03 09:00 enroll", "initech second 2026-06-03 09:00 enroll"]
    );
}

#[tokio::test]
async fn accounts_inside_the_range_of_a_date_stay_out_and_new_or_moved_ones_come_in() {
    let mut world = World::at("2026-06-20T00:00:00Z").await;
    world.with_book(&[]).await;
    let ends = |day: i8| Value::Date(Date::constant(2026, 7, day));
    world.set("acme", "2026-06-20T00:00:00Z", &[("renewal_date", ends(15))]).await;
    world.play_until("2026-06-21T10:00:00Z").await;
    let renewal = playbook(&format!(
        "trigger = {{ kind = \"date\", anchor = \"account.renewal_date\", offset = \"-30d\" }}\n{CALL}"
    ));
    world.with_book(&[("renewal", &renewal)]).await;
    world.play_until("2026-06-22T10:00:00Z").await;
    assert_eq!(world.took(), Vec::<String>::new(), "already inside when it went live");
    world.set("globex", "2026-06-22T10:00:00Z", &[("renewal_date", ends(15))]).await;
    world.play_until("2026-06-23T10:00:00Z").await;
    assert_eq!(world.took()[0], "globex renewal 2026-06-22 10:00 enroll");
    world.set("acme", "2026-06-23T10:00:00Z", &[("renewal_date", ends(16))]).await;
    world.play_until("2026-06-24T10:00:00Z").await;
    assert_eq!(world.took()[0], "acme renewal 2026-06-23 10:00 enroll");
}

/// Story F13 of tests/scenarios/peers.
#[tokio::test]
async fn events_from_before_a_playbook_are_not_played_to_it_and_each_event_counts_once() {
    let mut world = World::at("2026-06-01T00:00:00Z").await;
    world.with_book(&[]).await;
    world.set("acme", "2026-06-01T00:00:00Z", &[]).await;
    let ping = |id: &str, instant: &str| Rows {
        events: vec![EventRow {
            line: 0,
            id: id.into(),
            kind: "ping".into(),
            account: "acme".into(),
            contact: None,
            at: at(instant),
            fields: BTreeMap::new(),
        }],
        ..Rows::default()
    };
    world.land(ping("p1", "2026-06-01T08:00:00Z"), "2026-06-01T08:00:00Z").await;
    world.play_until("2026-06-02T00:00:00Z").await;
    let pinged = playbook(&format!("trigger = {{ kind = \"event\", event = \"ping\" }}\n{CALL}"));
    world.with_book(&[("pinged", &pinged)]).await;
    world.play_until("2026-06-03T00:00:00Z").await;
    assert_eq!(world.took(), Vec::<String>::new());
    for _ in 0..2 {
        world.land(ping("p2", "2026-06-03T00:00:00Z"), "2026-06-03T00:00:00Z").await;
        world.play_until("2026-06-03T01:00:00Z").await;
    }
    let enrolled: Vec<String> = world.took().into_iter().filter(|line| line.contains("enroll")).collect();
    assert_eq!(enrolled, ["acme pinged 2026-06-03 00:00 enroll"]);
}

#[tokio::test]
async fn what_fell_due_while_the_daemon_was_away_is_done_within_the_grace_and_left_out_after_it() {
    for (back, expected) in [("2026-06-04T09:00:00Z", "email"), ("2026-06-04T11:00:00Z", "skip")] {
        let mut world = World::at("2026-06-01T10:00:00Z").await;
        let mail = playbook(
            "trigger = { kind = \"condition\" }\nenroll = { when = 'account.score < 50' }\n\
             \n[[step]]\nid = \"write\"\nafter = \"enrolled + 48h\"\naction = \"email\"\n\
             to = \"contact:champion\"\ntemplate = \"hello\"\n",
        );
        world.with_book(&[("mail", &mail)]).await;
        let champion = Value::Tags(vec![Arc::from("champion")].into());
        let fields = [("email", Value::text("pat@acme.example")), ("personas", champion)];
        let contact = ContactRow {
            line: 0,
            id: "pat".into(),
            account: "acme".into(),
            as_of: at("2026-06-01T10:00:00Z"),
            fields: fields.into_iter().map(|(name, value)| (Arc::from(name), value)).collect(),
        };
        let accounts = vec![row("acme", "2026-06-01T10:00:00Z", &[("score", number(40.0))])];
        world.land(Rows { accounts, contacts: vec![contact], ..Rows::default() }, "2026-06-01T10:00:00Z").await;
        world.play_until("2026-06-02T12:00:00Z").await;
        world.took();
        world.away_until(back);
        world.play_until(back).await;
        let took = world.took();
        assert!(took[0].contains(expected), "back at {back}: {took:?}");
    }
}

#[tokio::test]
async fn a_schedule_missed_while_away_counts_once_within_the_grace() {
    let mut world = World::at("2026-06-01T00:00:00Z").await;
    let daily = playbook(&format!("trigger = {{ kind = \"schedule\", cron = \"0 9 * * *\" }}\n{CALL}"));
    world.with_book(&[("daily", &daily)]).await;
    world.set("acme", "2026-06-01T00:00:00Z", &[]).await;
    world.play_until("2026-06-01T12:00:00Z").await;
    world.took();
    world.away_until("2026-06-04T11:00:00Z");
    world.play_until("2026-06-04T12:00:00Z").await;
    let enrolled: Vec<String> = world.took().into_iter().filter(|line| line.contains("enroll")).collect();
    assert_eq!(enrolled, ["acme daily 2026-06-04 11:00 enroll"]);
}

#[tokio::test]
async fn team_work_of_many_accounts_is_shared_and_due_on_a_local_date() {
    let mut world = World::at("2026-06-05T10:00:00Z").await;
    world.with_book(&[("low", &low("none"))]).await;
    for n in 0..10 {
        let score = if n % 2 == 0 { 40.0 } else { 60.0 };
        world.set(&format!("account-{n}"), "2026-06-05T10:00:00Z", &[("score", number(score))]).await;
        world.play_until("2026-06-05T10:00:00Z").await;
    }
    let took = world.took();
    let tasks = |who: &str| took.iter().filter(|line| line.ends_with(&format!("-> {who}"))).count();
    assert_eq!((tasks("dana"), tasks("kim")), (3, 2), "{took:#?}");
    let desk = world.desk("account-0").await;
    let due = desk.tasks.values().next().expect("a task").due;
    assert_eq!(due, Some(Date::constant(2026, 6, 12)), "five business days after a Friday");
}

/// Story Y5 of tests/scenarios/peers.
#[tokio::test]
async fn a_paused_playbook_takes_nobody_holds_what_runs_and_goes_on_afterwards() {
    let mut world = World::at("2026-06-01T10:00:00Z").await;
    let live = playbook(
        "trigger = { kind = \"condition\" }\nenroll = { when = 'account.score < 50' }\n\
         \n[[step]]\nid = \"call\"\nafter = \"enrolled + 48h\"\naction = \"task\"\nassignee = \"dana\"\ntitle = \"Call\"\n",
    );
    let paused = live.replace("\"live\"", "\"paused\"");
    world.with_book(&[("calls", &live)]).await;
    world.set("acme", "2026-06-01T10:00:00Z", &[("score", number(40.0))]).await;
    world.play_until("2026-06-02T10:00:00Z").await;
    assert_eq!(world.took(), ["acme calls 2026-06-01 10:00 enroll"]);
    world.with_book(&[("calls", &paused)]).await;
    world.set("globex", "2026-06-02T10:00:00Z", &[("score", number(40.0))]).await;
    world.play_until("2026-06-04T09:00:00Z").await;
    assert_eq!(world.took(), Vec::<String>::new());
    world.with_book(&[("calls", &live)]).await;
    world.set("acme", "2026-06-04T09:30:00Z", &[("score", number(41.0))]).await;
    world.play_until("2026-06-04T09:40:00Z").await;
    // A process that starts with another book looks at every account with it.
    assert_eq!(world.took()[0], "acme calls 2026-06-04 09:00 task call -> dana");
}
