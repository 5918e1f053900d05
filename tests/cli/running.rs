//! Import, tests, virtual time, and how calls end.

use playcaller::store::Store;

use super::{Place, keys};
use crate::support::databases::number;

#[test]
fn import_reports_what_landed_and_names_each_refused_row() {
    let place = Place::new();
    place.write("accounts.csv", "id,arr\nacme,48000\nbirch,much\n");
    let ended = place.call("import accounts accounts.csv");
    assert_eq!(ended.code, 1);
    assert!(ended.out.starts_with("accounts: 2 read, 1 new, 0 updated, 0 unchanged, 1 refused\n"), "{}", ended.out);
    assert!(ended.out.contains("accounts.csv:3: arr: `much` is not a number"), "{}", ended.out);
    place.write("accounts.csv", "id,arr\nacme,48000\n");
    let again = place.object("import accounts accounts.csv");
    assert_eq!(keys(&again), ["read", "inserted", "updated", "unchanged", "refused"]);
    assert_eq!((&again["unchanged"], &again["updated"]), (&1.into(), &0.into()));
    assert!(place.wrong("import accounts nowhere.csv").contains("there is no file nowhere.csv"));
}

#[test]
fn a_map_renames_columns_and_a_wrong_map_is_shown_with_its_place() {
    let place = Place::new();
    place.write("crm.csv", "Customer,Value\nacme,48000\n");
    place.write("crm.map.toml", "[columns]\n\"Customer\" = \"id\"\n\"Value\" = \"arr\"\n");
    assert_eq!(place.object("import accounts crm.csv --map crm.map.toml")["inserted"], 1);
    place.write("crm.map.toml", "[column]\n\"Customer\" = \"id\"\n");
    let said = place.wrong("import accounts crm.csv --map crm.map.toml");
    assert!(said.contains("the map crm.map.toml is wrong") && said.contains("columns"), "{said}");
}

#[test]
fn tests_of_the_book_pass_and_fail_with_the_timeline_marked() {
    let place = Place::new();
    assert_eq!(place.done("test"), "ok    welcome: the owner calls and approves\n\n1 passed, 0 failed\n");
    let tests = super::BOOK[6].1;
    place.write("playbooks/welcome.test.toml", &tests.replace("call   -> dana", "call   -> morgan"));
    let ended = place.call("test");
    assert_eq!(ended.code, 1);
    assert!(ended.out.contains("FAIL  welcome: the owner calls and approves"), "{}", ended.out);
    assert!(ended.out.contains("- 2026-03-02 10:00  task     call   -> morgan"), "{}", ended.out);
    assert!(ended.out.contains("+ 2026-03-02 10:00  task  call  -> dana"), "{}", ended.out);
    let object: serde_json::Value = serde_json::from_str(place.call("test --format json").out.trim()).unwrap();
    assert_eq!(keys(&object), ["file", "playbook", "name", "passed", "missing", "unexpected", "line", "diff"]);
}

#[test]
fn a_run_of_tests_that_ran_none_fails() {
    let place = Place::new();
    assert!(place.wrong("test --filter nothing").contains("none is called `nothing`"));
    assert!(place.wrong("test playbooks/renewal").contains("playbooks/renewal"));
    place.done("test playbooks/welcome.toml");
    place.write("playbooks/welcome.test.toml", "playbook = \"welcome\"\n[given.account]\nid = \"acme\"\n");
    assert_eq!(place.call("test").code, 1);
}

#[test]
fn a_stretch_of_virtual_time_prints_its_timeline_and_only_moves_forward() {
    let place = Place::with_accounts();
    let lines = place.objects("run --from 2026-03-02 --until 2026-03-04");
    let expected =
        ["at", "local", "account", "playbook", "version", "kind", "step", "action", "to", "result", "reason", "detail"];
    assert_eq!(keys(&lines[0]), expected);
    let kinds: Vec<&str> = lines.iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["enroll", "step", "step"]);
    assert!(place.wrong("run --from 2026-03-03 --until 2026-03-05").contains("only moves forward"));
    assert!(place.wrong("run --once --now 2026-03-03").contains("only moves forward"));
}

#[test]
fn the_wall_clock_refuses_a_virtual_database_and_a_virtual_clock_a_live_one() {
    let place = Place::played();
    for line in ["run", "run --once"] {
        let said = place.wrong(line);
        assert!(said.contains("lives by a virtual clock") && said.contains("--database"), "{said}");
    }
    place.done("run --once --database sqlite:live.db");
    let said = place.wrong("run --from 2027-01-01 --until 2027-01-02 --database sqlite:live.db");
    assert!(said.contains("runs on the wall clock"), "{said}");
}

