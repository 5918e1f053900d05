//! What lies ahead if nothing changes: the accounts as they are now, played forward beside the database.
//!
//! ```text
//! store ─ Scene::read ─▶ Scene ─ play(book) ─▶ Played: the timeline, and how everybody stands in the end
//!                          └─────── as often as asked, with one book or several
//! ```
//!
//! The looks are the daemon's ([`crate::engine::visit`]); what a play has instead of a database is memory, instead of
//! channels an outbox that takes everything. It does what a tick does, in the same order: `tests/lives/previews.rs` holds the two
//! against each other, line by line.

mod outbox;
mod play;
mod scene;

pub use scene::Scene;

use std::sync::Arc;

use crate::engine::desk::{Desk, Entry};
use crate::portfolio::Account;

/// What a play came to.
#[derive(Clone, Debug, Default)]
pub struct Played {
    /// The lines of the timeline, in the order in which the daemon would write them.
    pub entries: Vec<Entry>,
    /// The accounts with their desks as they are in the end.
    pub accounts: Vec<(Arc<Account>, Arc<Desk>)>,
}
