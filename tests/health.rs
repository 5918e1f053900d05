//! Health over time: what happens where one model ends and the next begins, and a score that a person has set.

use std::collections::BTreeMap;
use std::sync::Arc;

use playcaller::book::{self, Book};
use playcaller::channel::Channels;
use playcaller::condition::Value;
use playcaller::portfolio::import::{AccountRow, Rows};
use playcaller::runtime::play::Step;
use playcaller::runtime::{Runtime, timeline};
use playcaller::store::{By, Store};
use playcaller::time::{Timestamp, VirtualClock};

use crate::support::databases::{number, on_every_database};

/// One dimension of two measures: seats in use, and whether somebody answers.
fn model(seats: f64, answers: f64) -> String {
    format!(
        "[[dimension]]\nid = \"life\"\nweight = 1.0\n\
         [[dimension.measure]]\nid = \"seats\"\nvalue = 'account.seats'\nscale = [[0, 0], [100, 100]]\nweight = {seats}\n\
         [[dimension.measure]]\nid = \"answers\"\nvalue = 'account.answers'\nscale = [[0, 0], [10, 100]]\nweight = {answers}\n\
         [[band]]\nid = \"red\"\nfrom = 0\n"
    )
}

fn playbook(id: &str, when: &str) -> String {
    format!(
        "id = \"{id}\"\ntitle = \"{id}\"\nowner = \"dana\"\nstatus = \"live\"\ntimezone = \"UTC\"\n\
         send_window = \"always\"\ntrigger = {{ kind = \"condition\" }}\nenroll = {{ when = '{when}' }}\n\
         reentry = {{ policy = \"always\" }}\n\
         [[step]]\nid = \"call\"\nafter = \"enrolled + 400d\"\naction = \"task\"\nassignee = \"dana\"\ntitle = \"Call\"\n"
    )
}

fn book(model: &str) -> Arc<Book> {
    let files: BTreeMap<String, String> = [
        ("account.toml", "[fields.seats]\ntype = \"number\"\n[fields.answers]\ntype = \"number\"\n".to_owned()),
        ("people.toml", "[[person]]\nid = \"dana\"\nname = \"Dana Reyes\"\nemail = \"dana@us.example\"\n".to_owned()),
        ("health.toml", model.to_owned()),
        ("fallen.toml", playbook("fallen", "health.change(7) <= -20")),
        ("was-high.toml", playbook("was-high", "health.was(7) >= 90 && health.score < 90")),
        ("red.toml", playbook("red", "health.score < 30")),
    ]
    .map(|(name, text)| (name.to_owned(), text))
    .into();
    let loaded = book::load_files(files);
    assert!(!loaded.has_errors(), "{:#?}", loaded.diagnostics);
    Arc::new(loaded.book)
}

/// Plays on a database with a model; the lines of the timeline that it wrote.
async fn play(store: &Store, model: &str, from: &str, until: &str) -> Vec<String> {
    let clock = Arc::new(VirtualClock::at(at(from)));
    let channels = Arc::new(Channels::nowhere());
    let mut runtime = Runtime::new(store.clone(), book(model), clock.clone(), channels, 1).await.unwrap();
    let mut lines = Vec::new();
    let mut watch = |step: Step<'_>| {
        let shown = step.entries.iter();
        lines.extend(shown.map(|entry| format!("{} {}", entry.playbook, timeline::normalized(&timeline::line(entry)))));
    };
    runtime.play(&clock, at(until), &mut watch).await.unwrap();
    lines
}

