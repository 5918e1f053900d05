//! The house rules of the source, checked by reading it. `src/lib.rs` says why they are as they are.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms in the order of the data path: a room may use those before it.
const ROOMS: [&str; 11] =
    ["time", "id", "condition", "book", "portfolio", "engine", "store", "channel", "runtime", "settings", "cli"];

/// A later room that must not know an earlier one, all the same.
const STRANGERS: [(&str, &str); 2] = [("channel", "store"), ("settings", "runtime")];

/// What only one room may touch.
const OWNED: [(&str, &str); 13] = [
    ("rhai::", "condition"),
    ("toml::", "book"),
    ("toml_parser::", "book"),
    ("minijinja::", "book"),
    ("pulldown_cmark::", "book"),
    ("sqlx::", "store"),
    ("lettre::", "channel"),
    ("reqwest::", "channel"),
    ("Timestamp::now", "time"),
    ("Zoned::now", "time"),
    ("SystemTime::now", "time"),
    ("Instant::now", "time"),
    ("std::env", "settings"),
];

/// Files that may touch what belongs to another room, with the reason.
const OWNED_EXCEPTIONS: [(&str, &str, &str); 1] =
    [("src/condition/tests/hostile.rs", "Instant::now", "measures how long a hostile condition takes")];

const LONGEST_FILE: usize = 400;
const LONGEST_FUNCTION: usize = 100;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 7] = ["util", "utils", "common", "helpers", "types", "models", "manager"];

/// SQL that would read the database's clock instead of the instant it is given.
const DATABASE_CLOCKS: [&str; 6] =
    ["now()", "current_timestamp", "current_date", "clock_timestamp(", "localtimestamp", "strftime("];

#[test]
fn every_room_is_in_the_table() {
    let found: BTreeSet<String> =
        listing("src").iter().map(|path| stem(path)).filter(|name| name != "lib" && name != "main").collect();
    assert_eq!(found, ROOMS.iter().map(|room| (*room).to_owned()).collect());
}

#[test]
fn rooms_import_only_rooms_before_them() {
    let mut wrong = Vec::new();
    for file in rust_files("src") {
        let Some(room) = room_of(&file.path) else { continue };
        for used in rooms_used(&file.code()) {
            let too_late = place(&used) > place(room);
            if too_late || STRANGERS.contains(&(room, used.as_str())) {
                wrong.push(format!("{}: {room} must not know {used}", file.name()));
            }
        }
    }
    none(wrong);
}

#[test]
fn what_belongs_to_one_room_stays_there() {
    let mut wrong = Vec::new();
    for file in rust_files("src") {
        for (word, owner) in OWNED {
            let excepted = OWNED_EXCEPTIONS.iter().any(|(name, what, _)| *name == file.name() && *what == word);
            if room_of(&file.path) != Some(owner) && !excepted && uses(&file.code(), word) {
                wrong.push(format!("{}: only {owner} may use {word}", file.name()));
            }
        }
    }
    none(wrong);
}

#[test]
fn sql_never_reads_the_clock() {
    let mut wrong = Vec::new();
    for file in rust_files("src/store").into_iter().chain(files("migrations", "sql")) {
        let code = file.code().to_lowercase();
        for clock in DATABASE_CLOCKS.iter().filter(|clock| uses(&code, clock)) {
            wrong.push(format!("{}: {clock}", file.name()));
        }
    }
    none(wrong);
}

#[test]
fn files_can_be_read_in_one_sitting() {
    let sources = rust_files("src").into_iter().chain(rust_files("tests"));
    none(
        sources
            .map(|file| (file.name(), file.text.lines().count()))
            .filter(|(_, lines)| *lines > LONGEST_FILE)
            .map(|(name, lines)| format!("{name}: {lines} lines, {LONGEST_FILE} allowed; split it by subject"))
            .collect(),
    );
}

#[test]
fn functions_can_be_read_at_a_glance() {
    let mut wrong = Vec::new();
    for file in rust_files("src").into_iter().chain(rust_files("tests")) {
        for (name, lines) in functions(&file.text).into_iter().filter(|(_, lines)| *lines > LONGEST_FUNCTION) {
            wrong.push(format!("{}: {name} has {lines} lines, {LONGEST_FUNCTION} allowed", file.name()));
        }
    }
    none(wrong);
}

#[test]
fn names_of_files_and_folders_say_what_is_inside() {
    let sources = rust_files("src").into_iter().chain(rust_files("tests"));
    let says_nothing = |file: &Source| {
        let parts = file.path.with_extension("");
        parts.iter().any(|part| EMPTY_NAMES.contains(&part.to_string_lossy().as_ref()))
    };
    none(sources.filter(says_nothing).map(|file| file.name()).collect());
}

