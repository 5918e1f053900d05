//! `outbox`: what is sent, and what could not be.

use clap::{Args, Subcommand, ValueEnum};

use super::exit::{Exit, Failure, Result};
use super::print::{Zones, or_dash, short};
use super::session::Session;
use super::{AsOf, ByHand};
use crate::engine::delivery::{Content, DeliveryState};
use crate::store::{DeliveryLine, DeliveryView, Filter, Store};

#[derive(Debug, Args)]
pub struct Outbox {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    list: List,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Deliveries in the order in which they are or were due
    List(List),
    /// One delivery with its message and every attempt
    Show {
        /// Id of the delivery
        delivery: String,
    },
    /// Send again what is uncertain, dead or held
    Retry(One),
    /// Say what became of an uncertain delivery
    Resolve {
        #[command(flatten)]
        delivery: One,
        /// Whether it arrived, or is given up
        #[arg(long = "as", value_enum)]
        end: End,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum End {
    /// It arrived
    Sent,
    /// It did not, and is given up
    Dead,
}

#[derive(Debug, Args)]
struct List {
    /// Only this account
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// Only this playbook
    #[arg(long, value_name = "ID")]
    playbook: Option<String>,
    /// Only in this state, such as uncertain
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(DeliveryState::ALL.map(DeliveryState::as_str)))]
    state: Option<String>,
    /// At most that many
    #[arg(long, value_name = "N")]
    limit: Option<i64>,
    #[command(flatten)]
    as_of: AsOf,
}

#[derive(Debug, Args)]
struct One {
    /// Id of the delivery
    delivery: String,
    #[command(flatten)]
    by: ByHand,
}

impl Outbox {
    pub async fn run(self, session: &Session) -> Result<Exit> {
        match self.what {
            None => self.list.run(session).await,
            Some(What::List(list)) => list.run(session).await,
            Some(What::Show { delivery }) => show(session, &delivery).await,
            Some(What::Retry(one)) => change(session, one, None).await,
            Some(What::Resolve { delivery, end }) => change(session, delivery, Some(end)).await,
        }
    }
}

impl List {
    async fn run(self, session: &Session) -> Result<Exit> {
        let store = session.store().await?;
        let filter = Filter {
            account: self.account,
            playbook: self.playbook,
            state: self.state,
            as_of: self.as_of.instant(),
            limit: self.limit,
            ..Filter::default()
        };
        let deliveries = store.deliveries(&filter).await?;
        let zones = Zones::load(&store).await?;
        let columns = ["delivery", "state", "channel", "to", "account", "playbook", "step", "due", "sent", "subject"];
        let row = |own: &DeliveryLine| {
            let reason = own.reason.map_or_else(String::new, |reason| format!(" ({reason})"));
            vec![
                own.id.clone(),
                format!("{}{reason}", own.state),
                own.channel.clone(),
                own.to.clone(),
                own.account.clone(),
                own.playbook.clone(),
                own.step.clone(),
                zones.local(&own.account, own.due_at),
                zones.local_or_dash(&own.account, own.sent_at),
                own.subject.as_deref().map_or_else(String::new, |subject| short(subject, 50)),
            ]
        };
        session.print.list(&deliveries, &columns, row, "The outbox holds no such delivery.")?;
        Ok(Exit::Done)
    }
}

async fn show(session: &Session, id: &str) -> Result<Exit> {
    let store = session.store().await?;
    let view = delivery(&store, id).await?;
    let zones = Zones::load(&store).await?;
    session.print.either(&view, || told(&view, &zones))?;
    Ok(Exit::Done)
}

async fn delivery(store: &Store, id: &str) -> Result<DeliveryView> {
    let unknown = || Failure::wrong(format!("there is no delivery `{id}`")).help("`playcaller outbox` lists them");
    store.delivery(id).await?.ok_or_else(unknown)
}

fn told(view: &DeliveryView, zones: &Zones) -> String {
    let line = &view.line;
    let mut text = format!(
        "{}  {}{}\n{} to {}, step {} of {} for {}\ndue {}, sent {}\n",
        line.id,
        line.state,
        line.reason.map_or_else(String::new, |reason| format!(" ({reason})")),
        line.channel,
        line.to,
        line.step,
        line.playbook,
        line.account,
        zones.local(&line.account, line.due_at),
        zones.local_or_dash(&line.account, line.sent_at),
    );
    for attempt in &view.tried {
        let (at, reply) = (zones.local(&line.account, attempt.at), or_dash(attempt.reply.as_ref()));
        text += &format!("  {at}  {}: {reply}\n", attempt.outcome);
    }
    match &view.message.content {
        Content::Email(email) => text + format!("\nSubject: {}\n\n{}", email.subject, email.text).as_str(),
        Content::Slack { payload, .. } | Content::Teams { payload, .. } => text + format!("\n{payload:#}").as_str(),
        Content::Webhook { body, .. } => text + format!("\n{body:#}").as_str(),
    }
}

async fn change(session: &Session, one: One, end: Option<End>) -> Result<Exit> {
    let store = session.store().await?;
    let actor = session.actor(&store, one.by.by).await?;
    let mut tx = store.begin().await?;
    match end {
        None => tx.retry_delivery(&one.delivery, actor.by()).await?,
        Some(end) => tx.resolve_delivery(&one.delivery, end == End::Sent, actor.by()).await?,
    }
    tx.commit().await?;
    let view = delivery(&store, &one.delivery).await?;
    session.print.either(&view.line, || format!("{} is {}", view.line.id, view.line.state))?;
    Ok(Exit::Done)
}
