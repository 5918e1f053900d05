//! An import: the file is read and checked in one thread while the rows before land, one transaction per batch.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::sync::mpsc;

use crate::book::Book;
use crate::book::calendar::add_span;
use crate::book::import_map::ImportMap;
use crate::portfolio::import::{AsOf, Batch, ImportFile, ImportReport, Intake, Kind, Known};
use crate::store::Store;
use crate::time::{TimeZone, Timestamp};

/// How a file is to be read.
#[derive(Clone, Debug)]
pub struct Options {
    pub map: ImportMap,
    /// From when the rows hold that do not say it; none: from now.
    pub as_of: Option<AsOf>,
    pub now: Timestamp,
}

/// Batches that may wait for the database; together with the one in work they bound the memory.
const BATCHES_AHEAD: usize = 2;

/// Whether rows of the file can land: it opens, and its columns fit. Reads no further than them.
///
/// # Errors
/// Those of [`import`] that can be told without the database.
pub fn accepts(book: &Book, kind: Kind, file: &Path, map: &ImportMap, as_of: Option<AsOf>) -> Result<bool> {
    refuse_as_of(kind, as_of)?;
    Ok(open(file)?.has_columns(book, kind, map))
}

/// Imports a file. Good rows land, the others are in the report; `progress` gets bytes read and the file's size.
///
/// # Errors
/// A file that cannot be opened, an `as_of` for a kind that has no history, or a database that fails. Batches that
/// landed before stay; importing the file again changes nothing about them.
pub async fn import(
    store: &Store,
    book: &Book,
    kind: Kind,
    file: &Path,
    options: Options,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<ImportReport> {
    let now = options.now;
    refuse_as_of(kind, options.as_of)?;
    let known = known(store, kind).await?;
    let intake = Intake::new(book, kind, options.map, options.as_of.unwrap_or(AsOf::Instant(now)), known);
    let file = open(file)?;
    let size = file.size;
    let (sender, mut batches) = mpsc::channel(BATCHES_AHEAD);
    let reading =
        tokio::task::spawn_blocking(move || intake.read(file, &mut |batch| sender.blocking_send(batch).is_ok()));
    let mut report = ImportReport::default();
    while let Some(batch) = batches.recv().await {
        land(store, &batch, now, &mut report).await?;
        progress(batch.taken, size);
    }
    let taken = reading.await.context("the reader of the file stopped")?;
    see_feeds(store, book, &taken.feeds, now).await?;
    report.read = taken.read;
    report.refused.extend(taken.refused);
    report.refused.sort_by_key(|refusal| refusal.line);
    Ok(report)
}

fn refuse_as_of(kind: Kind, as_of: Option<AsOf>) -> Result<()> {
    if as_of.is_some() && !matches!(kind, Kind::Accounts | Kind::Contacts) {
        anyhow::bail!(
            "--as-of is for accounts and contacts: {} have no values that hold from an instant on",
            kind.as_str()
        );
    }
    Ok(())
}

fn open(file: &Path) -> Result<ImportFile> {
    ImportFile::open(file).with_context(|| format!("{} cannot be imported", file.display()))
}

async fn land(store: &Store, batch: &Batch, now: Timestamp, report: &mut ImportReport) -> Result<()> {
    let mut tx = store.begin().await?;
    let landed = tx.land(&batch.rows, now).await?;
    tx.commit().await?;
    report.inserted += landed.inserted;
    report.updated += landed.updated;
    report.unchanged += landed.unchanged;
    report.refused.extend(landed.refused);
    Ok(())
}

/// What the rows of such a file can refer to.
pub async fn known(store: &Store, kind: Kind) -> Result<Known> {
    let mut known = Known::default();
    for (id, zone) in store.account_zones().await? {
        known.accounts.insert(id.into(), zone.and_then(|name| TimeZone::get(&name).ok()));
    }
    if matches!(kind, Kind::Contacts | Kind::Events) {
        let owners = store.contact_owners().await?;
        known.contacts = owners.into_iter().map(|(id, account)| (id.into(), account.into())).collect();
    }
    known.people = store.people().await?.into_iter().map(|person| person.id).collect();
    Ok(known)
}

/// Records that the feeds brought data. A feed that was stale made conditions unknown for accounts that nothing was
/// imported for, so all of them are looked at again.
async fn see_feeds(store: &Store, book: &Book, feeds: &BTreeSet<Arc<str>>, now: Timestamp) -> Result<()> {
    if feeds.is_empty() {
        return Ok(());
    }
    let seen = store.feeds().await?;
    let was_stale = feeds.iter().any(|feed| is_stale(book, feed, seen.get(feed), now));
    let mut tx = store.begin().await?;
    for feed in feeds {
        tx.see_feed(feed, now).await?;
    }
    if was_stale {
        tx.wake_all(now).await?;
    }
    Ok(tx.commit().await?)
}

/// Whether some condition can have been unknown because of it: it may not be older than it was, or was never there.
fn is_stale(book: &Book, feed: &str, seen: Option<&Timestamp>, now: Timestamp) -> bool {
    match (book.dictionary.feeds.get(feed), seen) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(fresh_for), Some(seen)) => {
            add_span(*seen, *fresh_for, &TimeZone::UTC, None).is_none_or(|until| until < now)
        }
    }
}
