//! `backtest`: three accounts leave, two of them had been seen coming.

use super::{Place, keys};

const RED: &str = "[condition.red]\nwhen = 'health.score < 50'\n";

const SAVE: &str = r#"
schema_version = 1
id = "save"
title = "Save"
owner = "morgan"
status = "live"
timezone = "UTC"

[trigger]
kind = "condition"

[enroll]
when = 'account.status == "active" && red()'
for = "2d"

[[exit]]
id = "churned"
when = 'account.status == "churned"'

[[step]]
id = "call"
after = "enrolled"
action = "task"
assignee = "account.owner"
title = "Call {{ account.name }}"

[[step]]
id = "write"
after = "enrolled"
action = "email"
to = "contact:champion"
template = "hello"

[[step]]
id = "again"
after = "call + 30d"
action = "task"
assignee = "account.owner"
title = "Call {{ account.name }} again"
"#;

const ACCOUNTS: &str = "\
as_of,id,name,status,owner,timezone,seats
2026-01-05,acme,Acme Harbour,active,dana,UTC,80
2026-01-05,birch,Birch Mills,active,dana,UTC,80
2026-01-05,cedar,Cedar Labs,active,dana,UTC,70
2026-01-05,dover,Dover Lines,active,dana,UTC,60
2026-02-02,acme,Acme Harbour,active,dana,UTC,30
2026-02-10,birch,Birch Mills,active,dana,UTC,45
2026-02-16,elm,Elm Works,active,dana,UTC,90
2026-03-01,cedar,Cedar Labs,churned,dana,UTC,70
2026-03-02,dover,Dover Lines,active,dana,UTC,35
2026-03-16,acme,Acme Harbour,churned,dana,UTC,30
2026-03-20,dover,Dover Lines,churned,dana,UTC,35
";

const CONTACTS: &str = "id,account,email,name,personas\nacme-1,acme,pat@acme.example,Pat Moreau,champion\n";

/// A book with a playbook for accounts in the red, and a folder of data in which three accounts leave.
fn place() -> Place {
    let place = Place::new();
    place.write("playbooks/conditions.toml", RED);
    place.write("playbooks/save.toml", SAVE);
    std::fs::create_dir(place.path().join("data")).unwrap();
    place.write("data/accounts.csv", ACCOUNTS);
    place.write("data/contacts.csv", CONTACTS);
    place
}

const REPORT: &str = "\
5 accounts from 2026-01-05 to 2026-03-20, all that is recorded:

save
  entered                        3
    accounts                     3
    most in a day                1 on 2026-02-04
    waiting for a yes            0
  mails                          1
    most to a contact in a week  1
    median of contacts           1
  tasks                          5
  escalations                    0
  churned accounts               3
    caught                       2
      still in it then           1
      days before, median        28
    missed                       1
  entered and stayed             1
  precision                      67 %
  recall                         67 %

Entries per week      ····██··█··
Days before the churn
    0-7     0
   8-14     0
  15-30     1  ██████████████████████████████
  31-60     1  ██████████████████████████████
  61-90     0
    91+     0
Missed: cedar (2026-03-01)

ACCOUNT  ENTERED     CHURNED     DAYS BEFORE
acme     2026-02-04  2026-03-16  40           caught
birch    2026-02-12  –           –            stayed
cedar    –           2026-03-01  –            missed
dover    2026-03-04  2026-03-20  16           caught

What this history cannot tell:
- Without `as_of`, and so taken to have been like that all along: 1 contact.
- Played from 2026-01-05; 1 of 5 accounts came in later, each on its own day.
- One value for each account, so what it was before is not known: contacts.
- Nobody answers here: no replies, no approvals, tasks stay open and ladders run on. What people did at the time, \
for whatever reason, is in the data.
";

#[test]
fn it_tells_who_entered_what_went_out_and_who_of_those_that_left_was_caught() {
    assert_eq!(place().done("backtest save --data data --accounts"), REPORT);
}

#[test]
fn without_a_name_every_live_playbook_has_a_row() {
    let said = place().done("backtest --data data");
    let table = "\
PLAYBOOK  ENTERED  ACCOUNTS  PEAK  ON          MAILS  TASKS  ESCALATED  CAUGHT  MISSED  PRECISION  RECALL  DAYS BEFORE
save      3        3         1     2026-02-04  1      5      0          2       1       67 %       67 %    28
welcome   0        0         –     –           0      0      0          0       3       –          0 %     –
";
    assert!(said.contains(table), "{said}");
    assert!(said.contains("never recorded, so unknown throughout: account.arr.\n"), "{said}");
}

const AGAINST: &str = "\
5 accounts from 2026-01-05 to 2026-03-20, all that is recorded:

save, against old
                                 AGAINST          THIS BOOK        DIFFERENCE
  entered                        3                2                -1
    accounts                     3                2                -1
    most in a day                1 on 2026-02-04  1 on 2026-02-20
    waiting for a yes            0                0
  mails                          1                1
    most to a contact in a week  1                1
    median of contacts           1                1
  tasks                          5                2                -3
  escalations                    0                0
  churned accounts               3                3
    caught                       2                1                -1
      still in it then           1                1
      days before, median        28               24               -4
    missed                       1                2                +1
  entered and stayed             1                1
  precision                      67 %             50 %             -17 points
  recall                         67 %             33 %             -34 points

Entries per week      ······██···
Days before the churn
    0-7     0
   8-14     0
  15-30     1  ██████████████████████████████
  31-60     0
  61-90     0
    91+     0
Newly missed, caught by old: dover (2026-03-20)
  playcaller explain dover save --now 2026-03-04T00:00:00Z

