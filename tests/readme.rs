//! README.md, executed: its commands exist, its files are right, and what it shows is what is printed.
//!
//! `PLAYCALLER_UPDATE_README=1 tests/run readme::` writes what is printed now into it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use playcaller::book::{Severity, load_files};
use playcaller::runtime::cases;
use tempfile::TempDir;

const README: &str = include_str!("../README.md");

#[test]
fn every_command_named_is_one_of_ours() {
    let commands: Vec<&str> = quoted().filter(|text| text.starts_with("playcaller ")).chain(typed()).collect();
    assert!(commands.len() > 20, "the README names the commands");
    for command in commands {
        // With --help the program reads the arguments and does nothing.
        let output = playcaller(Path::new("."), &format!("{command} --help"));
        assert!(output.status.success(), "{command}\n{}", printed(&output));
    }
}

#[test]
fn the_deployment_file_is_read_whole() {
    let folder = with_files();
    let output = playcaller(folder.path(), "playcaller --config playcaller.toml check");
    assert!(output.status.success(), "{}", printed(&output));
}

#[test]
fn what_it_shows_is_what_is_printed() {
    let folder = with_files();
    fs::remove_file(folder.path().join("playcaller.toml")).unwrap();
    let mut parts: Vec<String> = README.split("```").map(str::to_owned).collect();
    for block in parts.iter_mut().skip(1).step_by(2).filter(|block| block.starts_with("console\n")) {
        let steps: Vec<String> = block.split("$ ").skip(1).map(|step| replayed(folder.path(), step)).collect();
        *block = format!("console\n{}", steps.concat());
    }
    let now = parts.join("```");
    if std::env::var_os("PLAYCALLER_UPDATE_README").is_some() {
        fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"), &now).unwrap();
    } else {
        let differ = now.lines().zip(README.lines()).find(|(now, then)| now != then);
        assert_eq!(differ, None, "printed now, and shown (PLAYCALLER_UPDATE_README=1 writes it)");
        assert_eq!(now.len(), README.len());
    }
}

#[test]
fn every_block_of_writing_playbooks_is_right() {
    let (book, fragments) = tour();
    assert!(fragments.len() > 10, "the section has blocks");
    for fragment in fragments.iter().map(|fragment| playbook_around(fragment)).chain([String::new()]) {
        let mut files = book.clone();
        if !fragment.is_empty() {
            files.insert("fragment.toml".to_owned(), fragment.clone());
        }
        let loaded = load_files(files);
        let wrong = loaded.diagnostics.iter().filter(|found| found.severity == Severity::Error);
        let wrong: Vec<String> =
            wrong.map(|own| format!("{}:{} {} {:?}", own.file, own.line, own.message, own.help)).collect();
        assert!(wrong.is_empty(), "{fragment}\n{}", wrong.join("\n"));
    }
}

#[tokio::test]
async fn the_tests_of_writing_playbooks_pass() {
    let loaded = load_files(tour().0);
    assert!(!loaded.tests.is_empty());
    for file in &loaded.tests {
        for case in &file.cases {
            let result = cases::run(&loaded.book, file, case, None).await.unwrap();
            assert!(result.passed(), "{}: {:?}\n{}", case.name, result.problem, result.actual.join("\n"));
        }
    }
}

/// The blocks of "Writing playbooks": the files that say their name, as a book, and the pieces of a playbook.
fn tour() -> (BTreeMap<String, String>, Vec<&'static str>) {
    let section = README.split("\n## ").find(|section| section.starts_with("Writing playbooks")).unwrap();
    let (mut files, mut fragments) = (BTreeMap::new(), Vec::new());
    for block in section.split("```").skip(1).step_by(2) {
        let (language, block) = block.split_once('\n').unwrap();
        let named = block.lines().take(2).find_map(|line| line.strip_prefix("# ")).filter(|name| !name.contains(' '));
        match named {
            Some(name) => drop(files.insert(name.to_owned(), block.to_owned())),
            None if language == "toml" => fragments.push(block),
            None => {}
        }
    }
    (files, fragments)
}

