//! The daemon's life: it runs until it is asked to stop, ends what it has begun, and hands the rest back.

use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, oneshot};
use tokio::time::sleep;

use super::exit::{Exit, Failure, Result};
use super::report::RunReport;
use super::session::Session;
use crate::runtime::Runtime;
use crate::runtime::daemon::Event;

/// How long conversations that have begun may take to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs until SIGTERM or SIGINT; a second one ends at once. SIGHUP has the book looked at now.
pub async fn run(session: &Session, mut runtime: Runtime) -> Result<Exit> {
    let mut signals = Signals::listen()?;
    let (ask, asked) = oneshot::channel::<()>();
    ring_on_hangup(runtime.reload_bell())?;
    let mut watch = |event: Event<'_>| tell(session, &event);
    let stop = async {
        // The sender lives until it has sent.
        let _ = asked.await;
    };
    let mut running = Box::pin(runtime.run(stop, &mut watch));
    tokio::select! {
        ended = &mut running => return ended.map(|()| Exit::Done).map_err(Failure::from),
        () = signals.next() => drop(ask.send(())),
    }
    tokio::select! {
        ended = &mut running => ended?,
        () = sleep(PATIENCE) => {
            drop(running);
            runtime.hand_back().await?;
        }
        () = signals.next() => {
            let failure = Failure::wrong("stopped in the middle: what was on its way shows in `playcaller outbox`");
            return Err(Failure { exit: Exit::Fault, ..failure });
        }
    }
    Ok(Exit::Done)
}

/// A line for every tick that did something, and for every edit of the book. Whoever closed the pipe does not stop the
/// daemon.
fn tell(session: &Session, event: &Event<'_>) {
    match event {
        Event::Ticked(tick) => {
            let report = RunReport::of(tick);
            if !report.is_quiet() {
                drop(session.print.either(&report, || report.line()));
            }
        }
        Event::Reloaded(report) => drop(session.print.either(report, || report.lines().join("\n"))),
    }
}

/// SIGHUP: the book was edited.
fn ring_on_hangup(bell: Arc<Notify>) -> Result<()> {
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            bell.notify_one();
        }
    });
    Ok(())
}

/// The two ways to ask a process to stop.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> Result<Signals> {
        Ok(Signals { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
