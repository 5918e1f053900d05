//! The folder a running daemon follows: read again every few seconds, and looked into when its content is another.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tracing::warn;

use crate::book::load::Texts;
use crate::engine::desk::ApprovalState;
use crate::runtime::Runtime;
use crate::store::Store;
use crate::time::{Clock, Timestamp};

use super::{Prepared, Report, prepare, read_folder};

/// How often the folder is read.
const POLL: Duration = Duration::from_secs(2);
/// How often it is judged anew, without an edit, while something waits for enrollments to pass.
const PASSING_SECONDS: i64 = 60;

/// What a judgement rests on: another content or another answer calls for a new one.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    texts: Arc<Texts>,
    answers: BTreeMap<String, ApprovalState>,
}

impl Seen {
    pub(super) fn new(texts: Arc<Texts>, answers: BTreeMap<String, ApprovalState>) -> Seen {
        Seen { texts, answers }
    }
}

/// The folder, what was last made of it, and who watches it.
#[derive(Debug)]
pub struct Folder {
    outlook: Outlook,
    /// What was said to be not in force, and why.
    said: Vec<String>,
    watcher: Option<JoinHandle<(Prepared, bool)>>,
}

/// What is known of the folder when it is looked at.
#[derive(Clone, Debug)]
struct Outlook {
    dir: PathBuf,
    judged: Seen,
    judged_at: Timestamp,
    /// As it was read last. A folder in the middle of a checkout reads differently the next time.
    last_read: Arc<Texts>,
    is_passing: bool,
}

impl Folder {
    pub(super) fn new(dir: PathBuf, prepared: Prepared, now: Timestamp) -> Folder {
        let Prepared { seen, is_passing, report, .. } = prepared;
        let last_read = seen.texts.clone();
        let outlook = Outlook { dir, judged: seen, judged_at: now, last_read, is_passing };
        Folder { outlook, said: report.stays, watcher: None }
    }

    /// Remembers what was judged. False when the report says nothing new.
    pub(super) fn judged(&mut self, seen: Seen, is_passing: bool, report: &Report, now: Timestamp) -> bool {
        let is_new = !report.changed.is_empty() || !report.shared.is_empty() || report.stays != self.said;
        let last_read = seen.texts.clone();
        let dir = self.outlook.dir.clone();
        self.outlook = Outlook { dir, judged: seen, judged_at: now, last_read, is_passing };
        self.said = report.stays.clone();
        is_new
    }
}

impl Outlook {
    /// One look. Something comes of it when the content, or an answer, is another than the one that was judged, and
    /// the content reads the same twice; or when somebody asks.
    async fn look(&mut self, store: &Store, now: Timestamp, is_asked: bool) -> Result<Option<Prepared>> {
        let texts = Arc::new(read_folder(&self.dir).await?);
        let is_settled = std::mem::replace(&mut self.last_read, texts.clone()) == texts;
        let is_new = self.judged != Seen::new(texts.clone(), store.reload_answers().await?);
        let passes = self.is_passing && now.duration_since(self.judged_at).as_secs() >= PASSING_SECONDS;
        if !is_asked && !(is_settled && (is_new || passes)) {
            return Ok(None);
        }
        self.judged_at = now;
        Ok(Some(prepare(store, texts, now).await?.1))
    }

    /// Looks until something comes of it. The bell asks for a look at once; true: it did.
    async fn watch(mut self, store: Store, clock: Arc<dyn Clock>, bell: Arc<Notify>) -> (Prepared, bool) {
        loop {
            let is_asked = tokio::select! {
                () = bell.notified() => true,
                () = sleep(POLL) => false,
            };
            match self.look(&store, clock.now(), is_asked).await {
                Ok(Some(prepared)) => return (prepared, is_asked),
                Ok(None) => {}
                Err(error) => warn!("the book could not be looked at, trying again: {error:#}"),
            }
        }
    }
}

impl Runtime {
    /// Whether a new book is ready to be taken.
    pub(in crate::runtime) fn has_news(&self) -> bool {
        let watcher = self.folder.as_ref().and_then(|folder| folder.watcher.as_ref());
        watcher.is_some_and(JoinHandle::is_finished)
    }

    /// Takes the new book when one is ready, and has the folder watched, beside everything else.
    pub(in crate::runtime) async fn follow_folder(&mut self) -> Result<Option<Report>> {
        let report = if self.has_news() { self.hear().await? } else { None };
        let (store, clock, bell) = (self.store.clone(), self.clock.clone(), self.bell.clone());
        if let Some(folder) = self.folder.as_mut().filter(|folder| folder.watcher.is_none()) {
            folder.watcher = Some(tokio::spawn(folder.outlook.clone().watch(store, clock, bell)));
        }
        Ok(report)
    }

    async fn hear(&mut self) -> Result<Option<Report>> {
        let Some(watcher) = self.folder.as_mut().and_then(|folder| folder.watcher.take()) else { return Ok(None) };
        let (prepared, is_asked) = watcher.await.context("the watch over the book stopped")?;
        self.take(prepared, is_asked).await
    }

    /// Looks at the folder once, now, and takes what comes of it. None: nothing is new, or the content still changes.
    pub async fn look_at_folder(&mut self, is_asked: bool) -> Result<Option<Report>> {
        let (store, now) = (self.store.clone(), self.clock.now());
        let Some(folder) = &mut self.folder else { return Ok(None) };
        match folder.outlook.look(&store, now, is_asked).await? {
            Some(prepared) => self.take(prepared, is_asked).await,
            None => Ok(None),
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Some(watcher) = &self.watcher {
            watcher.abort();
        }
    }
}
