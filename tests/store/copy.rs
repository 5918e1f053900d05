//! Copies in memory: the same accounts and work, and nothing of what happens there comes back.

use std::sync::Arc;

use playcaller::engine::desk::Change;
use playcaller::store::{Store, Timeline};

use super::given::{apply, busy_desk, busy_store, entry, noon};
use crate::support::databases::{execute, number, on_every_database};

async fn copy_of(store: &Store, accounts: Option<&[Arc<str>]>) -> Store {
    let copy = Store::open("sqlite::memory:").await.unwrap();
    store.copy_to(&copy, accounts, true).await.unwrap();
    copy
}

#[tokio::test]
async fn a_copy_holds_the_accounts_named_with_their_work_and_goes_its_own_way() {
    on_every_database(async |store| {
        busy_store(store).await;
        execute(store, "insert into metric values ('acme', 'logins', 20529, 0.1234567890123456)").await.unwrap();
        let copy = copy_of(store, Some(&["acme".into()])).await;
        assert_eq!(copy.account_ids().await.unwrap(), ["acme".into()]);
        let account = &copy.load_accounts(&["acme".into()]).await.unwrap()[0].0;
        let original = &store.load_accounts(&["acme".into()]).await.unwrap()[0].0;
        let days = |account: &playcaller::portfolio::Account| {
            account.metrics["logins"].between("2026-03-17".parse().unwrap(), "2026-03-17".parse().unwrap()).to_vec()
        };
        assert_eq!(days(account), days(original));
        let desk = copy.load_desks(&["acme".into()], noon()).await.unwrap().remove("acme").unwrap();
        assert_eq!(desk.enrollments, busy_desk().enrollments);
        assert_eq!(desk.tasks, busy_desk().tasks);
        assert_eq!(copy.delivery("d1").await.unwrap(), store.delivery("d1").await.unwrap());

        apply(&copy, 1, &busy_desk(), &[Change::History(entry("later"))]).await;
        assert_eq!(copy.timeline(&Timeline::default()).await.unwrap().len(), 1);
        assert_eq!(number(store, "select count(*) from history").await, 1);
        assert_eq!(copy_of(store, None).await.account_ids().await.unwrap().len(), 2);
    })
    .await;
}
