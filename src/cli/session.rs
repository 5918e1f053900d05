//! What a command works with: the settings, the book, the database, what time it is.

use std::sync::Arc;

use super::exit::{Exit, Failure, Result};
use super::moment::Moment;
use super::print::Print;
use crate::book::diagnostic::{Diagnostic, Severity};
use crate::book::edition::Refusal;
use crate::book::load::{Loaded, load};
use crate::book::source::SourceFile;
use crate::book::{Book, render};
use crate::channel::Channels;
use crate::condition::nearest;
use crate::runtime::{Runtime, reload};
use crate::settings::{self, Flags, Settings};
use crate::store::{By, Store};
use jiff::SignedDuration;

use crate::time::{Clock, SystemClock, Timestamp, VirtualClock};

/// One call of the program.
pub struct Session {
    pub settings: Settings,
    pub print: Print,
}

/// Who acts, and when.
#[derive(Clone, Debug)]
pub struct Actor {
    pub name: String,
    pub now: Timestamp,
}

impl Actor {
    pub fn by(&self) -> By<'_> {
        By { who: &self.name, at: self.now }
    }
}

impl Session {
    pub fn new(flags: Flags, format: super::print::Format) -> Result<Session> {
        let settings = Settings::load(flags).map_err(told)?;
        let print = Print { format, color: settings.color };
        Ok(Session { settings, print })
    }

    /// The database, brought up to date; a missing SQLite file is made.
    pub async fn store(&self) -> Result<Store> {
        Ok(Store::open(&self.settings.database()?).await?)
    }

    /// The book with everything that was found in it.
    pub fn loaded(&self) -> Loaded {
        load(&self.settings.book)
    }

    /// The book, if it has no errors. A mistake in a test is one of `check` and `test`: nothing that runs depends on it.
    pub fn book(&self) -> Result<Arc<Book>> {
        let mut loaded = self.loaded();
        loaded.diagnostics.retain(|own| !own.file.ends_with(".test.toml"));
        usable(loaded).map(|loaded| Arc::new(loaded.book))
    }

    /// The book that acts by hand go by: the one in force, whatever stands in the folder; the folder's where none is yet.
    pub async fn book_in_force(&self, store: &Store) -> Result<Arc<Book>> {
        match reload::book_in_force(store).await.map_err(refused)? {
            Some(book) => Ok(book),
            None => self.book(),
        }
    }

    /// The folder's book, if it has no errors, with the older versions that enrollments are on.
    pub async fn book_ahead(&self, store: &Store) -> Result<Arc<Book>> {
        self.book()?;
        reload::book_ahead(store, &self.settings.book).await.map_err(refused)
    }

    /// When a command looks that only reads: `--now`, else where the database's own clock stands.
    pub async fn reading_at(&self, store: &Store, now: Option<Moment>) -> Result<Timestamp> {
        match now {
            Some(Moment(at)) => Ok(at),
            None => own_time(store).await,
        }
    }

    /// What to know of a play that begins at another moment than the one at which the database stands; for people.
    pub async fn moment_line(&self, store: &Store, from: Timestamp) -> Result<Option<String>> {
        let stands_at = own_time(store).await?;
        let apart = stands_at.duration_since(from).abs();
        Ok((apart > SignedDuration::from_mins(1)).then(|| {
            format!(
                "Enrollments, tasks and messages stand here as of {stands_at:.0}; it begins at {from:.0}, and what lies \
                 between is not played."
            )
        }))
    }

    /// When a command writes. With `--now` the database lives by a virtual clock from then on.
    pub async fn writing_at(&self, store: &Store, now: Option<Moment>) -> Result<Timestamp> {
        let Some(Moment(at)) = now else { return own_time(store).await };
        go_virtual(store, at).await?;
        Ok(at)
    }

    /// The runtime for one act by hand, at the actor's instant. It sends nothing: the daemon does.
    pub async fn runtime_by_hand(&self, store: Store, book: Arc<Book>, actor: &Actor) -> Result<Runtime> {
        let clock = Arc::new(VirtualClock::at(actor.now));
        Ok(Runtime::new(store, book, clock, Arc::new(Channels::nowhere()), 1).await?)
    }

