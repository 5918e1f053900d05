//! `# allow(rule) until=2026-12-31 reason="…"`: a comment that silences a rule for one place, or for a file.
//!
//! Warnings and notes can be allowed, and the errors of house rules; a mistake in the language cannot. On a line of
//! its own the comment speaks of the key or header below, at the end of a line of that one, and above everything
//! else of the whole file.

use std::ops::Range;
use std::sync::Arc;

use super::cause::{Files, toml_part};
use super::statement::Outline;
use super::{Diagnostic, Edit, Severity};
use crate::book::lint::RULES;
use crate::book::read::unknown_name;
use crate::book::source::{Place, SourceFile};
use crate::time::Date;

/// The rules outside of the lints that only warn.
const WARNINGS: [&str; 6] = ["toml-1-1", "date-as-text", "band-gap", "unknown-feed", "no-effect", "ics-rule"];

/// A comment that silences rules, and what it silenced.
#[derive(Clone, Debug)]
pub struct Allow {
    /// The comment.
    place: Place,
    rules: Vec<Rule>,
    /// The last day on which it holds.
    until: Option<Date>,
    /// Bytes of the file in which it holds; none for the whole file.
    within: Option<Range<usize>>,
    silenced: Vec<Diagnostic>,
}

/// A rule by name, with the bytes of the file where the name stands.
#[derive(Clone, Debug)]
struct Rule {
    name: String,
    at: Range<usize>,
}

/// Takes out what comments silence, and adds what is wrong with the comments themselves.
///
/// Whether an allow has expired is asked later, by [`expire`]: a book that is right today must load tomorrow.
pub fn apply(found: Vec<Diagnostic>, files: &Files) -> (Vec<Diagnostic>, Vec<Allow>) {
    let mut wrong = Vec::new();
    let mut allows: Vec<Allow> = files.values().flat_map(|file| read(file, &mut wrong)).collect();
    if allows.is_empty() && wrong.is_empty() {
        return (found, allows);
    }
    let mut kept = Vec::new();
    for own in found {
        match allows.iter_mut().find(|allow| allow.silences(&own)) {
            Some(allow) => allow.silenced.push(own),
            None => kept.push(own),
        }
    }
    for allow in &allows {
        wrong.extend(allow.unknown_rules(&kept));
    }
    // A book with errors is not looked at whole: what seems unused now may be needed once they are gone.
    if kept.iter().chain(&wrong).all(|own| own.severity != Severity::Error) {
        wrong.extend(allows.iter().filter_map(Allow::unused));
    }
    kept.extend(wrong);
    (kept, allows)
}

/// What the allows say that have expired on that day: each of them, and everything it silenced.
pub fn expire(allows: &[Allow], today: Date) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for allow in allows {
        let Some(until) = allow.until.filter(|until| *until < today) else { continue };
        let message = format!("this allow ended on {until}");
        let help = "mend what it silenced, or give it a later date and a reason that still holds";
        found.push(allow.place.error("expired-allow", message).help(help));
        found.extend(allow.silenced.iter().cloned());
    }
    found
}

/// All rules that may be allowed.
fn known() -> impl Iterator<Item = &'static str> {
    WARNINGS.into_iter().chain(RULES.iter().map(|rule| rule.code))
}

impl Allow {
    fn silences(&self, own: &Diagnostic) -> bool {
        let within = self.within.as_ref().is_none_or(|within| {
            within.contains(&own.span.start) || (own.span.start < within.start && within.start < own.span.end)
        });
        own.file == self.place.file.name
            && within
            && is_rule(own)
            && self.rules.iter().any(|rule| rule.name == own.code)
    }

    /// The names that are no rule; one that is a mistake of the language is told so.
    fn unknown_rules(&self, kept: &[Diagnostic]) -> Vec<Diagnostic> {
        let unknown = self.rules.iter().filter(|rule| !known().any(|known| known == rule.name));
        let told = unknown.map(|rule| {
            let place = Place::new(&self.place.file, rule.at.clone());
            let is_mistake = kept.iter().any(|own| own.code == rule.name && own.file == place.file.name);
            if is_mistake {
                let message = format!("`{}` is a mistake in the file, not a rule that can be allowed", rule.name);
                return place.error("unknown-rule", message).help("correct it, and take this comment out");
            }
            Diagnostic { code: "unknown-rule", ..unknown_name(&place, "rule", &rule.name, known()) }
        });
        told.collect()
    }

