//! The book: the folder of files CS ops write, read and compiled. Only this room knows TOML and templates.
//!
//! [`load()`] finds the files, [`keys`] declares what may stand in them, `read` walks their TOML, `compile` resolves every
//! name and collects every mistake as a [`Diagnostic`]. What comes out is a [`Book`] that needs no checks after; [`lint`]
//! says what in it is right and would still surprise its author.

pub mod calendar;
pub mod cases;
pub mod channels;
pub mod compile;
pub mod deployment;
pub mod describe;
pub mod diagnostic;
pub mod dial;
pub mod dictionary;
pub mod difference;
pub mod edition;
mod folder;
pub mod health;
mod hours;
pub mod import_map;
pub mod keys;
pub mod lint;
pub mod load;
pub mod markdown;
pub mod people;
pub mod playbook;
pub mod policy;
pub mod read;
pub mod render;
pub mod schedule;
pub mod segments;
pub mod source;
pub mod template;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::condition::Expression;

pub use calendar::{Calendar, Calendars, Window};
pub use channels::ChannelNames;
pub use compile::built_in;
pub use diagnostic::{Diagnostic, Severity};
pub use dictionary::Dictionary;
pub use edition::{Edition, Kept, KeptVersion, Version};
pub use health::HealthModel;
pub use load::{Loaded, load, load_files};
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
    /// The texts of the files that all playbooks share, by path: they are kept with the book.
    pub shared: Arc<BTreeMap<String, String>>,
    /// The newest version of each.
    pub playbooks: BTreeMap<Arc<str>, Arc<Playbook>>,
    /// Versions that do not stand in the folder any more, by playbook and version: those enrollments are still on, and
    /// the last good one of a playbook whose file is wrong or gone.
    pub versions: BTreeMap<Arc<str>, BTreeMap<Arc<str>, Version>>,
}

impl Book {
    /// The version of a playbook that an enrollment goes through; the newest where that one is not kept.
    pub fn playbook_at(&self, id: &str, version: &str) -> Option<&Arc<Playbook>> {
        self.version(id, version).map(|own| &own.playbook).or_else(|| self.playbooks.get(id))
    }

    /// The templates a version of a playbook was compiled with.
    pub fn templates_of(&self, playbook: &Playbook) -> &Templates {
        self.version(&playbook.id, &playbook.version).map_or(&*self.templates, |own| &own.templates)
    }

    fn version(&self, id: &str, version: &str) -> Option<&Version> {
        self.versions.get(id)?.get(version)
    }

    /// The conditions and values that hold for every playbook: health, segments, stages, the never-rule.
    pub fn shared_expressions(&self) -> Vec<&Expression> {
        let measures = self.health.dimensions.iter().flat_map(|dimension| &dimension.measures);
        let segments = self.segments.segments.iter().filter_map(|segment| segment.when.as_ref());
        let stages = self.segments.stages.iter().filter_map(|stage| stage.when.as_ref());
        let never = self.policy.never.as_ref().map(|never| &never.when);
        measures.map(|measure| &measure.value).chain(segments).chain(stages).chain(never).collect()
    }

    /// The event kinds that any condition or trigger of the book looks at: when one happens, the account is looked at.
    pub fn event_kinds(&self) -> BTreeSet<Arc<str>> {
        let older = self.versions.values().flat_map(BTreeMap::values).map(|own| &own.playbook);
        let playbooks = self.playbooks.values().chain(older).flat_map(|playbook| playbook.expressions());
        let read = playbooks.chain(self.shared_expressions()).flat_map(|expression| &expression.reads().events);
        let triggers = self.playbooks.values().filter_map(|playbook| match &playbook.trigger {
            playbook::Trigger::Event(kind) => Some(kind),
            _ => None,
        });
        read.chain(triggers).chain(&self.dictionary.contact_events).cloned().collect()
    }
}
