//! What people write out of habit (SQL, spreadsheets, other languages), and what to write instead.

use std::ops::Range;

use super::Problem;
use super::scan::{Kind, Scan, Token};

/// Every token that is not part of the language, each with what to write instead where that is clear.
pub(super) fn problems(scan: &Scan) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    let mut skip = 0;
    for (index, token) in scan.tokens.iter().enumerate() {
        if index < skip {
            continue;
        }
        let found = match token.kind {
            Kind::Word => word(scan, index),
            Kind::OddQuotes => Some(quotes(scan.text, token)),
            Kind::Number => number(scan, index),
            Kind::Symbol => percent(scan, index).or_else(|| symbol(scan.text, token)),
            Kind::Text => None,
        };
        if let Some(problem) = found {
            skip = scan.index_at(problem.end.saturating_sub(1)) + 1;
            let is_program = problem.code == NOT_AN_EXPRESSION;
            problems.push(problem);
            // One program is one mistake, not one for each of its keywords, braces and assignments.
            if is_program {
                break;
            }
        }
    }
    problems
}

const NOT_AN_EXPRESSION: &str = "not-an-expression";

fn instead(at: Range<usize>, written: &str, right: &str) -> Problem {
    let message = format!("`{written}` is written `{right}` in a condition");
    Problem::new("wrong-operator", at, message).fix(right)
}

fn word(scan: &Scan, index: usize) -> Option<Problem> {
    let (text, at) = (scan.word(index), scan.tokens[index].at.clone());
    if index > 0 && matches!(scan.word(index - 1), "." | "?.") {
        return None;
    }
    let next = scan.word(index + 1).to_ascii_lowercase();
    let both = at.start..scan.tokens.get(index + 1).map_or(at.end, |token| token.at.end);
    match (text.to_ascii_lowercase().as_str(), next.as_str()) {
        ("and", _) => Some(instead(at, text, "&&")),
        ("or", _) => Some(instead(at, text, "||")),
        ("not", "in") => Some(instead(both, "not in", "!in")),
        ("not", _) => Some(instead(at, text, "!")),
        ("in", _) if text != "in" => Some(instead(at, text, "in")),
        ("is", "empty" | "null" | "none" | "blank") | ("is", "not") if asks_emptiness(scan, index) => Some(
            Problem::new("wrong-operator", both, "whether there is a value is asked with a function").help(EMPTINESS),
        ),
        ("is", "not") => Some(instead(both, "is not", "!=")),
        ("is", _) => Some(instead(at, text, "==")),
        ("equals", _) if next != "(" => Some(instead(at, text, "==")),
        ("between", _) if next != "(" => Some(
            Problem::new("unknown-operator", at, "there is no `between`")
                .help("write two comparisons: `x >= 10 && x <= 50`"),
        ),
        ("contains" | "like" | "includes" | "matches", _) if next != "(" && index > 0 => Some(
            Problem::new("unknown-operator", at, format!("`{text}` does not stand between two values"))
                .help("write `contains(text, \"part\")`, `has_tag(account.tags, \"vip\")` or `x in [\"a\", \"b\"]`"),
        ),
        ("null" | "nil" | "none", _) if next != "(" => {
            Some(Problem::new("no-null", at, format!("there is no `{text}`: a value may be empty")).help(EMPTINESS))
        }
        ("true" | "false", _) if !matches!(text, "true" | "false") => {
            Some(instead(at, text, &text.to_ascii_lowercase()))
        }
        (keyword, _) if KEYWORDS.contains(&keyword) && keyword == text => Some(statement(at, text)),
        (danger, "(") if FORBIDDEN.contains(&danger) => Some(
            Problem::new("forbidden-function", at, format!("`{text}` cannot be called in a condition"))
                .help("a condition only reads values and compares them; it has no effects"),
        ),
        _ => None,
    }
}

const EMPTINESS: &str = "ask `is_empty(x)` or `!is_empty(x)`, or give a default: `x ?? 0`";

/// `is empty`, `is not empty`.
fn asks_emptiness(scan: &Scan, is: usize) -> bool {
    let last = if scan.word(is + 1).eq_ignore_ascii_case("not") { is + 2 } else { is + 1 };
    matches!(scan.word(last).to_ascii_lowercase().as_str(), "empty" | "null" | "none" | "blank")
}

