use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::book::cases::{DeliveryAnswer, What};
use crate::book::compile::fixture;
use crate::book::diagnostic::Diagnostic;
use crate::condition::Value;

const PLAYBOOK: &str = r#"id = "renewal-kickoff"
owner = "dana"
[trigger]
kind = "manual"
[[step]]
id = "review"
after = "enrolled"
action = "task"
assignee = "account.owner"
title = "Review"
"#;

const TEST: &str = r#"playbook = "renewal-kickoff"
[given.account]
id = "acme"
status = "active"
segment = "enterprise"
arr = 48000
renewal_date = 2026-06-15
health = { score = 42, usage = 30 }
[[given.contact]]
email = "pat@acme.example"
personas = ["champion"]
[[given.metric]]
metric = "logins"
until = 2026-02-28
days = 3
value = 5
[[test]]
name = "reviewed"
start = 2026-03-01
until = 2026-04-01T12:00:00
expect_only = ["enroll", "task"]
expect = [
  "2026-03-02 09:00  enroll",
  "2026-03-02 09:00  task   review   -> dana  (late_skipped)",
]
[test.account]
arr = 9000
[[test.contact]]
email = "pat@acme.example"
status = "left"
[[test.change]]
on = 2026-03-05
set = { renewal_status = "won", segment = "smb" }
[[test.change]]
on = 2026-03-03T10:00:00
complete = "review"
deliver = "bounce"
[[test.change]]
on = 2026-03-06
event = "nps_response"
score = 3
contact = "pat@acme.example"
[[test.change]]
on = 2026-03-07
contact = { email = "pat@acme.example", status = "active" }
"#;

fn compiled(text: &str) -> (Option<TestFile>, Vec<Diagnostic>) {
    let (playbook, wrong) = fixture::playbook(PLAYBOOK);
    let playbook = playbook.unwrap_or_else(|| panic!("{wrong:#?}"));
    let playbooks = BTreeMap::from([(playbook.id.clone(), Arc::new(playbook))]);
    let diagnostics = Diagnostics::default();
    let file = SourceFile::new("renewal/renewal-kickoff.test.toml", text.to_owned());
    let tests = compile(&file, &fixture::registry(), &playbooks, &diagnostics);
    (tests, diagnostics.sorted())
}

#[test]
fn given_and_own_values_are_merged_and_computed_ones_pinned() {
    let (file, diagnostics) = compiled(TEST);
    let file = file.unwrap_or_else(|| panic!("{diagnostics:#?}"));
    let [case] = &file.cases[..] else { panic!("one test") };
    let account = &case.given.account;
    assert_eq!((&*account.id, case.line), ("acme", 17));
    assert_eq!(account.fields["arr"], Value::Number(9000.0));
    assert_eq!(account.pinned["segment"], Value::text("enterprise"));
    assert_eq!(
        (&account.pinned["health"], &account.pinned["health.usage"]),
        (&Value::Number(42.0), &Value::Number(30.0))
    );
    let [contact] = &case.given.contacts[..] else { panic!("one contact") };
    assert_eq!((&*contact.id, &contact.fields["status"]), ("c1", &Value::text("left")));
    assert_eq!(case.given.metrics[0].values, [5.0, 5.0, 5.0]);
    assert_eq!(case.expect.as_ref().unwrap()[1], "2026-03-02 09:00  task   review   -> dana  (late_skipped)");
}

#[test]
fn changes_come_in_the_order_of_their_instants() {
    let (file, _) = compiled(TEST);
    let changes = &file.unwrap().cases[0].changes;
    assert!(matches!(&changes[0].what, What::Complete(step) if &**step == "review"));
    assert!(matches!(changes[1].what, What::Deliver(DeliveryAnswer::Bounce)));
    assert!(matches!(&changes[2].what, What::Set { fields, pinned } if fields.len() == 1 && pinned.len() == 1));
    let What::Event(event) = &changes[3].what else { panic!("an event") };
    assert_eq!((event.contact.as_deref(), event.at), (Some("c1"), changes[3].on));
    assert!(matches!(&changes[4].what, What::SetContact { contact, .. } if &**contact == "c1"));
}

