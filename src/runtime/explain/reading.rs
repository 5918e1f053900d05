//! What an explanation begins with: the world, one account, its desk.

use std::sync::Arc;

use anyhow::{Context, Result, bail};

use crate::book::Book;
use crate::condition::nearest;
use crate::engine::desk::Desk;
use crate::portfolio::{Account, Facts, World};
use crate::store::Store;
use crate::time::Timestamp;

/// What is known of the world at an instant, for questions that change nothing.
pub async fn world(store: &Store, book: Arc<Book>) -> Result<World> {
    let (people, feeds) = (store.people().await?, store.feeds().await?);
    Ok(World::new(book, people, feeds, store.health_seam().await?, store.token_key().await?))
}

/// The account and its desk, or a message that helps.
pub async fn read(store: &Store, account: &str, as_of: Timestamp) -> Result<(Account, Desk)> {
    let id: Arc<str> = account.into();
    let Some((account, _)) = store.load_accounts(std::slice::from_ref(&id)).await?.pop() else {
        let ids = store.account_ids().await?;
        bail!("there is no account `{account}`{}", did_you_mean(nearest(account, ids.iter().map(|id| &**id))));
    };
    let mut desks = store.load_desks(std::slice::from_ref(&id), as_of).await?;
    Ok((account, desks.remove(&id).unwrap_or_default()))
}

/// The facts of one account as the account itself sees them.
pub async fn facts(store: &Store, book: Arc<Book>, account: &str, as_of: Timestamp) -> Result<Facts> {
    let (account, desk) = read(store, account, as_of).await.context("reading the account")?;
    let world = world(store, book).await?;
    Ok(Facts::new(world, Arc::new(account), Arc::new(desk.work()), as_of))
}

pub(super) fn did_you_mean(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}
