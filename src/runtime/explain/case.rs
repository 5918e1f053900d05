//! One account before the door of one playbook at one instant: what the engine would say of it.

use std::sync::Arc;

use crate::book::playbook::{Playbook, Trigger};
use crate::condition::{Facts as _, Makeup, Name, Trace, Truth, Value};
use crate::engine::Reason;
use crate::engine::admission::{Admission, Entrance, admit, unknown_because};
use crate::engine::desk::{ConditionState, Desk};
use crate::engine::matching::{self, EVENT_HORIZON_DAYS, Offer, Offers, is_open, judged, observe, offers, seen_after};
use crate::portfolio::{Event, Facts};
use crate::time::{Timestamp, local_date};

pub(super) struct Case<'a> {
    pub playbook: &'a Playbook,
    /// As the playbook sees them, with the event it would be started by.
    pub facts: Facts,
    pub desk: &'a Desk,
    /// What is known of the condition after this look.
    pub state: ConditionState,
    pub offers: Offers,
    pub live_since: Timestamp,
}

impl<'a> Case<'a> {
    /// The case as a look at the facts' instant finds it, with what was known of the condition before.
    pub fn at(
        playbook: &'a Playbook,
        facts: &Facts,
        desk: &'a Desk,
        before: Option<&ConditionState>,
        live_since: Timestamp,
    ) -> Case<'a> {
        let facts = facts.seen_by(playbook);
        let seen = before.map_or(&[][..], |state| &state.seen);
        let offers = offers(playbook, &facts, seen, live_since);
        let state = observe(before, playbook, &facts, &offers, live_since);
        let facts = match &playbook.trigger {
            Trigger::Event(kind) => facts.with_event(matching::latest_event(kind, &facts)),
            _ => facts,
        };
        Case { playbook, facts, desk, state, offers, live_since }
    }

    /// What the look leaves behind for the next one.
    pub fn left_behind(&self) -> ConditionState {
        let seen = seen_after(self.playbook, &self.facts, &self.state.seen, self.live_since);
        ConditionState { seen, ..self.state.clone() }
    }

    pub fn is_enrolled(&self) -> bool {
        self.desk.active().any(|own| own.playbook == self.playbook.id)
    }

    /// The facts with the enrollment the account is in, for the rules that ask about it.
    pub fn facts_of_run(&self) -> Facts {
        let own = self.desk.active().find(|own| own.playbook == self.playbook.id);
        let mut facts = self.facts.clone();
        facts.run = own.map(|own| Arc::new(self.desk.run_of(own)));
        facts
    }

    /// Why the account is, or is not, in the playbook. The limits of a day are not asked.
    pub fn reason(&self) -> Reason {
        if self.is_enrolled() {
            return Reason::Enrolled;
        }
        let parked = self.desk.open().find(|own| own.playbook == self.playbook.id);
        if let Some(park) = parked.and_then(|own| own.park.as_ref()) {
            return park.reason;
        }
        if !is_open(self.playbook) {
            return Reason::NotLive;
        }
        let offer = match &self.offers {
            Offers::Now(open) => &open[open.len() - 1],
            Offers::None(Some(reason)) => return *reason,
            Offers::From(_) | Offers::None(None) => return self.not_offered(),
        };
        self.admitted(offer)
    }

    fn admitted(&self, offer: &Offer) -> Reason {
        let state = judged(&self.state, self.playbook, &self.facts);
        match admit(self.playbook, &self.facts, self.desk, offer, &state, Entrance::Trigger) {
            Admission::Enroll(_) => Reason::Enrolled,
            Admission::HoldOut(_) => Reason::Holdout,
            Admission::Refuse(reason) | Admission::RefuseUntil(reason, _) => reason,
            Admission::AwaitBranch => Reason::ConditionUnknown,
        }
    }

    /// The trigger offers nothing now: its time has not come, no event has, or the event has been answered.
    fn not_offered(&self) -> Reason {
        let when = self.playbook.enroll.when.as_ref();
        match (when.map_or(Truth::True, |when| when.truth(&self.facts)), &self.facts.event) {
            (Truth::Unknown, _) => unknown_because(when, &self.facts),
            (Truth::True, Some(event)) => self.answered(event),
            _ => Reason::ConditionFalse,
        }
    }

    /// Why an event that qualifies starts nothing any more.
    fn answered(&self, event: &Arc<Event>) -> Reason {
        let offer = Offer { anchor: None, open_since: self.facts.now, event: Some(event.clone()), fired_at: None };
        match self.admitted(&offer) {
            Reason::Enrolled if event.at < self.live_since => Reason::BackfillNone,
            Reason::Enrolled => Reason::ConditionFalse,
            reason => reason,
        }
    }

    /// What trigger and `when` say together.
    pub fn verdict(&self) -> Truth {
        let when = self.playbook.enroll.when.as_ref().map_or(Truth::True, |when| when.truth(&self.facts));
        self.trigger().map_or(when, |trigger| trigger.truth.and(when))
    }

    /// The condition as a tree; the trigger's own question comes first when it has one.
    pub fn question(&self) -> Trace {
        let when = self.playbook.enroll.when.as_ref().map(|when| when.trace(&self.facts));
        match (self.trigger(), when) {
            (Some(trigger), Some(when)) => Trace::both("trigger && when", trigger, when),
            (Some(trigger), None) => trigger,
            (None, Some(when)) => when,
            (None, None) => self.note("every account the trigger reaches".to_owned(), Truth::True),
        }
    }

    /// What the trigger asks; none where `when` is all there is.
    pub fn trigger(&self) -> Option<Trace> {
        Some(match &self.playbook.trigger {
            Trigger::Condition => return None,
            Trigger::Date(_) => self.date_trigger(),
            Trigger::Event(kind) => match &self.facts.event {
                Some(event) => {
                    let note = self.note(format!("a `{kind}` came"), Truth::True);
                    Trace { left: Some(Value::Time(event.at)), ..note }
                }
                None => self.note(format!("a `{kind}` in the last {EVENT_HORIZON_DAYS} days"), Truth::False),
            },
            Trigger::Schedule(schedule) => {
                let is_due = matches!(self.offers, Offers::Now(_));
                self.note(format!("the schedule `{}` is due", schedule.cron), is_due.into())
            }
            Trigger::Manual => self.note("a person or another playbook starts it".to_owned(), Truth::False),
        })
    }

    fn date_trigger(&self) -> Trace {
        let Trigger::Date(trigger) = &self.playbook.trigger else { unreachable!("asked of date triggers only") };
        let facts = &self.facts;
        let field = format!("account.{}", trigger.anchor);
        let age = facts.age(&Name::Account(trigger.anchor.clone())).into_iter().collect();
        let Some(anchor) = facts.account.date(&trigger.anchor, facts.now) else {
            let because = Some(format!("{field} is empty"));
            return Trace { unknown_because: because, age, ..self.note(format!("{field} has a date"), Truth::Unknown) };
        };
        let Some((from, until)) = matching::date_range(self.playbook, trigger, facts, anchor) else {
            return Trace { age, ..self.note(format!("{field} has a day to enter on"), Truth::False) };
        };
        let (sign, first) = (if trigger.offset.n < 0 { "" } else { "+" }, local_date(from, &facts.zone));
        let text = format!("today within {first} .. {until} ({field} {sign}{})", trigger.offset);
        let (is_early, is_late) = (facts.now < from, facts.today() > until);
        let note = Trace { age, ..self.note(text, (!is_early && !is_late).into()) };
        let (operator, bound) = match (is_early, is_late) {
            (false, false) => return note,
            (true, _) => (">=", first),
            (false, true) => ("<=", until),
        };
        let makeup = Makeup::Comparison { asked: "today".to_owned(), operator };
        Trace { left: Some(Value::Date(facts.today())), right: Some(Value::Date(bound)), makeup, ..note }
    }

    fn note(&self, text: String, truth: Truth) -> Trace {
        let header = self.playbook.text.lines().position(|line| line.trim_start().starts_with("[trigger]"));
        Trace::note(text, truth, &self.playbook.file, header.map_or(1, |above| above + 1))
    }
}
