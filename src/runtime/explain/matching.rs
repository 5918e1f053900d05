//! Who qualifies for a condition that somebody asks on the command line.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use serde::Serialize;

use super::reading::world;
use crate::book::Book;
use crate::condition::{Expected, Expression, Scope, Source, Truth};
use crate::portfolio::Facts;
use crate::store::Store;
use crate::time::{Timestamp, utc_text};

/// Accounts that are read at one time.
pub(super) const ACCOUNTS_AT_ONCE: usize = 500;

/// Who qualifies for a condition.
#[derive(Clone, Debug, Serialize)]
pub struct Matched {
    pub condition: String,
    pub as_of: String,
    pub yes: usize,
    pub no: usize,
    pub unknown: usize,
    pub accounts: Vec<Arc<str>>,
}

/// Compiles a condition given on the command line.
pub fn compile(book: &Book, text: &str) -> Result<Expression> {
    let source = Source { text: text.into(), file: "condition".into(), line: 1, column: 1 };
    let scope = Scope::of(&book.dictionary.registry);
    Expression::compile(source, &scope, Expected::Truth).map_err(|problems| {
        let lines: Vec<String> = problems
            .iter()
            .map(|problem| match &problem.help {
                Some(help) => format!("{} ({help})", problem.message),
                None => problem.message.clone(),
            })
            .collect();
        anyhow!("the condition is wrong: {}", lines.join("; "))
    })
}

/// Asks a condition of every account known at the instant.
pub async fn match_condition(store: &Store, book: Arc<Book>, text: &str, as_of: Timestamp) -> Result<Matched> {
    let expression = compile(&book, text)?;
    let world = world(store, book).await?;
    let mut matched =
        Matched { condition: text.to_owned(), as_of: utc_text(as_of), yes: 0, no: 0, unknown: 0, accounts: Vec::new() };
    let ids = store.account_ids().await?;
    for some in ids.chunks(ACCOUNTS_AT_ONCE) {
        let accounts = store.load_accounts(some).await?;
        let mut desks = store.load_desks(some, as_of).await?;
        for (account, _) in accounts.into_iter().filter(|(account, _)| account.is_known(as_of)) {
            let desk = desks.remove(&account.id).unwrap_or_default();
            let id = account.id.clone();
            let facts = Facts::new(world.clone(), Arc::new(account), Arc::new(desk.work()), as_of);
            match expression.truth(&facts) {
                Truth::True => {
                    matched.yes += 1;
                    matched.accounts.push(id);
                }
                Truth::False => matched.no += 1,
                Truth::Unknown => matched.unknown += 1,
            }
        }
    }
    Ok(matched)
}
