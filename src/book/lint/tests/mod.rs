//! Each rule twice: a small book that shows it, and the nearest one that does not.

mod conditions;
mod ends;
mod enrolling;
mod flow;
mod ladder;
mod language;
mod mail;
mod secrets;
mod timing;
mod upkeep;

use std::collections::{BTreeMap, BTreeSet};

use crate::book::{Diagnostic, Loaded, Severity, load_files};

use super::RULES;

/// One rule: what it says about one book, and a book about which it says nothing.
struct Case {
    code: &'static str,
    wrong: Files,
    /// What the finding points at.
    at: &'static str,
    /// A part of the message.
    says: &'static str,
    right: Files,
}

/// Files by name. `p.toml` is completed by [`playbook`]; the shared files are those of [`SHARED`] unless given.
type Files = &'static [(&'static str, &'static str)];

const SHARED: Files = &[
    (
        "account.toml",
        "[fields.seats]\ntype = \"number\"\n[fields.churn_score]\ntype = \"number\"\n\
         [fields.renewal_status]\ntype = \"choice\"\nvalues = [\"open\", \"won\", \"lost\"]\n",
    ),
    (
        "people.toml",
        "[[person]]\nid = \"dana\"\nname = \"Dana\"\n[[person]]\nid = \"alex\"\nname = \"Alex\"\nroles = [\"vp_cs\"]\n",
    ),
    ("channels.toml", "[email.default]\nfrom = \"success@us.example\"\n"),
    ("hello.md", "+++\nsubject = \"Hello\"\n+++\nHello.\n"),
];

/// What the playbook of a case need not say: its head, a trigger by hand, one task.
fn playbook(text: &str) -> String {
    let has = |header: &str, otherwise: &'static str| if text.contains(header) { "" } else { otherwise };
    let head = "id = \"p\"\ntitle = \"P\"\nowner = \"dana\"\nstatus = \"live\"\n\
                timezone = \"account.timezone\"\ntimezone_fallback = \"America/New_York\"\n";
    let trigger = has("[trigger]", "[trigger]\nkind = \"manual\"\n");
    let step = match text.contains("[escalation]") {
        true => "",
        false => has(
            "[[step]]",
            "[[step]]\nid = \"call\"\nafter = \"enrolled\"\naction = \"task\"\nassignee = \"account.owner\"\n\
             title = \"Call\"\n",
        ),
    };
    format!("{head}{text}\n{trigger}{step}")
}

fn book(files: Files) -> Loaded {
    let completed = |(name, text): &(&str, &str)| {
        (name.to_string(), if *name == "p.toml" { playbook(text) } else { text.to_string() })
    };
    load_files(SHARED.iter().chain(files).map(completed).collect::<BTreeMap<_, _>>())
}

fn all() -> Vec<&'static Case> {
    let groups = [
        conditions::CASES,
        timing::CASES,
        flow::CASES,
        enrolling::CASES,
        ends::CASES,
        mail::CASES,
        ladder::CASES,
        secrets::CASES,
        upkeep::CASES,
    ];
    groups.into_iter().flatten().collect()
}

fn told(found: &[Diagnostic]) -> String {
    found.iter().map(|own| format!("{}:{} {} {}\n", own.file, own.line, own.code, own.message)).collect()
}

#[test]
fn every_rule_says_what_is_wrong_where_it_stands() {
    for Case { code, wrong, at, says, .. } in all() {
        let loaded = book(wrong);
        let told = told(&loaded.diagnostics);
        let found: Vec<&Diagnostic> = loaded.diagnostics.iter().filter(|own| own.code == *code).collect();
        assert!(!found.is_empty(), "{code} is not told of {wrong:#?}\n{told}");
        let text = &loaded.files[&found[0].file].text[found[0].span.clone()];
        assert_eq!(text, *at, "{code}\n{told}");
        assert!(found[0].message.contains(says), "{code}: {} lacks {says}", found[0].message);
        assert!(found[0].help.is_some(), "{code} does not say what to do");
        none_but(code, &loaded);
    }
}

#[test]
fn every_rule_is_quiet_about_the_near_miss() {
    for Case { code, right, .. } in all() {
        let loaded = book(right);
        let told = told(&loaded.diagnostics);
        assert!(loaded.diagnostics.iter().all(|own| own.code != *code), "{code} is told of {right:#?}\n{told}");
        none_but(code, &loaded);
    }
}

/// The books of the cases have no other errors: a rule about a broken book would show nothing.
fn none_but(code: &str, loaded: &Loaded) {
    let mut others = loaded.diagnostics.iter().filter(|own| own.severity == Severity::Error && own.code != code);
    assert!(others.next().is_none(), "{code}:\n{}", told(&loaded.diagnostics));
}

#[test]
fn every_rule_of_the_table_is_shown_here_and_told_once() {
    let shown: BTreeSet<&str> = all().iter().map(|case| case.code).collect();
    let table: BTreeSet<&str> = RULES.iter().map(|rule| rule.code).collect();
    assert_eq!(shown, table);
    assert_eq!(table.len(), RULES.len());
}

#[test]
fn a_file_with_an_error_of_a_rule_is_not_in_the_book() {
    let loaded = book(&[("p.toml", "[[suppress]]\nid = \"x\"\ninhibited_by = \"p\"\n")]);
    assert!(loaded.book.playbooks.is_empty());
}

#[test]
fn a_rule_can_be_allowed_with_a_reason_also_one_that_is_an_error() {
    let text = "[[suppress]]\nid = \"x\"\n# allow(inhibition-circle) reason=\"tried out\"\ninhibited_by = \"p\"\n";
    let files = SHARED.iter().map(|(name, text)| (name.to_string(), text.to_string()));
    let loaded = load_files(files.chain([("p.toml".to_owned(), playbook(text))]).collect());
    assert!(!loaded.has_errors() && loaded.book.playbooks.contains_key("p"), "{}", told(&loaded.diagnostics));
}

#[test]
fn what_seems_to_be_missing_may_stand_in_a_broken_file() {
    let loaded = book(&[("p.toml", ""), ("broken.toml", "id = \"broken\"\n"), ("unused.md", "Hello.\n")]);
    let codes: BTreeSet<&str> = loaded.diagnostics.iter().map(|own| own.code).collect();
    assert!(codes.contains("missing-key"), "{codes:?}");
    for code in ["no-test", "unused-template"] {
        assert!(!codes.contains(code), "{codes:?}");
    }
}