const KEYWORDS: [&str; 26] = [
    "if", "else", "switch", "match", "let", "const", "var", "fn", "while", "loop", "do", "until", "for", "return",
    "break", "continue", "throw", "try", "catch", "import", "export", "global", "this", "private", "static", "as",
];
const FORBIDDEN: [&str; 12] =
    ["eval", "print", "debug", "exit", "sleep", "parse_json", "timestamp", "fn", "call", "curry", "import", "blob"];

fn statement(at: Range<usize>, text: &str) -> Problem {
    Problem::new(NOT_AN_EXPRESSION, at, format!("`{text}` is not part of a condition: it is one expression"))
        .help("combine comparisons with `&&`, `||` and `!`; put anything longer into functions.rhai")
}

fn quotes(text: &str, token: &Token) -> Problem {
    let written = &text[token.at.clone()];
    let inner: String = {
        let mut chars = written.chars();
        chars.next();
        chars.next_back();
        chars.as_str().replace('\\', "\\\\").replace('"', "\\\"")
    };
    let right = format!("\"{inner}\"");
    Problem::new("wrong-quotes", token.at.clone(), format!("texts stand in straight double quotes: {right}")).fix(right)
}

fn number(scan: &Scan, index: usize) -> Option<Problem> {
    let (token, next) = (&scan.tokens[index], scan.tokens.get(index + 1)?);
    if next.kind != Kind::Word || next.at.start != token.at.end {
        return None;
    }
    let at = token.at.start..next.at.end;
    let message = format!("`{}` is not a number", &scan.text[at.clone()]);
    Some(Problem::new("bad-number", at, message).help("write plain digits, such as 5000 or 0.25"))
}

/// `10%`; but `7 % 2` is the rest of a division.
fn percent(scan: &Scan, index: usize) -> Option<Problem> {
    let before = scan.tokens.get(index.checked_sub(1)?)?;
    let is_last = matches!(scan.word(index + 1), "" | "&&" | "||" | ")" | "]" | ",");
    if scan.word(index) != "%" || before.kind != Kind::Number || !is_last {
        return None;
    }
    let at = before.at.start..scan.tokens[index].at.end;
    let message = format!("`{}` is not a number", &scan.text[at.clone()]);
    Some(
        Problem::new("bad-number", at, message)
            .help("write a share as 0.1; `change_pct(30)` counts in per cent: write 10"),
    )
}

fn symbol(text: &str, token: &Token) -> Option<Problem> {
    let (written, at) = (&text[token.at.clone()], token.at.clone());
    let right = match written {
        "(" | ")" | "[" | "]" | "," | "." | "==" | "!=" | "<" | "<=" | ">" | ">=" | "&&" | "||" | "!" | "+" | "-"
        | "*" | "/" | "%" | "??" => return None,
        "=" | "===" => "==",
        "<>" | "!==" | "≠" => "!=",
        "=<" | "≤" => "<=",
        "=>" | "≥" => ">=",
        "&" => "&&",
        "|" => "||",
        "?." => ".",
        "×" => "*",
        "÷" => "/",
        "−" | "–" => "-",
        _ => return Some(foreign(written, at)),
    };
    Some(instead(at, written, right))
}

fn foreign(written: &str, at: Range<usize>) -> Problem {
    match written {
        ".." | "..=" => Problem::new("no-range", at, "there are no ranges in a condition")
            .help("write two comparisons: `x >= 10 && x <= 50`"),
        "+=" | "-=" | "*=" | "/=" | "%=" | "**=" | "<<=" | ">>=" | "&=" | "|=" | "^=" | "++" | "--" | ";" | "{"
        | "}" | "#{" => Problem::new(NOT_AN_EXPRESSION, at, format!("`{written}` is not part of a condition"))
            .help("a condition is one expression; it assigns nothing"),
        _ if written.is_ascii() && !written.contains(|c: char| c.is_ascii_control()) => {
            Problem::new("unknown-operator", at, format!("`{written}` is not an operator of the language"))
                .help("the operators are && || ! == != < <= > >= + - * / % ?? and `in`")
        }
        _ => {
            let escaped: String = written.chars().map(|c| c.escape_unicode().to_string()).collect();
            Problem::new("unexpected-character", at, format!("the character {escaped} has no meaning here"))
                .help("names consist of the letters a to z, digits and `_`; it may only look like one of them")
        }
    }
}
