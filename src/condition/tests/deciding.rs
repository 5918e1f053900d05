//! Which part of a condition settles the answer, and what is missing for a yes.

use super::*;

fn account() -> Account {
    Account::with([
        ("account.arr", Value::Number(900.0)),
        ("account.seats", Value::Number(90.0)),
        ("account.status", Value::text("paused")),
        ("account.renewal_date", Value::Date(Date::constant(2026, 6, 20))),
    ])
}

fn decided(text: &str) -> String {
    compile(text).trace(&account()).deciding().text.clone()
}

fn missing(text: &str) -> Vec<String> {
    let trace = compile(text).trace(&account());
    trace.shortfalls().into_iter().map(|own| format!("{} ({:.2})", own.text, own.distance)).collect()
}

#[test]
fn the_first_false_part_decides_an_and_and_the_first_true_part_an_or() {
    assert_eq!(decided("account.seats > 10 && account.arr > 1000 && account.arr > 2000"), "account.arr > 1000");
    assert_eq!(decided("account.arr > 1000 || account.seats > 10 || account.seats > 20"), "account.seats > 10");
}

#[test]
fn a_false_part_goes_before_an_unknown_one_and_else_the_first_unknown_decides() {
    assert_eq!(decided("account.nps > 1 && account.arr > 1000"), "account.arr > 1000");
    assert_eq!(decided("account.seats > 10 && account.nps > 1 && account.nps > 2"), "account.nps > 1");
    assert_eq!(decided("account.arr > 1000 || account.nps > 1"), "account.nps > 1");
}

#[test]
fn where_it_takes_all_parts_the_question_that_joins_them_decides() {
    assert_eq!(decided("account.seats > 10 && account.arr > 100"), "account.seats > 10 && account.arr > 100");
    assert_eq!(decided("account.arr > 1000 || account.arr > 2000"), "account.arr > 1000 || account.arr > 2000");
}

#[test]
fn nested_and_negated_parts_are_followed_down_to_the_comparison() {
    assert_eq!(
        decided("account.arr > 100 && !(account.seats > 10 && account.arr < 50 || account.seats > 80)"),
        "account.seats > 80"
    );
}

#[test]
fn what_is_missing_says_the_value_and_what_it_must_be_with_how_far_that_is() {
    assert_eq!(missing("account.arr >= 1000 && account.seats > 10"), ["account.arr 900, needs >= 1000 (0.10)"]);
    assert_eq!(missing("account.nps > 1"), ["account.nps is empty (1.00)"]);
    assert_eq!(missing("account.status in [\"active\"]"), ["account.status paused, needs one of active (1.00)"]);
    let late = missing("account.renewal_date <= today");
    assert_eq!(late, ["account.renewal_date 2026-06-20, needs <= 2026-06-01 (0.05)"]);
}

#[test]
fn of_an_or_the_nearest_way_is_missing_and_of_a_not_the_opposite() {
    assert_eq!(missing("account.arr > 9000 || account.seats > 100"), ["account.seats 90, needs > 100 (0.10)"]);
    assert_eq!(missing("!(account.seats > 80)"), ["account.seats 90, needs <= 80 (0.11)"]);
    assert!(missing("account.arr > 100").is_empty());
}
