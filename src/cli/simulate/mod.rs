//! `simulate`: what lies ahead if nothing changes, or if something does.

pub(super) mod story;
mod what_if;

use std::sync::Arc;

use serde_json::json;

use super::AsOf;
use super::exit::{Exit, Failure, Result};
use super::moment::Moment;
use super::print::count;
use super::report::{stale_line, time_bar};
use super::session::{Session, expect_account, expect_accounts, expect_playbook};
use super::summary::print_summary;
use crate::engine::desk::Entry;
use crate::runtime::feeds::{StaleFeed, stale_at};
use crate::runtime::play::Step;
use crate::runtime::simulate::Scene;
use crate::runtime::summary::Summary;
use crate::runtime::timeline;
use crate::time::{Timestamp, utc_text};

/// How far ahead it looks when nothing is said.
const DAYS: i64 = 90;
/// Whose timelines nobody can read one after the other: of more accounts than these only the summary is printed.
const FEW_ACCOUNTS: usize = 20;

#[derive(Debug, clap::Args)]
pub struct Simulate {
    /// One account; all when none is named
    account: Option<String>,
    /// Only this playbook
    #[arg(long, value_name = "ID")]
    playbook: Option<String>,
    /// Until when [default: 90 days ahead]
    #[arg(long, value_name = "INSTANT", conflicts_with = "days")]
    until: Option<Moment>,
    /// How many days ahead
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=3660))]
    days: Option<i64>,
    /// What if a field changes: acme.health=35, or from a date or time on acme.health=35@2026-12-01; also of a contact,
    /// acme/pat.status=left
    #[arg(long = "set", value_name = "ACCOUNT.FIELD=VALUE[@WHEN]")]
    sets: Vec<String>,
    /// What if something happens: acme.nps_response,score=3,contact=pat@2026-12-01T10:00
    #[arg(long = "event", value_name = "ACCOUNT.KIND[,FIELD=VALUE]…[@WHEN]")]
    events: Vec<String>,
    /// As if imports went on as they are: no feed goes stale, usage stays what it is
    #[arg(long)]
    steady: bool,
    /// The timelines, also of many accounts
    #[arg(long)]
    timeline: bool,
    /// The summary: how much a day, who gets too much, what is stopped; alone, unless --timeline asks for both
    #[arg(long)]
    summary: bool,
    #[command(flatten)]
    as_of: AsOf,
}

/// What was simulated, to be told.
struct Told {
    entries: Vec<Entry>,
    summary: Summary,
    stale: Vec<StaleFeed>,
    /// What to know of the moment at which it begins.
    moment: Option<String>,
}

impl Simulate {
    pub async fn run(self, session: &Session) -> Result<Exit> {
        let store = session.store().await?;
        let book = session.book_ahead(&store).await?;
        if let Some(account) = &self.account {
            expect_account(&store, account).await?;
        }
        if let Some(playbook) = &self.playbook {
            expect_playbook(&book, playbook)?;
        }
        expect_accounts(&store).await?;
        let from = session.reading_at(&store, self.as_of.now).await?;
        let moment = session.moment_line(&store, from).await?;
        let until = self.until(from)?;
        let accounts: Option<Vec<Arc<str>>> = self.account.as_deref().map(|account| vec![account.into()]);
        let mut scene = Scene::read(&store, accounts.as_deref(), from).await?;
        scene.what_if = self.what_if(&store, &book, from, until).await?;
        scene.is_steady = self.steady;
        let stale = if self.steady { Vec::new() } else { stale_at(&book, &store.feeds().await?, until) };
        let bar = time_bar(from, until);
        let played = scene.play(book, until, &mut |step: &Step<'_>| bar.to(step.at)).await;
        bar.finish();
        let mut played = played?;
        played.entries.retain(|entry| self.playbook.as_deref().is_none_or(|playbook| playbook == &*entry.playbook));
        if session.print.is_json() && !self.summary {
            played.entries.iter().try_for_each(|entry| session.print.json(&timeline::json(entry)))?;
            return Ok(Exit::Done);
        }
        let accounts = played.accounts.iter().map(|(account, _)| &**account);
        let summary = Summary::of(&played.entries, accounts, from, until);
        self.tell(session, &Told { entries: played.entries, summary, stale, moment })?;
        Ok(Exit::Done)
    }

    fn until(&self, from: Timestamp) -> Result<Timestamp> {
        let days_ahead = |days: i64| from + jiff::Span::new().hours(24 * days);
        let until = self.until.map_or_else(|| days_ahead(self.days.unwrap_or(DAYS)), |Moment(until)| until);
        if until <= from {
            return Err(Failure::usage(format!("--until {until} is not after {from}, where the simulation starts")));
        }
        Ok(until)
    }

    fn tell(&self, session: &Session, told: &Told) -> Result<()> {
        let print = session.print;
        if print.is_json() {
            return print.json(&told.summary_json());
        }
        if told.entries.is_empty() {
            let (from, until) = (told.summary.from, told.summary.until);
            print.line(format!("Nothing happens between {from} and {until}."))?;
        } else {
            self.tell_story(session, told)?;
        }
        let notes = told.moment.clone().into_iter().chain(stale_line(&told.stale));
        notes.into_iter().try_for_each(|line| print.line(format!("\n{line}")))
    }

    fn tell_story(&self, session: &Session, told: &Told) -> Result<()> {
        let print = session.print;
        let is_few = told.summary.accounts <= FEW_ACCOUNTS;
        let has_timelines = self.timeline || (is_few && !self.summary);
        let has_summary = self.summary || self.account.is_none();
        if has_timelines {
            story::print(print, &told.entries)?;
        }
        if has_timelines && has_summary {
            print.line("")?;
        }
        if has_summary {
            print_summary(print, &told.summary)?;
        }
        if !has_timelines && !self.summary {
            let accounts = count(told.summary.accounts, "account");
            print.line(format!("\nThe timelines of {accounts}: --timeline, or name one account."))?;
        }
        Ok(())
    }
}

impl Told {
    fn summary_json(&self) -> serde_json::Value {
        let mut object = self.summary.json();
        let stale = |own: &StaleFeed| json!({ "feed": own.feed, "since": own.since.map(utc_text) });
        object["stale_feeds"] = self.stale.iter().map(stale).collect();
        object
    }
}
