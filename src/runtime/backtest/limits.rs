//! What recorded history cannot tell: said with every backtest, so that nobody takes its figures for more than they are.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;
use serde::Serialize;

use crate::book::playbook::{Action, Playbook, Trigger};
use crate::book::{Book, Dictionary};
use crate::condition::{Reads, Value};
use crate::portfolio::{Account, Fields};
use crate::runtime::feeds::stale_at;
use crate::time::{Date, TimeZone, Timestamp, local_date};

/// What kind of thing is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitKind {
    /// From when anything is known, and for how many accounts later.
    Begins,
    /// Until when.
    Ends,
    /// What is asked for and was never recorded.
    NeverRecorded,
    /// What has one value for each account: its past is not known.
    OneValue,
    /// What is known only from later on than its account.
    Late,
    /// Rows that say nothing of when they hold.
    Undated,
    /// Rows that were not taken.
    Refused,
    /// Whether imports came in time in the past.
    Feeds,
    /// What people would have answered and done.
    OurWork,
    /// Who waited for a yes.
    Parked,
}

/// One thing that the figures cannot know, in a sentence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Limit {
    pub kind: LimitKind,
    pub text: String,
}

impl Limit {
    pub fn new(kind: LimitKind, text: impl Into<String>) -> Limit {
        Limit { kind, text: text.into() }
    }
}

/// What is known besides the accounts.
pub struct History<'a> {
    pub from: Timestamp,
    pub until: Timestamp,
    /// The last thing recorded.
    pub last: Timestamp,
    /// Feed to when it was last seen.
    pub feeds: &'a BTreeMap<Arc<str>, Timestamp>,
}

/// What the history of these accounts cannot tell of these playbooks; `parked` entries waited for a yes.
pub fn limits(
    book: &Book,
    playbooks: &[&Arc<Playbook>],
    accounts: &[&Account],
    history: &History<'_>,
    parked: usize,
) -> Vec<Limit> {
    let reads = reads(book, playbooks);
    let mut limits = vec![begins(accounts, history.from)];
    if history.until.duration_since(history.last) > SignedDuration::from_hours(24) {
        let last = day(history.last);
        limits.push(Limit::new(
            LimitKind::Ends,
            format!("Nothing is recorded after {last}: from then on nothing changes."),
        ));
    }
    limits.extend(records(&reads, &book.dictionary, accounts, history.from));
    limits.extend(feeds(&reads, book, history));
    if parked > 0 {
        let times = if parked == 1 { "Once an account".to_owned() } else { format!("{parked} times an account") };
        let text = format!("{times} came above a limit of its day and waited for a yes, which nobody gives here.");
        limits.push(Limit::new(LimitKind::Parked, text));
    }
    let text = "Nobody answers here: no replies, no approvals, tasks stay open and ladders run on. What people did at \
                the time, for whatever reason, is in the data.";
    limits.push(Limit::new(LimitKind::OurWork, text));
    limits
}

/// Everything these playbooks ask for, through health too; whoever mails asks for contacts.
fn reads(book: &Book, playbooks: &[&Arc<Playbook>]) -> Reads {
    let mut reads = Reads::default();
    for playbook in playbooks {
        playbook.expressions().for_each(|expression| reads.merge(expression.reads()));
        reads.contacts |= playbook.steps.iter().any(|step| matches!(step.action, Action::Email(_)));
        if let Trigger::Date(date) = &playbook.trigger {
            reads.fields.insert(date.anchor.clone());
        }
    }
    if reads.health {
        let measures = book.health.dimensions.iter().flat_map(|dimension| &dimension.measures);
        measures.for_each(|measure| reads.merge(measure.value.reads()));
    }
    reads
}

fn begins(accounts: &[&Account], from: Timestamp) -> Limit {
    let later = accounts.iter().filter(|own| own.known_since.is_some_and(|since| since > from)).count();
    let text = match later {
        0 => format!("Played from {}, when all accounts are known already.", day(from)),
        _ => format!(
            "Played from {}; {later} of {} accounts came in later, each on its own day.",
            day(from),
            accounts.len()
        ),
    };
    Limit::new(LimitKind::Begins, text)
}

