//! The map of an import: a TOML file that renames and converts the columns of somebody else's export.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::diagnostic::{Diagnostic, Diagnostics};
use super::keys::IMPORT_MAP;
use super::read::Table;
use super::source::{Place, SourceFile};
use crate::time::TimeZone;

/// How a file's columns become the dictionary's fields.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportMap {
    /// `[columns]`: a column of the file to the field it is.
    pub columns: BTreeMap<Arc<str>, Arc<str>>,
    /// `[values.<field>]`: a cell's text to the text it stands for.
    pub values: BTreeMap<Arc<str>, BTreeMap<Arc<str>, String>>,
    /// `[dates]`: a field to the form of its dates, as in `%m/%d/%Y` (strptime).
    pub dates: BTreeMap<Arc<str>, Arc<str>>,
    /// `[add]`: fields the file does not have.
    pub add: BTreeMap<Arc<str>, Vec<Piece>>,
    /// `[ignore] columns`: columns of the file that are not read.
    pub ignore: BTreeSet<Arc<str>>,
}

/// A piece of a text under `[add]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Text(String),
    /// `{line}`: where the row starts, from 1.
    Line,
    /// `{Account Name}`: what the row has in that column of the file.
    Column(Arc<str>),
}

impl ImportMap {
    /// Reads a map file; `name` is what messages call it.
    ///
    /// # Errors
    /// Every mistake of the file.
    pub fn parse(name: &str, text: String) -> Result<ImportMap, Vec<Diagnostic>> {
        let (file, diagnostics) = (SourceFile::new(name, text), Diagnostics::default());
        let map = read(Table::of_file(&file, &IMPORT_MAP, &diagnostics));
        if diagnostics.has_errors() { Err(diagnostics.sorted()) } else { Ok(map) }
    }
}

fn read(mut file: Table) -> ImportMap {
    let columns = file.table("columns").map(names).unwrap_or_default();
    let values = file.named("values").into_iter().map(|(field, _, table)| (field, texts(table))).collect();
    let dates = file.table("dates").map(forms).unwrap_or_default();
    let add = file.table("add").map(added).unwrap_or_default();
    let ignore = file.table("ignore").map(ignored).unwrap_or_default();
    file.finish();
    ImportMap { columns, values, dates, add, ignore }
}

fn names(mut table: Table) -> BTreeMap<Arc<str>, Arc<str>> {
    table.rest().into_iter().filter_map(|(column, _, field)| Some((column, field.name()?))).collect()
}

fn texts(mut table: Table) -> BTreeMap<Arc<str>, String> {
    table.rest().into_iter().filter_map(|(from, _, to)| Some((from, to.text()?))).collect()
}

fn forms(mut table: Table) -> BTreeMap<Arc<str>, Arc<str>> {
    let mut forms = BTreeMap::new();
    for (field, _, item) in table.rest() {
        let place = item.place();
        match item.name() {
            Some(form) if is_form(&form) => drop(forms.insert(field, form)),
            Some(form) => table.report(wrong_form(&place, &form)),
            None => {}
        }
    }
    forms
}

/// Whether a date written in that form reads back as the same date.
fn is_form(form: &str) -> bool {
    let day = jiff::civil::date(2026, 11, 28);
    let written = day.to_zoned(TimeZone::UTC).and_then(|start| jiff::fmt::strtime::format(form, &start));
    let read = written.and_then(|text| jiff::fmt::strtime::parse(form, text)).and_then(|parts| parts.to_date());
    read.is_ok_and(|read| read == day)
}

fn wrong_form(place: &Place, form: &str) -> Diagnostic {
    let diagnostic = place.error("bad-date-form", format!("`{form}` is not the form of a whole date"));
    diagnostic
        .help("write day, month and year as they stand in the file: `%m/%d/%Y` for 06/15/2026, `%d.%m.%y` for 15.06.26")
}

fn added(mut table: Table) -> BTreeMap<Arc<str>, Vec<Piece>> {
    let mut added = BTreeMap::new();
    for (field, _, item) in table.rest() {
        let place = item.place();
        let Some(text) = item.text() else { continue };
        match pieces(&text) {
            Some(pieces) => drop(added.insert(field, pieces)),
            None => {
                let diagnostic =
                    place.error("bad-piece", format!("`{text}` has a `{{` or `}}` without its other half"));
                table.report(diagnostic.help("write `{line}` or the name of a column of the file: `{Account Name}`"));
            }
        }
    }
    added
}

fn pieces(text: &str) -> Option<Vec<Piece>> {
    let (mut pieces, mut rest) = (Vec::new(), text);
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        pieces.push(Piece::Text(before.to_owned()));
        pieces.push(if name == "line" { Piece::Line } else { Piece::Column(name.into()) });
        rest = after;
    }
    pieces.push(Piece::Text(rest.to_owned()));
    let is_whole = |piece: &Piece| !matches!(piece, Piece::Text(text) if text.contains('}'));
    pieces.iter().all(is_whole).then_some(pieces)
}

fn ignored(mut table: Table) -> BTreeSet<Arc<str>> {
    let columns = table.get("columns").names().into_iter().map(|(name, _)| name).collect();
    table.finish();
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_file_is_read_whole() {
        let text = r#"
[columns]
"Renewal Date" = "renewal_date"
[values.status]
"Closed" = "churned"
[dates]
renewal_date = "%m/%d/%Y"
[add]
id = "sc-{line} {Account Name}"
[ignore]
columns = ["Notes"]
"#;
        let map = ImportMap::parse("crm.toml", text.into()).unwrap();
        assert_eq!(&*map.columns["Renewal Date"], "renewal_date");
        assert_eq!(map.values["status"]["Closed"], "churned");
        assert_eq!(&*map.dates["renewal_date"], "%m/%d/%Y");
        assert!(map.ignore.contains("Notes"));
        let pieces = &map.add["id"];
        assert!(pieces.contains(&Piece::Line) && pieces.contains(&Piece::Column("Account Name".into())), "{pieces:?}");
    }

    #[test]
    fn every_mistake_of_a_map_is_told_with_its_line() {
        let text = "[columms]\na = \"b\"\n[dates]\nat = \"%m/%Y\"\n[add]\nid = \"{line\"\n";
        let found = ImportMap::parse("crm.toml", text.into()).unwrap_err();
        let places: Vec<(usize, &str)> = found.iter().map(|mistake| (mistake.line, mistake.code)).collect();
        assert_eq!(places, [(1, "unknown-key"), (4, "bad-date-form"), (6, "bad-piece")]);
    }
}
