//! The summary as other programs read it. Keys are stable; maps go by day, playbook or person.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{Collision, Daily, Mails, Reader, Spot, Stopped, Stops, Summary};
use crate::engine::Reason;
use crate::time::{Date, utc_text};

impl Summary {
    /// One object.
    pub fn json(&self) -> Value {
        json!({
            "from": utc_text(self.from),
            "until": utc_text(self.until),
            "accounts": self.accounts,
            "playbooks": self.playbooks,
            "enrolled": daily(&self.enrolled),
            "mails": mails(&self.mails),
            "tasks": self.tasks(),
            "collisions": self.mails.collisions.iter().map(collision).collect::<Vec<_>>(),
            "caps": self.stops.caps.iter().map(|(cap, own)| stopped("cap", cap, own)).collect::<Vec<_>>(),
            "outside_window": self.stops.by_reason.get(&Reason::OutsideWindow).map_or(0, |own| own.held + own.skipped),
            "stopped": stops(&self.stops),
            "recipient_missing": spots(&self.stops.nobody),
            "template_errors": spots(&self.stops.unfilled),
        })
    }

    fn tasks(&self) -> Value {
        let mut object = daily(&self.tasks);
        let most = self.tasks_per_day.most();
        object["per_person_per_day"] = json!({
            "max": most.map(|(person, day, count)| json!({ "person": person, "day": day, "count": count })),
            "median": self.tasks_per_day.median(),
        });
        let row = |(person, own): (&Option<Arc<str>>, &Daily)| {
            let mut row = Map::from_iter([("person".to_owned(), json!(person))]);
            row.extend(daily(own).as_object().cloned().unwrap_or_default());
            Value::Object(row)
        };
        object["people"] = self.tasks_per_day.0.iter().map(row).collect();
        object
    }
}

fn mails(own: &Mails) -> Value {
    let most = own.per_week.most();
    let busiest = |(reader, week, count): (&Reader, Date, usize)| json!({ "account": reader.account, "contact": reader.contact, "week": week, "count": count });
    json!({
        "to_contacts": daily(&own.to_contacts),
        "to_others": daily(&own.to_others),
        "contacts": own.per_week.0.len(),
        "per_contact_per_week": { "max": most.map(busiest), "median": own.per_week.median() },
    })
}

fn daily(own: &Daily) -> Value {
    let peak = own.peak().map(|(day, count)| json!({ "day": day, "count": count }));
    json!({ "total": own.total(), "peak": peak, "days": own.0 })
}

/// One of the collisions.
pub fn collision(own: &Collision) -> Value {
    let Collision { day, reader, mails, playbooks } = own;
    json!({
        "day": day, "account": reader.account, "contact": reader.contact, "mails": mails, "playbooks": playbooks,
    })
}

fn stops(own: &Stops) -> Vec<Value> {
    own.by_reason.iter().map(|(reason, own)| stopped("reason", reason.as_str(), own)).collect()
}

fn stopped(key: &str, name: &str, own: &Stopped) -> Value {
    json!({ key: name, "held": own.held, "skipped": own.skipped, "accounts": own.accounts.len() })
}

/// Steps that were stopped, with their accounts.
pub fn spots(own: &BTreeMap<Spot, BTreeSet<Arc<str>>>) -> Vec<Value> {
    let row = |(spot, accounts): (&Spot, &BTreeSet<Arc<str>>)| json!({ "playbook": spot.playbook, "step": spot.step, "detail": spot.why, "accounts": accounts });
    own.iter().map(row).collect()
}
