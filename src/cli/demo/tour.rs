//! Where to look after the demo: accounts with a story, and commands to type next.

use serde::Serialize;

use crate::cli::exit::Result;
use crate::store::{EnrollmentLine, Filter, Store};

/// Account, playbook, and why it is worth a look.
const STORIES: [(&str, &str, &str); 5] = [
    ("quillon", "at-risk", "red in September; diagnosed, written to after approval, recovered"),
    ("tarnwick", "escalation", "deep red, nobody acts: owner, manager, then the VP"),
    ("calder", "renewal-kickoff", "the renewal date moves by five weeks; what is left is replanned"),
    ("nordwind", "onboarding", "enterprise in Berlin, through the end of summer time"),
    ("wexcombe", "at-risk", "red for one day only, so it is left alone"),
];

/// What to type next, and what it shows.
pub const NEXT: [(&str, &str); 7] = [
    ("accounts --band red", "who is in trouble"),
    ("explain zephyr at-risk --now 2026-09-30", "why an account was left alone"),
    ("enrollments --account tarnwick", "where an account stands"),
    ("tasks", "work for people"),
    ("approvals", "what waits for a yes"),
    ("outbox --limit 20", "what was sent"),
    ("simulate harborlane", "what lies ahead"),
];

/// An account of the tour, with where it stands now.
#[derive(Debug, Serialize)]
pub struct Stop {
    account: &'static str,
    playbook: &'static str,
    why: &'static str,
    now: String,
}

impl Stop {
    pub fn row(&self) -> Vec<String> {
        vec![self.account.into(), self.playbook.into(), self.why.into(), self.now.clone()]
    }
}

/// The accounts of the tour.
pub async fn stops(store: &Store) -> Result<Vec<Stop>> {
    let mut stops = Vec::new();
    for (account, playbook, why) in STORIES {
        let filter = Filter { account: Some(account.into()), playbook: Some(playbook.into()), ..Filter::default() };
        let latest = store.enrollments(&filter).await?.into_iter().next();
        stops.push(Stop { account, playbook, why, now: latest.map_or_else(|| "never enrolled".to_owned(), stands) });
    }
    Ok(stops)
}

fn stands(enrollment: EnrollmentLine) -> String {
    match (enrollment.outcome, enrollment.reason, enrollment.next) {
        (Some(outcome), Some(reason), _) => format!("{} {outcome} ({reason})", enrollment.state),
        (_, _, Some(next)) => format!("{}, next {}", enrollment.state, next.step),
        _ => enrollment.state,
    }
}
