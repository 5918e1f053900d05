//! What people do by hand: enroll, stop, set a field. Each is written to the audit log.

use std::sync::Arc;

use anyhow::{Result, bail};

use crate::condition::Value;
use crate::engine::Reason;
use crate::engine::desk::Entry;
use crate::engine::visit::Request;
use crate::portfolio::import::{AccountRow, Rows};
use crate::store::{By, Store};
use crate::time::{Timestamp, utc_text};

use super::Runtime;

impl Runtime {
    /// Enrolls an account because a person says so; `when` is not asked, what protects the account is.
    pub async fn enroll(&mut self, account: &str, playbook: &str, by: &str) -> Result<Vec<Entry>> {
        if !self.world().book.playbooks.contains_key(playbook) {
            bail!("there is no playbook `{playbook}` in the book");
        }
        let request = Request::Enroll { playbook: playbook.into(), by: by.into() };
        let object = format!("{account} in {playbook}");
        self.act(account, request, by, "enroll", &object, None).await
    }

    /// Ends an enrollment because a person says so.
    pub async fn stop(&mut self, enrollment: &str, why: &str, by: &str) -> Result<Vec<Entry>> {
        let Some(line) = self.store.enrollment(enrollment).await? else {
            bail!("there is no enrollment `{enrollment}`; `playcaller enrollments` lists them");
        };
        if let Some(ended) = line.ended_at {
            let reason = line.reason.map_or_else(String::new, |reason| format!(" ({reason})"));
            bail!("`{enrollment}` cannot be stopped: it ended on {}{reason}", utc_text(ended));
        }
        let request = Request::Stop { enrollment: enrollment.into(), why: why.to_owned() };
        self.act(&line.account, request, by, "stop", enrollment, Some(why)).await
    }

    /// Notes a customer's reply to the mail of a step.
    pub async fn reply(&mut self, account: &str, enrollment: &str, step: &str, by: &str) -> Result<Vec<Entry>> {
        let request = Request::Reply { enrollment: enrollment.into(), step: step.into() };
        self.act(account, request, by, "reply", enrollment, Some(step)).await
    }

    async fn act(
        &mut self,
        account: &str,
        request: Request,
        by: &str,
        action: &'static str,
        object: &str,
        detail: Option<&str>,
    ) -> Result<Vec<Entry>> {
        let (entries, refused) = self.request(account, &[request]).await?;
        if let Some((_, reason)) = refused.first() {
            bail!("{action} of {object} is refused: {reason}{}", advice(*reason));
        }
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        tx.audit(By { who: by, at: now }, action, object, detail).await?;
        tx.commit().await?;
        Ok(entries)
    }
}

fn advice(reason: Reason) -> &'static str {
    match reason {
        Reason::AlreadyActive => " (the account is in this playbook already)",
        Reason::NeverPolicy => " (the never-rule of policy.toml is true for the account)",
        Reason::NotLive => " (the playbook's status is not live)",
        Reason::GoalReached => " (the playbook's goal is already true)",
        Reason::Exited => " (an exit of the playbook is already true)",
        Reason::ReentryKeyUsed => " (the account has been through it for this key)",
        Reason::LimitReached => " (the account has been through it as often as it may)",
        Reason::ConditionUnknown => " (a field it needs is empty)",
        _ => "",
    }
}

/// Sets fields of an account as of now.
pub async fn set(store: &Store, account: &str, fields: Vec<(Arc<str>, Value)>, now: Timestamp, by: &str) -> Result<()> {
    if store.account_summary(account).await?.is_none() {
        bail!("there is no account `{account}`");
    }
    let detail = fields.iter().map(|(field, value)| format!("{field}={value}")).collect::<Vec<_>>().join(" ");
    let row = AccountRow { line: 0, id: account.into(), as_of: now, fields };
    let mut tx = store.begin().await?;
    tx.land(&Rows { accounts: vec![row], ..Rows::default() }, now).await?;
    tx.audit(By { who: by, at: now }, "set", account, Some(&detail)).await?;
    tx.commit().await?;
    Ok(())
}
