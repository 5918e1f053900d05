//! Fields that a person sets by hand, read like the cells of an import.

use std::collections::HashSet;
use std::sync::Arc;

use super::cell::{self, unknown};
use crate::condition::{Registry, Type, Value};

/// The field and the value of `FIELD=VALUE`; nothing after the sign empties the field.
///
/// # Errors
/// Text of another form, a field that is not declared or is computed, a value that does not fit its type, a person
/// who is not among `people`.
pub fn field_by_hand(text: &str, registry: &Registry, people: &HashSet<Arc<str>>) -> Result<(Arc<str>, Value), String> {
    let (name, value) =
        text.split_once('=').ok_or_else(|| format!("`{text}` sets nothing: write FIELD=VALUE, such as arr=48000"))?;
    let name = name.trim();
    let Some(field) = registry.account.get(name) else {
        return Err(unknown("field", name, registry.account.keys().map(String::as_str)));
    };
    if field.computed || name == "id" {
        return Err(format!(
            "`{name}` cannot be set: it is {}",
            if name == "id" { "the account's name" } else { "computed" }
        ));
    }
    let value = cell::value(value.trim(), &field.ty).map_err(|why| format!("{name}: {why}"))?;
    match (&field.ty, &value) {
        (Type::Person, Value::Text(person)) if !people.is_empty() && !people.contains(person) => {
            Err(format!("{name}: {}", unknown("person", person, people.iter().map(|id| &**id))))
        }
        _ => Ok((name.into(), value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::condition::Field;

    #[test]
    fn a_field_is_typed_and_what_does_not_fit_is_refused_with_the_reason() {
        let computed = Field { computed: true, ..Field::of(Type::Text) };
        let fields = [("arr", Field::of(Type::Number)), ("owner", Field::of(Type::Person)), ("segment", computed)];
        let account = fields.map(|(name, field)| (name.to_owned(), field)).into();
        let registry = Registry { account, ..Registry::default() };
        let people = HashSet::from(["dana".into()]);
        let read = |text: &str| field_by_hand(text, &registry, &people);
        assert_eq!(read("arr=48000"), Ok(("arr".into(), Value::Number(48000.0))));
        assert_eq!(read("arr="), Ok(("arr".into(), Value::Empty)));
        assert!(read("arr=much").unwrap_err().contains("not a number"));
        assert!(read("owner=dane").unwrap_err().contains("did you mean `dana`?"));
        assert!(read("segment=smb").unwrap_err().contains("computed"));
        assert!(read("ar=1").unwrap_err().contains("did you mean `arr`?"));
        assert!(read("arr").unwrap_err().contains("FIELD=VALUE"));
    }
}
