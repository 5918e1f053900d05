//! The demo, from a folder with nothing in it.

use super::Place;

#[test]
fn the_demo_plays_itself_the_same_every_time_and_replaces_only_its_own_database() {
    let place = Place::new();
    let first = place.object("demo");
    assert_eq!(first["playbooks"].as_object().unwrap().len(), 4, "{first}");
    for counts in first["playbooks"].as_object().unwrap().values() {
        assert!(counts["enrolled"].as_u64().unwrap() > 0, "{first}");
    }
    assert!(first["playbooks"]["at-risk"]["mails"].as_u64().unwrap() > 0, "{first}");
    assert_eq!(place.object("demo"), first);
    place.write("accounts.csv", super::ACCOUNTS);
    place.done("import accounts accounts.csv --database sqlite:ours.db");
    let said = place.wrong("demo --database sqlite:ours.db");
    assert!(said.contains("is left as it is"), "{said}");
}

#[test]
fn what_the_demo_says_to_type_next_works() {
    let place = Place::new();
    let shown = place.done("demo");
    let book = concat!(env!("CARGO_MANIFEST_DIR"), "/playbooks");
    let commands: Vec<&str> =
        shown.lines().filter(|line| line.contains("--database sqlite:playcaller-demo.db")).collect();
    assert!(commands.len() >= 5, "{shown}");
    for command in commands {
        let (_, words) = command.split_once(" --database ").unwrap();
        let words = words.split('#').next().unwrap();
        assert!(!place.done(&format!("--book {book} --database {words}")).is_empty(), "{command}");
    }
}
