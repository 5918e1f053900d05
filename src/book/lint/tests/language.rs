//! The mistakes in the language that every author makes once. The readers of the files find them, not the rules; this
//! holds that each is still found, at its place and under its name.

use super::{Files, book, told};

macro_rules! mail {
    ($template:literal) => {
        concat!("[[step]]\nid = \"x\"\nafter = \"enrolled\"\naction = \"email\"\ntemplate = \"", $template, "\"\n")
    };
}

/// What is wrong, its code, and the text it points at.
const MISTAKES: &[(Files, &str, &str)] = &[
    (&[("p.toml", "stauts = \"live\"\n")], "unknown-key", "stauts"),
    (&[("p.toml", "[goal]\nwhen = 'account.arr > 5'\noffset = \"3d\"\n")], "misplaced-key", "offset"),
    (&[("p.toml", "[[suppress]]\nid = \"x\"\nwhen = 'account.arr > 5'\nmode = \"hodl\"\n")], "unknown-value", "hodl"),
    (&[("p.toml", "[goal]\nfor = \"3d\"\n")], "missing-key", "[goal]"),
    (&[("p.toml", "[exit]\nid = \"x\"\nwhen = 'account.arr > 5'\n")], "single-bracket-list", "[exit]"),
    (
        &[(
            "p.toml",
            "[[exit]]\nid = \"x\"\nwhen = 'account.arr > 5'\n[[exit]]\nid = \"x\"\nwhen = 'account.arr < 5'\n",
        )],
        "duplicate-id",
        "x",
    ),
    (&[("p.toml", "[goal]\nwhen = 'account.arr > 5'\nfor = \"3m\"\n")], "ambiguous-duration", "3m"),
    (&[("p.toml", "[enroll]\nwhen = 'account.helth < 50'\n")], "unknown-field", "helth"),
    (
        &[("p.toml", "[enroll]\nwhen = 'false && days_untl(account.renewal_date) > 5'\n")],
        "unknown-function",
        "days_untl",
    ),
    (&[("p.toml", "[enroll]\nwhen = 'account.arr < \"50k\"'\n")], "incomparable-types", "account.arr < \"50k\""),
    (
        &[("p.toml", "[enroll]\nwhen = 'account.renewal_date > 90'\n")],
        "incomparable-types",
        "account.renewal_date > 90",
    ),
    (&[("p.toml", "[enroll]\nwhen = 'account.arr + 5'\n")], "wrong-type", "account.arr + 5"),
    (&[("p.toml", "[enroll]\nwhen = 'account.status == \"activ\"'\n")], "unknown-choice", "\"activ\""),
    (&[("p.toml", "[enroll]\nwhen = '10 <= account.arr <= 50'\n")], "chained-comparison", "10 <= account.arr <= 50"),
    (&[("p.toml", "[enroll]\nwhen = 'account.arr > 5 and account.seats > 5'\n")], "wrong-operator", "and"),
    (&[("p.toml", "[enroll]\nwhen = 'account.arr = 5'\n")], "wrong-operator", "="),
    (&[("p.toml", "[enroll]\nwhen = 'account.arr <> 5'\n")], "wrong-operator", "<>"),
    (&[("p.toml", "[enroll]\nwhen = 'account.arr =< 5'\n")], "wrong-operator", "=<"),
    (&[("p.toml", "[[branch]]\nid = \"x\"\nwhen = 'account.arr > 5'\n")], "branch-default", "[[branch]]"),
    (
        &[(
            "p.toml",
            "[[step]]\nid = \"x\"\nafter = \"enrolled\"\nwhen = 'outcome(\"x\") == \"done\"'\naction = \"task\"\n",
        )],
        "later-step",
        "\"x\"",
    ),
    (&[("p.toml", concat!(mail!("hallo"), "to = \"contact:champion\"\n"))], "unknown-name", "hallo"),
    (&[("hello.md", "+++\nsubject = \"Hello {{ account.nmae }}\"\n+++\n")], "unknown-name", "nmae"),
    (&[("p.toml", concat!(mail!("hello"), "to = \"role:vp-cs\"\n"))], "unknown-name", "role:vp-cs"),
    (&[("p.toml", concat!(mail!("hello"), "to = \"contact:champoin\"\n"))], "unknown-name", "contact:champoin"),
];

#[test]
fn every_mistake_in_the_language_has_its_name_and_place() {
    for (files, code, at) in MISTAKES {
        let loaded = book(files);
        let told = told(&loaded.diagnostics);
        let found = loaded.diagnostics.iter().find(|own| own.code == *code);
        let found = found.unwrap_or_else(|| panic!("{code} is not told of {files:#?}\n{told}"));
        assert_eq!(&loaded.files[&found.file].text[found.span.clone()], *at, "{code}\n{told}");
    }
}
