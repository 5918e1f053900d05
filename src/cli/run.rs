//! `run`: the daemon; or everything that is due, once; or a stretch of virtual time.

use std::sync::Arc;

use super::daemon;
use super::exit::{Exit, Failure, Result};
use super::moment::Moment;
use super::play::Play;
use super::report::{RunReport, print_tally, time_bar};
use super::session::{Session, go_virtual, refused};
use crate::book::Book;
use crate::channel::Channels;
use crate::runtime::reload::{Report, open_book};
use crate::runtime::tally::Tally;
use crate::runtime::{CONNECTIONS, Runtime, timeline};
use crate::store::{DaemonLock, Store};
use crate::time::{Clock, SystemClock, Timestamp, VirtualClock};

#[derive(Debug, clap::Args)]
pub struct Run {
    /// Do everything that is due, and end
    #[arg(long, conflicts_with = "from")]
    once: bool,
    /// With --once: as of another moment; the database lives by a virtual clock from then on
    #[arg(long, requires = "once", value_name = "INSTANT")]
    now: Option<Moment>,
    /// Play the daemon on a virtual clock from here …
    #[arg(long, requires = "until", value_name = "INSTANT")]
    from: Option<Moment>,
    /// … to here
    #[arg(long, requires = "from", value_name = "INSTANT")]
    until: Option<Moment>,
    /// On a virtual clock: send for real instead of writing files
    #[arg(long)]
    send: bool,
}

impl Run {
    pub async fn run(self, session: &Session) -> Result<Exit> {
        let is_virtual = self.now.is_some() || self.from.is_some();
        if self.send && !is_virtual {
            return Err(Failure::usage(
                "--send is for a virtual clock (--from, --now): on the wall clock run sends anyway",
            ));
        }
        let channels = self.channels(session, is_virtual)?;
        let url = session.settings.database()?;
        let _lock = DaemonLock::take(&url)?;
        let store = Store::open(&url).await?;
        match (self.from, self.until) {
            (Some(Moment(from)), Some(Moment(until))) => play(session, store, channels, from, until).await,
            _ if self.once => once(session, store, channels, self.now).await,
            _ => {
                refuse_virtual(&store).await?;
                let (folder, clock) = (session.settings.book.clone(), Arc::new(SystemClock));
                let opened = Runtime::open(store, folder, clock, Arc::new(channels), CONNECTIONS).await;
                let (runtime, report) = opened.map_err(refused)?;
                tell_stays(session, &report)?;
                daemon::run(session, runtime).await
            }
        }
    }

    /// On a virtual clock nothing leaves the machine unless that is asked for.
    fn channels(&self, session: &Session, is_virtual: bool) -> Result<Channels> {
        if is_virtual && !self.send {
            return Ok(Channels::files(session.settings.outbox.clone()));
        }
        Ok(Channels::new(session.settings.routes()?)?)
    }
}

/// A database whose time is virtual would send its future to customers now.
async fn refuse_virtual(store: &Store) -> Result<()> {
    let Some(stands) = store.instance().await?.virtual_now else { return Ok(()) };
    let message =
        format!("this database lives by a virtual clock, which stands at {stands}: the daemon would mix the two");
    Err(Failure::wrong(message)
        .help("play it on with `run --from … --until …` or `run --once --now …`, or name another --database"))
}

/// The folder's book, as far as it may go live; tells what may not.
async fn open(session: &Session, store: &Store, now: Timestamp) -> Result<Arc<Book>> {
    let (book, prepared) = open_book(store, &session.settings.book, now).await.map_err(refused)?;
    tell_stays(session, &prepared.report)?;
    Ok(book)
}

fn tell_stays(session: &Session, report: &Report) -> Result<()> {
    if report.stays.is_empty() {
        return Ok(());
    }
    session.print.either(report, || report.lines().join("\n"))
}

async fn once(session: &Session, store: Store, channels: Channels, now: Option<Moment>) -> Result<Exit> {
    if now.is_none() {
        refuse_virtual(&store).await?;
    }
    let at = now.as_ref().map_or_else(|| SystemClock.now(), |Moment(at)| *at);
    let book = open(session, &store, at).await?;
    let clock: Arc<dyn Clock> = match now {
        Some(Moment(at)) => {
            go_virtual(&store, at).await?;
            Arc::new(VirtualClock::at(at))
        }
        None => Arc::new(SystemClock),
    };
    let mut runtime = Runtime::new(store, book, clock.clone(), Arc::new(channels), CONNECTIONS).await?;
    runtime.store.recover(clock.now()).await?;
    let report = RunReport::of(&runtime.tick().await?);
    runtime.store.close().await;
    session.print.either(&report, || report.line())?;
    Ok(Exit::Done)
}

async fn play(session: &Session, store: Store, channels: Channels, from: Timestamp, until: Timestamp) -> Result<Exit> {
    if until < from {
        return Err(Failure::usage(format!("--until {until} lies before --from {from}")));
    }
    let (book, print) = (open(session, &store, from).await?, session.print);
    let mut play = Play::begin(store, book, channels, from, CONNECTIONS).await?;
    play.runtime.store.recover(from).await?;
    let (bar, mut tally, mut written) = (time_bar(from, until), Tally::default(), Ok(()));
    let mut watch = |step: crate::runtime::play::Step<'_>| {
        bar.to(step.at);
        tally.add(step.entries);
        if print.is_json() && written.is_ok() {
            written = step.entries.iter().try_for_each(|entry| print.json(&timeline::json(entry)));
        }
    };
    let played = play.until(until, &mut watch).await;
    bar.finish();
    play.runtime.store.close().await;
    played.and(written)?;
    if !print.is_json() {
        print.line(format!("From {from} to {until}:"))?;
        print_tally(print, &tally)?;
    }
    Ok(Exit::Done)
}
