//! Desks: what one look writes, the next one reads; what was decided on old data is refused.

use std::sync::Arc;

use playcaller::book::playbook::{Kind, Outcome};
use playcaller::condition::Value;
use playcaller::engine::delivery::DeliveryState;
use playcaller::engine::desk::{Change, NewDelivery};
use playcaller::engine::enrollment::{End, EnrollmentState};
use playcaller::engine::{Desk, Reason};
use playcaller::portfolio::Health;
use playcaller::store::{Applied, Filter, Look, Store, Timeline};

use super::given::{apply, at, busy_desk, busy_store, enrollment, entry, everything, mail, noon, two_customers};
use crate::support::databases::{execute, number, on_every_database};

async fn desk_of(store: &Store, account: &str) -> Desk {
    let mut desks = store.load_desks(&[account.into()], noon()).await.unwrap();
    desks.remove(account).unwrap()
}

/// [`busy_desk`] after its only enrollment has ended.
fn ended(reason: Reason) -> Desk {
    let mut desk = busy_desk();
    let own = desk.enrollments.get_mut("e1").unwrap();
    own.state = EnrollmentState::Ended;
    own.ended = Some(End { at: noon(), outcome: Outcome::Lost, reason, exit: Some("lost".into()) });
    desk
}

#[tokio::test]
async fn a_desk_comes_back_as_it_was_written() {
    on_every_database(async |store| {
        busy_store(store).await;
        let (found, written) = (desk_of(store, "acme").await, busy_desk());
        assert_eq!(found.enrollments, written.enrollments);
        assert_eq!(found.tasks, written.tasks);
        assert_eq!(found.approvals, written.approvals);
        assert_eq!(found.conditions, written.conditions);
        let send = &found.sends["d1"];
        assert_eq!((send.channel, send.state, send.queued_at), (Kind::Email, DeliveryState::Queued, noon()));
        assert!(desk_of(store, "globex").await.enrollments.is_empty());
        assert_eq!(store.timeline(&Timeline::default()).await.unwrap(), [entry("kickoff")]);
    })
    .await;
}

