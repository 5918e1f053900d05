//! What people do by hand: it is written, audited, wakes the account, and is refused when it makes no sense.

use playcaller::engine::delivery::Settlement;
use playcaller::store::{By, Decision, Error, Filter, Mark, Result, Store, Tx};

use super::given::{at, busy_store, noon};
use crate::support::databases::{execute, number, on_every_database};

fn dana() -> By<'static> {
    By { who: "dana", at: at("2026-03-18T09:00:00Z") }
}

/// Runs one action in a transaction of its own.
async fn act(store: &Store, action: impl AsyncFnOnce(&mut Tx) -> Result<()>) -> Result<()> {
    let mut tx = store.begin().await?;
    let done = action(&mut tx).await;
    if done.is_ok() {
        tx.commit().await?
    } else {
        tx.rollback().await?
    }
    done
}

#[tokio::test]
async fn a_task_is_checked_acknowledged_snoozed_and_completed_once() {
    on_every_database(async |store| {
        busy_store(store).await;
        let until = at("2026-03-20T09:00:00Z");
        act(store, async |tx| tx.check_item("t1", 1, true, dana()).await).await.unwrap();
        act(store, async |tx| tx.acknowledge_task("t1", dana()).await).await.unwrap();
        act(store, async |tx| tx.snooze_task("t1", until, dana()).await).await.unwrap();
        act(store, async |tx| tx.complete_task("t1", dana()).await).await.unwrap();
        let refused = act(store, async |tx| tx.complete_task("t1", dana()).await).await.unwrap_err().to_string();
        assert!(refused.contains("`t1` is done"), "{refused}");
        let missing = act(store, async |tx| tx.complete_task("t9", dana()).await).await.unwrap_err();
        assert!(matches!(missing, Error::NotFound { what: "task", .. }), "{missing}");
        let task = store.tasks(&Filter { person: Some("dana".into()), ..Filter::default() }).await.unwrap().remove(0);
        assert_eq!((task.state.as_str(), task.done_at, task.checklist[0].done), ("done", Some(dana().at), true));
        assert_eq!(number(store, "select count(*) from audit where actor = 'dana' and object = 't1'").await, 4);
        assert_eq!(store.version_of("acme").await.unwrap(), Some(5));
        assert!(store.open_tasks_per_person().await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_checklist_item_that_is_not_there_is_named() {
    on_every_database(async |store| {
        busy_store(store).await;
        for item in [0, 2] {
            let refused = act(store, async |tx| tx.check_item("t1", item, true, dana()).await).await.unwrap_err();
            assert!(refused.to_string().contains("checklist item"), "{refused}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_approval_is_answered_once() {
    on_every_database(async |store| {
        busy_store(store).await;
        act(store, async |tx| tx.decide_approval("a1", Decision::Approve, dana()).await).await.unwrap();
        let again = act(store, async |tx| tx.decide_approval("a1", Decision::Reject, dana()).await).await.unwrap_err();
        assert!(again.to_string().contains("`a1` is approved"), "{again}");
        let desk = store.load_desks(&["acme".into()], noon()).await.unwrap().remove("acme").unwrap();
        assert_eq!(desk.approvals["a1"].decided_at, Some(dana().at));
        assert_eq!(store.next_wake().await.unwrap(), Some(noon()));
    })
    .await;
}

#[tokio::test]
async fn an_approval_whose_time_has_passed_is_refused_with_the_instant() {
    on_every_database(async |store| {
        busy_store(store).await;
        let late = By { at: at("2026-03-20T12:00:00Z"), ..dana() };
        let refused = act(store, async |tx| tx.decide_approval("a1", Decision::Approve, late).await).await.unwrap_err();
        assert!(refused.to_string().contains("`a1` expired on 2026-03-20"), "{refused}");
        assert_eq!(number(store, "select count(*) from approval where state = 'waiting'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_person_settles_or_repeats_an_uncertain_delivery_but_not_a_sent_one() {
    on_every_database(async |store| {
        busy_store(store).await;
        for _ in 0..2 {
            let lease = at("2026-03-18T10:00:00Z");
            let claimed = store.claim(dana().at, 1, "one", lease).await.unwrap().remove(0);
            assert_eq!(store.mark(&claimed, dana().at, lease).await.unwrap(), Mark::Set);
            let why = "closed without an answer".to_owned();
            store.settle(&claimed, &Settlement::Uncertain { why }, dana().at).await.unwrap();
            if claimed.fence == 1 {
                act(store, async |tx| tx.retry_delivery("d1", dana()).await).await.unwrap();
                // The look that the retry asks for.
                execute(store, "update account set wake_at = null").await.unwrap();
            }
        }
        act(store, async |tx| tx.resolve_delivery("d1", true, dana()).await).await.unwrap();
        let refused = act(store, async |tx| tx.retry_delivery("d1", dana()).await).await.unwrap_err().to_string();
        assert!(refused.contains("`d1` is sent"), "{refused}");
        let view = store.delivery("d1").await.unwrap().unwrap();
        assert_eq!((view.line.sent_at, view.tried.len()), (Some(dana().at), 2));
    })
    .await;
}
