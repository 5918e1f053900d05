//! The words of closed sets, read back from the database.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::{Error, Result};
use crate::book::playbook::{Kind, Outcome, Priority};
use crate::condition::Truth;
use crate::engine::Reason;

/// The member of a closed set that is stored as `text`.
///
/// # Errors
/// Text that stands for none of them: another program or version wrote it.
pub(super) fn word<T: Copy>(what: &'static str, all: &[T], name: impl Fn(T) -> &'static str, text: &str) -> Result<T> {
    all.iter().copied().find(|own| name(*own) == text).ok_or_else(|| Error::unreadable(what, text))
}

pub(super) fn kind(text: &str) -> Result<Kind> {
    word("the action", &Kind::ALL, Kind::as_str, text)
}

pub(super) fn outcome(text: &str) -> Result<Outcome> {
    word("the outcome", &[Outcome::Won, Outcome::Lost, Outcome::Neutral], Outcome::as_str, text)
}

pub(super) fn priority(text: &str) -> Result<Priority> {
    const ALL: [Priority; 4] = [Priority::Low, Priority::Normal, Priority::High, Priority::Urgent];
    word("the priority", &ALL, Priority::as_str, text)
}

pub(super) fn truth(text: &str) -> Result<Truth> {
    word("the truth", &[Truth::True, Truth::False, Truth::Unknown], Truth::word, text)
}

pub(super) fn reason(text: &str) -> Result<Reason> {
    Reason::parse(text).ok_or_else(|| Error::unreadable("the reason", text))
}

/// A reason as other programs read it: its name.
pub(super) fn serialize_reason<S: Serializer>(
    reason: &Option<Reason>,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    reason.map(Reason::as_str).serialize(serializer)
}

/// A nullable column whose text is read by one of the functions above.
pub(super) fn maybe<T>(read: impl Fn(&str) -> Result<T>, text: Option<String>) -> Result<Option<T>> {
    text.as_deref().map(read).transpose()
}

pub(super) fn shared(text: Option<String>) -> Option<Arc<str>> {
    text.map(Arc::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_not_of_the_set_is_an_error_that_names_it() {
        assert_eq!(kind("wait_for").unwrap(), Kind::WaitFor);
        let error = outcome("winning").unwrap_err().to_string();
        assert!(error.contains("the outcome `winning`"), "{error}");
        assert!(maybe(reason, Some("because".to_owned())).is_err());
        assert_eq!(maybe(reason, None).unwrap(), None);
    }
}
