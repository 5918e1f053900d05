//! From imported accounts to what the other side has taken, with the real program, a real relay and a real receiver.

use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;
use std::sync::Arc;

use playcaller::book::{self, Book};
use playcaller::channel::{Channels, Relay, Routes};
use playcaller::runtime::Runtime;
use playcaller::store::Store;
use playcaller::time::{Clock, SystemClock, VirtualClock};

use crate::support::http_receiver::HttpReceiver;
use crate::support::ledger::{Ledger, Manner, deserted_port};
use crate::support::oracle::Oracle;
use crate::support::postgres;
use crate::support::site::{CHAMPIONS, Site, text};
use crate::support::smtp_sink::SmtpSink;

const ACCOUNTS: usize = 200;
const MAILS: usize = ACCOUNTS * CHAMPIONS;

#[tokio::test(flavor = "multi_thread")]
async fn every_delivery_reaches_a_real_relay_and_a_receiver_once() {
    reaches_everybody_once(Site::new("")).await;
    if let Some(database) = postgres::fresh_database().await {
        reaches_everybody_once(Site::new("").on(database)).await;
    }
}

async fn reaches_everybody_once(site: Site) {
    let Some(sink) = SmtpSink::start().await else { return };
    let receiver = HttpReceiver::start(vec![]).await;
    fs::write(site.path("slack-url"), receiver.url("/services/T0/B0/secret")).unwrap();
    site.deploy(&format!(
        "[smtp]\nurl = \"{}\"\n[slack]\n\"#arrivals\" = {{ file = \"slack-url\" }}\n\
         [safety]\nallow_private = [\"127.0.0.1\"]\n",
        sink.url()
    ));
    site.import(0..ACCOUNTS, true);

    let report: serde_json::Value = serde_json::from_str(&site.run(&["run", "--once", "--format", "json"])).unwrap();

    assert_eq!((&report["sent"], &report["uncertain"]), (&(MAILS + ACCOUNTS).into(), &0.into()), "{report}");
    let oracle = Oracle::read(site.database()).await;
    assert_eq!(oracle.states(), BTreeMap::from([("sent", MAILS + ACCOUNTS)]));
    let taken = sink.taken();
    assert_eq!(taken.len(), MAILS);
    assert_eq!(oracle.contradictions(&taken), Vec::<String>::new());
    let mut said: Vec<String> = receiver.requests().into_iter().map(|request| request.body).collect();
    for row in oracle.of_channel("slack") {
        let before = said.len();
        said.retain(|body| !body.contains(&format!("Account {}.", row.account_id)));
        assert_eq!(before - said.len(), 1, "{row:?}");
    }
    assert!(said.is_empty(), "nobody ordered {said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_told_to_stop_finishes_its_conversations_and_hands_the_rest_back() {
    let ledger = Ledger::start(Manner { slowest_ms: 10, ..Manner::default() }).await;
    let site = Site::new(&format!("[smtp]\nurl = \"{}\"\n", ledger.url()));
    site.import(0..ACCOUNTS, false);

    let daemon = site.daemon();
    ledger.reaches(20).await;
    let (code, said) = daemon.terminate();

    assert_eq!(code, Some(0), "{said}");
    let stopped = Oracle::read(site.database()).await;
    let sent = ledger.count();
    assert!(sent < MAILS, "it stopped in the middle");
    assert_eq!(stopped.states(), BTreeMap::from([("queued", MAILS - sent), ("sent", sent)]));

    site.run(&["run", "--once"]);
    let oracle = Oracle::read(site.database()).await;
    assert_eq!(oracle.states(), BTreeMap::from([("sent", MAILS)]));
    assert_eq!(oracle.contradictions(&ledger.taken()), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_daemon_on_the_same_file_is_refused_and_told_who_holds_it() {
    let ledger = Ledger::start(Manner::default()).await;
    let site = Site::new(&format!("[smtp]\nurl = \"{}\"\n", ledger.url()));
    site.import(0..1, false);
    let first = site.daemon();
    ledger.reaches(1).await;

    for arguments in [&["run"][..], &["run", "--once"]] {
        let second = site.command(arguments).stdin(Stdio::null()).output().unwrap();
        assert_eq!(second.status.code(), Some(1), "{}", text(&second));
        assert!(text(&second).contains(&first.pid().to_string()), "{}", text(&second));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_leaves_every_mail_queued_until_it_is_mended() {
    // base64 of \0cs\0right
    let manner = Manner { credentials: Some("AGNzAHJpZ2h0"), ..Manner::default() };
    let ledger = Ledger::start(manner).await;
    let site = Site::new("");
    site.import(0..20, false);
    let relay = |password: &str| Relay {
        url: ledger.url(),
        username: Some("cs".to_owned()),
        password: Some(password.to_owned().into()),
    };

    let tick = runtime(&site, relay("wrong"), 0).await.tick().await.unwrap();

    assert_eq!((tick.sent, tick.uncertain, ledger.count()), (0, 0, 0));
    let oracle = Oracle::read(site.database()).await;
    assert_eq!(oracle.states(), BTreeMap::from([("queued", 20 * CHAMPIONS)]));
    assert!(oracle.rows.iter().all(|row| row.attempts == 0), "a wrong password is nobody's fault but ours");

    runtime(&site, relay("right"), 24).await.tick().await.unwrap();
    let oracle = Oracle::read(site.database()).await;
    assert_eq!(oracle.states(), BTreeMap::from([("sent", 20 * CHAMPIONS)]));
    assert_eq!(oracle.contradictions(&ledger.taken()), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_for_a_relay_that_is_down_goes_out_when_it_is_back() {
    let port = deserted_port().await;
    let relay = || Relay { url: format!("smtp://127.0.0.1:{port}"), username: None, password: None };
    let site = Site::new("");
    site.import(0..20, false);

    runtime(&site, relay(), 0).await.tick().await.unwrap();

    let oracle = Oracle::read(site.database()).await;
    assert_eq!(oracle.states(), BTreeMap::from([("queued", 20 * CHAMPIONS)]));

    let ledger = Ledger::start_at(port, Manner::default()).await;
    runtime(&site, relay(), 24).await.tick().await.unwrap();
    let oracle = Oracle::read(site.database()).await;
    assert_eq!(oracle.states(), BTreeMap::from([("sent", 20 * CHAMPIONS)]));
    assert_eq!(oracle.contradictions(&ledger.taken()), Vec::<String>::new());
}

/// The daemon's parts on a clock that stands so many hours from now: retries need not be waited for.
async fn runtime(site: &Site, relay: Relay, hours: i64) -> Runtime {
    let clock = VirtualClock::at(SystemClock.now() + jiff::SignedDuration::from_hours(hours));
    let store = Store::open(site.database()).await.unwrap();
    let routes = Routes { outbox: site.path("outbox"), smtp: Some(relay), ..Routes::default() };
    let channels = Arc::new(Channels::new(routes).unwrap());
    Runtime::new(store, book(), Arc::new(clock), channels, 4).await.unwrap()
}

fn book() -> Arc<Book> {
    let loaded = book::load(&Site::book());
    assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics);
    Arc::new(loaded.book)
}
