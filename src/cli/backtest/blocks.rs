//! One playbook at a time: a row for each figure, beside those of another version if one was asked for.

use std::sync::Arc;

use super::{Report, number, percent};
use crate::cli::chart::{bar, sparkline};
use crate::cli::exit::Result;
use crate::cli::print::{Print, or_dash};
use crate::runtime::backtest::{Churn, Figures, Lost};
use crate::runtime::summary::week_of;
use crate::time::Date;

/// Accounts named in a line; `--accounts` has all.
const NAMED: usize = 10;
const BAR: usize = 30;

/// What stands in a cell.
enum Cell {
    Count(usize),
    Number(Option<f64>),
    Share(Option<f64>),
    Peak(Option<(Date, usize)>),
}

type Row = (&'static str, Cell);

/// All playbooks; in a comparison only those that differ, unless one was named.
pub fn print(print: Print, report: &Report, with_accounts: bool) -> Result<()> {
    let mut same = Vec::new();
    for figures in &report.figures {
        let other = report.against.as_ref().map(|(name, others)| (name.as_str(), others.get(&figures.playbook)));
        let is_same = other.is_some_and(|(_, other)| other.is_some_and(|other| is_same(figures, other)));
        if is_same && report.figures.len() > 1 {
            same.push(&*figures.playbook);
            continue;
        }
        block(print, figures, other, report.stage.is_kept)?;
        if with_accounts {
            accounts(print, figures)?;
        }
        print.line("")?;
    }
    if !same.is_empty() {
        print.line(format!("The same in both: {}.\n", same.join(", ")))?;
    }
    Ok(())
}

fn is_same(one: &Figures, other: &Figures) -> bool {
    one.summary == other.summary && one.churn == other.churn
}

fn block(print: Print, figures: &Figures, other: Option<(&str, Option<&Figures>)>, is_kept: bool) -> Result<()> {
    match other {
        None => {
            print.line(&figures.playbook)?;
            let cells = rows(figures).into_iter().map(|(label, cell)| vec![format!("  {label}"), cell.text()]);
            print.table(&[], cells)?;
        }
        Some((name, other)) => compared(print, figures, name, other)?,
    }
    print.line("")?;
    drawn(print, figures)?;
    match other {
        Some((name, Some(other))) => changed(print, figures, (name, other), is_kept),
        _ => lost(print, "Missed", &figures.churn.missed),
    }
}

fn compared(print: Print, figures: &Figures, name: &str, other: Option<&Figures>) -> Result<()> {
    print.line(format!("{}, against {name}", figures.playbook))?;
    let others: Vec<Option<Row>> = match other {
        Some(other) => rows(other).into_iter().map(Some).collect(),
        None => rows(figures).iter().map(|_| None).collect(),
    };
    let cells = rows(figures).into_iter().zip(others).map(|((label, here), there)| {
        let there = there.map(|(_, cell)| cell);
        let difference = there.as_ref().map_or_else(String::new, |there| here.less(there));
        let there = there.map_or_else(|| "–".to_owned(), |cell| cell.text());
        vec![format!("  {label}"), there, here.text(), difference]
    });
    print.table(&["", "against", "this book", "difference"], cells)
}

fn rows(own: &Figures) -> Vec<Row> {
    let churn = &own.churn;
    let per_week = &own.summary.mails.per_week;
    let most = per_week.most().map(|(_, _, count)| count as f64);
    vec![
        ("entered", Cell::Count(own.entries)),
        ("  accounts", Cell::Count(own.accounts)),
        ("  most in a day", Cell::Peak(own.summary.enrolled.peak())),
        ("  waiting for a yes", Cell::Count(own.parked)),
        ("mails", Cell::Count(own.mails)),
        ("  most to a contact in a week", Cell::Number(most)),
        ("  median of contacts", Cell::Number(per_week.median())),
        ("tasks", Cell::Count(own.summary.tasks.total())),
        ("escalations", Cell::Count(own.escalations)),
        ("churned accounts", Cell::Count(churn.churned())),
        ("  caught", Cell::Count(churn.caught.len())),
        ("    still in it then", Cell::Count(churn.still_in())),
        ("    days before, median", Cell::Number(churn.median_days())),
        ("  missed", Cell::Count(churn.missed.len())),
        ("entered and stayed", Cell::Count(churn.stayed.len())),
        ("precision", Cell::Share(churn.precision())),
        ("recall", Cell::Share(churn.recall())),
    ]
}

impl Cell {
    fn text(&self) -> String {
        match self {
            Cell::Count(count) => count.to_string(),
            Cell::Number(own) => number(*own),
            Cell::Share(share) => percent(*share),
            Cell::Peak(peak) => or_dash(peak.map(|(day, count)| format!("{count} on {day}"))),
        }
    }

    /// How much more than the other, with its sign; nothing where that cannot be said or is nothing.
    fn less(&self, other: &Cell) -> String {
        let (difference, unit) = match (self, other) {
            (Cell::Count(one), Cell::Count(other)) => (Some(*one as f64 - *other as f64), ""),
            (Cell::Peak(one), Cell::Peak(other)) => {
                let count = |peak: &Option<(Date, usize)>| peak.map_or(0.0, |(_, count)| count as f64);
                (Some(count(one) - count(other)), "")
            }
            (Cell::Number(one), Cell::Number(other)) => (one.zip(*other).map(|(one, other)| one - other), ""),
            (Cell::Share(one), Cell::Share(other)) => {
                let points = |share: f64| (share * 100.0).round();
                (one.zip(*other).map(|(one, other)| points(one) - points(other)), " points")
            }
            _ => (None, ""),
        };
        difference.filter(|own| *own != 0.0).map_or_else(String::new, |own| format!("{own:+}{unit}"))
    }
}

/// Entries per week, and how long before their churn the caught ones had entered.
fn drawn(print: Print, figures: &Figures) -> Result<()> {
    let (summary, (first, last)) = (&figures.summary, figures.summary.days);
    if figures.entries > 0 {
        let mondays = summary.enrolled.weekly().between(week_of(first), last).into_iter().step_by(7);
        let weeks: Vec<f64> = mondays.map(|count| count as f64).collect();
        print.line(format!("Entries per week      {}", sparkline(&weeks)))?;
    }
    if !figures.churn.caught.is_empty() {
        print.line("Days before the churn")?;
        let histogram = figures.churn.histogram();
        let most = histogram.iter().map(|(_, count)| *count).max().unwrap_or(0) as f64;
        for (days, count) in histogram {
            print.line(format!("{days:>7}  {count:>4}  {}", bar(count as f64, most, BAR)).trim_end())?;
        }
    }
    Ok(())
}

/// Who is newly missed and newly caught, against the other version; `is_kept`: the accounts are in the database, where
/// they can be asked about.
fn changed(print: Print, figures: &Figures, (name, other): (&str, &Figures), is_kept: bool) -> Result<()> {
    let newly_missed = figures.churn.newly_missed(&other.churn);
    lost(print, &format!("Newly missed, caught by {name}"), &newly_missed)?;
    let first =
        newly_missed.first().and_then(|own| other.churn.caught.iter().find(|caught| caught.account == own.account));
    if let Some(first) = first.filter(|_| is_kept) {
        print
            .line(format!("  playcaller explain {} {} --now {}", first.account, figures.playbook, first.entered.at))?;
    }
    lost(print, "Newly caught", &other.churn.newly_missed(&figures.churn))
}

fn lost(print: Print, what: &str, lost: &[Lost]) -> Result<()> {
    if lost.is_empty() {
        return Ok(());
    }
    let mut names: Vec<String> =
        lost.iter().take(NAMED).map(|own| format!("{} ({})", own.account, own.churned.day)).collect();
    if lost.len() > NAMED {
        names.push(format!("and {} more (--accounts)", lost.len() - NAMED));
    }
    print.line(format!("{what}: {}", names.join(", ")))
}

/// A row for each account that entered or churned.
fn accounts(print: Print, figures: &Figures) -> Result<()> {
    let Churn { caught, missed, stayed } = &figures.churn;
    let caught = caught.iter().map(|own| {
        let days = own.days.to_string();
        (own.account.clone(), [own.entered.day.to_string(), own.churned.day.to_string(), days, "caught".to_owned()])
    });
    let missed = missed.iter().map(|own| {
        let dash = || "–".to_owned();
        (own.account.clone(), [dash(), own.churned.day.to_string(), dash(), "missed".to_owned()])
    });
    let stayed = stayed.iter().map(|own| {
        let dash = || "–".to_owned();
        (own.account.clone(), [own.entered.day.to_string(), dash(), dash(), "stayed".to_owned()])
    });
    let mut rows: Vec<(Arc<str>, [String; 4])> = caught.chain(missed).chain(stayed).collect();
    rows.sort();
    print.line("")?;
    let rows = rows.into_iter().map(|(account, cells)| std::iter::once(account.to_string()).chain(cells).collect());
    print.table(&["account", "entered", "churned", "days before", ""], rows)
}
