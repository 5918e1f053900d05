//! `--data`: a folder of import files, read into a database in memory that is gone with the command.

use std::path::{Path, PathBuf};

use crate::book::Book;
use crate::cli::exit::{Failure, Result};
use crate::cli::import::read_map;
use crate::cli::print::count;
use crate::cli::report::byte_bar;
use crate::portfolio::import::{AsOf, ImportReport, Kind};
use crate::runtime::backtest::{Limit, LimitKind};
use crate::runtime::import::{Options, import};
use crate::store::Store;
use crate::time::Timestamp;

/// From when values hold whose rows do not say it: before anything that is dated.
pub const ALWAYS: Timestamp = Timestamp::UNIX_EPOCH;

/// When the files are taken to have come in: after everything in them, so that every feed is fresh throughout.
const READ_AT: &str = "9000-01-01T00:00:00Z";

/// What is referred to comes first.
const ORDER: [Kind; 5] = [Kind::People, Kind::Accounts, Kind::Contacts, Kind::Metrics, Kind::Events];

const ENDINGS: [&str; 6] = ["csv", "csv.gz", "ndjson", "ndjson.gz", "json", "json.gz"];

/// The data of a folder, and what in it could not be taken or says nothing of when it holds.
pub async fn read(folder: &Path, book: &Book) -> Result<(Store, Vec<Limit>)> {
    if !folder.is_dir() {
        return Err(Failure::usage(format!("--data {}: there is no such folder", folder.display())));
    }
    let store = Store::open("sqlite::memory:").await?;
    let mut limits = Vec::new();
    for kind in ORDER {
        let Some(file) = find(folder, kind) else { continue };
        let report = take(&store, book, kind, &file).await?;
        limits.extend(refused(&file, &report));
    }
    if store.account_ids().await?.is_empty() {
        let missing = Failure::wrong(format!("{} has no accounts to play", folder.display()));
        let refused = limits.iter().map(|limit| limit.text.as_str()).collect::<Vec<_>>().join("\n");
        return Err(missing.help(match refused.is_empty() {
            true => "it needs an accounts.csv with a column `as_of`, and may have contacts, metrics, events and people",
            false => &refused,
        }));
    }
    limits.extend(unread(folder)?);
    limits.extend(undated(&store).await?);
    Ok((store, limits))
}

/// Files of data that no kind of import has the name of.
fn unread(folder: &Path) -> Result<Option<Limit>> {
    let is_data = |name: &String| ENDINGS.iter().any(|ending| name.ends_with(&format!(".{ending}")));
    let read: Vec<PathBuf> = ORDER.into_iter().filter_map(|kind| find(folder, kind)).collect();
    let entries = std::fs::read_dir(folder)?.collect::<std::io::Result<Vec<_>>>()?;
    let left = entries.iter().map(std::fs::DirEntry::path).filter(|path| path.is_file() && !read.contains(path));
    let mut names: Vec<String> =
        left.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).filter(is_data).collect();
    names.sort();
    let text = || {
        format!(
            "Not read, for it is named after no kind of data: {}. Rows of accounts belong in accounts.csv, and so on.",
            names.join(", ")
        )
    };
    Ok((!names.is_empty()).then(|| Limit::new(LimitKind::Refused, text())))
}

fn find(folder: &Path, kind: Kind) -> Option<PathBuf> {
    let files = ENDINGS.map(|ending| folder.join(format!("{}.{ending}", kind.as_str())));
    files.into_iter().find(|file| file.is_file())
}

async fn take(store: &Store, book: &Book, kind: Kind, file: &Path) -> Result<ImportReport> {
    let map = file.with_file_name(format!("{}.map.toml", kind.as_str()));
    let map = read_map(map.is_file().then_some(&*map))?;
    let as_of = matches!(kind, Kind::Accounts | Kind::Contacts).then_some(AsOf::Instant(ALWAYS));
    let now = READ_AT.parse().expect("an instant");
    let bar = byte_bar(kind.as_str());
    let mut progress = |read: u64, size: u64| {
        bar.set_length(size);
        bar.set_position(read);
    };
    let report = import(store, book, kind, file, Options { map, as_of, now }, &mut progress).await;
    bar.finish_and_clear();
    Ok(report?)
}

fn refused(file: &Path, report: &ImportReport) -> Option<Limit> {
    let first = report.refused.first()?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let field = first.field.as_deref().map_or_else(String::new, |field| format!(" {field}:"));
    let text = match report.refused.len() {
        _ if report.read == 0 => format!("Refused: all of {name}, line {}:{field} {}.", first.line, first.reason),
        n => format!(
            "Refused: {n} of {} rows of {name}, the first in line {}:{field} {}.",
            report.read, first.line, first.reason
        ),
    };
    Some(Limit::new(LimitKind::Refused, text))
}

/// Rows that hold from always on.
async fn undated(store: &Store) -> Result<Option<Limit>> {
    let (accounts, contacts) = store.dated(ALWAYS).await?;
    let counts = [(accounts, "account"), (contacts, "contact")].into_iter().filter(|(n, _)| *n > 0);
    let counts: Vec<String> = counts.map(|(n, what)| count(n, what)).collect();
    let text = || format!("Without `as_of`, and so taken to have been like that all along: {}.", counts.join(", "));
    Ok((!counts.is_empty()).then(|| Limit::new(LimitKind::Undated, text())))
}
