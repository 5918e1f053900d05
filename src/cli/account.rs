//! `account`: one account with its fields, its enrollments and its open tasks.

use super::AsOf;
use super::accounts::shown;
use super::exit::{Exit, Result};
use super::print::{Print, Zones};
use super::session::{Session, expect_account};
use super::{enrollments, tasks};
use crate::runtime::pending;
use crate::runtime::view::{self, AccountView};
use crate::store::{Filter, HealthOverride};

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
        let account = view::account(&store, book.clone(), &self.id, at).await?;
        if session.print.is_json() {
            session.print.json(&account)?;
            return Ok(Exit::Done);
        }
        let filter = Filter { account: Some(self.id), as_of: self.as_of.instant(), ..Filter::default() };
        let enrollments = pending::enrollments(&store, book, &filter, at).await?;
        let mut open = store.tasks(&filter).await?;
        open.retain(|task| tasks::is_open(&task.state));
        let zones = Zones::load(&store).await?;
        let by_hand = store.health_override(&account.id, at).await?.filter(|_| account.health.is_by_hand);
        tell(&account, by_hand, session.print)?;
        session.print.line("")?;
        enrollments::list(&enrollments, &zones, session.print)?;
        session.print.line("")?;
        tasks::list(&open, &zones, session.print)?;
        Ok(Exit::Done)
    }
}

fn tell(account: &AccountView, by_hand: Option<HealthOverride>, print: Print) -> Result<()> {
    print.line(format!("{}  {}", account.id, shown(&account.name)))?;
    let by_hand = by_hand.map_or_else(String::new, |own| format!(" (set by {}: {})", own.who, own.what));
    let health = format!("{} {}{by_hand}", shown(&account.health.score), shown(&account.health.band));
    let named = [("status", &account.status), ("owner", &account.owner), ("segment", &account.segment)];
    let named = named.into_iter().chain([("stage", &account.stage)]).map(|(name, value)| (name, shown(value)));
    let known = account.fields.iter().filter(|(_, value)| value.is_known());
    let fields = known.map(|(name, value)| (&**name, shown(value)));
    for (name, value) in named.chain([("health", health)]).chain(fields) {
        print.line(format!("  {name:<20} {value}"))?;
    }
    Ok(())
}
