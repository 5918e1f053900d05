//! `test --accept`: the expected lines of a file become what happened, and everything else in it stays as it is
//! written: order of keys, comments, the spacing of lines that still hold.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::Outcome;
use crate::book::folder;
use crate::book::source::SourceFile;

/// What a test that failed has seen.
pub struct Happened {
    /// Line of its `[[test]]` or of its row in `cases`, from 1.
    pub line: usize,
    /// The lines in their order, each with the place of the expected line that it is. None: lines are not compared.
    pub lines: Option<Vec<(String, Option<usize>)>>,
    /// The outcome where it is another than the expected one.
    pub outcome: Outcome,
}

/// Rewrites a test file of the book in that folder, with what happened as its expectation.
///
/// # Errors
/// The file cannot be read or written, or is no longer what was read.
pub fn accept_in(dir: &Path, file: &Arc<SourceFile>, happened: &[Happened]) -> io::Result<()> {
    // The mark that some editors begin a file with is not in the text, and stays in the file.
    let mark = if fs::read_to_string(dir.join(&*file.name))?.starts_with('\u{feff}') { "\u{feff}" } else { "" };
    let (was, text) = (format!("{mark}{}", file.text), format!("{mark}{}", accept(file, happened)));
    folder::replace(dir, &file.name, &was, &text)
}

/// The text of a test file with what happened as its expectation.
fn accept(file: &Arc<SourceFile>, happened: &[Happened]) -> String {
    let (tree, _) = DeTable::parse_recoverable(&file.text);
    let Some(DeValue::Array(tests)) = tree.get_ref().get("test").map(Spanned::get_ref) else {
        return file.text.clone();
    };
    let mut edits = Vec::new();
    for own in happened {
        for test in tests {
            edit(file, test, own, &mut edits);
        }
    }
    apply(&file.text, edits)
}

/// A stretch of the text and what stands there afterwards.
type Edit = (Range<usize>, String);

/// The edits of one test, or of the row of it that is meant.
fn edit(file: &SourceFile, test: &Spanned<DeValue<'_>>, own: &Happened, edits: &mut Vec<Edit>) {
    let line_of = |value: &Spanned<DeValue<'_>>| file.position(value.span().start).0;
    let DeValue::Table(table) = test.get_ref() else { return };
    let is_test = line_of(test) == own.line;
    let rows = table.get("cases").and_then(|rows| rows.get_ref().as_array());
    let row = rows.and_then(|rows| rows.iter().find(|row| line_of(row) == own.line));
    let Some(row) = row.or(is_test.then_some(test)).and_then(|row| row.get_ref().as_table()) else { return };
    outcome(row, table, &own.outcome, edits);
    let Some(lines) = own.lines.as_ref().filter(|_| is_test) else { return };
    match table.get("expect").map(|list| (list.span(), list.get_ref())) {
        Some((span, DeValue::Array(list))) => array(&file.text, span, list, lines, edits),
        _ => {
            let start = table.get("start").map_or(test.span().end, |start| start.span().end);
            let at = line_end(&file.text, start);
            edits.push((at..at, format!("expect = {}\n", whole(lines, "  "))));
        }
    }
}

/// Values of the row, or where the row leaves them out, of its test.
fn outcome(row: &DeTable<'_>, test: &DeTable<'_>, outcome: &Outcome, edits: &mut Vec<Edit>) {
    let value = |key: &str| row.get(key).or_else(|| test.get(key));
    let mut replace = |found: Option<&Spanned<DeValue<'_>>>, text: String| {
        edits.extend(found.map(|found| (found.span(), text)));
    };
    if let Some(branch) = &outcome.branch {
        replace(value("branch"), format!("\"{branch}\""));
    }
    if let Some(reason) = &outcome.reason {
        replace(value("reason"), format!("\"{reason}\""));
    }
    for (word, count) in &outcome.counts {
        let counts = [row, test].into_iter().filter_map(|table| table.get("expect_count")?.get_ref().as_table());
        replace(counts.filter_map(|counts| counts.get(&**word)).next(), count.to_string());
    }
}

/// Lines that did not happen go, lines that were not expected come in behind the one before them.
fn array(text: &str, span: Range<usize>, list: &DeArray<'_>, lines: &[(String, Option<usize>)], edits: &mut Vec<Edit>) {
    let items: Vec<Range<usize>> = list.iter().map(Spanned::span).collect();
    let first = items.first().map_or("  ", |item| indent(text, item.start));
    let one_by_line = items.iter().all(|item| indent_start(text, item.start).is_some());
    if items.is_empty() || !one_by_line {
        return edits.push((span, whole(lines, "  ")));
    }
    let is_kept = |place: usize| lines.iter().any(|(_, kept)| *kept == Some(place));
    for (place, item) in items.iter().enumerate().filter(|(place, _)| !is_kept(*place)) {
        let start = indent_start(text, item.start).unwrap_or(item.start);
        edits.push((start..line_end(text, items[place].end), String::new()));
    }
    let mut behind = line_end(text, span.start);
    for (line, kept) in lines {
        match kept.and_then(|place| items.get(place)) {
            Some(item) => {
                if !text[item.end..].trim_start().starts_with(',') {
                    edits.push((item.end..item.end, ",".to_owned()));
                }
                behind = line_end(text, item.end);
            }
            None => edits.push((behind..behind, format!("{first}\"{line}\",\n"))),
        }
    }
}

