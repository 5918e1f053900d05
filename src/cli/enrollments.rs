//! `enrollments`: which account is in which playbook, and what comes next.

use super::AsOf;
use super::exit::{Exit, Result};
use super::print::{Print, Zones, or_dash};
use super::session::Session;
use crate::engine::Reason;
use crate::runtime::pending;
use crate::store::{EnrollmentLine, Filter};

#[derive(Debug, clap::Args)]
pub struct Enrollments {
    /// Only this account
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// Only this playbook
    #[arg(long, value_name = "ID")]
    playbook: Option<String>,
    /// Only in this state
    #[arg(long, value_parser = ["pending", "parked", "active", "ended"])]
    state: Option<String>,
    #[command(flatten)]
    as_of: AsOf,
}

impl Enrollments {
    pub async fn run(self, session: &Session) -> Result<Exit> {
        let book = session.book()?;
        let store = session.store().await?;
        let now = session.reading_at(&store, self.as_of.now).await?;
        let as_of = self.as_of.instant();
        let filter =
            Filter { account: self.account, playbook: self.playbook, state: self.state, as_of, ..Filter::default() };
        let enrollments = pending::enrollments(&store, book, &filter, now).await?;
        list(&enrollments, &Zones::load(&store).await?, session.print)?;
        Ok(Exit::Done)
    }
}

pub fn list(enrollments: &[EnrollmentLine], zones: &Zones, print: Print) -> Result<()> {
    let columns = ["enrollment", "account", "playbook", "branch", "state", "since", "next", "at"];
    let row = |own: &EnrollmentLine| {
        let state = match (&own.outcome, own.reason) {
            (Some(outcome), Some(reason)) => format!("{} {outcome} ({reason})", own.state),
            (None, Some(Reason::Enrolled)) | (_, None) => own.state.clone(),
            (None, Some(reason)) => format!("{} ({reason})", own.state),
        };
        let next_at = own.next.as_ref().map(|next| zones.local(&own.account, next.at));
        vec![
            or_dash(Some(&own.id).filter(|id| !id.is_empty())),
            own.account.clone(),
            own.playbook.clone(),
            or_dash(own.branch.as_ref()),
            state,
            zones.local_or_dash(&own.account, own.enrolled_at),
            or_dash(own.next.as_ref().map(|next| &next.step)),
            or_dash(next_at),
        ]
    };
    let nothing =
        "No enrollments. `playcaller run --once` enrolls who qualifies; `playcaller explain` says who does not.";
    print.list(enrollments, &columns, row, nothing)
}
