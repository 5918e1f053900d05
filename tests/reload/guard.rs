//! A version that would reach many accounts at once is a person's decision.

use playcaller::store::{By, Decision, Filter, Store};
use playcaller::time::Clock;

use super::{Stage, TWO, playbook};
use crate::support::databases::on_every_database;

/// Answers the one question that waits.
async fn answer(stage: &Stage, decision: Decision) {
    let waiting = Filter { state: Some("waiting".into()), ..Filter::default() };
    let approvals = stage.store.approvals(&waiting).await.expect("approvals");
    let [question] = &approvals[..] else { panic!("one question: {approvals:?}") };
    assert_eq!((question.kind.as_str(), question.account.as_deref()), ("reload", None));
    let mut tx = stage.store.begin().await.expect("a transaction");
    let by = By { who: "dana", at: stage.clock.now() };
    tx.decide_approval(&question.id, decision, by).await.expect("an answer");
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn a_version_that_would_enroll_too_many_waits_until_a_person_agrees() {
    on_every_database(async |store| {
        let mut stage = Stage::with(store, &playbook("", "account.score > 1000", &TWO), 30).await;
        assert_eq!(stage.play_until("2026-03-03T00:00:00Z").await, Vec::<String>::new());
        let said = stage.edit_stays(&playbook("", "account.score > 0", &TWO)).await;
        assert!(said.contains("would enroll 30 accounts") && said.contains("max_share is 0.2 of 30"), "{said}");
        assert_eq!(stage.play_until("2026-03-04T00:00:00Z").await, Vec::<String>::new());
        assert_eq!(stage.restart().await.stays.join("\n"), said, "asked once, said at every start");
        answer(&stage, Decision::Approve).await;
        let report = stage.poll().await.expect("the answer is heard");
        assert_eq!((report.changed.len(), report.stays.len()), (1, 0));
        let lines = stage.play_until("2026-03-04T01:00:00Z").await;
        assert!(lines.iter().any(|line| line.contains("email one")), "{lines:?}");
    })
    .await;
}

#[tokio::test]
async fn a_version_that_was_rejected_stays_out_until_the_file_is_another() {
    let store = Store::open("sqlite::memory:").await.expect("a database");
    let mut stage = Stage::with(&store, &playbook("", "account.score > 1000", &TWO), 30).await;
    stage.play_until("2026-03-03T00:00:00Z").await;
    stage.edit_stays(&playbook("", "account.score > 0", &TWO)).await;
    answer(&stage, Decision::Reject).await;
    let said = stage.poll().await.expect("the answer is heard").stays.join("\n");
    assert!(said.contains("was rejected, and what is in force stays"), "{said}");
    assert_eq!(stage.play_until("2026-03-04T00:00:00Z").await, Vec::<String>::new());
    let few = stage.edit(&playbook("", "account.score > 27", &TWO)).await.expect("a report");
    assert_eq!((few.changed.len(), few.stays.len()), (1, 0));
    assert_eq!(stage.play_until("2026-03-04T01:00:00Z").await.len(), 6);
}

#[tokio::test]
async fn shared_files_that_would_enroll_too_many_wait_as_well() {
    let store = Store::open("sqlite::memory:").await.expect("a database");
    let ready = |when: &str| format!("[condition.ready]\nwhen = '{when}'\n");
    let mut stage = Stage::with(&store, &playbook("", "account.score > 1000", &TWO), 30).await;
    stage.write("conditions.toml", &ready("account.score > 2000"));
    stage.edit(&playbook("", "ready()", &TWO)).await.expect("a report");
    stage.play_until("2026-03-03T00:00:00Z").await;
    stage.write("conditions.toml", &ready("account.score > 0"));
    let said = stage.poll().await.expect("a report").stays.join("\n");
    assert!(said.starts_with("the shared files would enroll 30 accounts in `care`"), "{said}");
    assert_eq!(stage.play_until("2026-03-04T00:00:00Z").await, Vec::<String>::new());
    answer(&stage, Decision::Approve).await;
    assert_eq!(stage.poll().await.expect("the answer is heard").stays, Vec::<String>::new());
    let lines = stage.play_until("2026-03-04T01:00:00Z").await;
    assert!(lines.iter().any(|line| line.contains("email one")), "{lines:?}");
}
