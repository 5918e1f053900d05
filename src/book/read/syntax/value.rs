//! Values as people write them out of habit: text without quotes, quotes in quotes, numbers with signs of money.

use super::line::{Line, Slip};

/// What is wrong with the value of a line, where that is clear.
pub(super) fn slip(line: &Line, message: &str) -> Option<Slip> {
    if line.is_header() || !line.text.contains('=') {
        return None;
    }
    let value = line.value();
    match value.chars().next() {
        None => Some(missing(line)),
        Some('=') => Some(double_equals(line)),
        Some('“' | '”' | '‘' | '’' | '„') => Some(curly(line)),
        Some('"' | '\'') => quoted(line, message),
        Some('[' | '{') => inside(line),
        Some(_) => Some(bare(line)),
    }
}

/// How a value is written that stood behind `:`.
pub(super) fn written(value: &str) -> String {
    if value.starts_with(['"', '\'', '[', '{']) || value.parse::<f64>().is_ok() {
        return value.to_owned();
    }
    truth(value).map_or_else(|| format!("\"{}\"", value.replace('"', "'")), str::to_owned)
}

fn missing(line: &Line) -> Slip {
    let key = line.key();
    Slip::new(line.span(), format!("`{key}` has no value")).help("write one behind `=`, or take the line out")
}

fn double_equals(line: &Line) -> Slip {
    let right = written(line.value().trim_start_matches('=').trim());
    Slip::new(line.value_span(), "a value is given with one `=`; `==` compares, inside a condition").right(right, true)
}

fn curly(line: &Line) -> Slip {
    let value = line.value();
    let inner = value.trim_matches(['“', '”', '‘', '’', '„', '"', '\'']);
    let slip = Slip::new(line.value_span(), "these are curly quotes, as text programs and wikis make them");
    let slip = slip.help("use straight quotes: \" or '");
    let is_plain = !inner.contains(['"', '\\', '#']) && value.ends_with(['“', '”', '‘', '’', '"', '\'']);
    if is_plain { slip.right(format!("\"{inner}\""), true) } else { slip }
}

fn quoted(line: &Line, message: &str) -> Option<Slip> {
    let value = line.value();
    if value.starts_with("'''") || value.starts_with("\"\"\"") {
        let open = &value[..3];
        let slip = Slip::new(line.value_span(), format!("this text begins with {open} and never ends"));
        return message.contains("string").then(|| slip.help(format!("write {open} again on a line below it")));
    }
    if message.contains("escape") || message.contains("unicode value") {
        return Some(escape(line));
    }
    let quote = if value.starts_with('"') { '"' } else { '\'' };
    match value.matches(quote).count() {
        1 => Some(
            Slip::new(line.value_span(), format!("this text has no closing {quote}"))
                .help(format!("write {value}{quote}")),
        ),
        2 => behind(line, quote),
        _ => Some(nested(line, quote)),
    }
}

/// `"a" b`: something behind a text that is closed.
fn behind(line: &Line, quote: char) -> Option<Slip> {
    let value = line.value();
    let rest = value.rsplit(quote).next().unwrap_or_default();
    let rest = rest.split('#').next().unwrap_or_default().trim();
    if rest.is_empty() {
        return None;
    }
    let end = line.value_span().start + value.rfind(quote)? + 1;
    let start = line.file.text[end..].find(rest).map_or(end, |at| end + at);
    let slip = Slip::new(start..start + rest.len(), "behind the closing quote the value is over");
    Some(slip.help("one line holds one key and one value; several values stand in [ ]"))
}

/// Quotes inside quotes of the same kind.
fn nested(line: &Line, quote: char) -> Slip {
    let value = line.value();
    let whole = value.len() > 1 && value.ends_with(quote) && !value.contains('#');
    let inner = value[1..].strip_suffix(quote).unwrap_or(&value[1..]);
    if quote == '"' {
        let slip = Slip::new(line.value_span(), "the text ends at the second \", in the middle of what was meant");
        return match whole && !inner.contains(['\'', '\\']) {
            true => slip
                .help("put single quotes around it; then it can hold double quotes")
                .right(format!("'{inner}'"), true),
            false => slip.help("put ''' around it; then it can hold quotes of both kinds"),
        };
    }
    let slip = Slip::new(line.value_span(), "the text ends at the second ', in the middle of what was meant");
    if whole && !inner.contains(['"', '\\']) {
        return slip.help("put double quotes around it").right(format!("\"{inner}\""), true);
    }
    let slip = slip.help("put ''' around it; then it can hold quotes of both kinds");
    if whole { slip.right(format!("'''{inner}'''"), true) } else { slip }
}

