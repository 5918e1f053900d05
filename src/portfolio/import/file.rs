//! Opening an import file: its format by its name, unzipped on the way, counted for the progress bar.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::columns::Columns;
use super::{Found, Kind, Sink, csv, json};
use crate::book::Book;
use crate::book::import_map::ImportMap;

/// How the rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    /// One array of objects.
    Json,
    /// One object per line.
    Ndjson,
}

/// A file that is about to be read.
pub struct ImportFile {
    format: Format,
    content: Box<dyn Read + Send>,
    /// Bytes of the file as it lies on the disk.
    pub size: u64,
    taken: Arc<AtomicU64>,
}

impl ImportFile {
    /// Opens `.csv`, `.json` or `.ndjson`, each also `.gz`.
    ///
    /// # Errors
    /// A file that cannot be opened, or whose name says no format.
    pub fn open(path: &Path) -> std::io::Result<ImportFile> {
        let (format, zipped) = format_of(path).ok_or_else(|| {
            std::io::Error::new(
                std::io::ErrorKind::InvalidInput,
                "the name must end in .csv, .json or .ndjson, or one of these and .gz",
            )
        })?;
        let file = File::open(path)?;
        let (size, taken) = (file.metadata()?.len(), Arc::new(AtomicU64::new(0)));
        let counted = BufReader::with_capacity(1 << 16, Counted { content: file, taken: taken.clone() });
        let content: Box<dyn Read + Send> =
            if zipped { Box::new(flate2::bufread::MultiGzDecoder::new(counted)) } else { Box::new(counted) };
        Ok(ImportFile { format, content, size, taken })
    }

    /// How much of [`ImportFile::size`] has been read so far.
    pub fn taken(&self) -> Arc<AtomicU64> {
        self.taken.clone()
    }

    /// Whether its columns are such that rows of the kind can be read. Reads no further than them.
    pub fn has_columns(self, book: &Book, kind: Kind, map: &ImportMap) -> bool {
        let columns = Columns::of(kind, &book.dictionary.registry);
        let mut fits = false;
        self.read(&mut |found| match found {
            Found::Columns(header) => {
                fits = columns.check(&header, map).is_empty();
                false
            }
            Found::Broken(_) => true,
            Found::Record(_) => false,
        });
        fits
    }

    /// Reads it to the end, or until the sink has enough.
    pub(super) fn read(self, sink: Sink) {
        match self.format {
            Format::Csv => csv::read(self.content, sink),
            Format::Json => json::read_array(self.content, sink),
            Format::Ndjson => json::read_lines(self.content, sink),
        }
    }
}

fn format_of(path: &Path) -> Option<(Format, bool)> {
    let name = path.file_name()?.to_str()?.to_ascii_lowercase();
    let (name, zipped) = name.strip_suffix(".gz").map_or((name.as_str(), false), |plain| (plain, true));
    let format = match name.rsplit_once('.')?.1 {
        "csv" => Format::Csv,
        "json" => Format::Json,
        "ndjson" | "jsonl" => Format::Ndjson,
        _ => return None,
    };
    Some((format, zipped))
}

struct Counted {
    content: File,
    taken: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.content.read(buffer)?;
        self.taken.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_says_the_format() {
        assert_eq!(format_of(Path::new("a/accounts.csv")), Some((Format::Csv, false)));
        assert_eq!(format_of(Path::new("metrics.2026.CSV.gz")), Some((Format::Csv, true)));
        assert_eq!(format_of(Path::new("events.ndjson.gz")), Some((Format::Ndjson, true)));
        assert_eq!(format_of(Path::new("people.json")), Some((Format::Json, false)));
        assert_eq!(format_of(Path::new("accounts.xlsx")), None);
        assert_eq!(format_of(Path::new("csv")), None);
    }
}
