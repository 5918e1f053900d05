//! Plain text, as the second half of a mail shows it. Slack's dialect has the same layout with other marks.

use super::blocks::{Block, Run, Style, parse};

/// Markdown as readable plain text: links show their address, lists their dashes and numbers.
pub fn text(markdown: &str) -> String {
    let plain = Dialect { bullet: "- ", heading: spans, spans, code: |text| indented(text, "    ") };
    plain.document(markdown)
}

/// How the runs and the marks of a text dialect are written; the layout is the same.
pub(super) struct Dialect {
    pub(super) bullet: &'static str,
    pub(super) heading: fn(&[Run]) -> String,
    pub(super) spans: fn(&[Run]) -> String,
    pub(super) code: fn(&str) -> String,
}

impl Dialect {
    pub(super) fn document(&self, markdown: &str) -> String {
        format!("{}\n", self.blocks(&parse(markdown), "\n\n"))
    }

    fn blocks(&self, blocks: &[Block], between: &str) -> String {
        let blocks: Vec<String> = blocks.iter().map(|block| self.block(block)).collect();
        blocks.join(between)
    }

    fn block(&self, block: &Block) -> String {
        match block {
            Block::Heading { runs, .. } => (self.heading)(runs),
            Block::Paragraph(runs) => (self.spans)(runs).trim_end().to_owned(),
            Block::List { start, items } => self.list(*start, items),
            Block::Quote(blocks) => indented(&self.blocks(blocks, "\n\n"), "> "),
            Block::Code(text) => (self.code)(text.trim_end()),
            Block::Table(rows) => {
                let line =
                    |row: &Vec<Vec<Run>>| row.iter().map(|cell| (self.spans)(cell)).collect::<Vec<_>>().join(" | ");
                rows.iter().map(line).collect::<Vec<_>>().join("\n")
            }
            Block::Rule => "----".to_owned(),
        }
    }

    fn list(&self, start: Option<u64>, items: &[Vec<Block>]) -> String {
        let mut lines = Vec::new();
        for (number, item) in (start.unwrap_or(1)..).zip(items) {
            let mark = start.map_or(self.bullet.to_owned(), |_| format!("{number}. "));
            let hanging = " ".repeat(mark.chars().count());
            let body = indented(&self.blocks(item, "\n"), &hanging);
            lines.push(format!("{mark}{}", body.trim_start()));
        }
        lines.join("\n")
    }
}

fn indented(text: &str, indent: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("{indent}{line}").trim_end().to_owned()).collect();
    lines.join("\n")
}

fn spans(runs: &[Run]) -> String {
    runs.iter().map(span).collect()
}

fn span(Run { text, style: Style { link, .. } }: &Run) -> String {
    match link {
        Some(url) if url != text && url.strip_prefix("mailto:") != Some(text) => format!("{text} ({url})"),
        _ => text.clone(),
    }
}
