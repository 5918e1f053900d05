//! `test`: what a test that failed says, and how a run of none ends.

use serde_json::Value;

use super::{Place, keys};

const GIVEN: &str = "\
playbook = \"welcome\"

[given.account]
id = \"acme\"
name = \"Acme Harbour\"
status = \"active\"
owner = \"dana\"
arr = 48000
seats = 60
timezone = \"America/New_York\"

[[given.contact]]
email = \"pat@acme.example\"
name = \"Pat Moreau\"
personas = [\"champion\"]
";

/// Six lines are wrong, each in its own way.
const ALMOST: &str = "
[[test]]
name = \"almost\"
start = 2026-03-06T18:10:00
until = 2026-03-11
expect = [
  \"2026-03-06 18:10  enroll\",
  \"2026-03-06 18:10  task     call   -> dana\",
  \"2026-03-09 09:00  hold     hello  (awaiting_approval)\",
  \"2026-03-09 14:00  task     note   -> morgan\",
  \"2026-03-10 11:00  approve  hello\",
  \"2026-03-10 11:00  email    hello  -> kim@acme.example\",
  \"2026-03-10 12:00  goal     won\",
  \"2026-03-12 12:00  exit     completed\",
]
[[test.change]]
on = 2026-03-10T11:00:00
approve = \"hello\"
";

const ROWS: &str = "
[[test]]
name = \"sizes\"
start = 2026-03-02T10:00:00
until = 2026-03-04
cases = [
  { arr = 100, reason = \"enrolled\", expect_count = { task = 1 } },
  { arr = 9000, reason = \"enrolled\", expect_count = { task = 1 } },
]
";

const NOBODY_THERE: &str = "
[[test]]
name = \"nothing to approve\"
start = 2026-03-02T10:00:00
until = 2026-03-04
expect = []
[test.account]
arr = 100
[[test.change]]
on = 2026-03-03T11:00:00
approve = \"hello\"
";

fn place(tests: &str) -> Place {
    let place = Place::new();
    place.write("playbooks/welcome.test.toml", &format!("{GIVEN}{tests}"));
    place
}

#[test]
fn every_line_that_differs_says_why_in_the_order_of_time() {
    let expected = "\
FAIL  welcome: almost
      welcome.test.toml:17
      --- expected
      +++ happened
        2026-03-06 18:10  enroll
      - 2026-03-06 18:10  task     call   -> dana
      + 2026-03-09 09:00  task  call  -> dana
            why: 2 days 14 hours 50 minutes later: due 2026-03-09 09:00 (right after enrolled; 2026-03-06 18:10 is outside business-hours)
        2026-03-09 09:00  hold     hello  (awaiting_approval)
      - 2026-03-09 14:00  task     note   -> morgan
            why: not due yet (right after call.done): the task of `call` is not done
        2026-03-10 11:00  approve  hello
      - 2026-03-10 11:00  email    hello  -> kim@acme.example
      + 2026-03-10 11:00  email  hello  -> pat@acme.example
            why: to pat@acme.example instead: it goes to the champion
      - 2026-03-10 12:00  goal     won
            why: false: account.seats >= 100 [60 against 100] welcome.toml:22
      - 2026-03-12 12:00  exit     completed
            why: the test ends at 2026-03-11 00:00

0 passed, 1 failed
";
    let ended = place(ALMOST).call("test");
    assert_eq!((ended.out.as_str(), ended.code), (expected, 1));
}

#[test]
fn a_row_says_what_came_instead_of_what_it_expects_in_short() {
    let expected = "\
FAIL  welcome: sizes [arr = 100]
      welcome.test.toml:22
      --- expected
      +++ happened
      - task × 1
      + task × 0
      - reason=enrolled
      + reason=condition_false
            why: condition_false: account.arr >= 5000 [100 against 5000] welcome.toml:14
ok    welcome: sizes [arr = 9000]

1 passed, 1 failed
";
    let ended = place(ROWS).call("test");
    assert_eq!((ended.out.as_str(), ended.code), (expected, 1));
}

#[test]
fn a_test_that_cannot_be_played_on_says_why() {
    let expected = "\
FAIL  welcome: nothing to approve
      welcome.test.toml:17
      at 2026-03-03T11:00:00 nothing waits for an approval of `hello`: condition_false: account.arr >= 5000 [100 against 5000] welcome.toml:14

0 passed, 1 failed
";
    let ended = place(NOBODY_THERE).call("test");
    assert_eq!((ended.out.as_str(), ended.code), (expected, 1));
}

#[test]
fn programs_get_the_reasons_too() {
    let place = place(ALMOST);
    let ended = place.call("test --format json");
    let object: Value = serde_json::from_str(&ended.out).expect("one object");
    assert_eq!(keys(&object), ["file", "playbook", "name", "passed", "missing", "unexpected", "line", "diff"]);
    assert_eq!((&object["passed"], &object["missing"][4]), (&false.into(), &"2026-03-12 12:00 exit completed".into()));
    let last = object["diff"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["mark"], &last["why"]), (&"-".into(), &"the test ends at 2026-03-11 00:00".into()));
    let junit = place.call("test --format junit").out;
    assert!(junit.contains("false: account.seats &gt;= 100 [60 against 100] welcome.toml:22"), "{junit}");
    let github = place.call("test --format github").out;
    assert!(github.starts_with("::error file=playbooks/welcome.test.toml,line=17,title=almost::"), "{github}");
    assert!(github.contains("why: the test ends at 2026-03-11 00:00"), "{github}");
}

#[test]
fn what_happened_is_accepted_and_passes() {
    let place = place(ALMOST);
    place.done("test --accept");
    assert!(place.done("test").ends_with("\n1 passed, 0 failed\n"));
}

#[test]
fn a_run_of_no_test_fails() {
    let place = place(ROWS);
    assert!(place.wrong("test --filter nobody").contains("no test ran: none is called `nobody`"));
    place.write("playbooks/empty.test.toml", "playbook = \"welcome\"\n");
    assert!(place.wrong("test").contains("empty.test.toml"));
    place.write(
        "playbooks/empty.test.toml",
        "playbook = \"welcome\"\n[[test]]\nname = \"a\"\nstart = 2026-03-02\ncases = []\n",
    );
    assert!(place.wrong("test").contains("empty.test.toml has no tests"));
}
