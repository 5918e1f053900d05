//! `explain`: why is an account in a playbook, or why not; why did a step, a message or a task happen, or not yet?

mod door;
mod work;

use std::sync::Arc;

use super::AsOf;
use super::exit::{Exit, Failure, Result};
use super::print::Zones;
use super::session::{Session, expect_account, expect_playbook};
use crate::book::Book;
use crate::runtime::explain::{explain, explain_delivery, explain_enrollment, explain_step, explain_task};
use crate::store::{Filter, Store};
use crate::time::{Timestamp, utc_text};

#[derive(Debug, clap::Args)]
#[command(override_usage = "playcaller explain ACCOUNT PLAYBOOK [STEP]\n       playcaller explain ID")]
pub struct Explain {
    /// An account; or the id of an enrollment, a delivery or a task
    #[arg(value_name = "ACCOUNT|ID")]
    account: String,
    playbook: Option<String>,
    /// A step of the playbook, or a level of its ladder
    step: Option<String>,
    #[command(flatten)]
    as_of: AsOf,
}

/// What explanations are told with.
struct Telling<'a> {
    session: &'a Session,
    store: Store,
    zones: Zones,
    at: Timestamp,
}

impl Explain {
    pub async fn run(self, session: &Session) -> Result<Exit> {
        let store = session.store().await?;
        let at = session.reading_at(&store, self.as_of.now).await?;
        let zones = Zones::load(&store).await?;
        let telling = Telling { session, store, zones, at };
        match (&self.playbook, &self.step) {
            (Some(playbook), None) => telling.account(&self.account, playbook).await?,
            (Some(playbook), Some(step)) => telling.step(&self.account, playbook, step).await?,
            (None, _) => telling.id(&self.account).await?,
        }
        Ok(Exit::Done)
    }
}

impl Telling<'_> {
    async fn account(&self, account: &str, playbook: &str) -> Result<()> {
        let book = self.session.book()?;
        expect_playbook(&book, playbook)?;
        expect_account(&self.store, account).await?;
        let told = explain(&self.store, book, account, playbook, self.at).await?;
        self.session.print.either(&told, || door::told(&told, self))
    }

    async fn step(&self, account: &str, playbook: &str, step: &str) -> Result<()> {
        let book = self.book().await?;
        expect_playbook(&book, playbook)?;
        expect_account(&self.store, account).await?;
        let told = explain_step(&self.store, book, account, playbook, step, self.at).await?;
        self.session.print.either(&told, || work::step(&told, self))
    }

    /// What has that id: an enrollment, a delivery or a task.
    async fn id(&self, id: &str) -> Result<()> {
        let print = self.session.print;
        if self.store.enrollment(id).await?.is_some() {
            let told = explain_enrollment(&self.store, self.book().await?, id, self.at).await?;
            return print.either(&told, || work::enrollment(&told, self));
        }
        if self.store.delivery(id).await?.is_some() {
            let told = explain_delivery(&self.store, id, self.at).await?;
            return print.either(&told, || work::delivery(&told, self));
        }
        if self.store.task(id).await?.is_some() {
            let told = explain_task(&self.store, id, self.at).await?;
            return print.either(&told, || work::task(&told, self));
        }
        Err(self.unknown(id).await?)
    }

    /// The folder's book, with the older versions that enrollments are on.
    async fn book(&self) -> Result<Arc<Book>> {
        self.session.book_ahead(&self.store).await
    }

    async fn unknown(&self, id: &str) -> Result<Failure> {
        if self.store.version_of(id).await?.is_none() {
            let unknown = Failure::wrong(format!("there is no enrollment, delivery or task `{id}`"));
            return Ok(unknown.help("`playcaller enrollments`, `playcaller outbox` and `playcaller tasks` list them"));
        }
        let filter = Filter { account: Some(id.to_owned()), as_of: Some(self.at), ..Filter::default() };
        let mut playbooks: Vec<String> =
            self.store.enrollments(&filter).await?.into_iter().map(|own| own.playbook).collect();
        playbooks.dedup();
        let example = playbooks.first().map_or("PLAYBOOK", String::as_str);
        let missing = Failure::usage(format!("`{id}` is an account: which playbook is it about?"));
        Ok(missing.help(format!(
            "such as `playcaller explain {id} {example}`; `playcaller why-not PLAYBOOK` asks all accounts"
        )))
    }

    /// The instant in the account's own zone.
    fn local(&self, account: &str, at: Timestamp) -> String {
        self.zones.local(account, at)
    }

    /// An instant as JSON has it, in the account's own zone.
    fn local_text(&self, account: &str, at: &str) -> String {
        at.parse::<Timestamp>().map_or_else(|_| at.to_owned(), |at| self.local(account, at))
    }

    fn as_of(&self, account: &str) -> String {
        format!("as of {}\n", self.local(account, self.at))
    }
}

/// How long ago it was, in the largest whole unit.
fn ago(at: Timestamp, now: Timestamp) -> String {
    let minutes = now.duration_since(at).as_mins();
    match minutes {
        ..0 => format!("on {}", utc_text(at)),
        0..60 => format!("{minutes} min ago"),
        60..2880 => format!("{} h ago", minutes / 60),
        _ => format!("{} d ago", minutes / 1440),
    }
}
