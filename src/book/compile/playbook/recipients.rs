//! Who gets a message or a task: `contact:champion`, `account.owner`, `role:vp_cs`, a person, an address.

use std::sync::Arc;

use crate::book::compile::people::is_address;
use crate::book::playbook::Recipient;
use crate::book::read::{Item, unknown_name};
use crate::book::source::Place;
use crate::condition::Type;

use super::context::{Context, Found};

/// Who may stand at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Anyone,
    /// Someone who can own work: never the customer.
    Ours,
    /// What a mail comes from: someone of ours, or an address.
    Sender,
}

impl Context<'_, '_> {
    /// One recipient.
    pub fn recipient(&self, item: Item, side: Side) -> Option<Recipient> {
        let (place, diagnostics, label) = (item.place(), item.diagnostics(), item.label());
        let text = item.name()?;
        let found = self.read_recipient(&place, &text).and_then(|recipient| match self.may_stand(&recipient, side) {
            true => Ok(recipient),
            false => {
                let message = format!("{label} must be someone on our side; `{text}` is not");
                Err(Box::new(
                    place
                        .error("wrong-recipient", message)
                        .help("write account.owner, role:<role>, team:<team> or a person's id"),
                ))
            }
        });
        found.map_err(|diagnostic| diagnostics.push(*diagnostic)).ok()
    }

    /// One or a list.
    pub fn recipients(&self, item: Item) -> Vec<Recipient> {
        item.one_or_more().into_iter().filter_map(|item| self.recipient(item, Side::Anyone)).collect()
    }

    fn may_stand(&self, recipient: &Recipient, side: Side) -> bool {
        match (side, recipient) {
            (Side::Anyone, _) | (Side::Sender, Recipient::Address(_)) => true,
            (_, Recipient::Account(field)) => self.field_type(field) == Some(&Type::Person),
            (_, recipient) => !matches!(
                recipient,
                Recipient::Contact(_) | Recipient::Contacts(_) | Recipient::EventContact | Recipient::Address(_)
            ),
        }
    }

    pub(super) fn field_type(&self, field: &str) -> Option<&Type> {
        self.shared.registry.account.get(field).map(|field| &field.ty)
    }

    fn read_recipient(&self, place: &Place, text: &str) -> Found<Recipient> {
        if text == "event.contact" {
            let message = "`event.contact` needs an event: this playbook's trigger is another kind";
            return self
                .event
                .as_ref()
                .map(|_| Recipient::EventContact)
                .ok_or_else(|| Box::new(place.error("no-event", message)));
        }
        if let Some(path) = text.strip_prefix("account.") {
            return self.of_account(place, text, path);
        }
        if let Some((kind, name)) = text.split_once(':') {
            return self.of_kind(place, kind, name);
        }
        if text.contains('@') {
            return address(place, text);
        }
        let people = &self.shared.people.people;
        match people.contains_key(text) || people.is_empty() {
            true => Ok(Recipient::Person(text.into())),
            false => {
                let known: Vec<&str> = people.keys().map(|id| &**id).collect();
                let diagnostic = unknown_name(place, "person", text, known);
                Err(Box::new(match self.shared.registry.personas.iter().any(|persona| persona == text) {
                    true => diagnostic
                        .help("a contact is named with `contact:` before the persona")
                        .suggest(format!("contact:{text}")),
                    false => diagnostic,
                }))
            }
        }
    }

    fn of_account(&self, place: &Place, text: &str, path: &str) -> Found<Recipient> {
        let (field, manager) = match path.strip_suffix(".manager") {
            Some(field) => (field, true),
            None => (path, false),
        };
        match self.field_type(field) {
            Some(Type::Person) if manager => Ok(Recipient::ManagerOf(field.into())),
            Some(Type::Person | Type::Text) if !manager => Ok(Recipient::Account(field.into())),
            Some(ty) => {
                let message = format!("`{text}` cannot get anything: `account.{field}` is {ty}");
                Err(Box::new(
                    place
                        .error("wrong-recipient", message)
                        .help("name a field of type person, or a text that holds an address"),
                ))
            }
            None => {
                let fields = self.shared.registry.account.iter().filter(|(_, field)| field.ty.is_text());
                let known: Vec<String> = fields.map(|(name, _)| format!("account.{name}")).collect();
                Err(Box::new(unknown_name(place, "field", text, known.iter().map(String::as_str))))
            }
        }
    }

    fn of_kind(&self, place: &Place, kind: &str, name: &str) -> Found<Recipient> {
        let people = self.shared.people;
        let roles =
            || self.shared.registry.roles.iter().map(String::as_str).chain(people.roles.keys().map(|role| &**role));
        let personas = || self.shared.registry.personas.iter().map(String::as_str);
        let id: Arc<str> = name.into();
        let (what, known, recipient): (_, Vec<&str>, _) = match kind {
            "contact" => ("persona", personas().collect(), Recipient::Contact(id)),
            "contacts" => ("persona", personas().collect(), Recipient::Contacts(id)),
            "role" => ("role", roles().collect(), Recipient::Role(id)),
            "team" => ("team", people.teams.keys().map(|team| &**team).collect(), Recipient::Team(id)),
            "person" => ("person", people.people.keys().map(|id| &**id).collect(), Recipient::Person(id)),
            _ => {
                let kinds = ["contact", "contacts", "role", "team", "person"];
                return Err(Box::new(unknown_name(place, "kind of recipient", kind, kinds)));
            }
        };
        match known.contains(&name) {
            true => Ok(recipient),
            false => {
                let written: Vec<String> = known.iter().map(|known| format!("{kind}:{known}")).collect();
                Err(Box::new(unknown_name(place, what, &format!("{kind}:{name}"), written.iter().map(String::as_str))))
            }
        }
    }
}

fn address(place: &Place, text: &str) -> Found<Recipient> {
    match is_address(text) {
        true => Ok(Recipient::Address(text.into())),
        false => Err(Box::new(
            place
                .error("bad-address", format!("`{text}` is not one e-mail address"))
                .help("write one plain address such as success@us.example; several go in a list"),
        )),
    }
}