#[test]
fn each_mistake_of_a_test_is_told_with_its_place() {
    for (from, to, code, line, fragment) in [
        ("playbook = \"renewal-kickoff\"", "playbook = \"renewal-kickof\"", "unknown-name", 1, "renewal-kickoff"),
        ("arr = 48000", "arr = \"48000\"", "wrong-type", 6, "a number"),
        ("arr = 48000", "ar = 48000", "unknown-name", 6, "`arr`"),
        ("status = \"active\"", "status = \"activ\"", "unknown-name", 4, "active"),
        ("\"champion\"", "\"champoin\"", "unknown-name", 11, "champion"),
        ("\"logins\"", "\"login\"", "unknown-name", 13, "logins"),
        ("value = 5", "", "missing-key", 12, "`values`"),
        ("start = 2026-03-01", "", "missing-key", 17, "start"),
        ("until = 2026-04-01T12:00:00", "until = 2026-02-01", "wrong-value", 20, "ends before"),
        ("on = 2026-03-07", "on = 2026-04-02", "change-after-until", 44, "after the test ends"),
        ("[\"enroll\", \"task\"]", "[\"enrol\", \"task\"]", "unknown-name", 21, "enroll"),
        ("09:00  enroll", "9:00  enroll", "bad-line", 23, "not a time"),
        ("09:00  enroll", "09:00  enrolled", "bad-line", 23, "enroll"),
        ("task   review   -> dana", "task   -> dana", "bad-line", 24, "needs the id"),
        ("task   review   -> dana", "task   reviw   -> dana", "unknown-name", 24, "review"),
        ("-> dana  (late_skipped)", "-> dana late", "bad-line", 24, "does not belong"),
        ("complete = \"review\"", "complete = \"reviw\"", "unknown-name", 36, "review"),
        ("deliver = \"bounce\"", "deliver = \"bounced\"", "unknown-value", 37, "bounce"),
        ("event = \"nps_response\"", "event = \"nps\"", "unknown-name", 40, "nps"),
        ("contact = { email = \"pat@", "contact = { email = \"kim@", "unknown-name", 45, "kim@acme.example"),
        ("set = { renewal_status = \"won\", segment = \"smb\" }", "", "missing-key", 31, "changes nothing"),
    ] {
        assert!(TEST.contains(from), "{from}");
        let (file, found) = compiled(&TEST.replacen(from, to, 1));
        assert!(file.is_none(), "{to} compiles");
        let told = found.iter().any(|found| {
            let text = format!("{} {}", found.message, found.help.as_deref().unwrap_or_default());
            (found.code, found.line) == (code, line) && text.contains(fragment)
        });
        assert!(told, "{to}\nis said to be:\n{found:#?}");
    }
}

#[test]
fn a_test_is_played_once_for_each_row_with_its_fields_and_what_it_expects() {
    let rows = "cases = [\n  { arr = 100, reason = \"condition_false\" },\n  { arr = 9000, segment = \"smb\", \
                expect_count = { task = 1 } },\n]\n";
    let text =
        format!("{}[[test]]\nname = \"sizes\"\nstart = 2026-03-01\n{rows}", TEST.split("[[test]]").next().unwrap());
    let (file, diagnostics) = compiled(&text);
    let file = file.unwrap_or_else(|| panic!("{diagnostics:#?}"));
    let [small, large] = &file.cases[..] else { panic!("two rows") };
    assert_eq!((&*small.name, &*large.name), ("sizes [arr = 100]", "sizes [arr = 9000, segment = smb]"));
    assert_eq!((&small.expect, small.outcome.reason.as_deref()), (&None, Some("condition_false")));
    assert_eq!(large.outcome.counts, BTreeMap::from([("task".into(), 1)]));
    assert_eq!(large.given.account.fields["arr"], Value::Number(9000.0));
    assert_eq!(large.given.account.pinned["segment"], Value::text("smb"));
    for (from, to, code) in [
        ("{ task = 1 }", "{ tasks = 1 }", "unknown-name"),
        ("reason = \"condition_false\"", "branch = \"rest\"", "unknown-name"),
        ("arr = 100", "ar = 100", "unknown-name"),
    ] {
        let (file, found) = compiled(&text.replacen(from, to, 1));
        assert!(file.is_none() && found.iter().any(|own| own.code == code), "{to}: {found:#?}");
    }
}
