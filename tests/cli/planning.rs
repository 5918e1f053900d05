//! `plan`: what an edit would change, for whom, and how it ends.

use std::process::Command;

use serde_json::{Value, json};

use super::{Ended, Place, keys};

impl Place {
    /// An edit of the playbook: each text and what takes its place.
    fn edit_welcome(&self, edits: &[(&str, &str)]) {
        let text = edits.iter().fold(super::BOOK[5].1.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replace(from, to)
        });
        self.write("playbooks/welcome.toml", &text);
    }

    /// A plan that finds changes.
    fn changes(&self, line: &str) -> String {
        let Ended { code, out, err } = self.call(line);
        assert_eq!(code, 2, "{line}\n{out}{err}");
        out
    }

    fn plan(&self) -> Value {
        serde_json::from_str(&self.changes("plan --format json")).unwrap()
    }

    fn git(&self, line: &str) {
        let who = ["-c", "user.name=Dana Reyes", "-c", "user.email=dana@us.example", "-c", "commit.gpgsign=false"];
        let output = Command::new("git").args(who).args(line.split_whitespace()).current_dir(self.path()).output();
        let output = output.expect("git starts");
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn nothing_that_changes_ends_with_0() {
    let place = Place::played();
    let nothing = "Against the book in force; from 2026-03-04T00:00:00Z on, 7 days ahead.\n\n\
        1 playbook unchanged.\n\nPlan: 0 enroll, 0 exit, 0 move, 0 sends.\n";
    assert_eq!(place.done("plan"), nothing);
    place.edit_welcome(&[("[goal]", "# what we are after\n[goal]")]);
    assert_eq!(place.done("plan"), nothing);
}

#[test]
fn a_lower_threshold_shows_who_enters_and_what_they_get() {
    let place = Place::played();
    place.edit_welcome(&[(">= 5000", ">= 500"), ("due = \"2bd\"", "due = \"3bd\"")]);
    assert_eq!(place.changes("plan --accounts"), with_versions(&place, ACCOUNTS_PLAN));
    let short = place.changes("plan");
    assert!(!short.contains("birch  ("), "{short}");
}

#[test]
fn whoever_must_qualify_for_a_while_first_is_told_with_the_day() {
    let place = Place::played();
    place.edit_welcome(&[(">= 5000", ">= 500"), ("backfill =", "for = \"2d\"\nbackfill =")]);
    let plan = place.changes("plan --accounts");
    let expected = "  + 1 account enrolls in the days ahead\n      birch  (on 2026-03-05, account.arr >= 500: 900)\n";
    assert!(plan.contains(expected), "{plan}");
    assert!(plan.ends_with("\nPlan: 1 enroll, 0 exit, 0 move, 1 sends.\n"), "{plan}");
}

#[test]
fn who_ends_and_who_moves_to_the_new_version_is_told() {
    let place = Place::played();
    let question = place.object("approvals")["id"].as_str().unwrap().to_owned();
    place.done(&format!("approvals approve {question}"));
    place.done("run --from 2026-03-05 --until 2026-03-06");
    place.edit_welcome(&[("[goal]", "[[exit]]\nid = \"large\"\nwhen = 'account.arr > 9000'\n\n[goal]")]);
    let plan = place.changes("plan --accounts");
    assert!(plan.contains("    exit large is new: account.arr > 9000\n"), "{plan}");
    assert!(plan.contains("  - 1 account exits now\n      acme  (exited: large)\n"), "{plan}");
    assert!(plan.ends_with("Plan: 0 enroll, 1 exit, 0 move, 0 sends.\n"), "{plan}");
    place.edit_welcome(&[("Note the call", "Write of the call")]);
    let plan = place.changes("plan --accounts");
    assert!(plan.contains("  ~ 1 account moves to the new version\n      acme\n"), "{plan}");
    assert!(plan.ends_with("Plan: 0 enroll, 0 exit, 1 move, 0 sends.\n"), "{plan}");
}

#[test]
fn a_plan_for_a_pull_request_is_markdown() {
    let place = Place::played();
    place.edit_welcome(&[(">= 5000", ">= 500")]);
    assert_eq!(place.changes("plan --md"), MARKDOWN);
    assert_eq!(place.call("plan --md --format json").code, 64);
}

#[test]
fn a_book_with_errors_ends_with_1_and_so_does_one_that_cannot_go_live() {
    let place = Place::played();
    place.edit_welcome(&[("account.arr", "account.ar")]);
    assert!(place.wrong("plan").starts_with("error: the book has errors: welcome.toml:"));
    place.edit_welcome(&[("\"hello\"\nafter", "\"greeting\"\nafter")]);
    std::fs::remove_file(place.path().join("playbooks/welcome.test.toml")).unwrap();
    let ended = place.call("plan");
    assert_eq!(ended.code, 1, "{}", ended.out);
    assert!(ended.out.contains("! `welcome` stays at version "), "{}", ended.out);
    assert!(ended.err.contains("has no step `hello`, which 1 enrollments wait on"), "{}", ended.err);
}

#[test]
fn where_no_book_is_in_force_everything_is_new() {
    let place = Place::with_accounts();
    let plan: Value = serde_json::from_str(&place.changes("plan --now 2026-03-02 --format json")).unwrap();
    assert_eq!(plan["playbooks"][0]["standing"], "new");
    assert_eq!(
        plan["enroll"],
        json!([{
            "at": "2026-03-02T00:00:00Z", "account": "acme", "playbook": "welcome", "why": "account.arr >= 5000: 48000"
        }])
    );
    assert_eq!(plan["totals"], json!({ "enroll": 1, "exit": 0, "move": 0, "sends": 1 }));
    assert_eq!(plan["sends"]["after"]["tasks"], 1);
    assert!(place.objects("enrollments").is_empty(), "nothing is written");
}

#[test]
fn the_object_has_its_keys_in_a_fixed_order() {
    let place = Place::played();
    place.edit_welcome(&[(">= 5000", ">= 500"), ("class", "in_flight = \"restart\"\nclass")]);
    let plan = place.plan();
    let expected = [
        "as_of",
        "until",
        "changed",
        "playbooks",
        "unchanged",
        "shared",
        "enroll",
        "exit",
        "move",
        "restart",
        "stay",
        "enrolled",
        "parked",
        "sends",
        "segments",
        "collisions",
        "recipient_missing",
        "template_errors",
        "late",
        "go_live",
        "stale",
        "totals",
    ];
    assert_eq!(keys(&plan), expected);
    let points = &plan["playbooks"][0]["points"];
    let in_flight = json!({ "change": "changed", "what": "in_flight", "before": "move", "after": "restart" });
    assert!(points.as_array().unwrap().contains(&in_flight), "{points}");
    assert_eq!(plan["restart"][0]["account"], "acme");
    assert_eq!(plan["recipient_missing"][0]["accounts"], json!(["birch"]));
}

#[test]
fn what_is_planned_for_seven_days_is_what_the_daemon_then_does() {
    let place = Place::played();
    place.edit_welcome(&[(">= 5000", ">= 500"), ("after = \"call.done\"", "after = \"call + 2d\"")]);
    place.write("playbooks/nudge.toml", NUDGE);
    let plan = place.plan();
    let lines = place.objects("run --from 2026-03-04 --until 2026-03-11");
    let is_send = |line: &&Value| line["result"] == "done" && line["kind"] == "step";
    let (mut sent, mut planned): (Vec<String>, Vec<String>) = Default::default();
    for line in lines.iter().filter(is_send) {
        sent.push(["at", "account", "playbook", "step", "to"].map(|key| line[key].to_string()).join(" "));
    }
    for send in plan["sends"]["gained"].as_array().unwrap() {
        planned.push(["at", "account", "playbook", "step", "to"].map(|key| send[key].to_string()).join(" "));
    }
    assert!(planned.len() > 4, "{planned:?}");
    assert_eq!(planned, sent);
    let entered = lines.iter().filter(|line| line["kind"] == "enroll" && line["result"] == "done").count();
    assert_eq!(plan["enrolled"], json!({ "before": 0, "after": entered }));
    assert_eq!(place.object("plan")["totals"]["enroll"], 0, "and then there is nothing more to plan");
}

/// The shipped book, played for three weeks of the sample portfolio.
fn shipped() -> Place {
    let place = Place { folder: tempfile::tempdir().unwrap() };
    let book = concat!(env!("CARGO_MANIFEST_DIR"), "/playbooks");
    let copied = Command::new("cp").args(["-r", book, "playbooks"]).current_dir(place.path()).status().unwrap();
    assert!(copied.success());
    for kind in ["accounts", "contacts", "events"] {
        place.done(&format!("import {kind} playbooks/sample/{kind}.csv --now 2026-10-01"));
    }
    place.done("run --from 2026-10-01 --until 2026-10-20");
    place
}

#[test]
fn what_is_planned_for_the_shipped_book_is_what_the_daemon_then_does() {
    let place = shipped();
    let file = "playbooks/renewal/renewal-kickoff.toml";
    let text = std::fs::read_to_string(place.path().join(file)).unwrap();
    place.write(file, &text.replace("offset = \"-90d\"", "offset = \"-120d\"").replace("anchor - 75d", "anchor - 85d"));
    let plan = place.plan();
    let lines = place.objects("run --from 2026-10-20 --until 2026-10-27");
    let happened = |kinds: &[&str]| {
        let done = lines.iter().filter(|line| line["result"] == "done" && line["reason"] != "holdout");
        done.filter(|line| kinds.iter().any(|kind| line["kind"] == *kind)).cloned().collect::<Vec<_>>()
    };
    let goes_out = ["email", "slack", "teams", "webhook", "task"];
    let sent = happened(&["step", "escalate"]);
    let sent = sent.iter().filter(|line| goes_out.iter().any(|action| line["action"] == *action)).count();
    let entered = happened(&["enroll"]).len();
    assert!(entered > 1 && sent > 3, "{entered} entered, {sent} sent");
    assert_eq!((&plan["enrolled"]["after"], &plan["sends"]["after"]["total"]), (&json!(entered), &json!(sent)));
}

/// The plan with the versions that the edit has here.
fn with_versions(place: &Place, text: &str) -> String {
    let plan = place.plan();
    let version = |key: &str| plan["playbooks"][0][key].as_str().unwrap()[..8].to_owned();
    text.replace("BEFORE!", &version("before")).replace("AFTER!", &version("after"))
}

const ACCOUNTS_PLAN: &str = r#"Against the book in force; from 2026-03-04T00:00:00Z on, 7 days ahead.

~ welcome  version BEFORE! → AFTER!
    enroll.when: account.arr >= 5000 → account.arr >= 500
    step call: due: 2bd → 3bd
  + 1 account enrolls now
      birch  (account.arr >= 500: 900)
  = 1 account stays on its version
      acme  (it is at hello, and moves when that is over)
  sends in 7 days: 1 task (was 0)

Sends that there were not before:
  2026-03-04 09:00  birch  welcome  task  call  -> dana

SENDS  BEFORE  AFTER  MORE  LESS
tasks  0       1      1     0

SEGMENT  ENROLL  SENDS BEFORE  SENDS AFTER  MAILS BEFORE  MAILS AFTER
small    1       0             1            0             0

! welcome: hello has nobody to go to for 1 account: birch

Plan: 1 enroll, 0 exit, 0 move, 1 sends.
"#;

const MARKDOWN: &str = r#"### Plan: 1 enroll, 0 exit, 0 move, 1 sends.

Against the book in force; from 2026-03-04T00:00:00Z on, 7 days ahead.

> ⚠️ welcome: hello has nobody to go to for 1 account: birch

**welcome** changed

- enroll.when: account.arr >= 5000 → account.arr >= 500

| playbook | enroll | exit | move | begin anew | stay | sends |
| --- | --- | --- | --- | --- | --- | --- |
| welcome | 1 | 0 | 0 | 0 | 1 | 1 task (was 0) |

| sends | before | after | more | less |
| --- | --- | --- | --- | --- |
| tasks | 0 | 1 | 1 | 0 |

| segment | enroll | sends before | sends after | mails before | mails after |
| --- | --- | --- | --- | --- | --- |
| small | 1 | 0 | 1 | 0 | 0 |

<details><summary>Accounts (2)</summary>

| account | playbook | what | why |
| --- | --- | --- | --- |
| birch | welcome | enroll | account.arr >= 500: 900 |
| acme | welcome | stay | it is at hello, and moves when that is over |

</details>

<details><summary>Sends that there were not before (1)</summary>

| when | account | playbook | step | what | to |
| --- | --- | --- | --- | --- | --- |
| 2026-03-04 09:00 | birch | welcome | call | task | dana |

</details>
"#;

const NUDGE: &str = r#"
id = "nudge"
owner = "morgan"
status = "live"
timezone = "UTC"
send_window = "always"
trigger = { kind = "schedule", cron = "0 9 * * MON-FRI" }
enroll = { when = 'account.status == "active" && contacts.count > 0' }

[[step]]
id = "nudge"
after = "enrolled + 1h"
action = "email"
to = "contact:champion"
template = "hello"
"#;

#[test]
fn two_mails_on_a_day_and_a_limit_are_told_before_anything_goes_live() {
    let place = Place::played();
    place.write("playbooks/nudge.toml", NUDGE);
    place.write("playbooks/again.toml", &NUDGE.replace("nudge", "again"));
    place.write("playbooks/policy.toml", "[breaker]\nmin_enrollments = 1\nmax_share = 0.1\n");
    let plan = place.changes("plan");
    assert!(plan.contains("! acme-1 of acme gets 2 mails within a day, on 2026-03-04 (again, nudge)"), "{plan}");
    assert!(plan.contains("+ again  new") && plan.contains("~ policy.toml"), "{plan}");
    place.edit_welcome(&[(">= 5000", ">= 500")]);
    let plan = place.changes("plan");
    assert!(
        plan.contains("would enroll 1 accounts in `welcome` and send 0 mails at once, and [breaker] max_share"),
        "{plan}"
    );
}

#[test]
fn a_plan_may_be_laid_beside_a_folder_or_a_git_revision() {
    let place = Place::played();
    place.git("init -q");
    place.git("add playbooks");
    place.git("commit -q -m first");
    place.edit_welcome(&[(">= 5000", ">= 500")]);
    place.done("run --from 2026-03-04 --until 2026-03-05");
    assert!(place.done("plan").ends_with("0 sends.\n"), "it is in force");
    let plan = place.changes("plan --against HEAD");
    assert!(plan.starts_with("Against `HEAD`; from 2026-03-05T00:00:00Z on, 7 days ahead.\n"), "{plan}");
    assert!(plan.contains("enroll.when: account.arr >= 5000 → account.arr >= 500\n"), "{plan}");
    std::fs::create_dir(place.path().join("other")).unwrap();
    let unknown = place.wrong("plan --against no-such");
    assert!(unknown.contains("neither a folder nor a revision of the book's repository"), "{unknown}");
    assert!(place.wrong("plan --against other").contains("there is no file of a book in other"));
    let elsewhere = Place::new();
    assert!(elsewhere.wrong("plan --against HEAD").contains("playbooks is in no git repository"));
}
