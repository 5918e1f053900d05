//! Where the tokens of a template land: found in its text when it is loaded, so that an author never has to say it.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};

use super::compared::{by_name, known};
use super::escape::Landing;

/// Stands for a token while the text around it is read; private use, and a template that holds it itself is only
/// read a little too carefully.
const TOKEN: char = '\u{E000}';

/// The text as it is compiled: behind each token the filter of its place if it needs one, behind what is compared the
/// one that asks for a value.
///
/// `name` is the template's file: it ends in `.md`, `.json`, `.slack.json` or `.teams.json`. A text of another name has no
/// such places.
pub(super) fn mark(name: &str, text: &str) -> String {
    let tags = tags(text);
    let tokens = |range: &&Range<usize>| text[(*range).clone()].starts_with("{{");
    let places: Vec<Option<Landing>> = match name.rsplit_once('.') {
        Some((_, "md")) => in_markdown(&without_tags(text, &tags)),
        Some((_, "json")) => in_json(name, &without_tags(text, &tags)),
        _ => Vec::new(),
    };
    let mut places = places.into_iter();
    let (mut marked, mut at) = (String::with_capacity(text.len()), 0);
    for tag in &tags {
        marked.push_str(&text[at..tag.start]);
        at = tag.end;
        let landing = Some(tag).filter(tokens).and_then(|_| places.next().flatten());
        marked.push_str(&filtered(&known(&by_name(&text[tag.clone()])), landing));
    }
    marked + &text[at..]
}

/// `{{ account.name }}` with the filter behind it.
fn filtered(tag: &str, landing: Option<Landing>) -> String {
    let inner = tag.strip_prefix("{{").and_then(|tag| tag.strip_suffix("}}"));
    match (landing, inner) {
        (Some(landing), Some(inner)) => {
            let (before, after) = (dash(inner.starts_with('-')), dash(inner.ends_with('-')));
            format!("{{{{{before} ({}) | {} {after}}}}}", inner.trim_matches('-'), landing.filter())
        }
        _ => tag.to_owned(),
    }
}

fn dash(there: bool) -> &'static str {
    if there { "-" } else { "" }
}

/// Everything between braces: tokens, conditions, comments.
fn tags(text: &str) -> Vec<Range<usize>> {
    let (mut tags, mut at) = (Vec::new(), 0);
    let opening = |at: usize| {
        let pairs = ["{{", "{%", "{#"].into_iter().zip(["}}", "%}", "#}"]);
        pairs.filter_map(|(open, close)| Some((at + text[at..].find(open)?, close))).min_by_key(|(start, _)| *start)
    };
    while let Some((start, close)) = opening(at) {
        let Some(end) = text[start..].find(close).map(|end| start + end + 2) else { break };
        tags.push(start..end);
        at = end;
    }
    tags
}

/// The text with one character for each token and nothing for the other tags.
fn without_tags(text: &str, tags: &[Range<usize>]) -> String {
    let (mut bare, mut at) = (String::with_capacity(text.len()), 0);
    for tag in tags {
        bare.push_str(&text[at..tag.start]);
        if text[tag.clone()].starts_with("{{") {
            bare.push(TOKEN);
        }
        at = tag.end;
    }
    bare + &text[at..]
}

fn in_markdown(bare: &str) -> Vec<Option<Landing>> {
    let code: Vec<Range<usize>> = Parser::new_ext(bare, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH)
        .into_offset_iter()
        .filter(|(event, _)| matches!(event, Event::Code(_) | Event::Start(Tag::CodeBlock(_))))
        .map(|(_, range)| range)
        .collect();
    let landing = |(at, _): (usize, &str)| match code.iter().any(|range| range.contains(&at)) {
        true => Some(Landing::Code),
        false => is_in_url(&bare[..at]).then_some(Landing::Url),
    };
    bare.match_indices(TOKEN).map(landing).collect()
}

fn in_json(name: &str, bare: &str) -> Vec<Option<Landing>> {
    let string = match () {
        () if name.ends_with(".slack.json") => Landing::SlackString,
        () if name.ends_with(".teams.json") => Landing::CardString,
        () => Landing::JsonString,
    };
    let (mut places, mut inside, mut escaped) = (Vec::new(), false, false);
    for (at, c) in bare.char_indices() {
        if c == TOKEN {
            let landing = if is_in_url(&bare[..at]) { Landing::Url } else { string };
            places.push(inside.then_some(landing));
        }
        inside ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
    }
    places
}

/// Whether what comes next continues a web address: one whose beginning is written out, or the target of a link that
/// has begun with a token.
fn is_in_url(before: &str) -> bool {
    let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | '|' | '"' | '\'' | '`');
    let word = before.rfind(ends).map_or(before, |at| &before[at + 1..]);
    let is_target = before.len() > word.len() && before[..before.len() - word.len()].ends_with("](");
    word.contains("://") || word.starts_with("mailto:") || (is_target && word.starts_with(TOKEN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_token_gets_the_filter_of_its_place() {
        for (name, text, expected) in [
            ("a.md", "Hi {{ x }}", "Hi {{ x }}"),
            ("a.md", "`{{ x }}` {{ y }}", "`{{ ( x ) | inside_code }}` {{ y }}"),
            ("a.md", "```\n{{- x -}}\n```\n", "```\n{{- ( x ) | inside_code -}}\n```\n"),
            ("a.md", "[a](https://us.example/?q={{ x }})", "[a](https://us.example/?q={{ ( x ) | inside_url }})"),
            ("a.md", "[a]({{ x }}/b?c={{ y }})", "[a]({{ x }}/b?c={{ ( y ) | inside_url }})"),
            (
                "a.md",
                "See http://us.example/{{ x }} and {{ y }}",
                "See http://us.example/{{ ( x ) | inside_url }} and {{ y }}",
            ),
            ("a.md", "{% if x %}`{% endif %}{{ x }}`", "{% if x %}`{% endif %}{{ ( x ) | inside_code }}`"),
            (
                "a.json",
                r#"{"a": "\"{{ x }}", "b": {{ y }}}"#,
                r#"{"a": "\"{{ ( x ) | inside_string }}", "b": {{ y }}}"#,
            ),
            ("a.slack.json", r#"{"text": "{{ x }}"}"#, r#"{"text": "{{ ( x ) | inside_slack_string }}"}"#),
            ("a.teams.json", r#"{"text": "{{ x }}"}"#, r#"{"text": "{{ ( x ) | inside_card_string }}"}"#),
            (
                "a.json",
                r#"{"u": "https://us.example/{{ x }}"}"#,
                r#"{"u": "https://us.example/{{ ( x ) | inside_url }}"}"#,
            ),
            ("renewal#call.title", "`{{ x }}`", "`{{ x }}`"),
        ] {
            assert_eq!(mark(name, text), expected, "{name}");
        }
    }
}
