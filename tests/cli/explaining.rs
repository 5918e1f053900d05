//! `explain` and `why-not`, word by word.

use super::{Place, keys};

#[test]
fn an_account_that_is_kept_out_is_told_what_decided_with_its_place_and_how_old_the_data_is() {
    let place = Place::played();
    let shown = "birch is not enrolled in welcome: condition_false\n\
        as of 2026-03-03 19:00 EST\n\
        decided by account.arr >= 5000 [900 against 5000] welcome.toml:14\n\
        \n\
        The condition\n\
        \x20 no       account.status == \"active\" && account.arr >= 5000\n\
        \x20   yes      account.status == \"active\"   [active against active]   since 2026-03-01\n\
        \x20   no       account.arr >= 5000   [900 against 5000]   since 2026-03-01\n";
    assert_eq!(place.done("explain birch welcome"), shown);
    let object = place.object("explain birch welcome");
    let expected = [
        "account",
        "playbook",
        "as_of",
        "verdict",
        "enrolled",
        "reason",
        "condition",
        "policy",
        "next_change",
        "deciding",
        "enrollment",
        "notes",
    ];
    assert_eq!(keys(&object), expected);
    assert_eq!((&object["deciding"]["text"], &object["deciding"]["line"]), (&"account.arr >= 5000".into(), &14.into()));
    let age = &object["condition"]["children"][1]["age"][0];
    assert_eq!(keys(age), ["name", "kind", "since", "feed", "seen_at", "is_stale"]);
    assert_eq!(age["since"], "2026-03-02T00:00:00Z");
}

#[test]
fn a_feed_that_is_too_old_is_said_beside_the_value_it_brought() {
    let place = Place::new();
    let dictionary =
        "[fields.seats]\ntype = \"number\"\nsource = \"crm\"\n[feeds.crm]\nfresh_for = \"36h\"\n[metrics.logins]\n";
    place.write("playbooks/account.toml", dictionary);
    let welcome = super::BOOK[5].1.replace("account.arr >= 5000", "account.seats >= 50");
    place.write("playbooks/welcome.toml", &welcome);
    place.write("accounts.csv", super::ACCOUNTS);
    place.done("import accounts accounts.csv --now 2026-03-02");
    let fresh = place.done("explain birch welcome --now 2026-03-02T06:00:00Z");
    assert!(fresh.contains("[5 against 50]   since 2026-03-01; crm seen 6 h ago\n"), "{fresh}");
    let stale = place.done("explain birch welcome --now 2026-03-05");
    assert!(stale.contains("(feed crm is stale)   since 2026-03-01; crm last seen 3 d ago, too old\n"), "{stale}");
}

#[test]
fn a_moment_before_anything_was_known_says_so() {
    let place = Place::played();
    let shown = "acme is not enrolled in welcome: condition_unknown\n\
        as of 2026-02-28 19:00 EST\n\
        decided by account.status == \"active\" [empty against active] (account.status is empty) welcome.toml:14\n\
        \n\
        The condition\n\
        \x20 unknown  account.status == \"active\" && account.arr >= 5000\n\
        \x20   unknown  account.status == \"active\"   [empty against active]   (account.status is empty)\n\
        \x20   unknown  account.arr >= 5000   [empty against 5000]   (account.arr is empty)\n\
        \n\
        The answer becomes yes (enrolled) at 2026-03-01 19:00 EST if nothing but the time changes.\n\
        \n\
        Note: nothing is recorded of acme before 2026-03-01 19:00 EST.\n\
        Note: welcome went live here on 2026-03-01 19:00 EST.\n";
    assert_eq!(place.done("explain acme welcome --now 2026-03-01"), shown);
}

#[test]
fn a_step_says_when_it_is_due_from_what_and_what_stands_before_it() {
    let place = Place::played();
    let approval = place.object("approvals")["id"].as_str().unwrap().to_owned();
    let shown = format!(
        "hello of welcome for acme: approving (awaiting_approval)\n\
        as of 2026-03-03 19:00 EST\n\
        due 2026-03-02 09:00 EST: enrolled, counted from 2026-03-01 19:00 EST\n\
        \n\
        What stands before it\n\
        \x20 hold  awaiting_approval: approval {approval}, asked of dana at 2026-03-02 09:00 EST\n\
        \x20 hold  outside_window: send_window, until 2026-03-04 09:00 EST\n\
        \n\
        What happened\n\
        \x20 2026-03-02 09:00  hold  hello  (awaiting_approval)\n"
    );
    assert_eq!(place.done("explain acme welcome hello"), shown);
    let note = "note of welcome for acme: planned\n\
        as of 2026-03-03 19:00 EST\n\
        not due yet: call.done has not come\n";
    assert_eq!(place.done("explain acme welcome note"), note);
    assert!(place.done("explain birch welcome hello").starts_with("hello of welcome for birch: not_enrolled\n"));
    assert!(place.wrong("explain acme welcome helo").contains("did you mean `hello`?"));
}

