//! How many accounts enter each playbook in a local day, and the answers for those that were too many.

use std::sync::Arc;

use serde::Serialize;

use super::db::on;
use super::dialect::{Pair, over_rows};
use super::imports::Wakes;
use super::value::{day, day_number, micros};
use super::{Error, Result, Store, Tx};
use crate::engine::desk::{ApprovalKind, ApprovalState};
use crate::engine::turnout::{Arrival, Day, Question, Turnout};
use crate::time::{Date, Timestamp};

/// Of each playbook the days from one on: a range of the primary key, however long the playbook has been live.
const READ: Pair = over_rows!(
    "select d.playbook, d.day, d.entered, d.approval_id from",
    "cross join enrollment_day d where d.playbook = r.value ->> 0 and d.day >= cast(r.value ->> 1 as bigint)"
);

const COUNT: Pair = over_rows!(
    "insert into enrollment_day (playbook, day, entered, approval_id)
    select r.value ->> 'playbook', cast(r.value ->> 'day' as bigint), cast(r.value ->> 'entered' as bigint),
        r.value ->> 'approval_id'
    from",
    "where true
    on conflict (playbook, day) do update set entered = enrollment_day.entered + excluded.entered,
        approval_id = coalesce(enrollment_day.approval_id, excluded.approval_id)
    returning playbook, day, entered, approval_id"
);

const ASK: Pair = over_rows!(
    "insert into approval (id, kind, playbook, approver, asked_at, state)
    select r.value ->> 'id', r.value ->> 'kind', r.value ->> 'playbook', r.value ->> 'approver',
        cast(r.value ->> 'asked_at' as bigint), r.value ->> 'state'
    from",
    "where true on conflict (id) do nothing"
);

/// An account whose status nobody has told counts as active: a book without the field has a share all the same.
const ACTIVE: &str = "select count(*) from account a where a.known_since <= $1 and coalesce((select f.value
        from field_history f where f.account_id = a.id and f.field = 'status' and f.from_at <= $1
        order by f.from_at desc limit 1), '\"active\"') = '\"active\"'";

type DayRow = (String, i64, i64, Option<String>);

/// What some looks add to one day of one playbook.
#[derive(Serialize)]
pub(super) struct Added {
    playbook: Arc<str>,
    day: i64,
    entered: i64,
    approval_id: Option<Arc<str>>,
    /// What stood there when it was decided.
    #[serde(skip)]
    stored: i64,
}

#[derive(Serialize)]
pub(super) struct Asked {
    id: Arc<str>,
    kind: &'static str,
    playbook: Arc<str>,
    approver: Option<Arc<str>>,
    asked_at: i64,
    state: &'static str,
}

impl Added {
    pub fn nothing(arrival: &Arrival) -> Added {
        let (playbook, day) = (arrival.playbook.clone(), day_number(arrival.day));
        Added { playbook, day, entered: 0, approval_id: None, stored: arrival.stored as i64 }
    }

    pub fn add(&mut self, arrival: &Arrival) {
        match &arrival.question {
            Some(question) => self.approval_id = Some(question.id.clone()),
            None => self.entered += 1,
        }
    }

    /// Whether the row is what the looks took it for: as many before them, and the question they asked.
    fn is_as_decided(&self, (_, _, entered, approval): &DayRow) -> bool {
        let same_question = self.approval_id.is_none() || self.approval_id.as_deref() == approval.as_deref();
        *entered == self.stored + self.entered && same_question
    }
}

impl Asked {
    pub fn of(question: &Question, playbook: &Arc<str>, now: Timestamp) -> Asked {
        Asked {
            id: question.id.clone(),
            kind: ApprovalKind::Enrollments.as_str(),
            playbook: playbook.clone(),
            approver: question.approver.clone(),
            asked_at: micros(now),
            state: ApprovalState::Waiting.as_str(),
        }
    }
}

impl Store {
    /// How many accounts entered these playbooks on each local day from `from` on. The share of all accounts is not known
    /// from it.
    pub async fn turnout(&self, playbooks: &[Arc<str>], from: Date) -> Result<Turnout> {
        let asked: Vec<_> = playbooks.iter().map(|id| (&**id, day_number(from))).collect();
        let mut turnout = Turnout::default();
        for (playbook, number, entered, question) in self.rows_of::<DayRow>(&READ, &asked).await? {
            let stored = u64::try_from(entered).map_err(|_| Error::unreadable("the entries of a day", entered))?;
            let counted = Day { stored, since: 0, question: question.map(Arc::from) };
            turnout.insert(playbook.into(), day(number)?, counted);
        }
        Ok(turnout)
    }

