//! `demo`: the shipped book plays 90 days of a sample portfolio. Everything is in the program; nothing leaves the machine.

mod people;
mod sample;
mod stage;
mod tour;

use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use super::daemon;
use super::exit::{Exit, Result};
use super::play::Play;
use super::print::count;
use super::report::{print_tally, time_bar};
use super::session::{Session, go_virtual, usable};
use crate::book::Book;
use crate::book::load::load_files;
use crate::channel::Channels;
use crate::runtime::tally::Tally;
use crate::runtime::{CONNECTIONS, Runtime};
use crate::store::{DaemonLock, Store};
use crate::time::{Clock, SystemClock, Timestamp};
use tour::Stop;

const DATABASE: &str = "sqlite:playcaller-demo.db";
const OUTBOX: &str = "playcaller-demo-outbox";
const FROM: &str = "2026-08-17T00:00:00Z";
const UNTIL: &str = "2026-11-15T00:00:00Z";

#[derive(Debug, clap::Args)]
pub struct Demo {
    /// Keep running as the daemon: the demo's clock goes on with the wall clock
    #[arg(long)]
    live: bool,
}

impl Demo {
    pub async fn run(self, session: &Session) -> Result<Exit> {
        let url = session.settings.database_flag().unwrap_or(DATABASE);
        let _lock = DaemonLock::take(url)?;
        let book = Arc::new(usable(load_files(sample::book()))?.book);
        let store = stage::clear(url).await?;
        let (from, until) = (instant(FROM), instant(UNTIL));
        go_virtual(&store, from).await?;
        stage::import_sample(&store, &book, from, until).await?;
        let tally = play(&store, &book, from, until).await?;
        let stops = tour::stops(&store).await?;
        tell(session, url, &tally, &stops)?;
        if self.live {
            return live(session, store, book, until).await;
        }
        store.close().await;
        Ok(Exit::Done)
    }
}

fn instant(text: &str) -> Timestamp {
    text.parse().expect("a fixed instant")
}

fn files() -> Channels {
    Channels::files(Path::new(OUTBOX).to_owned())
}

/// Plays the 90 days. What our people do is in the sample too: they take on tasks, approve mails, or do not.
async fn play(store: &Store, book: &Arc<Book>, from: Timestamp, until: Timestamp) -> Result<Tally> {
    let mut play = Play::begin(store.clone(), book.clone(), files(), from, CONNECTIONS).await?;
    let (bar, mut tally) = (time_bar(from, until), Tally::default());
    let mut watch = |step: crate::runtime::play::Step<'_>| {
        bar.to(step.at);
        tally.add(step.entries);
    };
    for deed in people::deeds()? {
        play.until(deed.at, &mut watch).await?;
        deed.perform(store).await?;
    }
    play.until(until, &mut watch).await?;
    bar.finish();
    Ok(tally)
}

fn tell(session: &Session, url: &str, tally: &Tally, stops: &[Stop]) -> Result<()> {
    let print = session.print;
    if print.is_json() {
        let object = json!({ "database": url, "from": FROM, "until": UNTIL, "playbooks": tally.0, "accounts": stops });
        return print.json(&object);
    }
    print.line(format!(
        "90 days of {}, from 2026-08-17 to 2026-11-15:\n",
        count(sample::accounts()?.len(), "account")
    ))?;
    print_tally(print, tally)?;
    print.line("\nWorth a look:\n")?;
    print.table(&["account", "playbook", "why", "now"], stops.iter().map(Stop::row))?;
    let playcaller = format!("{} --database {url}", crate::settings::program());
    print.line(format!("\nNothing left this machine: every mail and message is a file in {OUTBOX}/."))?;
    print.line("\nNow try, in the folder that holds the book `playbooks`:\n")?;
    tour::NEXT.iter().try_for_each(|(command, what)| print.line(format!("  {playcaller} {command:<42} # {what}")))
}

/// The daemon on the demo's clock. Where it stands is noted at the end, so that the database can be played on.
async fn live(session: &Session, store: Store, book: Arc<Book>, from: Timestamp) -> Result<Exit> {
    let clock = Arc::new(Following { from, began: SystemClock.now() });
    let runtime = Runtime::new(store.clone(), book, clock.clone(), Arc::new(files()), CONNECTIONS).await?;
    let ended = daemon::run(session, runtime).await;
    go_virtual(&store, clock.now()).await?;
    ended
}

/// Virtual time that passes as fast as the wall clock's.
struct Following {
    from: Timestamp,
    began: Timestamp,
}

impl Clock for Following {
    fn now(&self) -> Timestamp {
        self.from + SystemClock.now().duration_since(self.began)
    }
}