#[test]
fn a_held_mail_says_which_cap_holds_it_what_has_used_it_up_and_until_when() {
    let place = Place::with_accounts();
    let again = "approve_when = 'account.arr >= 90000'\n\n[[step]]\nid = \"again\"\nafter = \"hello + 1d\"\n\
        when = 'account.arr >= 5000'\naction = \"email\"\nto = \"contact:champion\"\nfrom = \"account.owner\"\n\
        template = \"hello\"\n\n[[step]]\nid = \"note\"";
    place.write("playbooks/welcome.toml", &super::BOOK[5].1.replace("\n[[step]]\nid = \"note\"", again));
    let policy = "[priority]\norder = [\"onboarding\"]\n[[cap]]\nid = \"one-a-week\"\nchannel = \"email\"\n\
        per = \"contact\"\nmax = 1\nwithin = \"7d\"\n";
    place.write("playbooks/policy.toml", policy);
    place.done("run --from 2026-03-02 --until 2026-03-04");
    let shown = "again of welcome for acme: held (capped)\n\
        as of 2026-03-03 19:00 EST\n\
        due 2026-03-03 09:00 EST: hello + 1d, counted from 2026-03-02 09:00 EST\n\
        \n\
        Its `when`\n\
        \x20 yes      account.arr >= 5000   [48000 against 5000]   since 2026-03-01\n\
        \n\
        What stands before it\n\
        \x20 hold  outside_window: send_window, until 2026-03-04 09:00 EST\n\
        \x20 hold  capped -> pat@acme.example: cap one-a-week, used up by hello of welcome at 2026-03-02 09:00 EST, \
        until 2026-03-09 09:00 EDT\n\
        \n\
        It can change at 2026-03-04 09:00 EST if nothing but the time changes.\n\
        \n\
        What happened\n\
        \x20 2026-03-03 09:00  hold  again  -> pat@acme.example  (capped)\n";
    assert_eq!(place.done("explain acme welcome again"), shown);
    let cap = place.object("explain acme welcome");
    let cap = cap["policy"].as_array().unwrap().iter().find(|line| line["kind"] == "cap").unwrap().clone();
    assert_eq!((&cap["truth"], &cap["detail"]), (&"yes".into(), &"pat@acme.example: 1 of 1".into()));
    assert_eq!(cap["until"], "2026-03-09T13:00:00Z");
}

#[test]
fn an_id_explains_an_enrollment_a_message_or_a_task_and_a_moment_before_it_is_as_it_was() {
    let place = Place::played();
    let approval = place.object("approvals")["id"].as_str().unwrap().to_owned();
    place.done(&format!("approvals approve {approval}"));
    place.done("run --from 2026-03-04 --until 2026-03-06");
    let id = |list: &str| place.object(list)["id"].as_str().unwrap().to_owned();
    let (enrollment, delivery, task) = (id("enrollments"), id("outbox"), id("tasks"));
    let shown = "acme in welcome: active\n\
        as of 2026-03-02 19:00 EST\n\
        enrolled 2026-03-01 19:00 EST\n\
        \n\
        The condition when it came in\n\
        \x20 yes      account.status == \"active\" && account.arr >= 5000\n\
        \x20   yes      account.status == \"active\"   [active against active]   since 2026-03-01\n\
        \x20   yes      account.arr >= 5000   [48000 against 5000]   since 2026-03-01\n\
        \n\
        Rules\n\
        \x20 yes      send_window = \"business-hours\"  (steps wait for the opening; until 2026-03-03 09:00 EST)\n\
        \n\
        Steps\n\
        \x20 done       task     call   due 2026-03-02 09:00 EST\n\
        \x20 approving  email    hello  due 2026-03-02 09:00 EST  (awaiting_approval)\n\
        \x20 planned    task     note \n\
        \n\
        What happened\n\
        \x20 2026-03-01 19:00  enroll\n\
        \x20 2026-03-02 09:00  task  call  -> dana\n\
        \x20 2026-03-02 09:00  hold  hello  (awaiting_approval)\n";
    assert_eq!(place.done(&format!("explain {enrollment} --now 2026-03-03")), shown);
    let shown = place.done(&format!("explain {delivery}"));
    assert!(shown.starts_with(&format!("{delivery}  sent: the other side took it\n")), "{shown}");
    assert_eq!(place.object(&format!("explain {delivery}"))["kind"], "delivery");
    assert_eq!(place.object(&format!("explain {task}"))["kind"], "task");
    assert!(place.wrong("explain nothing").contains("there is no enrollment, delivery or task `nothing`"));
    let ended = place.call("explain acme");
    assert_eq!(ended.code, 64);
    assert!(ended.err.contains("playcaller explain acme welcome"), "{}", ended.err);
}

#[test]
fn why_not_counts_whom_each_clause_keeps_out_and_names_the_nearest() {
    let place = Place::played();
    let shown = "welcome: 3 accounts as of 2026-03-04 00:00 UTC\n\
        \n\
        CLAUSE                      PLACE            NO  UNKNOWN  LEFT\n\
        all accounts                                              3     ████████████████████\n\
        account.status == \"active\"  welcome.toml:14  –   –        3     ████████████████████\n\
        account.arr >= 5000         welcome.toml:14  1   1        1     ██████▋\n\
        \n\
        \x20     1  already_active: is in this playbook already\n\
        1 account is in it now; 0 would enter at the next look.\n\
        \n\
        Nearest to qualifying:\n\
        \n\
        ACCOUNT  MISSING\n\
        birch    account.arr 900, needs >= 5000\n\
        cedar    account.arr is empty\n";
    assert_eq!(place.done("why-not welcome"), shown);
    let object = place.object("why-not welcome");
    let expected = ["playbook", "as_of", "accounts", "funnel", "reasons", "enrolled", "nearest", "would_enter"];
    assert_eq!(keys(&object), expected);
    assert_eq!(keys(&object["funnel"][0]), ["clause", "file", "line", "excluded", "unknown", "left"]);
    assert_eq!(object["reasons"], serde_json::json!({ "already_active": 1 }));
    let listed = place.object("why-not welcome --list --limit 1");
    assert_eq!(listed["list"][0]["reason"], "condition_false");
    assert_eq!((listed["list"].as_array().unwrap().len(), listed["nearest"].as_array().unwrap().len()), (1, 1));
    assert!(place.wrong("why-not welcom").contains("did you mean `welcome`?"));
    assert_eq!(place.object("why-not welcome --now 2026-03-01")["accounts"], 0);
}
