//! account.toml, compiled: what a day without a value means, and how fresh a feed must be.
//!
//! The names and types of fields, metrics and events are in the [`Registry`], which conditions, templates and
//! imports share; this is what besides the type decides how a value is read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::condition::Registry;
use crate::time::Span;

#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    pub registry: Arc<Registry>,
    pub metrics: BTreeMap<Arc<str>, MissingDay>,
    /// Feed to how old it may be.
    pub feeds: BTreeMap<Arc<str>, Span>,
    /// Event kinds declared `contact = true`: `days_since_contact()` counts them.
    pub contact_events: BTreeSet<Arc<str>>,
}

/// What a day without a value is, while the feed is fresh and the account lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingDay {
    Zero,
    Unknown,
}
