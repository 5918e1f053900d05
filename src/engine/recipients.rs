//! Who a recipient is for this account now: contacts, people, addresses.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::book::Person;
use crate::book::playbook::{Playbook, Recipient};
use crate::book::policy::TRANSACTIONAL;
use crate::condition::{Type, Value};
use crate::portfolio::{Contact, Facts};

use super::Reason;

/// Someone who can be written to.
#[derive(Clone, Debug, PartialEq)]
pub struct Addressee {
    pub name: Option<String>,
    /// None for a person without an address: tasks need none.
    pub email: Option<String>,
    pub contact: Option<Arc<str>>,
    pub person: Option<Arc<str>>,
    /// Slack member id.
    pub slack: Option<String>,
}

impl Addressee {
    /// How the timeline shows the person or address.
    pub fn shown(&self) -> String {
        self.email.clone().or_else(|| self.person.as_deref().map(str::to_owned)).unwrap_or_default()
    }
}

/// Open tasks per person, for team work.
pub type OpenTasks = BTreeMap<Arc<str>, usize>;

/// Everyone a list of recipients names for mail of that class, each once; else why nobody is left.
pub fn addressees(
    recipients: &[Recipient],
    fallback: Option<&Recipient>,
    class: &str,
    facts: &Facts,
    open_tasks: &OpenTasks,
) -> Result<Vec<Addressee>, Reason> {
    let mut found: Vec<Addressee> = Vec::new();
    let mut refused = None;
    for recipient in recipients.iter() {
        match resolve(recipient, class, facts, open_tasks) {
            Ok(some) => some.into_iter().for_each(|one| push_once(&mut found, one)),
            Err(reason) => refused = Some(reason),
        }
    }
    if found.is_empty()
        && let Some(fallback) = fallback
    {
        match resolve(fallback, class, facts, open_tasks) {
            Ok(some) => some.into_iter().for_each(|one| push_once(&mut found, one)),
            Err(reason) => refused = refused.or(Some(reason)),
        }
    }
    if found.is_empty() { Err(refused.unwrap_or(Reason::RecipientMissing)) } else { Ok(found) }
}

fn push_once(found: &mut Vec<Addressee>, one: Addressee) {
    let same = |other: &Addressee| match (&other.email, &one.email) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => other.person.is_some() && other.person == one.person,
    };
    if !found.iter().any(same) {
        found.push(one);
    }
}

fn resolve(
    recipient: &Recipient,
    class: &str,
    facts: &Facts,
    open_tasks: &OpenTasks,
) -> Result<Vec<Addressee>, Reason> {
    match recipient {
        Recipient::Contact(persona) => {
            let mut contacts = reachable(persona, class, facts)?;
            Ok(contacts.pop().into_iter().collect())
        }
        Recipient::Contacts(persona) => reachable(persona, class, facts),
        Recipient::EventContact => {
            let id = facts.event.as_ref().and_then(|event| event.contact.clone()).ok_or(Reason::RecipientMissing)?;
            let contact = facts.account.contact(&id).ok_or(Reason::RecipientMissing)?;
            allowed(contact, class, facts).map(|one| vec![one])
        }
        Recipient::Address(address) => at_address(address, class, facts).map(|one| vec![one]),
        Recipient::Account(field) if is_address_field(field, facts) => {
            let address = facts.account.text(field, facts.now).ok_or(Reason::RecipientMissing)?;
            at_address(&address, class, facts).map(|one| vec![one])
        }
        ours => person(ours, facts, open_tasks).map(|person| vec![from_person(person)]).ok_or(Reason::RecipientMissing),
    }
}

/// Whether mail of that class may still go to the contact.
pub fn may_reach(contact: &str, class: &str, facts: &Facts) -> Result<(), Reason> {
    let contact = facts.account.contact(contact).ok_or(Reason::RecipientMissing)?;
    allowed(contact, class, facts).map(|_| ())
}

/// A plain address. One that a contact of the account has is that contact, whatever way it was written down.
fn at_address(address: &str, class: &str, facts: &Facts) -> Result<Addressee, Reason> {
    let nobody = || Addressee { name: None, email: Some(address.to_owned()), contact: None, person: None, slack: None };
    let mut answers: Vec<_> = sharing(address, facts).map(|contact| allowed(contact, class, facts)).collect();
    answers.sort_by_key(Result::is_err);
    answers.into_iter().next().unwrap_or_else(|| Ok(nobody()))
}

/// The contacts of the account that have the address.
fn sharing<'a>(address: &'a str, facts: &'a Facts) -> impl Iterator<Item = &'a Contact> {
    let has = move |own: Option<Arc<str>>| own.is_some_and(|own| own.eq_ignore_ascii_case(address));
    facts.account.contacts.values().filter(move |contact| has(contact.text("email", facts.now)))
}

/// Whether a field of the account holds an address of the customer's rather than one of our people.
fn is_address_field(field: &str, facts: &Facts) -> bool {
    let registry = &facts.world.book.dictionary.registry;
    registry.account.get(field).is_some_and(|own| own.ty == Type::Text)
}

