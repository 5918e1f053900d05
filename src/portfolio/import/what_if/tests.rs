use super::*;
use crate::book::load::load_files;

const FILES: [(&str, &str); 3] = [
    (
        "account.toml",
        "[fields.note]\ntype = \"text\"\n\n[events.nps_response.fields]\nscore = { type = \"number\" }\ncomment = { type = \"text\" }\n",
    ),
    ("people.toml", "[[person]]\nid = \"dana\"\nname = \"Dana\"\n"),
    (
        "health.toml",
        "[[dimension]]\nid = \"usage\"\nweight = 1\n[[dimension.measure]]\nid = \"arr\"\nvalue = 'account.arr'\n\
         scale = [[0, 0], [9, 100]]\nweight = 1\n[[band]]\nid = \"red\"\nfrom = 0\n",
    ),
];

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// What is assumed of `acme` in New York, `acme.eu` and `birch` in no zone, from noon of 1 December 2026 to its end.
fn read_about(account: Option<&str>, sets: &[&str], events: &[&str]) -> Fit<Rows> {
    let files = FILES.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let book = load_files(files.into()).book;
    let zone = TimeZone::get("America/New_York").unwrap();
    let accounts = [("acme".into(), Some(zone)), ("acme.eu".into(), None), ("birch".into(), None)].into();
    let contacts = [("pat".into(), "acme".into()), ("lou".into(), "birch".into())].into();
    let known = Known { accounts, contacts, ..Known::default() };
    let (from, until) = (at("2026-12-01T12:00:00Z"), at("2026-12-31T00:00:00Z"));
    let texts = |texts: &[&str]| texts.iter().map(|text| text.to_string()).collect::<Vec<_>>();
    WhatIf::new(&book, known, account.map(Arc::from), from, until).rows(&texts(sets), &texts(events))
}

fn read(sets: &[&str], events: &[&str]) -> Fit<Rows> {
    read_about(None, sets, events)
}

/// Account, instant, field and value of the only row.
fn set(text: &str) -> (String, String, String, Value) {
    let rows = read(&[text], &[]).unwrap();
    let row = &rows.accounts[0];
    (row.id.to_string(), row.as_of.to_string(), row.fields[0].0.to_string(), row.fields[0].1.clone())
}

fn form(sets: &[&str], events: &[&str]) -> String {
    match read(sets, events) {
        Err(Unfit::Form(why)) => why,
        other => panic!("{other:?}"),
    }
}

