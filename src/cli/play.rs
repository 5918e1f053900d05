//! Virtual time: the daemon's own ticks on a clock that jumps from one wake to the next.

use std::sync::Arc;

use super::exit::Result;
use super::session::go_virtual;
use crate::book::Book;
use crate::channel::Channels;
use crate::runtime::Runtime;
use crate::runtime::play::Step;
use crate::store::Store;
use crate::time::{Clock, Timestamp, VirtualClock};

/// The database's clock is moved on in stretches of this length, so that a play that is cut short can be continued.
const STRETCH_HOURS: i64 = 24;

/// A runtime on a virtual clock.
pub struct Play {
    pub runtime: Runtime,
    clock: Arc<VirtualClock>,
}

impl Play {
    /// Sets the clock to `from`; the database lives by it from then on.
    pub async fn begin(
        store: Store,
        book: Arc<Book>,
        channels: Channels,
        from: Timestamp,
        connections: usize,
    ) -> Result<Play> {
        go_virtual(&store, from).await?;
        let clock = Arc::new(VirtualClock::at(from));
        let runtime = Runtime::new(store, book, clock.clone(), Arc::new(channels), connections).await?;
        Ok(Play { runtime, clock })
    }

    /// Plays up to and including `until`.
    pub async fn until(&mut self, until: Timestamp, watch: &mut (dyn FnMut(Step<'_>) + Send)) -> Result<()> {
        loop {
            let stretch = self.clock.now() + jiff::Span::new().hours(STRETCH_HOURS);
            let end = stretch.min(until);
            // Marked before anything is written: what was played is never later than the database's clock.
            go_virtual(&self.runtime.store, end).await?;
            self.runtime.play(&self.clock, end, watch).await?;
            if end == until {
                return Ok(());
            }
        }
    }
}
