//! The owner of a playbook is told what no step says, once.

use std::sync::Arc;

use playcaller::channel::{Answer, Channels};
use playcaller::condition::Value;

use super::{House, LOW, NO_BREAKER, at};
use crate::support::databases::on_every_database;

fn owned_by(owner: &str) -> String {
    LOW.replace("owner = \"dana\"", &format!("owner = \"{owner}\""))
        .replace("account.score < 50' }", "account.score < 50', max_per_day = 1 }")
}

#[tokio::test]
async fn the_owner_gets_one_mail_about_a_limit_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = folder.path();
    on_every_database(async |store| {
        let mut house = House::open(store, NO_BREAKER, &[&owned_by("dana")], 5).await;
        house.runtime.channels = Arc::new(Channels::files(outbox.to_owned()));
        house.score(0..5, 40.0).await;
        house.play_until("2026-06-01T12:00:00Z").await;
        let [notice] = &house.notices().await[..] else { panic!("one notice: {:?}", house.notices().await) };
        assert_eq!((notice.kind.as_str(), notice.person.as_deref()), ("limit_reached", Some("dana")));
        assert_eq!(notice.told_at, Some(at("2026-06-01T08:30:00Z")));
        let file = notice.reply.clone().unwrap();
        let mail = std::fs::read_to_string(file).unwrap();
        for words in
            ["To: \"Dana Reyes\" <dana@larkfield.example>", "Subject: The playbook low needs you", "max_per_day"]
        {
            assert!(mail.contains(words), "{words} in {mail}");
        }
        let asked = house.approvals().await.remove(0);
        assert!(notice.text.contains(&format!("`playcaller approvals show {}`", asked.id)), "{}", notice.text);
    })
    .await;
}

#[tokio::test]
async fn everybody_of_a_team_is_told_and_who_has_no_address_is_at_least_listed() {
    on_every_database(async |store| {
        let other = owned_by("max").replace("id = \"low\"", "id = \"other\"");
        let mut house = House::open(store, NO_BREAKER, &[&owned_by("team:success"), &other], 2).await;
        house.score(0..2, 40.0).await;
        house.play_until("2026-06-01T12:00:00Z").await;
        let mut told: Vec<_> = house
            .notices()
            .await
            .into_iter()
            .map(|own| (own.playbook, own.person.unwrap_or_default(), own.told_at.is_some()))
            .collect();
        told.sort();
        let line = |playbook: &str, person: &str, told| (playbook.to_owned(), person.to_owned(), told);
        assert_eq!(told, [line("low", "dana", true), line("low", "kim", true), line("other", "max", false)]);
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_is_refused_for_good_is_said_and_not_tried_again() {
    on_every_database(async |store| {
        let mut house = House::open(store, NO_BREAKER, &[&owned_by("dana")], 2).await;
        house.runtime.channels = Arc::new(Channels::answering(Answer::Refuse));
        house.score(0..2, 40.0).await;
        house.play_until("2026-06-01T12:00:00Z").await;
        house.runtime.channels = Arc::new(Channels::nowhere());
        house.play_until("2026-06-02T12:00:00Z").await;
        let notice = house.notices().await.remove(0);
        assert_eq!(notice.told_at, None);
        assert!(notice.reply.unwrap().contains("refused by policy"));
    })
    .await;
}

#[tokio::test]
async fn unknown_is_an_error_once_for_as_long_as_it_lasts() {
    let strict = LOW.replace("account.score < 50' }", "account.score < 50', unknown = \"error\" }");
    on_every_database(async |store| {
        let mut house = House::open(store, "", &[&strict], 2).await;
        house.set(0..1, "score", Value::Empty).await;
        house.play_until("2026-06-04T12:00:00Z").await;
        let texts: Vec<String> = house.notices().await.into_iter().map(|own| own.text).collect();
        assert!(texts.len() == 1 && texts[0].contains("whether `a000` qualifies (condition_unknown)"), "{texts:?}");
        house.score(0..1, 80.0).await;
        house.play_until("2026-06-05T12:00:00Z").await;
        house.set(0..1, "score", Value::Empty).await;
        house.play_until("2026-06-06T12:00:00Z").await;
        assert_eq!(house.notices().await.len(), 2);
        assert_eq!(house.count("enroll"), 0);
    })
    .await;
}

#[tokio::test]
async fn a_playbook_that_falls_silent_is_told_once_for_each_silence() {
    on_every_database(async |store| {
        let mut house = House::open(store, "[silence_alarm]\nfactor = 3\n", &[LOW], 20).await;
        let days = |from: usize, days: &[&str]| -> Vec<(String, usize)> {
            days.iter().zip(from..).map(|(day, n)| (format!("2026-06-{day}T10:00:00Z"), n)).collect()
        };
        for (day, n) in days(0, &["01", "02", "03", "04", "05", "08", "09"]) {
            house.play_until(&day).await;
            house.score(n..n + 1, 40.0).await;
        }
        // Tuesday the 9th was the last; three working days later is Friday, and the weekend does not count.
        house.play_until("2026-06-14T23:59:00Z").await;
        assert!(house.notices().await.is_empty());
        house.play_until("2026-06-25T12:00:00Z").await;
        let [alarm] = &house.notices().await[..] else { panic!("one alarm: {:?}", house.notices().await) };
        assert_eq!((alarm.kind.as_str(), alarm.at), ("silence_alarm", at("2026-06-15T00:00:00Z")));
        assert!(alarm.text.contains("since 2026-06-09, for 4 business days; usually one does within 1 business day"));
        for (day, n) in days(10, &["25", "26"]) {
            house.play_until(&day).await;
            house.score(n..n + 1, 40.0).await;
        }
        house.play_until("2026-07-10T12:00:00Z").await;
        assert_eq!(house.notices().await.len(), 2);
    })
    .await;
}
