//! Conditions in plain English.

use super::*;
use crate::condition::Words;

fn said(text: &str) -> String {
    fn flat(words: &Words) -> String {
        let each = |parts: &[Words]| parts.iter().map(flat).collect::<Vec<_>>().join("; ");
        match words {
            Words::Said(text) => text.clone(),
            Words::All(parts) => format!("all({})", each(parts)),
            Words::Any(parts) => format!("any({})", each(parts)),
        }
    }
    flat(&compile(text).in_words())
}

#[test]
fn every_comparison_is_a_sentence() {
    for (text, expected) in [
        ("account.status == \"active\"", "status is active"),
        ("account.arr >= 50000", "arr is at least 50,000"),
        ("account.renewal_date < today", "renewal date is before today"),
        ("account.region in [\"emea\", \"apac\"]", "region is one of emea, apac"),
        ("within(account.renewal_date, \"30d\")", "renewal date is within the next 30 days"),
        ("days_until(account.renewal_date) <= 1", "the number of days until renewal date is at most 1"),
        ("usage.logins.change_pct(30) <= -30", "the change of logins in percent over 30 days is at most -30"),
        ("has_contact(\"champion\")", "there is an active champion"),
        ("account.sso_enabled", "sso enabled is yes"),
        ("person(account.owner).manager == \"morgan\"", "manager of owner is morgan"),
        ("changed(account.owner, 7)", "the owner has changed in the last 7 days"),
        ("(account.nps ?? 0) > 8", "nps (0 if not known) is above 8"),
        ("half(account.arr) > 5", "the helper half(arr) is above 5"),
    ] {
        assert_eq!(said(text), expected, "{text}");
    }
}

#[test]
fn parts_stand_beside_each_other_and_not_goes_inside() {
    for (text, expected) in [
        (
            "account.arr > 1 && (account.seats > 2 || account.nps > 3) && run.replied",
            "all(arr is above 1; any(seats is above 2; nps is above 3); the customer has replied)",
        ),
        ("!(account.arr > 1 && run.replied)", "any(arr is at most 1; the customer has not replied)"),
        ("!is_empty(account.owner)", "owner is known"),
        ("!has_tag(account.tags, \"vip\")", "vip is not among the tags"),
    ] {
        assert_eq!(said(text), expected, "{text}");
    }
}

#[test]
fn a_value_that_is_no_question_is_the_thing_it_names() {
    assert_eq!(said("account.renewal_date"), "renewal date");
    assert_eq!(said("account.arr / account.seats"), "arr divided by seats");
}
