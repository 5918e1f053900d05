//! The taker for a value of a dictionary field.

use std::sync::Arc;

use toml::de::DeValue;
use toml::value::Datetime;

use super::item::Item;
use super::unknown_name;
use crate::condition::{Type, Value};
use crate::time::Timestamp;

impl Item<'_> {
    /// A value of the type; an empty text is the empty value. Persons are not looked up here.
    pub fn value(self, ty: &Type) -> Option<Value> {
        if matches!(self.raw()?, DeValue::String(text) if text.is_empty()) {
            return Some(Value::Empty);
        }
        match ty {
            Type::Text | Type::Person => self.name().map(Value::Text),
            Type::Number => self.number().map(Value::Number),
            Type::Bool => self.flag().map(Value::Bool),
            Type::Date => self.date().map(Value::Date),
            Type::Time => self.instant().map(Value::Time),
            Type::Tags => {
                let tags: Vec<Arc<str>> = self.one_or_more().into_iter().filter_map(Item::name).collect();
                Some(Value::Tags(tags.into()))
            }
            Type::Choice(values) => self.one_of(values),
            Type::Any => self.wrong_type("a value of a declared type"),
        }
    }

    fn one_of(self, values: &[Arc<str>]) -> Option<Value> {
        let (place, what, diagnostics) = (self.place(), format!("value of {}", self.label()), self.reading.diagnostics);
        let name = self.name()?;
        if values.contains(&name) {
            return Some(Value::Text(name));
        }
        diagnostics.push(unknown_name(&place, &what, &name, values.iter().map(|value| &**value)));
        None
    }

    fn instant(self) -> Option<Timestamp> {
        let instant = match self.raw()? {
            DeValue::String(text) => text.parse().ok(),
            DeValue::Datetime(written @ Datetime { offset: Some(_), .. }) => written.to_string().parse().ok(),
            _ => None,
        };
        instant.or_else(|| self.wrong_type("an instant such as 2026-03-18T10:00:00Z"))
    }
}
