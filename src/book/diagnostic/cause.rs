//! Which mistake to correct first: causes before what only follows from them.
//!
//! Nobody can say what the author meant, but the files say what was lost: a name that is unknown although a broken
//! table defines it will be known as soon as that table is right.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use super::statement::Outline;
use super::{Diagnostic, Severity};
use crate::book::folder::{self, Kind};
use crate::book::source::SourceFile;
use crate::book::template::front_matter;

/// The files of a book by name.
pub type Files = BTreeMap<Arc<str>, Arc<SourceFile>>;

/// Puts causes first and marks what only follows from others.
///
/// Syntax errors come first, then the shared files in the order in which they need each other, then playbooks,
/// templates and tests; within these by file and line.
pub fn order(mut found: Vec<Diagnostic>, files: &Files) -> Vec<Diagnostic> {
    found.sort_by_cached_key(|own| (stage(own), own.file.clone(), own.line, own.column, own.severity, own.code));
    if found.iter().any(|own| own.severity == Severity::Error) {
        let mut outlines = Outlines { files, read: BTreeMap::new() };
        mark(&mut found, &mut outlines);
    }
    found.sort_by_key(|own| own.follows);
    found
}

/// The shared files as they need each other; an earlier one explains mistakes in a later one.
const SHARED: [&str; 9] = [
    "account.toml",
    "people.toml",
    "channels.toml",
    "calendars.toml",
    "health.toml",
    "segments.toml",
    "functions.rhai",
    "conditions.toml",
    "policy.toml",
];

/// Codes of files that could not be read at all.
const UNREAD: [&str; 3] = ["unreadable-file", "not-utf8", "file-too-large"];

fn stage(diagnostic: &Diagnostic) -> usize {
    if UNREAD.contains(&diagnostic.code) || diagnostic.code == "syntax" {
        return 0;
    }
    match folder::kind(&diagnostic.file) {
        Kind::Shared(name) => 1 + SHARED.iter().position(|shared| *shared == name).unwrap_or_default(),
        Kind::Holidays => 1 + SHARED.len(),
        Kind::Playbook | Kind::Other => 2 + SHARED.len(),
        Kind::Template | Kind::Layout => 3 + SHARED.len(),
        Kind::Test => 4 + SHARED.len(),
    }
}

/// Marks in the order of the causes, so that of two that blame each other the first one stands.
fn mark(found: &mut [Diagnostic], outlines: &mut Outlines) {
    let mut lost = Lost::default();
    let (references, others): (Vec<usize>, Vec<usize>) = (0..found.len()).partition(|at| is_reference(&found[*at]));
    for own in others.iter().map(|at| &found[*at]).filter(|own| own.severity == Severity::Error) {
        lost.add(own, outlines);
    }
    for at in references {
        found[at].follows = lost.explains_name(&found[at], outlines);
        lost.add(&found[at], outlines);
    }
    for at in others {
        found[at].follows = lost.explains_lack(&found[at], outlines);
    }
}

/// Whether it says that a name is not known.
fn is_reference(diagnostic: &Diagnostic) -> bool {
    let unknown = diagnostic.code.strip_prefix("unknown-");
    unknown.is_some_and(|what| !["key", "value", "operator", "rule"].contains(&what))
        || diagnostic.code == "broken-named-condition"
}

/// A table of a file: the file, and the bytes where the table starts.
type Table = (Arc<str>, usize);

/// What the mistakes so far have cost.
#[derive(Default)]
struct Lost {
    /// Names that a broken table defines, each with those tables.
    names: BTreeMap<String, BTreeSet<Table>>,
    /// Keys that stand in a file, misspelt or under the wrong header.
    keys: BTreeSet<(Arc<str>, String)>,
    /// `kind` and `action` with a wrong value: what their tables may hold is not known.
    kinds: BTreeSet<Table>,
    /// Errors in a table: file, first name of its header, key.
    values: BTreeSet<(Arc<str>, String, String)>,
    /// Functions of functions.rhai, when that file is broken.
    functions: BTreeSet<String>,
    /// A shared file could not be read, so that any name may be missing.
    unread_shared: bool,
    any: bool,
}

impl Lost {
    fn add(&mut self, cause: &Diagnostic, outlines: &mut Outlines) {
        self.any |= cause.severity == Severity::Error;
        if UNREAD.contains(&cause.code) {
            self.unread_shared |= matches!(folder::kind(&cause.file), Kind::Shared(_));
            let name = cause.file.rsplit('/').next().unwrap_or_default();
            let stem = name.split('.').next().unwrap_or_default();
            self.names.entry(stem.to_owned()).or_default().insert((cause.file.clone(), 0));
            return;
        }
        if &*cause.file == "functions.rhai" {
            self.functions.extend(outlines.functions(&cause.file));
        }
        if matches!(cause.code, "unknown-key" | "misplaced-key") {
            let written = outlines.text(cause).to_owned();
            self.keys
                .extend(cause.suggestion.clone().into_iter().chain([written]).map(|key| (cause.file.clone(), key)));
        }
        let Some(broken) = outlines.table(cause) else { return };
        let key = if cause.code == "missing-key" { missing(cause) } else { &broken.key };
        if ["kind", "action", "type"].contains(&key) {
            self.kinds.insert(broken.table.clone());
        }
        self.values.insert((cause.file.clone(), broken.header, key.to_owned()));
        for name in broken.defines {
            self.names.entry(name).or_default().insert(broken.table.clone());
        }
    }

