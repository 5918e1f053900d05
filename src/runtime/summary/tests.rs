use std::collections::BTreeSet;

use super::*;
use crate::condition::Value;
use crate::portfolio::{Contact, account::Fields};

const ZONE: &str = "Europe/Berlin";

/// A line of acme's timeline on a day of December 2026, in Berlin.
fn line(day: i8, hour: i8, playbook: &str, kind: EntryKind, action: Option<Kind>, to: &str) -> Entry {
    let local = jiff::civil::date(2026, 12, day).at(hour, 0, 0, 0);
    Entry {
        at: crate::time::instant(local, &TimeZone::get(ZONE).unwrap()),
        zone: ZONE.into(),
        account: "acme".into(),
        playbook: playbook.into(),
        version: "1".into(),
        enrollment: None,
        kind,
        step: Some("write".into()),
        action,
        to: (!to.is_empty()).then(|| to.to_owned()),
        result: EntryResult::Done,
        reason: None,
        detail: None,
    }
}

fn mail(day: i8, hour: i8, playbook: &str, to: &str) -> Entry {
    line(day, hour, playbook, EntryKind::Step, Some(Kind::Email), to)
}

fn task(day: i8, to: &str) -> Entry {
    line(day, 9, "renewal", EntryKind::Step, Some(Kind::Task), to)
}

fn stop(result: EntryResult, reason: Reason, detail: &str) -> Entry {
    Entry { result, reason: Some(reason), detail: Some(detail.into()), ..mail(3, 9, "renewal", "") }
}

/// Acme, where Pat and Lou read mail.
fn acme() -> Account {
    let contact = |id: &str, address: &str| {
        let mut fields = Fields::default();
        fields.record("email", Timestamp::UNIX_EPOCH, Value::text(address));
        (Arc::from(id), Contact { id: id.into(), fields })
    };
    let contacts = [contact("pat", "pat@acme.example"), contact("lou", "lou@acme.example")].into();
    Account { id: "acme".into(), contacts, ..Account::default() }
}

fn summary(entries: &[Entry]) -> Summary {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    Summary::of(entries, [&acme()], at("2026-12-01T00:00:00Z"), at("2026-12-31T00:00:00Z"))
}

fn day(day: i8) -> Date {
    jiff::civil::date(2026, 12, day)
}

#[test]
fn mails_to_contacts_are_told_from_those_to_our_own_people_by_their_address() {
    let entries = [
        mail(1, 9, "renewal", "Pat@acme.example"),
        mail(1, 9, "renewal", "lou@acme.example"),
        mail(2, 9, "renewal", "dana@us.example"),
    ];
    let mails = summary(&entries).mails;
    assert_eq!((mails.to_contacts.total(), mails.to_contacts.peak()), (2, Some((day(1), 2))));
    assert_eq!(mails.to_others.peak(), Some((day(2), 1)));
}

#[test]
fn a_day_is_the_accounts_own_day() {
    let mut late = mail(1, 23, "renewal", "pat@acme.example");
    late.zone = "Asia/Tokyo".into();
    let summary = summary(&[late]);
    assert_eq!(summary.mails.to_contacts.peak(), Some((day(2), 1)));
}

#[test]
fn a_contacts_busiest_week_counts_from_monday_and_the_median_is_over_contacts() {
    // 6 December is a Sunday.
    let entries = [
        mail(2, 9, "renewal", "pat@acme.example"),
        mail(6, 9, "renewal", "pat@acme.example"),
        mail(7, 9, "renewal", "pat@acme.example"),
        mail(7, 9, "renewal", "lou@acme.example"),
    ];
    let week = summary(&entries).mails.per_week;
    let (reader, on, count) = week.most().unwrap();
    assert_eq!((&*reader.contact, on, count), ("pat", jiff::civil::date(2026, 11, 30), 2));
    assert_eq!(week.median(), Some(1.5));
    assert_eq!(Loads::<Reader>::default().median(), None);
}