#[tokio::test]
async fn the_text_of_each_version_that_went_live_is_kept_once() {
    let place = Place::played();
    place.done("run --once --now 2026-03-05");
    let url = format!("sqlite:{}", place.path().join("playcaller.db").display());
    let store = Store::open(&url).await.unwrap();
    assert_eq!(number(&store, "select count(*) from playbook_version where body like 'schema_version%'").await, 1);
}

#[test]
fn once_does_what_is_due_and_reports_it() {
    let place = Place::with_accounts();
    let report = place.object("run --once --now 2026-03-02T15:00:00Z");
    let expected = ["as_of", "enrolled", "advanced", "sent", "held", "failed", "uncertain", "tasks", "next_wake"];
    assert_eq!(keys(&report), expected);
    assert_eq!((&report["enrolled"], &report["tasks"], &report["held"]), (&1.into(), &1.into(), &1.into()));
}

#[test]
fn a_command_that_fails_leaves_the_databases_clock_as_it_is() {
    let place = Place::new();
    place.write("accounts.csv", "id,arrr\nacme,48000\n");
    place.wrong("migrate --database sqlite:none/such.db");
    assert_eq!(place.call("import accounts accounts.csv --now 2027-01-01").code, 1);
    place.wrong("import accounts accounts.xlsx --now 2027-01-01");
    place.write("playbooks/welcome.toml", "id = \"welcome\"\n");
    place.wrong("run --once --now 2027-01-01");
    place.write("playbooks/welcome.toml", super::BOOK[5].1);
    place.done("run --once");
}

#[test]
fn simulate_looks_ahead_and_changes_nothing() {
    let place = Place::with_accounts();
    let shown = place.done("simulate acme --until 2026-03-05");
    assert!(shown.starts_with("acme in welcome\n  2026-03-01 19:00  enroll\n"), "{shown}");
    assert!(place.objects("enrollments").is_empty());
    assert_eq!(place.call("simulate --until 2026-03-01").code, 64);
}

