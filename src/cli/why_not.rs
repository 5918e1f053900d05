//! `why-not`: which part of a playbook's condition keeps how many accounts out, and who comes nearest?

use super::AsOf;
use super::chart::bar;
use super::exit::{Exit, Result};
use super::print::{Print, count, local};
use super::session::{Session, expect_playbook};
use crate::engine::Reason;
use crate::runtime::explain::{Clause, WhyNot, why_not};
use crate::time::{TimeZone, Timestamp};

/// How many accounts are named as the nearest, unless `--limit` says otherwise.
const NEAREST: usize = 10;

/// Width of the longest bar.
const WIDTH: usize = 20;

#[derive(Debug, clap::Args)]
pub struct WhyNotArgs {
    playbook: String,
    /// Name every account that is not in it, with what keeps it out
    #[arg(long)]
    list: bool,
    /// At most so many accounts: of the nearest [default: 10], and of --list
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    #[command(flatten)]
    as_of: AsOf,
}

impl WhyNotArgs {
    pub async fn run(self, session: &Session) -> Result<Exit> {
        let book = session.book()?;
        expect_playbook(&book, &self.playbook)?;
        let store = session.store().await?;
        let at = session.reading_at(&store, self.as_of.now).await?;
        let most = self.limit.unwrap_or(NEAREST);
        let mut told = why_not(&store, book, &self.playbook, at, most, self.list).await?;
        told.list.truncate(self.limit.unwrap_or(usize::MAX));
        match session.print.is_json() {
            true => session.print.json(&told)?,
            false => tell(session.print, &told, at)?,
        }
        Ok(Exit::Done)
    }
}

fn tell(print: Print, told: &WhyNot, at: Timestamp) -> Result<()> {
    let accounts = count(told.accounts, "account");
    print.line(format!("{}: {accounts} as of {}\n", told.playbook, local(at, &TimeZone::UTC)))?;
    if told.accounts == 0 {
        return print.line("The database knows no accounts yet: `playcaller import accounts FILE`");
    }
    funnel(print, told)?;
    print.line("")?;
    for (reason, accounts) in &told.reasons {
        print.line(format!("  {accounts:>5}  {}", in_words(reason)))?;
    }
    let is_are = if told.enrolled == 1 { "is" } else { "are" };
    print.line(format!(
        "{} {is_are} in it now; {} would enter at the next look.",
        count(told.enrolled, "account"),
        told.would_enter
    ))?;
    nearest(print, told)?;
    listed(print, told)
}

fn funnel(print: Print, told: &WhyNot) -> Result<()> {
    let shown = |left: usize| bar(left as f64, told.accounts as f64, WIDTH);
    let all = ["all accounts", "", "", "", &told.accounts.to_string(), &shown(told.accounts)].map(str::to_owned);
    let row = |clause: &Clause| {
        let place = format!("{}:{}", clause.file, clause.line);
        let number = |n: usize| if n == 0 { "–".to_owned() } else { n.to_string() };
        let (no, unknown) = (number(clause.excluded), number(clause.unknown));
        vec![clause.clause.clone(), place, no, unknown, clause.left.to_string(), shown(clause.left)]
    };
    let rows = std::iter::once(all.to_vec()).chain(told.funnel.iter().map(row));
    print.table(&["clause", "place", "no", "unknown", "left", ""], rows)
}

/// What a reason means for accounts that pass every clause.
fn in_words(reason: &str) -> String {
    let doc = Reason::parse(reason).map_or("", Reason::meaning);
    match reason == Reason::Enrolled.as_str() {
        true => "would enter at the next look".to_owned(),
        false => format!("{reason}: {doc}"),
    }
}

fn nearest(print: Print, told: &WhyNot) -> Result<()> {
    if told.nearest.is_empty() {
        return Ok(());
    }
    print.line("\nNearest to qualifying:\n")?;
    let rows = told.nearest.iter().map(|near| vec![near.account.to_string(), near.missing.join("; ")]);
    print.table(&["account", "missing"], rows)
}

fn listed(print: Print, told: &WhyNot) -> Result<()> {
    if told.list.is_empty() {
        return Ok(());
    }
    print.line("\nNot in it:\n")?;
    let rows = told.list.iter().map(|own| vec![own.account.to_string(), own.reason.to_owned(), own.missing.join("; ")]);
    print.table(&["account", "reason", "missing"], rows)
}
