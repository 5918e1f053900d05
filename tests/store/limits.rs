//! What the limits keep: the counts of a day, the answer for those above them, and notices that are told once.

use std::sync::Arc;

use playcaller::engine::desk::{ApprovalState, Change};
use playcaller::engine::enrollment::{EnrollmentState, Park};
use playcaller::engine::notice::{Notice, NoticeKind};
use playcaller::engine::turnout::{Arrival, Question};
use playcaller::engine::{Desk, Reason};
use playcaller::store::{By, Decision, Error, Filter, Look, Store};
use playcaller::time::{Date, Timestamp};

use super::given::{at, busy_desk, busy_store, enrollment, noon};
use crate::support::databases::{number, on_every_database};

const DAY: Date = Date::constant(2026, 3, 17);

fn arrival(stored: u64, question: Option<&str>) -> Change {
    let question = question.map(|id| Question { id: id.into(), approver: Some("dana".into()) });
    Change::Arrival(Arrival { playbook: "renewal".into(), day: DAY, stored, question })
}

/// Applies one look at `acme` in that version.
async fn look(store: &Store, version: i64, desk: &Desk, changes: &[Change]) -> Result<(), Error> {
    let look = Look { account: "acme", version, desk, changes, wake_at: Some(noon()), next: &[] };
    let mut tx = store.begin().await?;
    match tx.apply(&[look], noon()).await {
        Ok(_) => tx.commit().await,
        Err(error) => tx.rollback().await.and(Err(error)),
    }
}

/// [`busy_desk`] with a second enrollment before the door, under the question `q1`.
fn parked_desk() -> Desk {
    let mut desk = busy_desk();
    let mut own = enrollment("e2", "acme");
    own.steps.clear();
    own.state = EnrollmentState::Parked;
    own.park = Some(Park { reason: Reason::BreakerTripped, question: "q1".into(), answer: None });
    desk.enrollments.insert("e2".into(), own);
    desk
}

#[tokio::test]
async fn entries_are_counted_by_playbook_and_day_and_only_on_the_count_they_were_decided_on() {
    on_every_database(async |store| {
        busy_store(store).await;
        let desk = busy_desk();
        look(store, 1, &desk, &[arrival(0, None), arrival(0, None)]).await.unwrap();
        let late = look(store, 2, &desk, &[arrival(0, None)]).await.unwrap_err();
        assert!(matches!(&late, Error::Overtaken(playbook) if playbook == "renewal"), "{late}");
        assert_eq!(store.version_of("acme").await.unwrap(), Some(2), "nothing of that look is kept");
        look(store, 2, &desk, &[arrival(2, None)]).await.unwrap();
        let turnout = store.turnout(&["renewal".into()], DAY).await.unwrap();
        assert_eq!((turnout.day("renewal", DAY).stored, turnout.day("other", DAY).stored), (3, 0));
        let later = store.turnout(&["renewal".into()], DAY.tomorrow().unwrap()).await.unwrap();
        assert_eq!(later.day("renewal", DAY).stored, 0, "days before are not read");
        assert_eq!(store.last_entry_days("renewal", 5).await.unwrap(), [DAY]);
    })
    .await;
}

#[tokio::test]
async fn an_answer_reaches_every_enrollment_that_waits_and_closes_the_question() {
    on_every_database(async |store| {
        busy_store(store).await;
        let desk = parked_desk();
        look(store, 1, &desk, &[Change::Enrollment("e2".into()), arrival(0, Some("q1"))]).await.unwrap();
        let asked = store.approvals(&Filter { person: Some("dana".into()), ..Filter::default() }).await.unwrap();
        let asked = asked.iter().find(|own| own.id == "q1").unwrap();
        assert_eq!((asked.kind.as_str(), asked.account.clone(), asked.count), ("enrollments", None, Some(1)));
        let closed = look(store, 2, &desk, &[arrival(0, Some("q2"))]).await.unwrap_err();
        assert!(matches!(closed, Error::Overtaken(_)), "the day has an open question already: {closed}");

        let mut tx = store.begin().await.unwrap();
        tx.decide_approval("q1", Decision::Approve, By { who: "dana", at: noon() }).await.unwrap();
        tx.commit().await.unwrap();
        let found = store.load_desks(&["acme".into()], noon()).await.unwrap().remove("acme").unwrap();
        let park = found.enrollments["e2"].park.clone().unwrap();
        assert_eq!((park.question, park.answer), (Arc::from("q1"), Some(ApprovalState::Approved)));
        assert_eq!(found.enrollments["e1"].park, None);
        assert_eq!(store.version_of("acme").await.unwrap(), Some(3), "the account is woken");
        assert_eq!(store.turnout(&["renewal".into()], DAY).await.unwrap().day("renewal", DAY).question, None);
        assert_eq!(store.approval("q1").await.unwrap().unwrap().accounts, ["acme"]);
    })
    .await;
}

