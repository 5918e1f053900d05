//! Closed sets of words: an enum tells its words once, for the readers, the messages and the reference page.

/// An enum whose values are words of the language.
pub trait Choice: Copy + PartialEq + 'static {
    /// Each value with its word and what it means; a doc may be empty where the word says it all.
    const WORDS: &'static [(Self, &'static str, &'static str)];

    /// How the value is written.
    fn word(self) -> &'static str {
        let row = Self::WORDS.iter().find(|(own, ..)| *own == self);
        row.map(|(_, word, _)| *word).expect("every value has a word")
    }
}

/// A word of a closed set and what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    pub word: &'static str,
    pub doc: &'static str,
}

/// All words of a set.
pub fn words<T: Choice>() -> Vec<Word> {
    T::WORDS.iter().map(|(_, word, doc)| Word { word, doc }).collect()
}

/// The words of some values of a set.
pub fn among<T: Choice>(values: &[T]) -> Vec<Word> {
    let rows = T::WORDS.iter().filter(|(value, ..)| values.contains(value));
    rows.map(|(_, word, doc)| Word { word, doc }).collect()
}
