//! The outbox: what is to be sent, who has it in hand, and what became of it.
//!
//! ```text
//! queued ─claim─▶ claimed ─mark─▶ committing ─settle─▶ sent | queued later | uncertain | dead
//! ```
//!
//! A claim raises the delivery's fence, and every later write carries it: a worker that was overtaken changes nothing.

/// Whether a silence keeps the row of `delivery` back at the instant of that parameter.
macro_rules! silenced {
    ($now:literal) => {
        concat!(
            "exists (select 1 from silence s
                where (s.account_id is null or s.account_id = delivery.account_id)
                    and (s.playbook is null or s.playbook = delivery.playbook)
                    and (s.channel is null or s.channel = delivery.channel)
                    and s.from_at <= ",
            $now,
            " and (s.until_at is null or s.until_at > ",
            $now,
            "))"
        )
    };
}

/// Whether the enrollment of the row of `delivery` lets it go out. Completion is an end that takes nothing back.
macro_rules! running {
    () => {
        "exists (select 1 from enrollment e where e.id = delivery.enrollment_id
            and (e.state = 'active' or e.state = 'ended' and e.reason = 'completed'))"
    };
}

/// Whether something of the account of the row of `delivery` is due to be looked at by that instant.
macro_rules! unseen {
    ($now:literal) => {
        concat!("exists (select 1 from account a where a.id = delivery.account_id and a.wake_at <= ", $now, ")")
    };
}

mod claim;
mod line;
mod mark;
mod settle;

pub use claim::{ClaimedDelivery, Swept};
pub use mark::Mark;
pub use settle::Settled;