#[test]
fn bad_usage_ends_with_64_and_a_closed_pipe_is_no_failure() {
    let place = Place::with_accounts();
    for line in ["", "dance", "explain acme", "run --from 2026-03-02", "run --send", "accounts --now yesterday"] {
        assert_eq!(place.call(line).code, 64, "{line}");
    }
    let mut reading = std::process::Command::new(env!("CARGO_BIN_EXE_playcaller"));
    let reading = reading.arg("accounts").current_dir(place.path()).stdout(std::process::Stdio::piped());
    let mut child = reading.spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(place.call("--help").code, 0);
    assert_eq!(place.call("--version").out, format!("playcaller {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_wrong_deployment_file_is_shown_with_its_place_and_a_missing_secret_with_its_key() {
    let place = Place::new();
    place.write("playcaller.toml", "[smpt]\nurl = \"smtp://127.0.0.1\"\n");
    let said = place.wrong("accounts");
    assert!(said.contains("playcaller.toml is wrong") && said.contains("smtp"), "{said}");
    let text = "[smtp]\nurl = \"smtp://127.0.0.1\"\nusername = \"cs\"\npassword = { env = \"PLAYCALLER_NOT_SET\" }\n";
    place.write("playcaller.toml", text);
    assert!(place.wrong("run --once").contains("`smtp.password`"));
    place.done("accounts");
}

#[test]
fn migrate_makes_the_database_and_an_unknown_kind_of_one_is_refused() {
    let place = Place::new();
    assert_eq!(place.done("migrate --database sqlite:new.db"), "the database is up to date\n");
    assert!(place.path().join("new.db").exists());
    let unknown = place.call("migrate --database mysql://db.us.example/cs");
    assert!(unknown.code == 64 && unknown.err.contains("postgres://"), "{}", unknown.err);
    assert!(place.wrong("migrate --database sqlite:data/new.db").contains("there is no folder data"));
}

const ROWS: &str = r#"
[[test]]
name = "only who pays enough"
start = 2026-03-02T10:00:00
until = 2026-03-04
cases = [
  { arr = 900, reason = "condition_false" },
  { status = "paused", reason = "condition_false", expect_count = { task = 0 } },
  { seats = 200, reason = "goal_reached" },
  { arr = 5000, reason = "enrolled", expect_count = { task = 1, email = 0 } },
]
"#;

#[test]
fn a_test_with_cases_is_played_once_for_each_row() {
    let place = Place::new();
    let text = include_str!("book/welcome.test.toml");
    place.write("playbooks/welcome.test.toml", &format!("{text}{ROWS}"));
    assert!(place.done("test").ends_with("5 passed, 0 failed\n"));
    let wrong = ROWS.replace("arr = 900", "arr = 5001").replace("email = 0", "email = 1");
    place.write("playbooks/welcome.test.toml", &format!("{text}{wrong}"));
    let ended = place.call("test --format json");
    let failed: Vec<serde_json::Value> = ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((ended.code, failed.len()), (1, 5));
    assert_eq!(failed[1]["name"], "only who pays enough [arr = 5001]");
    assert_eq!(failed[1]["missing"], serde_json::json!(["reason=condition_false"]));
    assert_eq!(failed[1]["unexpected"], serde_json::json!(["reason=enrolled"]));
    assert_eq!(failed[4]["missing"], serde_json::json!(["email × 1"]));
    assert_eq!(failed[4]["unexpected"], serde_json::json!(["email × 0"]));
}

#[test]
fn accept_writes_what_happened_into_the_tests_that_failed_and_they_pass_then() {
    let place = Place::new();
    let text = format!("{}{ROWS}", include_str!("book/welcome.test.toml"));
    let wrong = text
        .replace("  \"2026-03-02 10:00  task     call   -> dana\",\n", "  # the call\n")
        .replace("11:00  email    hello", "12:00  email    hello")
        .replace("arr = 900", "arr = 5001");
    place.write("playbooks/welcome.test.toml", &wrong);
    let said = place.done("test --accept");
    assert!(said.contains("welcome.test.toml: 2 tests rewritten"), "{said}");
    let written = std::fs::read_to_string(place.path().join("playbooks/welcome.test.toml")).unwrap();
    let expected = text
        .replace(
            "  \"2026-03-02 10:00  task     call   -> dana\",\n",
            "  \"2026-03-02 10:00  task  call  -> dana\",\n  # the call\n",
        )
        .replace("  email    hello  -> pat", "  email  hello  -> pat")
        .replace("{ arr = 900, reason = \"condition_false\" }", "{ arr = 5001, reason = \"enrolled\" }");
    assert_eq!(written, expected);
    assert!(place.done("test").ends_with("5 passed, 0 failed\n"));
}

#[test]
fn coverage_names_what_no_test_has_seen_and_fails_below_the_share_asked_for() {
    let place = Place::new();
    let said = place.done("test --coverage");
    let expected = "
welcome  steps 2/3  exits 0/1  conditions 6/9
  not seen: step `note` never happened
  not seen: exit `goal` never happened
  not seen: welcome.toml:14  `account.arr >= 5000` was never false
  not seen: welcome.toml:14  `account.status == \"active\"` was never false
  not seen: welcome.toml:22  `account.seats >= 100` was never true
shared by all  conditions 0/3
  not seen: segments.toml:3  `account.arr >= 20000` was never true, was never false, never decided the answer
50 % seen
";
    assert!(said.contains(expected), "{said}");
    assert!(place.wrong("test --coverage --fail-under 90").contains("--fail-under asks for 90 %"));
    assert_eq!(place.call("test --fail-under 90").code, 64);
    let lines = place.objects("test --coverage");
    assert_eq!(lines.last().unwrap()["coverage"][0]["seen"]["steps"], serde_json::json!([2, 3]));
}

#[test]
fn test_results_are_told_to_ci_servers_and_to_github() {
    let place = Place::new();
    let text = include_str!("book/welcome.test.toml").replace("11:00  email    hello", "12:00  email    hello");
    place.write("playbooks/welcome.test.toml", &text);
    let junit = place.call("test --format junit");
    assert_eq!(junit.code, 1);
    let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<testsuites tests=\"1\" failures=\"1\">
  <testsuite name=\"welcome.test.toml\" tests=\"1\" failures=\"1\">
    <testcase name=\"the owner calls and approves\" classname=\"welcome\" file=\"welcome.test.toml\" line=\"17\">
      <failure message=\"1 missing, 1 unexpected\">";
    assert!(junit.out.starts_with(expected), "{}", junit.out);
    assert!(junit.out.contains("- 2026-03-03 12:00  email    hello  -&gt; pat@acme.example"), "{}", junit.out);
    assert!(junit.out.contains("why: 1 hour earlier: approved at 2026-03-03 11:00"), "{}", junit.out);
    let github = place.call("test --format github").out;
    let expected = "::error file=playbooks/welcome.test.toml,line=17,title=the owner calls and approves::";
    assert!(github.starts_with(expected) && github.lines().count() == 1, "{github}");
    assert_eq!(place.call("accounts --format junit").code, 64);
}
