//! What an import sets in motion: accounts to look at, feeds that are fresh again.

use playcaller::portfolio::import::Kind;
use playcaller::time::Timestamp;

use super::{Given, at, on_each};
use crate::support::databases::execute;

async fn wake_at(given: &Given) -> Option<Timestamp> {
    given.store.account_summary("acme").await.unwrap().unwrap().wake_at
}

/// Puts all accounts to sleep.
async fn lull(given: &Given) {
    execute(&given.store, "update account set wake_at = null").await.unwrap();
}

#[tokio::test]
async fn an_account_wakes_now_for_what_is_seen_and_later_for_what_is_dated_ahead() {
    let imports = [
        (Kind::Accounts, "id,name\nacme,Other\n", "2026-06-15T12:00:00Z"),
        (Kind::Accounts, "id,name,as_of\nacme,Ahead,2026-07-01T00:00:00Z\n", "2026-07-01T00:00:00Z"),
        (Kind::Contacts, "id,account\npat,acme\n", "2026-06-15T12:00:00Z"),
        (Kind::Metrics, "account,metric,date,value\nacme,logins,2026-06-14,1\n", "2026-06-15T12:00:00Z"),
        (Kind::Metrics, "account,metric,date,value\nacme,logins,2026-06-15,1\n", "2026-06-16T04:00:00Z"),
        (Kind::Events, "id,kind,account,at\ne1,nps_response,acme,2026-06-20T10:00:00Z\n", "2026-06-20T10:00:00Z"),
    ];
    on_each(async |given| {
        given.import(Kind::Accounts, "a.csv", "id,name,timezone\nacme,Acme,America/New_York\n").await;
        for (kind, text, expected) in imports {
            lull(&given).await;
            let version = given.account("acme").await.1;
            given.import(kind, "rows.csv", text).await;
            assert_eq!(wake_at(&given).await, Some(at(expected)), "{text}");
            assert_eq!(given.account("acme").await.1, version + 1, "{text}");
            lull(&given).await;
            given.import(kind, "rows.csv", text).await;
            assert_eq!(wake_at(&given).await, None, "again: {text}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_feed_that_was_stale_wakes_every_account() {
    on_each(async |mut given| {
        given.import(Kind::Accounts, "a.csv", "id\nacme\n").await;
        for (now, woken) in
            [("2026-06-16T00:00:00Z", true), ("2026-06-17T00:00:00Z", false), ("2026-06-20T00:00:00Z", true)]
        {
            lull(&given).await;
            given.now = at(now);
            given.import(Kind::Accounts, "b.csv", format!("id,arr\nbolt,{}\n", &now[8..10])).await;
            assert_eq!(wake_at(&given).await.is_some(), woken, "{now}");
            assert_eq!(given.store.feeds().await.unwrap()["crm"], given.now);
        }
    })
    .await;
}
