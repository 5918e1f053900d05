//! A setting of a playbook's entry that can be turned, as a sweep does: a number that its condition compares with, or
//! its `for`.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::folder::{self, Kind};
use super::load::{Loaded, load_files};
use super::playbook::{Playbook, Trigger};
use super::source::SourceFile;
use super::{Book, Severity};
use crate::condition::{Source, Threshold};
use crate::time::Span;

/// What a dial stands at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Setting {
    Number(f64),
    Span(Span),
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Setting::Number(number) => write!(f, "{number}"),
            Setting::Span(span) => write!(f, "{span}"),
        }
    }
}

/// One setting of one playbook.
#[derive(Clone, Debug)]
pub struct Dial {
    playbook: Arc<str>,
    /// What the book says.
    pub current: Setting,
    /// As it is written: the comparison, or the `for`.
    pub text: String,
    /// The file it stands in, which may be that of a named condition.
    pub file: Arc<str>,
    /// From 1; none for a `for`.
    pub line: Option<usize>,
    /// The bytes of the file to replace; none for a `for`.
    place: Option<Range<usize>>,
}

/// Why there is no such dial.
#[derive(Clone, Debug, PartialEq)]
pub struct NoDial {
    pub why: String,
    pub help: String,
}

impl Dial {
    /// Finds what `enroll.<name>` or `enroll.for` means in a playbook of the book; `health` is short for `health.score`.
    ///
    /// # Errors
    /// Nothing, or more than one thing, is compared with a number under that name.
    pub fn find(loaded: &Loaded, playbook: &Playbook, key: &str) -> Result<Dial, NoDial> {
        let squeezed: String = key.split_whitespace().collect();
        let found = thresholds(playbook);
        let known = || known(playbook, &found);
        let Some(name) = squeezed.strip_prefix("enroll.") else {
            return Err(NoDial { why: format!("`{key}` does not begin with `enroll.`"), help: known() });
        };
        if name == "for" {
            return duration(playbook).ok_or_else(|| {
                let why = format!("{} has no `for`: nothing is waited for before an account enters", playbook.id);
                NoDial { why, help: known() }
            });
        }
        let name = if name == "health" { "health.score" } else { name };
        let mut fitting = found.iter().filter(|threshold| threshold.of == name);
        match (fitting.next(), fitting.next()) {
            (Some(one), None) => number(loaded, playbook, one),
            (Some(_), Some(_)) => {
                let why = format!("`{name}` is compared with more than one number before an account enters");
                Err(NoDial { why, help: known() })
            }
            _ => {
                let why = format!("the entry of {} compares `{name}` with no number", playbook.id);
                Err(NoDial { why, help: known() })
            }
        }
    }

    /// The book as it is with the dial at another setting; everything else is read and checked as it stands.
    ///
    /// # Errors
    /// A setting with which the book is wrong.
    pub fn turned(&self, loaded: &Loaded, to: Setting) -> Result<Book, String> {
        let Some(place) = &self.place else {
            let Setting::Span(span) = to else { return Err(format!("`for` is a span such as 3d, not {to}")) };
            return Ok(self.with_duration(loaded, span));
        };
        if let Setting::Span(span) = to {
            return Err(format!("`{}` takes a number, not {span}", self.text));
        }
        let texts = loaded.files.values().filter(|file| folder::kind(&file.name) != Kind::Test);
        let mut texts: BTreeMap<String, String> =
            texts.map(|file| (file.name.to_string(), file.text.clone())).collect();
        if let Some(text) = texts.get_mut(&*self.file) {
            text.replace_range(place.clone(), &to.to_string());
        }
        let turned = load_files(texts);
        let error = turned.diagnostics.iter().find(|own| own.severity == Severity::Error);
        error.map_or(Ok(turned.book), |error| Err(error.line_of_text()))
    }

    fn with_duration(&self, loaded: &Loaded, span: Span) -> Book {
        let mut book = loaded.book.clone();
        if let Some(playbook) = book.playbooks.get_mut(&self.playbook) {
            Arc::make_mut(playbook).enroll.hold_for = span;
        }
        book
    }
}

/// Each place once: a named condition may be called several times.
fn thresholds(playbook: &Playbook) -> Vec<Threshold> {
    let mut found: Vec<Threshold> = Vec::new();
    for threshold in playbook.enroll.when.iter().flat_map(|when| when.thresholds()) {
        if !found.iter().any(|own| own.source == threshold.source && own.at == threshold.at) {
            found.push(threshold);
        }
    }
    found
}

fn duration(playbook: &Playbook) -> Option<Dial> {
    let current = Setting::Span(playbook.enroll.hold_for);
    let text = format!("for = \"{current}\"");
    let (file, line, place) = (playbook.file.clone(), None, None);
    let is_condition = matches!(playbook.trigger, Trigger::Condition);
    is_condition.then(|| Dial { playbook: playbook.id.clone(), current, text, file, line, place })
}

fn number(loaded: &Loaded, playbook: &Playbook, threshold: &Threshold) -> Result<Dial, NoDial> {
    let source = &threshold.source;
    let place = loaded.files.get(&source.file).and_then(|file| written(file, source, &threshold.at));
    let Some(place) = place else {
        let why = format!("the number of `{}` cannot be replaced in {}", threshold.comparison, source.file);
        return Err(NoDial { why, help: "write the condition in single quotes, without escapes".to_owned() });
    };
    Ok(Dial {
        playbook: playbook.id.clone(),
        current: Setting::Number(threshold.number),
        text: threshold.comparison.clone(),
        file: source.file.clone(),
        line: Some(source.line_at(threshold.at.start)),
        place: Some(place),
    })
}

