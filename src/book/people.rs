//! people.toml, compiled: our side.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::time::Date;

/// People, roles and teams. Imported people are added to those of the file.
#[derive(Clone, Debug, Default)]
pub struct People {
    pub people: BTreeMap<Arc<str>, Person>,
    /// Role to person id.
    pub roles: BTreeMap<Arc<str>, Arc<str>>,
    pub teams: BTreeMap<Arc<str>, Vec<Arc<str>>>,
}

/// Someone on our side: CSM, manager, VP.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Person {
    pub id: Arc<str>,
    pub name: String,
    pub email: Option<String>,
    pub manager: Option<Arc<str>>,
    pub roles: Vec<Arc<str>>,
    /// IANA name.
    pub timezone: Option<String>,
    /// Slack member id.
    pub slack: Option<String>,
    pub away: Vec<Away>,
}

/// Leave, both days included, and who stands in.
#[derive(Clone, Debug, PartialEq)]
pub struct Away {
    pub from: Date,
    pub until: Date,
    pub delegate: Option<Arc<str>>,
}

impl People {
    pub fn get(&self, id: &str) -> Option<&Person> {
        self.people.get(id)
    }

    /// The person of a role: named by `[role.x]`, else the first by id who carries it.
    pub fn role(&self, role: &str) -> Option<&Person> {
        match self.roles.get(role) {
            Some(id) => self.get(id),
            None => self.people.values().find(|person| person.roles.iter().any(|own| &**own == role)),
        }
    }

    /// Who does the person's work on that day: the person, or the delegate (of the delegate …) while away.
    ///
    /// None when somebody in the chain is away without a delegate, or the chain runs in a circle.
    pub fn present(&self, id: &str, day: Date) -> Option<&Person> {
        let mut person = self.get(id)?;
        for _ in 0..8 {
            match person.away.iter().find(|away| away.from <= day && day <= away.until) {
                None => return Some(person),
                Some(away) => person = self.get(away.delegate.as_deref()?)?,
            }
        }
        None
    }
}