    /// The warning for rules that silence nothing; its fix takes them out.
    fn unused(&self) -> Option<Diagnostic> {
        let used = |rule: &&Rule| self.silenced.iter().any(|own| own.code == rule.name);
        let (used, unused): (Vec<&Rule>, Vec<&Rule>) = self.rules.iter().partition(used);
        let (first, last) = (unused.first()?, self.rules.last()?);
        let names: Vec<String> = unused.iter().map(|rule| format!("`{}`", rule.name)).collect();
        let message = format!("there is no {} here any more to allow", names.join(" or "));
        let (text, span) = (&self.place.file.text, self.place.span.clone());
        let edit = if used.is_empty() {
            Edit { span: with_line(text, span), replacement: String::new() }
        } else {
            let names: Vec<&str> = used.iter().map(|rule| rule.name.as_str()).collect();
            Edit { span: self.rules[0].at.start..last.at.end, replacement: names.join(", ") }
        };
        let place = Place::new(&self.place.file, first.at.clone());
        Some(place.warning("unused-allow", message).help("take it out").edits(vec![edit]))
    }
}

/// Whether it is a rule's, and no mistake in the language.
fn is_rule(own: &Diagnostic) -> bool {
    own.severity != Severity::Error || RULES.iter().any(|rule| rule.code == own.code)
}

/// The comment with its line when it stands alone, else with the blanks before it.
fn with_line(text: &str, span: Range<usize>) -> Range<usize> {
    let before = text[..span.start].trim_end_matches([' ', '\t']);
    if !before.is_empty() && !before.ends_with('\n') {
        return before.len()..span.end;
    }
    let rest = &text[span.end..];
    before.len()..span.end + rest.find('\n').map_or(rest.len(), |newline| newline + 1)
}

/// The allows of a file; what is wrong with how they are written goes to `wrong`.
fn read(file: &Arc<SourceFile>, wrong: &mut Vec<Diagnostic>) -> Vec<Allow> {
    if !file.text.contains("allow(") {
        return Vec::new();
    }
    let Some(part) = toml_part(file) else { return Vec::new() };
    let outline = Outline::of(&file.text, part);
    let spans = outline.comments.iter().filter(|span| content(&file.text, span).1.starts_with("allow("));
    spans.filter_map(|span| comment(file, &outline, span.clone(), wrong)).collect()
}

/// Where what is written behind the `#` starts, and it.
fn content<'t>(text: &'t str, span: &Range<usize>) -> (usize, &'t str) {
    let written = &text[span.clone()];
    let inner = written.trim_start_matches('#').trim_start();
    (span.start + written.len() - inner.len(), inner)
}

fn comment(
    file: &Arc<SourceFile>,
    outline: &Outline,
    span: Range<usize>,
    wrong: &mut Vec<Diagnostic>,
) -> Option<Allow> {
    let place = Place::new(file, span.clone());
    let (start, inner) = content(&file.text, &span);
    let Some((names, rest)) = inner.strip_prefix("allow(").and_then(|inner| inner.split_once(')')) else {
        wrong.push(place.error("bad-allow", "this allow has no `)`").help(HOW));
        return None;
    };
    let rules = rules(names, start + "allow(".len());
    let (until, reason) = match conditions(rest) {
        Ok(conditions) => conditions,
        Err(message) => {
            wrong.push(place.error("bad-allow", message).help(HOW));
            return None;
        }
    };
    if rules.is_empty() {
        wrong.push(place.error("bad-allow", "this allow names no rule").help(HOW));
        return None;
    }
    if reason.is_none_or(|reason| reason.trim().is_empty()) {
        wrong.push(place.error("allow-without-reason", "this allow does not say why").help("add reason=\"…\""));
    }
    Some(Allow { within: within(outline, &file.text, &span), place, rules, until, silenced: Vec::new() })
}

const HOW: &str = "write it as # allow(rule) until=2026-12-31 reason=\"…\"";

fn rules(names: &str, start: usize) -> Vec<Rule> {
    let mut at = start;
    let mut rules = Vec::new();
    for piece in names.split(',') {
        let name = piece.trim();
        let begin = at + piece.len() - piece.trim_start().len();
        at += piece.len() + 1;
        if !name.is_empty() {
            rules.push(Rule { name: name.to_owned(), at: begin..begin + name.len() });
        }
    }
    rules
}

