//! Limits: whatever happens to the data, nobody mails 800 customers by mistake, and the owner hears of it.

mod parked;
mod share;
mod told;

use std::collections::BTreeMap;
use std::sync::Arc;

use playcaller::book;
use playcaller::channel::Channels;
use playcaller::condition::Value;
use playcaller::portfolio::import::{AccountRow, ContactRow, Rows};
use playcaller::runtime::play::Step;
use playcaller::runtime::{Runtime, timeline};
use playcaller::store::{ApprovalLine, By, Decision, Filter, NoticeLine, Store};
use playcaller::time::{Clock, Timestamp, VirtualClock};

const PEOPLE: &str = r#"
[[person]]
id = "dana"
name = "Dana Reyes"
email = "dana@larkfield.example"

[[person]]
id = "kim"
name = "Kim Tanaka"
email = "kim@larkfield.example"

[[person]]
id = "max"
name = "Max Ortiz"

[team.success]
members = ["dana", "kim"]
"#;

const ACCOUNT: &str = "[fields.score]\ntype = \"number\"\n";

/// Writes to the champion of every account whose score is low, once ever.
const LOW: &str = r#"
id = "low"
title = "The score is low"
owner = "dana"
status = "live"
timezone = "UTC"
send_window = "always"
trigger = { kind = "condition" }
enroll = { when = 'account.score < 50' }
reentry = { policy = "never" }

[[exit]]
id = "well-again"
when = 'account.score >= 90'

[[step]]
id = "write"
after = "enrolled"
action = "email"
to = "contact:champion"
template = "hello"

[[step]]
id = "call"
after = "write + 30d"
action = "task"
assignee = "dana"
title = "Call"
"#;

/// No limit but the one a test is about.
const NO_BREAKER: &str = "[breaker]\nmax_new = 0\nmax_share = 0.0\ntrip_at = 0.0\n";

/// A daemon on a database with accounts whose scores a test moves.
struct House {
    store: Store,
    clock: Arc<VirtualClock>,
    runtime: Runtime,
    lines: Vec<String>,
}

impl House {
    /// Opens on 2026-06-01, a Monday, with `accounts` active accounts in good health.
    async fn open(store: &Store, policy: &str, playbooks: &[&str], accounts: usize) -> House {
        let clock = Arc::new(VirtualClock::at(at("2026-06-01T08:00:00Z")));
        let channels = Arc::new(Channels::nowhere());
        let book = Arc::new(book(policy, playbooks));
        let runtime = Runtime::new(store.clone(), book, clock.clone(), channels, 1).await.unwrap();
        let mut house = House { store: store.clone(), clock, runtime, lines: Vec::new() };
        house.play_until("2026-06-01T08:00:00Z").await;
        house.move_in(0..accounts).await;
        house.play_until("2026-06-01T08:30:00Z").await;
        house
    }

    /// New accounts with a champion each and a score of 80.
    async fn move_in(&self, numbers: std::ops::Range<usize>) {
        let contact = |n: usize| ContactRow {
            line: 0,
            id: format!("pat-{n}").into(),
            account: name(n),
            as_of: self.clock.now(),
            fields: vec![
                ("email".into(), Value::text(format!("pat@a{n}.example"))),
                ("personas".into(), Value::tags(["champion"])),
            ],
        };
        let fields = [("status", Value::text("active")), ("score", Value::Number(80.0))];
        let accounts = numbers.clone().map(|n| self.row(n, &fields)).collect();
        let contacts = numbers.map(contact).collect();
        self.land(Rows { accounts, contacts, ..Rows::default() }).await;
    }

    async fn land(&self, rows: Rows) {
        let mut tx = self.store.begin().await.unwrap();
        tx.land(&rows, self.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
    }

    fn row(&self, n: usize, fields: &[(&str, Value)]) -> AccountRow {
        let fields = fields.iter().map(|(field, value)| (Arc::from(*field), value.clone())).collect();
        AccountRow { line: 0, id: name(n), as_of: self.clock.now(), fields }
    }

    /// A field of many accounts changes now.
    async fn set(&self, numbers: std::ops::Range<usize>, field: &str, value: Value) {
        let accounts = numbers.map(|n| self.row(n, &[(field, value.clone())])).collect();
        self.land(Rows { accounts, ..Rows::default() }).await;
    }

    async fn score(&self, numbers: std::ops::Range<usize>, score: f64) {
        self.set(numbers, "score", Value::Number(score)).await;
    }

    async fn play_until(&mut self, until: &str) {
        let lines = &mut self.lines;
        let mut watch = |step: Step<'_>| {
            let shown = |entry| timeline::normalized(&timeline::line(entry));
            lines.extend(step.entries.iter().map(|entry| format!("{} {}", entry.account, shown(entry))));
        };
        self.runtime.play(&self.clock, at(until), &mut watch).await.unwrap();
    }

    /// How many lines since the last question hold these words.
    fn count(&self, words: &str) -> usize {
        self.lines.iter().filter(|line| line.contains(words)).count()
    }

    fn took(&mut self) -> Vec<String> {
        std::mem::take(&mut self.lines)
    }

    async fn approvals(&self) -> Vec<ApprovalLine> {
        let waiting = Filter { state: Some("waiting".to_owned()), ..Filter::default() };
        self.store.approvals(&waiting).await.unwrap()
    }

    async fn answer(&self, approval: &str, decision: Decision) {
        let mut tx = self.store.begin().await.unwrap();
        tx.decide_approval(approval, decision, By { who: "dana", at: self.clock.now() }).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// What was told, the first first.
    async fn notices(&self) -> Vec<NoticeLine> {
        let mut notices = self.store.notices(&Filter::default()).await.unwrap();
        notices.reverse();
        notices
    }
}

fn name(n: usize) -> Arc<str> {
    format!("a{n:03}").into()
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn book(policy: &str, playbooks: &[&str]) -> book::Book {
    let mut files: BTreeMap<String, String> =
        playbooks.iter().enumerate().map(|(n, text)| (format!("p{n}.toml"), (*text).to_owned())).collect();
    files.insert("people.toml".to_owned(), PEOPLE.to_owned());
    files.insert("account.toml".to_owned(), ACCOUNT.to_owned());
    files.insert("policy.toml".to_owned(), policy.to_owned());
    files.insert("hello.md".to_owned(), "+++\nsubject = \"Hello\"\n+++\nHello.\n".to_owned());
    let loaded = book::load_files(files);
    assert!(!loaded.has_errors(), "{:#?}", loaded.diagnostics);
    loaded.book
}
