use super::*;
use crate::book::dictionary::MissingDay;
use crate::book::keys::forms::{FLAG, ID, NUMBER, TEXT};
use crate::book::keys::{Others, PLAYBOOK, Section, Value, key, section, words};
use crate::time::Span;

/// A kind of file for the readers below.
static FILE: Section = section(
    "",
    &[
        key("id", Value::One(&ID), ""),
        key("max", Value::One(&NUMBER), ""),
        key("share", Value::One(&NUMBER), ""),
        key("for", Value::One(&TEXT), ""),
        key("list", Value::List(&TEXT), ""),
        key("step", Value::Tables(&EMPTY), ""),
        key("fields", Value::Table(&NAMED), ""),
        key("absent", Value::One(&TEXT), ""),
        key("status", Value::Choice(words::<MissingDay>), ""),
        key("zone", Value::One(&TEXT), ""),
        key("good", Value::One(&FLAG), ""),
        key("missing", Value::One(&TEXT), ""),
        key("a", Value::Table(&EMPTY), ""),
        key("t", Value::One(&TEXT), ""),
    ],
    &[],
);
static EMPTY: Section = section("", &[], &[]);
static NAMED: Section =
    Section { others: Some(Others { called: "name", value: Value::Table(&EMPTY) }), ..section("", &[], &[]) };

/// What a reader finds wrong: `code line:column message`.
fn mistakes(text: &str, read: impl FnOnce(&mut Table)) -> Vec<String> {
    let file = SourceFile::new("a.toml", text.to_owned());
    let diagnostics = Diagnostics::default();
    let mut table = Table::of_file(&file, &FILE, &diagnostics);
    read(&mut table);
    table.finish();
    let show = |d: Diagnostic| {
        let suggestion = d.suggestion.map_or_else(String::new, |right| format!(" -> {right}"));
        format!("{} {}:{} {}{suggestion}", d.code, d.line, d.column, d.message)
    };
    diagnostics.sorted().into_iter().map(show).collect()
}

#[test]
fn right_values_are_taken_without_a_word() {
    let found =
        mistakes("id = \"a-b\"\nmax = 3\nshare = 1\nfor = \"2d\"\nlist = [\"x\"]\n[[step]]\n[fields.arr]\n", |table| {
            assert_eq!(table.need("id").id().as_deref(), Some("a-b"));
            assert_eq!(table.get("max").count(), Some(3));
            assert_eq!(table.get("share").number_in(0.0..=1.0), Some(1.0));
            assert_eq!(table.get("for").span(), Some(Span::days(2)));
            assert_eq!(table.get("list").names().len(), 1);
            assert_eq!(table.tables("step").len(), 1);
            assert_eq!(&*table.named("fields")[0].0, "arr");
            assert_eq!(table.get("absent").text(), None);
        });
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn every_mistake_is_reported_where_it_stands() {
    let text = "idd = \"x\"\nmax = \"3\"\nfor = \"5m\"\nstatus = \"zeor\"\nzone = \"Europe/Berlim\"\n[step]\nx = 1\n";
    let found = mistakes(text, |table| {
        table.need("id").id();
        table.get("max").count();
        table.get("for").span();
        table.get("status").choice::<MissingDay>();
        table.get("zone").zone();
        table.tables("step").into_iter().for_each(Table::finish);
    });
    let expected = [
        "missing-key 1:1 The top of this file has no `id`",
        "unknown-key 1:1 `idd` is not a key at the top of this file -> id",
        "wrong-type 2:7 `max` must be a whole number; found a text -> 3",
        "ambiguous-duration 3:8 `5m` is ambiguous: write \"5min\" for minutes or \"5mo\" for months",
        "unknown-value 4:11 `zeor` is not a value of `status` -> zero",
        "bad-zone 5:9 there is no time zone `Europe/Berlim` -> Europe/Berlin",
        "single-bracket-list 6:1 `step` is a list: write `[[step]]` with two brackets -> [[step]]",
        "unknown-key 7:1 `x` is not a key of [step]",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_key_under_the_wrong_header_is_told_where_it_belongs() {
    let file = SourceFile::new("a.toml", "[trigger]\nkind = \"manual\"\nstatus = \"live\"\n".into());
    let diagnostics = Diagnostics::default();
    let mut table = Table::of_file(&file, &PLAYBOOK, &diagnostics);
    let mut trigger = table.table("trigger").unwrap();
    trigger.get("kind").text();
    trigger.finish();
    let found = diagnostics.sorted();
    assert_eq!(found[0].help.as_deref(), Some("`status` belongs at the top of the file, above the first [table]"));
}

#[test]
fn several_syntax_errors_are_found_at_once_with_what_was_meant() {
    let text = "when = \"account.segment == \"smb\"\"\nid: x\nfor = 3d\non = True\ngood = 1\n";
    let file = SourceFile::new("a.toml", text.into());
    let diagnostics = Diagnostics::default();
    let mut table = Table::of_file(&file, &FILE, &diagnostics);
    assert_eq!(table.get("good").count(), Some(1));
    table.need("missing");
    let found: Vec<_> = diagnostics.sorted().into_iter().map(|d| (d.line, d.suggestion.unwrap_or_default())).collect();
    assert_eq!(
        found,
        [
            (1, "'account.segment == \"smb\"'".to_owned()),
            (2, "id = \"x\"".to_owned()),
            (3, "\"3d\"".to_owned()),
            (4, "true".to_owned())
        ]
    );
}

#[test]
fn syntax_that_editors_refuse_is_a_warning() {
    let found = mistakes("a = { b = 1,\n c = 2, }\nt = 09:00\n", |table| {
        table.get("a");
        table.get("t").time();
    });
    let codes: Vec<&str> = found.iter().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(codes, ["toml-1-1", "toml-1-1"]);
}

#[test]
fn a_hundred_thousand_brackets_are_a_syntax_error() {
    let found = mistakes(&format!("a = {}", "[".repeat(100_000)), |_| ());
    assert!(found[0].starts_with("syntax 1:"), "{found:?}");
}

proptest::proptest! {
    #[test]
    fn no_text_makes_a_reader_panic(pieces in proptest::collection::vec(fragment(), 0..40)) {
        let text = pieces.concat();
        mistakes(&text, |table| {
            for (_, _, item) in table.rest() {
                item.place().text();
                item.report_problems(vec![]);
                item.one_or_more().into_iter().for_each(|item| drop(item.id()));
            }
        });
    }
}

fn fragment() -> impl proptest::strategy::Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "a",
        "=",
        " = ",
        "\n",
        "[",
        "]",
        "[[",
        "]]",
        "{",
        "}",
        ",",
        ".",
        "\"",
        "'",
        "\"\"\"\n",
        "'''\n",
        "\\n",
        "\\q",
        "\\é",
        "\\u00e9",
        "é",
        "日",
        "1",
        "2026-01-01",
        "09:00",
        "true",
        "#",
        "\r\n",
        "\u{feff}",
        "“",
        "\\\n   ",
        "key = 'x'\n",
        "\0",
    ])
}
