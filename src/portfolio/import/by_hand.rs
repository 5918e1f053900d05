//! Fields that a person sets by hand, read like the cells of an import.

use std::collections::HashSet;
use std::sync::Arc;

use super::cell::unknown;
use super::typing::checked;
use crate::condition::{Registry, Value};

/// The fields and values of several `FIELD=VALUE`; nothing after the sign empties the field.
///
/// # Errors
/// Text of another form, a field that is not declared, is computed or named twice, a value that an import would
/// refuse. `people` are those a person field may name.
pub fn fields_by_hand(
    texts: &[String],
    registry: &Registry,
    people: &HashSet<Arc<str>>,
) -> Result<Vec<(Arc<str>, Value)>, String> {
    let mut fields: Vec<(Arc<str>, Value)> = Vec::new();
    for text in texts {
        let (name, value) = field(text, registry, people)?;
        if fields.iter().any(|(own, _)| *own == name) {
            return Err(format!("`{name}` is set twice; one value can hold"));
        }
        fields.push((name, value));
    }
    Ok(fields)
}

fn field(text: &str, registry: &Registry, people: &HashSet<Arc<str>>) -> Result<(Arc<str>, Value), String> {
    let (name, value) =
        text.split_once('=').ok_or_else(|| format!("`{text}` sets nothing: write FIELD=VALUE, such as arr=48000"))?;
    value_of(name.trim(), value.trim(), registry, people)
}

/// The value of a field of an account that may be set.
pub(super) fn value_of(
    name: &str,
    value: &str,
    registry: &Registry,
    people: &HashSet<Arc<str>>,
) -> Result<(Arc<str>, Value), String> {
    let Some(field) = registry.account.get(name) else {
        return Err(unknown("field", name, registry.account.keys().map(String::as_str)));
    };
    if field.computed || name == "id" {
        return Err(format!(
            "`{name}` cannot be set: it is {}",
            if name == "id" { "the account's name" } else { "computed" }
        ));
    }
    let value = checked(name, value, field, people, registry).map_err(|why| format!("{name}: {why}"))?;
    Ok((name.into(), value))
}

/// A score of health by hand, 0 to 100; none: the computed one counts again.
pub fn score(text: &str) -> Result<Option<i64>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let score = text.parse().ok().filter(|score| (0..=100).contains(score));
    score
        .map(Some)
        .ok_or_else(|| format!("health={text} is no score: write a whole number from 0 to 100, or nothing to end it"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::condition::{Field, Type};

    #[test]
    fn a_field_is_typed_and_what_does_not_fit_is_refused_with_the_reason() {
        let computed = Field { computed: true, ..Field::of(Type::Text) };
        let fields = [
            ("arr", Field::of(Type::Number)),
            ("owner", Field::of(Type::Person)),
            ("segment", computed),
            ("timezone", Field::of(Type::Text)),
        ];
        let account = fields.map(|(name, field)| (name.to_owned(), field)).into();
        let registry = Registry { account, ..Registry::default() };
        let people = HashSet::from(["dana".into()]);
        let read = |text: &str| field(text, &registry, &people);
        assert_eq!(read("arr=48000"), Ok(("arr".into(), Value::Number(48000.0))));
        assert_eq!(read("arr="), Ok(("arr".into(), Value::Empty)));
        assert!(read("arr=much").unwrap_err().contains("not a number"));
        assert!(read("owner=dane").unwrap_err().contains("did you mean `dana`?"));
        assert!(read("segment=smb").unwrap_err().contains("computed"));
        assert!(read("ar=1").unwrap_err().contains("did you mean `arr`?"));
        assert!(read("arr").unwrap_err().contains("FIELD=VALUE"));
        assert!(read("timezone=Europe/Berln").unwrap_err().contains("not a time zone"));
        let twice = fields_by_hand(&["arr=1".to_owned(), "arr=2".to_owned()], &registry, &people);
        assert!(twice.unwrap_err().contains("`arr` is set twice"));
    }
}
