//! One story, told three times: by the daemon as it comes, by `simulate` ahead of it, by `test` from a test file. Every
//! line of the three is the same, byte for byte.

use std::sync::Arc;

use playcaller::book::{self, Book};
use playcaller::channel::Channels;
use playcaller::condition::Value;
use playcaller::engine::desk::Entry;
use playcaller::portfolio::import::{AccountRow, ContactRow, EventRow, MetricRow, Rows};
use playcaller::runtime::simulate::Scene;
use playcaller::runtime::{CONNECTIONS, Runtime, cases, timeline};
use playcaller::store::Store;
use playcaller::time::{DateTime, TimeZone, Timestamp, VirtualClock, add_days, instant};
use proptest::prelude::*;
use proptest::sample::select;

use super::books::Files;

/// The Thursday before the clocks of New York go forward.
const START: &str = "2026-03-05T00:00:00";
const DAYS: i64 = 45;
const HISTORY: [f64; 12] = [9.0, 8.0, 9.0, 7.0, 3.0, 6.0, 9.0, 9.0, 2.0, 4.0, 8.0, 7.0];

/// What happens to the account, and on which day and hour after the start.
pub type Story = Vec<(i64, i8, Turn)>;

#[derive(Clone, Debug)]
pub enum Turn {
    Score(Option<i8>),
    Tickets(i8),
    /// In so many days from the start.
    Renewal(i8),
    Churned,
    Ping,
}

pub fn a_story() -> impl Strategy<Value = Story> {
    let turn = prop_oneof![
        4 => prop::option::weighted(0.9, select(vec![5, 20, 45, 65, 92])).prop_map(Turn::Score),
        2 => (0i8..3).prop_map(Turn::Tickets),
        3 => (0i8..40).prop_map(Turn::Renewal),
        1 => Just(Turn::Churned),
        2 => Just(Turn::Ping),
    ];
    // No hour that the change of clocks takes away.
    let hour = select(vec![0, 5, 9, 12, 17, 23]);
    prop::collection::vec((0..DAYS, hour, turn), 0..8).prop_map(|mut story| {
        story.sort_by_key(|(day, hour, _)| (*day, *hour));
        story.dedup_by_key(|(day, hour, _)| (*day, *hour));
        story
    })
}

/// The lines of the daemon, of `simulate` from the start and, in the order asked for, of `test`.
pub async fn told(files: &Files, story: &Story) -> [Vec<String>; 3] {
    let mut files = files.clone();
    files.insert("p0.test.toml".to_owned(), test_file(story));
    let loaded = book::load_files(files.clone());
    assert!(!loaded.has_errors(), "{:#?}\n{files:#?}", loaded.diagnostics);
    let book = Arc::new(loaded.book);
    let [daemon, simulated] = [by_daemon(&book, story).await, by_simulate(&book, story).await];
    let case = &loaded.tests[0].cases[0];
    let played = cases::run(&book, &loaded.tests[0], case, None).await.expect("a test");
    assert_eq!(played.problem, None);
    [daemon, simulated, played.entries].map(|entries| lines(&entries))
}

fn lines(entries: &[Entry]) -> Vec<String> {
    entries.iter().map(|entry| timeline::json(entry).to_string()).collect()
}

/// Each thing is imported when it happens, and the daemon looks every night.
async fn by_daemon(book: &Arc<Book>, story: &Story) -> Vec<Entry> {
    let store = store(story, false).await;
    let clock = Arc::new(VirtualClock::at(at(0, 0)));
    let channels = Arc::new(Channels::nowhere());
    let mut runtime = Runtime::new(store, book.clone(), clock.clone(), channels, CONNECTIONS).await.expect("a daemon");
    let mut entries = Vec::new();
    for (n, (day, hour, turn)) in story.iter().enumerate() {
        let until = at(*day, *hour) - jiff::Span::new().microseconds(1);
        if until >= at(0, 0) {
            runtime.play(&clock, until, &mut |step| entries.extend(step.entries.to_vec())).await.expect("a play");
        }
        clock.set(at(*day, *hour));
        land(&runtime.store, &rows(n, at(*day, *hour), turn), at(*day, *hour)).await;
    }
    runtime.play(&clock, at(DAYS, 0), &mut |step| entries.extend(step.entries.to_vec())).await.expect("a play");
    entries
}

async fn by_simulate(book: &Arc<Book>, story: &Story) -> Vec<Entry> {
    let scene = Scene::read(&store(story, true).await, None, at(0, 0)).await.expect("a scene");
    scene.play(book.clone(), at(DAYS, 0), &mut |_| {}).await.expect("a play").entries
}

/// The account as it is at the start; `ahead`: with all that is still to come.
async fn store(story: &Story, ahead: bool) -> Store {
    let store = Store::open("sqlite::memory:").await.expect("a database");
    land(&store, &born(), at(0, 0)).await;
    for (n, (day, hour, turn)) in story.iter().enumerate().filter(|_| ahead) {
        land(&store, &rows(n, at(*day, *hour), turn), at(0, 0)).await;
    }
    store
}

