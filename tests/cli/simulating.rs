//! `simulate`: what lies ahead, what if, and what it comes to.

use serde_json::Value;

use playcaller::store::Store;

use super::{Place, keys};
use crate::support::databases::number;

/// Enters who is red, and writes to who asks for help.
const RESCUE: &str = r#"schema_version = 1
id = "rescue"
title = "Rescue"
owner = "morgan"
status = "live"
class = "risk"
timezone_fallback = "America/New_York"

[trigger]
kind = "condition"

[enroll]
when = 'health.score < 40'

[[step]]
id = "visit"
after = "enrolled"
action = "task"
assignee = "account.owner"
title = "Visit {{ account.name }}"
"#;

const ANSWER: &str = r#"schema_version = 1
id = "answer"
title = "Answer a bad score"
owner = "morgan"
status = "live"
class = "risk"
timezone_fallback = "America/New_York"

[trigger]
kind = "event"
event = "nps_response"

[enroll]
when = 'event.score <= 6'

[[step]]
id = "sorry"
after = "enrolled"
action = "email"
to = "event.contact"
from = "account.owner"
template = "hello"

[[step]]
id = "again"
after = "sorry + 2h"
action = "email"
to = "contact:champion"
from = "account.owner"
template = "hello"
"#;

/// The same place with more playbooks: one for red accounts, one for bad scores.
fn with_more() -> Place {
    let place = Place::with_accounts();
    place.write(
        "playbooks/account.toml",
        "[fields.seats]\ntype = \"number\"\n\n[events.nps_response.fields]\nscore = { type = \"number\" }\n",
    );
    place.write("playbooks/rescue.toml", RESCUE);
    place.write("playbooks/answer.toml", ANSWER);
    place
}

/// Twenty-five accounts that all enter at once.
fn with_many() -> Place {
    let place = Place::with_accounts();
    let rows = (0..25).map(|n| format!("many-{n:02},Many {n},active,dana,9000,America/New_York,5\n"));
    place.write("many.csv", &format!("id,name,status,owner,arr,timezone,seats\n{}", rows.collect::<String>()));
    place.done("import accounts many.csv --now 2026-03-02");
    place
}

#[test]
fn of_one_account_the_timeline_is_printed() {
    let place = Place::with_accounts();
    assert_eq!(
        place.done("simulate acme --days 3"),
        "\
acme in welcome
  2026-03-01 19:00  enroll
  2026-03-02 09:00  task  call  -> dana
  2026-03-02 09:00  hold  hello  (awaiting_approval)
"
    );
}

#[test]
fn of_a_small_portfolio_the_timelines_are_printed_and_what_they_come_to() {
    let place = Place::with_accounts();
    assert_eq!(
        place.done("simulate --until 2026-03-12"),
        "\
acme in welcome
  2026-03-01 19:00  enroll
  2026-03-02 09:00  task  call  -> dana
  2026-03-02 09:00  hold  hello  (awaiting_approval)

PLAYBOOK  ENROLLED  MAILS  CHAT  WEBHOOKS  TASKS  ESCALATED  GOALS  HELD  SKIPPED
welcome   1         0      0     0         1      0          0      1     0

               TOTAL  MOST A DAY  ON          A DAY, 2026-03-01 TO 2026-03-12
enrollments    1      1           2026-03-01  █···········
tasks of dana  1      1           2026-03-02  ·█··········

Tasks of one person on a day: at most 1 (dana, 2026-03-02).

Held or skipped:
REASON             HELD  SKIPPED  ACCOUNTS
awaiting_approval  1     0        1         waits for a person to say yes
"
    );
}

#[test]
fn a_field_that_changes_ahead_is_seen_from_that_day_on() {
    let place = Place::with_accounts();
    assert_eq!(
        place.done("simulate birch --days 3 --set arr=9000@2026-03-03"),
        "\
birch in welcome
  2026-03-03 00:00  enroll
  2026-03-03 09:00  task  call  -> dana
  2026-03-03 09:00  skip  hello  (recipient_missing)
"
    );
    let goal = place.done("simulate acme --days 5 --set acme.seats=100@2026-03-04T12:00");
    assert!(goal.ends_with("  2026-03-04 12:00  goal  won\n"), "{goal}");
}

