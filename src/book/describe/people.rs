//! Who gets a message or a task, in words.

use crate::book::playbook::Recipient;
use crate::book::policy::{Cap, CapChannel, CapPer};
use crate::condition::spaced;

/// One of them.
pub fn who(recipient: &Recipient) -> String {
    match recipient {
        Recipient::Contact(persona) => format!("the {}", spaced(persona)),
        Recipient::Contacts(persona) => format!("every {}", spaced(persona)),
        Recipient::EventContact => "the contact of the event".to_owned(),
        Recipient::Account(field) => format!("the account's {}", spaced(field)),
        Recipient::ManagerOf(field) => format!("the manager of the account's {}", spaced(field)),
        Recipient::Person(id) => id.to_string(),
        Recipient::Role(role) => format!("the {}", spaced(role)),
        Recipient::Team(team) => format!("the team {team}"),
        Recipient::Address(address) => address.to_string(),
    }
}

/// `the champion, the admin`.
pub fn everyone(recipients: &[Recipient]) -> String {
    recipients.iter().map(who).collect::<Vec<_>>().join(", ")
}

pub(super) fn sends(cap: &Cap) -> String {
    let channel = match cap.channel {
        CapChannel::Email => "mail",
        CapChannel::Slack => "Slack message",
        CapChannel::Teams => "Teams message",
    };
    let whom = if cap.per == CapPer::Contact { "contact" } else { "account" };
    format!("{} {channel}{} to one {whom}", cap.max, if cap.max == 1 { "" } else { "s" })
}
