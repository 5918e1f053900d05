use crate::condition::tests::{compile, compile_in, registry};
use crate::condition::{Registry, Truth};

use super::*;

/// The constant parts of a condition, each with its answer.
fn constant_parts(text: &str) -> Vec<(String, bool)> {
    let expression = compile(text);
    expression.constants().into_iter().map(|part| (text[part.at].to_owned(), part.answer)).collect()
}

#[test]
fn what_contradicts_itself_is_never_true() {
    for text in [
        "account.arr > 5 && account.arr < 3",
        "account.arr == 5 && account.arr != 5",
        "account.arr in [1, 2] && account.arr > 2",
        "5 < account.arr && !(account.arr > 4)",
        "health.score > 100",
        "health.score < 0",
        "health.score > 49 && health.score < 50",
        "contacts.count < 0",
        "run.day < 1",
        "account.status == \"active\" && account.status == \"churned\"",
        "account.status == \"active\" && account.status in [\"paused\", \"churned\"]",
        "account.owner == \"dana\" && account.owner != \"dana\"",
        "account.region == \"emea\" && !(account.region == \"emea\")",
        "account.sso_enabled && !account.sso_enabled",
        "account.sso_enabled && account.sso_enabled == false",
        "has_contact(\"champion\") && !has_contact(\"champion\")",
        "days_until(account.renewal_date) > 30 && days_since(account.renewal_date) > 0",
        "days_until(account.renewal_date) > 30 && days_until(account.renewal_date) < 31",
        "within(account.renewal_date, \"30d\") && days_until(account.renewal_date) < 0",
        "account.renewal_date > \"2026-06-15\" && account.renewal_date < \"2026-06-15\"",
        "is_empty(account.arr) && account.arr > 5",
        "is_empty(account.region) && account.region == \"emea\"",
        "(account.arr > 5 || account.nps > 5) && account.arr < 1 && account.nps < 1",
    ] {
        assert_eq!(constant_parts(text), [(text.to_owned(), false)], "{text}");
    }
}

#[test]
fn what_covers_everything_is_always_true() {
    for text in [
        "account.arr > 5 || account.arr <= 5",
        "account.arr != 5 || account.arr != 6",
        "health.score >= 0",
        "account.status != \"active\" || account.status == \"active\"",
        "account.status in [\"prospect\", \"active\", \"paused\", \"churned\"]",
        "account.sso_enabled || !account.sso_enabled",
    ] {
        assert_eq!(constant_parts(text), [(text.to_owned(), true)], "{text}");
    }
}

#[test]
fn what_can_go_either_way_is_left_alone() {
    for text in [
        "account.arr > 3 && account.arr < 5",
        "account.arr > 3 && account.seats < 3",
        "account.arr > 5 || account.arr < 3",
        "account.nps > 6 && account.nps < 7",
        "health.score > 99",
        "account.status == \"active\" || account.status == \"churned\"",
        "account.region != \"emea\" && account.region != \"apac\"",
        "is_empty(account.arr) || account.arr > 5",
        "(account.arr ?? 0) > 0 && account.arr < 5",
        "days_until(account.renewal_date) > 30 && days_until(account.start_date) < 0",
        "account.renewal_date > today && account.renewal_date < \"2026-06-15\"",
        "within(account.renewal_date, \"3mo\") && days_until(account.renewal_date) > 90",
        "usage.logins.avg(7) < 0.1 * account.seats && usage.logins.avg(7) > 1",
        "half(account.arr) > 5 && half(account.arr) < 7",
        "was(account.arr, 30) > 5 && account.arr < 3",
    ] {
        assert_eq!(constant_parts(text), [], "{text}");
    }
}

#[test]
fn the_smallest_part_is_named() {
    assert_eq!(
        constant_parts("account.nps > 5 || (account.arr > 5 && account.arr < 3)"),
        [("account.arr > 5 && account.arr < 3".to_owned(), false)]
    );
    assert_eq!(constant_parts("account.nps > 5 && health.score <= 100"), [("health.score <= 100".to_owned(), true)]);
}

#[test]
fn one_choice_only_still_asks_whether_there_is_one() {
    let mut registry: Registry = registry();
    registry.bands = vec!["red".to_owned()];
    assert_eq!(compile_in(&registry, "health.band == \"red\"").unwrap().constants(), []);
}

#[test]
fn too_many_alternatives_prove_nothing() {
    let names = ["arr", "seats", "nps"];
    let sides: Vec<String> =
        (0..9).map(|n| format!("(account.{} > {n} || health.was({}) > 3)", names[n % 3], n + 1)).collect();
    let text = format!("{} && account.arr < 0", sides.join(" && "));
    assert_eq!(constant_parts(&text), []);
}

#[test]
fn one_condition_settles_another() {
    let given = |asked: &str, cases: &str| compile(asked).given(&Ranges::of(&compile(cases)));
    assert_eq!(given("account.arr > 25", "account.arr > 100"), Truth::True);
    assert_eq!(given("account.arr > 25", "account.arr > 10"), Truth::Unknown);
    assert_eq!(given("account.arr > 25", "account.arr in [1, 2]"), Truth::False);
    assert_eq!(given("account.arr > 25 || account.seats > 5", "account.arr > 100"), Truth::True);
    assert_eq!(given("account.arr > 25 && account.seats > 5", "account.arr > 100"), Truth::Unknown);
    assert_eq!(given("account.arr > 25", "account.arr > 100 || account.arr == 50"), Truth::True);
    assert_eq!(given("account.arr > 25", "is_empty(account.arr)"), Truth::Unknown);
    let churned = Ranges::word("account.status", "churned");
    assert_eq!(compile("account.status == \"churned\" || has_tag(account.tags, \"x\")").given(&churned), Truth::True);
    assert_eq!(compile("account.status in [\"active\", \"paused\"]").given(&churned), Truth::False);
}

#[test]
fn a_goal_that_begins_where_the_entry_ends_mirrors_it() {
    let mirrors = |goal: &str, entry: &str| compile(goal).mirrors(&compile(entry));
    assert!(mirrors("health.score >= 50", "account.status == \"active\" && health.score < 50"));
    assert!(mirrors("account.arr <= 5", "account.arr > 5"));
    assert!(!mirrors("health.score >= 60", "health.score < 50"));
    assert!(!mirrors("health.score >= 50 && account.arr > 5", "health.score < 50"));
    assert!(!mirrors("account.arr > 5", "health.score < 50"));
}

#[test]
fn a_case_is_told_in_words() {
    let example = |text: &str| Ranges::of(&compile(text)).example();
    assert_eq!(example("account.arr >= 25000 && account.arr < 40000").as_deref(), Some("account.arr is 25000"));
    assert_eq!(example("account.status == \"paused\"").as_deref(), Some("account.status is paused"));
    assert_eq!(example("half(account.arr) + 1 > 2"), None);
}
