//! Enrollments as they are listed, with those to come: accounts whose `for` still runs.

use std::sync::Arc;

use anyhow::Result;

use crate::book::Book;
use crate::book::playbook::Playbook;
use crate::engine::Reason;
use crate::engine::desk::Desk;
use crate::engine::enrollment::EnrollmentState;
use crate::engine::matching::{is_open, matures_at};
use crate::portfolio::Facts;
use crate::store::{EnrollmentLine, Filter, Store};
use crate::time::{Span, Timestamp};

use super::explain::world;

/// Accounts that are read at one time.
const ACCOUNTS_AT_ONCE: usize = 500;

/// Enrollments, the pending ones first, then the latest. What is pending has no id, version or key yet.
pub async fn enrollments(
    store: &Store,
    book: Arc<Book>,
    filter: &Filter,
    now: Timestamp,
) -> Result<Vec<EnrollmentLine>> {
    let is_asked = filter.state.as_deref().is_none_or(|state| state == EnrollmentState::Pending.as_str());
    let mut lines = if is_asked { pending(store, book, filter, now).await? } else { Vec::new() };
    lines.extend(store.enrollments(filter).await?);
    Ok(lines)
}

async fn pending(store: &Store, book: Arc<Book>, filter: &Filter, now: Timestamp) -> Result<Vec<EnrollmentLine>> {
    let world = world(store, book.clone()).await?;
    let is_asked = |own: &&Arc<Playbook>| filter.playbook.as_deref().is_none_or(|asked| asked == &*own.id);
    let waits = |own: &&Arc<Playbook>| own.enroll.hold_for != Span::ZERO && is_open(own);
    let mut lines = Vec::new();
    for playbook in book.playbooks.values().filter(is_asked).filter(waits) {
        let mut ids = store.qualifying(&playbook.id).await?;
        ids.retain(|id| filter.account.as_deref().is_none_or(|asked| asked == &**id));
        for some in ids.chunks(ACCOUNTS_AT_ONCE) {
            let mut desks = store.load_desks(some, now).await?;
            for (account, _) in store.load_accounts(some).await? {
                let desk = desks.remove(&account.id).unwrap_or_default();
                let facts = Facts::new(world.clone(), Arc::new(account), Arc::new(desk.work()), now);
                lines.extend(is_pending(playbook, &facts, &desk).then(|| line(playbook, &facts)));
            }
        }
    }
    Ok(lines)
}

/// Whether nothing but the rest of `for` keeps the account out, as far as the last look has seen.
fn is_pending(playbook: &Playbook, facts: &Facts, desk: &Desk) -> bool {
    let Some(state) = desk.conditions.get(&playbook.id) else { return false };
    let matures = matures_at(state, playbook, &facts.seen_by(playbook));
    let is_in = desk.open().any(|own| own.playbook == playbook.id);
    state.since <= facts.now && state.baseline.is_none() && matures.is_some_and(|at| at > facts.now) && !is_in
}

fn line(playbook: &Playbook, facts: &Facts) -> EnrollmentLine {
    EnrollmentLine {
        id: String::new(),
        account: facts.account.id.to_string(),
        playbook: playbook.id.to_string(),
        version: String::new(),
        state: EnrollmentState::Pending.as_str().to_owned(),
        branch: None,
        key: String::new(),
        enrolled_at: None,
        ended_at: None,
        outcome: None,
        reason: Some(Reason::PendingFor),
        next: None,
        is_shadow: false,
    }
}
