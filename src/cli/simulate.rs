//! `simulate`: what lies ahead if nothing changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::AsOf;
use super::exit::{Exit, Failure, Result};
use super::moment::Moment;
use super::report::{print_tally, time_bar};
use super::session::{Session, expect_account};
use crate::engine::desk::Entry;
use crate::runtime::simulate::Scene;
use crate::runtime::tally::Tally;
use crate::runtime::timeline;
use crate::time::Timestamp;

/// How far ahead it looks when nothing is said.
const DAYS: i64 = 90;

#[derive(Debug, clap::Args)]
pub struct Simulate {
    /// One account; all when none is named
    account: Option<String>,
    /// Only this playbook
    #[arg(long, value_name = "ID")]
    playbook: Option<String>,
    /// Until when [default: 90 days ahead]
    #[arg(long, value_name = "INSTANT")]
    until: Option<Moment>,
    #[command(flatten)]
    as_of: AsOf,
}

impl Simulate {
    pub async fn run(self, session: &Session) -> Result<Exit> {
        let store = session.store().await?;
        let book = session.book_ahead(&store).await?;
        if let Some(account) = &self.account {
            expect_account(&store, account).await?;
        }
        let from = session.reading_at(&store, self.as_of.now).await?;
        let until = self.until.map_or_else(|| from + jiff::Span::new().hours(24 * DAYS), |until| until.0);
        if until <= from {
            return Err(Failure::usage(format!("--until {until} is not after {from}, where the simulation starts")));
        }
        let accounts: Option<Vec<Arc<str>>> = self.account.as_deref().map(|account| vec![account.into()]);
        let bar = time_bar(from, until);
        let mut watch = |step: &crate::runtime::play::Step<'_>| bar.to(step.at);
        let entries = Scene::read(&store, accounts.as_deref(), from).await?.play(book, until, &mut watch).await;
        bar.finish();
        let mut entries = entries?.entries;
        entries.retain(|entry| self.playbook.as_deref().is_none_or(|playbook| playbook == &*entry.playbook));
        self.tell(session, &entries, from, until)?;
        Ok(Exit::Done)
    }

    fn tell(&self, session: &Session, entries: &[Entry], from: Timestamp, until: Timestamp) -> Result<()> {
        let print = session.print;
        if print.is_json() {
            return entries.iter().try_for_each(|entry| print.json(&timeline::json(entry)));
        }
        if entries.is_empty() {
            return print.line(format!("Nothing happens between {from} and {until}."));
        }
        let mut timelines: BTreeMap<(&str, &str), Vec<&Entry>> = BTreeMap::new();
        for entry in entries {
            timelines.entry((&entry.account, &entry.playbook)).or_default().push(entry);
        }
        for ((account, playbook), lines) in timelines {
            print.line(format!("{account} in {playbook}"))?;
            lines.into_iter().try_for_each(|entry| print.line(format!("  {}", timeline::line(entry))))?;
        }
        if self.account.is_none() {
            let mut tally = Tally::default();
            tally.add(entries);
            print.line("")?;
            print_tally(print, &tally)?;
        }
        Ok(())
    }
}
