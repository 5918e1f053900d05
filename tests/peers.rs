//! Stories of other engines that a timeline cannot tell: a book that changes, and many accounts at once. The others, and
//! where the numbers come from, stand in tests/scenarios/peers.

use std::collections::BTreeMap;

use playcaller::book;
use playcaller::portfolio::import::{EventRow, Rows};
use playcaller::runtime::simulate::Scene;

use crate::support::world::{CALL, World, at, book, number, playbook, row};

/// So that many may enroll on one day.
const OPEN: (&str, &str) = ("policy", "[breaker]\nmax_new = 0\nmax_share = 0\ntrip_at = 0\n");

fn ping(account: &str, instant: &str) -> Rows {
    let event = EventRow {
        line: 0,
        id: format!("{account} {instant}").into(),
        kind: "ping".into(),
        account: account.into(),
        contact: None,
        at: at(instant),
        fields: BTreeMap::new(),
    };
    Rows { events: vec![event], ..Rows::default() }
}

fn low(status: &str) -> String {
    let low = playbook(&format!(
        "trigger = {{ kind = \"condition\" }}\n\
         enroll = {{ when = 'account.score < 50', backfill = \"all\" }}\n{CALL}"
    ));
    low.replace("\"live\"", &format!("\"{status}\""))
}

/// In while there was a ping within so many days.
fn pinged(days: u32) -> String {
    playbook(&format!(
        "trigger = {{ kind = \"condition\" }}\nenroll = {{ when = 'events.ping.count({days}) >= 1' }}\n\
         reentry = {{ policy = \"always\" }}\n[[exit]]\nid = \"silent\"\nwhen = 'events.ping.count({days}) == 0'\n\
         [[step]]\nid = \"call\"\nafter = \"enrolled + 90d\"\naction = \"task\"\nassignee = \"dana\"\ntitle = \"Call\"\n"
    ))
}

fn many(count: usize, low: impl Fn(usize) -> bool, as_of: &str) -> Rows {
    let score = |n| number(if low(n) { 40.0 } else { 60.0 });
    let accounts = (0..count).map(|n| row(&format!("account-{n:03}"), as_of, &[("score", score(n))]));
    Rows { accounts: accounts.collect(), ..Rows::default() }
}

fn with(lines: &[String], what: &str) -> Vec<String> {
    lines.iter().filter(|line| line.contains(what)).cloned().collect()
}

#[tokio::test]
async fn an_edited_condition_is_asked_of_what_happened_before_s6() {
    let mut world = World::at("2026-06-01T00:00:00Z").await;
    world.with_book(&[("pinged", &pinged(30))]).await;
    world.set("acme", "2026-06-01T00:00:00Z", &[]).await;
    world.land(ping("acme", "2026-06-02T08:00:00Z"), "2026-06-02T08:00:00Z").await;
    world.play_until("2026-06-05T12:00:00Z").await;
    assert_eq!(world.took(), ["acme pinged 2026-06-02 08:00 enroll"]);
    world.with_book(&[("pinged", &pinged(1))]).await;
    world.play_until("2026-06-05T13:00:00Z").await;
    assert_eq!(world.took(), ["acme pinged 2026-06-05 12:00 exit silent"]);
    world.land(ping("acme", "2026-06-06T08:00:00Z"), "2026-06-06T08:00:00Z").await;
    world.play_until("2026-06-06T09:00:00Z").await;
    assert_eq!(world.took(), ["acme pinged 2026-06-06 08:00 enroll"]);
}

#[tokio::test]
async fn of_two_hundred_accounts_exactly_those_that_qualify_enroll_once_each_s13() {
    let mut world = World::at("2026-06-01T00:00:00Z").await;
    world.with_book(&[("low", &low("live")), OPEN]).await;
    world.land(many(200, |n| n % 2 == 0, "2026-06-01T00:00:00Z"), "2026-06-01T00:00:00Z").await;
    world.play_until("2026-06-02T12:00:00Z").await;
    let enrolled = with(&world.took(), "enroll");
    let expected: Vec<String> =
        (0..200).step_by(2).map(|n| format!("account-{n:03} low 2026-06-01 00:00 enroll")).collect();
    assert_eq!(enrolled, expected);
    world.set("account-200", "2026-06-02T12:00:00Z", &[("score", number(40.0))]).await;
    world.play_until("2026-06-03T12:00:00Z").await;
    assert_eq!(with(&world.took(), "enroll"), ["account-200 low 2026-06-02 12:00 enroll"]);
}