#[tokio::test]
async fn a_look_at_an_older_version_writes_nothing_and_leaves_the_others_be() {
    on_every_database(async |store| {
        busy_store(store).await;
        let (desk, changes) = (ended(Reason::Exited), [Change::Enrollment("e1".into())]);
        let old = Look { account: "acme", version: 0, desk: &desk, changes: &changes, wake_at: None, next: &[] };
        let empty = Desk::default();
        let wake_at = at("2026-03-18T00:00:00Z");
        let fresh =
            Look { account: "globex", version: 0, desk: &empty, changes: &[], wake_at: Some(wake_at), next: &[] };
        let mut tx = store.begin().await.unwrap();
        let applied = tx.apply(&[old, fresh], noon()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(applied, Applied { conflicts: vec!["acme".into()], repeated: vec![] });
        assert_eq!(desk_of(store, "acme").await.enrollments, busy_desk().enrollments);
        assert_eq!(
            store.due_accounts(at("2026-03-30T00:00:00Z"), 9).await.unwrap(),
            [("globex".into(), 1), ("acme".into(), 1)]
        );
        assert_eq!(store.version_of("nobody").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn the_same_delivery_decided_twice_is_one_row_and_the_second_is_named() {
    on_every_database(async |store| {
        busy_store(store).await;
        let again = [
            Change::Delivery(Box::new(mail("d1", "pat@acme.example"))),
            Change::Delivery(Box::new(mail("d2", "Pat@Acme.example"))),
            Change::Delivery(Box::new(mail("d3", "kim@acme.example"))),
        ];
        let applied = apply(store, 1, &busy_desk(), &again).await;
        assert_eq!(applied.repeated, [Arc::from("d1"), Arc::from("d2")]);
        assert_eq!(number(store, "select count(*) from delivery").await, 2);
    })
    .await;
}

#[tokio::test]
async fn an_end_cancels_what_is_queued_and_never_opens_again() {
    on_every_database(async |store| {
        busy_store(store).await;
        let changes = [
            Change::Enrollment("e1".into()),
            Change::CancelDeliveries { enrollment: "e1".into(), reason: Reason::Superseded },
        ];
        apply(store, 1, &ended(Reason::Exited), &changes).await;
        let found = desk_of(store, "acme").await;
        assert_eq!(found.enrollments, ended(Reason::Exited).enrollments);
        assert_eq!(found.sends["d1"].state, DeliveryState::Cancelled);

        let (desk, changes) = (busy_desk(), [Change::Enrollment("e1".into())]);
        let look = Look { account: "acme", version: 2, desk: &desk, changes: &changes, wake_at: None, next: &[] };
        let mut tx = store.begin().await.unwrap();
        let refused = tx.apply(&[look], noon()).await.unwrap_err().to_string();
        assert!(refused.contains("ended"), "{refused}");
        tx.rollback().await.unwrap();
        assert_eq!(desk_of(store, "acme").await.enrollments, ended(Reason::Exited).enrollments);
    })
    .await;
}

#[tokio::test]
async fn fields_health_and_planned_steps_are_written_and_the_timeline_is_numbered() {
    on_every_database(async |store| {
        busy_store(store).await;
        let mut desk = busy_desk();
        desk.enrollments.get_mut("e1").unwrap().steps.clear();
        let health = Health { score: Some(71), band: Some("yellow".into()), ..Health::default() };
        let changes = [
            Change::Step { enrollment: "e1".into(), step: "kickoff".into() },
            Change::Field { field: "renewal_status".into(), value: Value::text("won") },
            Change::Health { day: "2026-03-17".parse().unwrap(), health },
            Change::History(entry("one")),
            Change::History(entry("two")),
        ];
        apply(store, 1, &desk, &changes).await;
        assert!(desk_of(store, "acme").await.enrollments["e1"].steps.is_empty());
        assert_eq!(number(store, "select count(*) from field_history where value = '\"won\"'").await, 1);
        assert_eq!(number(store, "select score from health_history where day = 20529").await, 71);
        assert_eq!(number(store, "select max(seq) from history").await, 3);
        let two = Timeline { account: Some("acme".into()), limit: Some(2), ..Timeline::default() };
        let steps: Vec<_> = store.timeline(&two).await.unwrap().into_iter().filter_map(|line| line.step).collect();
        assert_eq!(steps, ["one".into(), "two".into()]);
        let next = store.enrollments(&Filter::default()).await.unwrap()[0].next.clone().unwrap();
        assert_eq!((next.step.as_str(), next.at), ("kickoff", noon()));
    })
    .await;
}

#[tokio::test]
async fn a_change_of_what_is_not_on_the_desk_is_our_mistake_and_named() {
    on_every_database(async |store| {
        two_customers(store).await;
        let refused = refused(store, &[Change::Task("t9".into())]).await;
        assert!(refused.contains("t9"), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn a_mail_to_another_customers_contact_is_refused_by_the_database() {
    on_every_database(async |store| {
        two_customers(store).await;
        let theirs = NewDelivery { contact: Some("sam".into()), ..mail("d9", "sam@globex.example") };
        let mut changes = everything();
        changes.push(Change::Delivery(Box::new(theirs)));
        let refused = refused(store, &changes).await.to_lowercase();
        assert!(refused.contains("foreign key"), "{refused}");
        assert_eq!(number(store, "select count(*) from delivery").await, 0);
    })
    .await;
}

/// What the first look at `acme` with these changes is refused with.
async fn refused(store: &Store, changes: &[Change]) -> String {
    let look = Look { account: "acme", version: 0, desk: &busy_desk(), changes, wake_at: None, next: &[] };
    let mut tx = store.begin().await.unwrap();
    let refused = tx.apply(&[look], noon()).await.unwrap_err().to_string();
    tx.rollback().await.unwrap();
    refused
}

#[tokio::test]
async fn text_that_stands_for_no_state_is_an_error_and_never_a_default() {
    on_every_database(async |store| {
        busy_store(store).await;
        execute(store, "update step_run set state = 'thinking'").await.unwrap();
        let error = store.load_desks(&["acme".into()], noon()).await.unwrap_err().to_string();
        assert!(error.contains("`thinking`"), "{error}");
        let refused = execute(store, "update enrollment set state = 'bogus'").await;
        assert!(refused.is_err(), "the schema lets an unknown state in");
    })
    .await;
}

#[tokio::test]
async fn two_looks_at_the_same_version_cannot_both_be_written() {
    on_every_database(async |store| {
        busy_store(store).await;
        let one = enter(store.clone(), "e2");
        let other = enter(store.clone(), "e3");
        let (one, other) = tokio::join!(one, other);
        assert_eq!(one.conflicts.len() + other.conflicts.len(), 1);
        assert_eq!(number(store, "select count(*) from enrollment").await, 2);
    })
    .await;
}

async fn enter(store: Store, id: &'static str) -> Applied {
    let mut desk = busy_desk();
    desk.enrollments.insert(id.into(), enrollment(id, "acme"));
    apply(&store, 1, &desk, &[Change::Enrollment(id.into())]).await
}
