//! `check --fix`: edits that are safe, made round by round for as long as each makes its file better.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::{Diagnostic, Diagnostics, Edit, Severity};
use crate::book::folder;
use crate::book::load::{Loaded, load_files};

/// How often the book is checked again: an edit can bring the next mistake to light.
const ROUNDS: usize = 50;

/// What was changed.
#[derive(Debug, Default)]
pub struct Fixed {
    /// The new text of each changed file, by its path below the book.
    pub texts: BTreeMap<String, String>,
    /// Each mistake that was mended, with its place in the round that found it.
    pub mended: Vec<Diagnostic>,
}

/// Mends the book in a folder. Each file is replaced whole or not at all.
///
/// Nothing is changed while a file cannot be read: what it defines would look misspelt elsewhere.
///
/// # Errors
/// A file that cannot be written, or that somebody has changed meanwhile.
pub fn fix_folder(dir: &Path) -> io::Result<Fixed> {
    let unread = Diagnostics::default();
    let texts = folder::read(dir, &unread);
    if unread.has_errors() {
        return Ok(Fixed::default());
    }
    let fixed = fix(texts.clone());
    for (file, text) in &fixed.texts {
        folder::replace(dir, file, &texts[file], text)?;
    }
    Ok(fixed)
}

/// Mends a book's texts, given by their path; nothing is written.
///
/// An edit that leaves its mistake standing, or makes a line that cannot be read, is taken back.
pub fn fix(texts: BTreeMap<String, String>) -> Fixed {
    let loaded = load_files(texts.clone());
    let mut work = Work { texts, loaded, careful: BTreeSet::new(), refused: BTreeSet::new(), fixed: Fixed::default() };
    for _ in 0..ROUNDS {
        if !work.round() {
            break;
        }
    }
    work.fixed
}

