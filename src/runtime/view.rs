//! Accounts as people and programs see them at an instant.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use serde::Serialize;

use crate::book::Book;
use crate::condition::{Facts as _, Name, Value};
use crate::portfolio::Facts;
use crate::store::Store;
use crate::time::Timestamp;

use super::explain::{facts, world};

/// An account with its computed values.
#[derive(Clone, Debug, Serialize)]
pub struct AccountView {
    pub id: Arc<str>,
    pub name: Value,
    pub status: Value,
    pub owner: Value,
    pub segment: Value,
    pub stage: Value,
    pub health: HealthView,
    /// Every declared field that is not above.
    pub fields: BTreeMap<Arc<str>, Value>,
}

/// Health in short.
#[derive(Clone, Debug, Serialize)]
pub struct HealthView {
    pub score: Value,
    pub band: Value,
    /// Whether a person has set the score.
    #[serde(skip)]
    pub is_by_hand: bool,
}

/// One account as of an instant.
pub async fn account(store: &Store, book: Arc<Book>, id: &str, as_of: Timestamp) -> Result<AccountView> {
    Ok(view(&facts(store, book, id, as_of).await?))
}

/// Every account known at the instant, by id.
pub async fn accounts(store: &Store, book: Arc<Book>, as_of: Timestamp) -> Result<Vec<AccountView>> {
    let world = world(store, book).await?;
    let mut views = Vec::new();
    for some in store.account_ids().await?.chunks(500) {
        let mut desks = store.load_desks(some, as_of).await?;
        for (account, _) in store.load_accounts(some).await? {
            if account.is_known(as_of) {
                let work = desks.remove(&account.id).unwrap_or_default().work();
                views.push(view(&Facts::new(world.clone(), Arc::new(account), Arc::new(work), as_of)));
            }
        }
    }
    Ok(views)
}

fn view(facts: &Facts) -> AccountView {
    let field = |name: &str| facts.read(&Name::Account(name.into()));
    let declared = facts.world.book.dictionary.registry.account.iter();
    let above = ["id", "name", "status", "owner", "segment", "stage"];
    let fields = declared.filter(|(name, _)| !above.contains(&name.as_str()));
    AccountView {
        id: facts.account.id.clone(),
        name: field("name"),
        status: field("status"),
        owner: field("owner"),
        segment: field("segment"),
        stage: field("stage"),
        health: HealthView {
            score: facts.health().score_value(),
            band: facts.health().band_value(),
            is_by_hand: facts.account.fields.at("health", facts.now).is_known(),
        },
        fields: fields.map(|(name, _)| (Arc::from(name.as_str()), field(name))).collect(),
    }
}
