//! Standard output: aligned tables for people, JSON for programs. Nothing else is written there.

use std::collections::HashMap;
use std::fmt::Display;
use std::io::{self, Write};

use comfy_table::{Attribute, Cell, ContentArrangement, Table, presets};
use serde::Serialize;

use super::exit::{Failure, Result};
use crate::store::Store;
use crate::time::{TimeZone, Timestamp};

/// For whom the output is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Tables and sentences.
    #[default]
    Human,
    /// One object, or one object per line.
    Json,
    /// Workflow commands of GitHub; only of `check` and `test`.
    #[value(hide = true)]
    Github,
    /// A SARIF log, for code scanning; only of `check`.
    #[value(hide = true)]
    Sarif,
    /// JUnit's XML, for CI servers; only of `test`.
    #[value(hide = true)]
    Junit,
}

/// Where commands write what they report.
#[derive(Clone, Copy, Debug)]
pub struct Print {
    pub format: Format,
    pub color: bool,
}

impl Print {
    pub fn is_json(self) -> bool {
        self.format == Format::Json
    }

    /// Fails when the output is asked for in a format that the command does not have.
    pub fn refuse_formats_but(self, also: &[Format]) -> Result<Print> {
        match self.format {
            Format::Human | Format::Json => Ok(self),
            other if also.contains(&other) => Ok(self),
            _ => {
                let unknown = Failure::usage("this command does not print in that format");
                Err(unknown.help("github and sarif are formats of `check`, github and junit of `test`"))
            }
        }
    }

    /// A line of text.
    pub fn line(self, text: impl Display) -> Result<()> {
        Ok(writeln!(io::stdout(), "{text}")?)
    }

    /// One JSON object on a line of its own.
    pub fn json(self, value: &impl Serialize) -> Result<()> {
        self.line(serde_json::to_string(value)?)
    }

    /// The object for programs, the text for people.
    pub fn either(self, value: &impl Serialize, text: impl FnOnce() -> String) -> Result<()> {
        if self.is_json() { self.json(value) } else { self.line(text().trim_end()) }
    }

    /// One object per line, or a table; where there is nothing, what to do about it.
    pub fn list<T: Serialize>(
        self,
        items: &[T],
        columns: &[&str],
        row: impl Fn(&T) -> Vec<String>,
        nothing: &str,
    ) -> Result<()> {
        if self.is_json() {
            return items.iter().try_for_each(|item| self.json(item));
        }
        if items.is_empty() {
            return self.line(nothing);
        }
        self.table(columns, items.iter().map(row))
    }

    /// An aligned table without lines; in bold its header, if it has one.
    pub fn table(self, columns: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Result<()> {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        if self.color {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        if !columns.is_empty() {
            table.set_header(columns.iter().map(|name| Cell::new(name.to_uppercase()).add_attribute(Attribute::Bold)));
        }
        table.add_rows(rows);
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        table.lines().try_for_each(|line| self.line(line.trim_end()))
    }
}

/// The text, or a dash where there is none.
pub fn or_dash(text: Option<impl Display>) -> String {
    text.map_or_else(|| "–".to_owned(), |text| text.to_string())
}

/// Text that fits a column: at most `most` characters.
pub fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most - 1).collect();
    format!("{}…", kept.trim_end())
}

/// `1 task`, `2 tasks`.
pub fn count(n: usize, one: &str) -> String {
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}

/// The accounts' time zones, for local times.
pub struct Zones(HashMap<String, TimeZone>);

impl Zones {
    pub async fn load(store: &Store) -> Result<Zones> {
        let known = store.account_zones().await?.into_iter();
        Ok(Zones(known.filter_map(|(id, name)| Some((id, TimeZone::get(&name?).ok()?))).collect()))
    }

    /// The instant in the account's zone, named; in UTC where the account has none.
    pub fn local(&self, account: &str, at: Timestamp) -> String {
        local(at, self.0.get(account).unwrap_or(&TimeZone::UTC))
    }

    pub fn local_or_dash(&self, account: &str, at: Option<Timestamp>) -> String {
        or_dash(at.map(|at| self.local(account, at)))
    }
}

/// `2026-09-21 09:00 EDT`.
pub fn local(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string()
}
