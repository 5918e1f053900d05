//! What a stretch of time brought, as a table per playbook; and bars that show how far long work has come.

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::exit::Result;
use super::print::Print;
use crate::engine::desk::{Entry, EntryKind, EntryResult};
use crate::runtime::Tick;
use crate::runtime::feeds::StaleFeed;
use crate::runtime::tally::{Counts, Tally};
use crate::time::{Timestamp, utc_text};

/// A table with a row per playbook.
pub fn print_tally(print: Print, tally: &Tally) -> Result<()> {
    let columns =
        ["playbook", "enrolled", "mails", "chat", "webhooks", "tasks", "escalated", "goals", "held", "skipped"];
    let rows = tally.0.iter().map(|(playbook, own)| {
        let counts = [
            own.enrolled,
            own.mails,
            own.chats,
            own.webhooks,
            own.tasks,
            own.escalations,
            own.goals,
            own.held,
            own.skipped,
        ];
        std::iter::once(playbook.to_string()).chain(counts.map(|n| n.to_string())).collect()
    });
    print.table(&columns, rows)
}

/// Says which feeds are too old during a play, if some are, and what can be done about it.
pub fn stale_line(stale: &[StaleFeed]) -> Option<String> {
    let told = |own: &StaleFeed| match own.since {
        Some(since) => format!("{} from {} on", own.feed, since.strftime("%Y-%m-%d %H:%M UTC")),
        None => format!("{}, which never came in", own.feed),
    };
    let feeds: Vec<String> = stale.iter().map(told).collect();
    (!stale.is_empty()).then(|| {
        format!("Stale, so what reads it is unknown: {}. With --steady imports go on as they are.", feeds.join("; "))
    })
}

/// What `run` did at one moment, as other programs read it.
#[derive(Debug, Serialize)]
pub struct RunReport {
    pub as_of: String,
    pub enrolled: usize,
    /// Steps and escalation levels decided.
    pub advanced: usize,
    pub sent: usize,
    pub held: usize,
    pub failed: usize,
    pub uncertain: usize,
    pub tasks: usize,
    pub next_wake: Option<String>,
}

impl RunReport {
    pub fn of(tick: &Tick) -> RunReport {
        let mut counts = Counts::default();
        tick.entries.iter().for_each(|entry| counts.add(entry));
        let is_step = |entry: &&Entry| matches!(entry.kind, EntryKind::Step | EntryKind::Escalate);
        let is_decided = |entry: &&Entry| !matches!(entry.result, EntryResult::Held | EntryResult::Waiting);
        RunReport {
            as_of: utc_text(tick.as_of),
            enrolled: counts.enrolled,
            advanced: tick.entries.iter().filter(is_step).filter(is_decided).count(),
            sent: tick.sent,
            held: counts.held,
            failed: tick.entries.iter().filter(|entry| entry.result == EntryResult::Failed).count(),
            uncertain: tick.uncertain,
            tasks: counts.tasks,
            next_wake: tick.next_wake.map(utc_text),
        }
    }

    /// Whether there is anything to tell.
    pub fn is_quiet(&self) -> bool {
        self.enrolled + self.advanced + self.sent + self.held + self.failed + self.uncertain == 0
    }

    pub fn line(&self) -> String {
        let RunReport { as_of, enrolled, advanced, sent, held, failed, uncertain, tasks, .. } = self;
        format!(
            "{as_of}  {enrolled} enrolled, {advanced} advanced, {sent} sent, {tasks} tasks, {held} held, \
             {failed} failed, {uncertain} uncertain"
        )
    }
}

/// A bar over virtual time, on standard error; where that is no terminal, nothing.
pub struct TimeBar(ProgressBar, Timestamp);

impl TimeBar {
    pub fn to(&self, at: Timestamp) {
        self.0.set_position(at.duration_since(self.1).as_secs().max(0) as u64);
        self.0.set_message(at.strftime("%Y-%m-%d").to_string());
    }

    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}

pub fn time_bar(from: Timestamp, until: Timestamp) -> TimeBar {
    let bar = ProgressBar::new(until.duration_since(from).as_secs().max(0) as u64);
    bar.set_style(ProgressStyle::with_template("{wide_bar} {msg} {elapsed}").expect("a fixed template"));
    TimeBar(bar, from)
}

/// A bar over the bytes of a file.
pub fn byte_bar(what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {eta}").expect("a fixed template");
    ProgressBar::new(0).with_style(style).with_message(what)
}
