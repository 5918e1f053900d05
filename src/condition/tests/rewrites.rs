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