async fn set(store: &Store, as_of: &str, fields: &[(&str, f64)]) {
    let fields = fields.iter().map(|(name, value)| (Arc::from(*name), Value::Number(*value))).collect();
    let row = AccountRow { line: 0, id: "acme".into(), as_of: at(as_of), fields };
    let mut tx = store.begin().await.unwrap();
    tx.land(&Rows { accounts: vec![row], ..Rows::default() }, at(as_of)).await.unwrap();
    tx.commit().await.unwrap();
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

#[tokio::test]
async fn a_playbook_on_a_change_of_health_does_not_fire_across_a_change_of_the_model() {
    on_every_database(async |store| {
        set(store, "2026-06-01T00:00:00Z", &[("seats", 100.0), ("answers", 4.0)]).await;
        play(store, &model(0.9, 0.1), "2026-06-01T00:00:00Z", "2026-06-08T12:00:00Z").await;
        set(store, "2026-06-08T12:00:00Z", &[("answers", 0.0)]).await;
        // 94 and then 90 under the first model, 46 and then 10 under the second.
        let lines = play(store, &model(0.9, 0.1), "2026-06-08T12:00:00Z", "2026-06-10T12:00:00Z").await;
        assert_eq!(lines, Vec::<String>::new());
        let lines = play(store, &model(0.1, 0.9), "2026-06-10T12:00:00Z", "2026-06-18T12:00:00Z").await;
        assert_eq!(lines, ["red 2026-06-10 12:00 enroll"], "not fallen, and never high by this model");
        // Once both ends of the seven days lie behind the seam, a fall is a fall again.
        set(store, "2026-06-18T12:00:00Z", &[("answers", 4.0)]).await;
        play(store, &model(0.1, 0.9), "2026-06-18T12:00:00Z", "2026-06-26T12:00:00Z").await;
        set(store, "2026-06-26T12:00:00Z", &[("answers", 0.0)]).await;
        let lines = play(store, &model(0.1, 0.9), "2026-06-26T12:00:00Z", "2026-06-27T12:00:00Z").await;
        assert_eq!(lines, ["fallen 2026-06-26 12:00 enroll"]);
    })
    .await;
}

#[tokio::test]
async fn a_comment_or_another_band_is_no_other_model() {
    on_every_database(async |store| {
        set(store, "2026-06-01T00:00:00Z", &[("seats", 100.0), ("answers", 4.0)]).await;
        play(store, &model(0.9, 0.1), "2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z").await;
        let named = format!("# Reviewed.\n{}[[band]]\nid = \"green\"\nfrom = 80\n", model(0.9, 0.1));
        play(store, &named, "2026-06-02T00:00:00Z", "2026-06-03T00:00:00Z").await;
        assert_eq!(number(store, "select count(*) from health_model").await, 1);
        assert_eq!(store.health_seam().await.unwrap(), None);
        play(store, &model(0.5, 0.5), "2026-06-03T00:00:00Z", "2026-06-04T00:00:00Z").await;
        assert_eq!(store.health_seam().await.unwrap(), Some(at("2026-06-03T00:00:00Z")));
    })
    .await;
}

#[tokio::test]
async fn a_score_set_by_hand_counts_until_its_day_and_a_later_word_replaces_it() {
    on_every_database(async |store| {
        set(store, "2026-06-01T00:00:00Z", &[("seats", 100.0), ("answers", 4.0)]).await;
        play(store, &model(0.9, 0.1), "2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z").await;
        let say = async |score, now, until, why| {
            let mut tx = store.begin().await.unwrap();
            let by = By { who: "dana", at: at(now) };
            tx.override_health("acme", score, at(until), by, why).await.unwrap();
            tx.commit().await.unwrap();
        };
        say(50, "2026-06-02T00:00:00Z", "2026-06-03T00:00:00Z", "not sure").await;
        say(20, "2026-06-02T09:00:00Z", "2026-06-05T00:00:00Z", "the sponsor left").await;
        let lines = play(store, &model(0.9, 0.1), "2026-06-02T09:00:00Z", "2026-06-04T00:00:00Z").await;
        assert_eq!(lines, ["red 2026-06-02 09:00 enroll"], "the first word's end on the 3rd is gone");
        play(store, &model(0.9, 0.1), "2026-06-04T00:00:00Z", "2026-06-06T00:00:00Z").await;
        let scores = "select score from health_history where day = 20609";
        assert_eq!(number(store, scores).await, 94, "computed again from the 5th on");
        let said = store.health_override("acme", at("2026-06-04T00:00:00Z")).await.unwrap().unwrap();
        assert_eq!((&*said.who, &*said.what), ("dana", "20 until 2026-06-05T00:00:00Z: the sponsor left"));
    })
    .await;
}
