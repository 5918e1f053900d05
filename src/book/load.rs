//! A folder, or files from anywhere, become a [`Book`] with every mistake that was found on the way.

use std::collections::{BTreeMap, BTreeSet};
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
use super::keys::PLAYBOOK;
use super::lint;
use super::read::Table;
use super::source::SourceFile;
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
    /// The files that say they are the playbook of that id, right or wrong; more than one is a mistake.
    pub declared: BTreeMap<Arc<str>, Vec<Arc<str>>>,
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

/// The files of a book as they were read, not yet looked into.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Texts {
    /// By their path below the book, with `/`.
    pub files: BTreeMap<String, String>,
    /// Files and folders that could not be read.
    pub unreadable: Vec<Diagnostic>,
}

/// Reads the files of the book in a folder. A folder that is not there is an error like any other.
pub fn read(dir: &Path) -> Texts {
    let diagnostics = Diagnostics::default();
    let files = folder::read(dir, &diagnostics);
    Texts { files, unreadable: diagnostics.sorted() }
}

/// The files of a book that were read from elsewhere than a folder, such as a git revision, by their path below the book
/// with `/`; those that are no files of a book are left out.
pub fn sort_out(files: BTreeMap<String, Vec<u8>>) -> Texts {
    let diagnostics = Diagnostics::default();
    let files = folder::sort_out(files, &diagnostics);
    Texts { files, unreadable: diagnostics.sorted() }
}

/// Loads the book in a folder.
pub fn load(dir: &Path) -> Loaded {
    load_texts(read(dir))
}

/// Loads a book from its texts, by their path below the book with `/`: the embedded book, or one made by a test.
pub fn load_files(files: BTreeMap<String, String>) -> Loaded {
    load_texts(Texts { files, unreadable: Vec::new() })
}

/// Loads what was read; what could not be read is among its mistakes.
pub fn load_texts(texts: Texts) -> Loaded {
    let diagnostics = Diagnostics::default();
    diagnostics.extend(texts.unreadable);
    compile(texts.files, diagnostics)
}

/// The files of a book by what they are.
#[derive(Default)]
struct Sorted {
    shared: BTreeMap<&'static str, Arc<SourceFile>>,
    playbooks: Vec<Arc<SourceFile>>,
    tests: Vec<Arc<SourceFile>>,
    templates: Vec<Arc<SourceFile>>,
    layout: Option<Arc<SourceFile>>,
    ics: BTreeMap<Arc<str>, Arc<SourceFile>>,
}

fn compile(texts: BTreeMap<String, String>, diagnostics: Diagnostics) -> Loaded {
    let files: BTreeMap<Arc<str>, Arc<SourceFile>> = texts
        .into_iter()
        .map(|(name, text)| SourceFile::new(&name, text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)))
        .map(|file| (file.name.clone(), file))
        .collect();
    let sorted = sort(files.values(), &diagnostics);
    let declared = declared(&sorted.playbooks, &diagnostics);
    let ids = declared.keys().map(|id| id.to_string()).collect();
    let parts = shared::compile(&shared_files(&sorted), ids, &diagnostics);
    let (templates, playbooks) = playbooks(&sorted, &declared, &parts, &diagnostics);
    let registry = parts.dictionary.registry.clone();
    let tests = sorted.tests.iter();
    let tests: Vec<TestFile> =
        tests.filter_map(|file| cases::compile(file, &registry, &playbooks, &diagnostics)).collect();
    let SharedParts { dictionary, people, channels, calendars, health, segments, policy } = parts;
    let templates = Arc::new(templates);
    let shared = files.values().filter(|file| folder::is_shared(&file.name));
    let shared = Arc::new(shared.map(|file| (file.name.to_string(), file.text.clone())).collect());
    let versions = BTreeMap::new();
    let mut book = Book {
        dictionary,
        health,
        segments,
        people,
        calendars,
        policy,
        channels,
        templates,
        shared,
        playbooks,
        versions,
    };
    lint::report(&book, &files, &tests, &diagnostics);
    let (found, allows) = allow::apply(diagnostics.sorted(), &files);
    let errors = found.iter().filter(|own| own.severity == Severity::Error);
    let wrong: BTreeSet<Arc<str>> = errors.map(|own| own.file.clone()).collect();
    book.playbooks.retain(|_, playbook| !wrong.contains(&playbook.file));
    Loaded { book, diagnostics: cause::order(found, &files), allows, tests, declared, files }
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
            Kind::Layout => sorted.layout = Some(file.clone()),
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
fn declared(files: &[Arc<SourceFile>], diagnostics: &Diagnostics) -> BTreeMap<Arc<str>, Vec<Arc<str>>> {
    let mut declared: BTreeMap<Arc<str>, Vec<Arc<str>>> = BTreeMap::new();
    for file in files {
        // What else is wrong with the file is reported when it is compiled.
        let elsewhere = Diagnostics::default();
        let mut table = Table::of_file(file, &PLAYBOOK, &elsewhere);
        let Some(id) = table.get("id").id() else { continue };
        let files = declared.entry(id.clone()).or_default();
        if let Some(first) = files.first() {
            let message = format!("there is a playbook `{id}` already, in {first}");
            let twice = table.place_of("id").error("duplicate-id", message);
            diagnostics.push(twice.help("give one of them another id"));
        }
        files.push(file.name.clone());
    }
    declared
}

/// The templates, and the playbooks that have no error.
fn playbooks(
    sorted: &Sorted,
    declared: &BTreeMap<Arc<str>, Vec<Arc<str>>>,
    parts: &SharedParts,
    diagnostics: &Diagnostics,
) -> (Templates, BTreeMap<Arc<str>, Arc<super::Playbook>>) {
    let registry = &parts.dictionary.registry;
    let mut templates = Templates::default();
    sorted.templates.iter().for_each(|file| templates.add_file(file, registry, diagnostics));
    sorted.layout.iter().for_each(|file| templates.add_layout(file, registry, diagnostics));
    let SharedParts { people, calendars, policy, channels, .. } = parts;
    let shared = Shared { registry, people, calendars, policy, channels };
    let mut playbooks = BTreeMap::new();
    for file in &sorted.playbooks {
        let playbook = playbook::compile(file, &shared, &mut templates, diagnostics);
        // Of two with one id, which was reported, only the first can be in the book.
        let is_first = |id: &Arc<str>| declared.get(id).and_then(|files| files.first()) == Some(&file.name);
        playbooks.extend(playbook.filter(|own| is_first(&own.id)).map(|own| (own.id.clone(), Arc::new(own))));
    }
    (templates, playbooks)
}
