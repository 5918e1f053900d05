//! `set`: fields of an account by hand.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::json;

use super::ByHand;
use super::exit::{Exit, Failure, Result};
use super::session::{Session, expect_account};
use crate::portfolio::import::fields_by_hand;
use crate::runtime::act;
use crate::time::utc_text;

#[derive(Debug, clap::Args)]
pub struct Set {
    account: String,
    /// FIELD=VALUE, such as arr=48000; nothing after the sign empties the field
    #[arg(required = true, value_name = "FIELD=VALUE")]
    fields: Vec<String>,
    #[command(flatten)]
    by: ByHand,
}

impl Set {
    pub async fn run(self, session: &Session) -> Result<Exit> {
        let book = session.book()?;
        let store = session.store().await?;
        expect_account(&store, &self.account).await?;
        let imported = store.people().await?.into_iter().map(|person| person.id);
        let people: HashSet<Arc<str>> = imported.chain(book.people.people.keys().cloned()).collect();
        let fields = fields_by_hand(&self.fields, &book.dictionary.registry, &people).map_err(Failure::wrong)?;
        let actor = session.actor(&store, self.by.by).await?;
        act::set(&store, &self.account, fields.clone(), actor.now, &actor.name).await?;
        let written: serde_json::Map<String, serde_json::Value> =
            fields.iter().map(|(field, value)| (field.to_string(), json!(value))).collect();
        let object = json!({ "account": self.account, "as_of": utc_text(actor.now), "set": written });
        session.print.either(&object, || {
            let fields = fields.iter().map(|(field, value)| format!("{field} = {value}")).collect::<Vec<_>>();
            format!("{}: {} from {} on", self.account, fields.join(", "), utc_text(actor.now))
        })?;
        Ok(Exit::Done)
    }
}
