//! `enroll`: puts an account into a playbook by hand.

use super::ByHand;
use super::exit::{Exit, Result};
use super::session::{Session, expect_account, expect_playbook};
use crate::engine::desk::Entry;
use crate::runtime::timeline;

#[derive(Debug, clap::Args)]
pub struct Enroll {
    account: String,
    playbook: String,
    #[command(flatten)]
    by: ByHand,
}

impl Enroll {
    pub async fn run(self, session: &Session) -> Result<Exit> {
        let store = session.store().await?;
        let book = session.book_in_force(&store).await?;
        expect_playbook(&book, &self.playbook)?;
        expect_account(&store, &self.account).await?;
        let actor = session.actor(&store, self.by.by).await?;
        let mut runtime = session.runtime_by_hand(store, book, &actor).await?;
        let entries = runtime.enroll(&self.account, &self.playbook, &actor.name).await?;
        tell(session, &entries)?;
        Ok(Exit::Done)
    }
}

/// The lines of the timeline an act by hand has written.
pub fn tell(session: &Session, entries: &[Entry]) -> Result<()> {
    let print = session.print;
    entries.iter().try_for_each(|entry| match print.is_json() {
        true => print.json(&timeline::json(entry)),
        false => print.line(format!("{} {}: {}", entry.account, entry.playbook, timeline::line(entry))),
    })
}
