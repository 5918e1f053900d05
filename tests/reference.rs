//! The reference page, checked: its examples are one book that loads, every way of writing a value is accepted where it
//! stands, every name and function compiles, and the page leaves nothing out.

use std::collections::BTreeMap;
use std::process::Command;

use playcaller::book::deployment::Deployment;
use playcaller::book::import_map::ImportMap;
use playcaller::book::keys::{FILES, Section, Value, forms::FORMS, forms::Form};
use playcaller::book::template::FILTERS;
use playcaller::book::{Loaded, Severity, cases::LINE_WORDS, load_files};
use playcaller::condition::{Expected, Expression, FUNCTIONS, NAMES, OPERATORS, Scope, Source};
use playcaller::engine::Reason;

/// The files beside the examples: a second playbook, and the texts that the steps name.
const BESIDE: [(&str, &str); 6] = [
    (
        "at-risk.toml",
        "id = \"at-risk\"\nowner = \"dana\"\n[trigger]\nkind = \"manual\"\n[[step]]\nid = \"call\"\n\
      after = \"enrolled\"\naction = \"task\"\nassignee = \"dana\"\ntitle = \"Call\"\n",
    ),
    ("renewal-brief.md", "# {{ account.name }}\n"),
    ("forecast.md", "{{ account.name }} renews on {{ account.renewal_date | date }}.\n"),
    ("note.json", "{\"account\": {{ account.id }}}\n"),
    ("vp-summary.md", "+++\nsubject = \"Save {{ account.name }}\"\n+++\nHelp.\n"),
    (
        "holidays/us.ics",
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1@us.example\r\nDTSTART;VALUE=DATE:20261127\r\nSUMMARY:Day after Thanksgiving\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    ),
];

#[test]
fn the_examples_together_are_a_book_without_mistakes() {
    assert_eq!(mistakes(&load_files(book())), Vec::<String>::new());
}

#[test]
fn each_other_example_of_a_table_makes_a_playbook_too() {
    let mut seen = 0;
    walk(top("<playbook>.toml"), false, &mut |section, is_list| {
        for example in section.examples.iter().skip(1).filter(|_| !is_list) {
            let loaded = load_files(with("other.toml", small_playbook(example)));
            assert_eq!(mistakes(&loaded), Vec::<String>::new(), "{example}");
            seen += 1;
        }
    });
    assert!(seen >= 5, "the triggers and re-entries");
}

#[test]
fn the_examples_of_files_beside_the_book_are_read() {
    Deployment::parse("playcaller.toml", example("playcaller.toml")).unwrap();
    ImportMap::parse("map.toml", example("map of an import")).unwrap();
}

#[test]
fn every_way_of_writing_a_value_is_accepted_where_it_stands() {
    let book = book();
    let mut refused = Vec::new();
    for form in FORMS {
        let places = places_of(form);
        let is_read = |written: &str| places.iter().any(|(file, key)| reads(&book, file, key, written));
        let unread = form.examples.iter().filter(|written| !is_read(written));
        refused.extend(unread.map(|written| format!("{}: {written} in none of {places:?}", form.name)));
    }
    assert_eq!(refused, Vec::<String>::new());
}

#[test]
fn every_name_function_and_operator_compiles_as_its_example_says() {
    let loaded = load_files(book());
    let steps = ["kickoff".to_owned(), "save-plan".to_owned()];
    let scope = Scope {
        event: Some("nps_response"),
        in_playbook: true,
        earlier_steps: &steps,
        all_steps: &steps,
        ..Scope::of(&loaded.book.dictionary.registry)
    };
    let terms = NAMES.iter().chain(&OPERATORS).map(|term| term.example);
    for example in terms.chain(FUNCTIONS.iter().map(|usage| usage.example)) {
        let compiled = Expression::compile(Source::inline(example, "the reference"), &scope, Expected::Any);
        assert!(compiled.is_ok(), "{example}: {compiled:?}");
    }
}

