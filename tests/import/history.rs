//! `as_of`: from when values hold.

use playcaller::condition::Value;
use playcaller::portfolio::import::{AsOf, Kind};

use super::{Given, at, counts, on_each};

async fn arr(given: &Given) -> Vec<(String, f64)> {
    let (acme, _) = given.account("acme").await;
    let number = |value: &Value| if let Value::Number(number) = value { *number } else { f64::NAN };
    acme.fields.history("arr").iter().map(|(from, value)| (from.to_string(), number(value))).collect()
}

#[tokio::test]
async fn only_what_differs_from_what_held_becomes_history() {
    on_each(async |given| {
        let text = "id,arr,as_of\nacme,100,2026-01-01\nacme,100,2026-02-01\nacme,120,2026-03-01\n";
        assert_eq!(counts(&given.import(Kind::Accounts, "a.csv", text).await), [1, 1, 1, 0]);
        let expected = [("2026-01-01T00:00:00Z".to_owned(), 100.0), ("2026-03-01T00:00:00Z".to_owned(), 120.0)];
        assert_eq!(arr(&given).await, expected);
        assert_eq!(given.account("acme").await.0.known_since, Some(at("2026-01-01T00:00:00Z")));
        assert_eq!(counts(&given.import(Kind::Accounts, "a.csv", text).await), [0, 0, 3, 0]);
        assert_eq!(arr(&given).await, expected);
    })
    .await;
}

#[tokio::test]
async fn an_older_row_fills_history_and_leaves_today_alone() {
    on_each(async |given| {
        given.import(Kind::Accounts, "a.csv", "id,arr\nacme,100\n").await;
        let older = |options: &mut playcaller::runtime::import::Options| {
            options.as_of = Some(AsOf::Instant(at("2025-01-01T00:00:00Z")))
        };
        let report = given.import_with(Kind::Accounts, "old.csv", "id,arr\nacme,80\n", older).await;
        assert_eq!(counts(&report), [0, 1, 0, 0]);
        let (acme, _) = given.account("acme").await;
        assert_eq!(acme.value("arr", given.now), Value::Number(100.0));
        assert_eq!(acme.value("arr", at("2025-06-01T00:00:00Z")), Value::Number(80.0));
        assert_eq!(acme.known_since, Some(at("2025-01-01T00:00:00Z")));
    })
    .await;
}

#[tokio::test]
async fn an_empty_cell_empties_a_field_and_a_left_out_column_leaves_it() {
    on_each(async |given| {
        given.import(Kind::Accounts, "a.csv", "id,arr,name\nacme,100,Acme\n").await;
        let report = given
            .import_with(Kind::Accounts, "b.csv", "id,arr\nacme,\n", |options| options.now = at("2026-06-16T00:00:00Z"))
            .await;
        assert_eq!(counts(&report), [0, 1, 0, 0]);
        let (acme, _) = given.account("acme").await;
        assert_eq!(acme.value("arr", at("2026-06-17T00:00:00Z")), Value::Empty);
        assert_eq!(acme.value("name", at("2026-06-17T00:00:00Z")), Value::text("Acme"));
    })
    .await;
}

#[tokio::test]
async fn a_date_begins_in_the_accounts_own_zone() {
    on_each(async |given| {
        given.import(Kind::Accounts, "a.csv", "id,timezone,as_of\nacme,America/New_York,2026-01-01\n").await;
        assert_eq!(given.account("acme").await.0.known_since, Some(at("2026-01-01T05:00:00Z")));
        given.import(Kind::Accounts, "b.csv", "id,arr,as_of\nacme,5,2026-02-01\n").await;
        assert_eq!(arr(&given).await, [("2026-02-01T05:00:00Z".to_owned(), 5.0)]);
        given.import(Kind::Contacts, "c.csv", "id,account,name,as_of\npat,acme,Pat,2026-02-01\n").await;
        let (acme, _) = given.account("acme").await;
        assert_eq!(acme.contacts["pat"].fields.history("name")[0].0, at("2026-02-01T05:00:00Z"));
    })
    .await;
}

#[tokio::test]
async fn as_of_is_refused_for_kinds_without_history() {
    on_each(async |given| {
        let path = given.write("m.csv", b"account,metric,date,value\n");
        let options = playcaller::runtime::import::Options {
            map: Default::default(),
            as_of: Some("2026-01-01".parse().unwrap()),
            now: given.now,
        };
        let refused = playcaller::runtime::import::import(
            &given.store,
            &given.book,
            Kind::Metrics,
            &path,
            options,
            &mut |_, _| {},
        )
        .await;
        assert!(refused.unwrap_err().to_string().contains("--as-of"));
    })
    .await;
}
