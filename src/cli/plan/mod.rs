//! `plan`: what would change if this book went live now, for whom, and what goes out.

mod human;
mod markdown;
mod words;

use std::sync::Arc;

use super::AsOf;
use super::against;
use super::exit::{Exit, Failure, Result};
use super::report::time_bar;
use super::session::{Session, refused};
use crate::book::Book;
use crate::book::edition::Stay;
use crate::book::load::read;
use crate::runtime::plan::{self, Question};
use crate::runtime::play::Step;
use crate::runtime::reload::{book_in_force, edition_ahead};
use crate::store::Store;
use crate::time::Timestamp;

#[derive(Debug, clap::Args)]
pub struct Plan {
    /// The other book: a folder, or a git revision of this one [default: the book in force]
    #[arg(long, value_name = "REV|DIR")]
    against: Option<String>,
    /// How many days of sends to lay side by side
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=366))]
    days: u16,
    /// List every account, and every message that comes or goes
    #[arg(long)]
    accounts: bool,
    /// As Markdown, for a pull request
    #[arg(long)]
    md: bool,
    /// As if imports went on as they are: no feed gets too old
    #[arg(long)]
    steady: bool,
    #[command(flatten)]
    as_of: AsOf,
}

impl Plan {
    pub async fn run(self, session: &Session) -> Result<Exit> {
        if self.md && session.print.is_json() {
            return Err(Failure::usage("--md and --format json are two forms of the same plan: name one of them"));
        }
        session.book()?;
        let store = session.store().await?;
        let from = session.reading_at(&store, self.as_of.now).await?;
        let until = from + jiff::Span::new().hours(24 * i64::from(self.days));
        let ahead = edition_ahead(&store, &read(&session.settings.book)).await.map_err(refused)?;
        let question = Question {
            old: self.old_book(session, &store).await?,
            new: Arc::new(ahead.book),
            from,
            until,
            is_steady: self.steady,
            kept: if self.against.is_none() { Some(store.kept_book().await?) } else { None },
        };
        let bar = time_bar(from, until);
        let mut watch = |step: &Step<'_>| bar.to(step.at);
        let plan = plan::Plan::make(&store, question, &mut watch).await;
        bar.finish();
        let mut plan = plan?;
        plan.go_live.refusals.extend(ahead.stays.iter().filter(|own| is_refusal(own)).map(Stay::to_string));
        self.tell(session, &plan)?;
        self.tell_moment(session, &store, from).await?;
        match plan.go_live.refusals.first() {
            Some(why) => Err(Failure::wrong(format!("this book cannot go live as it is: {why}"))),
            None if plan.has_changes() => Ok(Exit::Changes),
            None => Ok(Exit::Done),
        }
    }

    /// What the new book takes the place of, with the older versions that enrollments are on.
    async fn old_book(&self, session: &Session, store: &Store) -> Result<Option<Arc<Book>>> {
        let Some(against) = &self.against else { return book_in_force(store).await.map_err(refused) };
        let texts = against::texts(&session.settings.book, against)?;
        against::book(texts.clone(), against)?;
        Ok(Some(Arc::new(edition_ahead(store, &texts).await.map_err(refused)?.book)))
    }

    /// What to know of the accounts it was played on.
    async fn tell_moment(&self, session: &Session, store: &Store, from: Timestamp) -> Result<()> {
        if session.print.is_json() || self.md {
            return Ok(());
        }
        let empty = store.account_ids().await?.is_empty();
        let empty = empty.then(|| "The database has no accounts, so this plan is about nobody.".to_owned());
        let lines = empty.into_iter().chain(session.moment_line(store, from).await?);
        lines.into_iter().try_for_each(|line| session.print.line(line))
    }

    fn tell(&self, session: &Session, plan: &plan::Plan) -> Result<()> {
        if session.print.is_json() {
            return session.print.json(&plan.json());
        }
        match self.md {
            true => session.print.line(markdown::text(plan, self).trim_end()),
            false => human::print(session.print, plan, self),
        }
    }
}

/// A playbook whose file is gone leaves on purpose; anything else of the folder that stays out is a refusal.
fn is_refusal(stay: &Stay) -> bool {
    !matches!(stay, Stay::Withdrawn { .. })
}
