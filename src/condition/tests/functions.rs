//! The functions of values, dates included. Today is Monday 2026-06-01 in New York.

use super::*;

fn account() -> Account {
    Account::with([
        ("account.arr", Value::Number(48000.0)),
        ("account.name", Value::text("Acme Inc")),
        ("account.region", Value::text("EMEA")),
        ("account.status", Value::text("active")),
        ("account.renewal_date", Value::Date("2026-06-15".parse().unwrap())),
        // 2026-05-31 22:30 in New York.
        ("account.last_login", Value::Time("2026-06-01T02:30:00Z".parse().unwrap())),
        ("account.sso_enabled", Value::Bool(true)),
        ("account.tags", Value::tags(["vip", "pilot"])),
    ])
}

fn yes(text: &str) {
    assert_eq!(truth(text, &account()), Truth::True, "{text}");
}

fn no(text: &str) {
    assert_eq!(truth(text, &account()), Truth::False, "{text}");
}

#[test]
fn days_are_counted_in_the_accounts_zone() {
    yes("days_until(account.renewal_date) == 14");
    yes("days_since(account.renewal_date) == -14");
    yes("days_since(account.last_login) == 1");
    yes("business_days_until(account.renewal_date) == 10");
    yes("business_days_since(account.last_login) == 1");
    yes("business_days_since(\"2026-05-29\") == 1");
    yes("business_days_until(today) == 0 && business_days_since(today) == 0");
    yes("today == \"2026-06-01\"");
    yes("account.last_login == \"2026-05-31\"");
    yes("account.last_login < today && now >= today");
    yes("account.last_login < now");
    yes("account.last_login == \"2026-06-01T02:30:00Z\"");
}

#[test]
fn dates_add_and_subtract_in_days() {
    yes("account.renewal_date - today == 14");
    yes("account.renewal_date - 14 == today");
    yes("today + 14 == account.renewal_date");
    yes("14 + today == account.renewal_date");
    yes("account.renewal_date - \"2026-06-10\" == 5");
    assert_eq!(code("today + today"), "wrong-type");
    assert_eq!(code("today * 2"), "wrong-type");
    assert_eq!(truth("today + 0.5 == today", &account()), Truth::Unknown);
}

#[test]
fn within_is_from_today_to_the_end_of_the_span() {
    yes("within(account.renewal_date, \"14d\")");
    no("within(account.renewal_date, \"13d\")");
    yes("within(account.renewal_date, \"2w\")");
    yes("within(account.renewal_date, \"1mo\")");
    yes("within(account.renewal_date, \"10bd\")");
    no("within(account.renewal_date, \"9bd\")");
    yes("within(\"2026-06-05\", \"4bd\")");
    no("within(\"2026-06-06\", \"4bd\")");
    yes("within(today, \"0d\")");
    no("within(\"2026-05-31\", \"5d\")");
    for span in ["3h", "-3d", "5m", "soon", "0bd"] {
        assert_eq!(code(&format!("within(today, \"{span}\")")), "bad-span", "{span}");
    }
}

#[test]
fn texts_and_tags_are_searched() {
    yes("starts_with(account.name, \"Acme\") && ends_with(account.name, \"Inc\") && contains(account.name, \"me I\")");
    no("contains(account.name, \"acme\")");
    yes("contains(lower(account.name), \"acme\")");
    yes("has_tag(account.tags, \"vip\") && \"pilot\" in account.tags");
    no("has_tag(account.tags, \"vi\")");
    yes("\"x\" !in account.tags");
    assert_eq!(code("contains(account.tags, \"vip\")"), "wrong-type");
    assert_eq!(code("\"Ac\" in account.name"), "wrong-type");
    assert_eq!(code("account.tags == \"vip\""), "incomparable-types");
}

#[test]
fn numbers_are_computed() {
    yes("round(2.5) == 3 && round(-2.5) == -3 && abs(-3) == 3 && abs(3 - 5) == 2");
    yes("min(3, 1, 2) == 1 && max(account.arr, 1) == 48000");
    yes("-account.arr == -48000 && +account.arr == 48000");
    yes("1 + 2 * 3 - 4 / 2 == 5 && (1 + 2) * 3 == 9 && 7 % 4 == 3");
    yes("-5 + 10 == 5");
    assert_eq!(code("min(3)"), "wrong-arguments");
    assert_eq!(code("\"a\" + \"b\" == \"ab\""), "wrong-type");
}

#[test]
fn lists_defaults_and_emptiness() {
    yes("account.status in [\"active\", \"paused\"]");
    no("account.status !in [\"active\", \"paused\"]");
    yes("account.arr in [1, 48000] && -1 in [-1]");
    yes("account.renewal_date in [\"2026-06-15\"]");
    yes("is_empty(account.nps) && !is_empty(account.arr)");
    yes("(account.nps ?? 10) > 9 && account.nps ?? 10 > 9");
    yes("account.nps ?? account.seats ?? 3 == 3");
    assert_eq!(code("account.arr ?? \"none\""), "wrong-type");
    assert_eq!(code("account.status ?? \"none\""), "unknown-choice");
    assert_eq!(code("account.arr in [\"1\"]"), "incomparable-types");
    assert_eq!(code("account.arr in [account.seats]"), "not-a-literal");
}

#[test]
fn a_bool_field_alone_is_a_question() {
    yes("account.sso_enabled");
    no("!account.sso_enabled");
    yes("account.sso_enabled == true");
    assert_eq!(truth("account.sso_enabled", &Account::with([])), Truth::Unknown);
}

#[test]
fn scripts_are_called_with_values_and_their_failure_is_unknown() {
    yes("half(account.arr) == 24000");
    assert_eq!(truth("broken(account.arr) == 1", &account()), Truth::Unknown);
    assert_eq!(truth("(broken(account.arr) ?? 1) == 1", &account()), Truth::Unknown);
    assert_eq!(truth("half(account.arr)", &account()), Truth::Unknown);
    assert_eq!(truth("half(account.arr) == \"x\"", &account()), Truth::Unknown);
    assert_eq!(code("half()"), "wrong-arguments");
    assert_eq!(code("halv(1) == 1"), "unknown-function");
}

#[test]
fn every_example_of_the_table_compiles() {
    for usage in &FUNCTIONS {
        compile(usage.example);
    }
}
