//! Scenarios of the language: every folder of `tests/scenarios` is a small book about one subject, and each of its
//! `.test.toml` files says what must happen, as a CS person would read it.

use std::path::{Path, PathBuf};

use playcaller::book::diagnostic::Severity;
use playcaller::book::{self, Loaded};
use playcaller::runtime::cases::{self, CaseResult};

#[tokio::test]
async fn every_scenario_of_the_language_passes() {
    let (mut failed, mut count) = (String::new(), 0);
    for folder in folders() {
        let loaded = book::load(&folder);
        failed += &mistakes(&folder, &loaded);
        for file in &loaded.tests {
            for case in &file.cases {
                let result = cases::run(&loaded.book, file, case).await.expect("a database in memory");
                count += 1;
                if !result.passed() {
                    failed += &told(&folder, &result);
                }
            }
        }
    }
    assert!(failed.is_empty(), "{failed}");
    assert!(count >= 100, "only {count} scenarios ran");
}

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let entries = std::fs::read_dir(&root).expect("the folder of the scenarios");
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    folders
}

fn mistakes(folder: &Path, loaded: &Loaded) -> String {
    let errors = loaded.diagnostics.iter().filter(|own| own.severity == Severity::Error);
    errors.map(|own| format!("\n{}/{}:{} {}\n", name(folder), own.file, own.line, own.message)).collect()
}

fn told(folder: &Path, result: &CaseResult) -> String {
    let mut text = format!("\n{}/{}:{} — {}\n", name(folder), result.file, result.line, result.name);
    text.extend(result.problem.iter().map(|problem| format!("  problem: {problem}\n")));
    text.extend(result.missing.iter().map(|line| format!("  missing:    {line}\n")));
    text.extend(result.unexpected.iter().map(|line| format!("  unexpected: {line}\n")));
    text
}

fn name(folder: &Path) -> String {
    folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
