//! A record of somebody else's export becomes one of ours: columns renamed, values and dates converted, fields added.

use jiff::fmt::strtime::BrokenDownTime;
use std::sync::Arc;

use super::columns::Columns;
use super::{Record, Refusal};
use crate::book::import_map::{ImportMap, Piece};
use crate::time::TimeZone;

/// The record as the map sees it. With an empty map it is as it was.
pub(super) fn apply(map: &ImportMap, columns: &Columns, record: Record) -> Result<Record, Refusal> {
    if *map == ImportMap::default() {
        return Ok(record);
    }
    let line = record.line;
    let added = map.add.iter().map(|(field, pieces)| Ok((field.clone(), join(pieces, &record)?)));
    let added: Vec<(Arc<str>, String)> = added.collect::<Result<_, Refusal>>()?;
    let read = record.cells.into_iter().filter(|(column, _)| !map.ignore.contains(column));
    let renamed = read.map(|(column, text)| (map.columns.get(&column).cloned().unwrap_or(column), text));
    let cells = renamed.chain(added).map(|(field, text)| {
        let text =
            convert(map, &field, text, columns.is_date(&field)).map_err(|why| Refusal::new(line, &field, why))?;
        Ok((field, text))
    });
    Ok(Record { line, cells: cells.collect::<Result<_, Refusal>>()? })
}

fn join(pieces: &[Piece], record: &Record) -> Result<String, Refusal> {
    let text = |piece: &Piece| match piece {
        Piece::Text(text) => Ok(text.clone()),
        Piece::Line => Ok(record.line.to_string()),
        Piece::Column(column) => {
            let text = record.get(column).map(str::to_owned);
            text.ok_or_else(|| {
                Refusal::new(record.line, column, format!("the row has no `{column}`, which the map adds to a field"))
            })
        }
    };
    pieces.iter().map(text).collect()
}

fn convert(map: &ImportMap, field: &str, text: String, is_date: bool) -> Result<String, String> {
    let text = match map.values.get(field).and_then(|values| values.get(text.as_str())) {
        Some(meant) => meant.clone(),
        None => text,
    };
    match map.dates.get(field) {
        Some(form) if !text.is_empty() => moment(form, &text, is_date),
        _ => Ok(text),
    }
}

/// A date or, where the form has an hour and the field is not a date, an instant: in UTC when the form has no offset.
fn moment(form: &str, text: &str, is_date: bool) -> Result<String, String> {
    let wrong = |error: jiff::Error| format!("`{text}` is not a date in the form `{form}` of the map: {error}");
    let parts = BrokenDownTime::parse(form, text).map_err(wrong)?;
    if is_date || parts.hour().is_none() {
        return Ok(parts.to_date().map_err(wrong)?.to_string());
    }
    let with_offset = parts.to_timestamp();
    let at = with_offset.or_else(|_| Ok(parts.to_datetime()?.to_zoned(TimeZone::UTC)?.timestamp()));
    Ok(at.map_err(wrong)?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_date_unless_the_form_has_an_hour_and_the_field_wants_one() {
        assert_eq!(moment("%m/%d/%Y", "6/15/2026", false).as_deref(), Ok("2026-06-15"));
        assert_eq!(moment("%d.%m.%Y %H:%M", "15.06.2026 09:30", true).as_deref(), Ok("2026-06-15"));
        assert_eq!(moment("%d.%m.%Y %H:%M", "15.06.2026 09:30", false).as_deref(), Ok("2026-06-15T09:30:00Z"));
        assert_eq!(moment("%d.%m.%Y %H:%M %z", "15.06.2026 09:30 +0200", false).as_deref(), Ok("2026-06-15T07:30:00Z"));
        assert!(moment("%m/%d/%Y", "15/06/2026", true).unwrap_err().contains("15/06/2026"));
    }
}
