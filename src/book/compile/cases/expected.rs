//! Expected lines: `2026-03-18 10:00  email  kickoff-email  -> pat@acme.example`.

use crate::book::cases::{ENROLL, LINE_WORDS, LineWord};
use crate::book::diagnostic::Diagnostic;
use crate::book::read::{Item, unknown_name};
use crate::book::source::Place;
use crate::time::Date;

use super::Subject;

/// The line of an enrollment that waits because a limit was reached.
const PARKED: (&str, &str) = ("hold", ENROLL);
const FORM: &str = "write it as \"2026-03-18 10:00  email  kickoff-email  -> pat@acme.example\"";

/// The `<what>` words of `expect_only`.
pub(super) fn words(item: Item) -> Vec<String> {
    let diagnostics = item.diagnostics();
    let named = item.names();
    for (word, place) in &named {
        if !known_words().any(|known| known == &**word) {
            diagnostics.push(unknown_name(place, "kind of line", word, known_words()));
        }
    }
    named.into_iter().map(|(word, _)| word.to_string()).collect()
}

/// A line as it is written; reports one that can never be printed.
pub(super) fn line(item: Item, subject: &Subject) -> Option<String> {
    let (place, diagnostics) = (item.place(), item.diagnostics());
    let (text, words) = item.words()?;
    let wrong = match &words[..] {
        [date, time, what, rest @ ..] => wrong_part(date, time, what, rest).or_else(|| wrong_id(what, rest, subject)),
        _ => Some(place.error("bad-line", "a line has a date, a time and what happens").help(FORM)),
    };
    if let Some(diagnostic) = wrong {
        diagnostics.push(diagnostic);
        return None;
    }
    Some(text.trim().to_owned())
}

/// A word of a line, with its place.
type Word = (String, Place);

fn wrong_part((date, on): &Word, (time, at): &Word, (what, place): &Word, rest: &[Word]) -> Option<Diagnostic> {
    let bad = |place: &Place, message: String| Some(place.error("bad-line", message).help(FORM));
    if date.parse::<Date>().is_err() || date.len() != 10 {
        return bad(on, format!("`{date}` is not a date such as 2026-03-18"));
    }
    let clock = |(hour, minute): (&str, &str)| hour.len() == 2 && minute.len() == 2 && hour < "24" && minute < "60";
    let digits = time.bytes().all(|byte| byte.is_ascii_digit() || byte == b':');
    if !digits || !time.split_once(':').is_some_and(clock) {
        return bad(at, format!("`{time}` is not a time such as 09:00"));
    }
    let Some(known) = word(what) else {
        let diagnostic = unknown_name(place, "kind of line", what, known_words());
        return Some(Diagnostic { code: "bad-line", ..diagnostic });
    };
    let is_id = |(word, _): &&Word| !word.starts_with("->") && !word.starts_with('(');
    let mut rest = rest.iter().peekable();
    if rest.next_if(is_id).is_none() && known.of_step {
        return bad(place, format!("`{what}` needs the id of a step behind it"));
    }
    let arrow = rest.next_if(|(word, _)| word == "->");
    if let Some((_, arrow)) = arrow.filter(|_| rest.next_if(is_id).is_none()) {
        return bad(arrow, "a recipient is missing behind `->`".to_owned());
    }
    rest.next_if(|(word, _)| word.starts_with('(') && word.ends_with(')') && word.len() > 2);
    let (word, place) = rest.next()?;
    bad(place, format!("`{word}` does not belong here: behind the id come `-> recipient` and `(reason)`"))
}

/// An id that is neither a step's nor a level's, or after `enroll` no branch's.
fn wrong_id((what, _): &Word, rest: &[Word], subject: &Subject) -> Option<Diagnostic> {
    let (id, place) = rest.first()?;
    if let Some(branch) = id.strip_prefix("branch=").filter(|_| what == "enroll") {
        let known: Vec<&str> = subject.playbook?.branches.iter().map(|branch| &*branch.id).collect();
        return (!known.contains(&branch)).then(|| {
            let diagnostic = unknown_name(place, "branch", branch, known);
            let suggestion = diagnostic.suggestion.map(|right| format!("branch={right}"));
            Diagnostic { suggestion, ..diagnostic }
        });
    }
    let known = subject.step_ids().filter(|_| word(what).is_some_and(|word| word.of_step))?;
    let is_parked = (what.as_str(), id.as_str()) == PARKED;
    (!is_parked && !known.contains(&id.as_str())).then(|| unknown_name(place, "step", id, known))
}

pub(super) fn known_words() -> impl Iterator<Item = &'static str> {
    LINE_WORDS.iter().map(|own| own.word)
}

fn word(text: &str) -> Option<&'static LineWord> {
    LINE_WORDS.iter().find(|own| own.word == text)
}
