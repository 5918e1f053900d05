//! `accounts`: the portfolio with segment, stage and health.

use super::AsOf;
use super::exit::{Exit, Result};
use super::session::Session;
use crate::condition::Value;
use crate::runtime::view;

#[derive(Debug, clap::Args)]
pub struct Accounts {
    /// Only those of this person
    #[arg(long, value_name = "PERSON")]
    owner: Option<String>,
    /// Only those whose health is in this band, such as red
    #[arg(long, value_name = "BAND")]
    band: Option<String>,
    /// Only those of this segment
    #[arg(long, value_name = "SEGMENT")]
    segment: Option<String>,
    #[command(flatten)]
    as_of: AsOf,
}

impl Accounts {
    pub async fn run(self, session: &Session) -> Result<Exit> {
        let book = session.book()?;
        let store = session.store().await?;
        let at = session.reading_at(&store, self.as_of.now).await?;
        let mut accounts = view::accounts(&store, book, at).await?;
        let fits = |asked: &Option<String>, value: &Value| {
            asked.as_ref().is_none_or(|asked| matches!(value, Value::Text(text) if **text == **asked))
        };
        accounts.retain(|own| {
            fits(&self.owner, &own.owner) && fits(&self.band, &own.health.band) && fits(&self.segment, &own.segment)
        });
        let columns = ["account", "name", "status", "owner", "segment", "stage", "health", "band"];
        let row = |own: &view::AccountView| {
            let values = [&own.name, &own.status, &own.owner, &own.segment, &own.stage];
            let values = values.into_iter().chain([&own.health.score, &own.health.band]).map(shown);
            std::iter::once(own.id.to_string()).chain(values).collect()
        };
        let nothing = "There is no such account. `playcaller import accounts FILE` brings accounts in.";
        session.print.list(&accounts, &columns, row, nothing)?;
        Ok(Exit::Done)
    }
}

/// A value in a table: what is not known is a dash.
pub fn shown(value: &Value) -> String {
    if value.is_known() { value.to_string() } else { "–".to_owned() }
}
