//! What a condition said, down to the comparison that decided.

use crate::condition::{Expression, Truth};
use crate::portfolio::Facts;
use crate::runtime::explain::in_a_line;

/// `false: account.arr >= 5000 [900 against 5000] welcome.toml:12`.
pub(super) fn said(condition: &Expression, facts: &Facts) -> String {
    let trace = condition.trace(facts);
    let word = match trace.truth {
        Truth::True => "true",
        Truth::False => "false",
        Truth::Unknown => "unknown",
    };
    format!("{word}: {}", in_a_line(trace.deciding()))
}
