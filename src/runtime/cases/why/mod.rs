//! Why a line of a test differs. The test is played again and stopped at the instant of each line; what the engine goes
//! by is asked of the account as it is there.

mod due;
mod happened;
mod missing;
mod said;

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Result;

use super::compare::Parts;
use super::diff::{Line, Sort};
use super::stage::Stage;
use super::{DiffLine, Mark};
use crate::book::Playbook;
use crate::book::cases::Case;
use crate::engine::Reason;
use crate::engine::desk::Desk;
use crate::engine::enrollment::Enrollment;
use crate::portfolio::Facts;
use crate::runtime::explain::Explanation;
use crate::runtime::timeline;
use crate::time::{DateTime, Timestamp, instant};

/// The account in the playbook at an instant of a test.
pub(super) struct Moment {
    pub playbook: Arc<Playbook>,
    /// As the playbook sees them, within the enrollment if there is one.
    pub facts: Facts,
    pub desk: Desk,
    /// The latest one.
    pub enrollment: Option<Enrollment>,
    /// What `explain` says.
    pub explained: Explanation,
}

/// The lines with their marks and reasons. `stage` is set for the same test once more.
pub(super) async fn explained(lines: Vec<Line<'_>>, case: &Case, mut stage: Stage) -> Result<Vec<DiffLine>> {
    let (start, zone) = (instant(case.start, stage.zone()), stage.zone().clone());
    let until = case.until.map(|until| instant(until, &zone));
    let at = |line: &Line<'_>| match &line.sort {
        Sort::Agrees | Sort::Replaced => None,
        Sort::Unexpected(entry, _) => Some(entry.at),
        Sort::Missing => local(&line.text).map(|local| instant(local, &zone)),
    };
    let is_played = |at: &Timestamp| *at >= start && until.is_none_or(|until| *at <= until);
    let stops: BTreeSet<Timestamp> = lines.iter().filter_map(at).filter(is_played).collect();
    let mut told: Vec<Option<String>> = vec![None; lines.len()];
    for stop in stops {
        stage.go_to(case, stop).await?;
        let moment = stage.moment().await?;
        for (line, told) in lines.iter().zip(&mut told).filter(|(line, _)| at(line) == Some(stop)) {
            *told = moment.why(line);
        }
    }
    let out_of_time = |line: &Line<'_>| match at(line) {
        Some(at) if at < start => Some(format!("the test starts at {}", minute(case.start))),
        Some(at) if !is_played(&at) => case.until.map(|until| format!("the test ends at {}", minute(until))),
        _ => None,
    };
    let whys: Vec<Option<String>> = lines.iter().zip(told).map(|(line, told)| out_of_time(line).or(told)).collect();
    Ok(lines
        .into_iter()
        .zip(whys)
        .map(|(line, why)| DiffLine { mark: line.sort.mark(), text: line.text, why })
        .collect())
}

impl Sort<'_> {
    fn mark(&self) -> Mark {
        match self {
            Sort::Agrees => Mark::Agrees,
            Sort::Missing | Sort::Replaced => Mark::Missing,
            Sort::Unexpected(..) => Mark::Unexpected,
        }
    }
}

impl Moment {
    /// Of the latest enrollment how it ended, else what `explain` says.
    pub(super) fn reason(&self) -> &'static str {
        match &self.enrollment {
            Some(own) => own.ended.as_ref().map_or(Reason::Enrolled, |end| end.reason).as_str(),
            None => self.explained.reason,
        }
    }

    /// Why the account is not in the playbook; none when it is, or was.
    pub(super) fn not_enrolled(&self) -> Option<String> {
        self.enrollment.is_none().then(|| self.refused())
    }

    /// Why it does not take that branch.
    pub(super) fn not_taken(&self, branch: &str) -> String {
        let own = self.playbook.branches.iter().find(|own| *own.id == *branch);
        let when = own.and_then(|own| own.when.as_ref());
        self.not_enrolled().unwrap_or_else(|| {
            when.map_or_else(|| "a branch above it fits".to_owned(), |when| said::said(when, &self.facts))
        })
    }

    fn refused(&self) -> String {
        let next = self.explained.next_change.as_ref();
        let next = next.map_or_else(String::new, |next| format!("; that changes at {}", next.at));
        format!("{}{next}", self.explained.in_a_line())
    }

    fn why(&self, line: &Line<'_>) -> Option<String> {
        match &line.sort {
            Sort::Agrees | Sort::Replaced => None,
            Sort::Missing => Some(self.missing(&Parts::of(&line.text))),
            Sort::Unexpected(entry, None) => Some(self.happened(entry)),
            Sort::Unexpected(entry, Some(expected)) => {
                let actual = Parts::of(&timeline::line(entry));
                let is_to_another = (&actual.when, &actual.what) == (&expected.when, &expected.what)
                    && expected.to.is_some()
                    && expected.to != actual.to;
                let cause = self.addressed(entry).filter(|_| is_to_another).unwrap_or_else(|| self.happened(entry));
                Some(otherwise(expected, &actual).map_or(cause.clone(), |how| format!("{how}: {cause}")))
            }
        }
    }

    fn local(&self, at: Timestamp) -> String {
        minute(self.facts.zone.to_datetime(at))
    }
}

/// In what a line differs from the one that was expected.
fn otherwise(expected: &Parts, actual: &Parts) -> Option<String> {
    if actual.what != expected.what {
        return match &*actual.what {
            "hold" => Some("it waits instead".to_owned()),
            "skip" => Some("it is left out".to_owned()),
            _ => None,
        };
    }
    let mut how = Vec::new();
    if let (Some(actual), Some(expected)) = (local(&actual.when), local(&expected.when))
        && actual != expected
    {
        let side = if actual > expected { "later" } else { "earlier" };
        how.push(format!("{} {side}", due::between(actual.min(expected), actual.max(expected))));
    }
    if expected.to.is_some() && expected.to != actual.to {
        how.push(format!("to {} instead", actual.to.as_deref().unwrap_or("nobody")));
    }
    if expected.reason.is_some() && expected.reason != actual.reason {
        how.push(
            actual
                .reason
                .as_ref()
                .map_or_else(|| "for no reason that holds it".to_owned(), |own| format!("{own} instead")),
        );
    }
    (!how.is_empty()).then(|| how.join(", "))
}

/// The local instant a line begins with.
fn local(line: &str) -> Option<DateTime> {
    let mut words = line.split_whitespace();
    format!("{}T{}:00", words.next()?, words.next()?).parse().ok()
}

fn minute(local: DateTime) -> String {
    local.strftime("%Y-%m-%d %H:%M").to_string()
}