    /// Who acts by hand: `--by`, else who is logged in; at the database's own time.
    pub async fn actor(&self, store: &Store, by: Option<String>) -> Result<Actor> {
        let name = by.unwrap_or_else(|| self.settings.login.clone());
        Ok(Actor { name, now: own_time(store).await? })
    }
}

/// The wall clock, or where the virtual clock of the database stands.
async fn own_time(store: &Store) -> Result<Timestamp> {
    Ok(store.instance().await?.virtual_now.unwrap_or_else(|| SystemClock.now()))
}

/// Marks the database as living by a virtual clock that stands at `now`.
///
/// # Errors
/// A clock that would go back; a database that already runs on the wall clock.
pub async fn go_virtual(store: &Store, now: Timestamp) -> Result<()> {
    let is_virtual = store.instance().await?.virtual_now.is_some();
    if !is_virtual && !store.live_since().await?.is_empty() {
        let failure = Failure::wrong("this database runs on the wall clock: a virtual time would mix the two");
        return Err(failure.help("name another one with --database, such as sqlite:trial.db, and import into it"));
    }
    let mut tx = store.begin().await?;
    tx.mark_virtual(now).await?;
    Ok(tx.commit().await?)
}

/// The book if it can be used, else its first error and how many there are.
pub fn usable(loaded: Loaded) -> Result<Loaded> {
    match loaded.diagnostics.iter().find(|own| own.severity == Severity::Error) {
        None => Ok(loaded),
        Some(first) => Err(wrong_book(&first.line_of_text(), &loaded.diagnostics)),
    }
}

fn wrong_book(why: &str, diagnostics: &[Diagnostic]) -> Failure {
    let more = match diagnostics.iter().filter(|own| own.severity == Severity::Error).count() {
        0 | 1 => String::new(),
        n => format!(" (and {} more)", n - 1),
    };
    let help = "`playcaller check` shows every one with its place";
    Failure::wrong(format!("the book has errors: {why}{more}")).help(help)
}

/// A book that cannot be used is told like one that has errors.
pub fn refused(error: anyhow::Error) -> Failure {
    match error.downcast_ref::<Refusal>() {
        Some(refusal) => wrong_book(&refusal.why, &refusal.diagnostics),
        None => error.into(),
    }
}

/// Mistakes of the deployment file are shown as those of the book are.
fn told(error: settings::Error) -> Failure {
    let settings::Error::Mistakes { file, text, diagnostics } = &error else { return error.into() };
    let source = SourceFile::new(file, text.clone());
    let files = [(source.name.clone(), source)].into();
    let message = format!("the deployment file {file} is wrong\n{}", render::render(diagnostics, &files, false));
    Failure { exit: Exit::Wrong, message, help: None }
}

/// Fails when there is nobody to play.
pub async fn expect_accounts(store: &Store) -> Result<()> {
    match store.account_ids().await?.is_empty() {
        true => Err(nobody(Failure::wrong("the database has no accounts"))),
        false => Ok(()),
    }
}

fn nobody(failure: Failure) -> Failure {
    failure.help("is it the one you meant (--database, --config)? `playcaller import accounts FILE` fills it")
}

/// Fails when there is no such account, with the one that was probably meant.
pub async fn expect_account(store: &Store, account: &str) -> Result<()> {
    if store.version_of(account).await?.is_some() {
        return Ok(());
    }
    let ids = store.account_ids().await?;
    let unknown = Failure::wrong(format!("there is no account `{account}`"));
    Err(match nearest(account, ids.iter().map(|id| &**id)) {
        Some(right) => unknown.help(format!("did you mean `{right}`?")),
        None if ids.is_empty() => unknown.help("the database has no accounts yet: `playcaller import accounts FILE`"),
        None => unknown.help("`playcaller accounts` lists them"),
    })
}

/// Fails when the book has no such playbook, with the one that was probably meant.
pub fn expect_playbook(book: &Book, playbook: &str) -> Result<()> {
    if book.playbooks.contains_key(playbook) {
        return Ok(());
    }
    let ids: Vec<&str> = book.playbooks.keys().map(|id| &**id).collect();
    let unknown = Failure::wrong(format!("there is no playbook `{playbook}`"));
    Err(match nearest(playbook, ids.iter().copied()) {
        Some(right) => unknown.help(format!("did you mean `{right}`?")),
        None => unknown.help(format!("the book has: {}", ids.join(", "))),
    })
}
