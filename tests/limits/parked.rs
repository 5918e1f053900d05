//! Who comes above a limit waits before the door, and one person answers for all of them.

use playcaller::condition::Value;
use playcaller::store::{Decision, Filter};

use super::{House, LOW, NO_BREAKER};
use crate::support::databases::{number, on_every_database};

const MAILS: &str = "select count(*) from delivery";
const PARKED: &str = "select count(*) from enrollment where state = 'parked'";

/// Only the number of accounts in a day counts.
const TWO_HUNDRED: &str = "[breaker]\nmax_share = 0.0\ntrip_at = 0.0\n";

fn a_day(most: u32) -> String {
    LOW.replace("account.score < 50' }", &format!("account.score < 50', max_per_day = {most} }}"))
}

#[tokio::test]
async fn of_three_hundred_accounts_suddenly_true_two_hundred_are_mailed_and_the_others_after_one_yes() {
    on_every_database(async |store| {
        let mut house = House::open(store, TWO_HUNDRED, &[LOW], 300).await;
        house.score(0..300, 40.0).await;
        house.play_until("2026-06-01T09:00:00Z").await;
        assert_eq!((house.count(" enroll"), house.count("(breaker_tripped)")), (300, 100));
        assert_eq!((number(store, MAILS).await, number(store, PARKED).await), (200, 100));
        let [asked] = &house.approvals().await[..] else { panic!("one question") };
        assert_eq!((asked.kind.as_str(), asked.account.as_deref(), asked.count), ("enrollments", None, Some(100)));
        assert_eq!((asked.playbook.as_str(), asked.approver.as_deref()), ("low", Some("dana")));
        let view = store.approval(&asked.id).await.unwrap().unwrap();
        assert_eq!((view.accounts.len(), view.accounts[0].as_str()), (100, "a200"));

        house.play_until("2026-06-03T12:00:00Z").await;
        assert_eq!(number(store, MAILS).await, 200, "days pass, and nobody answers");
        house.took();
        house.answer(&asked.id, Decision::Approve).await;
        house.play_until("2026-06-03T12:10:00Z").await;
        assert_eq!((number(store, MAILS).await, number(store, PARKED).await), (300, 0));
        assert!(house.lines.contains(&"a299 2026-06-03 12:00 enroll".to_owned()), "{:?}", house.lines);
        assert!(house.approvals().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_no_ends_them_with_the_reason_and_they_do_not_come_again() {
    on_every_database(async |store| {
        let mut house = House::open(store, NO_BREAKER, &[&a_day(2)], 5).await;
        house.score(0..5, 40.0).await;
        house.play_until("2026-06-01T09:00:00Z").await;
        let asked = house.approvals().await.remove(0);
        house.took();
        house.answer(&asked.id, Decision::Reject).await;
        house.score(0..5, 80.0).await;
        house.play_until("2026-06-02T09:00:00Z").await;
        assert_eq!(house.count("exit rejected"), 3);
        house.score(0..5, 40.0).await;
        house.play_until("2026-06-03T09:00:00Z").await;
        assert_eq!((house.count("enroll"), number(store, MAILS).await), (0, 2));
        let ended = store.enrollments(&Filter { account: Some("a004".into()), ..Filter::default() }).await.unwrap();
        let reason = ended[0].reason.map(|reason| reason.as_str());
        assert_eq!((ended[0].outcome.as_deref(), reason), (Some("neutral"), Some("limit_reached")));
    })
    .await;
}

#[tokio::test]
async fn forty_a_day_is_counted_anew_every_local_day_with_a_question_for_each() {
    on_every_database(async |store| {
        let mut house = House::open(store, NO_BREAKER, &[&a_day(40)], 100).await;
        house.score(0..45, 40.0).await;
        house.play_until("2026-06-01T12:00:00Z").await;
        assert_eq!(house.approvals().await[0].count, Some(5));
        house.score(45..50, 40.0).await;
        house.play_until("2026-06-01T13:00:00Z").await;
        let [one] = &house.approvals().await[..] else { panic!("the question grows") };
        assert_eq!(one.count, Some(10));
        house.play_until("2026-06-02T12:00:00Z").await;
        house.score(50..100, 40.0).await;
        house.play_until("2026-06-02T13:00:00Z").await;
        let counts: Vec<_> = house.approvals().await.into_iter().map(|own| own.count).collect();
        assert_eq!(counts, [Some(10), Some(10)]);
        assert_eq!(number(store, MAILS).await, 80);
    })
    .await;
}

#[tokio::test]
async fn after_an_answer_the_next_above_the_limit_are_asked_about_anew() {
    on_every_database(async |store| {
        let mut house = House::open(store, NO_BREAKER, &[&a_day(1)], 4).await;
        house.score(0..2, 40.0).await;
        house.play_until("2026-06-01T12:00:00Z").await;
        let first = house.approvals().await.remove(0);
        house.answer(&first.id, Decision::Approve).await;
        house.play_until("2026-06-01T12:10:00Z").await;
        assert_eq!(number(store, MAILS).await, 2);
        house.score(2..4, 40.0).await;
        house.play_until("2026-06-01T13:00:00Z").await;
        let [second] = &house.approvals().await[..] else { panic!("another question") };
        assert_eq!((number(store, MAILS).await, second.count), (2, Some(2)));
        assert_ne!(second.id, first.id);
        assert_eq!(store.approval(&first.id).await.unwrap().unwrap().accounts, ["a001"]);
    })
    .await;
}

#[tokio::test]
async fn who_waits_leaves_by_an_exit_and_by_the_never_rule_and_a_yes_comes_too_late() {
    let never = format!("{NO_BREAKER}[never]\nwhen = 'account.status == \"churned\"'\n");
    on_every_database(async |store| {
        let mut house = House::open(store, &never, &[&a_day(1)], 4).await;
        house.score(0..4, 40.0).await;
        house.play_until("2026-06-01T09:00:00Z").await;
        let asked = house.approvals().await.remove(0);
        house.took();
        house.score(1..2, 95.0).await;
        house.set(2..3, "status", Value::text("churned")).await;
        house.play_until("2026-06-01T10:00:00Z").await;
        assert_eq!(house.took(), ["a001 2026-06-01 09:00 exit well-again", "a002 2026-06-01 09:00 exit never_policy"]);
        assert_eq!(house.approvals().await[0].count, Some(1));
        house.answer(&asked.id, Decision::Approve).await;
        house.play_until("2026-06-01T11:00:00Z").await;
        assert_eq!(house.count("enroll"), 1);
        assert_eq!(number(store, MAILS).await, 2);
    })
    .await;
}

#[tokio::test]
async fn whom_a_person_enrolls_is_neither_parked_nor_counted_and_whom_a_playbook_starts_is_both() {
    let starter = LOW.replace("id = \"low\"", "id = \"starter\"").replace(
        "action = \"email\"\nto = \"contact:champion\"\ntemplate = \"hello\"",
        "action = \"start\"\nplaybook = \"low\"",
    );
    let started = a_day(1).replace("kind = \"condition\"", "kind = \"manual\"");
    on_every_database(async |store| {
        let mut house = House::open(store, NO_BREAKER, &[&started, &starter], 5).await;
        for account in ["a000", "a001"] {
            house.runtime.enroll(account, "low", "dana").await.unwrap();
        }
        house.play_until("2026-06-01T09:00:00Z").await;
        assert_eq!((number(store, PARKED).await, number(store, MAILS).await), (0, 2));
        house.score(2..5, 40.0).await;
        house.play_until("2026-06-01T10:00:00Z").await;
        assert_eq!((number(store, PARKED).await, number(store, MAILS).await), (2, 3));
    })
    .await;
}

#[tokio::test]
async fn a_parked_account_is_not_in_the_playbook_and_says_why() {
    on_every_database(async |store| {
        let other = LOW.replace("id = \"low\"", "id = \"other\"").replace("account.score < 50", "in_playbook(\"low\")");
        let mut house = House::open(store, NO_BREAKER, &[&a_day(1), &other], 2).await;
        house.score(0..2, 40.0).await;
        house.play_until("2026-06-02T09:00:00Z").await;
        let entered: Vec<String> = store
            .enrollments(&Filter { playbook: Some("other".into()), ..Filter::default() })
            .await
            .unwrap()
            .into_iter()
            .map(|line| line.account)
            .collect();
        assert_eq!(entered, ["a000"]);
        let book = house.runtime.world().book.clone();
        let now = "2026-06-02T09:00:00Z".parse().unwrap();
        let why = playcaller::runtime::explain::explain(store, book, "a001", "low", now).await.unwrap();
        assert_eq!((why.enrolled, why.reason), (false, "limit_reached"));
        let stopped = store.enrollments(&Filter { state: Some("parked".into()), ..Filter::default() }).await.unwrap();
        house.runtime.stop(&stopped[0].id, "not now", "dana").await.unwrap();
        assert_eq!(number(store, PARKED).await, 0);
    })
    .await;
}
