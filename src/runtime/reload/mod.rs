//! Edits of a live book: the folder is read again, the new book is made and judged beside the old one, and goes into
//! force between two ticks.
//!
//! ```text
//! folder ─ read ─▶ compose(what is kept) ─ judge ─▶ Prepared ─ Runtime::take ─▶ in force
//!                        ▲────── hold back what may not go live yet ──┘
//! ```

mod folder;
pub(in crate::runtime) mod judge;
mod report;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::task::spawn_blocking;

use crate::book::edition::{Edition, Held, Refusal, Stay, compose};
use crate::book::load::{Texts, read};
use crate::book::{Book, Kept};
use crate::channel::Channels;
use crate::engine::notice::NoticeKind;
use crate::store::Store;
use crate::time::{Clock, TimeZone, Timestamp, local_date};

use super::Runtime;
use folder::Seen;

pub use folder::Folder;
pub use report::{Change, Report};

/// Each round holds something back and composes anew; what is left can be judged in a few.
const MOST_ROUNDS: usize = 5;

/// What came of a look at the folder.
#[derive(Debug)]
pub struct Prepared {
    /// The book to go on with; none: everything stays as it was.
    book: Option<Arc<Book>>,
    pub report: Report,
    /// Playbooks whose file is wrong while their last good version runs, and what their owners are told.
    broken: Vec<(Arc<str>, String)>,
    seen: Seen,
    /// Something waits for enrollments to pass: to be judged again later, without an edit.
    is_passing: bool,
}

impl Runtime {
    /// A runtime with the book of a folder, as far as it may go live, which follows the folder's edits.
    ///
    /// # Errors
    /// A [`Refusal`] when the folder cannot be used: where nothing is in force yet, any mistake.
    pub async fn open(
        store: Store,
        dir: PathBuf,
        clock: Arc<dyn Clock>,
        channels: Arc<Channels>,
        connections: usize,
    ) -> Result<(Runtime, Report)> {
        let now = clock.now();
        let (book, prepared) = open_book(&store, &dir, now).await?;
        let mut runtime = Runtime::new(store, book, clock, channels, connections).await?;
        let report = prepared.report.clone();
        runtime.tell_of_broken(&prepared.broken).await?;
        runtime.folder = Some(Folder::new(dir, prepared, now));
        Ok((runtime, report))
    }

    /// Goes on with what was prepared from the next tick on. None: there is nothing that was not said before.
    async fn take(&mut self, prepared: Prepared, is_asked: bool) -> Result<Option<Report>> {
        let (now, Prepared { book, report, broken, seen, is_passing }) = (self.clock.now(), prepared);
        if let Some(book) = book {
            self.world.book = book;
            self.refresh_world().await?;
            self.is_in_force = false;
            self.go_live(now).await?;
        }
        let is_new = self.folder.as_mut().is_none_or(|folder| folder.judged(seen, is_passing, &report, now));
        if is_new {
            self.tell_of_broken(&broken).await?;
        }
        Ok(Some(report).filter(|_| is_asked || is_new))
    }

    /// Tells the owners of playbooks that are broken, once a day for each mistake.
    async fn tell_of_broken(&self, broken: &[(Arc<str>, String)]) -> Result<()> {
        let today = local_date(self.clock.now(), &TimeZone::UTC);
        let book = self.world().book.clone();
        for (id, text) in broken {
            if let Some(playbook) = book.playbooks.get(id) {
                let about = format!("{today} {text}");
                self.tell(NoticeKind::PlaybookBroken, playbook, &about, text.clone()).await?;
            }
        }
        Ok(())
    }
}

/// The book a process begins with, as far as it may go live, and what did not.
///
/// # Errors
/// A [`Refusal`] when the folder cannot be used.
pub async fn open_book(store: &Store, dir: &Path, now: Timestamp) -> Result<(Arc<Book>, Prepared)> {
    let (outcome, prepared) = prepare(store, Arc::new(read_folder(dir).await?), now).await?;
    Ok((outcome?, prepared))
}

