//! What is wrong with a condition, as data: where, why, and what to write instead.

use std::ops::Range;

/// One mistake in one text. Byte offsets are relative to that text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The rule, in kebab case.
    pub code: &'static str,
    pub start: usize,
    pub end: usize,
    pub message: String,
    /// What to do, when that is more than the suggestion says.
    pub help: Option<String>,
    /// A replacement for `start..end`.
    pub suggestion: Option<String>,
}

impl Problem {
    pub(super) fn new(code: &'static str, at: Range<usize>, message: impl Into<String>) -> Problem {
        Problem { code, start: at.start, end: at.end, message: message.into(), help: None, suggestion: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Problem {
        self.help = Some(help.into());
        self
    }

    pub(super) fn suggest(mut self, suggestion: impl Into<String>) -> Problem {
        self.suggestion = Some(suggestion.into());
        self
    }
}

/// The candidate a misspelt word most likely meant; none when nothing is near.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = 1 + word.chars().count() / 4;
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_word_is_found_and_a_far_one_is_not() {
        assert_eq!(nearest("helth", ["health", "arr"]), Some("health"));
        assert_eq!(nearest("Enterprize", ["enterprise", "mid"]), Some("enterprise"));
        assert_eq!(nearest("colour", ["arr", "owner"]), None);
    }
}
