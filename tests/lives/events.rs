//! What happens to an account, and a daemon that lives through it.

use std::sync::Arc;

use playcaller::book;
use playcaller::channel::{Answer, Channels};
use playcaller::condition::Value;
use playcaller::engine::Desk;
use playcaller::engine::desk::{ApprovalState, Entry};
use playcaller::portfolio::import::{AccountRow, ContactRow, EventRow, Rows};
use playcaller::runtime::Runtime;
use playcaller::runtime::timeline;
use playcaller::store::{By, Decision, Store};
use playcaller::time::{Clock, Date, Timestamp, VirtualClock, add_days};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::books::Files;

/// The Thursday before the clocks of New York go forward.
const START: &str = "2026-03-05T15:00:00Z";
const ACCOUNT: &str = "acme";
/// More looks in one stretch of time than any of these books has reason for.
const MOST_TICKS: usize = 3000;

#[derive(Clone, Debug)]
pub enum Happening {
    Score(Option<i8>),
    Tickets(u8),
    /// In so many days from now; none: the field becomes empty.
    Renewal(Option<i8>),
    Churned(bool),
    Ping,
    ChampionLeft(bool),
    Complete(Index),
    Acknowledge(Index),
    Decide(Index, bool),
    Reply(Index),
    Enroll(usize),
    Stop(Index),
    AddressesBounce(bool),
    /// The daemon is stopped, and started again so many minutes later.
    Away(i64),
    Nothing,
}

/// Each happening, and the minutes that pass after it.
pub type Life = Vec<(Happening, i64)>;

pub fn a_life() -> impl Strategy<Value = Life> {
    use Happening::*;
    let score = prop::option::weighted(0.9, select(vec![5, 20, 45, 55, 65, 75, 92, 99]));
    let happening = prop_oneof![
        6 => score.prop_map(Score),
        2 => (0u8..3).prop_map(Tickets),
        3 => prop::option::weighted(0.85, -3i8..25).prop_map(Renewal),
        1 => any::<bool>().prop_map(Churned),
        3 => Just(Ping),
        1 => any::<bool>().prop_map(ChampionLeft),
        3 => any::<Index>().prop_map(Complete),
        2 => any::<Index>().prop_map(Acknowledge),
        3 => (any::<Index>(), prop::bool::weighted(0.7)).prop_map(|(which, yes)| Decide(which, yes)),
        2 => any::<Index>().prop_map(Reply),
        4 => (0usize..3).prop_map(Enroll),
        1 => any::<Index>().prop_map(Stop),
        1 => any::<bool>().prop_map(AddressesBounce),
        1 => select(vec![90, 3000, 12_000]).prop_map(Away),
        2 => Just(Nothing),
    ];
    let gap = select(vec![0, 0, 1, 45, 300, 1440, 1440, 2000, 4320, 10_080]);
    prop::collection::vec((happening, gap), 1..25)
}

/// What was seen of a life.
pub struct Lived {
    pub entries: Vec<Entry>,
    pub desk: Desk,
    /// What the daemon logged as an error.
    pub errors: String,
    /// The instant after the last look, and the next one.
    pub until: Timestamp,
    pub next_look: Option<Timestamp>,
}

impl Lived {
    pub fn lines(&self) -> Vec<String> {
        self.entries.iter().map(|entry| format!("{} {}", entry.playbook, timeline::line(entry))).collect()
    }
}

/// Lives it, with a daemon that runs through or one that is started anew before each happening.
pub fn live(files: &Files, life: &Life, anew: bool) -> Lived {
    let loaded = book::load_files(files.clone());
    assert!(!loaded.has_errors(), "{:#?}\n{files:#?}", loaded.diagnostics);
    let log = Log::default();
    let writer = log.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::ERROR).with_writer(move || writer.clone());
    let _logging = tracing::subscriber::set_default(subscriber.finish());
    let here = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    here.block_on(async {
        let mut home = Home::new(Arc::new(loaded.book)).await;
        home.born().await;
        for (happening, minutes) in life {
            if anew {
                home.start().await;
            }
            home.happens(happening).await;
            home.play(*minutes).await;
        }
        // Long enough for everything to come to rest that can.
        home.play(30 * 1440).await;
        home.end(log).await
    })
}