#[test]
fn two_mails_on_one_day_or_of_two_playbooks_within_a_day_collide() {
    let entries = [
        // Two on one day, of one playbook.
        mail(1, 9, "renewal", "pat@acme.example"),
        mail(1, 15, "renewal", "pat@acme.example"),
        // The same playbook 18 hours later is its own cadence; another one is too close.
        mail(2, 9, "renewal", "pat@acme.example"),
        mail(3, 8, "risk", "pat@acme.example"),
        // 24 hours later it is not.
        mail(4, 8, "renewal", "pat@acme.example"),
        // Somebody else at the same time.
        mail(3, 8, "renewal", "lou@acme.example"),
    ];
    let found = summary(&entries).mails.collisions;
    let told: Vec<_> = found.iter().map(|own| (own.day, &*own.reader.contact, own.mails)).collect();
    assert_eq!(told, [(day(1), "pat", 2), (day(3), "pat", 2)]);
    assert_eq!(found[1].playbooks, BTreeSet::from(["renewal".into(), "risk".into()]));
}

#[test]
fn tasks_are_counted_per_person_and_day_and_those_of_nobody_too() {
    let summary = summary(&[task(1, "dana"), task(1, "dana"), task(2, "dana"), task(2, "kim"), task(2, "")]);
    let (person, on, count) = summary.tasks_per_day.most().unwrap();
    assert_eq!((person.as_deref(), on, count), (Some("dana"), day(1), 2));
    assert_eq!(summary.tasks_per_day.median(), Some(1.0));
    assert_eq!(summary.tasks.between(day(1), day(3)), [2, 3, 0]);
    assert_eq!(summary.stops.nobody.len(), 1, "a task of nobody is told");
    assert_eq!(self::summary(&[task(1, "dana")]).stops, Stops::default());
}

#[test]
fn what_is_stopped_is_counted_by_reason_and_by_cap() {
    let stops = summary(&[
        stop(EntryResult::Held, Reason::Capped, "two-a-week"),
        stop(EntryResult::Skipped, Reason::Capped, "two-a-week"),
        stop(EntryResult::Skipped, Reason::RecipientMissing, ""),
        stop(EntryResult::Held, Reason::TemplateError, "account.owner has no value"),
    ])
    .stops;
    let capped = &stops.by_reason[&Reason::Capped];
    assert_eq!((capped.held, capped.skipped, capped.accounts.len()), (1, 1, 1));
    assert_eq!(stops.caps["two-a-week"], *capped);
    assert!(stops.nobody.keys().next().is_some_and(|spot| &*spot.step == "write" && spot.why.is_none()));
    assert!(stops.unfilled.keys().next().is_some_and(|spot| spot.why.as_deref() == Some("account.owner has no value")));
}

#[test]
fn what_runs_in_shadow_reaches_nobody() {
    let shadow = Entry { reason: Some(Reason::Shadow), ..mail(1, 9, "renewal", "pat@acme.example") };
    let summary = summary(&[shadow]);
    assert_eq!(summary.mails, Mails::default());
    assert_eq!(summary.playbooks.0["renewal"].mails, 1);
}

#[test]
fn the_object_has_its_keys_in_a_fixed_order() {
    let object = summary(&[mail(1, 9, "renewal", "pat@acme.example"), task(2, "dana")]).json();
    let keys: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "from",
        "until",
        "accounts",
        "playbooks",
        "enrolled",
        "mails",
        "tasks",
        "collisions",
        "caps",
        "outside_window",
        "stopped",
        "recipient_missing",
        "template_errors",
    ];
    assert_eq!(keys, expected);
    assert_eq!(
        object["mails"]["per_contact_per_week"]["max"].to_string(),
        r#"{"account":"acme","contact":"pat","week":"2026-11-30","count":1}"#
    );
    assert_eq!(object["tasks"]["people"][0]["days"].to_string(), r#"{"2026-12-02":1}"#);
}
