//! Secrets in the book: it lives in git, where everybody who may read it may use them.

use std::ops::Range;

use super::Look;
use crate::book::source::Place;

pub(super) fn look(look: &Look) {
    for file in look.files.values() {
        for (at, what) in secrets(&file.text, sign(&file.name)) {
            let message = format!("this looks like {what}, and whoever reads the book could use it");
            let help = "withdraw it where it was issued, and keep the next one in playcaller.toml as { env = \"…\" }";
            look.say("secret-in-book", &Place::new(file, at), message, help);
        }
    }
}

/// What stands between a key and its value in a file; none in prose.
fn sign(file: &str) -> Option<char> {
    match file.rsplit_once('.') {
        Some((_, "toml")) => Some('='),
        Some((_, "json")) => Some(':'),
        _ => None,
    }
}

/// How secrets of well-known services begin, what may follow and how much of it at least. The prefixes are documented
/// by their issuers (Slack, GitHub, AWS, Stripe, Standard Webhooks) so that scanners find them.
const SHAPES: [(&str, usize, &str); 13] = [
    ("https://hooks.slack.com/services/", 20, "the address of a Slack webhook"),
    ("https://hooks.slack.com/workflows/", 20, "the address of a Slack workflow"),
    (".webhook.office.com/webhookb2/", 20, "the address of a Teams webhook"),
    ("xoxb-", 10, "a Slack token"),
    ("xoxp-", 10, "a Slack token"),
    ("xapp-", 10, "a Slack token"),
    ("AKIA", 16, "an AWS access key"),
    ("ghp_", 36, "a GitHub token"),
    ("github_pat_", 22, "a GitHub token"),
    ("sk_live_", 16, "a Stripe key"),
    ("whsec_", 24, "the secret of a webhook"),
    ("SG.", 40, "a SendGrid key"),
    ("-----BEGIN ", 0, "a private key"),
];

/// Keys whose value is a secret whatever it looks like.
const SECRET_KEYS: [&str; 7] = ["password", "passwd", "secret", "token", "api_key", "apikey", "access_token"];

fn secrets(text: &str, sign: Option<char>) -> Vec<(Range<usize>, &'static str)> {
    let mut found: Vec<(Range<usize>, &'static str)> = Vec::new();
    let mut start = 0;
    // Most texts hold none of the prefixes; looking for them once spares doing so line by line.
    let shapes: Vec<_> = SHAPES.iter().filter(|(prefix, ..)| text.contains(prefix)).collect();
    for line in text.split_inclusive('\n') {
        let by_shape = shapes.iter().find_map(|shape| shaped(line, shape));
        let secret = by_shape.or_else(|| keyed(line, sign?));
        found.extend(secret.map(|(at, what)| (start + at.start..start + at.end, what)));
        start += line.len();
    }
    found
}

fn shaped(line: &str, (prefix, least, what): &(&str, usize, &'static str)) -> Option<(Range<usize>, &'static str)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-_./@=+".contains(c);
    line.match_indices(prefix).find_map(|(at, _)| {
        let rest = &line[at + prefix.len()..];
        let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let begins = prefix.starts_with('.') || !line[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
        let fits = match *prefix {
            "-----BEGIN " => line.contains("PRIVATE KEY-----"),
            "AKIA" => rest[..length].chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()),
            _ => true,
        };
        (begins && fits && length >= *least).then(|| (at..at + prefix.len() + length, *what))
    })
}

/// `password = "…"` or `"password": "…"`, at the beginning of a line; a token of a template is no secret.
fn keyed(line: &str, sign: char) -> Option<(Range<usize>, &'static str)> {
    let (key, value) = line.split_once(sign)?;
    let written = value.trim();
    let quote = written.chars().next().filter(|c| ['"', '\''].contains(c))?;
    let content = written[1..].split(quote).next().unwrap_or_default();
    let is_secret = SECRET_KEYS.contains(&key.trim().trim_matches('"').to_lowercase().as_str())
        && !content.is_empty()
        && !content.starts_with("{{");
    let at = line.find(written)? + 1;
    is_secret.then(|| (at..at + content.len(), "a password or token"))
}