    /// Whether something is missing, or too much, only because of another mistake.
    fn explains_lack(&self, own: &Diagnostic, outlines: &mut Outlines) -> bool {
        let in_table = |header: &str, keys: &[&str]| {
            let fits = |(file, found, key): &(Arc<str>, String, String)| {
                *file == own.file && found == header && (keys.is_empty() || keys.contains(&key.as_str()))
            };
            self.values.iter().any(fits)
        };
        match own.code {
            "missing-key" => self.keys.contains(&(own.file.clone(), missing(own).to_owned())),
            "unknown-key" | "misplaced-key" => outlines.table(own).is_some_and(|own| self.kinds.contains(&own.table)),
            "no-anchor" | "no-event" => in_table("trigger", &[]),
            "branch-default" | "branch-condition" => in_table("branch", &["default", "when"]),
            "no-subject" => {
                let template = format!("/{}.md", outlines.text(own));
                let is_its = |file: &str| format!("/{file}").ends_with(&template);
                self.keys.iter().any(|(file, key)| key == "subject" && is_its(file))
            }
            // What a broken playbook uses is not known, so that it only looks unused.
            code => code.starts_with("unused-") && self.any,
        }
    }

    /// Whether the name is not known only because what defines it is broken.
    fn explains_name(&self, own: &Diagnostic, outlines: &mut Outlines) -> bool {
        if self.unread_shared || own.code == "broken-named-condition" {
            return true;
        }
        let here = outlines.table(own).map(|own| own.table);
        words(outlines.text(own)).into_iter().any(|word| {
            let elsewhere = |tables: &BTreeSet<Table>| tables.iter().any(|table| Some(table) != here.as_ref());
            self.names.get(word).is_some_and(elsewhere) || self.functions.contains(word)
        })
    }
}

/// The names and words of a text.
fn words(text: &str) -> Vec<&str> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    text.split(|c: char| !is_name(c)).filter(|word| !word.is_empty()).collect()
}

/// The key that is missing.
fn missing(own: &Diagnostic) -> &str {
    own.message.split('`').nth_back(1).unwrap_or_default()
}

/// The files' outlines, each read when it is first asked for.
struct Outlines<'a> {
    files: &'a Files,
    read: BTreeMap<Arc<str>, Outline>,
}

/// The table a mistake stands in.
struct Broken {
    table: Table,
    /// The first name of its header; empty at the top of a file.
    header: String,
    /// The key whose value is wrong; empty when it is the header.
    key: String,
    /// What it is called: the names of its header, its `id`, the key.
    defines: Vec<String>,
}

impl Outlines<'_> {
    fn table(&mut self, own: &Diagnostic) -> Option<Broken> {
        let file = self.files.get(&own.file)?;
        let part = toml_part(file)?;
        let outline = self.read.entry(own.file.clone()).or_insert_with(|| Outline::of(&file.text, part));
        let (index, is_syntax) = (outline.at(own.span.start)?, own.code == "syntax");
        let (statements, table) = (&outline.statements, outline.table(index));
        let (first, own) = (&statements[table.start], &statements[index]);
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let header = if first.is_header { names(&first.names(&file.text)) } else { Vec::new() };
        let key = if own.is_header { Vec::new() } else { names(&own.names(&file.text)) };
        let ids = statements[table].iter().filter(|own| own.names(&file.text) == ["id"]);
        let ids = ids.map(|own| own.value(&file.text).to_owned());
        // `arr = { type = "number" }` defines its key; of a line that cannot be read every word may be a name.
        let is_definition = own.value(&file.text).starts_with('{');
        let words = if is_syntax { words(&file.text[own.span.clone()]) } else { Vec::new() };
        let named = if is_definition { key.clone() } else { names(&words) };
        Some(Broken {
            table: (file.name.clone(), first.span.start),
            header: header.first().cloned().unwrap_or_default(),
            key: key.into_iter().next().unwrap_or_default(),
            defines: ids.chain(header.iter().skip(1).cloned()).chain(named).collect(),
        })
    }

    /// The text a mistake points at.
    fn text(&self, own: &Diagnostic) -> &str {
        self.files.get(&own.file).and_then(|file| file.text.get(own.span.clone())).unwrap_or_default()
    }

    /// The names behind each `fn` of a script.
    fn functions(&self, file: &str) -> Vec<String> {
        let text = self.files.get(file).map(|file| file.text.as_str()).unwrap_or_default();
        let name = |rest: &str| {
            rest.trim_start().split(|c: char| !(c.is_alphanumeric() || c == '_')).next().map(str::to_owned)
        };
        text.split("fn ").skip(1).filter_map(name).collect()
    }
}

/// Where a file is TOML.
pub(super) fn toml_part(file: &SourceFile) -> Option<Range<usize>> {
    match folder::kind(&file.name) {
        Kind::Template => front_matter(&file.text),
        _ if file.name.ends_with(".toml") => Some(0..file.text.len()),
        _ => None,
    }
}
