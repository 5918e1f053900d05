//! The book: the folder of files CS ops write, read and compiled. Only this room knows TOML and templates.
//!
//! `load` reads the folder, `raw` mirrors the files, `compile` resolves every name and collects every mistake as a
//! [`Diagnostic`]. What comes out is a [`Book`] that needs no checks after.

pub mod calendar;
pub mod cases;
pub mod channels;
pub mod diagnostic;
pub mod dictionary;
pub mod health;
pub mod people;
pub mod playbook;
pub mod policy;
pub mod schedule;
pub mod segments;
pub mod template;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use calendar::{Calendar, Calendars, Window};
pub use channels::ChannelNames;
pub use diagnostic::{Diagnostic, Severity};
pub use dictionary::Dictionary;
pub use health::HealthModel;
pub use people::{People, Person};
pub use playbook::Playbook;
pub use policy::Policy;
pub use segments::Segments;
pub use template::Templates;

/// A whole book, compiled.
#[derive(Clone, Debug, Default)]
pub struct Book {
    pub dictionary: Dictionary,
    pub health: HealthModel,
    pub segments: Segments,
    pub people: People,
    pub calendars: Calendars,
    pub policy: Policy,
    pub channels: ChannelNames,
    pub templates: Arc<Templates>,
    pub playbooks: BTreeMap<Arc<str>, Arc<Playbook>>,
}
