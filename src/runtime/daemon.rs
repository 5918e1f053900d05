//! The daemon: tick, sleep until the next wake, stop when asked.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use tokio::sync::Notify;
use tracing::{info, warn};

use super::reload::Report;
use super::{Runtime, Tick};
use crate::time::Timestamp;

/// Other processes import data and answer approvals; the daemon looks at least this often.
const POLL: Duration = Duration::from_secs(2);
/// Leases that are over are looked for this often.
const SWEEP_SECONDS: i64 = 10;

/// What a running daemon tells as it happens.
pub enum Event<'a> {
    Ticked(&'a Tick),
    /// The book was edited.
    Reloaded(&'a Report),
}

impl Runtime {
    /// Asks a running daemon to look at its book now.
    pub fn reload_bell(&self) -> Arc<Notify> {
        self.bell.clone()
    }

    /// Runs until `stop` is ready. Conversations that have begun are finished, what was claimed is handed back.
    pub async fn run(&mut self, stop: impl Future<Output = ()>, watch: &mut dyn FnMut(Event<'_>)) -> Result<()> {
        let stopping = self.stopping.clone();
        let listening = async {
            stop.await;
            stopping.send_replace(true);
            Ok(())
        };
        tokio::try_join!(self.live(watch), listening)?;
        self.hand_back().await?;
        info!("stopped");
        Ok(())
    }

    async fn live(&mut self, watch: &mut dyn FnMut(Event<'_>)) -> Result<()> {
        let mut stopping = self.stopping.subscribe();
        // On SQLite this is the only daemon: whatever is leased was leased by a process that is gone.
        self.store.recover(self.clock.now()).await?;
        let mut swept = self.clock.now();
        while !self.is_stopping() {
            self.reload(watch).await;
            let pause = match self.tick_once(&mut swept, watch).await {
                Ok(next) => next,
                Err(error) => {
                    // A database that is away comes back: nothing is sent meanwhile, and nothing is lost.
                    warn!("tick failed, trying again: {error:#}");
                    POLL
                }
            };
            tokio::select! {
                _ = stopping.wait_for(|asked| *asked) => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
        Ok(())
    }

    /// Goes on with an edited book, if there is one.
    async fn reload(&mut self, watch: &mut dyn FnMut(Event<'_>)) {
        match self.follow_folder().await {
            Ok(None) => {}
            Ok(Some(report)) => {
                tell(&report);
                watch(Event::Reloaded(&report));
            }
            Err(error) => warn!("the edited book could not be taken, trying again: {error:#}"),
        }
    }

    async fn tick_once(&mut self, swept: &mut Timestamp, watch: &mut dyn FnMut(Event<'_>)) -> Result<Duration> {
        let now = self.clock.now();
        if now.duration_since(*swept).as_secs() >= SWEEP_SECONDS {
            self.store.sweep(now).await?;
            *swept = now;
        }
        self.refresh_world().await?;
        let tick = self.tick().await?;
        for notice in &tick.notices {
            warn!("{notice}");
        }
        watch(Event::Ticked(&tick));
        Ok(pause(self.clock.now(), tick.next_wake))
    }
}

fn tell(report: &Report) {
    report.lines().iter().for_each(|line| match report.stays.is_empty() {
        true => info!("{line}"),
        false => warn!("{line}"),
    });
}

fn pause(now: Timestamp, next: Option<Timestamp>) -> Duration {
    let until = next.map_or(i64::MAX, |next| next.duration_since(now).as_millis() as i64);
    POLL.min(Duration::from_millis(until.max(0) as u64))
}
