//! An invented account that has a value for everything the dictionary declares: what a dry run fills in.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::condition::{Facts, Field, Name, Registry, Type, Value};
use crate::time::{TimeZone, Timestamp};

use super::{Extra, Fit};

/// The invented account, and its contact as the recipient. Without a step to fit everything is there.
pub(super) fn invented(registry: &Arc<Registry>, fit: Option<&Fit>) -> (Arc<dyn Facts + Send + Sync>, Extra) {
    let contact = registry.contact.iter().map(|(name, field)| (name.clone(), value(&field.ty))).collect();
    let extra = Extra {
        contact: fit.is_none_or(|fit| fit.has_reader).then_some(contact),
        playbook_id: "playbook".to_owned(),
        playbook_title: "Playbook".to_owned(),
        step_id: "step".to_owned(),
    };
    (Arc::new(Invented { registry: registry.clone(), zone: TimeZone::UTC, fit: fit.cloned() }), extra)
}

struct Invented {
    registry: Arc<Registry>,
    zone: TimeZone,
    fit: Option<Fit>,
}

impl Invented {
    /// A field of the event that starts the playbook; without a step to fit, of any event.
    fn event_field(&self, field: &str) -> Value {
        let of_kind = |fit: &Fit| match &fit.event {
            Some(kind) => self.registry.events.get(kind).map_or(Value::Empty, |fields| of_field(fields, field)),
            None => Value::Empty,
        };
        let of_any = || {
            let declared = self.registry.events.values().find_map(|fields| fields.get(field));
            declared.map_or_else(|| missing("event field", field), |field| value(&field.ty))
        };
        self.fit.as_ref().map_or_else(of_any, of_kind)
    }

    fn has_event(&self) -> bool {
        self.fit.as_ref().is_none_or(|fit| fit.event.is_some())
    }

    fn has_step(&self, step: &str) -> bool {
        self.fit.as_ref().is_none_or(|fit| fit.steps.iter().any(|own| own == step))
    }
}

impl Facts for Invented {
    fn read(&self, name: &Name) -> Value {
        let known = &*self.registry;
        match name {
            Name::Account(field) | Name::Was { field, .. } => of_field(&known.account, field),
            Name::Contact { persona, .. } | Name::HasContact(persona)
                if !known.personas.iter().any(|p| **p == **persona) =>
            {
                missing("persona", persona)
            }
            Name::Contact { field, .. } => of_field(&known.contact, field),
            Name::Role { role, .. } if !known.roles.iter().any(|own| **own == **role) => missing("role", role),
            Name::Role { field, .. } => of_field(&known.person, field),
            Name::EventLast { kind, field } => match known.events.get(&**kind) {
                Some(fields) => of_field(fields, field),
                None => missing("event kind", kind),
            },
            Name::Event(field) => self.event_field(field),
            Name::EventContact if !self.has_event() => Value::Empty,
            Name::Outcome(step) | Name::TaskDone(step) if !self.has_step(step) => missing("step", step),
            Name::InPlaybook(id) | Name::TasksOpen(id) if !known.playbooks.iter().any(|own| **own == **id) => {
                missing("playbook", id)
            }
            Name::EventLastAt { .. } => value(&Type::Time),
            Name::HealthBand | Name::EventContact | Name::RunBranch | Name::Outcome(_) => value(&Type::Text),
            Name::RunEnrolledOn => value(&Type::Date),
            Name::HasContact(_) | Name::RunReplied | Name::TaskDone(_) | Name::InPlaybook(_) | Name::Changed { .. } => {
                value(&Type::Bool)
            }
            _ => value(&Type::Number),
        }
    }

    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn zone(&self) -> &TimeZone {
        &self.zone
    }

    fn business_days_until(&self, _: crate::time::Date) -> Value {
        value(&Type::Number)
    }

    fn person(&self, _: &str, field: &str) -> Value {
        of_field(&self.registry.person, field)
    }
}

fn of_field(fields: &BTreeMap<String, Field>, name: &str) -> Value {
    fields.get(name).map_or_else(|| missing("field", name), |field| value(&field.ty))
}

fn missing(what: &str, name: &str) -> Value {
    Value::Failed(format!("names the {what} `{name}`, which is not declared").into())
}

fn value(ty: &Type) -> Value {
    match ty {
        Type::Number => Value::Number(1.0),
        Type::Bool => Value::Bool(true),
        Type::Date => Value::Date(jiff::civil::date(1970, 1, 1)),
        Type::Time => Value::Time(Timestamp::UNIX_EPOCH),
        Type::Tags => Value::Tags(Arc::new([Arc::from("tag")])),
        Type::Choice(values) => values.first().map_or(Value::Empty, |value| Value::Text(value.clone())),
        Type::Text | Type::Person | Type::Any => Value::Text("text".into()),
    }
}
