//! What the owner of a playbook must be told although no step says it.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::book::People;
use crate::book::playbook::{Playbook, Recipient};
use crate::id;
use crate::time::{Date, TimeZone, Timestamp, local_date};

/// One thing one person must know.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Derived from kind, playbook, subject and person: the same is told once.
    pub id: Arc<str>,
    pub at: Timestamp,
    pub kind: NoticeKind,
    pub playbook: Arc<str>,
    /// Who is told; none when nobody of ours could be found.
    pub person: Option<Arc<str>>,
    /// One or two sentences, with what to do.
    pub text: String,
}

/// What kind of thing it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// `[breaker]`: too many accounts at once; those above wait.
    BreakerTripped,
    /// `max_per_day`: those above wait.
    LimitReached,
    /// `unknown = "error"`: it cannot be told whether an account qualifies.
    ConditionUnknown,
    /// `[silence_alarm]`: nobody enters any more.
    SilenceAlarm,
    /// Its file cannot be used; the version before it is in force.
    PlaybookBroken,
}

impl NoticeKind {
    pub const ALL: [NoticeKind; 5] = [
        NoticeKind::BreakerTripped,
        NoticeKind::LimitReached,
        NoticeKind::ConditionUnknown,
        NoticeKind::SilenceAlarm,
        NoticeKind::PlaybookBroken,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            NoticeKind::BreakerTripped => "breaker_tripped",
            NoticeKind::LimitReached => "limit_reached",
            NoticeKind::ConditionUnknown => "condition_unknown",
            NoticeKind::SilenceAlarm => "silence_alarm",
            NoticeKind::PlaybookBroken => "playbook_broken",
        }
    }
}

/// What is to be told, before it is known to whom.
#[derive(Clone, Debug)]
pub struct News<'a> {
    pub kind: NoticeKind,
    /// What makes it one, beside kind and playbook: a day, an account, a version.
    pub about: &'a str,
    pub text: String,
}

impl News<'_> {
    /// One notice for each of these people; one for nobody when there are none, so that it is at least listed.
    pub fn addressed(&self, playbook: &Playbook, people: &[Arc<str>], at: Timestamp) -> Vec<Notice> {
        let to = |person: Option<&Arc<str>>| {
            let person_id = person.map_or("", |id| &**id);
            let id = id::derived('n', &[self.kind.as_str(), &playbook.id, self.about, person_id]);
            let (playbook, person, text) = (playbook.id.clone(), person.cloned(), self.text.clone());
            Notice { id: id.into(), at, kind: self.kind, playbook, person, text }
        };
        if people.is_empty() { vec![to(None)] } else { people.iter().map(|id| to(Some(id))).collect() }
    }
}

/// Who answers for the playbook as a whole: the person, who has the role, or everybody of the team; delegates while they
/// are away. Nobody when the owner is somebody else for every account.
pub fn owners(playbook: &Playbook, people: &People, at: Timestamp) -> Vec<Arc<str>> {
    let today: Date = local_date(at, &TimeZone::UTC);
    let ids: Vec<&str> = match &playbook.owner {
        Recipient::Person(id) => vec![id],
        Recipient::Role(role) => people.role(role).map(|person| &*person.id).into_iter().collect(),
        Recipient::Team(team) => people.teams.get(team).into_iter().flatten().map(|id| &**id).collect(),
        _ => Vec::new(),
    };
    // Whoever is away without a delegate is told all the same: a mail can be read later.
    let present = ids.iter().filter_map(|id| people.present(id, today).or_else(|| people.get(id)));
    let unique: BTreeSet<Arc<str>> = present.map(|person| person.id.clone()).collect();
    unique.into_iter().collect()
}
