//! `import`: account data from files.

use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser;

use super::exit::{Exit, Failure, Result};
use super::moment::Moment;
use super::report::byte_bar;
use super::session::Session;
use crate::book::import_map::ImportMap;
use crate::book::render;
use crate::book::source::SourceFile;
use crate::portfolio::import::{AsOf, ImportReport, Kind};
use crate::runtime::import::{Options, accepts, import};

/// Refused rows that are printed; a file of the wrong kind would refuse every one.
const REFUSALS_SHOWN: usize = 50;

#[derive(Debug, clap::Args)]
pub struct Import {
    /// What the file is about
    #[arg(value_parser = kinds())]
    kind: Kind,
    /// A .csv, .json or .ndjson file, which may be compressed (.gz)
    file: PathBuf,
    /// TOML file that renames and converts columns
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// From when the values hold, where no column says so: a date or an instant [default: now]
    #[arg(long, value_name = "INSTANT")]
    as_of: Option<AsOf>,
    /// Import as of another moment; the database lives by a virtual clock from then on
    #[arg(long, value_name = "INSTANT")]
    now: Option<Moment>,
}

fn kinds() -> impl TypedValueParser<Value = Kind> {
    let names = PossibleValuesParser::new(Kind::ALL.map(Kind::as_str));
    names.map(|name| Kind::ALL.into_iter().find(|kind| kind.as_str() == name).expect("one of the names above"))
}

impl Import {
    pub async fn run(self, session: &Session) -> Result<Exit> {
        let map = read_map(self.map.as_deref())?;
        let book = session.book()?;
        if !self.file.is_file() {
            return Err(Failure::wrong(format!("there is no file {}", self.file.display())));
        }
        let is_accepted = accepts(&book, self.kind, &self.file, &map, self.as_of)?;
        let store = session.store().await?;
        // A file of which no row can land leaves the database's clock as it is.
        let now = match is_accepted {
            true => session.writing_at(&store, self.now).await?,
            false => session.reading_at(&store, self.now).await?,
        };
        let bar = byte_bar(self.kind.as_str());
        let mut progress = |read: u64, size: u64| {
            bar.set_length(size);
            bar.set_position(read);
        };
        let options = Options { map, as_of: self.as_of, now };
        let report = import(&store, &book, self.kind, &self.file, options, &mut progress).await;
        bar.finish_and_clear();
        let report = report?;
        store.close().await;
        session.print.either(&report, || self.told(&report))?;
        Ok(if report.refused.is_empty() { Exit::Done } else { Exit::Wrong })
    }

    fn told(&self, report: &ImportReport) -> String {
        let mut text = format!(
            "{}: {} read, {} new, {} updated, {} unchanged, {} refused\n",
            self.kind.as_str(),
            report.read,
            report.inserted,
            report.updated,
            report.unchanged,
            report.refused.len()
        );
        for refusal in report.refused.iter().take(REFUSALS_SHOWN) {
            let field = refusal.field.as_deref().map_or_else(String::new, |field| format!(" {field}:"));
            text += &format!("  {}:{}:{field} {}\n", self.file.display(), refusal.line, refusal.reason);
        }
        if report.refused.len() > REFUSALS_SHOWN {
            text += &format!("  … and {} more; --format json lists all\n", report.refused.len() - REFUSALS_SHOWN);
        }
        text
    }
}

/// The map in that file; without one, columns are what they are called.
pub fn read_map(path: Option<&Path>) -> Result<ImportMap> {
    let Some(path) = path else { return Ok(ImportMap::default()) };
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::wrong(format!("the map {name} cannot be read: {error}")))?;
    ImportMap::parse(&name, text.clone()).map_err(|diagnostics| {
        let file = SourceFile::new(&name, text);
        let files = [(file.name.clone(), file)].into();
        Failure::wrong(format!("the map {name} is wrong\n{}", render::render(&diagnostics, &files, false)))
    })
}