What this history cannot tell:
- Played from 2026-01-05; 1 of 5 accounts came in later, each on its own day.
- One value for each account, so what it was before is not known: contacts.
- Nobody answers here: no replies, no approvals, tasks stay open and ladders run on. What people did at the time, \
for whatever reason, is in the data.
";

/// The data in the database, and the book as it was in `old` while the new one waits for eighteen days.
fn changed() -> Place {
    let place = place();
    place.done("import accounts data/accounts.csv --now 2026-03-20");
    place.done("import contacts data/contacts.csv --as-of 2026-01-05 --now 2026-03-20");
    std::fs::create_dir(place.path().join("old")).unwrap();
    for file in std::fs::read_dir(place.path().join("playbooks")).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), place.path().join("old").join(file.file_name())).unwrap();
    }
    place.write("playbooks/save.toml", &SAVE.replace("2d", "18d"));
    place
}

#[test]
fn against_another_version_it_names_who_would_be_missed_now() {
    let place = changed();
    assert_eq!(place.done("backtest save --against old"), AGAINST);
    let object = place.object("backtest save --against old");
    assert_eq!(object["playbooks"][0]["newly_missed"][0]["account"], "dover");
    assert_eq!(object["playbooks"][0]["newly_caught"], serde_json::json!([]));
    let all = place.done("backtest --against old");
    assert!(all.contains("\nThe same in both: welcome.\n"), "{all}");
}

const SWEEP: &str = "\
5 accounts from 2026-01-05 to 2026-03-20, all that is recorded:

save with enroll.health in place of `health.score < 50` (conditions.toml:2, for every playbook that asks it):
VALUE  ENTERED  PEAK  MAILS  CAUGHT  MISSED  PRECISION  RECALL  DAYS BEFORE
30     0        0     0      0       3       –          0 %     –
40     2        1     1      2       1       100 %      67 %    28           ████████████████████
50 *   3        1     1      2       1       67 %       67 %    28           ████████████████████

entered    ·▆█
precision  ·█▆
recall     ·██
* as the book is; the bars draw recall
";

#[test]
fn a_threshold_is_swept_and_the_book_s_own_value_is_marked() {
    let place = place();
    let said = place.done("backtest save --data data --sweep enroll.health=30..50:10");
    assert!(said.starts_with(SWEEP), "{said}");
    let object = place.object("backtest save --data data --sweep enroll.health=30..45:10");
    assert_eq!(keys(&object), ["from", "until", "limits", "sweep", "rows"]);
    let rows = object["rows"].as_array().unwrap();
    let seen: Vec<_> = rows.iter().map(|row| (row["value"].as_f64().unwrap(), row["is_current"] == true)).collect();
    assert_eq!(seen, [(30.0, false), (40.0, false), (50.0, true)]);
    let spans = place.object("backtest save --data data --sweep enroll.for=0d..9d:3d");
    assert_eq!(spans["rows"][1]["value"], "2d");
    assert_eq!(spans["rows"][1]["is_current"], true);
}

#[test]
fn a_sweep_of_nothing_says_what_there_is() {
    let place = place();
    let said = place.wrong("backtest save --data data --sweep enroll.account.arr=1..2:1");
    assert_eq!(
        said,
        "error: the entry of save compares `account.arr` with no number\n\
         help: there are: enroll.health (health.score < 50, conditions.toml:2), enroll.for (for = \"2d\")\n"
    );
    assert_eq!(place.call("backtest --data data --sweep enroll.health=1..2:1").code, 64);
    assert_eq!(place.call("backtest save --data data --sweep enroll.health=2..1").code, 64);
}

#[test]
fn programs_read_one_object_or_the_lines_of_the_timeline() {
    let place = place();
    let object = place.object("backtest save --data data");
    assert_eq!(keys(&object), ["from", "until", "limits", "accounts", "against", "playbooks"]);
    let figures = &object["playbooks"][0];
    assert_eq!(figures["churn"]["recall"], serde_json::json!(2.0 / 3.0));
    assert_eq!(figures["missed_accounts"][0]["churned"], "2026-03-01T00:00:00Z");
    let lines = place.objects("backtest save --data data --timeline");
    let expected =
        ["at", "local", "account", "playbook", "version", "kind", "step", "action", "to", "result", "reason", "detail"];
    assert!(lines.iter().all(|line| keys(line) == expected));
    assert_eq!((&lines[0]["account"], &lines[0]["at"]), (&"acme".into(), &"2026-02-04T00:00:00Z".into()));
}

#[test]
fn a_draft_plays_as_if_it_were_live_and_a_stretch_can_be_chosen() {
    let place = place();
    place.write("playbooks/save.toml", &SAVE.replace("\"live\"", "\"draft\""));
    let said = place.done("backtest save --data data --from 2026-02-05 --until 2026-03-10");
    assert!(said.contains("from 2026-02-05 to 2026-03-10:"), "{said}");
    assert!(said.contains("\nsave is draft: played as if it were live.\n"), "{said}");
    let object = place.object("backtest save --data data --from 2026-02-05 --until 2026-03-10");
    let churn = &object["playbooks"][0]["churn"];
    assert_eq!((&churn["churned"], &churn["caught"]), (&1.into(), &0.into()));
    assert_eq!(place.call("backtest save --data data --from 2026-03-10 --until 2026-03-01").code, 64);
}

#[test]
fn rows_that_were_refused_are_told_and_the_others_play() {
    let place = place();
    place.write("data/accounts.csv", &ACCOUNTS.replace("Elm Works,active", "Elm Works,asleep"));
    let said = place.done("backtest save --data data");
    assert!(said.starts_with("4 accounts from"), "{said}");
    assert!(said.contains("- Refused: 1 of 11 rows of accounts.csv, the first in line 8: status:"), "{said}");
}
