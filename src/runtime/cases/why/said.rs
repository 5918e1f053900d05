//! What a condition said, down to the comparison that decided.

use crate::condition::{Expression, Trace, Truth, Value};
use crate::portfolio::Facts;

/// `account.arr >= 5000` is false [900] (welcome.toml:12).
pub(super) fn said(condition: &Expression, facts: &Facts) -> String {
    in_a_line(&condition.trace(facts))
}

pub(super) fn in_a_line(whole: &Trace) -> String {
    let part = deciding(whole);
    let word = match part.truth {
        Truth::True => "true",
        Truth::False => "false",
        Truth::Unknown => "unknown",
    };
    let text = part.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let values = part.unknown_because.clone().or_else(|| values(part, &text));
    let values = values.map_or_else(String::new, |values| format!(" [{values}]"));
    format!("`{text}` is {word}{values} ({}:{})", part.file, part.line)
}

/// The first part, in the order of the text, that settles the answer: where all must hold and do, the whole.
fn deciding(trace: &Trace) -> &Trace {
    let mut same = trace.children.iter().filter(|part| part.truth == trace.truth);
    match (same.next(), trace.children.len()) {
        (Some(part), 1) => deciding(part),
        (Some(_), n) if trace.truth == Truth::True && same.count() + 1 == n => trace,
        (Some(part), _) => deciding(part),
        // Of a `!` the part says the opposite.
        (None, 1) => trace,
        (None, _) => trace,
    }
}

/// The values seen, where the text does not say them itself.
fn values(part: &Trace, text: &str) -> Option<String> {
    let unsaid =
        |value: &Option<Value>| value.as_ref().map(Value::to_string).filter(|own| !text.contains(own.as_str()));
    match (unsaid(&part.left), unsaid(&part.right)) {
        (Some(left), Some(right)) => Some(format!("{left} against {right}")),
        (left, right) => left.or(right),
    }
}
