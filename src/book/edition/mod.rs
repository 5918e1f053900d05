//! A new edition of the book, made from the folder beside what is in force.
//!
//! What is wrong in the folder does not get into it: a playbook that is wrong keeps its last good version, and shared
//! files that are wrong, or that a running version cannot live with, stay as they were. The older versions that
//! enrollments are still on are compiled anew with the shared files of the edition.

mod kept;
mod stay;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::diagnostic::{Diagnostic, Severity};
use super::folder::{self, Kind, is_shared};
use super::load::{Loaded, Texts, load_texts};
use super::source::SourceFile;
use super::{Book, Playbook};

pub use kept::{Kept, KeptVersion, Version};
pub use stay::Stay;

use kept::Shelf;

/// What must not go live yet, although nothing is wrong with it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Held {
    pub shared: bool,
    pub playbooks: BTreeSet<Arc<str>>,
}

/// A book that can go live.
#[derive(Debug)]
pub struct Edition {
    pub book: Book,
    /// What of the folder did not get into it.
    pub stays: Vec<Stay>,
    /// What `check` says of the folder.
    pub diagnostics: Vec<Diagnostic>,
    /// The folder's files: diagnostics point into them.
    pub files: BTreeMap<Arc<str>, Arc<SourceFile>>,
}

/// Why there is no new edition: nothing of the folder can be used.
#[derive(Debug, thiserror::Error)]
#[error("the book has errors: {why}")]
pub struct Refusal {
    pub why: String,
    /// What `check` says of the folder.
    pub diagnostics: Vec<Diagnostic>,
    pub files: BTreeMap<Arc<str>, Arc<SourceFile>>,
}

/// Makes the edition of what was read from the folder.
///
/// # Errors
/// A folder that cannot be read; where nothing is in force yet, any mistake; a version in force that this program
/// cannot compile any more.
pub fn compose(texts: &Texts, kept: &Kept, held: &Held) -> Result<Edition, Refusal> {
    let folder = load_texts(texts.clone());
    let (diagnostics, files) = (folder.diagnostics.clone(), folder.files.clone());
    let refuse = |why: String| Refusal { why, diagnostics: diagnostics.clone(), files: files.clone() };
    let errors = || diagnostics.iter().filter(|own| own.severity == Severity::Error);
    let fatal = match kept.is_empty() {
        true => errors().next(),
        false => texts.unreadable.iter().find(|own| is_shared(&own.file)),
    };
    if let Some(error) = fatal {
        return Err(refuse(error.line_of_text()));
    }
    let (stays, edition) = match errors().find(|own| is_shared(&own.file)) {
        None if !held.shared => match assemble(folder, kept, held) {
            Ok(edition) => (None, edition),
            Err(why) => (Some(why.clone()), with_shared_in_force(texts, kept, held).map_err(refuse)?),
        },
        error => (error.map(Diagnostic::line_of_text), with_shared_in_force(texts, kept, held).map_err(refuse)?),
    };
    let stays = stays.map(|why| Stay::Shared { why }).into_iter().chain(edition.stays).collect();
    Ok(Edition { stays, diagnostics, files, ..edition })
}

/// The edition with the folder's playbooks and the shared files that are in force.
fn with_shared_in_force(texts: &Texts, kept: &Kept, held: &Held) -> Result<Edition, String> {
    let own = texts.files.iter().filter(|(path, _)| !is_shared(path));
    let files = own.map(|(path, text)| (path.clone(), text.clone())).chain(kept.shared.clone()).collect();
    let folder = load_texts(Texts { files, unreadable: texts.unreadable.clone() });
    assemble(folder, kept, held)
}

/// Where the folder stands with a playbook.
enum Found {
    Good(Arc<Playbook>),
    Wrong(Box<Diagnostic>),
    Gone,
}

/// The book with the folder's good playbooks, the kept ones of the others, and every version that enrollments are on.
fn assemble(mut folder: Loaded, kept: &Kept, held: &Held) -> Result<Edition, String> {
    let ids: BTreeSet<Arc<str>> = folder.declared.keys().chain(kept.in_force.keys()).cloned().collect();
    let (mut playbooks, mut stays) = (BTreeMap::new(), Vec::new());
    let mut shelf = Shelf::new(&folder.book, &ids);
    for id in ids {
        let in_force = kept.version_in_force(&id);
        let found = find(&folder, in_force, &id);
        let waits = held.playbooks.contains(&id);
        let keeps = match (found, in_force) {
            (Found::Good(playbook), _) if !waits => {
                playbooks.insert(id.clone(), playbook);
                continue;
            }
            (Found::Good(_), _) => false,
            (Found::Wrong(error), in_force) => {
                let version = in_force.map(|own| own.version.clone());
                stays.push(Stay::Broken { playbook: id.clone(), version, error: *error });
                false
            }
            (Found::Gone, _) => true,
        };
        let (Some(in_force), running) = (in_force, kept.running(&id)) else { continue };
        if keeps {
            stays.push(Stay::Withdrawn { playbook: id.clone(), running });
        }
        if !keeps || running > 0 {
            playbooks.insert(id.clone(), shelf.put_newest(in_force, keeps)?);
        }
    }
    for older in kept.versions.iter().filter(|own| own.running > 0) {
        if let Some(newest) = playbooks.get(&older.playbook).filter(|newest| newest.version != older.version) {
            shelf.put_older(older, newest)?;
        }
    }
    stays.extend(nameless(&folder, kept));
    (folder.book.versions, folder.book.playbooks) = (shelf.into_versions(), playbooks);
    let Loaded { book, diagnostics, files, .. } = folder;
    Ok(Edition { book, stays, diagnostics, files })
}

/// What the folder says of a playbook. A file that is wrong may not even tell its id: then it is known by its name.
fn find(folder: &Loaded, in_force: Option<&KeptVersion>, id: &Arc<str>) -> Found {
    let error_in = |file: &str| {
        let mut errors = folder.diagnostics.iter().filter(|own| own.severity == Severity::Error);
        errors.find(|own| *own.file == *file).cloned()
    };
    let Some(files) = folder.declared.get(id) else {
        return match in_force.and_then(|own| error_in(&own.file)) {
            Some(error) => Found::Wrong(Box::new(error)),
            None => Found::Gone,
        };
    };
    let playbook = folder.book.playbooks.get(id);
    let templates = playbook.iter().flat_map(|own| own.templates.keys());
    match (files.iter().chain(templates).find_map(|file| error_in(file)), playbook) {
        (None, Some(playbook)) => Found::Good(playbook.clone()),
        (Some(error), _) => Found::Wrong(Box::new(error)),
        (None, None) => {
            let error = Diagnostic::without_place("unusable", &files[0], "the file cannot be used");
            Found::Wrong(Box::new(error))
        }
    }
}

/// Wrong files that are no playbook anybody knows.
fn nameless<'a>(folder: &'a Loaded, kept: &'a Kept) -> impl Iterator<Item = Stay> + 'a {
    let is_known = |file: &str| {
        folder.declared.values().flatten().any(|own| **own == *file)
            || kept.in_force.keys().filter_map(|id| kept.version_in_force(id)).any(|own| *own.file == *file)
    };
    let errors = folder.diagnostics.iter().filter(|own| own.severity == Severity::Error);
    let mut files = BTreeSet::new();
    errors
        .filter(move |own| folder::kind(&own.file) == Kind::Playbook && !is_known(&own.file))
        .filter(move |own| files.insert(own.file.clone()))
        .map(|error| Stay::Nameless { error: error.clone() })
}