/// A mistake by what it says, whatever line it has moved to.
type Mark = (Arc<str>, &'static str, String);

fn mark(own: &Diagnostic) -> Mark {
    (own.file.clone(), own.code, own.message.clone())
}

struct Work {
    texts: BTreeMap<String, String>,
    loaded: Loaded,
    /// Files in which several edits at once did harm: one at a time.
    careful: BTreeSet<Arc<str>>,
    /// Mistakes whose edit did not help.
    refused: BTreeSet<Mark>,
    fixed: Fixed,
}

impl Work {
    /// Makes the edits that can be made now; false when there are none.
    fn round(&mut self) -> bool {
        let chosen = self.choose();
        if chosen.is_empty() {
            return false;
        }
        let mut texts = self.texts.clone();
        for (file, mistakes) in &chosen {
            let edits = mistakes.iter().flat_map(|own| &own.fix);
            texts.insert(file.to_string(), edited(&self.texts[&**file], edits));
        }
        let after = load_files(texts.clone());
        let (better, worse): (Vec<_>, Vec<_>) =
            chosen.into_iter().partition(|(file, mistakes)| self.is_better(file, mistakes, &after));
        for (file, mistakes) in &worse {
            texts.insert(file.to_string(), self.texts[&**file].clone());
            match &mistakes[..] {
                [alone] => drop(self.refused.insert(mark(alone))),
                _ => drop(self.careful.insert(file.clone())),
            }
        }
        for (file, mistakes) in better {
            self.fixed.texts.insert(file.to_string(), texts[&*file].clone());
            self.fixed.mended.extend(mistakes);
        }
        self.loaded = if worse.is_empty() { after } else { load_files(texts.clone()) };
        self.texts = texts;
        true
    }

    /// For each file the mistakes whose edits do not touch each other. What only follows from another is left alone.
    fn choose(&self) -> BTreeMap<Arc<str>, Vec<Diagnostic>> {
        let mut chosen: BTreeMap<Arc<str>, Vec<Diagnostic>> = BTreeMap::new();
        for own in &self.loaded.diagnostics {
            let is_open = !own.fix.is_empty() && !own.follows && !self.refused.contains(&mark(own));
            if is_open && self.texts.contains_key(&*own.file) {
                let others = chosen.entry(own.file.clone()).or_default();
                let is_apart = others
                    .iter()
                    .flat_map(|other| &other.fix)
                    .all(|other| own.fix.iter().all(|edit| apart(edit, other)));
                if others.is_empty() || (is_apart && !self.careful.contains(&own.file)) {
                    others.push(own.clone());
                }
            }
        }
        chosen
    }

    /// Whether each of the mistakes is gone from the file, and no line is unreadable that could be read.
    fn is_better(&self, file: &str, mistakes: &[Diagnostic], after: &Loaded) -> bool {
        let count = |loaded: &Loaded, fits: &dyn Fn(&Diagnostic) -> bool| {
            loaded.diagnostics.iter().filter(|own| *own.file == *file && fits(own)).count()
        };
        let unreadable = |loaded: &Loaded| count(loaded, &|own| own.code == "syntax");
        // A name that was only guessed must leave its file with less to mend than before.
        let errors = |loaded: &Loaded| count(loaded, &|own| own.severity == Severity::Error);
        let guessed = mistakes.iter().filter(|own| own.code.starts_with("unknown-")).count();
        let is_good_guess = guessed == 0 || errors(after) + guessed <= errors(&self.loaded);
        let gone = mistakes.iter().all(|mistake| {
            let same = |own: &Diagnostic| mark(own) == mark(mistake);
            count(after, &same) < count(&self.loaded, &same)
        });
        gone && is_good_guess && unreadable(after) <= unreadable(&self.loaded)
    }
}

/// Whether two edits can be made side by side.
fn apart(one: &Edit, other: &Edit) -> bool {
    one.span.end < other.span.start || other.span.end < one.span.start
}

/// The text with the edits, which do not touch each other. Places do not count a byte order mark.
fn edited<'e>(text: &str, edits: impl Iterator<Item = &'e Edit>) -> String {
    let mark = text.len() - text.trim_start_matches('\u{feff}').len();
    let mut edits: Vec<&Edit> = edits.collect();
    edits.sort_by_key(|edit| edit.span.start);
    let (mut done, mut at) = (String::with_capacity(text.len()), 0);
    for edit in edits {
        done.push_str(&text[at..mark + edit.span.start]);
        done.push_str(&edit.replacement);
        at = mark + edit.span.end;
    }
    done + &text[at..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixed(text: &str) -> String {
        let fixed = fix([("segments.toml".to_owned(), text.to_owned())].into());
        fixed.texts.get("segments.toml").cloned().unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn everything_but_the_mistake_stays_byte_for_byte() {
        let text = "\u{feff}# Größen\r\n[[segment]]\r\nid = \"large\"   # é\r\nwhen = 'account.arr > 5 and account.arr < 9'\r\n";
        assert_eq!(fixed(text), text.replace("and", "&&"));
    }

    #[test]
    fn what_an_edit_brings_to_light_is_mended_too() {
        let text = "[segment]\nid = \"large\"\nwhen = \"account.status == 'activ'\"\n";
        assert_eq!(fixed(text), "[[segment]]\nid = \"large\"\nwhen = \"account.status == \\\"active\\\"\"\n");
    }

    #[test]
    fn an_edit_that_would_make_it_worse_is_not_made() {
        let text = "[[segment]]\nid = \"large\"\nwhen = 'account.arr > 5'\nwhne = 'account.arr > 6'\n";
        assert_eq!(fixed(text), text);
    }

    #[test]
    fn a_book_without_mistakes_is_left_alone() {
        let fixed = fix([("segments.toml".to_owned(), "[[segment]]\nid = \"all\"\n".to_owned())].into());
        assert!(fixed.texts.is_empty() && fixed.mended.is_empty());
    }
}
