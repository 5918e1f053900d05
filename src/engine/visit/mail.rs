//! Mail: whom it goes to, one message each, and what stands before the message to one of them.

use std::sync::Arc;

use crate::book::playbook::{Action, EmailAction, Kind, Playbook, Recipient};
use crate::engine::Reason;
use crate::engine::compose::{self, Envelope};
use crate::engine::delivery::Content;
use crate::engine::enrollment::StepRun;
use crate::engine::quiet::{self, Opening};
use crate::engine::recipients::{Addressee, addressees};
use crate::engine::suppression::{Obstacle, capped};
use crate::portfolio::Facts;
use crate::time::Timestamp;

use super::Turn;
use super::advance::Gate;
use super::cue::Cue;
use super::prepare::{Outgoing, Prepared, cannot_render};

/// Everyone a mail goes to, each address once.
struct Circle {
    /// Those it is written to; never empty.
    to: Vec<Addressee>,
    /// Those who get a copy and are shown.
    cc: Vec<Addressee>,
    /// Those who get a copy, shown or not: `cc` first.
    copies: Vec<Addressee>,
}

impl Turn<'_> {
    /// One message for each addressee.
    pub(super) fn prepare_email(&self, playbook: &Playbook, step: &str, action: &EmailAction, facts: &Facts) -> Gate {
        let class = class_of(action, playbook, facts);
        let circle = match self.circle(action, &class, facts) {
            Ok(circle) => circle,
            Err(reason) => return Gate::Skip(reason),
        };
        let mut messages = Vec::new();
        for envelope in circle.envelopes() {
            match compose::email(action, playbook, step, &envelope, &class, facts, &self.open_tasks) {
                Ok(email) => messages.push(Outgoing {
                    channel: Kind::Email,
                    contact: envelope.recipient.contact.clone(),
                    to: email.recipient().email.clone(),
                    class: class.clone(),
                    content: Content::Email(email),
                }),
                Err(error) => return cannot_render(error),
            }
        }
        Gate::Go(Prepared::Messages(messages))
    }

    fn circle(&self, action: &EmailAction, class: &str, facts: &Facts) -> Result<Circle, Reason> {
        let all = |recipients: &[Recipient], fallback: Option<&Recipient>| {
            let mut found = addressees(recipients, fallback, class, facts, &self.open_tasks)?;
            found.retain(|one| one.email.is_some());
            if found.is_empty() { Err(Reason::RecipientMissing) } else { Ok(found) }
        };
        // A copy that reaches nobody does not stop the mail itself.
        let (cc, bcc) = (all(&action.cc, None).unwrap_or_default(), all(&action.bcc, None).unwrap_or_default());
        let mut circle =
            Circle { to: all(&action.to, action.fallback_to.as_ref())?, cc: Vec::new(), copies: Vec::new() };
        circle.cc = circle.newcomers(cc);
        circle.copies = circle.cc.clone();
        let unseen = circle.newcomers(bcc);
        circle.copies.extend(unseen);
        Ok(circle)
    }

    /// What stands before one message, when its hold so far is `so_far`.
    pub(super) fn before(
        &self,
        message: &Outgoing,
        playbook: &Playbook,
        so_far: Option<&StepRun>,
        facts: &Facts,
    ) -> Option<Obstacle> {
        let contact = message.contact.as_ref()?;
        let cap = || capped(message.channel, &message.class, contact, facts, &self.desk);
        let reader = || quiet::outside(contact, playbook, facts);
        // Who waits for a cap goes on waiting for it, whatever the hour is there.
        match so_far.and_then(|run| run.reason) {
            Some(Reason::Capped) => cap().or_else(reader),
            _ => reader().or_else(cap),
        }
    }
}

impl Turn<'_> {
    /// When the last of a mail's readers has their hours, from the step's own time on: before that it is not late.
    pub(super) fn readers_due(&self, cue: &Cue) -> Timestamp {
        let Action::Email(action) = &cue.step().action else { return cue.due };
        let class = class_of(action, cue.playbook, cue.facts);
        let fallback = action.fallback_to.as_ref();
        let found = addressees(&action.to, fallback, &class, cue.facts, &self.open_tasks).unwrap_or_default();
        let hours = found.iter().filter_map(|one| {
            match quiet::opening(one.contact.as_deref()?, cue.due, cue.playbook, cue.facts) {
                Opening::At(at) => Some(at),
                Opening::Unknown => None,
            }
        });
        hours.max().unwrap_or(cue.due)
    }

    /// The cap that keeps every one of the messages back, if there is one.
    pub(super) fn full_cap(&self, messages: &[Outgoing], playbook: &Playbook, facts: &Facts) -> Option<Obstacle> {
        let before = |message: &Outgoing| {
            let cap = self.before(message, playbook, None, facts);
            cap.filter(|obstacle| obstacle.reason == Reason::Capped)
        };
        let full: Option<Vec<Obstacle>> = messages.iter().map(before).collect();
        full?.into_iter().next()
    }
}

/// The message class of a mail: its template's own, else the playbook's.
pub(super) fn class_of(action: &EmailAction, playbook: &Playbook, facts: &Facts) -> Arc<str> {
    let templates = facts.world.book.templates_of(playbook);
    templates.class(&action.template).map_or_else(|| playbook.class.clone(), Arc::from)
}

impl Circle {
    /// Those whose address is not among the addressees yet.
    fn newcomers(&self, some: Vec<Addressee>) -> Vec<Addressee> {
        let same = |a: &Addressee, b: &Addressee| match (&a.email, &b.email) {
            (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
            _ => false,
        };
        let is_new = |one: &Addressee| !self.to.iter().chain(&self.copies).any(|known| same(known, one));
        some.into_iter().filter(is_new).collect()
    }

    /// Mail to several is written to each by name; a copy is the mail to the first.
    fn envelopes(&self) -> impl Iterator<Item = Envelope<'_>> {
        let first = &self.to[0];
        let customer = self.to.iter().find(|one| one.contact.is_some()).unwrap_or(first);
        let own = self.to.iter().map(move |one| Envelope {
            recipient: one,
            written_to: one,
            // One of us who is written to with a contact reads what the contact reads.
            reader: if one.contact.is_some() { one } else { customer },
            cc: &self.cc,
        });
        let reader = if first.contact.is_some() { first } else { customer };
        let copies =
            self.copies.iter().map(move |one| Envelope { recipient: one, written_to: first, reader, cc: &self.cc });
        own.chain(copies)
    }
}