struct Home {
    store: Store,
    book: Arc<book::Book>,
    clock: Arc<VirtualClock>,
    runtime: Runtime,
    entries: Vec<Entry>,
    bounces: bool,
    events: usize,
    next_look: Option<Timestamp>,
}

impl Home {
    async fn new(book: Arc<book::Book>) -> Home {
        let store = Store::open("sqlite::memory:").await.expect("a database in memory");
        let clock = Arc::new(VirtualClock::at(START.parse().expect("an instant")));
        let runtime = daemon(&store, &book, &clock, false).await;
        Home { store, book, clock, runtime, entries: Vec::new(), bounces: false, events: 0, next_look: None }
    }

    async fn start(&mut self) {
        self.runtime = daemon(&self.store, &self.book, &self.clock, self.bounces).await;
    }

    async fn born(&mut self) {
        let fields = [
            ("owner", Value::text("dana")),
            ("timezone", Value::text("America/New_York")),
            ("status", Value::text("active")),
            ("score", Value::Number(80.0)),
            ("tickets", Value::Number(0.0)),
        ];
        self.set(&fields).await;
        self.champion("active").await;
    }

    async fn happens(&mut self, happening: &Happening) {
        use Happening::*;
        // A refused request tells nothing of what else the look did: let that be done before.
        if matches!(happening, Enroll(_) | Stop(_) | Reply(_)) {
            self.play(0).await;
        }
        match happening {
            Score(score) => {
                self.set(&[("score", score.map_or(Value::Empty, |score| Value::Number(score.into())))]).await
            }
            Tickets(tickets) => self.set(&[("tickets", Value::Number((*tickets).into()))]).await,
            Renewal(days) => {
                let today: Date = jiff::tz::Offset::UTC.to_datetime(self.clock.now()).date();
                let date = days.map_or(Value::Empty, |days| Value::Date(add_days(today, days.into())));
                self.set(&[("renewal_date", date)]).await;
            }
            Churned(churned) => {
                self.set(&[("status", Value::text(if *churned { "churned" } else { "active" }))]).await;
            }
            Ping => self.ping().await,
            ChampionLeft(left) => self.champion(if *left { "left" } else { "active" }).await,
            Complete(which) => self.task(which, true).await,
            Acknowledge(which) => self.task(which, false).await,
            Decide(which, yes) => self.decide(which, *yes).await,
            Reply(which) => self.reply(which).await,
            // A refusal is an answer too.
            Enroll(which) => {
                let entries = self.runtime.enroll(ACCOUNT, &format!("p{which}"), "dana").await;
                self.entries.extend(entries.unwrap_or_default());
            }
            Stop(which) => {
                let desk = self.desk().await;
                if let Some(id) = chosen(which, desk.active().map(|own| own.id.clone())) {
                    self.entries.extend(self.runtime.stop(&id, "enough", "dana").await.expect("an active one stops"));
                }
            }
            AddressesBounce(bounces) => {
                self.bounces = *bounces;
                self.runtime.channels = channels(*bounces);
            }
            Away(minutes) => {
                self.clock.set(self.clock.now() + jiff::Span::new().minutes(*minutes));
                self.start().await;
            }
            Nothing => {}
        }
    }

    async fn set(&self, fields: &[(&str, Value)]) {
        let fields = fields.iter().map(|(name, value)| (Arc::from(*name), value.clone())).collect();
        let row = AccountRow { line: 0, id: ACCOUNT.into(), as_of: self.clock.now(), fields };
        self.land(Rows { accounts: vec![row], ..Rows::default() }).await;
    }

    async fn champion(&self, status: &str) {
        let champion = Value::Tags(vec![Arc::from("champion")].into());
        let fields =
            [("email", Value::text("pat@acme.example")), ("personas", champion), ("status", Value::text(status))];
        let fields = fields.into_iter().map(|(name, value)| (Arc::from(name), value)).collect();
        let row = ContactRow { line: 0, id: "pat".into(), account: ACCOUNT.into(), as_of: self.clock.now(), fields };
        self.land(Rows { contacts: vec![row], ..Rows::default() }).await;
    }