/// A whole playbook around a piece of one.
fn playbook_around(fragment: &str) -> String {
    let or = |table: &str, text: &'static str| if fragment.contains(table) { "" } else { text };
    let trigger = or("[trigger]", "[trigger]\nkind = \"manual\"\n");
    let step =
        "[[step]]\nid = \"step\"\nafter = \"enrolled\"\naction = \"task\"\nassignee = \"dana\"\ntitle = \"Do\"\n";
    format!("id = \"fragment\"\nowner = \"dana\"\n{fragment}\n{trigger}{}", or("[[step]]", step))
}

/// The step with what it prints now. Of a step that ends with `…` only as many lines as it shows.
fn replayed(folder: &Path, step: &str) -> String {
    let (command, shown) = step.split_once('\n').unwrap();
    let output = typed_in(folder, command);
    // A plan that finds changes ends with 2, a test that fails with 1.
    let is_shown = |code| matches!((code, command), (0, _) | (2, "playcaller plan") | (1, "playcaller test"));
    assert!(output.status.code().is_some_and(is_shown), "{command}\n{}", printed(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines: Vec<&str> = text.trim_matches('\n').lines().map(str::trim_end).collect();
    if shown.ends_with("…\n") {
        lines.truncate(shown.lines().count() - 1);
        lines.push("…");
    }
    let lines: String = lines.into_iter().map(|line| format!("{line}\n")).collect();
    format!("$ {command}\n{lines}")
}

/// A folder with every file of the README that says its name in a comment at its top or just before.
fn with_files() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (before, block) in fenced() {
        let comment = block.lines().take(2).find_map(|line| line.strip_prefix("# "));
        let announced =
            before.lines().rev().find(|line| !line.is_empty()).and_then(|line| line.split('`').rev().nth(1));
        let is_name = |name: &&str| !name.contains(' ') && name.contains('.');
        if let Some(name) = comment.filter(is_name).or(announced.filter(is_name)) {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, block).unwrap();
        }
    }
    folder
}

/// The blocks between fences, each with the text before it; the first line of a block still names its language.
fn fences() -> impl Iterator<Item = (&'static str, &'static str)> {
    let parts: Vec<&str> = README.split("```").collect();
    (1..parts.len()).step_by(2).map(move |at| (parts[at - 1], parts[at])).collect::<Vec<_>>().into_iter()
}

fn fenced() -> impl Iterator<Item = (&'static str, &'static str)> {
    fences().map(|(before, block)| (before, block.split_once('\n').unwrap().1))
}

fn blocks(language: &'static str) -> impl Iterator<Item = &'static str> {
    fences().filter_map(move |(_, block)| block.strip_prefix(language)?.strip_prefix('\n'))
}

/// What stands between single backquotes outside of blocks.
fn quoted() -> impl Iterator<Item = &'static str> {
    README.split("```").step_by(2).flat_map(|text| text.split('`').skip(1).step_by(2))
}

/// What is typed in the blocks.
fn typed() -> impl Iterator<Item = &'static str> {
    blocks("console").chain(blocks("sh")).flat_map(str::lines).filter_map(|line| {
        let line = line.strip_prefix("$ ").unwrap_or(line);
        line.starts_with("playcaller ").then_some(line)
    })
}

/// Runs a command line of ours.
fn playcaller(folder: &Path, line: &str) -> Output {
    assert!(line.starts_with("playcaller ") || line.starts_with("cargo run "), "{line}");
    typed_in(folder, line)
}

/// Runs a command line, of ours or `sed`; single quotes hold a word together, as in a shell.
fn typed_in(folder: &Path, line: &str) -> Output {
    let line = line.replace("cargo run --release -- ", "playcaller ");
    let mut words = Vec::new();
    for (at, part) in line.split('\'').enumerate() {
        if at % 2 == 1 { words.push(part) } else { words.extend(part.split_whitespace()) }
    }
    let program = match words.remove(0) {
        "playcaller" => env!("CARGO_BIN_EXE_playcaller"),
        "sed" => "sed",
        other => panic!("`{other}` is not run here"),
    };
    Command::new(program).current_dir(folder).args(words).output().unwrap()
}

fn printed(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
