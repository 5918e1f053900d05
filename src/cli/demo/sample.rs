//! What the program carries with it: the shipped book and the sample portfolio.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::anyhow;
use rust_embed::{Embed, EmbeddedFile};

use crate::cli::exit::Result;

#[derive(Embed)]
#[folder = "playbooks/"]
struct Shipped;

const SAMPLE: &str = "sample/";

/// The texts of the book, by their path below it.
pub fn book() -> BTreeMap<String, String> {
    let paths = Shipped::iter().filter(|path| !path.starts_with(SAMPLE));
    let text = |path: &str| Some(String::from_utf8_lossy(&Shipped::get(path)?.data).into_owned());
    paths.filter_map(|path| Some((path.to_string(), text(&path)?))).collect()
}

/// A file of the sample portfolio.
pub fn file(name: &str) -> Result<EmbeddedFile> {
    let missing = || anyhow!("the program does not carry the sample's {name}");
    Ok(Shipped::get(&format!("{SAMPLE}{name}")).ok_or_else(missing)?)
}

/// The ids of the sample's accounts.
pub fn accounts() -> Result<BTreeSet<String>> {
    let file = file("accounts.csv")?;
    let mut rows = csv::Reader::from_reader(&*file.data);
    let ids = rows.records().map(|row| Ok(row?.get(0).unwrap_or_default().to_owned()));
    Ok(ids.collect::<anyhow::Result<_>>()?)
}
