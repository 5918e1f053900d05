//! Broken books, each with what `check` says of it: every folder of `tests/broken` holds the files that are wrong, laid
//! over the good book of `tests/broken/base`, and `expected.txt` with the very output.
//!
//! `PLAYCALLER_ACCEPT=1 cargo test --test suite broken::` writes what is printed now. Read it as somebody who has never
//! seen TOML would: does it say what is wrong, where, and what to do?

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use playcaller::book::diagnostic::Severity;
use playcaller::book::diagnostic::fix::fix;
use playcaller::book::load_files;
use tempfile::TempDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken")
}

/// The folders below `tests/broken` but the good book, in order.
fn cases() -> Vec<PathBuf> {
    let entries = fs::read_dir(root()).expect("the folder of the broken books");
    let folders = entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_dir());
    let mut cases: Vec<PathBuf> = folders.filter(|path| !path.ends_with("base")).collect();
    cases.sort();
    cases
}

/// Copies a folder's files: the deployment file to the top, all others into the book.
fn lay(from: &Path, below: &str, place: &TempDir) {
    for entry in fs::read_dir(from).expect("a folder of a book") {
        let path = entry.expect("an entry").path();
        let name = format!("{below}{}", path.file_name().expect("a name").to_string_lossy());
        if path.is_dir() {
            lay(&path, &format!("{name}/"), place);
        } else if name != "expected.txt" {
            let target = if name == "playcaller.toml" { name } else { format!("playbooks/{name}") };
            let target = place.path().join(target);
            fs::create_dir_all(target.parent().expect("a folder")).expect("a new folder");
            fs::copy(&path, target).expect("a copy");
        }
    }
}

/// What `check` prints for the good book with the case's files in it, and its exit code.
fn checked(case: Option<&Path>, arguments: &[&str]) -> (TempDir, String, Option<i32>) {
    let place = tempfile::tempdir().expect("a folder");
    lay(&root().join("base"), "", &place);
    if let Some(case) = case {
        lay(case, "", &place);
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_playcaller"));
    command.current_dir(place.path()).args(["check", "--now", "2026-06-01"]).args(arguments);
    let output = command.output().expect("the program");
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("UTF-8")).concat();
    (place, text, output.status.code())
}

#[test]
fn the_good_book_under_them_has_no_mistake() {
    let (_, said, code) = checked(None, &["--all"]);
    assert_eq!((said.as_str(), code), ("2 playbooks, 2 test files: 0 errors, 0 warnings\n", Some(0)));
}

#[test]
fn every_broken_book_is_told_as_it_was_read_and_approved() {
    let cases = cases();
    assert!(cases.len() >= 60, "{} broken books", cases.len());
    let mut differ = String::new();
    for case in cases {
        let (_, said, code) = checked(Some(&case), &[]);
        let expected = case.join("expected.txt");
        let name = case.file_name().expect("a name").to_string_lossy();
        if std::env::var_os("PLAYCALLER_ACCEPT").is_some() {
            fs::write(&expected, &said).expect("the expectation is written");
        }
        let approved = fs::read_to_string(&expected).unwrap_or_default();
        if approved != said {
            differ += &format!("\n== {name}: expected\n{approved}\n== but it says\n{said}");
        }
        let is_wrong = said.lines().any(|line| line.trim_start().starts_with('×')) || said.starts_with("error:");
        assert_eq!(code, Some(i32::from(is_wrong)), "{name}\n{said}");
    }
    assert!(differ.is_empty(), "PLAYCALLER_ACCEPT=1 writes what is said now\n{differ}");
}

#[test]
fn fix_never_makes_a_broken_book_worse_and_does_all_it_can_at_once() {
    for case in cases() {
        let name = case.file_name().expect("a name").to_string_lossy().into_owned();
        let Some(texts) = texts(&case) else { continue };
        let errors = |texts: &BTreeMap<String, String>| {
            let found = load_files(texts.clone()).diagnostics;
            found.iter().filter(|own| own.severity == Severity::Error).count()
        };
        let (before, fixed) = (errors(&texts), fix(texts.clone()));
        let mut after = texts.clone();
        after.extend(fixed.texts.clone());
        assert!(errors(&after) <= before, "{name}: {:#?}", fixed.texts);
        assert!(fixed.texts.is_empty() || errors(&after) < before || before == 0, "{name}: {:#?}", fixed.texts);
        assert!(fix(after).texts.is_empty(), "{name}: a second time changes something again");
    }
}

/// The texts of the good book with the case's in it; none when one of them is no text.
fn texts(case: &Path) -> Option<BTreeMap<String, String>> {
    let place = tempfile::tempdir().expect("a folder");
    lay(&root().join("base"), "", &place);
    lay(case, "", &place);
    let mut texts = BTreeMap::new();
    let mut folders = vec![place.path().join("playbooks")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of the book") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(place.path().join("playbooks")).expect("below it").display().to_string();
                texts.insert(name, String::from_utf8(fs::read(&path).expect("a file")).ok()?);
            }
        }
    }
    Some(texts)
}
