//! At the door of a playbook: who comes above a limit of the day is parked until a person has answered for all of them.

use std::sync::Arc;

use crate::book::cases::ENROLL;
use crate::book::playbook::{Outcome, Playbook, Status, UnknownPolicy};
use crate::engine::Reason;
use crate::engine::desk::{ApprovalState, Change, ConditionState, EntryKind, EntryResult};
use crate::engine::enrollment::{End, Enrollment, EnrollmentState, Park};
use crate::engine::matching::is_open;
use crate::engine::notice::{News, NoticeKind, owners};
use crate::engine::recipients::assignee;
use crate::engine::turnout::{Arrival, Excess, Question};
use crate::id;
use crate::portfolio::Facts;
use crate::time::Date;

use super::Turn;

impl Turn<'_> {
    /// Lets the account in, or parks it where one more would be above a limit of its local day.
    pub(super) fn arrive(&mut self, playbook: &Playbook, facts: &Facts, enrollment: Enrollment) {
        let day = facts.today();
        let own = self.entered_now(&playbook.id, day);
        match self.turnout.excess(playbook, &self.input_world.book.policy.breaker, day, own) {
            None => {
                self.count(playbook, day, None);
                self.enter(playbook, facts, enrollment);
            }
            Some(excess) => self.park(playbook, facts, enrollment, day, &excess),
        }
    }

    /// How often this very look has let the account in.
    fn entered_now(&self, playbook: &Arc<str>, day: Date) -> u64 {
        let is_own = |change: &&Change| {
            matches!(change, Change::Arrival(own)
                if own.playbook == *playbook && own.day == day && own.question.is_none())
        };
        self.changes.iter().filter(is_own).count() as u64
    }

    fn count(&mut self, playbook: &Playbook, day: Date, question: Option<Question>) {
        let stored = self.turnout.day(&playbook.id, day).stored;
        self.changes.push(Change::Arrival(Arrival { playbook: playbook.id.clone(), day, stored, question }));
    }

    fn park(&mut self, playbook: &Playbook, facts: &Facts, mut enrollment: Enrollment, day: Date, excess: &Excess) {
        let question = self.question(playbook, facts, &enrollment, day);
        let mut entry = self.entry(playbook, &enrollment, facts, EntryKind::Enroll);
        entry.step = Some(ENROLL.into());
        entry.result = EntryResult::Held;
        entry.reason = Some(excess.reason);
        entry.detail = Some(excess.limit.clone());
        enrollment.state = EnrollmentState::Parked;
        enrollment.park = Some(Park { reason: excess.reason, question: question.id.clone(), answer: None });
        self.tell_owners_of(playbook, &limit_news(playbook, day, excess, &question.id));
        self.count(playbook, day, Some(question));
        self.insert(enrollment);
        self.record(entry);
        self.refresh();
    }

    /// The question of that day if it is still open, else a new one, named after the first account it is about.
    fn question(&self, playbook: &Playbook, facts: &Facts, enrollment: &Enrollment, day: Date) -> Question {
        let asked = self.turnout.day(&playbook.id, day).question;
        let approver = owners(playbook, &self.input_world.people, self.now).first().and_then(|_| {
            assignee(&playbook.owner, None, playbook, facts, &self.open_tasks).map(|person| person.id.clone())
        });
        Question { id: asked.unwrap_or_else(|| id::entry_approval(&enrollment.id).into()), approver }
    }

    fn tell_owners_of(&mut self, playbook: &Playbook, news: &News<'_>) {
        let people = owners(playbook, &self.input_world.people, self.now);
        let notices = news.addressed(playbook, &people, self.now);
        self.changes.extend(notices.into_iter().map(Change::Notice));
    }

    /// `unknown = "error"`: as hold, and the owner is told, once for as long as it cannot be told whether the account
    /// qualifies.
    pub(super) fn tell_if_unknown(
        &mut self,
        playbook: &Playbook,
        facts: &Facts,
        state: &ConditionState,
        reason: Reason,
    ) {
        let is_unknown = matches!(reason, Reason::ConditionUnknown | Reason::StaleFeed);
        let tells = playbook.enroll.unknown == UnknownPolicy::Error && playbook.status != Status::Shadow;
        if !tells || !is_unknown {
            return;
        }
        let account = &self.account.id;
        let since = facts.event.as_ref().map_or_else(|| state.since.to_string(), |event| event.id.to_string());
        let news = News {
            kind: NoticeKind::ConditionUnknown,
            about: &format!("{account} {since}"),
            text: format!(
                "`{}`: it cannot be told whether `{account}` qualifies ({reason}). \
                 `playcaller explain {account} {}` says what is missing.",
                playbook.id, playbook.id
            ),
        };
        let mut people = owners(playbook, &self.input_world.people, self.now);
        if people.is_empty() {
            // The owner is another one for each account, and this is about one.
            let own = assignee(&playbook.owner, None, playbook, facts, &self.open_tasks);
            people.extend(own.map(|person| person.id.clone()));
        }
        let notices = news.addressed(playbook, &people, self.now);
        self.changes.extend(notices.into_iter().map(Change::Notice));
    }

    /// Follows a person's answer about parked enrollments. True when one begins or ends by it.
    pub(super) fn hear_about_parked(&mut self) -> bool {
        for (playbook, id) in self.parked() {
            let Some(Park { reason, answer: Some(answer), .. }) = self.enrollment(&id).park else { continue };
            match answer {
                ApprovalState::Approved if is_open(&playbook) => self.begin_parked(&playbook, &id),
                ApprovalState::Rejected => {
                    let facts = self.facts_for(&playbook, self.enrollment(&id));
                    let exit = Some(Arc::from("rejected"));
                    self.end(&playbook, &id, &facts, End { at: self.now, outcome: Outcome::Neutral, reason, exit });
                }
                _ => continue,
            }
            return true;
        }
        false
    }

    /// It begins now, as the playbook is now; `[late]` decides about steps whose time has passed.
    fn begin_parked(&mut self, playbook: &Playbook, id: &Arc<str>) {
        let mut enrollment = self.enrollment(id).clone();
        enrollment.state = EnrollmentState::Active;
        enrollment.park = None;
        enrollment.enrolled_at = self.now;
        enrollment.version = playbook.version.clone();
        let facts = self.facts_for(playbook, &enrollment);
        self.enter(playbook, &facts, enrollment);
    }
}

fn limit_news<'a>(playbook: &Playbook, day: Date, excess: &Excess, question: &'a str) -> News<'a> {
    let kind = match excess.reason {
        Reason::LimitReached => NoticeKind::LimitReached,
        _ => NoticeKind::BreakerTripped,
    };
    let text = format!(
        "`{}`: on {day} more accounts came than {} lets in. The others wait for an answer and get nothing before: \
         `playcaller approvals show {question}`.",
        playbook.id, excess.limit
    );
    News { kind, about: question, text }
}
