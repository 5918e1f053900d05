//! `set`: fields of an account by hand.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::json;

use super::ByHand;
use super::exit::{Exit, Failure, Result};
use super::moment::Moment;
use super::session::{Session, expect_account};
use super::set_health;
use crate::portfolio::import::fields_by_hand;
use crate::runtime::act;
use crate::time::utc_text;

#[derive(Debug, clap::Args)]
pub struct Set {
    account: String,
    /// FIELD=VALUE, such as arr=48000; nothing after the sign empties the field
    #[arg(required = true, value_name = "FIELD=VALUE")]
    fields: Vec<String>,
    /// For health=SCORE: the computed score counts again from this date or instant on
    #[arg(long, value_name = "INSTANT")]
    until: Option<Moment>,
    /// For health=SCORE: why
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    by: ByHand,
}

impl Set {
    pub async fn run(self, session: &Session) -> Result<Exit> {
        if let [only] = &self.fields[..]
            && let Some(score) = only.trim().strip_prefix("health=")
        {
            return set_health::run(session, &self.account, score, self.until, self.reason, self.by).await;
        }
        if self.until.is_some() || self.reason.is_some() {
            return Err(Failure::usage(
                "--until and --reason go with health=SCORE, alone; a field holds until it is set again",
            ));
        }
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