    async fn ping(&mut self) {
        self.events += 1;
        let row = EventRow {
            line: 0,
            id: format!("ping-{}", self.events).into(),
            kind: "ping".into(),
            account: ACCOUNT.into(),
            contact: None,
            at: self.clock.now(),
            fields: Default::default(),
        };
        self.land(Rows { events: vec![row], ..Rows::default() }).await;
    }

    async fn land(&self, rows: Rows) {
        let mut tx = self.store.begin().await.expect("a transaction");
        tx.land(&rows, self.clock.now()).await.expect("rows land");
        tx.commit().await.expect("a commit");
    }

    async fn task(&self, which: &Index, is_done: bool) {
        let desk = self.desk().await;
        let Some(id) = chosen(which, desk.tasks.values().filter(|task| task.state.is_open()).map(|own| own.id.clone()))
        else {
            return;
        };
        let (mut tx, by) = (self.store.begin().await.expect("a transaction"), By { who: "dana", at: self.clock.now() });
        match is_done {
            true => tx.complete_task(&id, by).await.expect("an open task is done"),
            // One that is acknowledged already says so.
            false => drop(tx.acknowledge_task(&id, by).await),
        }
        tx.commit().await.expect("a commit");
    }

    async fn decide(&self, which: &Index, yes: bool) {
        let desk = self.desk().await;
        let waiting = desk.approvals.values().filter(|own| own.state == ApprovalState::Waiting);
        let Some(id) = chosen(which, waiting.map(|own| own.id.clone())) else { return };
        let decision = if yes { Decision::Approve } else { Decision::Reject };
        let mut tx = self.store.begin().await.expect("a transaction");
        let by = By { who: "morgan", at: self.clock.now() };
        tx.decide_approval(&id, decision, by).await.expect("what waits can be decided");
        tx.commit().await.expect("a commit");
    }

    async fn reply(&mut self, which: &Index) {
        let desk = self.desk().await;
        let sends = desk.sends.values().filter(|own| own.sent_at.is_some());
        if let Some((enrollment, step)) = chosen(which, sends.map(|own| (own.enrollment.clone(), own.step.clone()))) {
            let entries = self.runtime.reply(ACCOUNT, &enrollment, &step, "pat").await;
            self.entries.extend(entries.unwrap_or_default());
        }
    }

    async fn desk(&self) -> Desk {
        let mut desks = self.store.load_desks(&[Arc::from(ACCOUNT)], self.clock.now()).await.expect("a desk");
        desks.remove(ACCOUNT).unwrap_or_default()
    }

    /// As `Runtime::play`, and notices a daemon that does not come to rest.
    async fn play(&mut self, minutes: i64) {
        let until = self.clock.now() + jiff::Span::new().minutes(minutes);
        for _ in 0..MOST_TICKS {
            let tick = self.runtime.tick().await.expect("a tick");
            self.entries.extend(tick.entries);
            self.next_look = tick.next_wake;
            let Some(at) = tick.next_wake.filter(|at| *at <= until) else {
                self.clock.set(until);
                return;
            };
            assert!(at > self.clock.now(), "at {} the next look is to be at {at}", self.clock.now());
            self.clock.set(at);
        }
        panic!("{MOST_TICKS} looks until {}, and still not {until}", self.clock.now());
    }

    async fn end(self, log: Log) -> Lived {
        let desk = self.desk().await;
        let (until, next_look) = (self.clock.now(), self.next_look);
        Lived { entries: self.entries, desk, errors: log.text(), until, next_look }
    }
}

async fn daemon(store: &Store, book: &Arc<book::Book>, clock: &Arc<VirtualClock>, bounces: bool) -> Runtime {
    let runtime = Runtime::new(store.clone(), book.clone(), clock.clone(), channels(bounces), 1).await;
    runtime.expect("a runtime")
}

fn channels(bounces: bool) -> Arc<Channels> {
    Arc::new(if bounces { Channels::answering(Answer::Bounce) } else { Channels::nowhere() })
}

fn chosen<T>(which: &Index, among: impl Iterator<Item = T>) -> Option<T> {
    let mut among: Vec<T> = among.collect();
    (!among.is_empty()).then(|| among.swap_remove(which.index(among.len())))
}

/// What is logged, kept.
#[derive(Clone, Default)]
struct Log(Arc<std::sync::Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("the log")).into_owned()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("the log").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
