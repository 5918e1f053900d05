//! A small beginning: two customers, and an enrollment with work of every kind.

use std::collections::BTreeMap;
use std::sync::Arc;

use playcaller::book::playbook::{Kind, Priority};
use playcaller::condition::Truth;
use playcaller::engine::delivery::{Address, Content, Email, Message};
use playcaller::engine::desk::{
    Approval, ApprovalKind, ApprovalState, Change, CheckItem, ConditionState, Entry, EntryKind, EntryResult,
    NewDelivery, Task, TaskState,
};
use playcaller::engine::enrollment::{EnrollmentState, StepRun, StepState};
use playcaller::engine::{Desk, Enrollment, Reason};
use playcaller::store::{Applied, Look, Store};
use playcaller::time::Timestamp;

use crate::support::databases::execute;

pub fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

pub fn noon() -> Timestamp {
    at("2026-03-17T12:00:00Z")
}

/// Accounts `acme` and `globex`, each with a contact.
pub async fn two_customers(store: &Store) {
    for statement in [
        "insert into account (id, known_since, wake_at) values ('acme', 0, 0), ('globex', 0, null)",
        "insert into contact (id, account_id) values ('pat', 'acme'), ('sam', 'globex')",
    ] {
        execute(store, statement).await.expect(statement);
    }
}

/// The desk of `acme` with an enrollment `e1`, a begun step, a task, an approval and a condition.
pub fn busy_desk() -> Desk {
    let mut desk = Desk::default();
    desk.enrollments.insert("e1".into(), enrollment("e1", "acme"));
    desk.tasks.insert("t1".into(), task("t1", "e1"));
    desk.approvals.insert("a1".into(), approval("a1", "e1"));
    desk.conditions.insert("renewal".into(), condition());
    desk
}

/// Everything on [`busy_desk`], and one mail.
pub fn everything() -> Vec<Change> {
    vec![
        Change::Enrollment("e1".into()),
        Change::Step { enrollment: "e1".into(), step: "kickoff".into() },
        Change::Task("t1".into()),
        Change::Approval("a1".into()),
        Change::Condition("renewal".into()),
        Change::Delivery(Box::new(mail("d1", "pat@acme.example"))),
        Change::History(entry("kickoff")),
    ]
}

pub fn enrollment(id: &str, account: &str) -> Enrollment {
    let run = StepRun {
        state: StepState::Approving,
        due: noon(),
        since: noon(),
        ended_at: None,
        reason: Some(Reason::AwaitingApproval),
        reminders: 0,
    };
    Enrollment {
        id: id.into(),
        account: account.into(),
        playbook: "renewal".into(),
        version: "v1".into(),
        entry_key: format!("2026-06-15/{id}").into(),
        state: EnrollmentState::Active,
        park: None,
        branch: Some("enterprise".into()),
        anchor: Some("2026-06-15".parse().expect("a date")),
        event: None,
        enrolled_at: noon(),
        ended: None,
        goal_since: None,
        replied: false,
        steps: BTreeMap::from([(Arc::from("kickoff"), run)]),
    }
}

pub fn task(id: &str, enrollment: &str) -> Task {
    Task {
        id: id.into(),
        enrollment: enrollment.into(),
        playbook: "renewal".into(),
        step: "review".into(),
        assignee: Some("dana".into()),
        title: "Book the review".to_owned(),
        body: Some("# Brief\n\nIt's \"due\".".to_owned()),
        priority: Priority::High,
        state: TaskState::Open,
        due: Some("2026-03-24".parse().expect("a date")),
        created_at: noon(),
        acknowledged_at: None,
        done_at: None,
        snoozed_until: None,
        checklist: vec![CheckItem { text: "Stakeholders".to_owned(), done: false }],
    }
}

pub fn approval(id: &str, enrollment: &str) -> Approval {
    Approval {
        id: id.into(),
        kind: ApprovalKind::Step,
        enrollment: enrollment.into(),
        playbook: "renewal".into(),
        step: Some("kickoff".into()),
        approver: Some("dana".into()),
        asked_at: noon(),
        expires_at: Some(at("2026-03-20T12:00:00Z")),
        state: ApprovalState::Waiting,
        decided_at: None,
    }
}

fn condition() -> ConditionState {
    ConditionState {
        truth: Truth::True,
        since: noon(),
        true_since: Some(noon()),
        false_at: None,
        rearmed_at: None,
        baseline: Some("true".into()),
        seen: vec!["ev-1".into()],
    }
}

/// A mail of step `kickoff` of `e1`, due now and for two days.
pub fn mail(id: &str, to: &str) -> NewDelivery {
    let address = |email: &str| Address { name: None, email: email.to_owned() };
    let email = Email {
        from: address("success@us.example"),
        to: address(to),
        cc: Vec::new(),
        copy_to: None,
        subject: "Your renewal".to_owned(),
        html: "<p>Hello</p>".to_owned(),
        text: "Hello".to_owned(),
        class: "renewal".to_owned(),
        unsubscribe: None,
        date: noon(),
    };
    NewDelivery {
        id: id.into(),
        enrollment: "e1".into(),
        playbook: "renewal".into(),
        step: "kickoff".into(),
        occurrence: 0,
        channel: Kind::Email,
        contact: Some("pat".into()),
        to: to.to_owned(),
        subject: Some("Your renewal".to_owned()),
        class: "renewal".into(),
        due_at: noon(),
        not_after: at("2026-03-19T12:00:00Z"),
        message: Message { delivery: id.to_owned(), content: Content::Email(email) },
    }
}

/// A message to a chat channel, of the same step.
pub fn chat(id: &str) -> NewDelivery {
    let content = Content::Slack { channel: "#renewals".to_owned(), payload: serde_json::json!({ "text": id }) };
    NewDelivery {
        channel: Kind::Slack,
        contact: None,
        subject: None,
        occurrence: id.len() as i64,
        message: Message { delivery: id.to_owned(), content },
        ..mail(id, "#renewals")
    }
}

pub fn entry(step: &str) -> Entry {
    Entry {
        at: noon(),
        zone: "America/New_York".into(),
        account: "acme".into(),
        playbook: "renewal".into(),
        version: "v1".into(),
        enrollment: Some("e1".into()),
        kind: EntryKind::Step,
        step: Some(step.into()),
        action: Some(Kind::Email),
        to: Some("pat@acme.example".to_owned()),
        result: EntryResult::Held,
        reason: Some(Reason::AwaitingApproval),
        detail: None,
    }
}

/// Applies one look at `acme` and commits it.
pub async fn apply(store: &Store, version: i64, desk: &Desk, changes: &[Change]) -> Applied {
    let next = [("e1".into(), Some(("kickoff".into(), noon())))];
    // Looked at, and nothing to look at again this week: what is queued may go out.
    let wake_at = Some(noon() + jiff::Span::new().hours(7 * 24));
    let look = Look { account: "acme", version, desk, changes, wake_at, next: &next };
    let mut tx = store.begin().await.unwrap();
    let applied = tx.apply(&[look], noon()).await.unwrap();
    tx.commit().await.unwrap();
    applied
}

/// [`two_customers`], and on `acme` [`everything`].
pub async fn busy_store(store: &Store) {
    two_customers(store).await;
    assert_eq!(apply(store, 0, &busy_desk(), &everything()).await, Applied::default());
}
