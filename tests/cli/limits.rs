//! Commands about accounts that wait because there were too many.

use super::{Place, keys};

const BUSY: &str = r#"
id = "busy"
title = "One a day"
owner = "dana"
status = "live"
timezone = "UTC"
send_window = "always"
trigger = { kind = "condition" }
enroll = { when = 'account.status == "active"', max_per_day = 1 }

[[step]]
id = "look"
after = "enrolled"
action = "task"
assignee = "dana"
title = "Look at {{ account.name }}"
"#;

/// Three accounts qualified at once for a playbook that takes one a day.
fn crowded() -> Place {
    let place = Place::new();
    place.write("playbooks/busy.toml", BUSY);
    place.write("accounts.csv", super::ACCOUNTS);
    place.done("import accounts accounts.csv --now 2026-03-02");
    place.done("run --from 2026-03-02 --until 2026-03-03");
    place
}

fn question(place: &Place) -> String {
    let lines = place.objects("approvals");
    let asked = lines.iter().find(|line| line["kind"] == "enrollments").expect("a question about enrollments");
    asked["id"].as_str().unwrap().to_owned()
}

#[test]
fn one_question_stands_for_all_who_wait_and_shows_them() {
    let place = crowded();
    let id = question(&place);
    let list = place.done("approvals list");
    assert!(list.contains(&format!("{id}  enrollments  2 accounts")), "{list}");
    let shown = place.done(&format!("approvals show {id}"));
    assert!(shown.contains("enrollments of busy for 2 accounts") && shown.ends_with("  birch\n  cedar\n"), "{shown}");
    let view = place.object(&format!("approvals show {id}"));
    assert_eq!(view["accounts"], serde_json::json!(["birch", "cedar"]));
    assert_eq!(view["account"], serde_json::Value::Null);
    assert!(place.wrong("approvals show a0").contains("there is no approval `a0`"));
    let parked = place.objects("enrollments --state parked");
    assert_eq!((parked.len(), &parked[0]["reason"]), (2, &serde_json::json!("limit_reached")));
    assert!(place.done("explain cedar busy").contains("cedar is not enrolled in busy: limit_reached"));
}

#[test]
fn a_yes_lets_them_in_at_the_next_tick() {
    let place = crowded();
    let id = question(&place);
    let said = place.done(&format!("approvals approve {id}"));
    assert_eq!(said, format!("{id} is approved: enrollments of busy for 2 accounts\n"));
    let played = place.done("run --from 2026-03-03 --until 2026-03-04");
    assert!(played.lines().any(|line| line.starts_with("busy") && line.contains(" 2 ")), "{played}");
    assert!(place.objects("enrollments --state parked").is_empty());
}

#[test]
fn the_owner_is_told_and_the_list_says_so() {
    let place = crowded();
    let notice = place.object("notices --playbook busy");
    assert_eq!(keys(&notice), ["id", "at", "kind", "playbook", "person", "text", "told_at", "reply"]);
    assert_eq!((&notice["kind"], &notice["person"]), (&"limit_reached".into(), &"dana".into()));
    let list = place.done("notices");
    assert!(list.contains("limit_reached  dana") && list.contains(&question(&place)), "{list}");
    assert_eq!(place.done("notices --person kim"), "Nothing had to be told.\n");
    let mail = std::fs::read_to_string(place.path().join(notice["reply"].as_str().unwrap())).unwrap();
    assert!(mail.contains("The playbook busy needs you"), "{mail}");
}
