//! Churn figures of lines written by hand, and what a history is said not to tell.

use std::sync::Arc;

use super::*;
use crate::condition::Value;
use crate::engine::desk::EntryKind::{Enroll, Exit, Goal};
use crate::portfolio::Account;

fn at(day: &str) -> Timestamp {
    format!("2026-{day}T09:00:00Z").parse().unwrap()
}

fn line(account: &str, day: &str, kind: EntryKind) -> Entry {
    Entry {
        at: at(day),
        zone: "UTC".into(),
        account: account.into(),
        playbook: "save".into(),
        version: "v".into(),
        enrollment: Some(account.into()),
        kind,
        step: None,
        action: None,
        to: None,
        result: EntryResult::Done,
        reason: None,
        detail: None,
    }
}

fn account(id: &str, status: &[(&str, &str)]) -> Account {
    let mut account = Account { id: id.into(), known_since: Some(at("01-01")), ..Account::default() };
    status.iter().for_each(|(day, status)| account.fields.record("status", at(day), Value::text(*status)));
    account
}

fn churn(entries: &[Entry], accounts: &[Account]) -> Churn {
    Churn::of(entries, accounts.iter(), at("01-01"), at("12-31"))
}

fn ids(lost: &[Lost]) -> Vec<&str> {
    lost.iter().map(|own| &*own.account).collect()
}

#[test]
fn an_account_is_caught_when_it_entered_before_it_churned_and_else_missed() {
    let accounts = [
        account("early", &[("01-01", "active"), ("03-11", "churned")]),
        account("late", &[("01-01", "active"), ("03-11", "churned")]),
        account("never", &[("01-01", "active"), ("03-11", "churned")]),
        account("stays", &[("01-01", "active")]),
    ];
    let entries = [line("early", "03-01", Enroll), line("late", "03-12", Enroll), line("stays", "02-01", Enroll)];
    let churn = churn(&entries, &accounts);
    assert_eq!((churn.caught.len(), churn.caught[0].days, churn.caught[0].was_in), (1, 10, true));
    assert_eq!(ids(&churn.missed), ["late", "never"]);
    assert_eq!(churn.stayed.iter().map(|own| &*own.account).collect::<Vec<_>>(), ["late", "stays"]);
    assert_eq!((churn.churned(), churn.entered()), (3, 3));
    assert_eq!((churn.precision(), churn.recall()), (Some(1.0 / 3.0), Some(1.0 / 3.0)));
}

#[test]
fn nobody_is_no_share() {
    let none = churn(&[], &[]);
    assert_eq!((none.precision(), none.recall(), none.median_days()), (None, None, None));
}

#[test]
fn a_churn_is_a_change_within_the_period() {
    let accounts = [
        account("gone-before", &[("01-01", "churned")]),
        account("again", &[("01-01", "active"), ("02-01", "churned"), ("03-01", "active"), ("04-01", "churned")]),
        account("still-gone", &[("01-01", "active"), ("02-01", "churned"), ("03-01", "churned")]),
    ];
    assert_eq!(ids(&churn(&[], &accounts).missed), ["again", "still-gone"]);
    let outside = Churn::of(&[], accounts.iter(), at("04-01"), at("12-31"));
    assert_eq!(outside.churned(), 0, "the play begins when it has happened");
    let entered_between = churn(&[line("again", "03-22", Enroll)], &accounts[1..2]);
    assert_eq!(entered_between.caught[0].days, 10, "counted to the churn that came after");
}

#[test]
fn the_days_count_from_the_first_entry_and_an_end_before_the_churn_is_told() {
    let accounts = [account("acme", &[("01-01", "active"), ("06-30", "churned")])];
    let mut second = line("acme", "05-01", Enroll);
    second.enrollment = Some("second".into());
    let entries = [line("acme", "03-02", Enroll), line("acme", "04-01", Goal), second.clone()];
    let still_in = churn(&entries, &accounts);
    assert_eq!((still_in.caught[0].days, still_in.still_in()), (120, 1));
    let mut end = line("acme", "06-01", Exit);
    end.enrollment = second.enrollment.clone();
    let had_left = churn(&[&entries[..], &[end]].concat(), &accounts);
    assert_eq!((had_left.caught.len(), had_left.still_in()), (1, 0));
}

#[test]
fn who_was_left_alone_or_had_to_wait_did_not_enter() {
    let accounts = [account("acme", &[("01-01", "active"), ("06-30", "churned")])];
    let held_out = Entry { reason: Some(Reason::Holdout), ..line("acme", "03-01", Enroll) };
    let parked = Entry { result: EntryResult::Held, ..line("acme", "03-01", Enroll) };
    assert_eq!(ids(&churn(&[held_out, parked], &accounts).missed), ["acme"]);
}

#[test]
fn the_median_of_an_even_number_lies_between_and_the_histogram_has_everyone() {
    let leaves = |id: &str, day: &str| account(id, &[("01-01", "active"), (day, "churned")]);
    let accounts = [leaves("a", "03-08"), leaves("b", "03-09"), leaves("c", "04-30"), leaves("d", "12-01")];
    let entries = ["a", "b", "c", "d"].map(|id| line(id, "03-01", Enroll));
    let churn = churn(&entries, &accounts);
    assert_eq!(churn.caught.iter().map(|own| own.days).collect::<Vec<_>>(), [7, 8, 60, 275]);
    assert_eq!(churn.median_days(), Some(34.0));
    assert_eq!(churn.histogram().map(|(_, count)| count), [1, 1, 0, 1, 0, 1]);
}

#[test]
fn newly_missed_is_what_only_the_other_version_caught() {
    let leaves = |id: &str| account(id, &[("01-01", "active"), ("06-30", "churned")]);
    let accounts = [leaves("both"), leaves("new"), leaves("none"), leaves("old")];
    let enter = |ids: &[&str]| ids.iter().map(|id| line(id, "03-01", Enroll)).collect::<Vec<_>>();
    let (here, there) = (churn(&enter(&["both", "new"]), &accounts), churn(&enter(&["both", "old"]), &accounts));
    assert_eq!(ids(&here.newly_missed(&there)), ["old"]);
    assert_eq!(ids(&there.newly_missed(&here)), ["new"]);
}

#[test]
fn a_named_draft_plays_as_if_it_were_live() {
    let playbook = "id = \"save\"\nowner = \"dana\"\n[trigger]\nkind = \"manual\"\n[[step]]\nid = \"do\"\n\
                    after = \"enrolled\"\naction = \"task\"\nassignee = \"dana\"\ntitle = \"Do\"\n";
    let files = [("people.toml", "[[person]]\nid = \"dana\"\nname = \"Dana\"\n"), ("save.toml", playbook)];
    let loaded = crate::book::load_files(files.map(|(name, text)| (name.to_owned(), text.to_owned())).into());
    let book = Arc::new(loaded.book);
    assert_eq!(as_if_live(&book, &["save".into()].into()).playbooks["save"].status, Status::Live);
    assert_eq!(as_if_live(&book, &BTreeSet::new()).playbooks["save"].status, Status::Draft);
}

#[test]
fn days_are_those_of_the_account() {
    let mut auckland = account("acme", &[("01-01", "active")]);
    auckland.fields.record("timezone", at("01-01"), Value::text("Pacific/Auckland"));
    auckland.fields.record("status", "2026-03-09T11:00:00Z".parse().unwrap(), Value::text("churned"));
    let lost = churn(&[], &[auckland]).missed.remove(0);
    assert_eq!(lost.churned.day.to_string(), "2026-03-10");
}
