//! CSV with a header line.

use std::io::Read;
use std::sync::Arc;

use csv::{ByteRecord, ReaderBuilder, Trim};

use super::{Found, Record, Refusal, Sink};

/// Hands over the header and then the rows. Spaces around a cell do not count.
pub(super) fn read(content: impl Read, sink: Sink) {
    let mut reader = ReaderBuilder::new().flexible(true).trim(Trim::All).from_reader(content);
    let columns: Vec<Arc<str>> = match reader.headers() {
        Ok(header) => header.iter().map(Arc::from).collect(),
        Err(error) => {
            sink(Found::Broken(Refusal::of_row(1, format!("the header cannot be read: {error}"))));
            return;
        }
    };
    if let [only] = &columns[..]
        && only.contains([';', '\t'])
    {
        let reason = "the header is one column: separate the columns by commas, not by `;` or tabs";
        sink(Found::Broken(Refusal::of_row(1, reason)));
        return;
    }
    if !sink(Found::Columns(columns.clone())) {
        return;
    }
    let mut row = ByteRecord::new();
    loop {
        let found = match reader.read_byte_record(&mut row) {
            Ok(false) => return,
            Ok(true) => record(&columns, &row).map_or_else(Found::Broken, Found::Record),
            Err(error) => {
                let line = reader.position().line();
                sink(Found::Broken(Refusal::of_row(line, format!("the file cannot be read further: {error}"))));
                return;
            }
        };
        if !sink(found) {
            return;
        }
    }
}

fn record(columns: &[Arc<str>], row: &ByteRecord) -> Result<Record, Refusal> {
    let line = row.position().map_or(1, |position| position.line());
    if row.len() != columns.len() {
        let reason =
            format!("the row has {} cells, the header {}; is a comma not in quotes?", row.len(), columns.len());
        return Err(Refusal::of_row(line, reason));
    }
    let cells = columns.iter().zip(row).map(|(name, bytes)| match std::str::from_utf8(bytes) {
        Ok(text) => Ok((name.clone(), text.to_owned())),
        Err(_) => Err(Refusal::new(line, name, "the text is not UTF-8; save the file as UTF-8")),
    });
    Ok(Record { line, cells: cells.collect::<Result<_, _>>()? })
}
