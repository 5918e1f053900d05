//! The desk of an account: read in bulk, and written by what a look at the account decided.

mod apply;
mod delivery;
mod enrollment;
mod standing;
mod task;

pub use apply::{Applied, Look};
pub(super) use task::checklist;

use std::collections::HashMap;
use std::sync::Arc;

use jiff::SignedDuration;

use super::dialect::ROWS_AT_ONCE;
use super::value::micros;
use super::{Error, Result, Store};
use crate::engine::Desk;
use crate::time::Timestamp;

/// How long a delivery is on the desk: longer than any cap looks back, long enough for `days_since_contact()`.
const SENDS_FOR: SignedDuration = SignedDuration::from_hours(92 * 24);

/// The desks by account, while they are put together.
type Desks = HashMap<Arc<str>, Desk>;

impl Store {
    /// The desks of these accounts; one without work has an empty desk. Deliveries that ended more than 92 days
    /// before `now` are left out.
    ///
    /// The tables are read one after the other. Read the accounts' versions first: what changes in between changes
    /// the version, and [`Tx::apply`](super::Tx::apply) refuses to write what was decided on it.
    pub async fn load_desks(&self, accounts: &[Arc<str>], now: Timestamp) -> Result<HashMap<Arc<str>, Desk>> {
        let since = micros(now.saturating_sub(SENDS_FOR).unwrap_or(Timestamp::MIN));
        let mut desks: Desks = accounts.iter().map(|id| (id.clone(), Desk::default())).collect();
        for some in accounts.chunks(ROWS_AT_ONCE) {
            let asked: Vec<(&str, i64)> = some.iter().map(|id| (&**id, since)).collect();
            self.fill(&mut desks, &asked).await?;
        }
        Ok(desks)
    }

    async fn fill(&self, desks: &mut Desks, asked: &[(&str, i64)]) -> Result<()> {
        for row in self.rows_of::<enrollment::EnrollmentRow>(&enrollment::LOAD, asked).await? {
            let own = row.read()?;
            desk(desks, &own.account)?.enrollments.insert(own.id.clone(), own);
        }
        for row in self.rows_of::<enrollment::StepRow>(&enrollment::LOAD_STEPS, asked).await? {
            // An enrollment that began after the rows above were read is not there; nor will this desk be written on.
            if let Some(own) = desk(desks, &row.account_id)?.enrollments.get_mut(row.enrollment_id.as_str()) {
                own.steps.insert(row.step.as_str().into(), row.read()?);
            }
        }
        for row in self.rows_of::<task::TaskRow>(&task::LOAD, asked).await? {
            let desk = desk(desks, &row.account_id)?;
            let task = row.read()?;
            desk.tasks.insert(task.id.clone(), task);
        }
        for row in self.rows_of::<task::ApprovalRow>(&task::LOAD_APPROVALS, asked).await? {
            let desk = desk(desks, &row.account_id)?;
            let approval = row.read()?;
            desk.approvals.insert(approval.id.clone(), approval);
        }
        for row in self.rows_of::<delivery::SendRow>(&delivery::LOAD, asked).await? {
            let desk = desk(desks, &row.account_id)?;
            let send = row.read()?;
            desk.sends.insert(send.id.clone(), send);
        }
        for row in self.rows_of::<standing::ConditionRow>(&standing::LOAD, asked).await? {
            let desk = desk(desks, &row.account_id)?;
            desk.conditions.insert(row.playbook.as_str().into(), row.read()?);
        }
        Ok(())
    }
}

fn desk<'a>(desks: &'a mut Desks, account: &str) -> Result<&'a mut Desk> {
    desks.get_mut(account).ok_or_else(|| Error::unreadable("a row of an account nobody asked for:", account))
}
