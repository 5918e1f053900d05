//! The breaker's other two measures: the share of all accounts, and what is usual for the playbook.

use super::{House, LOW};
use crate::support::databases::on_every_database;

#[tokio::test]
async fn a_fifth_of_the_active_accounts_enter_and_no_more() {
    on_every_database(async |store| {
        let mut house = House::open(store, "[breaker]\nmin_enrollments = 3\n", &[LOW], 30).await;
        house.score(0..30, 40.0).await;
        house.play_until("2026-06-01T09:00:00Z").await;
        assert_eq!((house.count(" enroll"), house.count("hold enroll (breaker_tripped)")), (30, 24));
    })
    .await;
}

#[tokio::test]
async fn nothing_trips_below_the_least_number() {
    on_every_database(async |store| {
        let mut house = House::open(store, "[breaker]\nmax_new = 1\nmin_enrollments = 20\n", &[LOW], 25).await;
        house.score(0..25, 40.0).await;
        house.play_until("2026-06-01T09:00:00Z").await;
        assert_eq!(house.count("hold enroll"), 5);
    })
    .await;
}

#[tokio::test]
async fn a_day_is_compared_with_the_median_of_the_days_on_which_anybody_entered() {
    let policy = "[breaker]\nmax_share = 0.0\ntrip_at = 2.0\nmin_enrollments = 5\n";
    on_every_database(async |store| {
        let mut house = House::open(store, policy, &[LOW], 60).await;
        // Four on Monday, none on Tuesday, six on Wednesday: five are usual.
        for (day, numbers) in [("2026-06-01", 0..4), ("2026-06-03", 4..10)] {
            house.play_until(&format!("{day}T10:00:00Z")).await;
            house.score(numbers, 40.0).await;
        }
        house.play_until("2026-06-04T10:00:00Z").await;
        assert_eq!(house.count("hold enroll"), 0, "{:?}", house.lines);
        house.score(10..30, 40.0).await;
        house.play_until("2026-06-04T11:00:00Z").await;
        assert_eq!(house.count("hold enroll (breaker_tripped)"), 10);
    })
    .await;
}

#[tokio::test]
async fn without_an_entry_in_two_weeks_nothing_is_usual() {
    let policy = "[breaker]\nmax_share = 0.0\ntrip_at = 2.0\nmin_enrollments = 1\n";
    on_every_database(async |store| {
        let mut house = House::open(store, policy, &[LOW], 30).await;
        house.score(0..1, 40.0).await;
        house.play_until("2026-06-16T10:00:00Z").await;
        house.score(1..30, 40.0).await;
        house.play_until("2026-06-16T11:00:00Z").await;
        assert_eq!((house.count(" enroll"), house.count("hold enroll")), (30, 0));
    })
    .await;
}