#[test]
fn the_page_tells_of_everything() {
    let page = printed(&["docs", "--reference"]);
    let mut words: Vec<String> = Vec::new();
    for file in &FILES {
        walk(file.top, false, &mut |section, _| words.extend(section.keys.iter().map(|key| key.name.to_owned())));
        assert!(page.contains(file.name), "{}", file.name);
    }
    words.extend(FUNCTIONS.iter().map(|usage| usage.example.to_owned()));
    words.extend(NAMES.iter().chain(&OPERATORS).map(|term| term.written.replace('|', "\\|")));
    words.extend(FILTERS.iter().map(|filter| filter.name.to_owned()));
    words.extend(LINE_WORDS.iter().map(|line| line.word.to_owned()));
    words.extend(Reason::all().map(|(name, _)| name.to_owned()));
    let missing: Vec<&String> =
        words.iter().filter(|word| !page.contains(&format!("`{word}`")) && !is_table(&page, word)).collect();
    assert_eq!(missing, Vec::<&String>::new());
}

#[test]
fn one_topic_can_be_asked_for() {
    let step = printed(&["docs", "step"]);
    assert!(step.starts_with("### `[[step]]`\n"), "{step}");
    assert!(!step.contains("[escalation]"), "{step}");
    assert!(printed(&["docs", "policy.toml"]).contains("### `[[cap]]`"));
    let output = playcaller(&["docs", "stpe"]);
    assert_eq!(output.status.code(), Some(64));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: there is nothing about `stpe`\nhelp: did you mean `step`?\n"
    );
    assert_eq!(playcaller(&["docs"]).status.code(), Some(64));
}

#[test]
fn the_page_goes_into_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reference.md");
    assert_eq!(printed(&["docs", "--reference", "--out", path.to_str().unwrap()]), "");
    assert_eq!(std::fs::read_to_string(path).unwrap(), printed(&["docs", "--reference"]));
}

/// The examples of all files as one book, with what they name.
fn book() -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> =
        BESIDE.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    for file in FILES.iter().filter(|file| file.name.ends_with(".toml") && file.name != "playcaller.toml") {
        files.insert(file.name.replace("<playbook>", "renewal-kickoff"), example(file.name));
    }
    files.insert("functions.rhai".to_owned(), String::new());
    let front = example("front matter of a template");
    files.insert(
        "kickoff-90.md".to_owned(),
        format!("+++\n{front}+++\nHi {{{{ contact.first_name | default(\"there\") }}}}.\n"),
    );
    files
}

fn with(name: &str, text: String) -> BTreeMap<String, String> {
    book().into_iter().chain([(name.to_owned(), text)]).collect()
}

/// A playbook around one example of a table.
fn small_playbook(example: &str) -> String {
    let trigger = if example.contains("[trigger]") { "" } else { "[trigger]\nkind = \"manual\"\n" };
    format!(
        "id = \"other\"\nowner = \"dana\"\n{trigger}{example}\n[[step]]\nid = \"call\"\nafter = \"enrolled\"\n\
         action = \"task\"\nassignee = \"dana\"\ntitle = \"Call\"\n"
    )
}

fn top(name: &str) -> &'static Section {
    FILES.iter().find(|file| file.name == name).unwrap().top
}

/// A file made of its examples: the first of each table, all of a list.
fn example(name: &str) -> String {
    let mut text = String::new();
    walk(top(name), false, &mut |section, is_list| {
        let count = if is_list { section.examples.len() } else { 1 };
        section.examples.iter().take(count).for_each(|example| text.push_str(&format!("{example}\n")));
    });
    text
}

/// Every table of a file once, and whether there may be several of it.
fn walk(section: &'static Section, is_list: bool, seen: &mut dyn FnMut(&'static Section, bool)) {
    let mut known = Vec::new();
    walk_new(section, is_list, &mut known, seen);
}

