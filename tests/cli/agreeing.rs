//! What `simulate` says before and what the daemon does then are the same lines, byte for byte.

use super::Place;

const BOOK: &str = concat!("--book ", env!("CARGO_MANIFEST_DIR"), "/playbooks");
const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/playbooks/sample");

#[test]
fn the_shipped_book_does_with_the_sample_what_simulate_said() {
    let place = Place::new();
    let files = ["accounts accounts.csv", "accounts changes.csv", "contacts contacts.csv", "metrics metrics.csv.gz"];
    for file in files.into_iter().chain(["events events.csv"]) {
        let (kind, name) = file.split_once(' ').expect("a kind and a file");
        place.done(&format!("import {kind} {SAMPLE}/{name} --now 2026-08-17 {BOOK}"));
    }
    place.done(&format!("run --from 2026-08-17 --until 2026-09-20 {BOOK}"));
    let said = place.done(&format!("simulate --until 2026-11-10 --format json {BOOK}"));
    let done = place.done(&format!("run --from 2026-09-20 --until 2026-11-10 --format json {BOOK}"));
    assert!(done.lines().count() > 100, "{done}");
    for (n, (said, done)) in said.lines().zip(done.lines()).enumerate() {
        assert_eq!(said, done, "line {n}");
    }
    assert_eq!(said.lines().count(), done.lines().count());
}
