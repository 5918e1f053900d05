//! The demo's database: an empty one, and the sample portfolio imported into it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;

use super::sample;
use crate::book::Book;
use crate::book::import_map::ImportMap;
use crate::cli::exit::{Failure, Result};
use crate::cli::report::byte_bar;
use crate::portfolio::import::Kind;
use crate::runtime::import::{Options, import};
use crate::settings::scratch_folder;
use crate::store::{Store, sqlite_file};
use crate::time::Timestamp;

/// The sample's files in the order in which they refer to each other.
const FILES: [(Kind, &str); 5] = [
    (Kind::Accounts, "accounts.csv"),
    (Kind::Accounts, "changes.csv"),
    (Kind::Contacts, "contacts.csv"),
    (Kind::Metrics, "metrics.csv.gz"),
    (Kind::Events, "events.csv"),
];

/// An empty database of that URL. One that an earlier demo has made is replaced; any other with data is left alone.
pub async fn clear(url: &str) -> Result<Store> {
    let store = Store::open(url).await?;
    let accounts = store.account_ids().await?;
    if accounts.is_empty() && store.instance().await?.virtual_now.is_none() {
        return Ok(store);
    }
    let ours = sample::accounts()?;
    let is_demo = store.instance().await?.virtual_now.is_some() && accounts.iter().all(|id| ours.contains(&**id));
    store.close().await;
    match sqlite_file(url).filter(|_| is_demo) {
        Some(path) => remove(path)?,
        None => {
            let failure = Failure::wrong(format!("{url} holds data that is not the demo's, and is left as it is"));
            return Err(failure.help("name a new database with --database, such as sqlite:another-demo.db"));
        }
    }
    Ok(Store::open(url).await?)
}

/// A SQLite file with its write-ahead log.
fn remove(file: &Path) -> Result<()> {
    for end in ["", "-wal", "-shm"] {
        let path = PathBuf::from(format!("{}{end}", file.display()));
        if path.exists() {
            std::fs::remove_file(&path).with_context(|| format!("the old demo {} stays", path.display()))?;
        }
    }
    Ok(())
}

/// Imports the sample as of `now`. Its feeds count as fresh for as long as it lasts, which is `until`.
pub async fn import_sample(store: &Store, book: &Arc<Book>, now: Timestamp, until: Timestamp) -> Result<()> {
    let folder = scratch_folder();
    std::fs::create_dir_all(&folder)?;
    for (kind, name) in FILES {
        let path = folder.join(name);
        std::fs::write(&path, &sample::file(name)?.data)?;
        import_file(store, book, kind, &path, now).await?;
    }
    std::fs::remove_dir_all(&folder)?;
    let mut tx = store.begin().await?;
    for feed in book.dictionary.feeds.keys() {
        tx.see_feed(feed, until).await?;
    }
    Ok(tx.commit().await?)
}

async fn import_file(store: &Store, book: &Book, kind: Kind, path: &Path, now: Timestamp) -> Result<()> {
    let bar = byte_bar(kind.as_str());
    let mut progress = |read: u64, size: u64| {
        bar.set_length(size);
        bar.set_position(read);
    };
    let options = Options { map: ImportMap::default(), as_of: None, now };
    let report = import(store, book, kind, path, options, &mut progress).await;
    bar.finish_and_clear();
    match report?.refused.first() {
        None => Ok(()),
        Some(refusal) => Err(Failure::wrong(format!(
            "the sample does not fit the book: {}:{} {}",
            path.display(),
            refusal.line,
            refusal.reason
        ))),
    }
}