#[tokio::test]
async fn active_accounts_are_those_that_are_not_said_to_be_something_else() {
    on_every_database(async |store| {
        busy_store(store).await;
        assert_eq!(store.active_accounts(noon()).await.unwrap(), 2);
        let at = "insert into field_history (account_id, field, from_at, value)
            values ('acme', 'status', 0, '\"active\"'), ('acme', 'status', 10, '\"churned\"')";
        crate::support::databases::execute(store, at).await.unwrap();
        assert_eq!(store.active_accounts(noon()).await.unwrap(), 1);
        assert_eq!(store.active_accounts("1970-01-01T00:00:00Z".parse().unwrap()).await.unwrap(), 2);
    })
    .await;
}

fn notice(id: &str, person: Option<&str>) -> Notice {
    Notice {
        id: id.into(),
        at: noon(),
        kind: NoticeKind::SilenceAlarm,
        playbook: "renewal".into(),
        person: person.map(Arc::from),
        text: "It's silent.".to_owned(),
    }
}

#[tokio::test]
async fn every_kind_of_notice_can_be_kept() {
    on_every_database(async |store| {
        let kinds = NoticeKind::ALL.map(|kind| Notice { kind, ..notice(kind.as_str(), None) });
        let mut tx = store.begin().await.unwrap();
        tx.keep_notices(&kinds).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store.notices(&Filter::default()).await.unwrap().len(), kinds.len());
    })
    .await;
}

#[tokio::test]
async fn a_notice_is_kept_once_marked_once_and_tried_again_only_when_it_was_not_handed_over() {
    on_every_database(async |store| {
        for _ in 0..2 {
            let mut tx = store.begin().await.unwrap();
            tx.keep_notices(&[notice("n1", Some("dana")), notice("n2", None)]).await.unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(number(store, "select count(*) from notice").await, 2);
        assert_eq!(store.next_wake().await.unwrap(), Some(noon()));
        let due = store.due_notices(noon(), 9).await.unwrap();
        assert_eq!(
            due.iter().map(|own| (&*own.id, own.person.as_deref())).collect::<Vec<_>>(),
            [("n1", Some("dana")), ("n2", None)]
        );
        let (one, both) = ([Arc::from("n1")], [Arc::from("n1"), Arc::from("n2")]);
        assert!(store.mark_notices(&one, noon()).await.unwrap());
        assert!(!store.mark_notices(&both, noon()).await.unwrap(), "one of them is told already");
        let later = at("2026-03-17T12:05:00Z");
        store.settle_notices(&one, None, Some(later), "connection refused").await.unwrap();
        let due = store.due_notices(later, 9).await.unwrap();
        assert_eq!((due.len(), due.iter().find(|own| &*own.id == "n1").unwrap().tries), (2, 1));
        assert!(store.mark_notices(&both, later).await.unwrap());
        store.settle_notices(&both, Some(later), None, "250 ok").await.unwrap();
        let mut tx = store.begin().await.unwrap();
        tx.keep_notices(&[notice("n1", Some("dana"))]).await.unwrap();
        tx.commit().await.unwrap();
        assert!(store.due_notices(Timestamp::MAX, 9).await.unwrap().is_empty(), "what is told is not told again");
        let told = store.notices(&Filter { person: Some("dana".into()), ..Filter::default() }).await.unwrap();
        assert_eq!((told[0].told_at, told[0].reply.as_deref()), (Some(later), Some("250 ok")));
    })
    .await;
}
