//! The shipped book: it has no mistake, and every test beside its playbooks passes.

use playcaller::book::{self, Loaded};
use playcaller::runtime::cases;

fn shipped() -> Loaded {
    book::load(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("playbooks"))
}

#[test]
fn the_shipped_book_has_no_mistake() {
    let loaded = shipped();
    let found: Vec<String> = loaded
        .diagnostics
        .iter()
        .map(|own| format!("{}:{}:{} {} {}", own.file, own.line, own.column, own.code, own.message))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(loaded.book.playbooks.len() >= 4, "{:?}", loaded.book.playbooks.keys());
}

#[tokio::test]
async fn every_test_of_the_shipped_book_passes() {
    let loaded = shipped();
    let mut failed = String::new();
    let mut count = 0;
    for file in &loaded.tests {
        for case in &file.cases {
            let result = cases::run(&loaded.book, file, case, None).await.expect("a database in memory");
            count += 1;
            if !result.passed() {
                failed += &format!(
                    "\n{} — {}\n  problem: {:?}\n  missing: {:#?}\n  unexpected: {:#?}\n",
                    file.file, case.name, result.problem, result.missing, result.unexpected
                );
            }
        }
    }
    assert!(failed.is_empty(), "{failed}");
    assert!(count >= 40, "only {count} tests ran");
}