/// The book in force as the database keeps it: what acts by hand go by, whatever stands in the folder. None before
/// there was one.
///
/// # Errors
/// A [`Refusal`] when this program cannot compile it any more.
pub async fn book_in_force(store: &Store) -> Result<Option<Arc<Book>>> {
    let kept = store.kept_book().await?;
    if kept.is_empty() {
        return Ok(None);
    }
    let texts = Texts { files: kept.files(), unreadable: Vec::new() };
    Ok(Some(Arc::new(compose(&texts, &kept, &Held::default())?.book)))
}

/// The folder's book with the older versions that enrollments are on: for looking ahead, nothing goes live.
///
/// # Errors
/// A [`Refusal`] when the folder cannot be used.
pub async fn book_ahead(store: &Store, dir: &Path) -> Result<Arc<Book>> {
    Ok(Arc::new(edition_ahead(store, &read_folder(dir).await?).await?.book))
}

/// The book of these files with the older versions that enrollments are on, and what of the files did not get into it.
///
/// # Errors
/// A [`Refusal`] when they cannot be used.
pub async fn edition_ahead(store: &Store, texts: &Texts) -> Result<Edition> {
    Ok(compose(texts, &store.kept_book().await?, &Held::default())?)
}

async fn read_folder(dir: &Path) -> Result<Texts> {
    let dir = dir.to_owned();
    spawn_blocking(move || read(&dir)).await.context("reading the book stopped")
}

type Outcome = std::result::Result<Arc<Book>, Refusal>;

/// Makes the new book beside the old one, and holds back what may not go live yet.
async fn prepare(store: &Store, texts: Arc<Texts>, now: Timestamp) -> Result<(Outcome, Prepared)> {
    let (kept, mut held, mut said) = (Arc::new(store.kept_book().await?), Held::default(), judge::Said::default());
    for _ in 0..MOST_ROUNDS {
        let edition = match compose_aside(&texts, &kept, &held).await? {
            Ok(edition) => edition,
            Err(refusal) => return refused(store, &texts, refusal, now).await,
        };
        let book = Arc::new(edition.book);
        if judge::hold_back(store, &kept, &book, now, &mut held, &mut said).await? {
            continue;
        }
        said.ask(store, now).await?;
        let report = Report::of(&kept, &book, &edition.stays, &edition.diagnostics, &said, now);
        let seen = Seen::new(texts, store.reload_answers().await?);
        let prepared = Prepared {
            book: Some(book.clone()),
            report,
            broken: edition.stays.iter().filter_map(broken).collect(),
            seen,
            is_passing: said.is_passing(),
        };
        return Ok((Ok(book), prepared));
    }
    anyhow::bail!("the new book holds back more at every look: nothing of it goes live")
}

async fn refused(store: &Store, texts: &Arc<Texts>, refusal: Refusal, now: Timestamp) -> Result<(Outcome, Prepared)> {
    let report = Report::refused(&refusal, now);
    let seen = Seen::new(texts.clone(), store.reload_answers().await?);
    Ok((Err(refusal), Prepared { book: None, report, broken: Vec::new(), seen, is_passing: false }))
}

/// A playbook that goes on in its last good version because its file is wrong, and what its owner should know.
fn broken(stay: &Stay) -> Option<(Arc<str>, String)> {
    match stay {
        Stay::Broken { playbook, version: Some(_), .. } => {
            Some((playbook.clone(), format!("{stay}. `playcaller check` shows what to mend.")))
        }
        _ => None,
    }
}

async fn compose_aside(
    texts: &Arc<Texts>,
    kept: &Arc<Kept>,
    held: &Held,
) -> Result<std::result::Result<Edition, Refusal>> {
    let (texts, kept, held) = (texts.clone(), kept.clone(), held.clone());
    spawn_blocking(move || compose(&texts, &kept, &held)).await.context("making the new book stopped")
}
