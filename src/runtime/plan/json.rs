//! The plan as other programs read it. Keys are stable; lists are in the order of playbooks, accounts and time.

use serde_json::{Value, json};

use crate::book::difference::{FileDifference, PlaybookDifference};
use crate::book::keys::Choice;
use crate::time::{TimeZone, local_text, utc_text};

use super::{Plan, SegmentTotals, Send, Totals, Turn, Verdict};
use crate::runtime::feeds::StaleFeed;
use crate::runtime::summary::{collision, spots};

impl Plan {
    /// One object.
    pub fn json(&self) -> Value {
        let [enroll, exit, moved, restart, stay] = self.people.lists().map(|(_, list)| turns(list));
        json!({
            "as_of": utc_text(self.from),
            "until": utc_text(self.until),
            "changed": self.has_changes(),
            "playbooks": self.difference.playbooks.iter().map(|own| self.playbook(own)).collect::<Vec<_>>(),
            "unchanged": self.difference.unchanged,
            "shared": self.difference.shared.iter().map(file).collect::<Vec<_>>(),
            "enroll": enroll,
            "exit": exit,
            "move": moved,
            "restart": restart,
            "stay": stay,
            "enrolled": { "before": self.enrolled.0, "after": self.enrolled.1 },
            "parked": self.parked,
            "sends": {
                "before": totals(&Totals::of(&self.sends.before)),
                "after": totals(&Totals::of(&self.sends.after)),
                "gained": sends(&self.sends.gained),
                "lost": sends(&self.sends.lost),
            },
            "segments": self.segments.iter().map(segment).collect::<Vec<_>>(),
            "collisions": self.warnings.collisions.iter().map(collision).collect::<Vec<_>>(),
            "recipient_missing": spots(&self.warnings.nobody),
            "template_errors": spots(&self.warnings.unfilled),
            "late": spots(&self.warnings.late),
            "go_live": {
                "refused": self.go_live.refusals,
                "waits": self.go_live.waits.iter().map(wait).collect::<Vec<_>>(),
            },
            "stale": self.stale.iter().map(stale).collect::<Vec<_>>(),
            "totals": {
                "enroll": self.people.enroll.len(),
                "exit": self.people.exit.len(),
                "move": self.people.moved.len(),
                "sends": self.sends.after.len(),
            },
        })
    }

    fn playbook(&self, own: &PlaybookDifference) -> Value {
        let PlaybookDifference { id, standing, status, before, after, points } = own;
        let sends = |sends: &[Send]| totals(&Totals::of(sends.iter().filter(|send| send.playbook == *id)));
        let mut object = json!({
            "id": id, "standing": standing, "status": status.word(), "before": before, "after": after, "points": points,
        });
        for (word, list) in self.people.lists() {
            object[word] = json!(list.iter().filter(|own| own.playbook == *id).count());
        }
        object["sends"] = json!({ "before": sends(&self.sends.before), "after": sends(&self.sends.after) });
        object
    }
}

fn file(own: &FileDifference) -> Value {
    json!({ "file": own.file, "points": own.points })
}

fn turns(list: &[Turn]) -> Vec<Value> {
    let turn = |own: &Turn| json!({ "at": utc_text(own.at), "account": own.account, "playbook": own.playbook, "why": own.why });
    list.iter().map(turn).collect()
}

fn totals(own: &Totals) -> Value {
    let mut object = json!(own);
    object["total"] = json!(own.total());
    object
}

fn sends(list: &[Send]) -> Vec<Value> {
    let send = |own: &Send| {
        let zone = TimeZone::get(&own.zone).unwrap_or(TimeZone::UTC);
        json!({
            "at": utc_text(own.at),
            "local": local_text(own.at, &zone),
            "account": own.account,
            "playbook": own.playbook,
            "step": own.step,
            "sort": own.sort,
            "to": own.to,
        })
    };
    list.iter().map(send).collect()
}

fn segment(own: &SegmentTotals) -> Value {
    json!({
        "segment": own.segment, "enroll": own.enroll, "before": totals(&own.before), "after": totals(&own.after),
    })
}

fn stale(own: &StaleFeed) -> Value {
    json!({ "feed": own.feed, "since": own.since.map(utc_text) })
}

fn wait(own: &Verdict) -> Value {
    let answer = own.answer.map(crate::engine::desk::ApprovalState::as_str);
    json!({ "playbook": own.playbook(), "approval": own.approval(), "answer": answer, "text": own.ahead() })
}
