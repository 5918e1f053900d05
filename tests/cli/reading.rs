//! Commands that only read.

use super::{Place, keys};

#[test]
fn check_says_how_much_is_right_and_shows_every_mistake_with_its_place() {
    let place = Place::new();
    assert_eq!(place.done("check"), "1 playbook, 1 test file: 0 errors, 0 warnings\n");
    place.write("playbooks/segments.toml", "[[segment]]\nid = \"large\"\nwhen = 'account.ar >= 20000'\nwhat = 1\n");
    let ended = place.call("check --format json");
    assert_eq!(ended.code, 1, "{}", ended.err);
    let lines: Vec<serde_json::Value> = ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let expected =
        ["code", "severity", "file", "line", "column", "end_line", "end_column", "message", "help", "suggestion"];
    assert_eq!(keys(&lines[0]), expected);
    let places: Vec<_> =
        lines.iter().map(|own| (own["line"].as_u64().unwrap(), own["code"].as_str().unwrap())).collect();
    assert!(places.contains(&(4, "unknown-key")) && places.iter().any(|(line, _)| *line == 3), "{places:?}");
    let shown = place.call("check").out;
    assert!(shown.contains("segments.toml") && shown.contains("account.ar"), "{shown}");
}

#[test]
fn a_book_with_errors_is_not_used_and_a_missing_one_says_where_it_was_looked_for() {
    let place = Place::new();
    place.write("playbooks/welcome.toml", "id = \"welcome\"\n");
    let said = place.wrong("accounts");
    assert!(said.starts_with("error: the book has errors: ") && said.contains("playcaller check"), "{said}");
    assert!(place.call("check --book elsewhere").out.contains("--book"));
}

#[test]
fn match_counts_and_lists_and_points_at_a_wrong_condition() {
    let place = Place::with_accounts();
    let asked = "match 'account.arr >= 5000' --now 2026-03-03";
    assert_eq!(place.done(asked), "1 yes, 1 no, 1 unknown  (3 accounts, 2026-03-03T00:00:00Z)\n");
    assert_eq!(keys(&place.object(asked)), ["condition", "as_of", "yes", "no", "unknown"]);
    assert_eq!(place.object(&format!("{asked} --list"))["accounts"], serde_json::json!(["acme"]));
    assert!(place.wrong("match 'account.ar >= 5000'").contains("did you mean `arr`?"));
}

#[test]
fn explain_shows_every_comparison_with_what_it_saw() {
    let place = Place::played();
    let shown = place.done("explain birch welcome");
    assert!(shown.starts_with("birch is not enrolled in welcome: condition_false\n"), "{shown}");
    assert!(shown.contains("account.arr >= 5000   [900 against 5000]"), "{shown}");
    let object = place.object("explain acme welcome");
    let expected =
        ["account", "playbook", "as_of", "verdict", "enrolled", "reason", "condition", "policy", "next_change"];
    assert_eq!(keys(&object)[..expected.len()], expected);
    assert_eq!((&object["verdict"], &object["enrolled"]), (&"yes".into(), &true.into()));
    assert_eq!(place.object("explain cedar welcome")["verdict"], "unknown");
}

#[test]
fn an_unknown_account_or_playbook_is_told_with_the_one_that_was_meant() {
    let place = Place::with_accounts();
    let said = place.wrong("explain acne welcome");
    assert_eq!(said, "error: there is no account `acne`\nhelp: did you mean `acme`?\n");
    assert!(place.wrong("explain acme welcom").contains("did you mean `welcome`?"));
    assert!(place.wrong("preview welcome helo acme").contains("did you mean `hello`?"));
    assert!(place.wrong("account nobody").contains("`playcaller accounts` lists them"));
}