/// Where a stretch of a condition stands in its file; none where quotes and escapes have moved it.
fn written(file: &SourceFile, source: &Source, at: &Range<usize>) -> Option<Range<usize>> {
    let before = &source.text[..at.start];
    let column = match before.rfind('\n') {
        Some(end) => before[end..].chars().count(),
        None => source.column + before.chars().count(),
    };
    let start = file.offset(source.line_at(at.start), column);
    let place = start..start + at.len();
    (file.text.get(place.clone()) == source.text.get(at.clone())).then_some(place)
}

/// What can be turned in the playbook, as keys.
fn known(playbook: &Playbook, found: &[Threshold]) -> String {
    let numbers = found.iter().map(|own| {
        let line = own.source.line_at(own.at.start);
        let name = if own.of == "health.score" { "health" } else { &own.of };
        format!("enroll.{name} ({}, {}:{line})", own.comparison, own.source.file)
    });
    let duration = duration(playbook).map(|dial| format!("enroll.for ({})", dial.text));
    let keys: Vec<String> = numbers.chain(duration).collect();
    match keys.is_empty() {
        true => format!("nothing about who enters {} is a number or a span", playbook.id),
        false => format!("there are: {}", keys.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONDITIONS: &str = "[condition.red]\nwhen = '''\naccount.nps < 50\n'''\n";
    const FIELDS: &str = "[fields.nps]\ntype = \"number\"\n[metrics.logins]\n";

    fn book(when: &str) -> Loaded {
        let playbook = format!(
            "id = \"save\"\nowner = \"dana\"\nstatus = \"live\"\n[trigger]\nkind = \"condition\"\n[enroll]\n\
             when = {when}\nfor = \"2d\"\n[[step]]\nid = \"do\"\nafter = \"enrolled\"\naction = \"task\"\n\
             assignee = \"dana\"\ntitle = \"Do\"\n"
        );
        let files = [
            ("account.toml", FIELDS),
            ("conditions.toml", CONDITIONS),
            ("people.toml", "[[person]]\nid = \"dana\"\nname = \"Dana\"\n"),
            ("save.toml", &playbook),
        ];
        load_files(files.map(|(name, text)| (name.to_owned(), text.to_owned())).into())
    }

    fn dial(loaded: &Loaded, key: &str) -> Result<Dial, NoDial> {
        Dial::find(loaded, &loaded.book.playbooks["save"], key)
    }

    fn numbers(book: &Book) -> Vec<f64> {
        thresholds(&book.playbooks["save"]).iter().map(|own| own.number).collect()
    }

    #[test]
    fn a_number_is_turned_where_it_stands_also_in_a_named_condition() {
        let loaded = book("'red() && usage.logins.change_pct(30) <= -40.5 && account.arr > 7'");
        let found = dial(&loaded, "enroll.account.nps").unwrap();
        assert_eq!((&*found.file, found.line, found.current), ("conditions.toml", Some(3), Setting::Number(50.0)));
        let turned = found.turned(&loaded, Setting::Number(30.0)).unwrap();
        assert_eq!(numbers(&turned), [30.0, -40.5, 7.0]);
        let found = dial(&loaded, "enroll.usage.logins.change_pct( 30 )").unwrap();
        let turned = found.turned(&loaded, Setting::Number(-20.0)).unwrap();
        assert_eq!(numbers(&turned), [50.0, -20.0, 7.0]);
    }

    #[test]
    fn a_book_saved_on_windows_is_turned_all_the_same() {
        let loaded = book("'''\r\naccount.arr > 1\r\n&& account.nps < 50'''");
        let turned = dial(&loaded, "enroll.account.nps").unwrap().turned(&loaded, Setting::Number(5.5)).unwrap();
        assert_eq!(numbers(&turned), [1.0, 5.5]);
    }

    #[test]
    fn a_for_is_turned() {
        let loaded = book("'red()'");
        let found = dial(&loaded, "enroll.for").unwrap();
        assert_eq!(found.current, Setting::Span(Span::days(2)));
        let turned = found.turned(&loaded, Setting::Span(Span::days(7))).unwrap();
        assert_eq!(turned.playbooks["save"].enroll.hold_for, Span::days(7));
        assert!(found.turned(&loaded, Setting::Number(7.0)).is_err());
    }

    #[test]
    fn a_name_that_is_absent_or_stands_for_two_numbers_is_told_with_what_there_is() {
        let loaded = book("'account.arr > 5 && (account.arr ?? 0) < 500'");
        let absent = dial(&loaded, "enroll.health").unwrap_err();
        assert_eq!(absent.why, "the entry of save compares `health.score` with no number");
        assert_eq!(
            absent.help,
            "there are: enroll.account.arr (account.arr > 5, save.toml:7), \
             enroll.account.arr ((account.arr ?? 0) < 500, save.toml:7), enroll.for (for = \"2d\")"
        );
        assert!(dial(&loaded, "enroll.account.arr").unwrap_err().why.contains("more than one number"));
        assert!(dial(&loaded, "goal.health").unwrap_err().why.contains("`enroll.`"));
    }

    #[test]
    fn a_number_behind_an_escape_is_not_guessed_at() {
        let loaded = book(r#""account.status == \"active\" && account.arr > 5""#);
        assert!(dial(&loaded, "enroll.account.arr").unwrap_err().help.contains("single quotes"));
    }
}
