//! Expected lines: `2026-03-18 10:00  email  kickoff-email  -> pat@acme.example`.

use crate::book::read::{Item, unknown_name};
use crate::condition::nearest;
use crate::time::Date;

use super::Subject;

/// What a line may be about; an id is needed where `true`, and is a step's or a level's.
const WORDS: [(&str, bool); 20] = [
    ("email", true),
    ("slack", true),
    ("teams", true),
    ("webhook", true),
    ("task", true),
    ("wait_for", true),
    ("set", true),
    ("start", true),
    ("stop", true),
    ("escalate", true),
    ("remind", true),
    ("hold", true),
    ("skip", true),
    ("approve", true),
    ("reply", true),
    ("deliver", true),
    ("enroll", false),
    ("replan", false),
    ("goal", false),
    ("exit", false),
];
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

/// A line with single blanks; reports one that can never be printed.
pub(super) fn line(item: Item, subject: &Subject) -> Option<String> {
    let (place, diagnostics) = (item.place(), item.diagnostics());
    let text = item.text()?;
    let words: Vec<&str> = text.split_whitespace().collect();
    let wrong = match &words[..] {
        [date, time, what, rest @ ..] => wrong_part(date, time, what, rest),
        _ => Some("a line has a date, a time and what happens".to_owned()),
    };
    if let Some(message) = wrong {
        diagnostics.push(place.error("bad-line", message).help(FORM));
        return None;
    }
    let named = words.get(3).filter(|_| WORDS.contains(&(words[2], true)));
    if let (Some(id), Some(known)) = (named, subject.step_ids())
        && !known.contains(id)
    {
        diagnostics.push(unknown_name(&place, "step", id, known));
        return None;
    }
    Some(words.join(" "))
}

pub(super) fn known_words() -> impl Iterator<Item = &'static str> {
    WORDS.iter().map(|(word, _)| *word)
}

fn wrong_part(date: &str, time: &str, what: &str, rest: &[&str]) -> Option<String> {
    if date.parse::<Date>().is_err() || date.len() != 10 {
        return Some(format!("`{date}` is not a date such as 2026-03-18"));
    }
    let clock = |(hour, minute): (&str, &str)| hour.len() == 2 && minute.len() == 2 && hour < "24" && minute < "60";
    let digits = time.bytes().all(|byte| byte.is_ascii_digit() || byte == b':');
    if !digits || !time.split_once(':').is_some_and(clock) {
        return Some(format!("`{time}` is not a time such as 09:00"));
    }
    let Some((_, needs_id)) = WORDS.iter().find(|(word, _)| *word == what) else {
        let near = nearest(what, known_words());
        let meant = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        return Some(format!("`{what}` is nothing that happens{meant}"));
    };
    let is_id = |word: &&str| !word.starts_with("->") && !word.starts_with('(');
    let mut rest = rest.iter().peekable();
    if rest.next_if(|word| is_id(word)).is_none() && *needs_id {
        return Some(format!("`{what}` needs the id of a step behind it"));
    }
    if rest.next_if(|word| **word == "->").is_some() && rest.next_if(|word| is_id(word)).is_none() {
        return Some("a recipient is missing behind `->`".to_owned());
    }
    let reason = |word: &str| word.starts_with('(') && word.ends_with(')') && word.len() > 2;
    rest.next_if(|word| reason(word));
    rest.next().map(|word| format!("`{word}` does not belong here: behind the id come `-> recipient` and `(reason)`"))
}
