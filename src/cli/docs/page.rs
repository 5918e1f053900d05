//! A Markdown page in parts, so that one of them can be printed alone.

use crate::condition::nearest;

/// The page, part after part.
pub(super) struct Page {
    pub parts: Vec<Part>,
}

/// A heading with what stands below it.
pub(super) struct Part {
    /// 1 for the title of the page.
    pub level: usize,
    pub title: String,
    /// Words by which people ask for it.
    pub topics: Vec<String>,
    pub body: String,
}

impl Page {
    /// The parts on a topic, with those below them.
    pub fn about(&self, topic: &str) -> Vec<&Part> {
        let wanted = topic.trim_matches(|c| "[]`".contains(c));
        let mut found = Vec::new();
        let mut inside = None;
        for part in &self.parts {
            inside = inside.filter(|level| part.level > *level);
            if inside.is_none() && part.topics.iter().any(|own| own == wanted) {
                inside = Some(part.level);
            }
            found.extend(inside.map(|_| part));
        }
        found
    }

    /// The topic that looks most like this one.
    pub fn nearest(&self, topic: &str) -> Option<String> {
        let topics = self.parts.iter().flat_map(|part| &part.topics);
        nearest(topic, topics.map(String::as_str)).map(str::to_owned)
    }
}

/// The parts as one Markdown text.
pub(super) fn text(parts: &[&Part]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(&format!("{} {}\n\n", "#".repeat(part.level), part.title));
        if !part.body.is_empty() {
            text.push_str(&format!("{}\n\n", part.body.trim_end()));
        }
    }
    format!("{}\n", text.trim_end())
}

/// A Markdown table whose columns stand below each other; the last one may be as long as it likes.
pub(super) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let cell = |text: &str| text.replace('|', "\\|");
    let last = head.len() - 1;
    let width = |column: usize| {
        let cells = rows.iter().map(|row| cell(&row[column]).chars().count());
        cells.chain([head[column].chars().count()]).max().unwrap_or_default()
    };
    let line = |cells: Vec<String>| {
        let padded = cells.iter().enumerate().map(|(column, text)| match column == last {
            true => text.clone(),
            false => format!("{text:<0$}", width(column)),
        });
        format!("| {} |\n", padded.collect::<Vec<_>>().join(" | "))
    };
    let rule = (0..head.len()).map(|column| "-".repeat(if column == last { 3 } else { width(column) }));
    let body = rows.iter().map(|row| line(row.iter().map(|text| cell(text)).collect()));
    let head = line(head.iter().map(|text| (*text).to_owned()).collect());
    [head, line(rule.collect())].into_iter().chain(body).collect()
}

/// A block of code.
pub(super) fn code(language: &str, text: &str) -> String {
    format!("```{language}\n{}\n```\n", text.trim_end())
}

/// A word as code.
pub(super) fn quoted(text: &str) -> String {
    format!("`{text}`")
}
