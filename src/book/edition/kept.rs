//! What is kept of editions that were in force, and how a kept version is brought back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::book::compile::playbook::{self, Shared};
use crate::book::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::book::source::SourceFile;
use crate::book::{Book, Playbook, Templates};
use crate::condition::Registry;

/// What the database keeps of the book in force; all empty before there was one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kept {
    /// The files that all playbooks share, by path.
    pub shared: BTreeMap<String, String>,
    /// Playbook to its version in force.
    pub in_force: BTreeMap<Arc<str>, Arc<str>>,
    /// Those of them whose file is gone.
    pub withdrawn: BTreeSet<Arc<str>>,
    /// The versions in force, and older ones that enrollments are still on.
    pub versions: Vec<KeptVersion>,
}

/// A version of a playbook as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptVersion {
    pub playbook: Arc<str>,
    pub version: Arc<str>,
    /// Relative to the book.
    pub file: Arc<str>,
    pub text: String,
    /// Its templates, by path.
    pub templates: BTreeMap<String, String>,
    /// Enrollments that are active on it.
    pub running: usize,
}

impl Kept {
    /// Whether no book was ever in force.
    pub fn is_empty(&self) -> bool {
        self.in_force.is_empty()
    }

    /// Whether it is that book which is in force.
    pub fn is_of(&self, book: &Book) -> bool {
        let versions = book.playbooks.values().map(|own| (&own.id, &own.version));
        let withdrawn = book.playbooks.values().filter(|own| own.is_withdrawn).map(|own| &own.id);
        self.in_force.iter().eq(versions) && self.withdrawn.iter().eq(withdrawn) && self.shared == *book.shared
    }

    /// The version of a playbook that is in force.
    pub fn version_in_force(&self, playbook: &str) -> Option<&KeptVersion> {
        let version = self.in_force.get(playbook)?;
        self.versions.iter().find(|own| *own.playbook == *playbook && own.version == *version)
    }

    /// Active enrollments of the playbook, on whatever version.
    pub fn running(&self, playbook: &str) -> usize {
        self.versions.iter().filter(|own| *own.playbook == *playbook).map(|own| own.running).sum()
    }

    /// The files of the book in force, as a folder would hold them.
    pub fn files(&self) -> BTreeMap<String, String> {
        let mut files = self.shared.clone();
        let present = self.in_force.keys().filter(|id| !self.withdrawn.contains(*id));
        for kept in present.filter_map(|id| self.version_in_force(id)) {
            files.insert(kept.file.to_string(), kept.text.clone());
            files.extend(kept.templates.clone());
        }
        files
    }
}

/// A version of a playbook that does not stand in the folder, with the templates it was written for.
#[derive(Clone, Debug)]
pub struct Version {
    pub playbook: Arc<Playbook>,
    pub templates: Arc<Templates>,
}

/// Where kept versions are brought back to life, beside a book.
pub(super) struct Shelf {
    book: Book,
    /// Also knows the playbooks that have left the folder: an older version may name them.
    registry: Arc<Registry>,
    versions: BTreeMap<Arc<str>, BTreeMap<Arc<str>, Version>>,
}

impl Shelf {
    pub fn new(book: &Book, playbooks: &BTreeSet<Arc<str>>) -> Shelf {
        let playbooks = playbooks.iter().map(|id| id.to_string()).collect();
        let registry = Arc::new(Registry { playbooks, ..(*book.dictionary.registry).clone() });
        Shelf { book: book.clone(), registry, versions: BTreeMap::new() }
    }

    /// The version in force of a playbook whose file is wrong, waits, or is gone.
    pub fn put_newest(&mut self, kept: &KeptVersion, is_withdrawn: bool) -> Result<Arc<Playbook>, String> {
        let (playbook, templates) = self.revive(kept)?;
        Ok(self.put(Playbook { is_withdrawn, ..playbook }, templates))
    }

    /// A version that enrollments are still on. What protects the customer is the newest one's.
    pub fn put_older(&mut self, kept: &KeptVersion, newest: &Playbook) -> Result<(), String> {
        let (playbook, templates) = self.revive(kept)?;
        let guarded = Playbook {
            status: newest.status,
            exits: newest.exits.clone(),
            suppressions: newest.suppressions.clone(),
            ..playbook
        };
        self.put(guarded, templates);
        Ok(())
    }

    pub fn into_versions(self) -> BTreeMap<Arc<str>, BTreeMap<Arc<str>, Version>> {
        self.versions
    }

    fn put(&mut self, playbook: Playbook, templates: Templates) -> Arc<Playbook> {
        let playbook = Arc::new(playbook);
        let version = Version { playbook: playbook.clone(), templates: Arc::new(templates) };
        self.versions.entry(playbook.id.clone()).or_default().insert(playbook.version.clone(), version);
        playbook
    }

    /// Compiles a kept version with the shared files of now.
    fn revive(&self, kept: &KeptVersion) -> Result<(Playbook, Templates), String> {
        let diagnostics = Diagnostics::default();
        let mut templates = Templates::default();
        for (path, text) in &kept.templates {
            templates.add_file(&SourceFile::new(path, text.clone()), &self.registry, &diagnostics);
        }
        let Book { people, calendars, policy, channels, .. } = &self.book;
        let shared = Shared { registry: &self.registry, people, calendars, policy, channels };
        let file = SourceFile::new(&kept.file, kept.text.clone());
        let playbook = playbook::compile(&file, &shared, &mut templates, &diagnostics);
        let mistakes = diagnostics.sorted();
        let error = mistakes.iter().find(|own| own.severity == Severity::Error);
        match (playbook, error) {
            (Some(playbook), None) => Ok((Playbook { version: kept.version.clone(), ..playbook }, templates)),
            (_, error) => Err(unfit(kept, error)),
        }
    }
}

fn unfit(kept: &KeptVersion, error: Option<&Diagnostic>) -> String {
    let KeptVersion { playbook, version, running, .. } = kept;
    let why = error.map_or_else(String::new, |error| format!(": {}", error.line_of_text()));
    format!("version {version} of `{playbook}`, which {running} enrollments are on, does not fit them{why}")
}