#[test]
fn accounts_are_listed_with_health_and_one_account_with_its_work() {
    let place = Place::played();
    let expected = "ACCOUNT  NAME          STATUS   OWNER   SEGMENT   STAGE   HEALTH   BAND";
    let listed = place.done("accounts");
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(words(listed.lines().next().unwrap()), words(expected));
    assert_eq!(words(listed.lines().nth(1).unwrap())[..2], ["acme", "Acme"]);
    assert_eq!(place.objects("accounts --band green").len(), 1);
    let object = place.object("account acme");
    assert_eq!(keys(&object), ["id", "name", "status", "owner", "segment", "stage", "health", "fields"]);
    assert_eq!(object["health"], serde_json::json!({ "score": 60, "band": "green" }));
    let shown = place.done("account acme");
    assert!(shown.contains("Call Acme Harbour") && shown.contains("welcome"), "{shown}");
}

#[test]
fn lists_have_the_shapes_other_programs_rely_on() {
    let place = Place::played();
    let shape = |line: &str| keys(&place.objects(line)[0]).join(" ");
    assert_eq!(
        shape("enrollments"),
        "id account playbook version state branch key enrolled_at ended_at outcome reason next"
    );
    assert_eq!(
        shape("tasks"),
        "id enrollment account playbook step assignee title priority state due created_at done_at checklist"
    );
    assert_eq!(shape("approvals"), "id kind account playbook step approver asked_at expires_at state");
    let id = place.object("approvals")["id"].as_str().unwrap().to_owned();
    place.done(&format!("approvals approve {id}"));
    place.done("run --from 2026-03-05 --until 2026-03-06");
    assert_eq!(
        shape("outbox"),
        "id enrollment account playbook step channel to subject state reason due_at sent_at attempts"
    );
}

#[test]
fn an_account_whose_for_still_runs_is_listed_as_pending() {
    let place = Place::with_accounts();
    let welcome = super::BOOK[5].1.replace("backfill =", "for = \"5d\"\nbackfill =");
    place.write("playbooks/welcome.toml", &welcome);
    place.done("run --from 2026-03-02 --until 2026-03-04");
    let pending = place.object("enrollments --state pending");
    assert_eq!((&pending["account"], &pending["state"]), (&"acme".into(), &"pending".into()));
    assert!(pending["enrolled_at"].is_null() && pending["next"].is_null(), "{pending}");
    assert!(place.done("account acme").contains("pending_for"));
    place.done("run --from 2026-03-04 --until 2026-03-08");
    assert!(place.objects("enrollments --state pending").is_empty());
    assert_eq!(place.object("enrollments")["state"], "active");
}

#[test]
fn lists_show_what_was_there_at_another_moment() {
    let place = Place::played();
    for list in ["enrollments", "tasks", "approvals", "outbox"] {
        assert!(place.objects(&format!("{list} --now 2026-03-01")).is_empty(), "{list}");
    }
    assert_eq!(place.objects("tasks list --now 2026-03-03").len(), 1);
}

#[test]
fn explain_says_of_one_who_qualifies_that_it_will_be_enrolled() {
    let place = Place::with_accounts();
    assert!(place.done("explain acme welcome").contains("it qualifies; the daemon enrolls it at its next look"));
    let object = place.object("explain acme welcome");
    assert_eq!((&object["enrolled"], &object["reason"]), (&false.into(), &"enrolled".into()));
}

#[test]
fn an_empty_list_says_so_and_what_to_do() {
    let place = Place::new();
    assert!(place.done("accounts").contains("playcaller import accounts"));
    assert!(place.done("tasks").starts_with("No open tasks."));
    assert!(place.done("enrollments").starts_with("No enrollments."));
    assert_eq!(place.done("accounts --format json"), "");
}

#[test]
fn preview_shows_the_very_mail_and_the_very_task() {
    let place = Place::with_accounts();
    let mail = place.done("preview welcome hello acme");
    let expected = "From: Dana Reyes <dana@us.example>\nTo: Pat Moreau <pat@acme.example>\n\
        Subject: Welcome, Acme Harbour\n\nHello Pat,\n";
    assert!(mail.starts_with(expected), "{mail}");
    assert!(place.done("preview welcome hello acme --html").contains("<strong>here</strong>"));
    let task = place.object("preview welcome call acme");
    assert_eq!((&task["assignee"], &task["title"]), (&"dana".into(), &"Call Acme Harbour".into()));
    assert!(place.wrong("preview welcome hello birch").contains("recipient_missing"));
}