    /// The last local days on which accounts entered a playbook or were parked before it, the latest first.
    pub async fn last_entry_days(&self, playbook: &str, most: usize) -> Result<Vec<Date>> {
        const TEXT: &str = "select day from enrollment_day where playbook = $1 order by day desc limit $2";
        let playbook = playbook.to_owned();
        let days: Vec<i64> =
            on!(read self, db => sqlx::query_scalar(TEXT).bind(playbook).bind(most as i64).fetch_all(db).await?);
        days.into_iter().map(day).collect()
    }

    /// How many accounts are active at that instant. Looks at every account: not for every tick.
    pub async fn active_accounts(&self, now: Timestamp) -> Result<u64> {
        let active: i64 = on!(read self, db => sqlx::query_scalar(ACTIVE).bind(micros(now)).fetch_one(db).await?);
        u64::try_from(active).map_err(|_| Error::unreadable("the number of accounts", active))
    }
}

impl Tx {
    /// Adds to the days' counts, and asks about those that are parked.
    ///
    /// # Errors
    /// [`Error::Overtaken`] when others were counted since the looks: a limit may be reached that they did not see.
    pub(super) async fn count_arrivals(&mut self, added: &[Added], asked: &[Asked]) -> Result<()> {
        let counted: Vec<DayRow> = self.rows_of(&COUNT, added).await?;
        for row in added {
            let found = counted.iter().find(|(playbook, day, ..)| *playbook == *row.playbook && *day == row.day);
            if !found.is_some_and(|found| row.is_as_decided(found)) {
                return Err(Error::Overtaken(row.playbook.to_string()));
            }
        }
        self.write_rows(&ASK, asked).await.map(|_| ())
    }

    /// Writes a person's answer to each enrollment that waits for it, and wakes its account.
    pub(super) async fn answer_parked(&mut self, approval: &str, answer: ApprovalState, now: Timestamp) -> Result<()> {
        // From here on nobody else is parked under this question: whoever is about to has counted on another row.
        const CLOSE: &str = "update enrollment_day set approval_id = null where approval_id = $1";
        const ANSWER: &str = "update enrollment set answer = $2 where approval_id = $1 and state = 'parked'";
        let (id, word) = (approval.to_owned(), answer.as_str());
        let parked = self.parked_accounts(approval).await?;
        self.lock_accounts(parked.iter()).await?;
        on!(tx &mut *self, db => sqlx::query(CLOSE).bind(id.clone()).execute(db).await.map(|_| ())?);
        on!(tx &mut *self, db => sqlx::query(ANSWER).bind(id).bind(word).execute(db).await.map(|_| ())?);
        let mut wakes = Wakes::default();
        parked.iter().for_each(|account| wakes.add(account, now, now));
        self.wake(&wakes).await
    }

    async fn parked_accounts(&mut self, approval: &str) -> Result<Vec<Arc<str>>> {
        const TEXT: &str = "select account_id from enrollment where approval_id = $1 and state = 'parked'";
        let id = approval.to_owned();
        let ids: Vec<String> = on!(tx self, db => sqlx::query_scalar(TEXT).bind(id).fetch_all(db).await?);
        Ok(ids.into_iter().map(Arc::from).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How SQLite finds the rows of a statement, step by step.
    async fn plan(store: &Store, text: &str) -> String {
        let Store::Sqlite { read, .. } = store else { panic!("a plan of SQLite") };
        let explain = sqlx::AssertSqlSafe(format!("explain query plan {text}"));
        let steps: Vec<(i64, i64, i64, String)> = sqlx::query_as(explain).fetch_all(read).await.unwrap();
        steps.into_iter().map(|(.., step)| format!("{step}\n")).collect()
    }

    #[tokio::test]
    async fn what_a_tick_asks_is_found_by_key_however_much_has_happened() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let days = plan(&store, READ.sqlite).await;
        assert!(
            days.contains("SEARCH d USING INDEX sqlite_autoindex_enrollment_day_1 (playbook=? AND day>?)"),
            "{days}"
        );
        let due = plan(&store, "select min(due_at) from notice where due_at is not null").await;
        assert!(due.contains("USING COVERING INDEX notice_due"), "{due}");
        let parked =
            plan(&store, "select account_id from enrollment where approval_id = $1 and state = 'parked'").await;
        assert!(parked.contains("USING INDEX enrollment_asked (approval_id=?)"), "{parked}");
    }
}
