//! The TOML walker: typed takers over a spanned tree.
//!
//! A [`Table`] hands out its keys one by one as [`Item`]s; an item turns into a value or into a [`Diagnostic`] that
//! points at it. Nothing stops at the first mistake, and what nobody asked for is an unknown key.
//!
//! ```text
//! let mut table = Table::of_file(&file, &keys::PLAYBOOK, &diagnostics);
//! let id = table.need("id").id();
//! let status = table.get("status").choice::<Status>();
//! for step in table.tables("step") { … }
//! table.finish();
//! ```

mod item;
mod moment;
mod places;
mod syntax;
mod table;
#[cfg(test)]
mod tests;
mod value;

pub use item::Item;
pub(in crate::book) use moment::time_of_day;
pub use places::Places;
pub use table::Table;

use std::sync::Arc;

use crate::book::diagnostic::{Diagnostic, Diagnostics};
use crate::book::keys::Section;
use crate::book::source::{Place, SourceFile};
use crate::condition::nearest;

/// What all readers of one file share.
#[derive(Clone, Copy)]
struct Reading<'f> {
    file: &'f Arc<SourceFile>,
    /// What the kind of file may hold.
    top: &'static Section,
    diagnostics: &'f Diagnostics,
    /// Whether the file has syntax errors: what seems to be missing may stand on a broken line.
    broken: bool,
}

/// The diagnostic for a name that is not among the known ones, with the closest of them.
///
/// `what` is the kind of name, in a CS person's words: `calendar`, `step`.
pub fn unknown_name<'a>(place: &Place, what: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> Diagnostic {
    let mut known: Vec<&str> = known.into_iter().collect();
    known.sort_unstable();
    known.dedup();
    let diagnostic = place.error("unknown-name", format!("there is no {what} `{name}`"));
    match nearest(name, known.iter().copied()) {
        Some(right) => diagnostic.suggest(right),
        None if known.is_empty() => diagnostic.help(format!("no {what} is defined in this book")),
        None => diagnostic.help(format!("known: {}", some_of(&known))),
    }
}

/// The first dozen of the names, in a row.
fn some_of(names: &[&str]) -> String {
    let more = if names.len() > 12 { ", …" } else { "" };
    format!("{}{more}", names[..names.len().min(12)].join(", "))
}
