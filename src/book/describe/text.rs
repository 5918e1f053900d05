//! The texts of templates for who reads no templates: tokens in words.

/// `Welcome, {{ account.name | default("all") }}` is told as `Welcome, <account name, or "all">`; what only stands there
/// under a condition as `[if …]`.
pub(super) fn in_words(text: &str) -> String {
    let (mut told, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, mark, inside, after)) = next_token(rest) {
        told.push_str(before);
        told.push_str(&match mark {
            "{{" => token(inside),
            "{%" => statement(inside),
            _ => String::new(),
        });
        rest = after;
    }
    told + rest
}

/// The first line with something on it, without the marks of Markdown.
pub(super) fn first_line(text: &str) -> String {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    line.trim().trim_start_matches('#').replace("**", "").trim().to_owned()
}

/// What stands before the next token, how it opens, what is in it, and what comes behind it.
fn next_token(text: &str) -> Option<(&str, &str, &str, &str)> {
    let opens = ["{{", "{%", "{#"].into_iter().filter_map(|mark| Some((text.find(mark)?, mark)));
    let (at, mark) = opens.min()?;
    let close = match mark {
        "{{" => "}}",
        "{%" => "%}",
        _ => "#}",
    };
    let (inside, after) = text[at + mark.len()..].split_once(close)?;
    Some((&text[..at], mark, inside, after))
}

fn token(inside: &str) -> String {
    let mut parts = inside.trim_matches('-').split('|').map(str::trim);
    let name = name(parts.next().unwrap_or_default());
    let default = parts.find_map(|filter| filter.strip_prefix("default(")?.strip_suffix(')'));
    match default {
        Some("\"\"" | "none") | None => format!("<{name}>"),
        Some(other) => format!("<{name}, or {other}>"),
    }
}

/// `if`, `else`, `for` in brackets; what ends them too.
fn statement(inside: &str) -> String {
    let inside = inside.trim_matches('-').trim();
    match inside.split_once(' ') {
        Some(("if", asked)) => format!("[if {}: ", name(asked)),
        Some(("elif", asked)) => format!("; if {}: ", name(asked)),
        Some(("for", each)) => format!("[for each {}: ", name(each)),
        None if inside == "else" => "; else: ".to_owned(),
        None if inside.starts_with("end") => "]".to_owned(),
        _ => String::new(),
    }
}

/// `health.change(30)` as `health change 30`.
fn name(expression: &str) -> String {
    let spaced = expression.replace(['.', '_', '(', ')'], " ");
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_told_in_words_and_the_rest_stays() {
        for (text, told) in [
            ("Welcome, {{ account.name }}!", "Welcome, <account name>!"),
            ("Hi {{ contact.first_name | default(\"there\") }},", "Hi <contact first name, or \"there\">,"),
            ("{{ account.renewal_date | date }}", "<account renewal date>"),
            ("{{ health.change(30) }} points", "<health change 30> points"),
            (
                "a{% if account.seats %} of {{ account.seats }}{% else %} of many{% endif %}",
                "a[if account seats:  of <account seats>; else:  of many]",
            ),
            ("no {# a note #}token }} {{ open", "no token }} {{ open"),
        ] {
            assert_eq!(in_words(text), told);
        }
    }
}
