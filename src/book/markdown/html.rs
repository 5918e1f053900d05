//! The body of a mail as HTML.

use super::blocks::{Block, Run, parse};

/// Markdown as HTML elements, without a document around them.
pub fn html(markdown: &str) -> String {
    let mut out = String::new();
    for block in parse(markdown) {
        write(&mut out, &block);
    }
    out
}

fn write(out: &mut String, block: &Block) {
    match block {
        Block::Heading { level, runs } => element(out, &format!("h{level}"), &spans(runs)),
        Block::Paragraph(runs) => element(out, "p", &spans(runs)),
        Block::List { start, items } => list(out, *start, items),
        Block::Quote(blocks) => {
            out.push_str("<blockquote>\n");
            blocks.iter().for_each(|block| write(out, block));
            out.push_str("</blockquote>\n");
        }
        Block::Code(text) => element(out, "pre", &format!("<code>{}</code>", escape(text))),
        Block::Table(rows) => table(out, rows),
        Block::Rule => out.push_str("<hr>\n"),
    }
}

fn element(out: &mut String, name: &str, content: &str) {
    out.push_str(&format!("<{name}>{content}</{name}>\n"));
}

fn list(out: &mut String, start: Option<u64>, items: &[Vec<Block>]) {
    let (open, close) = match start {
        Some(start) => (format!("<ol start=\"{start}\">\n"), "</ol>\n"),
        None => ("<ul>\n".to_owned(), "</ul>\n"),
    };
    out.push_str(&open);
    for item in items {
        out.push_str("<li>");
        match item.as_slice() {
            [Block::Paragraph(runs)] => out.push_str(&spans(runs)),
            [Block::Paragraph(runs), rest @ ..] => {
                out.push_str(&format!("{}\n", spans(runs)));
                rest.iter().for_each(|block| write(out, block));
            }
            blocks => blocks.iter().for_each(|block| write(out, block)),
        }
        out.push_str("</li>\n");
    }
    out.push_str(close);
}

fn table(out: &mut String, rows: &[Vec<Vec<Run>>]) {
    out.push_str("<table>\n");
    for (at, row) in rows.iter().enumerate() {
        let name = if at == 0 { "th" } else { "td" };
        let cells: String = row.iter().map(|cell| format!("<{name}>{}</{name}>", spans(cell))).collect();
        element(out, "tr", &cells);
    }
    out.push_str("</table>\n");
}

fn spans(runs: &[Run]) -> String {
    let mut out = String::new();
    for Run { text, style } in runs {
        let marks = [(style.bold, "strong"), (style.italic, "em"), (style.struck, "s"), (style.code, "code")];
        let marks = marks.into_iter().filter(|(on, _)| *on).map(|(_, name)| name);
        let inner =
            marks.rev().fold(escape(text).replace('\n', "<br>\n"), |inner, name| format!("<{name}>{inner}</{name}>"));
        out.push_str(&match &style.link {
            Some(url) => format!("<a href=\"{}\">{inner}</a>", escape(url)),
            None => inner,
        });
    }
    out
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
