//! An Adaptive Card for Teams. Text runs are used throughout because Teams reads Markdown in text blocks and
//! takes text runs as they are.

use serde_json::{Value, json};

use super::blocks::{Block, Run, Style, parse};

/// The body for a Teams webhook: one message with one Adaptive Card (version 1.4).
pub fn teams_payload(markdown: &str) -> Value {
    let mut body = Vec::new();
    for block in parse(markdown) {
        write(&mut body, &block, "");
    }
    teams_message(json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    }))
}

/// The message that carries one Adaptive Card, as an incoming webhook takes it.
pub fn teams_message(card: Value) -> Value {
    json!({
        "type": "message",
        "attachments": [{ "contentType": "application/vnd.microsoft.card.adaptive", "content": card }],
    })
}

/// `mark` stands before the first line: the bullet of a list with its indentation.
fn write(body: &mut Vec<Value>, block: &Block, mark: &str) {
    match block {
        Block::Heading { runs, .. } => {
            let bold = |run: &Run| Run { text: run.text.clone(), style: Style { bold: true, ..run.style.clone() } };
            body.push(line(mark, &runs.iter().map(bold).collect::<Vec<_>>()));
        }
        Block::Paragraph(runs) => body.push(line(mark, runs)),
        Block::List { start, items } => list(body, *start, items, mark),
        Block::Quote(blocks) => blocks.iter().for_each(|block| write(body, block, &format!("{mark}│ "))),
        Block::Code(text) => {
            let style = Style { code: true, ..Style::default() };
            body.push(line(mark, &[Run { text: text.trim_end().to_owned(), style }]));
        }
        Block::Table(rows) => rows.iter().for_each(|row| body.push(line(mark, &row.join(separator().as_slice())))),
        Block::Rule => body.push(line("", &[Run { text: "────".to_owned(), style: Style::default() }])),
    }
}

fn list(body: &mut Vec<Value>, start: Option<u64>, items: &[Vec<Block>], mark: &str) {
    let indent = " ".repeat(mark.chars().count() * 2);
    for (number, item) in (start.unwrap_or(1)..).zip(items) {
        let own = start.map_or("• ".to_owned(), |_| format!("{number}. "));
        for (at, block) in item.iter().enumerate() {
            let shown = if at == 0 { format!("{indent}{own}") } else { format!("{indent}  ") };
            write(body, block, &shown);
        }
    }
}

fn separator() -> Vec<Run> {
    vec![Run { text: " | ".to_owned(), style: Style::default() }]
}

fn line(mark: &str, runs: &[Run]) -> Value {
    let mut inlines = Vec::new();
    if !mark.is_empty() {
        inlines.push(json!({ "type": "TextRun", "text": mark }));
    }
    inlines.extend(runs.iter().map(inline));
    json!({ "type": "RichTextBlock", "inlines": inlines })
}

fn inline(Run { text, style }: &Run) -> Value {
    let mut run = json!({ "type": "TextRun", "text": text });
    if style.bold {
        run["weight"] = json!("Bolder");
    }
    if style.italic {
        run["italic"] = json!(true);
    }
    if style.struck {
        run["strikethrough"] = json!(true);
    }
    if style.code {
        run["fontType"] = json!("Monospace");
    }
    if let Some(url) = &style.link {
        run["selectAction"] = json!({ "type": "Action.OpenUrl", "url": url });
    }
    run
}
