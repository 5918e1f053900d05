//! Commands by which people act.

use super::Place;

#[test]
fn enroll_puts_an_account_in_and_says_why_it_does_not_a_second_time() {
    let place = Place::with_accounts();
    let said = place.done("enroll birch welcome --by morgan");
    assert!(said.contains("birch welcome: 2026-03-01 19:00  enroll"), "{said}");
    assert!(place.wrong("enroll birch welcome").contains("already_active"));
}

#[test]
fn stop_ends_an_enrollment_for_a_reason() {
    let place = Place::played();
    let id = place.object("enrollments")["id"].as_str().unwrap().to_owned();
    let usage = place.call(&format!("stop {id}"));
    assert!(usage.code == 64 && usage.err.contains("--reason"), "{}", usage.err);
    place.done(&format!("stop {id} --reason 'they asked us to wait'"));
    assert_eq!(place.object("enrollments")["state"], "ended");
    assert!(place.wrong(&format!("stop {id} --reason again")).contains("it ended on 2026-03-0"));
    assert!(place.wrong("stop e0 --reason no").contains("playcaller enrollments"));
}

#[test]
fn set_types_its_values_and_writes_from_the_databases_own_now() {
    let place = Place::with_accounts();
    assert_eq!(
        place.done("set birch arr=7000 seats="),
        "birch: arr = 7000, seats = empty from 2026-03-02T00:00:00Z on\n"
    );
    assert_eq!(place.object("match 'account.arr >= 5000'")["yes"], 2);
    assert!(place.wrong("set birch arr=much").contains("not a number"));
    assert!(place.wrong("set birch ar=1").contains("did you mean `arr`?"));
    assert!(place.wrong("set birch arr=1 arr=2").contains("`arr` is set twice"));
    assert!(place.wrong("set birch timezone=Europe/Berln").contains("not a time zone"));
    assert!(place.wrong("set birch owner=dane").contains("did you mean `dana`?"));
}

#[test]
fn a_score_set_by_hand_says_who_why_and_until_when() {
    let place = Place::with_accounts();
    assert_eq!(place.call("set acme health=20").code, 64);
    assert_eq!(place.call("set acme health=20 --until 2026-03-01 --reason 'sponsor left'").code, 64);
    assert_eq!(place.call("set acme arr=1 --until 2026-03-09 --reason no").code, 64);
    assert!(place.wrong("set acme health=120 --until 2026-03-09 --reason no").contains("from 0 to 100"));
    assert_eq!(
        place.done("set acme health=20 --until 2026-03-09 --reason 'sponsor left'"),
        "acme: health is 20 until 2026-03-09T00:00:00Z, by dana: sponsor left\n"
    );
    let shown = place.done("account acme");
    assert!(shown.contains("20 red (set by dana: 20 until 2026-03-09T00:00:00Z: sponsor left)"), "{shown}");
    assert_eq!(place.object("account acme --now 2026-03-09")["health"]["score"], 60.0);
    place.done("set acme health=");
    assert!(!place.done("account acme").contains("set by dana"));
}

#[test]
fn a_task_is_acknowledged_snoozed_and_completed_once() {
    let place = Place::played();
    let id = place.object("tasks")["id"].as_str().unwrap().to_owned();
    assert_eq!(place.object(&format!("tasks check {id} 2"))["checklist"][1]["done"], true);
    assert!(place.wrong(&format!("tasks check {id} 3")).contains("no checklist item"));
    let shown = place.done(&format!("tasks show {id}"));
    assert!(shown.contains("1. [ ] Greet\n  2. [x] Listen") && shown.contains("Call Acme Harbour"), "{shown}");
    assert!(place.wrong("tasks show t0").contains("there is no task `t0`"));
    assert_eq!(place.object(&format!("tasks acknowledge {id}"))["state"], "acknowledged");
    assert_eq!(place.object(&format!("tasks snooze {id} --until 2026-03-09"))["state"], "snoozed");
    assert_eq!(place.call(&format!("tasks snooze {id} --until 2026-03-01")).code, 64);
    assert_eq!(place.done(&format!("tasks complete {id}")), format!("{id} is done: Call Acme Harbour\n"));
    assert!(place.wrong(&format!("tasks complete {id}")).contains("is done"));
    assert!(place.objects("tasks list").is_empty() && place.objects("tasks list --all").len() == 1);
    place.done("run --from 2026-03-05 --until 2026-03-06");
    assert_eq!(place.object("tasks --assignee morgan")["title"], "Note the call with Acme Harbour");
}

#[test]
fn an_approved_mail_goes_out_at_the_next_tick_and_a_rejected_one_does_not() {
    for (answer, sent) in [("approve", 1), ("reject", 0)] {
        let place = Place::played();
        let id = place.object("approvals")["id"].as_str().unwrap().to_owned();
        place.done(&format!("approvals {answer} {id}"));
        assert!(place.wrong(&format!("approvals {answer} {id}")).contains("only a waiting approval"));
        place.done("run --from 2026-03-05 --until 2026-03-06");
        assert_eq!(place.objects("outbox --state sent").len(), sent, "{answer}");
    }
}

#[test]
fn the_outbox_shows_a_delivery_and_refuses_to_send_twice() {
    let place = Place::played();
    let id = place.object("approvals")["id"].as_str().unwrap().to_owned();
    place.done(&format!("approvals approve {id}"));
    place.done("run --from 2026-03-05 --until 2026-03-06");
    let id = place.object("outbox")["id"].as_str().unwrap().to_owned();
    assert!(place.path().join(format!("outbox/{id}.eml")).exists());
    let shown = place.done(&format!("outbox show {id}"));
    assert!(shown.contains("Subject: Welcome, Acme Harbour") && shown.contains("email to pat@acme.example"), "{shown}");
    assert!(place.wrong(&format!("outbox retry {id}")).contains("is sent"));
    assert!(place.wrong(&format!("outbox resolve {id} --as dead")).contains("is sent"));
    assert!(place.wrong("outbox show d0").contains("there is no delivery `d0`"));
}