#[test]
fn health_that_falls_ahead_is_what_if_too() {
    let place = with_more();
    assert_eq!(
        place.done("simulate acme --playbook rescue --days 9"),
        "\
Nothing happens between 2026-03-02T00:00:00Z and 2026-03-11T00:00:00Z.
"
    );
    assert_eq!(
        place.done("simulate acme --playbook rescue --days 9 --set acme.health=35@2026-03-05"),
        "\
acme in rescue
  2026-03-05 00:00  enroll
  2026-03-05 09:00  task  visit  -> dana
  2026-03-05 09:00  exit  completed
"
    );
}

#[test]
fn an_event_ahead_is_played_and_mails_that_come_too_close_are_told() {
    let place = with_more();
    let event = "--event acme.nps_response,score=3,contact=acme-1@2026-03-05T10:00";
    assert_eq!(
        place.done(&format!("simulate acme --playbook answer --days 9 {event} --summary --timeline")),
        "\
acme in answer
  2026-03-05 10:00  enroll
  2026-03-05 10:00  email  sorry  -> pat@acme.example
  2026-03-05 12:00  email  again  -> pat@acme.example
  2026-03-05 12:00  exit  completed

PLAYBOOK  ENROLLED  MAILS  CHAT  WEBHOOKS  TASKS  ESCALATED  GOALS  HELD  SKIPPED
answer    1         2      0     0         0      0          0      0     0

                   TOTAL  MOST A DAY  ON          A DAY, 2026-03-02 TO 2026-03-11
enrollments        1      1           2026-03-05  ···█······
mails to contacts  2      2           2026-03-05  ···█······

Mails to one contact in a week: at most 2 (acme-1 of acme, week of 2026-03-02).

1 collision: two mails to a contact on one day, or of two playbooks within 24 hours.
DAY         CONTACT  ACCOUNT  MAILS  PLAYBOOKS
2026-03-05  acme-1   acme     2      answer
"
    );
}

#[test]
fn a_contact_who_leaves_ahead_is_missing() {
    let place = with_more();
    let event = "--event acme.nps_response,score=3,contact=acme-1@2026-03-05T10:00";
    let left = "--set acme/acme-1.status=left@2026-03-05T11:00";
    assert_eq!(
        place.done(&format!("simulate acme --playbook answer --days 9 {event} {left} --summary")),
        "\
PLAYBOOK  ENROLLED  MAILS  CHAT  WEBHOOKS  TASKS  ESCALATED  GOALS  HELD  SKIPPED
answer    1         1      0     0         0      0          0      0     1

                   TOTAL  MOST A DAY  ON          A DAY, 2026-03-02 TO 2026-03-11
enrollments        1      1           2026-03-05  ···█······
mails to contacts  1      1           2026-03-05  ···█······

Mails to one contact in a week: at most 1 (acme-1 of acme, week of 2026-03-02).

Held or skipped:
REASON             HELD  SKIPPED  ACCOUNTS
recipient_missing  0     1        1         nobody to send it to

Nobody to send it to:
PLAYBOOK  STEP   ACCOUNTS  SUCH AS
answer    again  1         acme
"
    );
}

#[test]
fn what_cannot_be_assumed_is_refused() {
    let place = with_more();
    for (line, said) in [
        ("--set acne.arr=1", "there is no account `acne`; did you mean `acme`?"),
        ("--set acme.seat=1", "there is no field `seat`; did you mean `seats`?"),
        ("--set acme.seats=many", "seats: `many` is not a number"),
        ("--set acme.health=350", "0 to 100"),
        ("--set acme.segment=large", "computed"),
        ("--event acme.nps,score=3", "there is no event kind `nps`"),
        ("--event acme.nps_response,contact=pat", "at `acme` there is no contact `pat`; known: acme-1"),
    ] {
        let err = place.wrong(&format!("simulate {line}"));
        assert!(err.contains(said), "{line}: {err}");
    }
    for line in [
        "simulate --set acme.seats",
        "simulate --set seats=3",
        "simulate acme --set birch.seats=3",
        "simulate --set acme.seats=3@2026-02-27",
        "simulate --days 9 --set acme.seats=3@2026-03-20",
        "simulate --days 9 --event acme.nps_response@2026-03-20",
        "simulate --days 9 --until 2026-03-20",
        "simulate --days 0",
    ] {
        assert_eq!(place.call(line).code, 64, "{line}");
    }
    assert!(place.wrong("simulate --playbook welcom").contains("no playbook `welcom`"));
}

