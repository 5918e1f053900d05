//! The folder of a book: which files are read, and what each is.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::string::FromUtf8Error;

use super::diagnostic::{Diagnostic, Diagnostics};
use super::source::{Place, SourceFile};
use super::template::layout;
use crate::condition::nearest;

/// The largest file that is read: 1 MiB.
const MAX_FILE_BYTES: usize = 1 << 20;

/// How deep folders may lie in each other; links that lead in a circle end there.
const MAX_DEPTH: usize = 16;

/// The files at the top of the book that all playbooks share.
const SHARED: [&str; 9] = [
    "account.toml",
    "calendars.toml",
    "channels.toml",
    "conditions.toml",
    "functions.rhai",
    "health.toml",
    "people.toml",
    "policy.toml",
    "segments.toml",
];

/// TOML files of other programs that may lie in the folder.
const FOREIGN: [&str; 3] = ["playcaller.toml", "taplo.toml", "tombi.toml"];

/// What a file of the book is, by its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One of the files at the top, by name.
    Shared(&'static str),
    Playbook,
    Test,
    Template,
    /// The page around every mail.
    Layout,
    /// An iCalendar file.
    Holidays,
    /// Not of the book.
    Other,
}

/// What the file at that path below the book is.
pub fn kind(path: &str) -> Kind {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_apart = path.split('/').any(|part| part.starts_with('.')) || path.starts_with("sample/");
    if let Some(shared) = SHARED.iter().find(|shared| **shared == path) {
        return Kind::Shared(shared);
    }
    match name.rsplit_once('.') {
        _ if is_apart || FOREIGN.contains(&name) || name.eq_ignore_ascii_case("readme.md") => Kind::Other,
        Some((stem, "toml")) if stem.ends_with(".test") => Kind::Test,
        Some((_, "toml")) => Kind::Playbook,
        Some((_, "md" | "json")) => Kind::Template,
        Some(_) if path == layout::FILE => Kind::Layout,
        Some((_, "ics")) => Kind::Holidays,
        _ => Kind::Other,
    }
}

/// Whether all playbooks share the file, or would if it had its right name and place.
pub fn is_shared(path: &str) -> bool {
    !matches!(kind(path), Kind::Playbook | Kind::Test | Kind::Template)
}

/// The diagnostic for a file that would be read as a playbook but was most likely meant as a shared file.
pub fn misnamed(file: &SourceFile) -> Option<Diagnostic> {
    let name = file.name.rsplit('/').next()?;
    let shared = nearest(name, SHARED)?;
    // `[trigger]`, or `trigger = { … }`.
    if file.text.lines().any(|line| line.trim_start_matches('[').starts_with("trigger")) {
        return None;
    }
    let message = if shared == name {
        format!("{name} is read only at the top of the book, not in a folder")
    } else {
        format!("{name} is neither a playbook nor a file of the book")
    };
    let place = Place { file: SourceFile::new(&file.name, String::new()), span: 0..0 };
    let diagnostic = place.error("misplaced-file", message);
    Some(if shared == name { diagnostic.help("move it up") } else { diagnostic.suggest(shared) })
}

/// The texts of all files that are of the book, by their path below it; reports what cannot be read.
pub fn read(dir: &Path, diagnostics: &Diagnostics) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    if !dir.is_dir() {
        let name = dir.display().to_string();
        let diagnostic = Diagnostic::without_place("missing-folder", &name, format!("there is no book in {name}"));
        diagnostics.push(diagnostic.help("name the folder of the book with --book"));
        return texts;
    }
    read_below(dir, "", 0, &mut texts, diagnostics);
    if texts.is_empty() && !diagnostics.has_errors() {
        let name = dir.display().to_string();
        let diagnostic =
            Diagnostic::without_place("empty-folder", &name, format!("there is no file of a book in {name}"));
        diagnostics.push(diagnostic.help("name the folder of the book with --book"));
    }
    texts
}

/// The texts of those files that are of the book, read from elsewhere than a folder; reports what cannot be read.
pub fn sort_out(files: BTreeMap<String, Vec<u8>>, diagnostics: &Diagnostics) -> BTreeMap<String, String> {
    let own = files.into_iter().filter(|(below, _)| kind(below) != Kind::Other);
    own.filter_map(|(below, bytes)| text_of(bytes, &below, diagnostics).map(|text| (below, text))).collect()
}

/// Puts a new text in the place of a file's, whole or not at all.
///
/// # Errors
/// The file can no longer be read, no longer says what it said, or cannot be written.
pub fn replace(dir: &Path, below: &str, was: &str, text: &str) -> io::Result<()> {
    // The file itself, should the path be a link to it.
    let path = dir.join(below).canonicalize()?;
    if fs::read(&path)? != was.as_bytes() {
        return Err(io::Error::other(format!("{below} was changed meanwhile; nothing more was written")));
    }
    let beside = path.with_extension("playcaller-new");
    let written = fs::write(&beside, text)
        .and_then(|()| fs::set_permissions(&beside, fs::metadata(&path)?.permissions()))
        .and_then(|()| fs::rename(&beside, &path));
    if written.is_err() {
        // What counts is the first error; a left-over file is no file of the book.
        let _ = fs::remove_file(&beside);
    }
    written
}

fn read_below(dir: &Path, prefix: &str, depth: usize, texts: &mut BTreeMap<String, String>, diagnostics: &Diagnostics) {
    let entries = match entries(dir) {
        Ok(entries) => entries,
        Err(error) => return diagnostics.push(unreadable(prefix.trim_end_matches('/'), &error)),
    };
    for name in entries {
        let (path, below) = (dir.join(&name), format!("{prefix}{name}"));
        if path.is_dir() {
            let is_apart = name.starts_with('.') || below == "sample";
            if !is_apart && depth < MAX_DEPTH {
                read_below(&path, &format!("{below}/"), depth + 1, texts, diagnostics);
            }
        } else if kind(&below) != Kind::Other
            && let Some(text) = read_text(&path, &below, diagnostics)
        {
            texts.insert(below, text);
        }
    }
}

/// The names in a folder, sorted. A name that is not Unicode is none of ours.
fn entries(dir: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir)? {
        names.extend(entry?.file_name().into_string().ok());
    }
    names.sort();
    Ok(names)
}

/// The text of a file; reported and none when it cannot be read, is too large or is no text.
fn read_text(path: &Path, below: &str, diagnostics: &Diagnostics) -> Option<String> {
    let bytes = fs::read(path).map_err(|error| diagnostics.push(unreadable(below, &error))).ok()?;
    text_of(bytes, below, diagnostics)
}

fn text_of(bytes: Vec<u8>, below: &str, diagnostics: &Diagnostics) -> Option<String> {
    if bytes.len() > MAX_FILE_BYTES {
        let message = format!("the file has {} bytes; at most {MAX_FILE_BYTES} are read", bytes.len());
        diagnostics.push(Diagnostic::without_place("file-too-large", below, message));
        return None;
    }
    String::from_utf8(bytes).map_err(|error| diagnostics.push(not_utf8(below, &error))).ok()
}

fn not_utf8(file: &str, error: &FromUtf8Error) -> Diagnostic {
    let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let message = format!("the file is not UTF-8 text: line {line} has a byte that is no character");
    let diagnostic = Diagnostic::without_place("not-utf8", file, message).help("save the file as UTF-8");
    Diagnostic { line, end_line: line, ..diagnostic }
}

fn unreadable(file: &str, error: &io::Error) -> Diagnostic {
    Diagnostic::without_place("unreadable-file", file, format!("the file cannot be read: {error}"))
}
