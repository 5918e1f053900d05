//! `account`: one account with its fields, its enrollments and its open tasks.

use super::AsOf;
use super::accounts::shown;
use super::exit::{Exit, Result};
use super::print::{Print, Zones};
use super::session::{Session, expect_account};
use super::{enrollments, tasks};
use crate::runtime::view::{self, AccountView};
use crate::store::{Filter, Store};

#[derive(Debug, clap::Args)]
pub struct Account {
    id: String,
    #[command(flatten)]
    as_of: AsOf,
}

impl Account {
    pub async fn run(self, session: &Session) -> Result<Exit> {
        let book = session.book()?;
        let store = session.store().await?;
        expect_account(&store, &self.id).await?;
        let at = session.reading_at(&store, self.as_of.now).await?;
        let account = view::account(&store, book, &self.id, at).await?;
        match session.print.is_json() {
            true => session.print.json(&account)?,
            false => tell(&account, &store, session.print).await?,
        }
        Ok(Exit::Done)
    }
}

async fn tell(account: &AccountView, store: &Store, print: Print) -> Result<()> {
    print.line(format!("{}  {}", account.id, shown(&account.name)))?;
    let health = format!("{} {}", shown(&account.health.score), shown(&account.health.band));
    let named = [("status", &account.status), ("owner", &account.owner), ("segment", &account.segment)];
    let named = named.into_iter().chain([("stage", &account.stage)]).map(|(name, value)| (name, shown(value)));
    let known = account.fields.iter().filter(|(_, value)| value.is_known());
    let fields = known.map(|(name, value)| (&**name, shown(value)));
    for (name, value) in named.chain([("health", health)]).chain(fields) {
        print.line(format!("  {name:<20} {value}"))?;
    }
    let filter = Filter { account: Some(account.id.to_string()), ..Filter::default() };
    let zones = Zones::load(store).await?;
    print.line("")?;
    enrollments::list(&store.enrollments(&filter).await?, &zones, print)?;
    let mut open = store.tasks(&filter).await?;
    open.retain(|task| tasks::is_open(&task.state));
    print.line("")?;
    tasks::list(&open, &zones, print)
}
