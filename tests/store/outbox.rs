//! The outbox: one worker at a time, nothing handed over without its mark, nothing written by who was overtaken.

use std::collections::BTreeSet;

use playcaller::book::playbook::Outcome;
use playcaller::engine::Reason;
use playcaller::engine::delivery::{Afterwards, DeliveryState, Settlement};
use playcaller::engine::desk::{Change, EntryResult};
use playcaller::engine::enrollment::{End, EnrollmentState};
use playcaller::store::{ClaimedDelivery, DeliveryLine, Filter, Mark, Settled, Store, Swept, Timeline};
use playcaller::time::Timestamp;

use super::given::{apply, at, busy_desk, busy_store, chat, mail, noon};
use crate::support::databases::{execute, number, on_every_database};

fn lease() -> Timestamp {
    at("2026-03-17T12:01:00Z")
}

fn later() -> Timestamp {
    at("2026-03-17T12:30:00Z")
}

async fn claim_one(store: &Store, owner: &str) -> ClaimedDelivery {
    let mut claimed = store.claim(noon(), 10, owner, lease()).await.unwrap();
    assert_eq!(claimed.len(), 1);
    claimed.remove(0)
}

/// Settles, and says whether anything was written.
async fn settle(store: &Store, claimed: &ClaimedDelivery, settlement: Settlement) -> bool {
    store.settle(claimed, &settlement, noon()).await.unwrap() != Settled::Overtaken
}

async fn only(store: &Store) -> DeliveryLine {
    let mut lines = store.deliveries(&Filter::default()).await.unwrap();
    assert_eq!(lines.len(), 1);
    lines.remove(0)
}

fn sent() -> Settlement {
    Settlement::Sent { reply: "250 taken".to_owned() }
}

#[tokio::test]
async fn a_mail_is_claimed_marked_and_sent() {
    on_every_database(async |store| {
        busy_store(store).await;
        assert_eq!(store.next_due().await.unwrap(), Some(noon()));
        let claimed = claim_one(store, "one").await;
        assert_eq!((&*claimed.id, claimed.fence, claimed.tries), ("d1", 1, 0));
        assert_eq!(claimed.message, mail("d1", "pat@acme.example").message);
        assert!(!settle(store, &claimed, sent()).await, "nothing is sent without its mark");
        assert_eq!(store.mark(&claimed, noon(), lease()).await.unwrap(), Mark::Set);
        assert_eq!(store.mark(&claimed, noon(), lease()).await.unwrap(), Mark::Lost);
        assert!(settle(store, &claimed, sent()).await);
        assert!(!settle(store, &claimed, sent()).await, "what is sent is settled");
        let view = store.delivery("d1").await.unwrap().unwrap();
        assert_eq!((view.line.state.as_str(), view.line.sent_at, view.line.attempts), ("sent", Some(noon()), 1));
        assert_eq!(view.tried.iter().map(|try_| try_.outcome.as_str()).collect::<Vec<_>>(), ["sent"]);
        assert_eq!(store.next_due().await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn two_claimers_never_get_the_same_delivery() {
    on_every_database(async |store| {
        busy_store(store).await;
        let changes: Vec<Change> = (0..60)
            .map(|n| Change::Delivery(Box::new(mail(&format!("m{n}"), &format!("p{n}@acme.example")))))
            .collect();
        apply(store, 1, &busy_desk(), &changes).await;
        let workers = (0..6).map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut mine = Vec::new();
                loop {
                    let some = store.claim(noon(), 3, &format!("worker {n}"), lease()).await.unwrap();
                    if some.is_empty() {
                        return mine;
                    }
                    mine.extend(some.into_iter().map(|claimed| claimed.id));
                }
            })
        });
        let mut all = Vec::new();
        for worker in workers.collect::<Vec<_>>() {
            all.extend(worker.await.unwrap());
        }
        assert_eq!(all.len(), 61);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 61);
    })
    .await;
}

#[tokio::test]
async fn an_overtaken_worker_changes_nothing() {
    on_every_database(async |store| {
        busy_store(store).await;
        let slow = claim_one(store, "slow").await;
        assert_eq!(store.sweep(lease()).await.unwrap(), Swept { queued: 1, ..Swept::default() });
        let quick = claim_one(store, "quick").await;
        assert_eq!(quick.fence, slow.fence + 1);
        assert_eq!(store.mark(&slow, noon(), lease()).await.unwrap(), Mark::Lost);
        assert_eq!(store.mark(&quick, noon(), lease()).await.unwrap(), Mark::Set);
        assert!(!settle(store, &slow, sent()).await);
        assert!(settle(store, &quick, sent()).await);
    })
    .await;
}

