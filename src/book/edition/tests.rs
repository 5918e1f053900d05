use std::collections::BTreeMap;

use super::*;
use crate::book::load_files;

const PLAYBOOK: &str = r#"
schema_version = 1
id = "renewal"
owner = "dana"
status = "live"

[trigger]
kind = "condition"

[enroll]
when = 'account.arr > 1000'

[[step]]
id = "hello"
after = "enrolled"
action = "email"
to = "contact:champion"
template = "hello"
"#;

const PEOPLE: &str = "[[person]]\nid = \"dana\"\nname = \"Dana\"\nemail = \"dana@us.example\"\n";
const MAIL: &str = "+++\nsubject = \"Hello\"\n+++\nHello {{ account.name }}.\n";

fn files() -> BTreeMap<String, String> {
    [("people.toml", PEOPLE), ("renewal.toml", PLAYBOOK), ("hello.md", MAIL)]
        .into_iter()
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .collect()
}

fn with(path: &str, text: &str) -> Texts {
    let mut files = files();
    files.insert(path.to_owned(), text.to_owned());
    Texts { files, unreadable: Vec::new() }
}

/// What would be kept if the files were in force and that many enrollments on the playbook.
fn kept(files: BTreeMap<String, String>, running: usize) -> Kept {
    let book = load_files(files).book;
    let versions = book.playbooks.values().map(|own| KeptVersion {
        playbook: own.id.clone(),
        version: own.version.clone(),
        file: own.file.clone(),
        text: own.text.to_string(),
        templates: own.templates.iter().map(|(path, text)| (path.to_string(), text.to_string())).collect(),
        running,
    });
    Kept {
        shared: (*book.shared).clone(),
        in_force: book.playbooks.values().map(|own| (own.id.clone(), own.version.clone())).collect(),
        withdrawn: BTreeSet::new(),
        versions: versions.collect(),
    }
}

fn edition(texts: &Texts, kept: &Kept) -> Edition {
    compose(texts, kept, &Held::default()).expect("an edition")
}

fn version_in_force(kept: &Kept) -> &str {
    &kept.in_force["renewal"]
}

#[test]
fn a_playbook_that_is_wrong_keeps_its_last_good_version_and_says_where() {
    let kept = kept(files(), 3);
    let edition = edition(&with("renewal.toml", &PLAYBOOK.replace("account.arr", "account.ar")), &kept);
    assert_eq!(&*edition.book.playbooks["renewal"].version, version_in_force(&kept));
    let said = edition.stays[0].to_string();
    assert!(said.starts_with("`renewal` keeps its last good version") && said.contains("renewal.toml:11"), "{said}");
}

#[test]
fn a_file_that_is_no_toml_any_more_is_known_by_its_name() {
    let kept = kept(files(), 3);
    let edition = edition(&with("renewal.toml", "<<<<<<< HEAD"), &kept);
    assert_eq!(&*edition.book.playbooks["renewal"].version, version_in_force(&kept));
    assert!(matches!(edition.stays[..], [Stay::Broken { .. }]), "{:?}", edition.stays);
}

#[test]
fn a_template_that_is_wrong_keeps_the_last_good_version_with_its_own_text() {
    let kept = kept(files(), 3);
    let edition = edition(&with("hello.md", "+++\nsubject = \"Hi\"\n+++\nHello {{ account.nam }}.\n"), &kept);
    let playbook = &edition.book.playbooks["renewal"];
    assert_eq!(&*playbook.version, version_in_force(&kept));
    let templates = edition.book.templates_of(playbook);
    let id = templates.ids().find(|id| &*id.0 == "hello.md").expect("the kept template");
    assert_eq!(templates.text(id), Some(MAIL));
}

#[test]
fn shared_files_that_are_wrong_stay_while_playbooks_go_live() {
    let kept = kept(files(), 0);
    let mut texts = with("people.toml", "[[person]]\nid = \"dana\"\nnme = \"Dana\"\n");
    texts.files.insert("renewal.toml".into(), PLAYBOOK.replace("1000", "2000"));
    let edition = edition(&texts, &kept);
    assert_eq!(*edition.book.shared, kept.shared);
    assert_ne!(&*edition.book.playbooks["renewal"].version, version_in_force(&kept));
    assert!(edition.stays[0].to_string().starts_with("the shared files stay as they were: people.toml:3"));
}

