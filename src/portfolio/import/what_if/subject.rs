//! Whom an assumption is about.

use std::sync::Arc;

use super::{Fit, Unfit, WhatIf};
use crate::portfolio::import::cell::unknown;

pub(super) enum Subject {
    Account(Arc<str>),
    Contact { id: Arc<str>, account: Arc<str> },
}

impl Subject {
    pub(super) fn account(&self) -> &Arc<str> {
        match self {
            Subject::Account(account) | Subject::Contact { account, .. } => account,
        }
    }
}

impl WhatIf<'_> {
    /// Parts `ACCOUNT.REST` or `ACCOUNT/CONTACT.REST`. Ids may hold dots: the longest that is known counts.
    pub(super) fn subject<'t>(&self, name: &'t str) -> Fit<(Subject, &'t str)> {
        for (dot, _) in name.rmatch_indices('.') {
            let (head, rest) = (&name[..dot], &name[dot + 1..]);
            if let Some(subject) = self.known_subject(head)? {
                return self.of_this_play(subject).map(|subject| (subject, rest));
            }
        }
        let is_short = !name.contains('.') || name.starts_with("health.");
        match &self.account {
            Some(account) if is_short => Ok((Subject::Account(account.clone()), name)),
            _ => Err(self.nobody(name)),
        }
    }

    fn known_subject(&self, head: &str) -> Fit<Option<Subject>> {
        if let Some((id, _)) = self.known.accounts.get_key_value(head) {
            return Ok(Some(Subject::Account(id.clone())));
        }
        for (slash, _) in head.match_indices('/') {
            if let Some((account, _)) = self.known.accounts.get_key_value(&head[..slash]) {
                let id = self.contact_of(account, &head[slash + 1..]).map_err(Unfit::Wrong)?;
                return Ok(Some(Subject::Contact { id, account: account.clone() }));
            }
        }
        Ok(None)
    }

    /// The contact of that id, who must be at the account.
    pub(super) fn contact_of(&self, account: &str, id: &str) -> Result<Arc<str>, String> {
        let found = self.known.contacts.get_key_value(id).filter(|(_, owner)| &***owner == account);
        let own = || self.known.contacts.iter().filter(|(_, owner)| &***owner == account).map(|(id, _)| &**id);
        let known = found.map(|(id, _)| id.clone());
        known.ok_or_else(|| format!("at `{account}` {}", unknown("contact", id, own())))
    }

    fn of_this_play(&self, subject: Subject) -> Fit<Subject> {
        match &self.account {
            Some(played) if played != subject.account() => {
                let other = subject.account();
                Err(Unfit::Form(format!("only `{played}` is played: nothing can be assumed of `{other}`")))
            }
            _ => Ok(subject),
        }
    }

    fn nobody(&self, name: &str) -> Unfit {
        let Some((head, _)) = name.rsplit_once('.') else {
            return Unfit::Form(format!("`{name}` names no account: write ACCOUNT.{name}"));
        };
        let head = head.strip_suffix(".health").unwrap_or(head);
        let account = head.split_once('/').map_or(head, |(account, _)| account);
        Unfit::Wrong(unknown("account", account, self.known.accounts.keys().map(|id| &**id)))
    }
}
