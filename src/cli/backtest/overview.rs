//! All playbooks, a row each.

use super::{number, percent};
use crate::cli::exit::Result;
use crate::cli::print::Print;
use crate::runtime::backtest::Figures;

pub fn print(print: Print, figures: &[Figures]) -> Result<()> {
    if figures.is_empty() {
        return print.line("No playbook of the book is live. Name one to play it as if it were.");
    }
    let columns = [
        "playbook",
        "entered",
        "accounts",
        "peak",
        "on",
        "mails",
        "tasks",
        "escalated",
        "caught",
        "missed",
        "precision",
        "recall",
        "days before",
    ];
    print.table(&columns, figures.iter().map(row))?;
    print.line("\nCaught, missed: accounts that churned after, or without, having entered. `playcaller backtest PLAYBOOK` has more.\n")
}

fn row(own: &Figures) -> Vec<String> {
    let peak = own.summary.enrolled.peak();
    vec![
        own.playbook.to_string(),
        own.entries.to_string(),
        own.accounts.to_string(),
        peak.map_or_else(|| "–".to_owned(), |(_, count)| count.to_string()),
        peak.map_or_else(|| "–".to_owned(), |(day, _)| day.to_string()),
        own.mails.to_string(),
        own.summary.tasks.total().to_string(),
        own.escalations.to_string(),
        own.churn.caught.len().to_string(),
        own.churn.missed.len().to_string(),
        percent(own.churn.precision()),
        percent(own.churn.recall()),
        number(own.churn.median_days()),
    ]
}
