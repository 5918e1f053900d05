//! Stories of other engines about time that a timeline cannot tell: seconds, and a daemon that was away. The others stand in
//! tests/scenarios/peers/time.

use std::sync::Arc;

use playcaller::condition::Value;
use playcaller::portfolio::import::{ContactRow, Rows};
use playcaller::time::Date;

use crate::support::world::{CALL, World, at, playbook, row};

/// A mail two days before the renewal, with this much patience.
fn two_days_before(grace: &str) -> String {
    let body = format!(
        "late = {{ grace = \"{grace}\" }}\n\
         [trigger]\nkind = \"date\"\nanchor = \"account.renewal_date\"\noffset = \"-2d\"\nuntil = \"0d\"\n\
         [[step]]\nid = \"notify\"\nat = \"anchor - 2d\"\ntime = \"09:00\"\naction = \"email\"\n\
         to = \"contact:champion\"\ntemplate = \"hello\"\n"
    );
    playbook(&body)
}

fn acme_renewing(on: Date) -> Rows {
    let start = "2026-06-01T00:00:00Z";
    let champion = Value::Tags(vec![Arc::from("champion")].into());
    let fields = [("email", Value::text("pat@acme.example")), ("personas", champion)];
    let contact = ContactRow {
        line: 0,
        id: "pat".into(),
        account: "acme".into(),
        as_of: at(start),
        fields: fields.into_iter().map(|(name, value)| (Arc::from(name), value)).collect(),
    };
    let accounts = vec![row("acme", start, &[("renewal_date", Value::Date(on))])];
    Rows { accounts, contacts: vec![contact], ..Rows::default() }
}

/// Story T17: frappe, which looks once on the very day and loses the reminder.
#[tokio::test]
async fn a_reminder_of_a_day_without_a_daemon_goes_out_once_the_next_morning_or_is_seen_to_be_late_t17() {
    let late = "acme before 2026-06-14 08:30 skip notify (late_skipped)";
    let sent = "acme before 2026-06-14 08:30 email notify -> pat@acme.example";
    for (grace, expected) in [("1d", sent), ("1h", late)] {
        let mut world = World::at("2026-06-01T00:00:00Z").await;
        world.with_book(&[("before", &two_days_before(grace))]).await;
        world.land(acme_renewing(Date::constant(2026, 6, 15)), "2026-06-01T00:00:00Z").await;
        world.play_until("2026-06-12T20:00:00Z").await;
        assert_eq!(world.took(), Vec::<String>::new());
        world.away_until("2026-06-14T08:30:00Z");
        world.play_until("2026-06-16T00:00:00Z").await;
        let took = world.took();
        assert_eq!(
            took.iter().filter(|line| line.contains("notify")).collect::<Vec<_>>(),
            [expected],
            "{grace}: {took:?}"
        );
    }
}

/// Story T15: n8n. On day 24 nobody is there; day 25 is not too late, and once is enough.
#[tokio::test]
async fn an_interval_that_passed_while_nobody_was_there_is_made_up_for_once_t15() {
    let every_three_days = playbook(
        "trigger = { kind = \"condition\" }\nenroll = { when = 'account.status == \"active\"' }\n\
         reentry = { policy = \"after_cooldown\", cooldown = \"3d\" }\n\
         [[step]]\nid = \"look\"\nafter = \"enrolled\"\naction = \"task\"\nassignee = \"dana\"\ntitle = \"Look\"\n",
    );
    let mut world = World::at("2026-01-21T09:00:00Z").await;
    world.with_book(&[("look", &every_three_days)]).await;
    world.set("acme", "2026-01-21T09:00:00Z", &[("status", Value::text("active"))]).await;
    world.play_until("2026-01-22T09:00:00Z").await;
    world.away_until("2026-01-25T09:00:00Z");
    world.play_until("2026-01-28T12:00:00Z").await;
    let enrolled: Vec<String> = world.took().into_iter().filter(|line| line.contains("enroll")).collect();
    let days = ["2026-01-21", "2026-01-25", "2026-01-28"];
    assert_eq!(enrolled, days.map(|day| format!("acme look {day} 09:00 enroll")));
}

/// Story T16: mautic, which takes what is due within the minute for due.
#[tokio::test]
async fn a_step_runs_at_its_very_second_t16() {
    let soon = playbook(&format!("trigger = {{ kind = \"manual\" }}\n{}", CALL.replace("enrolled", "enrolled + 1min")));
    let mut world = World::at("2026-06-01T09:19:45Z").await;
    world.with_book(&[("soon", &soon)]).await;
    world.set("acme", "2026-06-01T09:19:45Z", &[]).await;
    for runtime in world.daemons() {
        runtime.enroll("acme", "soon", "dana").await.expect("an enrollment");
    }
    world.play_until("2026-06-01T09:20:44Z").await;
    assert_eq!(world.desk("acme").await.tasks.len(), 0, "a second before");
    world.play_until("2026-06-01T09:20:45Z").await;
    let desk = world.desk("acme").await;
    let made: Vec<_> = desk.tasks.values().map(|task| task.created_at).collect();
    assert_eq!(made, [at("2026-06-01T09:20:45Z")]);
}
