//! What is not known: emptiness, stale feeds, and how an answer says why there is none.

use super::*;

#[test]
fn unknown_is_decided_only_by_what_decides() {
    let account = Account::with([("account.arr", Value::Number(5.0))]);
    for (text, expected) in [
        ("account.nps > 5 && account.arr > 9", Truth::False),
        ("account.nps > 5 && account.arr < 9", Truth::Unknown),
        ("account.nps > 5 || account.arr < 9", Truth::True),
        ("account.nps > 5 || account.arr > 9", Truth::Unknown),
        ("!(account.nps > 5)", Truth::Unknown),
        ("account.name in [\"a\"]", Truth::Unknown),
        ("account.name !in [\"a\"]", Truth::Unknown),
        ("has_tag(account.tags, \"x\")", Truth::Unknown),
        ("account.nps == account.nps", Truth::Unknown),
        ("days_until(account.renewal_date) < 90", Truth::Unknown),
        ("within(account.renewal_date, \"3d\")", Truth::Unknown),
        ("account.nps + 1 > 0", Truth::Unknown),
        ("max(account.nps, 1) > 0", Truth::Unknown),
        ("(account.nps > 5) ?? true", Truth::True),
        ("is_empty(account.nps > 5)", Truth::True),
    ] {
        assert_eq!(truth(text, &account), expected, "{text}");
    }
}

#[test]
fn a_stale_feed_is_never_replaced_by_a_default() {
    let account = Account::with([("account.nps", Value::Stale("survey".into())), ("account.arr", Value::Number(5.0))]);
    for text in [
        "account.nps < 7",
        "(account.nps ?? 0) < 7",
        "is_empty(account.nps)",
        "(account.nps < 7) ?? true",
        "account.nps + 1 < 7",
    ] {
        assert_eq!(truth(text, &account), Truth::Unknown, "{text}");
    }
    assert_eq!(truth("account.nps < 7 || account.arr == 5", &account), Truth::True);
    assert_eq!(value("account.nps < 7 && account.arr == 5", &account), Value::Stale("survey".into()));
}

#[test]
fn an_infinite_or_undefined_number_counts_as_empty() {
    let account =
        Account::with([("account.arr", Value::Number(f64::NAN)), ("account.seats", Value::Number(f64::INFINITY))]);
    assert_eq!(truth("account.arr != 1", &account), Truth::Unknown);
    assert_eq!(truth("account.seats > 1", &account), Truth::Unknown);
}

#[test]
fn a_trace_shows_the_values_and_what_was_missing() {
    let account = Account::with([("account.arr", Value::Number(48000.0))]);
    let source = Source {
        text: "account.arr >= 5000 &&\n  (account.nps < 7)".into(),
        file: "renewal.toml".into(),
        line: 12,
        column: 1,
    };
    let registry = registry();
    let condition = Expression::compile(source, &Scope::of(&registry), Expected::Truth).unwrap();
    let json = serde_json::to_value(condition.trace(&account)).unwrap();
    let child = |text: &str, truth: &str, left: serde_json::Value, right: i32, line: i32| {
        serde_json::json!({
            "text": text, "truth": truth, "children": [], "left": left, "right": right,
            "file": "renewal.toml", "line": line,
        })
    };
    let mut empty = child("account.nps < 7", "unknown", serde_json::Value::Null, 7, 13);
    empty["unknown_because"] = "account.nps is empty".into();
    let expected = serde_json::json!({
        "text": "account.arr >= 5000 &&\n  (account.nps < 7)",
        "truth": "unknown",
        "children": [child("account.arr >= 5000", "yes", 48000.into(), 5000, 12), empty],
        "left": null,
        "right": null,
        "file": "renewal.toml",
        "line": 12,
        "unknown_because": "account.nps is empty",
    });
    assert_eq!(json, expected);
}

#[test]
fn a_trace_names_the_stale_feed_the_failure_and_the_division() {
    let because = |text: &str, account: &Account| compile(text).trace(account).unknown_because.unwrap();
    let account = Account::with([
        ("account.nps", Value::Stale("survey".into())),
        ("account.arr", Value::Number(1.0)),
        ("account.seats", Value::Number(0.0)),
    ]);
    assert_eq!(because("account.nps < 7 && account.arr > 0", &account), "feed survey is stale");
    assert!(because("broken(account.arr) == 1", &account).contains("script broken"));
    assert_eq!(because("account.arr / account.seats > 1", &account), "account.arr / account.seats is empty");
    assert_eq!(because("days_until(account.renewal_date) < 3", &account), "account.renewal_date is empty");
}
