//! Markdown as a small tree that the writers share.

use std::iter::Peekable;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use url::Url;

/// Deeper quotes and lists are shown at this depth.
const DEEPEST: usize = 16;

#[derive(Debug)]
pub(super) enum Block {
    Heading {
        level: u8,
        runs: Vec<Run>,
    },
    Paragraph(Vec<Run>),
    /// `start` is the first number of an ordered list.
    List {
        start: Option<u64>,
        items: Vec<Vec<Block>>,
    },
    Quote(Vec<Block>),
    Code(String),
    /// Rows of cells; the first row is the head.
    Table(Vec<Vec<Vec<Run>>>),
    Rule,
}

/// Text in one style; a line break that the author asked for is `\n`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Run {
    pub(super) text: String,
    pub(super) style: Style,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Style {
    pub(super) bold: bool,
    pub(super) italic: bool,
    pub(super) struck: bool,
    pub(super) code: bool,
    /// A web or mail address, safe to stand between quotes or angle brackets.
    pub(super) link: Option<String>,
}

/// Reads Markdown: CommonMark with tables and strikethrough.
pub(super) fn parse(markdown: &str) -> Vec<Block> {
    let mut depth = 0;
    let parser = Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH);
    let shallow = parser.filter(move |event| keep(event, &mut depth));
    blocks(&mut shallow.peekable())
}

/// Drops the containers below the deepest level, so that no text can exhaust the stack.
fn keep(event: &Event, depth: &mut usize) -> bool {
    match event {
        Event::Start(Tag::BlockQuote(_) | Tag::List(_) | Tag::Item) => {
            *depth += 1;
            *depth <= DEEPEST
        }
        Event::End(TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item) => {
            *depth -= 1;
            *depth < DEEPEST
        }
        _ => true,
    }
}

/// Reads blocks up to the end of what contains them.
fn blocks<'a>(events: &mut Peekable<impl Iterator<Item = Event<'a>>>) -> Vec<Block> {
    let mut blocks = Vec::new();
    while let Some(event) = events.peek() {
        if is_inline(event) {
            // A tight list holds its text without a paragraph.
            blocks.push(Block::Paragraph(runs(events)));
            continue;
        }
        match events.next() {
            Some(Event::Start(tag)) => blocks.push(block(tag, events)),
            Some(Event::Rule) => blocks.push(Block::Rule),
            Some(Event::End(_)) | None => break,
            Some(_) => {}
        }
    }
    blocks
}

fn block<'a>(tag: Tag<'a>, events: &mut Peekable<impl Iterator<Item = Event<'a>>>) -> Block {
    match tag {
        Tag::Heading { level, .. } => Block::Heading { level: level as u8, runs: closed_runs(events) },
        Tag::List(start) => Block::List { start, items: children(events, blocks) },
        Tag::BlockQuote(_) => Block::Quote(blocks(events)),
        Tag::CodeBlock(_) => Block::Code(closed_runs(events).into_iter().map(|run| run.text).collect()),
        Tag::Table(_) => Block::Table(children(events, |row| children(row, closed_runs))),
        _ => Block::Paragraph(closed_runs(events)),
    }
}

/// Reads each child with `read`, which also reads the child's end, and then the end of the parent.
fn children<'a, E: Iterator<Item = Event<'a>>, T>(
    events: &mut Peekable<E>,
    read: impl Fn(&mut Peekable<E>) -> T,
) -> Vec<T> {
    let mut children = Vec::new();
    while let Some(Event::Start(_)) = events.next() {
        children.push(read(events));
    }
    children
}

/// Reads the runs of a block and its end.
fn closed_runs<'a>(events: &mut Peekable<impl Iterator<Item = Event<'a>>>) -> Vec<Run> {
    let runs = runs(events);
    events.next();
    runs
}

fn is_inline(event: &Event) -> bool {
    match event {
        Event::Start(tag) => is_span(&tag.to_end()),
        Event::End(tag) => is_span(tag),
        Event::Rule => false,
        _ => true,
    }
}

fn is_span(tag: &TagEnd) -> bool {
    matches!(tag, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image)
}

/// Reads text up to the next event that is not part of it.
fn runs<'a>(events: &mut Peekable<impl Iterator<Item = Event<'a>>>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut styles = vec![Style::default()];
    while let Some(event) = events.next_if(is_inline) {
        let style = styles.last().cloned().unwrap_or_default();
        match event {
            Event::Start(tag) => styles.push(styled(style, tag)),
            Event::End(_) => {
                styles.pop();
            }
            Event::SoftBreak => add(&mut runs, " ", style),
            Event::HardBreak => add(&mut runs, "\n", style),
            Event::Code(text) => add(&mut runs, &text, Style { code: true, ..style }),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => add(&mut runs, &text, style),
            _ => {}
        }
    }
    runs
}

fn styled(style: Style, tag: Tag) -> Style {
    match tag {
        Tag::Emphasis => Style { italic: true, ..style },
        Tag::Strong => Style { bold: true, ..style },
        Tag::Strikethrough => Style { struck: true, ..style },
        Tag::Link { dest_url, .. } => Style { link: safe_link(&dest_url), ..style },
        _ => style,
    }
}

fn add(runs: &mut Vec<Run>, text: &str, style: Style) {
    match runs.last_mut() {
        Some(last) if last.style == style => last.text.push_str(text),
        _ => runs.push(Run { text: text.to_owned(), style }),
    }
}

/// A link that a reader may follow: web or mail. The parsed form is used, so that nothing hides in the spelling.
fn safe_link(target: &str) -> Option<String> {
    let url = Url::parse(target).ok().filter(|url| matches!(url.scheme(), "https" | "http" | "mailto"))?;
    Some(url.as_str().replace('<', "%3C").replace('>', "%3E").replace('"', "%22").replace('|', "%7C"))
}