#[tokio::test]
async fn nothing_is_written() {
    let place = with_more();
    let seen = || ["accounts", "account acme", "enrollments", "tasks", "outbox list"].map(|line| place.done(line));
    let before = seen();
    place.done("simulate --set acme.health=5 --set acme/acme-1.status=left --event acme.nps_response,score=1");
    assert_eq!(seen(), before);
    let url = format!("sqlite:{}", place.path().join("playcaller.db").display());
    let store = Store::open(&url).await.unwrap();
    const ROWS: &str = "select (select count(*) from event) + (select count(*) from enrollment)
        + (select count(*) from task) + (select count(*) from delivery)";
    assert_eq!(number(&store, ROWS).await, 0);
}

#[test]
fn json_is_the_timeline_in_time_order_or_one_summary() {
    let place = with_more();
    let lines = place.objects("simulate --days 9 --set cedar.arr=9000@2026-03-05");
    let expected =
        ["at", "local", "account", "playbook", "version", "kind", "step", "action", "to", "result", "reason", "detail"];
    assert!(lines.iter().all(|line| keys(line) == expected));
    let times: Vec<&str> = lines.iter().map(|line| line["at"].as_str().unwrap()).collect();
    assert!(times.len() > 5 && times.is_sorted(), "{times:?}");
    let summary = place.object("simulate --days 9 --set cedar.arr=9000@2026-03-05 --summary");
    assert_eq!((&summary["accounts"], &summary["enrolled"]["total"]), (&3.into(), &4.into()));
    assert_eq!(summary["tasks"]["per_person_per_day"]["max"]["person"], "dana");
    assert_eq!(summary["stale_feeds"], Value::Array(Vec::new()));
}

#[test]
fn of_many_accounts_only_the_summary_is_printed_unless_the_timelines_are_asked_for() {
    let place = with_many();
    let shown = place.done("simulate --days 3");
    assert!(shown.starts_with("PLAYBOOK"), "{shown}");
    assert!(shown.ends_with("\nThe timelines of 26 accounts: --timeline, or name one account.\n"), "{shown}");
    assert!(shown.contains("recipient_missing"), "{shown}");
    assert!(place.done("simulate --days 3 --timeline").contains("many-07 in welcome\n"));
}

#[test]
fn a_long_play_is_shown_by_the_week() {
    let place = Place::with_accounts();
    assert_eq!(
        place.done("simulate --days 60 --summary"),
        "\
PLAYBOOK  ENROLLED  MAILS  CHAT  WEBHOOKS  TASKS  ESCALATED  GOALS  HELD  SKIPPED
welcome   1         0      0     0         1      0          0      1     0

               TOTAL  MOST A DAY  ON          A WEEK, 2026-03-01 TO 2026-05-01
enrollments    1      1           2026-03-01  █·········
tasks of dana  1      1           2026-03-02  ·█········

WEEK OF     ENROLLED                     MAILS TO CONTACTS
2026-02-23  1 █████████████████████████  0
2026-03-02  0                            0
2026-03-09  0                            0
2026-03-16  0                            0
2026-03-23  0                            0
2026-03-30  0                            0
2026-04-06  0                            0
2026-04-13  0                            0
2026-04-20  0                            0
2026-04-27  0                            0

Tasks of one person on a day: at most 1 (dana, 2026-03-02).

Held or skipped:
REASON             HELD  SKIPPED  ACCOUNTS
awaiting_approval  1     0        1         waits for a person to say yes
"
    );
}

#[test]
fn a_feed_that_goes_stale_in_the_play_is_told_and_steady_imports_keep_it_fresh() {
    let place = Place::with_accounts();
    let stale = "[fields.seats]\ntype = \"number\"\n\n[metrics.logins]\n\n[fields.use]\ntype = \"number\"\nsource = \"crm\"\n\n[feeds.crm]\nfresh_for = \"2d\"\n";
    place.write("playbooks/account.toml", stale);
    place.write("use.csv", "id,use\nacme,7\n");
    place.done("import accounts use.csv --now 2026-03-02");
    let shown = place.done("simulate acme --days 9");
    let said = "\nStale, so what reads it is unknown: crm from 2026-03-04 00:00 UTC on. With --steady imports go on as they are.\n";
    assert!(shown.ends_with(said), "{shown}");
    assert!(!place.done("simulate acme --days 9 --steady").contains("Stale"));
    let object = place.object("simulate acme --days 9 --summary");
    assert_eq!(object["stale_feeds"][0]["feed"], "crm");
}