/// Whether the recipient is someone at the customer: what caps, opt-outs and suppressions are about.
pub fn is_customer(recipient: &Recipient, facts: &Facts) -> bool {
    match recipient {
        Recipient::Contact(_) | Recipient::Contacts(_) | Recipient::EventContact | Recipient::Address(_) => true,
        Recipient::Account(field) => is_address_field(field, facts),
        _ => false,
    }
}

/// The contacts of a persona that this class may reach, by contact id.
fn reachable(persona: &str, class: &str, facts: &Facts) -> Result<Vec<Addressee>, Reason> {
    let with_persona = facts.account.contacts.values().filter(|contact| contact.has_persona(persona, facts.now));
    let mut refusal = Reason::RecipientMissing;
    let mut found = Vec::new();
    for contact in with_persona {
        match allowed(contact, class, facts) {
            Ok(one) => found.push(one),
            Err(Reason::OptedOut) => refusal = Reason::OptedOut,
            Err(_) => {}
        }
    }
    if found.is_empty() { Err(refusal) } else { Ok(found) }
}

/// Whether mail of that class may go to the contact. Who shares an address shares what was said about it: whoever opted
/// out sees an address, not our records.
fn allowed(contact: &Contact, class: &str, facts: &Facts) -> Result<Addressee, Reason> {
    if matches!(contact.text("status", facts.now).as_deref(), Some("left" | "bounced")) {
        return Err(Reason::RecipientMissing);
    }
    let email = contact.text("email", facts.now).ok_or(Reason::RecipientMissing)?;
    if sharing(&email, facts).any(|other| has_opted_out(other, class, facts)) {
        return Err(Reason::OptedOut);
    }
    Ok(Addressee {
        name: contact.text("name", facts.now).map(|name| name.to_string()),
        email: Some(email.to_string()),
        contact: Some(contact.id.clone()),
        person: None,
        slack: None,
    })
}

/// `unsubscribed` and `opted_out` never touch transactional mail.
fn has_opted_out(contact: &Contact, class: &str, facts: &Facts) -> bool {
    let of_class = || {
        matches!(contact.fields.at("opted_out", facts.now),
            Value::Tags(classes) if classes.iter().any(|own| &**own == class))
    };
    class != TRANSACTIONAL && (contact.text("status", facts.now).as_deref() == Some("unsubscribed") || of_class())
}

fn from_person(person: &Person) -> Addressee {
    Addressee {
        name: Some(person.name.clone()),
        email: person.email.clone(),
        contact: None,
        person: Some(person.id.clone()),
        slack: person.slack.clone(),
    }
}

/// The person of ours a recipient names, or the delegate while that person is away.
fn person<'a>(recipient: &Recipient, facts: &'a Facts, open_tasks: &OpenTasks) -> Option<&'a Person> {
    let people = &facts.world.people;
    let field = |field: &str| facts.account.text(field, facts.now);
    let id = match recipient {
        Recipient::Account(name) => field(name)?,
        Recipient::ManagerOf(name) => people.get(&field(name)?)?.manager.clone()?,
        Recipient::Person(id) => id.clone(),
        Recipient::Role(role) => people.role(role)?.id.clone(),
        Recipient::Team(team) => {
            let members = people.teams.get(team)?;
            let present = members.iter().filter(|id| people.present(id, facts.today()).is_some());
            // min_by_key keeps the first of equals: the order of the file decides a tie.
            present.min_by_key(|id| open_tasks.get(*id).copied().unwrap_or(0))?.clone()
        }
        Recipient::Contact(_) | Recipient::Contacts(_) | Recipient::EventContact | Recipient::Address(_) => {
            return None;
        }
    };
    people.present(&id, facts.today())
}

/// Who does a task: the recipient, else the fallback, else the playbook's owner. None when even that is nobody.
pub fn assignee<'a>(
    recipient: &Recipient,
    fallback: Option<&Recipient>,
    playbook: &Playbook,
    facts: &'a Facts,
    open_tasks: &OpenTasks,
) -> Option<&'a Person> {
    person(recipient, facts, open_tasks)
        .or_else(|| fallback.and_then(|fallback| person(fallback, facts, open_tasks)))
        .or_else(|| person(&playbook.owner, facts, open_tasks))
}

/// The manager of a person who is present, else the fallback, else the playbook's owner: the next rung when two levels
/// of a ladder would be the same person.
pub fn rung_above<'a>(
    id: &str,
    fallback: Option<&Recipient>,
    playbook: &Playbook,
    facts: &'a Facts,
    open_tasks: &OpenTasks,
) -> Option<&'a Person> {
    let people = &facts.world.people;
    let manager = people.get(id).and_then(|person| person.manager.as_deref());
    manager
        .and_then(|manager| people.present(manager, facts.today()))
        .filter(|manager| &*manager.id != id)
        .or_else(|| fallback.and_then(|fallback| person(fallback, facts, open_tasks)))
        .or_else(|| person(&playbook.owner, facts, open_tasks))
}
