//! A folder, or files from anywhere, become a [`Book`] with every mistake that was found on the way.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::Book;
use super::cases::TestFile;
use super::compile::playbook::Shared;
use super::compile::shared::{SharedFiles, SharedParts};
use super::compile::{cases, playbook, shared};
use super::diagnostic::allow::{self, Allow};
use super::diagnostic::{Diagnostic, Diagnostics, Severity, cause};
use super::folder::{self, Kind};
use super::lint;
use super::read::Table;
use super::source::{Place, SourceFile};
use super::template::Templates;
use crate::time::Date;

/// What came out of reading a book.
#[derive(Debug, Default)]
pub struct Loaded {
    /// What could be compiled: a playbook with an error is not in it.
    pub book: Book,
    /// Causes before what follows from them, then by file and place; without what a comment allows.
    pub diagnostics: Vec<Diagnostic>,
    /// The comments that allow something.
    pub allows: Vec<Allow>,
    pub tests: Vec<TestFile>,
    /// The files as they were read, by their path below the book: diagnostics point into them.
    pub files: BTreeMap<Arc<str>, Arc<SourceFile>>,
}

impl Loaded {
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The same, where allows that ended before that day no longer hold.
    pub fn as_of(mut self, today: Date) -> Loaded {
        self.diagnostics.extend(allow::expire(&self.allows, today));
        self.diagnostics = cause::order(self.diagnostics, &self.files);
        self
    }
}

/// Loads the book in a folder. A folder that is not there is an error like any other.
pub fn load(dir: &Path) -> Loaded {
    let diagnostics = Diagnostics::default();
    let texts = folder::read(dir, &diagnostics);
    compile(texts, diagnostics)
}

/// Loads a book from its texts, by their path below the book with `/`: the embedded book, or one made by a test.
pub fn load_files(files: BTreeMap<String, String>) -> Loaded {
    compile(files, Diagnostics::default())
}

/// The files of a book by what they are.
#[derive(Default)]
struct Sorted {
    shared: BTreeMap<&'static str, Arc<SourceFile>>,
    playbooks: Vec<Arc<SourceFile>>,
    tests: Vec<Arc<SourceFile>>,
    templates: Vec<Arc<SourceFile>>,
    ics: BTreeMap<Arc<str>, Arc<SourceFile>>,
}

fn compile(texts: BTreeMap<String, String>, diagnostics: Diagnostics) -> Loaded {
    let files: BTreeMap<Arc<str>, Arc<SourceFile>> = texts
        .into_iter()
        .map(|(name, text)| SourceFile::new(&name, text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)))
        .map(|file| (file.name.clone(), file))
        .collect();
    let sorted = sort(files.values(), &diagnostics);
    let ids = playbook_ids(&sorted.playbooks, &diagnostics);
    let parts = shared::compile(&shared_files(&sorted), ids, &diagnostics);
    let (templates, playbooks) = playbooks(&sorted, &parts, &diagnostics);
    let registry = parts.dictionary.registry.clone();
    let tests = sorted.tests.iter();
    let tests: Vec<TestFile> =
        tests.filter_map(|file| cases::compile(file, &registry, &playbooks, &diagnostics)).collect();
    let SharedParts { dictionary, people, channels, calendars, health, segments, policy } = parts;
    let templates = Arc::new(templates);
    let mut book = Book { dictionary, health, segments, people, calendars, policy, channels, templates, playbooks };
    lint::report(&book, &files, &tests, &diagnostics);
    let (found, allows) = allow::apply(diagnostics.sorted(), &files);
    let is_wrong = |file: &str| found.iter().any(|own| own.severity == Severity::Error && *own.file == *file);
    book.playbooks.retain(|_, playbook| !is_wrong(&playbook.file));
    Loaded { book, diagnostics: cause::order(found, &files), allows, tests, files }
}

fn sort<'a>(files: impl Iterator<Item = &'a Arc<SourceFile>>, diagnostics: &Diagnostics) -> Sorted {
    let mut sorted = Sorted::default();
    for file in files {
        match folder::kind(&file.name) {
            Kind::Shared(name) => drop(sorted.shared.insert(name, file.clone())),
            Kind::Playbook => match folder::misnamed(file) {
                Some(diagnostic) => diagnostics.push(diagnostic),
                None => sorted.playbooks.push(file.clone()),
            },
            Kind::Test => sorted.tests.push(file.clone()),
            Kind::Template => sorted.templates.push(file.clone()),
            Kind::Holidays => drop(sorted.ics.insert(file.name.clone(), file.clone())),
            Kind::Other => {}
        }
    }
    sorted
}

fn shared_files(sorted: &Sorted) -> SharedFiles {
    let file = |name: &str| sorted.shared.get(name).cloned().unwrap_or_else(|| SourceFile::new(name, String::new()));
    SharedFiles {
        account: file("account.toml"),
        people: file("people.toml"),
        channels: file("channels.toml"),
        calendars: file("calendars.toml"),
        health: file("health.toml"),
        segments: file("segments.toml"),
        conditions: file("conditions.toml"),
        functions: file("functions.rhai"),
        policy: file("policy.toml"),
        ics: sorted.ics.clone(),
    }
}

/// The ids of all playbooks, right or wrong, before any condition names one; reports ids given twice.
fn playbook_ids(files: &[Arc<SourceFile>], diagnostics: &Diagnostics) -> Vec<String> {
    let mut ids: BTreeMap<Arc<str>, Place> = BTreeMap::new();
    for file in files {
        // What else is wrong with the file is reported when it is compiled.
        let elsewhere = Diagnostics::default();
        let mut table = Table::of_file(file, &elsewhere);
        let Some(id) = table.get("id").id() else { continue };
        let place = table.place_of("id");
        match ids.get(&id) {
            Some(first) => {
                let message = format!("there is a playbook `{id}` already, in {}", first.file.name);
                diagnostics.push(place.error("duplicate-id", message).help("give one of them another id"));
            }
            None => drop(ids.insert(id, place)),
        }
    }
    ids.into_keys().map(|id| id.to_string()).collect()
}

/// The templates, and the playbooks that have no error.
fn playbooks(
    sorted: &Sorted,
    parts: &SharedParts,
    diagnostics: &Diagnostics,
) -> (Templates, BTreeMap<Arc<str>, Arc<super::Playbook>>) {
    let registry = &parts.dictionary.registry;
    let mut templates = Templates::default();
    sorted.templates.iter().for_each(|file| templates.add_file(file, registry, diagnostics));
    let shared = Shared {
        registry,
        people: &parts.people,
        calendars: &parts.calendars,
        policy: &parts.policy,
        channels: &parts.channels,
    };
    let mut playbooks = BTreeMap::new();
    for file in &sorted.playbooks {
        if let Some(playbook) = playbook::compile(file, &shared, &mut templates, diagnostics) {
            // Of two with one id, which was reported, the first in the order of the files stands.
            playbooks.entry(playbook.id.clone()).or_insert(Arc::new(playbook));
        }
    }
    (templates, playbooks)
}