/// A list of its own, a line each.
fn whole(lines: &[(String, Option<usize>)], indent: &str) -> String {
    if lines.is_empty() {
        return "[]".to_owned();
    }
    let lines: String = lines.iter().map(|(line, _)| format!("{indent}\"{line}\",\n")).collect();
    format!("[\n{lines}]")
}

/// The blanks before an item that stands first on its line.
fn indent(text: &str, at: usize) -> &str {
    indent_start(text, at).map_or("  ", |start| &text[start..at])
}

/// Where the line of an item begins, if nothing but blanks stands before it.
fn indent_start(text: &str, at: usize) -> Option<usize> {
    let start = text[..at].rfind('\n').map_or(0, |line| line + 1);
    text[start..at].trim().is_empty().then_some(start)
}

/// Behind the end of the line.
fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |line| at + line + 1)
}

/// The text after the edits, which do not overlap; several at one place come in their order.
fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|(span, _)| (span.start, span.end));
    let (mut new, mut done) = (String::with_capacity(text.len()), 0);
    for (span, replacement) in edits {
        if span.start < done {
            continue;
        }
        new.push_str(&text[done..span.start]);
        new.push_str(&replacement);
        done = span.end;
    }
    new + &text[done..]
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"[[test]]
name = "a"   # the first
start = 2026-03-01
expect = [
  # who comes in
  "2026-03-02 09:00  enroll",
  "2026-03-02 09:00  task    call   -> dana",   # aligned by hand
  "2026-03-09 09:00  email   gone"
]
[[test]]
name = "rows"
start = 2026-03-01
cases = [
  { arr = 1, reason = "enrolled" },  # small
  { arr = 2, expect_count = { email = 1 } },
]
[[test]]
name = "short"
start = 2026-03-01
expect = ["2026-03-02 09:00  enroll"]
"#;

    fn line(text: &str, kept: Option<usize>) -> (String, Option<usize>) {
        (text.to_owned(), kept)
    }

    #[test]
    fn what_happened_comes_in_its_place_and_everything_else_stays_as_it_is_written() {
        let file = SourceFile::new("a.test.toml", FILE.to_owned());
        let rows = |reason: Option<&str>, emails: Option<usize>| Outcome {
            reason: reason.map(Into::into),
            counts: emails.map(|count| ("email".into(), count)).into_iter().collect(),
            ..Outcome::default()
        };
        let happened = [
            Happened {
                line: 1,
                lines: Some(vec![
                    line("2026-03-02 09:00  enroll", Some(0)),
                    line("2026-03-02 09:00  skip  hello  (opted_out)", None),
                    line("2026-03-02 09:00  task  call  -> dana", Some(1)),
                    line("2026-03-05 09:00  goal  won", None),
                ]),
                outcome: Outcome::default(),
            },
            Happened { line: 14, lines: None, outcome: rows(Some("condition_false"), None) },
            Happened { line: 15, lines: None, outcome: rows(None, Some(3)) },
            Happened { line: 17, lines: Some(vec![line("2026-03-03 09:00  enroll", None)]), outcome: rows(None, None) },
        ];
        let expected = r#"[[test]]
name = "a"   # the first
start = 2026-03-01
expect = [
  # who comes in
  "2026-03-02 09:00  enroll",
  "2026-03-02 09:00  skip  hello  (opted_out)",
  "2026-03-02 09:00  task    call   -> dana",   # aligned by hand
  "2026-03-05 09:00  goal  won",
]
[[test]]
name = "rows"
start = 2026-03-01
cases = [
  { arr = 1, reason = "condition_false" },  # small
  { arr = 2, expect_count = { email = 3 } },
]
[[test]]
name = "short"
start = 2026-03-01
expect = [
  "2026-03-03 09:00  enroll",
]
"#;
        assert_eq!(accept(&file, &happened), expected);
    }

    #[test]
    fn a_test_without_lines_gets_them_behind_its_start() {
        let file = SourceFile::new("a.test.toml", "[[test]]\nname = \"a\"\nstart = 2026-03-01\n# more\n".to_owned());
        let lines = Some(vec![line("2026-03-02 09:00  enroll", None)]);
        let new = accept(&file, &[Happened { line: 1, lines, outcome: Outcome::default() }]);
        let expected =
            "[[test]]\nname = \"a\"\nstart = 2026-03-01\nexpect = [\n  \"2026-03-02 09:00  enroll\",\n]\n# more\n";
        assert_eq!(new, expected);
    }
}
