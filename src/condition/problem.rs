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
    /// Whether the replacement is surely what was meant, so that it can be made without asking.
    pub sure: bool,
}

impl Problem {
    pub(super) fn new(code: &'static str, at: Range<usize>, message: impl Into<String>) -> Problem {
        Problem {
            code,
            start: at.start,
            end: at.end,
            message: message.into(),
            help: None,
            suggestion: None,
            sure: false,
        }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Problem {
        self.help = Some(help.into());
        self
    }

    pub(super) fn suggest(mut self, suggestion: impl Into<String>) -> Problem {
        self.suggestion = Some(suggestion.into());
        self
    }

    /// As [`Problem::suggest`], where nothing else can be meant.
    pub(super) fn fix(self, suggestion: impl Into<String>) -> Problem {
        let right = suggestion.into();
        let help = self.help.clone().unwrap_or_else(|| format!("write `{right}`"));
        Problem { sure: true, ..self.help(help).suggest(right) }
    }
}

/// The candidate a misspelt word most likely meant; none when nothing is near.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    near(word, candidates).into_iter().min().map(|(_, candidate)| candidate)
}

/// Whether a misspelt word can only have meant one of the candidates: no other is as near, by far.
pub fn is_sure<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> bool {
    let mut near = near(word, candidates);
    near.sort_unstable();
    near.dedup();
    let slips = if word.chars().count() < 8 { 1 } else { 2 };
    match &near[..] {
        [] => false,
        [(distance, _)] => *distance <= slips,
        [(first, _), (second, _), ..] => *first <= 1 && *second > first + 1,
    }
}

/// The candidates that are near, each with its distance.
fn near<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<(usize, &'a str)> {
    let (word, limit) = (word.to_lowercase(), 1 + word.chars().count() / 4);
    let distance = |candidate: &str| strsim::damerau_levenshtein(&word, &candidate.to_lowercase());
    let measured = candidates.into_iter().map(|candidate| (distance(candidate), candidate));
    measured.filter(|(distance, _)| *distance <= limit).collect()
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

    #[test]
    fn a_word_between_two_candidates_is_not_sure() {
        assert!(is_sure("enterprize", ["enterprise", "mid"]));
        assert!(!is_sure("plan_nam", ["plan_name", "plan_names"]));
        assert!(!is_sure("colour", ["arr"]));
        assert!(!is_sure("title", ["time"]));
    }
}