/// `until=…` and `reason="…"`, in any order.
fn conditions(mut rest: &str) -> Result<(Option<Date>, Option<&str>), String> {
    let (mut until, mut reason) = (None, None);
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return Ok((until, reason));
        }
        if let Some(date) = rest.strip_prefix("until=") {
            let end = date.find(char::is_whitespace).unwrap_or(date.len());
            let written = date[..end].trim_matches('"');
            until = Some(written.parse().map_err(|_| format!("`{written}` is not a date such as 2026-12-31"))?);
            rest = &date[end..];
        } else if let Some(text) = rest.strip_prefix("reason=\"") {
            let (text, after) = text.split_once('"').ok_or("the reason has no closing `\"`")?;
            reason = Some(text);
            rest = after;
        } else {
            let word = rest.split_whitespace().next().unwrap_or_default();
            return Err(format!("`{word}` has no meaning in an allow"));
        }
    }
}

/// The bytes the comment speaks of; none for the whole file, which a comment above every key speaks of.
fn within(outline: &Outline, text: &str, comment: &Range<usize>) -> Option<Range<usize>> {
    let before = &outline.statements[outline.at(comment.start)?];
    let line_start = text[..comment.start].rfind('\n').map_or(0, |newline| newline + 1);
    if before.span.end > line_start {
        return Some(before.span.clone());
    }
    let end = text.len();
    Some(outline.after(comment.end).map_or(end..end, |statement| statement.span.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The file's warnings about TOML 1.1 after its allows were heeded, as `line code`, and what has expired in 2027.
    fn heeded(text: &str) -> (Vec<String>, Vec<&'static str>) {
        let file = SourceFile::new("people.toml", text.to_owned());
        let times = text.match_indices("09:00").map(|(at, time)| {
            Place::new(&file, at..at + time.len()).warning("toml-1-1", "a time without seconds is TOML 1.1")
        });
        let found = times.collect();
        let (kept, allows) = apply(found, &[(file.name.clone(), file.clone())].into());
        let expired = expire(&allows, Date::constant(2027, 1, 1)).iter().map(|own| own.code).collect();
        (kept.iter().map(|own| format!("{} {}", own.line, own.code)).collect(), expired)
    }

    const WHY: &str = "reason=\"our editor can\"";

    #[test]
    fn a_comment_silences_the_key_below_or_beside_it_or_the_whole_file() {
        let (kept, _) = heeded(&format!("x = 1\n# allow(toml-1-1) {WHY}\na = 09:00\nb = 09:00\n"));
        assert_eq!(kept, ["4 toml-1-1"]);
        let (kept, _) = heeded(&format!("x = 1\na = 09:00 # allow(toml-1-1) {WHY}\nb = 09:00\n"));
        assert_eq!(kept, ["3 toml-1-1"]);
        let (kept, _) = heeded(&format!("# allow(toml-1-1) {WHY}\na = 09:00\nb = 09:00\n"));
        assert_eq!(kept, Vec::<String>::new());
        let (kept, _) = heeded(&format!("x = 1\n# allow(toml-1-1) {WHY}\na = [\n  09:00,\n  09:00,\n]\n"));
        assert_eq!(kept, Vec::<String>::new());
    }

    #[test]
    fn a_text_that_looks_like_a_comment_silences_nothing() {
        let (kept, _) = heeded(&format!("x = '''\n# allow(toml-1-1) {WHY}\n'''\na = 09:00\n"));
        assert_eq!(kept, ["4 toml-1-1"]);
    }

    #[test]
    fn an_allow_needs_a_reason_a_rule_that_exists_and_something_to_silence() {
        assert_eq!(heeded("x = 1\n# allow(toml-1-1)\na = 09:00\n").0, ["2 allow-without-reason"]);
        assert_eq!(heeded(&format!("x = 1\n# allow(toml-11) {WHY}\na = 1\n")).0, ["2 unknown-rule"]);
        assert_eq!(heeded(&format!("x = 1\n# allow(toml-1-1) {WHY}\na = 1\n")).0, ["2 unused-allow"]);
        assert_eq!(heeded(&format!("x = 1\n# allow(toml-1-1) till=1 {WHY}\na = 1\n")).0, ["2 bad-allow"]);
        assert_eq!(heeded(&format!("x = 1\n# allow(toml-1-1) until=tomorrow {WHY}\na = 1\n")).0, ["2 bad-allow"]);
    }

    #[test]
    fn an_allow_past_its_day_is_an_error_and_what_it_silenced_is_back() {
        let until = |date: &str| heeded(&format!("x = 1\n# allow(toml-1-1) until={date} {WHY}\na = 09:00\n"));
        assert_eq!(until("2026-12-31"), (vec![], vec!["expired-allow", "toml-1-1"]));
        assert_eq!(until("2027-01-01"), (vec![], vec![]));
    }
}
