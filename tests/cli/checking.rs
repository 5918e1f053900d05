//! `check`: its formats, what it hides, what it mends.

use serde_json::{Value, json};

use super::{Place, keys};

/// A dictionary that loses a field, a condition that reads it, one that is written as in SQL, and a misspelt key.
fn broken() -> Place {
    let place = Place::new();
    place.write("playbooks/account.toml", "[fields.seats]\ntype = \"numbers\"\n\n[metrics.logins]\n");
    let text = "[[segment]]\nid = \"large\"\nwhen = 'account.arr > 1 and account.seats > 5'\nwhat = 1\n";
    place.write("playbooks/segments.toml", text);
    place
}

#[test]
fn people_see_causes_first_and_how_much_follows_from_them() {
    let expected = "\
unknown-value

  × `numbers` is not a value of `type`
   ╭─[account.toml:2:9]
 1 │ [fields.seats]
 2 │ type = \"numbers\"
   ·         ───┬───
   ·            ╰── number
 3 │
   ╰────
  help: did you mean `number`?

wrong-operator

  × `and` is written `&&` in a condition
   ╭─[segments.toml:3:25]
 2 │ id = \"large\"
 3 │ when = 'account.arr > 1 and account.seats > 5'
   ·                         ─┬─
   ·                          ╰── &&
 4 │ what = 1
   ╰────
  help: write `&&`

unknown-key

  × `what` is not a key of the segment `large`
   ╭─[segments.toml:4:1]
 3 │ when = 'account.arr > 1 and account.seats > 5'
 4 │ what = 1
   · ────
   ╰────
  help: keys that may still be added here: touch, qbr_every, csm_ratio

0 playbooks, 0 test files: 3 errors, 0 warnings
4 more follow from these; `check --all` shows them
`check --fix` can mend 2 of these
";
    let place = broken();
    let ended = place.call("check");
    assert_eq!((ended.out.as_str(), ended.code), (expected, 1));
    let all = place.call("check --all").out;
    assert!(all.contains("there is no account field `seats`") && !all.contains("more follow"), "{all}");
}

#[test]
fn programs_get_every_mistake_causes_first() {
    let ended = broken().call("check --format json");
    let lines: Vec<Value> = ended.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!((lines.len(), ended.code), (7, 1), "{}", ended.out);
    let expected =
        ["code", "severity", "file", "line", "column", "end_line", "end_column", "message", "help", "suggestion"];
    assert!(lines.iter().all(|line| keys(line) == expected));
    assert_eq!((&lines[0]["file"], &lines[0]["suggestion"]), (&json!("account.toml"), &json!("number")));
}

#[test]
fn github_gets_a_command_for_each_cause() {
    let ended = broken().call("check --format github");
    let expected = "\
::error file=playbooks/account.toml,line=2,col=9,endLine=2,endColumn=16,\
title=unknown-value%3A `numbers` is not a value of `type`::\
`numbers` is not a value of `type`%0Adid you mean `number`?
::error file=playbooks/segments.toml,line=3,col=25,endLine=3,endColumn=28,\
title=wrong-operator%3A `and` is written `&&` in a condition::`and` is written `&&` in a condition%0Awrite `&&`
::error file=playbooks/segments.toml,line=4,col=1,endLine=4,endColumn=5,\
title=unknown-key%3A `what` is not a key of the segment `large`::\
`what` is not a key of the segment `large`%0Akeys that may still be added here: touch, qbr_every, csm_ratio
";
    assert_eq!((ended.out.as_str(), ended.code), (expected, 1));
}

#[test]
fn code_scanning_gets_a_sarif_log_with_the_edits() {
    let ended = broken().call("check --format sarif");
    let log: Value = serde_json::from_str(&ended.out).expect("one JSON object");
    assert_eq!((&log["version"], ended.code), (&json!("2.1.0"), 1));
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    assert_eq!(run["tool"]["driver"]["name"], "playcaller");
    let rules: Vec<&Value> =
        run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|rule| &rule["id"]).collect();
    assert!(rules.contains(&&json!("wrong-operator")), "{rules:?}");
    let artifact = json!({ "uri": "playbooks/account.toml" });
    let region = json!({ "startLine": 2, "startColumn": 9, "endLine": 2, "endColumn": 16 });
    let expected = json!({
        "ruleId": "unknown-value",
        "level": "error",
        "message": { "text": "`numbers` is not a value of `type`: did you mean `number`?" },
        "locations": [{ "physicalLocation": { "artifactLocation": artifact, "region": region } }],
        "fixes": [{
            "description": { "text": "did you mean `number`?" },
            "artifactChanges": [{
                "artifactLocation": artifact,
                "replacements": [{ "deletedRegion": region, "insertedContent": { "text": "number" } }],
            }],
        }],
    });
    assert_eq!(run["results"][0], expected);
    assert_eq!(run["results"].as_array().unwrap().len(), 7, "follow-ups too");
}

#[test]
fn formats_of_check_are_bad_usage_elsewhere() {
    let ended = Place::new().call("tasks --format sarif");
    let said = "error: this command does not print in that format\n\
                help: github and sarif are formats of `check`, github and junit of `test`\n";
    assert_eq!((ended.code, ended.err.as_str()), (64, said));
}

#[test]
fn fix_mends_what_is_safe_tells_it_and_leaves_the_rest_to_a_person() {
    let place = broken();
    let ended = place.call("check --fix");
    let expected = "\
mended account.toml
  line 2: `numbers` is not a value of `type`
mended segments.toml
  line 3: `and` is written `&&` in a condition

";
    assert!(ended.out.starts_with(expected) && ended.code == 1, "{}", ended.out);
    assert!(ended.out.ends_with("1 playbook, 1 test file: 1 error, 0 warnings\n"), "{}", ended.out);
    let read = |name: &str| std::fs::read_to_string(place.path().join("playbooks").join(name)).unwrap();
    assert_eq!(read("account.toml"), "[fields.seats]\ntype = \"number\"\n\n[metrics.logins]\n");
    assert!(read("segments.toml").contains("account.arr > 1 && account.seats > 5"));
    let again = place.call("check --fix --format json");
    assert_eq!((again.err.as_str(), again.out.lines().count()), ("nothing could be mended without asking\n\n", 1));
}

#[test]
fn fix_changes_nothing_while_a_file_cannot_be_read() {
    let place = broken();
    std::fs::write(place.path().join("playbooks/people.toml"), b"name = \"\xff\"\n").unwrap();
    let before = std::fs::read(place.path().join("playbooks/segments.toml")).unwrap();
    assert_eq!(place.call("check --fix").code, 1);
    assert_eq!(std::fs::read(place.path().join("playbooks/segments.toml")).unwrap(), before);
}

#[test]
fn an_allowed_rule_is_silent_until_its_day_is_over() {
    let place = Place::new();
    let mut text = include_str!("book/people.toml").to_owned();
    text += "away = [{ from = 2026-08-01, until = 2026-08-14, }] \
             # allow(toml-1-1) until=2026-12-31 reason=\"the sheet writes it so\"\n";
    place.write("playbooks/people.toml", &text);
    let silent = place.done("check --now 2026-12-31");
    assert!(silent.ends_with("0 errors, 0 warnings\n"), "{silent}");
    let ended = place.call("check --now 2027-01-01");
    assert!(ended.code == 1 && ended.out.contains("this allow ended on 2026-12-31"), "{}", ended.out);
    assert!(ended.out.contains("a comma before `}` is TOML 1.1"), "{}", ended.out);
}
