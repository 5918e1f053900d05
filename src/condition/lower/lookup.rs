//! Literal arguments and names out of closed lists.

use std::ops::Range;
use std::sync::Arc;

use rhai::Expr as Tree;

use super::super::Field;
use super::Lower;

/// The most days a window may look back: ten years.
const MAX_DAYS: i64 = 3660;

impl Lower<'_> {
    /// The word, if it is in the list; else an `unknown-<what>` problem with the nearest one.
    pub(super) fn known<'c>(
        &mut self,
        what: &str,
        list: impl Iterator<Item = &'c String> + Clone,
        word: &str,
        at: Range<usize>,
    ) -> Option<Arc<str>> {
        if list.clone().any(|candidate| candidate == word) {
            return Some(word.into());
        }
        let code = match what {
            "persona" => "unknown-persona",
            "person" => "unknown-person",
            "role" => "unknown-role",
            "playbook" => "unknown-playbook",
            "step" => "unknown-step",
            "metric" => "unknown-metric",
            "event" => "unknown-event",
            _ => "unknown-field",
        };
        self.unknown(code, at, format!("there is no {what} `{word}`"), list.map(String::as_str))
    }

    /// The field, if it is declared.
    pub(super) fn field<'f>(
        &mut self,
        what: &str,
        fields: &'f std::collections::BTreeMap<String, Field>,
        word: &str,
        at: Range<usize>,
    ) -> Option<&'f Field> {
        self.known(what, fields.keys(), word, at)?;
        fields.get(word)
    }

    /// A text literal with its place.
    pub(super) fn text_literal(&mut self, tree: &Tree) -> Option<(Arc<str>, Range<usize>)> {
        let at = self.at(tree.start_position());
        match tree {
            Tree::StringConstant(text, _) => Some((text.as_str().into(), at)),
            _ => self.wrong("not-a-literal", at, "a text in quotes belongs here", None),
        }
    }

    /// A text literal that must be in the list.
    pub(super) fn known_literal<'c>(
        &mut self,
        what: &str,
        list: impl Iterator<Item = &'c String> + Clone,
        tree: &Tree,
    ) -> Option<Arc<str>> {
        let (word, at) = self.text_literal(tree)?;
        self.known(what, list, &word, at)
    }

    /// A number of days, written as a whole number.
    pub(super) fn days(&mut self, tree: &Tree) -> Option<i64> {
        let at = self.at(tree.start_position());
        match tree {
            Tree::IntegerConstant(days, _) if (1..=MAX_DAYS).contains(days) => Some(*days),
            Tree::IntegerConstant(..) => {
                self.wrong("bad-window", at, format!("the number of days must be from 1 to {MAX_DAYS}"), None)
            }
            _ => self.wrong("bad-window", at, "the number of days must be a whole number, such as 30", None),
        }
    }

    /// A number literal.
    pub(super) fn limit(&mut self, tree: &Tree) -> Option<f64> {
        let at = self.at(tree.start_position());
        match tree {
            Tree::IntegerConstant(whole, _) => Some(*whole as f64),
            Tree::FloatConstant(number, _) if number.is_finite() => Some(**number),
            _ => self.wrong("not-a-literal", at, "a number belongs here, such as 10 or 0.5", None),
        }
    }
}
