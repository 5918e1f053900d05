//! The folder a running daemon follows: read again every few seconds, and looked into when its content is another.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::task::JoinHandle;
use tracing::warn;

use crate::book::load::Texts;
use crate::engine::desk::ApprovalState;
use crate::runtime::Runtime;
use crate::store::Store;
use crate::time::Timestamp;

use super::{Prepared, Report, prepare, read_folder};

/// How often the folder is read.
const POLL_SECONDS: i64 = 3;
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

/// The folder, what was last made of it, and the look at it that is under way.
#[derive(Debug)]
pub struct Folder {
    dir: PathBuf,
    judged: Option<Seen>,
    /// As it was read last. A folder in the middle of a checkout reads differently the next time.
    last_read: Option<Arc<Texts>>,
    is_passing: bool,
    /// What was said to be not in force, and why.
    said: Vec<String>,
    judged_at: Timestamp,
    looked_at: Timestamp,
    look: Option<JoinHandle<Result<Look>>>,
}

/// What a look at the folder came to.
#[derive(Debug)]
enum Look {
    /// Nothing to do, or not yet: the content as it was read.
    Same(Arc<Texts>),
    New {
        prepared: Box<Prepared>,
        is_asked: bool,
    },
}

impl Folder {
    pub(super) fn new(dir: PathBuf, prepared: Prepared) -> Folder {
        let Prepared { seen, is_passing, report, .. } = prepared;
        Folder {
            dir,
            last_read: Some(seen.texts.clone()),
            judged: Some(seen),
            is_passing,
            said: report.stays,
            judged_at: Timestamp::MIN,
            looked_at: Timestamp::MIN,
            look: None,
        }
    }

    /// Remembers what was judged. False when the report says nothing new.
    pub(super) fn judged(&mut self, seen: Seen, is_passing: bool, report: &Report) -> bool {
        let is_new = !report.changed.is_empty() || report.stays != self.said;
        self.last_read = Some(seen.texts.clone());
        (self.judged, self.is_passing, self.said) = (Some(seen), is_passing, report.stays.clone());
        is_new
    }

    /// Begins a look beside everything else. `is_asked`: whatever was seen before, and without waiting for a second
    /// reading.
    fn begin_look(&mut self, store: &Store, now: Timestamp, is_asked: bool) {
        let passes = self.is_passing && now.duration_since(self.judged_at).as_secs() >= PASSING_SECONDS;
        let (judged, last_read) = (self.judged.clone(), self.last_read.clone());
        let (store, dir) = (store.clone(), self.dir.clone());
        if is_asked || passes {
            self.judged_at = now;
        }
        self.looked_at = now;
        self.look = Some(tokio::spawn(async move {
            let texts = Arc::new(read_folder(&dir).await?);
            let is_new = judged.as_ref() != Some(&Seen::new(texts.clone(), store.reload_answers().await?));
            let is_settled = last_read.is_some_and(|last| last == texts);
            if is_asked || passes || (is_new && is_settled) {
                let (_, prepared) = prepare(&store, (*texts).clone(), now).await?;
                return Ok(Look::New { prepared: Box::new(prepared), is_asked });
            }
            Ok(Look::Same(texts))
        }));
    }
}

impl Runtime {
    /// Follows the folder: takes the new book when one is ready, and looks again when it is time. Never waits.
    pub(in crate::runtime) async fn follow_folder(&mut self, is_asked: bool) -> Option<Report> {
        let now = self.clock.now();
        let (store, folder) = (self.store.clone(), self.folder.as_mut()?);
        let is_ready = folder.look.as_ref().is_some_and(JoinHandle::is_finished);
        let report = if is_ready { self.end_look().await } else { None };
        let folder = self.folder.as_mut()?;
        let is_time = now.duration_since(folder.looked_at).as_secs() >= POLL_SECONDS;
        if folder.look.is_none() && (is_asked || is_time) {
            folder.begin_look(&store, now, is_asked);
        }
        report
    }

    /// Looks at the folder now, waits for what comes of it, and takes it. None: nothing is new, or the content still
    /// changes.
    pub async fn look_at_folder(&mut self, is_asked: bool) -> Option<Report> {
        let (now, store) = (self.clock.now(), self.store.clone());
        self.folder.as_mut()?.begin_look(&store, now, is_asked);
        self.end_look().await
    }

    async fn end_look(&mut self) -> Option<Report> {
        let look = self.folder.as_mut()?.look.take()?;
        let ended = match look.await.context("the look at the book stopped").and_then(|look| look) {
            Ok(Look::New { prepared, is_asked }) => self.take(*prepared, is_asked).await,
            Ok(Look::Same(texts)) => {
                self.folder.as_mut()?.last_read = Some(texts);
                Ok(None)
            }
            Err(error) => Err(error),
        };
        ended.unwrap_or_else(|error| {
            warn!("the book could not be looked at, trying again: {error:#}");
            None
        })
    }
}
