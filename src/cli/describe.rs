//! `describe`: a playbook in plain English.

use serde_json::json;

use super::exit::{Exit, Result};
use super::session::{Session, expect_playbook};
use crate::book::describe::describe;

#[derive(Debug, clap::Args)]
pub struct Describe {
    playbook: String,
}

impl Describe {
    pub fn run(self, session: &Session) -> Result<Exit> {
        let book = session.book()?;
        expect_playbook(&book, &self.playbook)?;
        let playbook = &book.playbooks[&*self.playbook];
        let text = describe(playbook, &book);
        let object = json!({ "playbook": playbook.id, "version": playbook.version, "text": text });
        session.print.either(&object, || text.trim_end().to_owned())?;
        Ok(Exit::Done)
    }
}
