//! `report playbooks`: what playbooks did, and what one in shadow would have done.

use super::{Place, keys};

/// Two weeks of `welcome`, with a version beside it in shadow that takes smaller accounts.
fn shadowed() -> Place {
    let place = Place::with_accounts();
    place.write("playbooks/welcome-next.toml", &next("shadow"));
    place.done("run --from 2026-03-02T12:00:00Z --until 2026-03-16");
    place
}

fn next(status: &str) -> String {
    let text = include_str!("book/welcome.toml").replace("id = \"welcome\"", "id = \"welcome-next\"");
    let status = format!("status = \"{status}\"\nshadow_of = \"welcome\"");
    text.replace("status = \"live\"", &status).replace("5000", "500")
}

#[test]
fn playbooks_are_counted_by_what_is_recorded() {
    let expected = "\
2026-03-02 to 2026-03-15

PLAYBOOK      STATUS  ENROLLED  ACTIVE  WON  LOST  NEUTRAL  MAILS  CHAT  TASKS  HELD  SKIPPED  BY WEEK
welcome       live    1         1       0    0     0        0      0     1      1     0        █·
welcome-next  shadow  2         0       0    0     2        1      0     4      0     1        █·

What stands beside `shadow` was recorded, not sent; `report playbooks --shadow` compares it.
";
    let place = shadowed();
    assert_eq!(place.done("report playbooks --from 2026-03-02"), expected);
    let objects = place.objects("report playbooks --from 2026-03-02");
    let expected = [
        "playbook",
        "status",
        "from",
        "until",
        "enrolled",
        "mails",
        "chats",
        "webhooks",
        "tasks",
        "escalations",
        "goals",
        "held",
        "skipped",
        "active",
        "won",
        "lost",
        "neutral",
        "weekly",
    ];
    assert_eq!(keys(&objects[0]), expected);
    assert_eq!(objects[0]["weekly"], serde_json::json!([1, 0]));
    assert!(place.wrong("report playbooks welcom").contains("did you mean `welcome`?"));
}

#[test]
fn a_shadow_stands_beside_the_live_one() {
    let expected = "\
welcome-next in shadow beside welcome (live), 2026-03-02 to 2026-03-15

               SHADOW           LIVE
enrolled       2                1
most in a day  2 on 2026-03-02  1 on 2026-03-02
active         0                1
won            0                0
lost           0                0
mails          1                0
chat           0                0
webhooks       0                0
tasks          4                1
escalations    0                0
held           0                1
skipped        1                0

    1 in both         acme
    1 only in shadow  birch
    0 only live

FIRST DAYS  ENROLLED SHADOW  LIVE  MESSAGES SHADOW  LIVE
2026-03-02  2                1     1                0
";
    let place = shadowed();
    assert_eq!(place.done("report playbooks --shadow --accounts"), expected);
    let object = place.object("report playbooks --shadow --accounts");
    assert_eq!((&object["both"], &object["only_shadow"], &object["only_live"]), (&1.into(), &1.into(), &0.into()));
    assert_eq!(object["accounts"]["only_shadow"], serde_json::json!(["birch"]));
    assert_eq!(place.objects("approvals").len(), 1, "nobody is asked by the one in shadow");
}

#[test]
fn a_shadow_that_goes_live_begins_at_the_first_step() {
    let place = shadowed();
    place.write("playbooks/welcome-next.toml", &next("live"));
    place.done("run --from 2026-03-16 --until 2026-03-18");
    let object = &place.objects("report playbooks welcome-next --from 2026-03-16")[0];
    assert_eq!((&object["enrolled"], &object["tasks"]), (&2.into(), &2.into()), "{object}");
    assert_eq!(place.object("report playbooks --shadow --from 2026-03-02")["playbook"], "welcome-next");
}
