//! The registry: everything a condition may name, with its type. The book builds it from the
//! dictionary; the checks, the suggestions and the reference pages all come from it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Expression, Scripts, Type};

/// A field of an account, a contact, a person or an event.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub ty: Type,
    pub doc: String,
    pub unit: Option<String>,
    /// The feed it comes from, when the feed declares how fresh it must be.
    pub feed: Option<Arc<str>>,
    /// Computed from other data, such as `segment`: it cannot be set or imported.
    pub computed: bool,
}

impl Field {
    /// A recorded field of that type without unit, doc or feed.
    pub fn of(ty: Type) -> Field {
        Field { ty, doc: String::new(), unit: None, feed: None, computed: false }
    }
}

/// A daily number series.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metric {
    pub doc: String,
    pub unit: Option<String>,
    pub feed: Option<Arc<str>>,
}

/// What may be named, by the whole book.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    pub account: BTreeMap<String, Field>,
    pub contact: BTreeMap<String, Field>,
    /// Fields of our own people.
    pub person: BTreeMap<String, Field>,
    pub metrics: BTreeMap<String, Metric>,
    /// Event kinds with their declared fields.
    pub events: BTreeMap<String, BTreeMap<String, Field>>,
    /// Event kinds that come from a feed which declares how fresh it must be.
    pub event_feeds: BTreeMap<String, Arc<str>>,
    /// Ids of the health dimensions.
    pub dimensions: Vec<String>,
    /// Ids of the health bands.
    pub bands: Vec<String>,
    pub personas: Vec<String>,
    /// Ids of our people. While it is empty, person ids in conditions are not checked.
    pub people: Vec<String>,
    pub roles: Vec<String>,
    /// Ids of the playbooks.
    pub playbooks: Vec<String>,
    /// Named conditions, called as `at_risk()`. Filled by [`Registry::define_named`].
    pub named: BTreeMap<String, Expression>,
    /// Named conditions that did not compile; a use of one says so rather than that it is unknown.
    pub broken: BTreeSet<String>,
    /// The functions of `functions.rhai`.
    pub scripts: Scripts,
}

/// Where an expression stands: what else it may name there.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    pub registry: &'a Registry,
    /// The event kind of an event-triggered playbook: `event.<field>` may be used.
    pub event: Option<&'a str>,
    /// Inside a playbook: `run.…`, `outcome()` and `task()` may be used.
    pub in_playbook: bool,
    /// Steps before this place, which `outcome()` may name.
    pub earlier_steps: &'a [String],
    /// All steps of the playbook, which `task()` may name.
    pub all_steps: &'a [String],
    pub branches: &'a [String],
}

impl<'a> Scope<'a> {
    /// The scope outside of any playbook.
    pub fn of(registry: &'a Registry) -> Scope<'a> {
        Scope { registry, event: None, in_playbook: false, earlier_steps: &[], all_steps: &[], branches: &[] }
    }
}
