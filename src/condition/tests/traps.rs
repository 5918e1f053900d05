//! What rhai alone would answer wrongly, without an error.

use super::*;

#[test]
fn one_expression_answers_for_each_account_and_is_never_folded() {
    let condition = compile("account.arr > 1000");
    let large = Account::with([("account.arr", Value::Number(5000.0))]);
    let small = Account::with([("account.arr", Value::Number(1.0))]);
    assert_eq!(condition.truth(&large), Truth::True);
    assert_eq!(condition.truth(&small), Truth::False);
    assert_eq!(condition.truth(&large), Truth::True);
}

#[test]
fn the_negation_of_a_missing_field_is_an_error_and_of_an_empty_one_unknown() {
    assert_eq!(code("!(account.missing > 10)"), "unknown-field");
    assert_eq!(truth("!(account.arr > 10)", &Account::with([])), Truth::Unknown);
    assert_eq!(truth("account.arr != 10", &Account::with([])), Truth::Unknown);
    assert_eq!(truth("account.status != \"churned\"", &Account::with([])), Truth::Unknown);
}

#[test]
fn a_quoted_number_is_not_a_number() {
    assert_eq!(code("\"5\" > 4"), "incomparable-types");
    assert_eq!(fixed("account.arr < \"50\""), "account.arr < 50");
    assert_eq!(code("account.name > 5"), "incomparable-types");
    assert_eq!(fixed("account.sso_enabled == \"true\""), "account.sso_enabled == true");
}

#[test]
fn division_is_decimal_and_by_zero_unknown() {
    assert_eq!(value("45 / 50", &Account::with([])), Value::Number(0.9));
    assert_eq!(truth("45 / 50 > 0.8", &Account::with([])), Truth::True);
    assert_eq!(truth("1 / 0 > 5", &Account::with([])), Truth::Unknown);
    assert_eq!(truth("0 / 0 != 1", &Account::with([])), Truth::Unknown);
    assert_eq!(truth("1e308 * 10 > 5", &Account::with([])), Truth::Unknown);
    assert_eq!(value("(1 / 0) ?? 7", &Account::with([])), Value::Number(7.0));
}

#[test]
fn a_chain_of_comparisons_is_rewritten_as_two() {
    assert_eq!(fixed("10 <= account.arr <= 50"), "10 <= account.arr && account.arr <= 50");
    assert_eq!(
        fixed("account.sso_enabled && 0 < account.arr + 1 < 9"),
        "account.sso_enabled && 0 < account.arr + 1 && account.arr + 1 < 9"
    );
}

#[test]
fn a_chain_with_parentheses_is_told_without_a_suggestion_that_would_tear_them() {
    assert_eq!(fixed("1 < (account.arr + 1) < 9"), "1 < (account.arr + 1) && (account.arr + 1) < 9");
    let problem = problem("(1 < account.arr) < 9");
    assert_eq!((problem.code, problem.suggestion), ("chained-comparison", None));
}

#[test]
fn decimals_compare_with_a_tolerance() {
    let account = Account::with([]);
    assert_eq!(truth("0.1 + 0.2 == 0.3", &account), Truth::True);
    assert_eq!(truth("0.1 + 0.2 > 0.3", &account), Truth::False);
    assert_eq!(truth("0.1 + 0.2 <= 0.3", &account), Truth::True);
    assert_eq!(truth("0.30001 > 0.3", &account), Truth::True);
}

#[test]
fn an_unknown_name_is_an_error_behind_false_too() {
    assert_eq!(code("false && account.helth > 5"), "unknown-field");
    assert_eq!(code("false && nothing(1)"), "unknown-function");
}

#[test]
fn a_value_is_not_a_question() {
    for text in ["account.arr && true", "!account.name", "account.sso_enabled || account.arr"] {
        assert_eq!(code(text), "wrong-type", "{text}");
    }
    let scope = registry();
    let refused = Expression::compile(Source::inline("account.arr", "t"), &Scope::of(&scope), Expected::Truth);
    assert_eq!(refused.unwrap_err()[0].code, "wrong-type");
}

#[test]
fn text_has_no_order_and_dates_are_not_numbers() {
    assert_eq!(code("\"2025-10-1\" < \"2025-9-30\""), "no-order");
    assert_eq!(code("account.name < \"m\""), "no-order");
    assert_eq!(code("account.sso_enabled > false"), "no-order");
    let problem = problem("account.renewal_date < 30");
    assert_eq!(problem.code, "incomparable-types");
    assert!(problem.help.unwrap().contains("days_until(account.renewal_date)"));
}

#[test]
fn a_thousand_accounts_on_many_threads_never_mix() {
    let condition = compile("account.arr == account.seats && account.name == account.region");
    std::thread::scope(|threads| {
        for thread in 0..8 {
            let condition = condition.clone();
            threads.spawn(move || {
                for n in 0..125 {
                    let id = Value::Number(f64::from(thread * 1000 + n));
                    let name = Value::text(format!("account {thread} {n}"));
                    let values = [
                        ("account.arr", id.clone()),
                        ("account.seats", id),
                        ("account.name", name.clone()),
                        ("account.region", name),
                    ];
                    assert_eq!(condition.truth(&Account::with(values)), Truth::True);
                }
            });
        }
    });
}
