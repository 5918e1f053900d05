//! The daemon's life: it runs until it is asked to stop, ends what it has begun, and hands the rest back.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;
use tokio::time::sleep;

use super::exit::{Exit, Failure, Result};
use super::report::RunReport;
use super::session::Session;
use crate::runtime::{Runtime, Tick};

/// Messages that may be on their way at the same time.
pub const CONNECTIONS: usize = 8;
/// How long conversations that have begun may take to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs until SIGTERM or SIGINT; a second one ends at once.
pub async fn run(session: &Session, mut runtime: Runtime) -> Result<Exit> {
    let mut signals = Signals::listen()?;
    let (ask, asked) = oneshot::channel::<()>();
    let mut watch = |tick: &Tick| tell(session, tick);
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

/// A line for every tick that did something. Whoever closed the pipe does not stop the daemon.
fn tell(session: &Session, tick: &Tick) {
    let report = RunReport::of(tick);
    if !report.is_quiet() {
        drop(session.print.either(&report, || report.line()));
    }
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
