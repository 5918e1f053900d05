//! `migrate`: brings the database up to date. Every command does so; this one does nothing else.

use serde_json::json;

use super::exit::{Exit, Result};
use super::session::Session;

pub async fn run(session: &Session) -> Result<Exit> {
    let store = session.store().await?;
    let instance = store.instance().await?;
    store.close().await;
    session.print.either(&json!({ "identity": instance.identity }), || "the database is up to date".to_owned())?;
    Ok(Exit::Done)
}
