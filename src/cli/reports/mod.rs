//! `report`: the numbers a CS lead takes to a meeting, from what is recorded.

mod playbooks;
mod record;
mod shadow;

use super::exit::{Exit, Result};
use super::session::Session;

#[derive(Debug, clap::Subcommand)]
pub enum Report {
    /// Per playbook: who came in, how it ended, what went out; with --shadow, what a version would have done
    Playbooks(playbooks::Playbooks),
}

impl Report {
    pub async fn run(self, session: &Session) -> Result<Exit> {
        match self {
            Report::Playbooks(report) => report.run(session).await,
        }
    }
}
