//! `report playbooks`: what each playbook has done, from what is recorded.

use serde_json::{Value as Json, json};

use super::super::chart::sparkline;
use super::super::exit::{Exit, Failure, Result};
use super::super::moment::Moment;
use super::super::session::{Session, expect_playbook};
use super::record::{History, Record};
use super::shadow;
use crate::book::Book;
use crate::book::keys::Choice;
use crate::book::playbook::{Playbook, Status};
use crate::time::{TimeZone, Timestamp, local_date, utc_text};

/// Weeks that are looked back on when nothing is said.
const WEEKS: i64 = 13;

#[derive(Debug, clap::Args)]
pub struct Playbooks {
    /// Only this playbook
    playbook: Option<String>,
    /// From when [default: 13 weeks before the end]
    #[arg(long, value_name = "INSTANT")]
    from: Option<Moment>,
    /// Until when, exclusive [default: now]
    #[arg(long, value_name = "INSTANT")]
    until: Option<Moment>,
    /// Each playbook that runs in shadow beside the live one: who would have come in, what would have gone out
    #[arg(long)]
    shadow: bool,
    /// With --shadow: the accounts by name
    #[arg(long, requires = "shadow")]
    accounts: bool,
}

impl Playbooks {
    pub async fn run(self, session: &Session) -> Result<Exit> {
        let store = session.store().await?;
        let book = session.book()?;
        if let Some(playbook) = &self.playbook {
            expect_playbook(&book, playbook)?;
        }
        let until = session.reading_at(&store, self.until).await?;
        let from = self.from.map_or_else(|| until - jiff::Span::new().hours(24 * 7 * WEEKS), |from| from.0);
        if from >= until {
            return Err(Failure::usage(format!("--from {from} is not before {until}, where the report ends")));
        }
        let history = History::read(&store, from, until).await?;
        let asked = |own: &&Playbook| self.playbook.as_deref().is_none_or(|id| id == &*own.id);
        let playbooks: Vec<&Playbook> = book.playbooks.values().map(|own| &**own).filter(asked).collect();
        match self.shadow {
            true => shadow::tell(&playbooks, &book, &history, self.accounts, session.print)?,
            false => tell(&playbooks, &history, session)?,
        }
        Ok(Exit::Done)
    }
}

fn tell(playbooks: &[&Playbook], history: &History, session: &Session) -> Result<()> {
    let print = session.print;
    let records = playbooks.iter().map(|own| (*own, history.of(&own.id, own.status == Status::Shadow, history.from)));
    if print.is_json() {
        return records.map(|(own, record)| object(own, history, &record)).try_for_each(|object| print.json(&object));
    }
    print.line(stretch(history.from, history.until))?;
    print.line("")?;
    let columns = [
        "playbook", "status", "enrolled", "active", "won", "lost", "neutral", "mails", "chat", "tasks", "held",
        "skipped", "by week",
    ];
    let mut is_shadow = false;
    let rows: Vec<Vec<String>> = records
        .map(|(own, record)| {
            is_shadow |= own.status == Status::Shadow;
            row(own, &record)
        })
        .collect();
    print.table(&columns, rows)?;
    if is_shadow {
        print.line("\nWhat stands beside `shadow` was recorded, not sent; `report playbooks --shadow` compares it.")?;
    }
    Ok(())
}

fn row(own: &Playbook, record: &Record) -> Vec<String> {
    let counts = &record.counts;
    let numbers = [
        counts.enrolled,
        record.active,
        record.won,
        record.lost,
        record.neutral,
        counts.mails,
        counts.chats,
        counts.tasks,
        counts.held,
        counts.skipped,
    ];
    let weekly: Vec<f64> = record.weekly.iter().map(|n| *n as f64).collect();
    let words = [own.id.to_string(), own.status.word().to_owned()];
    words.into_iter().chain(numbers.map(|n| n.to_string())).chain([sparkline(&weekly)]).collect()
}

fn object(own: &Playbook, history: &History, record: &Record) -> Json {
    let mut object = json!({
        "playbook": own.id,
        "status": own.status.word(),
        "from": utc_text(history.from),
        "until": utc_text(history.until),
    });
    let counted = serde_json::to_value(record).expect("numbers");
    if let (Some(object), Json::Object(counted)) = (object.as_object_mut(), counted) {
        object.extend(counted);
    }
    object
}

/// `2026-03-02 to 2026-05-31`, whole days in UTC, the last one included.
pub(super) fn stretch(from: Timestamp, until: Timestamp) -> String {
    let last = until - jiff::Span::new().microseconds(1);
    format!("{} to {}", local_date(from, &TimeZone::UTC), local_date(last, &TimeZone::UTC))
}

/// The playbook that a shadow is compared with: the one it names, else itself while it was live.
pub(super) fn compared<'b>(shadow: &'b Playbook, book: &'b Book) -> &'b Playbook {
    let named = shadow.shadow_of.as_ref().and_then(|id| book.playbooks.get(id));
    named.map_or(shadow, |own| &**own)
}
