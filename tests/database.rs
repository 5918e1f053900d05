//! The database itself: how it is opened, which clock it lives by.

use playcaller::store::{Error, Store};
use playcaller::time::Timestamp;

use crate::support::databases::{execute, on_every_database};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_virtual_clock_only_moves_forward_and_is_remembered() {
    on_every_database(async |store| {
        assert_eq!(store.instance().await.unwrap().virtual_now, None);
        for now in ["2026-06-01T00:00:00Z", "2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z"] {
            let mut tx = store.begin().await.unwrap();
            tx.mark_virtual(at(now)).await.unwrap();
            tx.commit().await.unwrap();
        }
        let mut tx = store.begin().await.unwrap();
        let refused = tx.mark_virtual(at("2026-06-01T12:00:00Z")).await;
        assert!(matches!(refused, Err(Error::ClockGoesBack { .. })), "{refused:?}");
        tx.rollback().await.unwrap();
        assert_eq!(store.instance().await.unwrap().virtual_now, Some(at("2026-06-02T00:00:00Z")));
    })
    .await;
}

#[tokio::test]
async fn a_transaction_that_is_dropped_changes_nothing() {
    on_every_database(async |store| {
        let mut tx = store.begin().await.unwrap();
        tx.see_feed("crm", at("2026-06-01T00:00:00Z")).await.unwrap();
        drop(tx);
        assert!(store.feeds().await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_feed_is_never_seen_earlier_and_a_playbook_is_live_from_its_first_day() {
    on_every_database(async |store| {
        let mut tx = store.begin().await.unwrap();
        for day in ["2026-06-02T00:00:00Z", "2026-06-01T00:00:00Z"] {
            tx.see_feed("crm", at(day)).await.unwrap();
            tx.set_live_since("renewal", at(day)).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(store.feeds().await.unwrap()["crm"], at("2026-06-02T00:00:00Z"));
        assert_eq!(store.live_since().await.unwrap()["renewal"], at("2026-06-02T00:00:00Z"));
    })
    .await;
}

#[tokio::test]
async fn text_in_the_database_that_stands_for_nothing_is_an_error() {
    on_every_database(async |store| {
        execute(store, "insert into account (id, known_since) values ('acme', 0)").await.unwrap();
        execute(store, "insert into field_history values ('acme', 'status', 0, 'active')").await.unwrap();
        let loaded = store.load_accounts(&["acme".into()]).await;
        assert!(matches!(loaded, Err(Error::Unreadable { .. })), "{loaded:?}");
    })
    .await;
}

#[tokio::test]
async fn a_row_cannot_point_at_the_contact_of_another_account() {
    on_every_database(async |store| {
        execute(store, "insert into account (id, known_since) values ('acme', 0), ('bolt', 0)").await.unwrap();
        execute(store, "insert into contact (id, account_id) values ('pat', 'acme')").await.unwrap();
        let event = "insert into event values ('import', 'e1', 'bolt', 'nps_response', 'pat', 0, '{}')";
        assert!(execute(store, event).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_database_is_opened_again_as_the_same_and_a_newer_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("playcaller.db").display());
    let first = Store::open(&url).await.unwrap();
    let again = Store::open(&url).await.unwrap();
    assert_eq!(first.instance().await.unwrap(), again.instance().await.unwrap());
    let newer = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
        values (9999, 'later', true, x'00', 0)";
    execute(&first, newer).await.unwrap();
    let refused = Store::open(&url).await;
    assert!(matches!(refused, Err(Error::NewerSchema(9999))), "{refused:?}");
}

#[tokio::test]
async fn an_address_that_is_no_database_is_refused_with_what_to_write() {
    let refused = Store::open("mysql://cs@db.us.example/playcaller").await.unwrap_err();
    assert!(refused.to_string().contains("postgres://"), "{refused}");
}
