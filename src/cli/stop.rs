//! `stop`: ends an enrollment by hand.

use super::ByHand;
use super::enroll::tell;
use super::exit::{Exit, Result};
use super::session::Session;

#[derive(Debug, clap::Args)]
pub struct Stop {
    /// Id of the enrollment, from `playcaller enrollments`
    enrollment: String,
    /// Why, for the audit log and the timeline
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    by: ByHand,
}

impl Stop {
    pub async fn run(self, session: &Session) -> Result<Exit> {
        let store = session.store().await?;
        let book = session.book_in_force(&store).await?;
        let actor = session.actor(&store, self.by.by).await?;
        let mut runtime = session.runtime_by_hand(store, book, &actor).await?;
        let entries = runtime.stop(&self.enrollment, &self.reason, &actor.name).await?;
        tell(session, &entries)?;
        Ok(Exit::Done)
    }
}
