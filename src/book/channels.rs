//! channels.toml, compiled: named channels, without secrets.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

#[derive(Clone, Debug, Default)]
pub struct ChannelNames {
    pub email: BTreeMap<Arc<str>, Sender>,
    /// With the leading `#`.
    pub slack: BTreeSet<Arc<str>>,
    pub teams: BTreeSet<Arc<str>>,
    /// Endpoint to URL.
    pub webhook: BTreeMap<Arc<str>, String>,
}

/// Who mails come from when a step names nobody.
#[derive(Clone, Debug)]
pub struct Sender {
    pub from: String,
    pub name: Option<String>,
    pub reply_to: Option<String>,
}
