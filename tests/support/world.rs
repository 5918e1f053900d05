//! A clock, databases and a daemon whose book and data a scenario moves.

use std::collections::BTreeMap;
use std::sync::Arc;

use playcaller::book::{self, Book};
use playcaller::channel::Channels;
use playcaller::condition::Value;
use playcaller::engine::Desk;
use playcaller::engine::desk::Entry;
use playcaller::portfolio::import::{AccountRow, Rows};
use playcaller::runtime::play::Step;
use playcaller::runtime::{Runtime, timeline};
use playcaller::store::Store;
use playcaller::time::{Clock, Timestamp, VirtualClock};

use super::databases;

const PEOPLE: &str = r#"
[[person]]
id = "dana"
name = "Dana Reyes"
email = "dana@larkfield.example"

[[person]]
id = "kim"
name = "Kim Tanaka"
email = "kim@larkfield.example"

[team.success]
members = ["dana", "kim"]
"#;

const ACCOUNT: &str = r#"
[fields.score]
type = "number"

[events.ping]
"#;

/// A clock, and on each kind of database a daemon whose book and data a scenario moves. What happens must be the same on
/// each of them.
pub struct World {
    pub clock: Arc<VirtualClock>,
    pub sides: Vec<Side>,
}

/// One kind of database with its daemon.
pub struct Side {
    pub store: Store,
    pub runtime: Option<Runtime>,
    lines: Vec<String>,
}

impl World {
    /// Empty databases at that instant.
    pub async fn at(start: &str) -> World {
        let memory = Store::open("sqlite::memory:").await.expect("a database in memory");
        let stores = [Some(memory), databases::postgres().await].into_iter().flatten();
        let sides = stores.map(|store| Side { store, runtime: None, lines: Vec::new() }).collect();
        World { clock: Arc::new(VirtualClock::at(at(start))), sides }
    }

    /// Starts the daemon anew with these playbooks.
    pub async fn with_book(&mut self, playbooks: &[(&str, &str)]) {
        self.start(book(playbooks), Arc::new(Channels::nowhere())).await;
    }

    /// Starts the daemon anew with this book, and what it sends goes this way.
    pub async fn start(&mut self, book: Book, channels: Arc<Channels>) {
        let book = Arc::new(book);
        for side in &mut self.sides {
            let (store, clock) = (side.store.clone(), self.clock.clone());
            let runtime = Runtime::new(store, book.clone(), clock, channels.clone(), 1).await;
            side.runtime = Some(runtime.expect("a runtime"));
        }
    }

    /// Writes rows as an import would.
    pub async fn land(&self, rows: Rows, as_of: &str) {
        for side in &self.sides {
            let mut tx = side.store.begin().await.expect("a transaction");
            tx.land(&rows, at(as_of)).await.expect("rows land");
            tx.commit().await.expect("a commit");
        }
    }

    /// Sets fields of an account.
    pub async fn set(&self, account: &str, as_of: &str, fields: &[(&str, Value)]) {
        self.land(Rows { accounts: vec![row(account, as_of, fields)], ..Rows::default() }, as_of).await;
    }

    /// Lets the daemon run until then.
    pub async fn play_until(&mut self, until: &str) {
        let start = self.clock.now();
        for side in &mut self.sides {
            side.play(VirtualClock::at(start), at(until)).await;
        }
        self.clock.set(at(until));
    }

    /// Time passes while no daemon runs.
    pub fn away_until(&self, until: &str) {
        self.clock.set(at(until));
    }

    /// The lines since the last time it was asked.
    pub fn took(&mut self) -> Vec<String> {
        let mut sides = self.sides.iter_mut().map(|side| std::mem::take(&mut side.lines));
        let lines = sides.next().expect("a database");
        sides.for_each(|other| assert_eq!(lines, other, "SQLite, then Postgres"));
        lines
    }

    /// The databases, each with the same in it.
    pub fn stores(&self) -> impl Iterator<Item = &Store> {
        self.sides.iter().map(|side| &side.store)
    }

    /// The daemons, one for each database.
    pub fn daemons(&mut self) -> impl Iterator<Item = &mut Runtime> {
        self.sides.iter_mut().map(|side| side.runtime.as_mut().expect("a daemon"))
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// What is known of an account's work.
    pub async fn desk(&self, account: &str) -> Desk {
        let (ids, now) = ([Arc::from(account)], self.clock.now());
        let store = self.stores().next().expect("a database");
        store.load_desks(&ids, now).await.expect("a desk").remove(account).unwrap_or_default()
    }
}

impl Side {
    /// Each side has the same hours to itself.
    async fn play(&mut self, clock: VirtualClock, until: Timestamp) {
        let (clock, lines) = (Arc::new(clock), &mut self.lines);
        let runtime = self.runtime.as_mut().expect("a daemon");
        runtime.clock = clock.clone();
        let mut watch = |step: Step<'_>| {
            lines.extend(step.entries.iter().map(|entry| format!("{} {}", entry.account, shown(entry))));
        };
        runtime.play(&clock, until, &mut watch).await.expect("a play");
    }
}

fn shown(entry: &Entry) -> String {
    format!("{} {}", entry.playbook, timeline::normalized(&timeline::line(entry)))
}

/// An instant.
pub fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// A row of an import of accounts.
pub fn row(account: &str, as_of: &str, fields: &[(&str, Value)]) -> AccountRow {
    let fields = fields.iter().map(|(name, value)| (Arc::from(*name), value.clone())).collect();
    AccountRow { line: 0, id: account.into(), as_of: at(as_of), fields }
}

/// A book of these files, by their names without `.toml`; `{id}` in a text is its name.
pub fn book(playbooks: &[(&str, &str)]) -> Book {
    let mut files: BTreeMap<String, String> =
        playbooks.iter().map(|(id, text)| (format!("{id}.toml"), text.replace("{id}", id))).collect();
    files.insert("people.toml".to_owned(), PEOPLE.to_owned());
    files.entry("account.toml".to_owned()).or_insert(ACCOUNT.to_owned());
    files.insert("hello.md".to_owned(), "+++\nsubject = \"Hello\"\n+++\nHello.\n".to_owned());
    let loaded = book::load_files(files);
    assert!(!loaded.has_errors(), "{:#?}", loaded.diagnostics);
    loaded.book
}

/// A playbook in UTC whose body is a trigger and its steps.
pub fn playbook(body: &str) -> String {
    format!(
        "id = \"{{id}}\"\ntitle = \"A playbook\"\nowner = \"dana\"\nstatus = \"live\"\ntimezone = \"UTC\"\n\
         send_window = \"always\"\n{body}"
    )
}

/// A step: a task for the team.
pub const CALL: &str = "\n[[step]]\nid = \"call\"\nafter = \"enrolled\"\naction = \"task\"\nassignee = \"team:success\"\n\
                    title = \"Call\"\ndue = \"5bd\"\n";

/// A value.
pub fn number(value: f64) -> Value {
    Value::Number(value)
}