/// A backslash that means nothing.
fn escape(line: &Line) -> Slip {
    let value = line.value();
    let slip =
        Slip::new(line.value_span(), "a backslash in double quotes has a meaning of its own, and this one has none");
    let slip = slip.help("in single quotes a backslash is just a backslash");
    let inner = value.trim_matches('"');
    let has_meaning = ["\\n", "\\t", "\\\"", "\\\\", "\\u", "\\U", "\\r"].iter().any(|escape| inner.contains(escape));
    if value.len() == inner.len() + 2 && !inner.contains('\'') && !has_meaning {
        return slip.right(format!("'{inner}'"), true);
    }
    slip
}

/// Curly quotes in a list or table on one line.
fn inside(line: &Line) -> Option<Slip> {
    let value = line.value();
    if !value.contains(['“', '”', '„']) {
        return None;
    }
    let slip = Slip::new(line.value_span(), "these are curly quotes, as text programs and wikis make them");
    let slip = slip.help("use straight quotes: \" or '");
    Some(if value.contains('"') { slip } else { slip.right(value.replace(['“', '”', '„'], "\""), true) })
}

/// A value without quotes that is no number, date or truth.
fn bare(line: &Line) -> Slip {
    let (value, at) = (line.value(), line.value_span());
    if let Some(right) = truth(value) {
        return Slip::new(at, format!("yes and no are written `true` and `false`, found `{value}`")).right(right, true);
    }
    if matches!(value.to_lowercase().as_str(), "null" | "nil" | "none" | "~" | "undefined") {
        let slip = Slip::new(at, format!("there is no `{value}` in TOML"));
        return slip.help("leave the key out; what is not there is empty");
    }
    if let Some(slip) = number(line) {
        return slip;
    }
    if value.starts_with(|c: char| c.is_ascii_digit())
        && value.contains(['-', '.', '/'])
        && !value.contains(' ')
        && value.len() > 7
    {
        let slip = Slip::new(at, format!("`{value}` is not a date"));
        return slip.help("dates are written year-month-day, without quotes: 2026-06-15");
    }
    let slip = Slip::new(at, "text goes in quotes");
    if value.contains(['"', '\'', '“', '”', '\\']) {
        return slip.help("put ''' around it; then it can hold quotes of both kinds");
    }
    slip.right(format!("\"{value}\""), true)
}

fn truth(value: &str) -> Option<&'static str> {
    match value {
        "yes" | "Yes" | "YES" | "True" | "TRUE" | "on" | "On" | "ON" => Some("true"),
        "no" | "No" | "NO" | "False" | "FALSE" | "off" | "Off" | "OFF" => Some("false"),
        _ => None,
    }
}

/// `1,000`, `0,5`, `$500`, `10%`, `.5`, `05`.
fn number(line: &Line) -> Option<Slip> {
    let (value, at) = (line.value(), line.value_span());
    let is_number = |text: &str| text.parse::<f64>().is_ok() && text.starts_with(|c: char| c.is_ascii_digit());
    let without_money = value.trim_matches(['$', '€', '£', ' ']);
    if without_money.len() < value.len() && is_number(without_money) {
        return Some(Slip::new(at, "a number stands without the sign of its currency").right(without_money, false));
    }
    if let Some(percent) = value.strip_suffix('%').map(str::trim).filter(|percent| is_number(percent)) {
        let share = percent.parse::<f64>().unwrap_or_default() / 100.0;
        let slip = Slip::new(at, "there is no `%` in TOML; a share is written as a number from 0 to 1");
        return Some(slip.right(share.to_string(), false));
    }
    let groups: Vec<&str> = value.split([',', '\'', ' ']).collect();
    if groups.len() > 1
        && groups.iter().all(|group| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit()))
    {
        let are_thousands = groups[1..].iter().all(|group| group.len() == 3);
        let right = if are_thousands { groups.concat() } else { groups.join(".") };
        return Some(Slip::new(at, "numbers are written with digits and one `.`, without commas").right(right, false));
    }
    if let Some(right) = value.strip_prefix('.').filter(|rest| is_number(rest)) {
        return Some(Slip::new(at, "a number begins with a digit").right(format!("0.{right}"), true));
    }
    let stripped = value.trim_start_matches('0');
    if stripped.len() < value.len() && is_number(stripped) {
        return Some(Slip::new(at, "a number does not begin with 0").right(stripped, true));
    }
    None
}
