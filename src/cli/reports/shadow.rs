//! `report playbooks --shadow`: what a version would have done beside what the live one did.

use serde_json::{Value as Json, json};

use super::super::exit::Result;
use super::super::print::{Print, or_dash};
use super::playbooks::{compared, stretch};
use super::record::{Day, History, Record};
use crate::book::Book;
use crate::book::keys::Choice;
use crate::book::playbook::{Playbook, Status};
use crate::time::{Date, Timestamp, utc_text};

/// Days that are shown from the day on which the first account came in.
const FIRST_DAYS: usize = 7;

/// A playbook in shadow, and the one it is compared with.
struct Pair<'a> {
    shadow: &'a Playbook,
    live: &'a Playbook,
    /// From when both are counted; itself while it was live is counted over the whole stretch.
    since: Timestamp,
    recorded: Record,
    done: Record,
}

pub(super) fn tell(
    playbooks: &[&Playbook],
    book: &Book,
    history: &History,
    with_accounts: bool,
    print: Print,
) -> Result<()> {
    let has_been = |own: &Playbook| own.status == Status::Shadow || history.in_shadow_since(&own.id).is_some();
    let shadows = playbooks.iter().filter(|own| has_been(own));
    let pairs: Vec<Pair<'_>> = shadows.map(|own| Pair::of(own, book, history)).collect();
    if print.is_json() {
        return pairs.iter().try_for_each(|pair| print.json(&pair.json(history, with_accounts)));
    }
    if pairs.is_empty() {
        return print.line("No playbook runs in shadow. `status = \"shadow\"` records what a playbook would do.");
    }
    for (n, pair) in pairs.iter().enumerate() {
        if n > 0 {
            print.line("")?;
        }
        pair.tell(history, with_accounts, print)?;
    }
    Ok(())
}

impl<'a> Pair<'a> {
    fn of(shadow: &'a Playbook, book: &'a Book, history: &History) -> Pair<'a> {
        let live = compared(shadow, book);
        let began = history.open_since(&shadow.id).unwrap_or(history.from).max(history.from);
        let since = if live.id == shadow.id { history.from } else { began };
        let recorded = history.of(&shadow.id, true, since);
        Pair { shadow, live, since, recorded, done: history.of(&live.id, false, since) }
    }

    fn both(&self) -> Vec<&str> {
        self.recorded.accounts.intersection(&self.done.accounts).map(String::as_str).collect()
    }

    fn only_shadow(&self) -> Vec<&str> {
        self.recorded.accounts.difference(&self.done.accounts).map(String::as_str).collect()
    }

    fn only_live(&self) -> Vec<&str> {
        self.done.accounts.difference(&self.recorded.accounts).map(String::as_str).collect()
    }

    fn tell(&self, history: &History, with_accounts: bool, print: Print) -> Result<()> {
        let beside = match self.live.id == self.shadow.id {
            true => "itself while it was live".to_owned(),
            false => format!("{} ({})", self.live.id, self.live.status.word()),
        };
        print.line(format!("{} in shadow beside {beside}, {}", self.shadow.id, stretch(self.since, history.until)))?;
        print.line("")?;
        print.table(&["", "shadow", "live"], self.numbers())?;
        print.line("")?;
        for (what, accounts) in
            [("in both", self.both()), ("only in shadow", self.only_shadow()), ("only live", self.only_live())]
        {
            let named = if with_accounts && !accounts.is_empty() { accounts.join(", ") } else { String::new() };
            print.line(format!("{:>5} {what:<15} {named}", accounts.len()).trim_end())?;
        }
        let days = self.first_days();
        if days.is_empty() {
            return Ok(());
        }
        print.line("")?;
        let rows = days.iter().map(|(date, shadow, live)| {
            let numbers = [shadow.enrolled, live.enrolled, shadow.sends, live.sends];
            std::iter::once(date.to_string()).chain(numbers.map(|n| n.to_string())).collect()
        });
        print.table(&["first days", "enrolled shadow", "live", "messages shadow", "live"], rows)
    }

    fn numbers(&self) -> Vec<Vec<String>> {
        let (shadow, live) = (&self.recorded, &self.done);
        let count =
            |what: &str, of: fn(&Record) -> usize| vec![what.to_owned(), of(shadow).to_string(), of(live).to_string()];
        let peak = |record: &Record| or_dash(record.peak().map(|(date, n)| format!("{n} on {date}")));
        vec![
            count("enrolled", |own| own.counts.enrolled),
            vec!["most in a day".to_owned(), peak(shadow), peak(live)],
            count("active", |own| own.active),
            count("won", |own| own.won),
            count("lost", |own| own.lost),
            count("mails", |own| own.counts.mails),
            count("chat", |own| own.counts.chats),
            count("webhooks", |own| own.counts.webhooks),
            count("tasks", |own| own.counts.tasks),
            count("escalations", |own| own.counts.escalations),
            count("held", |own| own.counts.held),
            count("skipped", |own| own.counts.skipped),
        ]
    }

    /// The days from the first one on which an account came in, in shadow or not.
    fn first_days(&self) -> Vec<(Date, Day, Day)> {
        let (shadow, live) = (&self.recorded.days, &self.done.days);
        let mut dates: Vec<Date> = shadow.keys().chain(live.keys()).copied().collect();
        dates.sort();
        dates.dedup();
        let on =
            |days: &std::collections::BTreeMap<Date, Day>, date: &Date| days.get(date).copied().unwrap_or_default();
        dates.into_iter().take(FIRST_DAYS).map(|date| (date, on(shadow, &date), on(live, &date))).collect()
    }

    fn json(&self, history: &History, with_accounts: bool) -> Json {
        let peak = |record: &Record| record.peak().map(|(date, n)| json!({ "day": date.to_string(), "enrolled": n }));
        let day = |(date, shadow, live): &(Date, Day, Day)| {
            json!({
                "day": date.to_string(),
                "shadow": { "enrolled": shadow.enrolled, "sends": shadow.sends },
                "live": { "enrolled": live.enrolled, "sends": live.sends },
            })
        };
        let mut object = json!({
            "playbook": self.shadow.id,
            "compared_with": self.live.id,
            "from": utc_text(self.since),
            "until": utc_text(history.until),
            "both": self.both().len(),
            "only_shadow": self.only_shadow().len(),
            "only_live": self.only_live().len(),
            "shadow": self.recorded,
            "live": self.done,
            "peak": { "shadow": peak(&self.recorded), "live": peak(&self.done) },
            "first_days": self.first_days().iter().map(day).collect::<Vec<_>>(),
        });
        if with_accounts {
            object["accounts"] =
                json!({ "both": self.both(), "only_shadow": self.only_shadow(), "only_live": self.only_live() });
        }
        object
    }
}
