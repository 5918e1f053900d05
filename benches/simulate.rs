//! A year of ten thousand accounts through the whole shipped book: `cargo bench --bench simulate`.
//!
//! The accounts have contacts, thirty days of daily metrics and events, and renew on days spread over two years; a fifth
//! are new customers. Imports are taken to go on as they are, and on three days of the year some accounts lose their
//! users, so that every playbook of the book has work. `ACCOUNTS` in the environment takes another number.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use playcaller::book;
use playcaller::condition::Value;
use playcaller::portfolio::import::{AccountRow, ContactRow, EventRow, MetricRow, Rows};
use playcaller::runtime::simulate::{Played, Scene};
use playcaller::store::Store;
use playcaller::time::{Date, Timestamp, add_days};

/// What quality.md asks of it.
const GOAL: Duration = Duration::from_secs(10);
const START: &str = "2026-06-01T00:00:00Z";
const UNTIL: &str = "2027-06-01T00:00:00Z";
const HISTORY_DAYS: i64 = 30;
const ZONES: [&str; 5] =
    ["America/New_York", "America/Chicago", "America/Los_Angeles", "Europe/Berlin", "Asia/Singapore"];
const METRICS: [(&str, f64); 4] =
    [("active_users", 0.6), ("add_lead", 0.2), ("create_opportunity", 0.1), ("quote", 0.05)];

#[tokio::main]
async fn main() -> ExitCode {
    let accounts = std::env::var("ACCOUNTS").ok().and_then(|text| text.parse().ok()).unwrap_or(10_000);
    let loaded = book::load(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/playbooks")));
    assert!(!loaded.has_errors(), "{:#?}", loaded.diagnostics);
    let (book, start, until) = (Arc::new(loaded.book), at(START), at(UNTIL));
    let store = portfolio(accounts, start).await;
    let clock = Instant::now();
    let mut scene = Scene::read(&store, None, start).await.expect("a scene");
    scene.is_steady = true;
    scene.what_if = crises(accounts, start);
    let read = clock.elapsed();
    let mut ticks = 0usize;
    let played = scene.play(book, until, &mut |_| ticks += 1).await.expect("a play");
    let took = clock.elapsed();
    report(&played, ticks);
    println!("\nread {read:.2?}, played {:.2?}, together {took:.2?} for {accounts} accounts", took - read);
    if accounts == 10_000 && took > GOAL {
        eprintln!("a year of {accounts} accounts took longer than {GOAL:?}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn report(played: &Played, ticks: usize) {
    println!("{ticks} ticks, {} lines of the timeline:", played.entries.len());
    let mut counts = std::collections::BTreeMap::new();
    for entry in &played.entries {
        *counts.entry((entry.playbook.clone(), entry.what())).or_insert(0usize) += 1;
    }
    counts.iter().for_each(|((playbook, what), n)| println!("{n:>8}  {playbook} {what}"));
}

async fn portfolio(accounts: usize, start: Timestamp) -> Store {
    let store = Store::open("sqlite::memory:").await.expect("a database");
    let today = start.to_zoned(jiff::tz::TimeZone::UTC).date();
    let ids: Vec<usize> = (0..accounts).collect();
    for some in ids.chunks(500) {
        let mut rows = Rows::default();
        some.iter().for_each(|n| one(*n, start, today, &mut rows));
        let mut tx = store.begin().await.expect("a transaction");
        tx.land(&rows, start).await.expect("an import");
        tx.commit().await.expect("a commit");
    }
    store
}

fn one(n: usize, start: Timestamp, today: Date, rows: &mut Rows) {
    let id: Arc<str> = format!("a{n:05}").into();
    let age = if n.is_multiple_of(5) { -(n as i64 % 300) } else { 200 + n as i64 % 900 };
    let seats = 5.0 + (n % 97) as f64;
    let fields = [
        ("name", Value::text(format!("Account {n}"))),
        ("status", Value::text("active")),
        ("owner", Value::text("dana")),
        ("arr", Value::Number(3_000.0 + (n % 200) as f64 * 700.0)),
        ("seats", Value::Number(seats)),
        ("billing_period", Value::text(["annual", "annual", "semiannual", "monthly"][n % 4])),
        ("start_date", Value::Date(add_days(today, -age))),
        ("renewal_date", Value::Date(add_days(today, 30 + (n as i64 * 7) % 700))),
        ("renewal_status", Value::text("open")),
        ("timezone", Value::text(ZONES[n % 5])),
    ];
    let fields = fields.into_iter().map(|(name, value)| (Arc::from(name), value)).collect();
    rows.accounts.push(AccountRow { line: 0, id: id.clone(), as_of: start, fields });
    for (which, persona) in ["champion", "executive_sponsor"].into_iter().enumerate() {
        let fields = [
            ("email", Value::text(format!("{persona}@a{n}.example"))),
            ("name", Value::text("Pat Lee")),
            ("personas", Value::Tags([Arc::from(persona)].into())),
        ];
        let fields = fields.into_iter().map(|(name, value)| (Arc::from(name), value)).collect();
        let contact = format!("{id}-{which}").into();
        rows.contacts.push(ContactRow { line: 0, id: contact, account: id.clone(), as_of: start, fields });
    }
    for day in 1..=HISTORY_DAYS {
        for (metric, share) in METRICS {
            let value = (seats * share * (1.0 + 0.1 * ((n as i64 + day) % 7) as f64)).round();
            let (day, seen_from) = (add_days(today, -day), start);
            rows.metrics.push(MetricRow { line: 0, account: id.clone(), metric: metric.into(), day, value, seen_from });
        }
    }
    let at = start - jiff::Span::new().hours(24 * (n as i64 % 90));
    let fields = [(Arc::from("topic"), Value::text("review"))].into();
    rows.events.push(EventRow {
        line: 0,
        id: format!("{id}-meeting").into(),
        kind: "meeting_held".into(),
        account: id,
        contact: None,
        at,
        fields,
    });
}

/// Every twentieth account gets into trouble on one of three days, and out of it two months later.
fn crises(accounts: usize, start: Timestamp) -> Rows {
    let mut rows = Rows::default();
    for n in (0..accounts).step_by(20) {
        let begins = start + jiff::Span::new().hours(24 * (60 + 90 * (n as i64 / 20 % 3)));
        for (after, tickets) in [(0, 9.0), (60, 0.0)] {
            let fields = vec![
                (Arc::from("open_p1_tickets"), Value::Number(tickets / 3.0)),
                (Arc::from("open_tickets"), Value::Number(tickets * 2.0)),
                (Arc::from("csat_score"), Value::Number(9.0 - tickets)),
                (Arc::from("goals_met_pct"), Value::Number(90.0 - tickets * 10.0)),
            ];
            let as_of = begins + jiff::Span::new().hours(24 * after);
            rows.accounts.push(AccountRow { line: 0, id: format!("a{n:05}").into(), as_of, fields });
        }
    }
    rows
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}
