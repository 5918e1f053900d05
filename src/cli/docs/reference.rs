//! The reference page: every table of every file, then the words that stand in them.

use super::page::{Page, Part, code, quoted, table};
use super::vocabulary;
use crate::book::keys::{FILES, File, Key, Need, Others, Section, Value, Word};

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
    tables(file.top, "", Header::Once, parts, &mut seen);
}

/// How often a table may stand in a file, which its header shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Header {
    /// `[trigger]`.
    Once,
    /// `[fields.<name>]`.
    Named,
    /// `[[step]]`.
    List,
}

/// The part of a table and those of the tables below it; one that stands in several places is told of once.
fn tables(
    section: &'static Section,
    path: &str,
    header: Header,
    parts: &mut Vec<Part>,
    seen: &mut Vec<*const Section>,
) {
    if seen.contains(&std::ptr::from_ref(section)) {
        return;
    }
    seen.push(section);
    let body = body(section, header);
    if !body.is_empty() {
        let title = match (path, header) {
            ("", _) => "At the top of the file".to_owned(),
            (_, Header::List) => format!("`[[{path}]]`"),
            _ => format!("`[{path}]`"),
        };
        let named = path.split('.').rfind(|name| !name.starts_with('<')).unwrap_or_default();
        let topics = [path, named].into_iter().filter(|topic| !topic.is_empty()).map(str::to_owned).collect();
        parts.push(Part { level: 3, title, topics, body });
    }
    let keys = section.keys.iter().map(|key| (key.name.to_owned(), key.value, Header::Once));
    let others = section.others.iter().map(|others| (chosen(others), others.value, Header::Named));
    for (name, value, header) in keys.chain(others) {
        let path = if path.is_empty() { name } else { format!("{path}.{name}") };
        match value {
            Value::Table(below) => tables(below, &path, header, parts, seen),
            Value::Tables(below) => tables(below, &path, Header::List, parts, seen),
            _ => {}
        }
    }
}

/// A name of the author's choice, as the page writes it.
fn chosen(others: &Others) -> String {
    format!("<{}>", others.called.replace('"', ""))
}

/// What the table is, its keys, and how it looks.
fn body(section: &Section, header: Header) -> String {
    let own: Vec<&Key> = section.keys.iter().filter(|key| is_plain(key.value) && key.only.is_empty()).collect();
    let mut rows = rows(&own);
    let others = section.others.as_ref().filter(|others| is_plain(others.value));
    rows.extend(
        others.map(|others| vec![quoted(&chosen(others)), kind(others.value), String::new(), about(others.value)]),
    );
    let mut pieces = Vec::from_iter(Some(section.doc.to_owned()).filter(|doc| !doc.is_empty()));
    pieces.extend(Some(table(&HEAD, &rows)).filter(|_| !rows.is_empty()));
    pieces.extend(groups(section));
    match header {
        Header::Once => pieces.extend(section.examples.iter().map(|example| code("toml", example))),
        _ if section.examples.is_empty() => {}
        _ => pieces.push(code("toml", &section.examples.join("\n"))),
    }
    pieces.iter().map(|piece| piece.trim_end()).collect::<Vec<_>>().join("\n\n")
}

fn is_plain(value: Value) -> bool {
    !matches!(value, Value::Table(_) | Value::Tables(_))
}

fn about(value: Value) -> String {
    match value {
        Value::One(form) | Value::Inline(form, _) => form.doc.to_owned(),
        _ => String::new(),
    }
}

const HEAD: [&str; 4] = ["Key", "Value", "Default", "What it is"];

/// The keys that only some actions or kinds have, a table for each of these; those with the same keys share one.
fn groups(section: &Section) -> Vec<String> {
    let mut groups: Vec<(Vec<&str>, Vec<&Key>)> = Vec::new();
    for word in section.keys.iter().flat_map(|key| key.only) {
        let keys: Vec<&Key> = section.keys.iter().filter(|key| key.only.contains(word)).collect();
        let names = |keys: &[&Key]| keys.iter().map(|key| (key.name, key.doc)).collect::<Vec<_>>();
        match groups.iter_mut().find(|(_, own)| names(own) == names(&keys)) {
            Some((words, _)) if words.contains(word) => {}
            Some((words, _)) => words.push(word),
            None => groups.push((vec![word], keys)),
        }
    }
    let group = |(words, keys): &(Vec<&str>, Vec<&Key>)| {
        let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
        format!("With {}:\n\n{}", words.join(" or "), table(&HEAD, &rows(keys)))
    };
    groups.iter().map(group).collect()
}

/// A row for each key. What the words of a choice mean is told where the choice comes first.
fn rows(keys: &[&Key]) -> Vec<Vec<String>> {
    let mut told: Vec<Vec<Word>> = Vec::new();
    let row = |key: &&Key| {
        let words = words(key.value);
        let is_new = !told.contains(&words);
        let row = row(key, if is_new { &words } else { &[] });
        told.push(words);
        row
    };
    keys.iter().map(row).collect()
}

fn row(key: &Key, words: &[Word]) -> Vec<String> {
    let is_code = |text: &str| text.starts_with('"') || text.parse::<f64>().is_ok() || text.parse::<bool>().is_ok();
    let default = match key.need {
        Need::Required => "*required*".to_owned(),
        Need::Optional => String::new(),
        Need::Default(written) if is_code(written) => quoted(written),
        Need::Default(said) => said.to_owned(),
    };
    let told = words.iter().filter(|word| !word.doc.is_empty());
    let told: Vec<String> = told.map(|word| format!("{} {}", quoted(word.word), word.doc)).collect();
    let doc = match told.is_empty() {
        true => key.doc.to_owned(),
        false => format!("{}: {}", key.doc, told.join("; ")),
    };
    vec![quoted(key.name), kind(key.value), default, doc]
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