#[test]
fn shared_files_that_a_running_version_does_not_fit_stay_too() {
    let dictionary = "[fields.tier]\ntype = \"text\"\n";
    let of = |playbook: &str| PLAYBOOK.replace("account.arr > 1000", playbook);
    let mut before = with("account.toml", dictionary).files;
    before.insert("renewal.toml".into(), of("account.tier == \"gold\""));
    let mut kept = kept(before, 2);
    // The folder has moved on to another version; two enrollments have not.
    let edited = edition(&with("renewal.toml", &of("account.arr > 5")), &kept);
    assert_eq!(*edited.book.shared, kept.shared, "account.tier is still needed");
    assert!(edited.stays[0].to_string().contains("which 2 enrollments are on"), "{}", edited.stays[0]);
    kept.versions[0].running = 0;
    let edited = edition(&with("renewal.toml", &of("account.arr > 5")), &kept);
    assert_eq!(edited.stays, []);
    assert!(!edited.book.shared.contains_key("account.toml"));
}

#[test]
fn a_playbook_whose_file_is_gone_takes_nobody_in_and_lets_who_is_in_it_finish() {
    let mut texts = with("other.toml", &PLAYBOOK.replace("\"renewal\"", "\"other\""));
    texts.files.remove("renewal.toml");
    let left = edition(&texts, &kept(files(), 2));
    assert!(left.book.playbooks["renewal"].is_withdrawn);
    assert!(matches!(left.stays[..], [Stay::Withdrawn { running: 2, .. }]), "{:?}", left.stays);
    let left = edition(&texts, &kept(files(), 0));
    assert!(!left.book.playbooks.contains_key("renewal"));
}

#[test]
fn an_older_version_goes_on_with_its_own_steps_and_the_newest_exits() {
    let mut kept = kept(files(), 2);
    let exit = "\n[[exit]]\nid = \"gone\"\nwhen = 'account.status == \"churned\"'\n";
    let text = PLAYBOOK.replace("\"hello\"\nafter", "\"welcome\"\nafter") + exit;
    let edited = edition(&with("renewal.toml", &text), &kept);
    let older = edited.book.playbook_at("renewal", version_in_force(&kept)).expect("the older version");
    assert_eq!((&*older.steps[0].id, &*older.exits[0].id), ("hello", "gone"));
    assert_eq!(&*edited.book.playbooks["renewal"].steps[0].id, "welcome");
    kept.versions[0].running = 0;
    assert!(edition(&with("renewal.toml", &text), &kept).book.versions.is_empty());
}

#[test]
fn a_folder_that_cannot_be_read_changes_nothing() {
    let lost = Diagnostic::without_place("missing-folder", "playbooks", "there is no book in playbooks");
    let texts = Texts { files: BTreeMap::new(), unreadable: vec![lost] };
    let refusal = compose(&texts, &kept(files(), 0), &Held::default()).unwrap_err();
    assert!(refusal.why.contains("there is no book"), "{}", refusal.why);
}

#[test]
fn before_anything_is_in_force_every_mistake_refuses_the_book() {
    let texts = with("renewal.toml", &PLAYBOOK.replace("account.arr", "account.ar"));
    assert!(compose(&texts, &Kept::default(), &Held::default()).is_err());
}

#[test]
fn a_version_is_the_same_however_its_lines_end() {
    let dos = with("renewal.toml", &PLAYBOOK.replace('\n', "\r\n"));
    let edited = with("hello.md", &MAIL.replace("Hello {{", "Dear {{"));
    let version = |texts: &Texts| load_texts(texts.clone()).book.playbooks["renewal"].version.clone();
    assert_eq!(version(&dos), version(&with("people.toml", PEOPLE)));
    assert_ne!(version(&edited), version(&dos), "what a mail says is part of it");
}