#[tokio::test]
async fn a_daemon_that_begins_alone_takes_over_what_a_dead_one_had() {
    on_every_database(async |store| {
        busy_store(store).await;
        claim_one(store, "dead").await;
        let alone = matches!(store, Store::Sqlite { .. });
        assert_eq!(store.recover(noon()).await.unwrap().queued, u64::from(alone));
    })
    .await;
}

#[tokio::test]
async fn mail_without_an_answer_is_uncertain_until_the_late_answer_and_chat_is_sent_again() {
    on_every_database(async |store| {
        busy_store(store).await;
        apply(store, 1, &busy_desk(), &[Change::Delivery(Box::new(chat("c1")))]).await;
        let claimed = store.claim(noon(), 10, "one", lease()).await.unwrap();
        for own in &claimed {
            assert_eq!(store.mark(own, noon(), lease()).await.unwrap(), Mark::Set);
        }
        assert_eq!(store.sweep(noon()).await.unwrap(), Swept::default());
        assert_eq!(store.sweep(lease()).await.unwrap(), Swept { queued: 1, uncertain: vec!["d1".into()], released: 0 });
        let late = claimed.iter().find(|own| &*own.id == "d1").unwrap();
        assert!(settle(store, late, sent()).await);
        let chat = claimed.iter().find(|own| &*own.id == "c1").unwrap();
        assert!(!settle(store, chat, sent()).await, "it is in the queue again");
    })
    .await;
}

#[tokio::test]
async fn the_mark_is_refused_once_the_enrollment_has_ended_but_not_by_completion() {
    for (reason, expected) in
        [(Reason::Exited, Mark::Refused(DeliveryState::Cancelled, Reason::Superseded)), (Reason::Completed, Mark::Set)]
    {
        on_every_database(async |store| {
            busy_store(store).await;
            let claimed = claim_one(store, "one").await;
            let mut desk = busy_desk();
            let own = desk.enrollments.get_mut("e1").unwrap();
            own.state = EnrollmentState::Ended;
            own.ended = Some(End { at: noon(), outcome: Outcome::Neutral, reason, exit: None });
            apply(store, 1, &desk, &[Change::Enrollment("e1".into())]).await;
            assert_eq!(store.mark(&claimed, noon(), lease()).await.unwrap(), expected);
        })
        .await;
    }
}

#[tokio::test]
async fn the_mark_is_refused_for_a_blocked_address_and_after_its_time() {
    on_every_database(async |store| {
        busy_store(store).await;
        let claimed = claim_one(store, "one").await;
        let mut tx = store.begin().await.unwrap();
        tx.block_address("PAT@acme.example ", Reason::OptedOut, noon()).await.unwrap();
        tx.commit().await.unwrap();
        let refused = store.mark(&claimed, noon(), lease()).await.unwrap();
        assert_eq!(refused, Mark::Refused(DeliveryState::Suppressed, Reason::OptedOut));
        assert_eq!(only(store).await.state, "suppressed");
    })
    .await;
    on_every_database(async |store| {
        busy_store(store).await;
        let claimed = claim_one(store, "one").await;
        let refused = store.mark(&claimed, at("2026-03-19T12:00:00Z"), lease()).await.unwrap();
        assert_eq!(refused, Mark::Refused(DeliveryState::Expired, Reason::LateSkipped));
    })
    .await;
}

#[tokio::test]
async fn nothing_goes_out_while_a_change_of_its_account_has_not_been_looked_at() {
    on_every_database(async |store| {
        busy_store(store).await;
        let claimed = claim_one(store, "one").await;
        execute(store, "update account set wake_at = 0 where id = 'acme'").await.unwrap();
        assert_eq!(store.mark(&claimed, noon(), lease()).await.unwrap(), Mark::Lost);
        execute(store, "update account set wake_at = null where id = 'acme'").await.unwrap();
        let again = claim_one(store, "one").await;
        assert_eq!(store.mark(&again, noon(), lease()).await.unwrap(), Mark::Set);
    })
    .await;
}

