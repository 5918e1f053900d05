//! The judge of delivery: joins what the other side took with what the database says.
//!
//! It reads the database with its own SQL, so that a mistake of the store cannot hide itself.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sqlx::{Connection, PgConnection, SqliteConnection};

/// A message that the other side took over.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The left side of the Message-ID.
    pub message_id: String,
    /// What the message calls itself in `X-Playcaller-Delivery`.
    pub delivery: String,
    pub recipient: String,
}

impl Taken {
    /// Reads a message as it came over the wire.
    pub fn read(recipient: String, message: &str) -> Taken {
        let header = |name: &str| {
            let line = message.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("no {name} in\n{message}")).trim().to_owned()
        };
        let message_id = header("Message-ID: <").split('@').next().unwrap().to_owned();
        Taken { message_id, delivery: header("X-Playcaller-Delivery:"), recipient }
    }

    /// Whether it is of the outbox, and not what an owner of a playbook is told.
    pub fn is_delivery(&self) -> bool {
        self.delivery.starts_with('d')
    }
}

/// A delivery as the database has it.
#[derive(Debug, sqlx::FromRow)]
pub struct Row {
    pub id: String,
    pub account_id: String,
    pub channel: String,
    pub to_text: String,
    pub state: String,
    pub dedupe_key: String,
    /// The step it belongs to, as one text.
    pub place: String,
    pub attempts: i64,
}

const ROWS: &str = "select id, account_id, channel, to_text, state, dedupe_key, attempts,
    enrollment_id || '/' || step || '/' || occurrence || '/' || to_text as place
    from delivery order by id";

/// What the database says at one moment.
pub struct Oracle {
    pub rows: Vec<Row>,
}

impl Oracle {
    /// Reads a database, also one whose daemon was killed.
    pub async fn read(url: &str) -> Oracle {
        let rows = if url.starts_with("sqlite:") {
            let mut database = SqliteConnection::connect(url).await.unwrap();
            let rows = sqlx::query_as(ROWS).fetch_all(&mut database).await.unwrap();
            database.close().await.unwrap();
            rows
        } else {
            let mut database = PgConnection::connect(url).await.unwrap();
            let rows = sqlx::query_as(ROWS).fetch_all(&mut database).await.unwrap();
            database.close().await.unwrap();
            rows
        };
        Oracle { rows }
    }

    pub fn of_channel(&self, channel: &str) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.channel == channel)
    }

    pub fn in_state(&self, state: &str) -> usize {
        self.rows.iter().filter(|row| row.state == state).count()
    }

    /// How many deliveries there are in each state.
    pub fn states(&self) -> BTreeMap<&str, usize> {
        let mut states = BTreeMap::new();
        for row in &self.rows {
            *states.entry(row.state.as_str()).or_default() += 1;
        }
        states
    }

    /// How many different mails of the database a relay took.
    pub fn ids_taken(&self, taken: &[Taken]) -> usize {
        let ids: BTreeSet<&str> = taken.iter().map(|mail| mail.message_id.as_str()).collect();
        self.rows.iter().filter(|row| ids.contains(row.id.as_str())).count()
    }

    /// Everything that the mails a relay took and the database do not agree on, once the daemon has come to rest.
    pub fn contradictions(&self, taken: &[Taken]) -> Vec<String> {
        let mut wrong = self.doubled_places();
        wrong.extend(repeats(taken));
        let mails: HashMap<&str, &Row> = self.of_channel("email").map(|row| (row.id.as_str(), row)).collect();
        for mail in taken {
            wrong.extend(judge_mail(mail, mails.get(mail.message_id.as_str()).copied()));
        }
        let ids: BTreeSet<&str> = taken.iter().map(|mail| mail.message_id.as_str()).collect();
        for row in self.of_channel("email") {
            match row.state.as_str() {
                "sent" if !ids.contains(row.id.as_str()) => wrong.push(format!("lost: nobody took {row:?}")),
                "sent" | "uncertain" => {}
                _ => wrong.push(format!("not finished: {row:?}")),
            }
        }
        wrong
    }

    /// Two deliveries for the same step and recipient, under whatever key.
    fn doubled_places(&self) -> Vec<String> {
        let (mut places, mut keys) = (BTreeSet::new(), BTreeSet::new());
        let mut wrong = Vec::new();
        for row in &self.rows {
            let is_new = places.insert(&row.place) & keys.insert(&row.dedupe_key);
            wrong.extend((!is_new).then(|| format!("made twice: {row:?}")));
        }
        wrong
    }
}

fn repeats(taken: &[Taken]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    taken.iter().filter(|mail| !seen.insert(&mail.message_id)).map(|mail| format!("sent twice: {mail:?}")).collect()
}

/// The mail is one of ours, says so, and reached the person it was made for, at the account it was made for.
fn judge_mail(mail: &Taken, row: Option<&Row>) -> Option<String> {
    let Some(row) = row else { return Some(format!("nobody ordered {mail:?}")) };
    let is_right = mail.delivery == row.id
        && mail.recipient == row.to_text
        && mail.recipient.ends_with(&format!("@{}.example", row.account_id))
        && ["sent", "uncertain"].contains(&row.state.as_str());
    (!is_right).then(|| format!("does not fit: {mail:?} and {row:?}"))
}
