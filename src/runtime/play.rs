//! Plays the daemon on a virtual clock: tick, set the clock to the next wake, tick again.

use anyhow::Result;

use crate::engine::desk::Entry;
use crate::time::{Timestamp, VirtualClock};

use super::Runtime;

/// What a play went through, for the progress bar.
pub struct Step<'a> {
    pub at: Timestamp,
    pub entries: &'a [Entry],
}

impl Runtime {
    /// Plays from the clock's instant up to and including `until`. `watch` sees every tick's new lines.
    pub async fn play(
        &mut self,
        clock: &VirtualClock,
        until: Timestamp,
        watch: &mut (dyn FnMut(Step<'_>) + Send),
    ) -> Result<()> {
        loop {
            let tick = self.tick().await?;
            watch(Step { at: tick.as_of, entries: &tick.entries });
            match tick.next_wake.filter(|at| *at <= until) {
                Some(at) => clock.set(at),
                None => break,
            }
        }
        clock.set(until);
        Ok(())
    }
}
