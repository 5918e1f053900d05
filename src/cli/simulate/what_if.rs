//! `--set` and `--event`: what is assumed to happen.

use super::Simulate;
use crate::book::Book;
use crate::cli::exit::{Failure, Result};
use crate::portfolio::import::{Kind, Rows, Unfit, WhatIf};
use crate::runtime::import::known;
use crate::store::Store;
use crate::time::Timestamp;

impl Simulate {
    /// The rows of what is assumed; refused before anything is played if one does not fit.
    pub(super) async fn what_if(&self, store: &Store, book: &Book, from: Timestamp, until: Timestamp) -> Result<Rows> {
        if self.sets.is_empty() && self.events.is_empty() {
            return Ok(Rows::default());
        }
        let known = known(store, Kind::Events).await?;
        let account = self.account.as_deref().map(Into::into);
        let rows = WhatIf::new(book, known, account, from, until).rows(&self.sets, &self.events);
        rows.map_err(|unfit| match unfit {
            Unfit::Form(why) => Failure::usage(why),
            Unfit::Wrong(why) => Failure::wrong(why),
        })
    }
}
