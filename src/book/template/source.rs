//! A template file taken apart: front matter between `+++` lines, and the body.

use std::sync::Arc;

use crate::book::diagnostic::Diagnostics;
use crate::book::keys::FRONT_MATTER;
use crate::book::read::Table;
use crate::book::source::SourceFile;

use super::{Format, Part};

/// The texts of a template file.
pub(super) struct Source {
    pub format: Format,
    pub class: Option<String>,
    /// Subject and preheader if there are any, and the body.
    pub pieces: Vec<Piece>,
    /// The file's line on which the body starts, from 1.
    pub body_line: usize,
}

/// One text of the file.
pub(super) struct Piece {
    pub part: Part,
    pub text: String,
    /// Where it starts, in bytes of the file.
    pub start: usize,
}

const FENCE: &str = "+++";

/// Takes a file apart and reports what is wrong with its front matter.
pub(super) fn read(file: &Arc<SourceFile>, diagnostics: &Diagnostics) -> Source {
    let (front, body_start) = split(&file.text);
    let mut source = Source {
        format: if file.name.ends_with(".json") { Format::Json } else { Format::Markdown },
        class: None,
        pieces: Vec::new(),
        body_line: file.position(body_start).0,
    };
    if let Some(front) = front {
        // Blanks instead of the rest: every place in the front matter is a place in the file.
        let blank = |text: &str| text.replace(|c: char| c != '\n', " ");
        let before = blank(&file.text[..front.start]);
        let front_file = SourceFile::new(&file.name, format!("{before}{}", &file.text[front]));
        let mut table = Table::of_file(&front_file, &FRONT_MATTER, diagnostics);
        table.call("the front matter");
        for (key, part) in [("subject", Part::Subject), ("preheader", Part::Preheader)] {
            if let Some(text) = table.get(key).text() {
                if text.trim().is_empty() {
                    let message = format!("the {key} is empty");
                    let wrong = table.place_of(key).error("no-subject", message);
                    table.report(wrong.help(format!("write what stands there, or take `{key}` out")));
                    continue;
                }
                source.pieces.push(Piece { part, text, start: table.place_of(key).span.start });
            }
        }
        source.class = table.get("class").text();
        table.finish();
    }
    source.pieces.push(Piece { part: Part::Body, text: file.text[body_start..].to_owned(), start: body_start });
    source
}

/// The front matter's bytes, if the file opens with it, and where the body starts.
pub(super) fn split(text: &str) -> (Option<std::ops::Range<usize>>, usize) {
    let mut lines = text.split_inclusive('\n');
    let Some(first) = lines.next().filter(|line| line.trim_end() == FENCE) else { return (None, 0) };
    let mut at = first.len();
    for line in lines {
        if line.trim_end() == FENCE {
            return (Some(first.len()..at), at + line.len());
        }
        at += line.len();
    }
    (None, 0)
}
