//! The reference page: every table of every file, then the words that stand in them.

use super::page::{Page, Part, code, table};
use super::vocabulary;
use crate::book::keys::{FILES, File, Key, Need, Section, Value, Word};

const HOW_TO_READ: &str = "\
Everything that may stand in a book and in playcaller.toml. This page is printed by `playcaller docs --reference` from
the same tables that `playcaller check` reads, so it is never out of date; its examples are checked with the program.

`[name]` is a table, `[[name]]` one of a list of tables, and what stands between `<` and `>` is a name of your choice.
A key without *required* may be left out; then the default holds. Keys that belong to one action or kind are listed
under it.";

/// The whole page.
pub(super) fn page() -> Page {
    let mut parts = vec![Part {
        level: 1,
        title: "playcaller reference".to_owned(),
        topics: Vec::new(),
        body: HOW_TO_READ.to_owned(),
    }];
    FILES.iter().for_each(|file| of_file(file, &mut parts));
    vocabulary::add(&mut parts);
    Page { parts }
}

fn of_file(file: &File, parts: &mut Vec<Part>) {
    let title = match file.name.ends_with(".toml") {
        true => format!("`{}`", file.name),
        false => format!("The {}", file.name),
    };
    let topics = vec![file.name.to_owned(), file.name.trim_start_matches('<').replace(['>', '<'], "")];
    parts.push(Part { level: 2, title, topics, body: file.doc.to_owned() });
    let mut seen: Vec<*const Section> = Vec::new();
    tables(file.top, "", false, parts, &mut seen);
}

/// The part of a table and those of the tables below it; one that stands in several places is told of once.
fn tables(section: &'static Section, path: &str, is_list: bool, parts: &mut Vec<Part>, seen: &mut Vec<*const Section>) {
    if seen.contains(&std::ptr::from_ref(section)) {
        return;
    }
    seen.push(section);
    let body = body(section, is_list);
    if !body.is_empty() {
        let title = match (path, is_list) {
            ("", _) => "At the top of the file".to_owned(),
            (_, true) => format!("`[[{path}]]`"),
            (_, false) => format!("`[{path}]`"),
        };
        let named = path.split('.').rfind(|name| !name.starts_with(['<', '"'])).unwrap_or_default();
        let topics = [path, named].into_iter().filter(|topic| !topic.is_empty()).map(str::to_owned).collect();
        parts.push(Part { level: 3, title, topics, body });
    }
    let others = section.others.iter().map(|others| (format!("<{}>", others.called).replace(['"'], ""), others.value));
    for (name, value) in section.keys.iter().map(|key| (key.name.to_owned(), key.value)).chain(others) {
        let path = if path.is_empty() { name } else { format!("{path}.{name}") };
        match value {
            Value::Table(below) => tables(below, &path, false, parts, seen),
            Value::Tables(below) => tables(below, &path, true, parts, seen),
            _ => {}
        }
    }
}

/// What the table is, its keys, and how it looks.
fn body(section: &Section, is_list: bool) -> String {
    let plain = |value: Value| !matches!(value, Value::Table(_) | Value::Tables(_));
    let mut keys: Vec<Vec<String>> =
        section.keys.iter().filter(|key| plain(key.value) && key.only.is_empty()).map(row).collect();
    let others = section.others.as_ref().filter(|others| plain(others.value));
    keys.extend(others.map(|others| {
        let called = format!("`<{}>`", others.called.replace('"', ""));
        vec![called, kind(others.value), String::new(), "names of your choice".to_owned()]
    }));
    let mut pieces = Vec::from_iter(Some(section.doc.to_owned()).filter(|doc| !doc.is_empty()));
    pieces.extend(Some(table(&HEAD, &keys)).filter(|_| !keys.is_empty()));
    pieces.extend(groups(section));
    let alternatives = !is_list && section.key("id").is_none() && section.others.is_none();
    match alternatives {
        true => pieces.extend(section.examples.iter().map(|example| code("toml", example))),
        false if section.examples.is_empty() => {}
        false => pieces.push(code("toml", &section.examples.join("\n"))),
    }
    pieces.iter().map(|piece| piece.trim_end()).collect::<Vec<_>>().join("\n\n")
}

const HEAD: [&str; 4] = ["Key", "Value", "Default", "What it is"];

/// The keys that only some actions or kinds have, a table for each of these.
fn groups(section: &Section) -> Vec<String> {
    let mut words: Vec<&str> = Vec::new();
    for word in section.keys.iter().flat_map(|key| key.only) {
        if !words.contains(word) {
            words.push(word);
        }
    }
    let group = |word: &&str| {
        let rows: Vec<Vec<String>> = section.keys.iter().filter(|key| key.only.contains(word)).map(row).collect();
        format!("With `{word}`:\n\n{}", table(&HEAD, &rows))
    };
    words.iter().map(group).collect()
}

fn row(key: &Key) -> Vec<String> {
    let default = match key.need {
        Need::Required => "*required*".to_owned(),
        Need::Optional => String::new(),
        Need::Default(written) if written.starts_with('"') || written.parse::<f64>().is_ok() => format!("`{written}`"),
        Need::Default(said) => said.to_owned(),
    };
    let words = words(key.value);
    let told = words.iter().filter(|word| !word.doc.is_empty());
    let told: Vec<String> = told.map(|word| format!("`{}` {}", word.word, word.doc)).collect();
    let doc = match told.is_empty() {
        true => key.doc.to_owned(),
        false => format!("{}: {}", key.doc, told.join("; ")),
    };
    vec![format!("`{}`", key.name), kind(key.value), default, doc]
}

fn words(value: Value) -> Vec<Word> {
    match value {
        Value::Choice(words) | Value::ChoiceOrMore(words) => words(),
        _ => Vec::new(),
    }
}

/// What a value is, in a few words.
fn kind(value: Value) -> String {
    let listed = || words(value).iter().map(|word| format!("`{}`", word.word)).collect::<Vec<_>>().join(", ");
    match value {
        Value::One(form) | Value::Inline(form, _) => form.name.to_owned(),
        Value::List(form) => format!("list of {}", form.name),
        Value::OneOrMore(form) => format!("{}, or a list", form.name),
        Value::Choice(_) => format!("one of {}", listed()),
        Value::ChoiceOrMore(_) => format!("one or a list of {}", listed()),
        Value::Table(_) | Value::Tables(_) => "table".to_owned(),
    }
}