#[tokio::test]
async fn a_silence_holds_until_it_is_over() {
    on_every_database(async |store| {
        busy_store(store).await;
        // From 2026-03-17T11:00 until 12:30.
        let silence = "insert into silence (id, account_id, from_at, until_at, who, why)
            values ('s1', 'acme', 1773745200000000, 1773750600000000, 'dana', 'visit')";
        execute(store, silence).await.unwrap();
        let claimed = claim_one(store, "one").await;
        let refused = store.mark(&claimed, noon(), lease()).await.unwrap();
        assert_eq!(refused, Mark::Refused(DeliveryState::Held, Reason::Silenced));
        assert_eq!(store.sweep(later()).await.unwrap(), Swept { released: 1, ..Swept::default() });
        let line = only(store).await;
        assert_eq!((line.state.as_str(), line.reason), ("queued", None));
    })
    .await;
}

#[tokio::test]
async fn a_hard_bounce_blocks_the_address_marks_the_contact_and_wakes_the_account() {
    on_every_database(async |store| {
        busy_store(store).await;
        let version = store.version_of("acme").await.unwrap().unwrap();
        let claimed = claim_one(store, "one").await;
        let why = "550 5.1.1 no such user".to_owned();
        assert!(settle(store, &claimed, Settlement::Dead { why, then: Afterwards::BlockAddress }).await);
        let line = only(store).await;
        assert_eq!((line.state.as_str(), line.reason), ("dead", Some(Reason::Bounced)));
        assert_eq!(number(store, "select count(*) from blocked_address where address = 'pat@acme.example'").await, 1);
        let contact = "select count(*) from contact_field where field = 'status' and value = '\"bounced\"'";
        assert_eq!(number(store, contact).await, 1);
        assert_eq!(store.version_of("acme").await.unwrap(), Some(version + 1));
        let line = store.timeline(&Timeline::default()).await.unwrap().pop().unwrap();
        assert_eq!((line.what(), line.result, line.reason), ("deliver", EntryResult::Failed, Some(Reason::Bounced)));
        assert_eq!((&*line.zone, line.detail.as_deref()), ("America/New_York", Some("550 5.1.1 no such user")));
    })
    .await;
}

#[tokio::test]
async fn a_retry_waits_for_its_time_and_a_paused_destination_delays_what_waits_for_it() {
    on_every_database(async |store| {
        busy_store(store).await;
        apply(store, 1, &busy_desk(), &[Change::Delivery(Box::new(mail("d2", "kim@acme.example")))]).await;
        let claimed = store.claim(noon(), 1, "one", lease()).await.unwrap();
        let why = "421 later".to_owned();
        assert!(settle(store, &claimed[0], Settlement::PauseDestination { until: later(), why: why.clone() }).await);
        assert!(store.claim(noon(), 9, "one", lease()).await.unwrap().is_empty());
        assert_eq!(store.next_due().await.unwrap(), Some(later()));
        let claimed = store.claim(later(), 9, "one", lease()).await.unwrap();
        assert_eq!(claimed.iter().map(|own| own.tries).collect::<Vec<_>>(), [0, 0]);
        let tomorrow = at("2026-03-18T12:00:00Z");
        assert!(settle(store, &claimed[0], Settlement::RetryAt { at: tomorrow, counted: true, why }).await);
        assert_eq!(store.renew_leases("one", tomorrow).await.unwrap(), 1);
        assert_eq!(store.hand_back("one").await.unwrap(), 1);
        let claimed = store.claim(tomorrow, 9, "two", tomorrow).await.unwrap();
        assert_eq!(claimed.iter().map(|own| own.tries).collect::<BTreeSet<_>>(), BTreeSet::from([0, 1]));
    })
    .await;
}

#[tokio::test]
async fn the_next_wake_is_the_earlier_of_accounts_and_deliveries() {
    on_every_database(async |store| {
        assert_eq!(store.next_wake().await.unwrap(), None);
        busy_store(store).await;
        execute(store, "update account set wake_at = 1773900000000000").await.unwrap();
        assert_eq!(store.next_wake().await.unwrap(), Some(noon()));
        claim_one(store, "one").await;
        assert_eq!(store.next_wake().await.unwrap(), Some(at("2026-03-19T06:00:00Z")));
    })
    .await;
}
