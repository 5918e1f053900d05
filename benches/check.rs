//! `check` of 200 playbooks against a plain TOML parse of the same files, in one run.
//!
//! `cargo bench --bench check` prints milliseconds and their ratio; only the ratio means anything on another machine.
//! The book is the shipped one, its playbooks copied with ids, titles and numbers of their own, each with its templates
//! and tests. `cargo bench --bench check -- 48 100 200 400` measures other sizes, each a multiple of the shipped
//! playbooks: the cost must grow as they do.

use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use playcaller::book::{Severity, load_files};
use toml::de::DeTable;

const PLAYBOOKS: usize = 200;
const ROUNDS: usize = 5;

fn main() {
    let asked: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if asked.is_empty() { vec![PLAYBOOKS] } else { asked };
    let shipped = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("playbooks"), "");
    println!("{:>9} {:>6} {:>9} {:>9} {:>6}", "playbooks", "files", "check ms", "TOML ms", "ratio");
    for size in sizes {
        let book = grown(&shipped, size);
        let loaded = load_files(book.clone());
        let first = loaded
            .diagnostics
            .iter()
            .find(|own| own.severity == Severity::Error)
            .map(|own| format!("{}:{} {}", own.file, own.line, own.message));
        assert_eq!((first, loaded.tests.len()), (None, size), "every playbook is right and has its tests");
        let check = fastest(|| drop(black_box(load_files(book.clone()))));
        let parse = fastest(|| parse(&book));
        let ratio = check.as_secs_f64() / parse.as_secs_f64();
        println!("{size:>9} {:>6} {:>9.1} {:>9.1} {ratio:>6.1}", book.len(), millis(check), millis(parse));
    }
}

/// The files of a book by path, without the sample data.
fn files(folder: &Path, below: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("the shipped book") {
        let entry = entry.expect("an entry");
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            if name != "sample" {
                found.extend(files(&entry.path(), &format!("{name}/")));
            }
        } else {
            found.insert(name, fs::read_to_string(entry.path()).expect("a text"));
        }
    }
    found
}

/// The shared files once, and the playbooks' folders again and again until there are so many playbooks.
fn grown(shipped: &BTreeMap<String, String>, playbooks: usize) -> BTreeMap<String, String> {
    let (folders, mut book): (BTreeMap<_, _>, BTreeMap<_, _>) =
        shipped.clone().into_iter().partition(|(name, _)| name.contains('/'));
    // Each playbook's folder, with its id.
    let owners: BTreeMap<&str, String> =
        folders.iter().filter_map(|(name, text)| Some((name.split('/').next()?, id(name, text)?))).collect();
    let ids: Vec<&String> = owners.values().collect();
    for number in 0..playbooks {
        let (folder, copy) = (owners.keys().nth(number % owners.len()).expect("a folder"), number / owners.len());
        for (name, text) in folders.iter().filter(|(name, _)| name.starts_with(&format!("{folder}/"))) {
            book.insert(format!("copy-{copy}/{name}"), varied(text, &ids, copy));
        }
    }
    book
}

/// The id of a playbook file.
fn id(name: &str, text: &str) -> Option<String> {
    let is_playbook = name.ends_with(".toml") && !name.ends_with(".test.toml");
    let line = text.lines().find(|line| is_playbook && line.starts_with("id = "))?;
    Some(line.trim_start_matches("id = ").trim_matches('"').to_owned())
}

/// The text of a copy: its own ids, title and amounts.
fn varied(text: &str, ids: &[&String], copy: usize) -> String {
    let named = ["id = \"", "playbook = \"", "inhibited_by = \"", "in_playbook(\"", "tasks.open(\""];
    let renamed = ids.iter().fold(text.to_owned(), |text, id| {
        let rename = |text: String, by: &str| text.replace(&format!("{by}{id}\""), &format!("{by}{id}-{copy}\""));
        named.into_iter().fold(text, rename)
    });
    renamed.replace("title = \"", &format!("title = \"{copy}: ")).replace("5000", &format!("{}", 5000 + copy))
}

fn parse(book: &BTreeMap<String, String>) {
    for (_, text) in book.iter().filter(|(name, _)| name.ends_with(".toml")) {
        black_box(DeTable::parse_recoverable(text));
    }
}

fn fastest(mut work: impl FnMut()) -> Duration {
    let time = |work: &mut dyn FnMut()| {
        let begun = Instant::now();
        work();
        begun.elapsed()
    };
    (0..ROUNDS).map(|_| time(&mut work)).min().expect("at least one round")
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
