//! `notices`: what our own people were told, and what they could not be told.

use super::AsOf;
use super::exit::{Exit, Result};
use super::print::{Zones, or_dash};
use super::session::Session;
use crate::store::{Filter, NoticeLine};

#[derive(Debug, clap::Args)]
pub struct Notices {
    /// Only about this playbook
    #[arg(long, value_name = "ID")]
    playbook: Option<String>,
    /// Only for this person
    #[arg(long, value_name = "PERSON")]
    person: Option<String>,
    /// At most that many
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: i64,
    #[command(flatten)]
    as_of: AsOf,
}

impl Notices {
    pub async fn run(self, session: &Session) -> Result<Exit> {
        let store = session.store().await?;
        let as_of = self.as_of.instant();
        let filter = Filter {
            playbook: self.playbook,
            person: self.person,
            as_of,
            limit: Some(self.limit),
            ..Filter::default()
        };
        let notices = store.notices(&filter).await?;
        let zones = Zones::load(&store).await?;
        let columns = ["at", "playbook", "kind", "person", "told", "text"];
        let row = |own: &NoticeLine| {
            vec![
                zones.local("", own.at),
                own.playbook.clone(),
                own.kind.clone(),
                or_dash(own.person.as_ref()),
                told(own, &zones),
                own.text.clone(),
            ]
        };
        session.print.list(&notices, &columns, row, "Nothing had to be told.")?;
        Ok(Exit::Done)
    }
}

/// When, or why not.
fn told(own: &NoticeLine, zones: &Zones) -> String {
    match own.told_at {
        Some(at) => zones.local("", at),
        None => format!("no: {}", own.reply.as_deref().unwrap_or("not yet")),
    }
}
