//! Slack's mrkdwn, and the message that carries it.

use serde_json::{Value, json};

use super::blocks::Run;
use super::text::Dialect;

/// Markdown as Slack's mrkdwn. `<!channel>` and `<@U1>` in the text stay text.
pub fn slack(markdown: &str) -> String {
    let mrkdwn = Dialect { bullet: "• ", heading, spans, code: |text| format!("```\n{}\n```", escape_slack(text)) };
    mrkdwn.document(markdown)
}

/// The body for an incoming webhook: nobody is notified by name, no link is unfurled.
pub fn slack_payload(markdown: &str) -> Value {
    json!({
        "text": slack(markdown).trim_end(),
        "mrkdwn": true,
        "link_names": 0,
        "unfurl_links": false,
        "unfurl_media": false,
    })
}

/// The three characters that mean something to Slack in any text (docs.slack.dev, "Formatting message text").
pub fn escape_slack(value: &str) -> String {
    value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn heading(runs: &[Run]) -> String {
    let text: String = runs.iter().map(|run| escape_slack(&run.text)).collect();
    format!("*{text}*")
}

fn spans(runs: &[Run]) -> String {
    runs.iter().map(span).collect()
}

/// Slack reads a mark only next to a word, so spaces at the ends stay outside.
fn span(Run { text, style }: &Run) -> String {
    let word = text.trim();
    if word.is_empty() {
        return text.clone();
    }
    let mut marked = escape_slack(word);
    for (on, mark) in [(style.code, '`'), (style.struck, '~'), (style.italic, '_'), (style.bold, '*')] {
        if on {
            marked = format!("{mark}{marked}{mark}");
        }
    }
    if let Some(url) = &style.link {
        marked = format!("<{}|{marked}>", escape_slack(url));
    }
    let before = &text[..text.len() - text.trim_start().len()];
    let after = &text[text.trim_end().len()..];
    format!("{before}{marked}{after}")
}