/// What of the fields, metrics, events and contacts asked for is recorded badly.
fn records(reads: &Reads, dictionary: &Dictionary, accounts: &[&Account], from: Timestamp) -> Vec<Limit> {
    let (mut never, mut one, mut late) = (Vec::new(), Vec::new(), Vec::new());
    let is_recorded = |field: &&Arc<str>| &***field != "id" && !is_computed(dictionary, field);
    for field in reads.fields.iter().filter(is_recorded) {
        let known = accounts.iter().map(|own| (&own.fields, own.known_since));
        match record(known, std::iter::once(&**field), from) {
            Record::Never => never.push(format!("account.{field}")),
            Record::OneValue => one.push(format!("account.{field}")),
            Record::Late(first) => late.push(format!("account.{field} from {first}")),
            Record::Good => {}
        }
    }
    for metric in &reads.metrics {
        match accounts.iter().filter_map(|own| own.metrics.get(metric)?.first_day()).min() {
            None => never.push(format!("usage.{metric}")),
            Some(first) if first > local_date(from, &TimeZone::UTC) => {
                late.push(format!("usage.{metric} from {first}"))
            }
            Some(_) => {}
        }
    }
    let is_missing = |kind: &&Arc<str>| !accounts.iter().any(|own| own.events.contains_key(&***kind));
    never.extend(reads.events.iter().filter(is_missing).map(|kind| format!("events.{kind}")));
    if reads.contacts {
        contacts(accounts, from, [&mut never, &mut one, &mut late]);
    }
    let line = |kind, lead: &str, names: Vec<String>| {
        (!names.is_empty()).then(|| Limit::new(kind, format!("{lead}: {}.", names.join(", "))))
    };
    let lines = [
        line(LimitKind::NeverRecorded, "Asked for and never recorded, so unknown throughout", never),
        line(LimitKind::OneValue, "One value for each account, so what it was before is not known", one),
        line(LimitKind::Late, "Known only from later on", late),
    ];
    lines.into_iter().flatten().collect()
}

fn is_computed(dictionary: &Dictionary, field: &str) -> bool {
    dictionary.registry.account.get(field).is_some_and(|known| known.computed)
}

fn contacts(accounts: &[&Account], from: Timestamp, [never, one, late]: [&mut Vec<String>; 3]) {
    let known =
        accounts.iter().flat_map(|account| account.contacts.values().map(|own| (&own.fields, account.known_since)));
    match record(known, ["personas", "status"].into_iter(), from) {
        Record::Never => never.push("contacts".to_owned()),
        Record::OneValue => one.push("contacts".to_owned()),
        Record::Late(first) => late.push(format!("contacts from {first}")),
        Record::Good => {}
    }
}

/// How well something is recorded over all accounts.
enum Record {
    Never,
    OneValue,
    /// The first day on which it is known of anyone.
    Late(Date),
    Good,
}

/// Of fields, each set of them with when its account is known from.
fn record<'a>(
    known: impl Iterator<Item = (&'a Fields, Option<Timestamp>)>,
    fields: impl Iterator<Item = &'a str> + Clone,
    from: Timestamp,
) -> Record {
    let (mut first, mut changes, mut is_late) = (None::<Timestamp>, false, true);
    for (own, since) in known {
        for history in fields.clone().map(|field| own.history(field)) {
            let mut values = history.iter().filter(|(_, value)| *value != Value::Empty);
            let Some((begin, _)) = values.next() else { continue };
            first = Some(first.map_or(*begin, |first| first.min(*begin)));
            changes |= values.next().is_some();
            is_late &= *begin > from && since.is_none_or(|since| *begin > since);
        }
    }
    match first {
        None => Record::Never,
        Some(first) if is_late => Record::Late(local_date(first, &TimeZone::UTC)),
        Some(_) if !changes => Record::OneValue,
        Some(_) => Record::Good,
    }
}

/// In the past all feeds count as fresh; whether one goes stale before the end is known.
fn feeds(reads: &Reads, book: &Book, history: &History<'_>) -> Vec<Limit> {
    let declared = reads.feeds.iter().filter(|feed| book.dictionary.feeds.contains_key(*feed));
    let asked: Vec<&str> = declared.map(|feed| &**feed).collect();
    if asked.is_empty() {
        return Vec::new();
    }
    let stale = stale_at(book, history.feeds, history.until).into_iter().filter(|own| asked.contains(&&*own.feed));
    let stale = stale.map(|own| match own.since {
        Some(since) => {
            format!("What comes from {} is unknown from {} on: nothing came in later.", own.feed, day(since))
        }
        None => format!("What comes from {} is unknown throughout: it never came in.", own.feed),
    });
    let fresh =
        format!("Whether imports came in time is not recorded: as fresh counts what {} brought.", asked.join(", "));
    std::iter::once(fresh).chain(stale).map(|text| Limit::new(LimitKind::Feeds, text)).collect()
}

fn day(at: Timestamp) -> Date {
    local_date(at, &TimeZone::UTC)
}
