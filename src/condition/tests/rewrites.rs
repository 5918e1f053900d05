//! Each habit of another language is answered with what to write here.

use super::*;

#[test]
fn words_for_operators_are_rewritten() {
    assert_eq!(fixed("account.arr > 1 and account.seats > 2"), "account.arr > 1 && account.seats > 2");
    assert_eq!(fixed("account.arr > 1 OR account.seats > 2"), "account.arr > 1 || account.seats > 2");
    assert_eq!(fixed("not account.sso_enabled"), "! account.sso_enabled");
    assert_eq!(fixed("account.name not in [\"a\"]"), "account.name !in [\"a\"]");
    assert_eq!(fixed("account.status is \"active\""), "account.status == \"active\"");
    assert_eq!(fixed("account.status is not \"active\""), "account.status != \"active\"");
    assert_eq!(fixed("account.sso_enabled == True"), "account.sso_enabled == true");
}

#[test]
fn quotes_of_other_kinds_are_rewritten() {
    assert_eq!(fixed("account.name == 'x'"), "account.name == \"x\"");
    assert_eq!(fixed("account.status == 'active'"), "account.status == \"active\"");
    assert_eq!(fixed("account.status == “active”"), "account.status == \"active\"");
    assert_eq!(fixed("account.status == ‘active’"), "account.status == \"active\"");
    assert_eq!(fixed("account.status == `active`"), "account.status == \"active\"");
}

#[test]
fn symbols_of_other_languages_are_rewritten() {
    for (written, right) in [
        ("=", "=="),
        ("===", "=="),
        ("<>", "!="),
        ("!==", "!="),
        ("≠", "!="),
        ("=<", "<="),
        ("≤", "<="),
        ("=>", ">="),
        ("≥", ">="),
    ] {
        assert_eq!(fixed(&format!("account.arr {written} 5")), format!("account.arr {right} 5"));
    }
    assert_eq!(fixed("account.sso_enabled & true"), "account.sso_enabled && true");
    assert_eq!(fixed("account.sso_enabled | true"), "account.sso_enabled || true");
    assert_eq!(fixed("account?.arr > 5"), "account.arr > 5");
}

#[test]
fn several_mistakes_are_told_at_once() {
    let found = problems("account.arr = 5 and account.name == 'x'");
    assert_eq!(
        found.iter().map(|problem| problem.code).collect::<Vec<_>>(),
        ["wrong-operator", "wrong-operator", "wrong-quotes"]
    );
    let found = problems("account.helth < 5 && account.status == \"activ\" && contact(\"champ\").email == \"x\"");
    let codes: Vec<_> = found.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["unknown-field", "unknown-choice", "unknown-persona"]);
}

#[test]
fn what_is_wrong_behind_a_repaired_habit_is_told_too() {
    let text = "account.helth < 5 and account.status = 'activ' or account.arr in [1";
    assert_eq!(codes(text), ["unmatched-bracket"]);
    let text = "account.helth < 5 and account.status = 'activ'";
    assert_eq!(codes(text), ["wrong-operator", "wrong-operator", "unknown-field", "unknown-choice"]);
    let found = problems(text);
    let written: Vec<&str> = found.iter().map(|problem| &text[problem.start..problem.end]).collect();
    assert_eq!(written, ["and", "=", "helth", "'activ'"]);
    assert_eq!(codes("10 =< account.arr =< 50"), ["wrong-operator", "wrong-operator", "chained-comparison"]);
}

#[test]
fn each_comparison_is_looked_at_when_the_whole_cannot_be_read() {
    let text = "account.arr 5 && account.helth < 5 && (account.seats > && true) || account.name ==";
    let found = problems(text);
    let written: Vec<(&str, &str)> = found.iter().map(|own| (own.code, &text[own.start..own.end])).collect();
    let expected =
        [("condition-syntax", "5"), ("unknown-field", "helth"), ("condition-syntax", "&&"), ("condition-syntax", "==")];
    assert_eq!(written, expected);
    assert_eq!(codes("account.arr > 5 && && account.seats > 5"), ["condition-syntax"]);
}

#[test]
fn words_of_plain_english_are_answered() {
    assert_eq!(fixed("account.status equals \"active\""), "account.status == \"active\"");
    assert_eq!(fixed("account.status IN [\"active\"]"), "account.status in [\"active\"]");
    for text in ["account.name contains \"x\"", "account.arr between 5 and 10"] {
        assert_eq!(problems(text)[0].code, "unknown-operator");
    }
    assert!(problem("account.arr is not empty").help.unwrap().contains("!is_empty(x)"));
    assert!(problem("account.arr > 10%").help.unwrap().contains("0.1"));
}

fn codes(text: &str) -> Vec<&'static str> {
    problems(text).iter().map(|problem| problem.code).collect()
}

#[test]
fn misspelt_names_get_the_nearest_one() {
    assert_eq!(fixed("account.ar > 5"), "account.arr > 5");
    assert_eq!(fixed("arr > 5"), "account.arr > 5");
    assert_eq!(fixed("acount.arr > 5"), "account.arr > 5");
    assert_eq!(fixed("health.skore > 5"), "health.score > 5");
    assert_eq!(fixed("usage.login.avg(7) > 5"), "usage.logins.avg(7) > 5");
    assert_eq!(fixed("usage.logins.avrg(7) > 5"), "usage.logins.avg(7) > 5");
    assert_eq!(fixed("events.nps_respons.count(7) > 5"), "events.nps_response.count(7) > 5");
    assert_eq!(fixed("account.status == \"Active\""), "account.status == \"active\"");
    assert_eq!(fixed("account.status in [\"active\", \"pausd\"]"), "account.status in [\"active\", \"paused\"]");
    assert_eq!(fixed("account.owner == \"dna\""), "account.owner == \"dana\"");
    assert_eq!(fixed("health.band == \"gren\""), "health.band == \"green\"");
    assert_eq!(fixed("has_contact(\"champio\")"), "has_contact(\"champion\")");
    assert_eq!(fixed("outcome(\"kick-off\") == \"done\""), "outcome(\"kickoff\") == \"done\"");
    assert_eq!(fixed("outcome(\"kickoff\") == \"donne\""), "outcome(\"kickoff\") == \"done\"");
    assert_eq!(fixed("in_playbook(\"at_risk\")"), "in_playbook(\"at-risk\")");
}

#[test]
fn texts_beside_dates_are_dates() {
    assert_eq!(code("account.renewal_date > \"15.06.2026\""), "bad-date");
    assert_eq!(code("account.renewal_date > \"2026-02-30\""), "bad-date");
    compile("account.renewal_date > \"2026-06-15\" && account.last_login < \"2026-06-15T09:00:00Z\"");
}

#[test]
fn functions_are_not_methods() {
    let problem = problem("account.name.starts_with(\"A\")");
    assert_eq!(problem.code, "method-call");
    assert!(problem.help.unwrap().contains("starts_with(account.name, \"A\")"));
}

#[test]
fn a_problem_points_at_its_characters_behind_other_scripts_and_lines() {
    let text = "account.name == \"日本語\" &&\n  account.helth > 5";
    for text in [text.to_owned(), text.replace('\n', "\r\n")] {
        let problem = problem(&text);
        assert_eq!(&text[problem.start..problem.end], "helth");
    }
}
