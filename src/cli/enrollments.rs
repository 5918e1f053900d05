//! `enrollments`: which account is in which playbook, and what comes next.

use super::exit::{Exit, Result};
use super::print::{Print, Zones, or_dash};
use super::session::Session;
use crate::engine::Reason;
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
}

impl Enrollments {
    pub async fn run(self, session: &Session) -> Result<Exit> {
        let store = session.store().await?;
        let filter = Filter { account: self.account, playbook: self.playbook, state: self.state, ..Filter::default() };
        let enrollments = store.enrollments(&filter).await?;
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
            own.id.clone(),
            own.account.clone(),
            own.playbook.clone(),
            or_dash(own.branch.as_ref()),
            state,
            zones.local(&own.account, own.enrolled_at),
            or_dash(own.next.as_ref().map(|next| &next.step)),
            or_dash(next_at),
        ]
    };
    let nothing =
        "No enrollments. `playcaller run --once` enrolls who qualifies; `playcaller explain` says who does not.";
    print.list(enrollments, &columns, row, nothing)
}