async fn land(store: &Store, rows: &Rows, now: Timestamp) {
    let mut tx = store.begin().await.expect("a transaction");
    tx.land(rows, now).await.expect("rows land");
    tx.commit().await.expect("a commit");
}

fn born() -> Rows {
    let fields = vec![
        ("owner", Value::text("dana")),
        ("timezone", Value::text("America/New_York")),
        ("status", Value::text("active")),
        ("score", Value::Number(80.0)),
        ("tickets", Value::Number(0.0)),
        ("start_date", Value::Date(start().date())),
        ("renewal_date", Value::Date(add_days(start().date(), 20))),
    ];
    let champion = Value::Tags([Arc::from("champion")].into());
    let contact = vec![("email", Value::text("pat@acme.example")), ("personas", champion)];
    let metrics = HISTORY.iter().enumerate().map(|(n, value)| MetricRow {
        line: 0,
        account: "acme".into(),
        metric: "logins".into(),
        day: add_days(start().date(), n as i64 - HISTORY.len() as i64),
        value: *value,
        seen_from: at(0, 0),
    });
    let contact =
        ContactRow { line: 0, id: "pat".into(), account: "acme".into(), as_of: at(0, 0), fields: named(contact) };
    Rows {
        accounts: vec![account(at(0, 0), fields)],
        contacts: vec![contact],
        metrics: metrics.collect(),
        ..Rows::default()
    }
}

fn rows(n: usize, at: Timestamp, turn: &Turn) -> Rows {
    if let Turn::Ping = turn {
        let event = EventRow {
            line: 0,
            id: format!("ping-{n}").into(),
            kind: "ping".into(),
            account: "acme".into(),
            contact: None,
            at,
            fields: Default::default(),
        };
        return Rows { events: vec![event], ..Rows::default() };
    }
    let field = match turn {
        Turn::Score(score) => ("score", score.map_or(Value::Empty, |score| Value::Number(score.into()))),
        Turn::Tickets(tickets) => ("tickets", Value::Number((*tickets).into())),
        Turn::Renewal(days) => ("renewal_date", Value::Date(add_days(start().date(), (*days).into()))),
        Turn::Churned => ("status", Value::text("churned")),
        Turn::Ping => unreachable!("an event, above"),
    };
    Rows { accounts: vec![account(at, vec![field])], ..Rows::default() }
}

fn account(as_of: Timestamp, fields: Vec<(&str, Value)>) -> AccountRow {
    AccountRow { line: 0, id: "acme".into(), as_of, fields: named(fields) }
}

fn named(fields: Vec<(&str, Value)>) -> Vec<(Arc<str>, Value)> {
    fields.into_iter().map(|(name, value)| (Arc::from(name), value)).collect()
}

/// The same as a CS person would write it down.
fn test_file(story: &Story) -> String {
    let renewal = add_days(start().date(), 20);
    let (last, values) = (add_days(start().date(), -1), HISTORY.map(|value| format!("{value:.1}")).join(", "));
    let mut text = format!(
        "playbook = \"p0\"\n[given.account]\nid = \"acme\"\nowner = \"dana\"\ntimezone = \"America/New_York\"\n\
         status = \"active\"\nscore = 80\ntickets = 0\nstart_date = {start}\nrenewal_date = {renewal}\n\
         [[given.contact]]\nid = \"pat\"\nemail = \"pat@acme.example\"\npersonas = [\"champion\"]\n\
         [[given.metric]]\nmetric = \"logins\"\nuntil = {last}\ndays = {days}\nvalues = [{values}]\n\
         [[test]]\nname = \"the story\"\nstart = {START}\nuntil = {until}\nexpect = []\n",
        start = start().date(),
        days = HISTORY.len(),
        until = local(DAYS, 0),
    );
    for (day, hour, turn) in story {
        let what = match turn {
            Turn::Ping => "event = \"ping\"".to_owned(),
            Turn::Score(None) => "set = { score = \"\" }".to_owned(),
            Turn::Score(Some(score)) => format!("set = {{ score = {score} }}"),
            Turn::Tickets(tickets) => format!("set = {{ tickets = {tickets} }}"),
            Turn::Renewal(days) => format!("set = {{ renewal_date = {} }}", add_days(start().date(), (*days).into())),
            Turn::Churned => "set = { status = \"churned\" }".to_owned(),
        };
        text += &format!("[[test.change]]\non = {}\n{what}\n", local(*day, *hour));
    }
    text
}

fn start() -> DateTime {
    START.parse().expect("a local time")
}

fn local(day: i64, hour: i8) -> DateTime {
    add_days(start().date(), day).at(hour, 0, 0, 0)
}

fn at(day: i64, hour: i8) -> Timestamp {
    instant(local(day, hour), &TimeZone::get("America/New_York").expect("a zone"))
}
