//! `docs`: the language, from the registry that also checks it.

mod page;
mod reference;
mod vocabulary;

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use super::exit::{Exit, Failure, Result};
use super::session::Session;
use page::{Page, Part};

#[derive(Debug, clap::Args)]
pub struct Docs {
    /// A part of it: a file (policy.toml), a table (step), or names, functions, filters, lines, reasons, values
    #[arg(value_name = "TOPIC")]
    topic: Option<String>,
    /// All of it: every key, name, function, filter, reason, as one Markdown page
    #[arg(long)]
    reference: bool,
    /// Write to a file instead
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Docs {
    pub fn run(self, session: &Session) -> Result<Exit> {
        let page = reference::page();
        let parts = self.chosen(&page)?;
        let text = page::text(&parts);
        match &self.out {
            Some(path) => fs::write(path, text).map_err(|error| {
                Failure::wrong(format!("{} cannot be written: {error}", path.display()))
                    .help("name a file in a folder that exists")
            })?,
            None if session.print.is_json() => parts.iter().try_for_each(|part| {
                session.print.json(&json!({ "title": part.title, "level": part.level, "text": part.body }))
            })?,
            None => session.print.line(text.trim_end())?,
        }
        Ok(Exit::Done)
    }

    fn chosen<'p>(&self, page: &'p Page) -> Result<Vec<&'p Part>> {
        match &self.topic {
            None if self.reference => Ok(page.parts.iter().collect()),
            None => Err(Failure::usage("what would you like to read?")
                .help("`docs --reference` prints everything, `docs step` one table, `docs reasons` one list")),
            Some(topic) => {
                let found = page.about(topic);
                if !found.is_empty() {
                    return Ok(found);
                }
                let failure = Failure::usage(format!("there is nothing about `{topic}`"));
                Err(match page.nearest(topic) {
                    Some(near) => failure.help(format!("did you mean `{near}`?")),
                    None => failure.help("`docs --reference` prints everything"),
                })
            }
        }
    }
}