fn walk_new(
    section: &'static Section,
    is_list: bool,
    known: &mut Vec<*const Section>,
    seen: &mut dyn FnMut(&'static Section, bool),
) {
    if known.contains(&std::ptr::from_ref(section)) {
        return;
    }
    known.push(section);
    seen(section, is_list);
    for key in section.keys {
        match key.value {
            Value::Table(below) => walk_new(below, false, known, seen),
            Value::Tables(below) => walk_new(below, true, known, seen),
            _ => {}
        }
    }
    if let Some(Value::Table(below)) = section.others.as_ref().map(|others| others.value) {
        walk_new(below, true, known, seen);
    }
}

/// The keys that take a form, each with the file it stands in.
fn places_of(form: &'static Form) -> Vec<(String, &'static str)> {
    let mut places = Vec::new();
    for file in &FILES {
        let name = file.name.replace("<playbook>", "renewal-kickoff");
        walk(file.top, false, &mut |section, _| {
            let takes = |value: Value| match value {
                Value::One(taken) | Value::List(taken) | Value::OneOrMore(taken) | Value::Inline(taken, _) => {
                    std::ptr::eq(taken, form)
                }
                _ => false,
            };
            let own = section.keys.iter().filter(|key| takes(key.value)).map(|key| key.name);
            let lines = section.examples.iter().flat_map(|example| example.lines());
            let others = lines.filter(|_| section.others.as_ref().is_some_and(|others| takes(others.value)));
            let others = others.filter_map(|line| line.split_once(" = ")).map(|(key, _)| key);
            places.extend(own.chain(others).map(|key| (name.clone(), key)));
        });
    }
    places
}

/// Whether some text is still right with the value at some place of the key, or in the list there.
fn reads(book: &BTreeMap<String, String>, file: &str, key: &str, written: &str) -> bool {
    let starts = format!("{key} = ");
    texts_with(book, file, &starts).into_iter().any(|(file, text)| {
        let lines: Vec<&str> = text.lines().collect();
        let at: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].starts_with(&starts)).collect();
        at.into_iter().any(|at| {
            // A list over several lines is replaced up to its end.
            let last =
                if lines[at].ends_with('[') { (at..lines.len()).find(|n| lines[*n] == "]").unwrap() } else { at };
            [written.to_owned(), format!("[{written}]")].iter().any(|value| {
                let line = format!("{starts}{value}");
                let changed = [&lines[..at], &[line.as_str()], &lines[last + 1..]].concat();
                is_right(book, &file, changed.join("\n") + "\n")
            })
        })
    })
}

/// The file, and a playbook around each further example that has the key.
fn texts_with(book: &BTreeMap<String, String>, file: &str, starts: &str) -> Vec<(String, String)> {
    let whole = book.get(file).cloned().unwrap_or_else(|| {
        example(if file.contains(' ') || file == "playcaller.toml" { file } else { "front matter of a template" })
    });
    let mut texts = vec![(file.to_owned(), whole)];
    if file == "renewal-kickoff.toml" {
        walk(top("<playbook>.toml"), false, &mut |section, is_list| {
            let further = section.examples.iter().skip(1).filter(|own| !is_list && own.contains(starts));
            texts.extend(further.map(|example| ("other.toml".to_owned(), small_playbook(example))));
        });
    }
    texts
}

fn is_right(book: &BTreeMap<String, String>, file: &str, text: String) -> bool {
    match file {
        "playcaller.toml" => Deployment::parse(file, text).is_ok(),
        "map of an import" => ImportMap::parse(file, text).is_ok(),
        "front matter of a template" => {
            let text = format!("+++\n{text}+++\nHi.\n");
            mistakes(&load_files(book.clone().into_iter().chain([("kickoff-90.md".to_owned(), text)]).collect()))
                .is_empty()
        }
        _ => mistakes(&load_files(book.clone().into_iter().chain([(file.to_owned(), text)]).collect())).is_empty(),
    }
}

fn mistakes(loaded: &Loaded) -> Vec<String> {
    let wrong = loaded.diagnostics.iter().filter(|own| own.severity == Severity::Error);
    wrong.map(|own| format!("{}:{} {} {:?}", own.file, own.line, own.message, own.help)).collect()
}

/// Whether the page has a table of that name, instead of a row.
fn is_table(page: &str, key: &str) -> bool {
    ["[", "."].iter().any(|before| ["]", ".<", "."].iter().any(|after| page.contains(&format!("{before}{key}{after}"))))
}

fn playcaller(args: &[&str]) -> std::process::Output {
    let folder = tempfile::tempdir().unwrap();
    Command::new(env!("CARGO_BIN_EXE_playcaller")).current_dir(folder.path()).args(args).output().unwrap()
}

fn printed(args: &[&str]) -> String {
    let output = playcaller(args);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