#[tokio::test]
async fn a_draft_takes_nobody_and_a_live_playbook_does_s14() {
    let mut world = World::at("2026-06-01T00:00:00Z").await;
    world.with_book(&[("low", &low("draft"))]).await;
    world.set("acme", "2026-06-01T00:00:00Z", &[("score", number(40.0))]).await;
    world.play_until("2026-06-02T12:00:00Z").await;
    assert_eq!(world.took(), Vec::<String>::new());
    world.with_book(&[("low", &low("live"))]).await;
    world.play_until("2026-06-02T13:00:00Z").await;
    assert_eq!(with(&world.took(), "enroll"), ["acme low 2026-06-02 12:00 enroll"]);
}

#[tokio::test]
async fn of_fifty_each_goes_one_way_and_nobody_both_f14() {
    let mut world = World::at("2026-06-01T00:00:00Z").await;
    let divided = playbook(
        "trigger = { kind = \"condition\" }\nenroll = { when = 'account.score < 50' }\n\
         [[step]]\nid = \"answer\"\nafter = \"enrolled\"\naction = \"wait_for\"\nuntil = 'events.ping.count(30) >= 1'\n\
         timeout = \"3d\"\n\
         [[step]]\nid = \"thank\"\nafter = \"answer\"\nwhen = 'outcome(\"answer\") == \"done\"'\naction = \"task\"\n\
         assignee = \"dana\"\ntitle = \"Thank\"\n\
         [[step]]\nid = \"ask-again\"\nafter = \"answer\"\nwhen = 'outcome(\"answer\") == \"timed_out\"'\naction = \"task\"\n\
         assignee = \"dana\"\ntitle = \"Ask again\"\n",
    );
    world.with_book(&[("divided", &divided), OPEN]).await;
    world.land(many(50, |_| true, "2026-06-01T00:00:00Z"), "2026-06-01T00:00:00Z").await;
    world.play_until("2026-06-02T00:00:00Z").await;
    for n in 0..25 {
        world.land(ping(&format!("account-{n:03}"), "2026-06-02T00:00:00Z"), "2026-06-02T00:00:00Z").await;
    }
    world.play_until("2026-06-10T00:00:00Z").await;
    let took = world.took();
    let (thanked, asked) = (with(&took, "task thank"), with(&took, "task ask-again"));
    assert_eq!((thanked.len(), asked.len()), (25, 25), "{took:#?}");
    assert!(thanked.iter().all(|line| line.contains("2026-06-02 00:00")), "{thanked:#?}");
    assert!(asked.iter().all(|line| line.contains("2026-06-04 00:00")), "only after the wait: {asked:#?}");
    assert_eq!(with(&took, "exit completed").len(), 50);
}

#[tokio::test]
async fn a_dry_run_says_what_would_happen_and_leaves_nothing_behind_y1() {
    let mut world = World::at("2026-06-01T00:00:00Z").await;
    let late = low("live").replace("after = \"enrolled\"", "after = \"enrolled + 2d\"");
    world.with_book(&[("low", &late)]).await;
    world.set("acme", "2026-06-01T00:00:00Z", &[("score", number(40.0))]).await;
    world.play_until("2026-06-01T12:00:00Z").await;
    let before = world.desk("acme").await;
    for store in world.stores() {
        let book = std::sync::Arc::new(book(&[("low", &late)]));
        let (from, until) = (at("2026-06-01T12:00:00Z"), at("2026-06-10T00:00:00Z"));
        let scene = Scene::read(store, None, from).await.expect("a scene");
        let entries = scene.play(book, until, &mut |_| {}).await.expect("a simulation").entries;
        let told: Vec<&str> = entries.iter().map(|entry| entry.what()).collect();
        assert_eq!(told, ["task", "exit"]);
    }
    assert_eq!(format!("{:?}", world.desk("acme").await), format!("{before:?}"));
}

#[test]
fn a_bad_condition_is_refused_with_its_file_line_and_field_y3() {
    let broken = low("live").replace("account.score", "account.scroe").replace("{id}", "low");
    let files = [("low.toml", broken.as_str()), ("account.toml", "[fields.score]\ntype = \"number\"\n")];
    let loaded = book::load_files(files.map(|(name, text)| (name.to_owned(), text.to_owned())).into());
    let found = loaded.diagnostics.iter().find(|own| own.code == "unknown-field").expect("a diagnostic");
    assert_eq!((&*found.file, found.suggestion.as_deref()), ("low.toml", Some("score")), "{found:#?}");
    assert_eq!(broken.lines().nth(found.line - 1).map(|line| line.contains("scroe")), Some(true));
    assert!(!loaded.book.playbooks.contains_key("low"));
}
