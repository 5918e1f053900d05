//! `match`: who qualifies for a condition?

use serde_json::json;

use super::AsOf;
use super::exit::{Exit, Result};
use super::print::count;
use super::session::Session;
use crate::runtime::explain::match_condition;

#[derive(Debug, clap::Args)]
pub struct Match {
    /// A condition as in [enroll], such as 'health.score < 50 && account.arr >= 5000'
    condition: String,
    /// Name the accounts for which it is true
    #[arg(long)]
    list: bool,
    #[command(flatten)]
    as_of: AsOf,
}

impl Match {
    pub async fn run(self, session: &Session) -> Result<Exit> {
        let book = session.book()?;
        let store = session.store().await?;
        let at = session.reading_at(&store, self.as_of.now).await?;
        let matched = match_condition(&store, book, &self.condition, at).await?;
        let mut object = json!(matched);
        if !self.list {
            object.as_object_mut().expect("a struct").remove("accounts");
        }
        session.print.either(&object, || {
            let all = matched.yes + matched.no + matched.unknown;
            let mut text = format!("{} yes, {} no, {} unknown", matched.yes, matched.no, matched.unknown);
            text += &format!("  ({}, {})\n", count(all, "account"), matched.as_of);
            for account in matched.accounts.iter().filter(|_| self.list) {
                text += &format!("{account}\n");
            }
            text
        })?;
        Ok(Exit::Done)
    }
}