fn wrong(sets: &[&str], events: &[&str]) -> String {
    match read(sets, events) {
        Err(Unfit::Wrong(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_field_holds_from_now_or_from_the_moment_that_is_written() {
    let of = |at: &str| ("acme".to_owned(), at.to_owned(), "arr".to_owned(), Value::Number(5.0));
    assert_eq!(set("acme.arr=5"), of("2026-12-01T12:00:00Z"));
    assert_eq!(set("acme.arr=5@2026-12-02"), of("2026-12-02T05:00:00Z"), "the account's own midnight");
    assert_eq!(set("acme.arr=5@2026-12-02T10:00"), of("2026-12-02T15:00:00Z"), "the account's own clock");
    assert_eq!(set("acme.arr=5@2026-12-02T10:00:00Z"), of("2026-12-02T10:00:00Z"));
    assert_eq!(set("acme.arr=5@2026-12-01"), of("2026-12-01T12:00:00Z"), "today is from now on");
}

#[test]
fn the_longest_id_that_is_known_is_the_account() {
    assert_eq!(set("acme.eu.arr=5").0, "acme.eu");
    assert_eq!(set("acme.health.usage=5").2, "health.usage");
    let rows = read_about(Some("acme"), &["arr=5", "health.usage=7", "acme.note=x"], &["nps_response"]).unwrap();
    assert_eq!((rows.accounts.len(), rows.accounts[0].fields.len(), rows.events.len()), (1, 3, 1));
    let other = read_about(Some("acme"), &["birch.arr=5"], &[]);
    assert_eq!(other.unwrap_err(), Unfit::Form("only `acme` is played: nothing can be assumed of `birch`".to_owned()));
}

#[test]
fn health_is_a_score_and_nothing_gives_it_back_to_the_computation() {
    assert_eq!(set("acme.health=35").3, Value::Number(35.0));
    assert_eq!(set("acme.health=").3, Value::Empty);
    assert!(wrong(&["acme.health=350"], &[]).contains("0 to 100"));
    assert!(wrong(&["acme.health.usag=3"], &[]).contains("did you mean `usage`?"));
}

#[test]
fn a_contact_is_named_behind_the_account_and_an_address_is_no_moment() {
    let rows = read(&["acme/pat.email=pat@2u.example", "acme/pat.status=left@2026-12-05"], &[]).unwrap();
    let told: Vec<_> = rows.contacts.iter().map(|row| (row.as_of.to_string(), row.fields[0].1.clone())).collect();
    assert_eq!(
        told,
        [
            ("2026-12-01T12:00:00Z".to_owned(), Value::text("pat@2u.example")),
            ("2026-12-05T05:00:00Z".to_owned(), Value::text("left"))
        ]
    );
    assert!(wrong(&["acme/lou.status=left"], &[]).contains("at `acme` there is no contact `lou`"));
    assert!(wrong(&["acme/pat.mail=x"], &[]).contains("did you mean `email`?"));
    assert!(wrong(&["acme/pat.first_name=Pat"], &[]).contains("cannot be set"));
}

#[test]
fn an_event_has_fields_and_a_contact_and_a_value_may_hold_commas() {
    let rows = read(&[], &["acme.nps_response,score=3,comment=well, no,contact=pat@2026-12-01T10:00"]).unwrap();
    let event = &rows.events[0];
    assert_eq!((event.at.to_string(), event.contact.as_deref()), ("2026-12-01T15:00:00Z".to_owned(), Some("pat")));
    assert_eq!(event.fields["score"], Value::Number(3.0));
    assert_eq!(event.fields["comment"], Value::text("well, no"));
    let two = read(&[], &["acme.nps_response", "acme.nps_response"]).unwrap();
    assert_ne!(two.events[0].id, two.events[1].id);
}

#[test]
fn what_is_not_there_is_told_with_what_was_probably_meant() {
    assert!(wrong(&["acmee.arr=5"], &[]).contains("no account `acmee`; did you mean `acme`?"));
    assert!(wrong(&["acme.ar=5"], &[]).contains("did you mean `arr`?"));
    assert!(wrong(&["acme.arr=much"], &[]).contains("not a number"));
    assert!(wrong(&["acme.owner=dna"], &[]).contains("did you mean `dana`?"));
    assert!(wrong(&["acme.segment=large"], &[]).contains("computed"));
    assert!(wrong(&[], &["acme.nps_respons,score=3"]).contains("did you mean `nps_response`?"));
    assert!(
        wrong(&[], &["acme.nps_response,scor=3"])
            .contains("in `nps_response` there is no field `scor`; did you mean `score`?")
    );
    assert!(wrong(&[], &["acme.nps_response,score=three"]).contains("not a number"));
    assert!(wrong(&[], &["acme.nps_response,contact=lou"]).contains("at `acme` there is no contact `lou`"));
}

#[test]
fn what_is_not_written_as_one_or_not_within_the_play_is_refused() {
    assert!(form(&["acme.arr"], &[]).contains("ACCOUNT.FIELD=VALUE"));
    assert!(form(&["arr=5"], &[]).contains("ACCOUNT.arr"));
    assert!(form(&["acme.arr=5@2026-13-01"], &[]).contains("no date or time"));
    assert!(form(&["acme.arr=5@2026-11-30"], &[]).contains("outside of what is played"));
    assert!(form(&[], &["acme.nps_response@2027-01-01"]).contains("outside of what is played"));
    assert!(form(&["acme.arr=5", "acme.arr=6"], &[]).contains("set twice"));
    assert!(form(&[], &["acme.nps_response,score"]).contains("FIELD=VALUE"));
    assert!(form(&[], &["acme.nps_response,score=1,score=2"]).contains("stands twice"));
    assert!(form(&[], &["acme/pat.nps_response"]).contains("contact=ID"));
}