#[test]
fn nothing_is_left_for_later() {
    // Put together here, so that this file does not find itself.
    let unfinished = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("unimplemented", "!"), concat!("todo", "!")];
    let mut wrong = Vec::new();
    for folder in ["src", "tests", "playbooks", "migrations"] {
        for file in files(folder, "") {
            // The beginning of a word: iCalendar has one that ends so.
            let begins = |at: usize| !file.text[..at].ends_with(char::is_alphanumeric);
            for word in unfinished.iter().filter(|word| file.text.match_indices(**word).any(|(at, _)| begins(at))) {
                wrong.push(format!("{}: {word}", file.name()));
            }
        }
    }
    none(wrong);
}

#[test]
fn paths_named_in_the_architecture_and_the_readme_exist() {
    let mut wrong = Vec::new();
    for name in ["src/lib.rs", "README.md"] {
        for path in paths_named(&read(name)).iter().filter(|path| !root().join(path.as_str()).exists()) {
            wrong.push(format!("{name} names {path}, which is not there"));
        }
    }
    none(wrong);
}

#[test]
fn the_changelog_tells_of_this_version_and_of_what_comes_next() {
    let changelog = read("CHANGELOG.md");
    let mut sections = changelog.split("\n## ").skip(1);
    let top = sections.next().expect("CHANGELOG.md has a section");
    let released = if top.starts_with("Unreleased") { sections.next().expect("a version before it") } else { top };
    let version = env!("CARGO_PKG_VERSION");
    assert!(released.starts_with(version), "the last released section is of version {version}");
    assert!(top.contains("\n- "), "the top section says what is new");
}

/// A file as text, with its path from the root of the repository.
struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// The text without whole-line comments, Rust's and SQL's.
    fn code(&self) -> String {
        let is_comment = |line: &&str| line.trim_start().starts_with("//") || line.trim_start().starts_with("--");
        self.text.lines().filter(|line| !is_comment(line)).collect::<Vec<_>>().join("\n")
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn listing(folder: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

fn rust_files(folder: &str) -> Vec<Source> {
    files(folder, "rs")
}

/// The text files below a folder whose names end so; an empty ending takes them all.
fn files(folder: &str, extension: &str) -> Vec<Source> {
    let mut found = Vec::new();
    for path in listing(folder) {
        let relative = path.strip_prefix(root()).unwrap().to_owned();
        if path.is_dir() {
            found.extend(files(&relative.to_string_lossy(), extension));
        } else if extension.is_empty() || path.extension().is_some_and(|known| known == extension) {
            // What is not text, such as a packed sample, has no rules here.
            found.extend(fs::read_to_string(&path).ok().map(|text| Source { path: relative, text }));
        }
    }
    found
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

/// The room a file belongs to; `lib.rs` and `main.rs` belong to none.
fn room_of(path: &Path) -> Option<&'static str> {
    let first = stem(Path::new(path.iter().nth(1)?));
    ROOMS.into_iter().find(|room| *room == first)
}

fn place(room: &str) -> usize {
    ROOMS.iter().position(|known| *known == room).unwrap_or_else(|| panic!("{room} is no room"))
}

/// The rooms named by `crate::room` and `crate::{room::…, room}`.
fn rooms_used(code: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for (at, found) in code.match_indices("crate::") {
        let rest = &code[at + found.len()..];
        match rest.strip_prefix('{') {
            Some(group) => used.extend(members(group).into_iter().map(first_word)),
            None => drop(used.insert(first_word(rest))),
        }
    }
    // A macro that is exported, and a name that the crate's root gives again, are no rooms.
    used.retain(|name| ROOMS.contains(&name.as_str()));
    used
}

/// The parts of an import group, which begins after its opening brace.
fn members(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => {
                parts.push(&group[start..at]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&group[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts
}

fn first_word(text: &str) -> String {
    text.trim_start().chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}

/// Whether a word stands in the code by itself: not as the end of a longer name, a method or a path.
fn uses(code: &str, word: &str) -> bool {
    let begins_a_name = |at: usize| !code[..at].ends_with(|c: char| c.is_alphanumeric() || "_.:".contains(c));
    code.match_indices(word).any(|(at, _)| begins_a_name(at))
}

/// Each function with its number of lines. rustfmt puts the closing brace below the first letter of the head.
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let head = line.trim_start();
        let Some((before, after)) = head.split_once("fn ") else { continue };
        if !before.split_whitespace().all(|word| word.starts_with("pub") || ["const", "async"].contains(&word)) {
            continue;
        }
        let end = format!("{}}}", &line[..line.len() - head.len()]);
        if let Some(length) = lines[start..].iter().position(|line| *line == end) {
            found.push((first_word(after), length + 1));
        }
    }
    found
}

/// The paths of this repository that a text names between backquotes or as the target of a link.
fn paths_named(text: &str) -> Vec<String> {
    let tops: BTreeSet<String> =
        listing(".").iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect();
    let quoted = text.split('`').skip(1).step_by(2);
    let linked = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let is_path = |named: &&str| {
        let plain = named.chars().all(|letter| letter.is_alphanumeric() || "/._-".contains(letter));
        plain && named.split('/').next().is_some_and(|top| named.contains('/') && tops.contains(top))
    };
    quoted.chain(linked).filter(is_path).map(str::to_owned).collect()
}

fn none(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
