//! `--sweep`: one threshold at several values, each played over the same history.

use std::sync::Arc;

use serde_json::json;

use super::values::Sweep;
use super::{Stage, headline, json, limits_of, number, percent, tell_limits};
use crate::book::dial::{Dial, Setting};
use crate::book::load::Loaded;
use crate::book::{Book, Playbook};
use crate::cli::chart::{bar, sparkline};
use crate::cli::exit::{Failure, Result};
use crate::cli::print::Print;
use crate::cli::report::play_bar;
use crate::runtime::backtest::{Figures, Limit, as_if_live, play_each};
use crate::runtime::simulate::Played;

const BAR: usize = 20;

/// What one setting came to.
struct Row {
    setting: Setting,
    figures: Figures,
}

/// Tries every setting, the book's own among them, and tells what each came to.
pub async fn run(print: Print, loaded: Loaded, playbook: &str, sweep: &Sweep, stage: Stage) -> Result<()> {
    let own = loaded.book.playbooks[playbook].clone();
    let dial = Dial::find(&loaded, &own, &sweep.key).map_err(|none| Failure::wrong(none.why).help(none.help))?;
    let settings = with_current(&sweep.settings, dial.current);
    let named = [own.id.clone()].into();
    let books: Vec<Arc<Book>> = settings
        .iter()
        .map(|to| Ok(as_if_live(&Arc::new(turned(&dial, &loaded, *to)?), &named)))
        .collect::<Result<_>>()?;
    let (rows, accounts, limits) = play(&stage, &own, settings, books).await?;
    if print.is_json() {
        return print.json(&object(&stage, sweep, &own, &dial, &rows, &limits));
    }
    print.line(headline(&stage, accounts))?;
    print.line("")?;
    tell(print, &own, sweep, &dial, &rows)?;
    tell_limits(print, &limits)
}

/// Rising, with the book's own setting in its place.
fn with_current(settings: &[Setting], current: Setting) -> Vec<Setting> {
    let mut settings = settings.to_vec();
    if !settings.contains(&current) {
        let place = settings.iter().position(|other| is_below(current, *other)).unwrap_or(settings.len());
        settings.insert(place, current);
    }
    settings
}

fn is_below(one: Setting, other: Setting) -> bool {
    match (one, other) {
        (Setting::Number(one), Setting::Number(other)) => one < other,
        (Setting::Span(one), Setting::Span(other)) => one.unit == other.unit && one.n < other.n,
        _ => false,
    }
}

fn turned(dial: &Dial, loaded: &Loaded, to: Setting) -> Result<Book> {
    let turned = if to == dial.current { Ok(loaded.book.clone()) } else { dial.turned(loaded, to) };
    turned.map_err(|why| Failure::wrong(format!("with {to} in `{}` the book is wrong: {why}", dial.text)))
}

async fn play(
    stage: &Stage,
    playbook: &Arc<Playbook>,
    settings: Vec<Setting>,
    books: Vec<Arc<Book>>,
) -> Result<(Vec<Row>, usize, Vec<Limit>)> {
    let bar = play_bar(books.len());
    let (from, until) = (stage.from, stage.until);
    let judged: Vec<Arc<Playbook>> = books.iter().map(|book| book.playbooks[&playbook.id].clone()).collect();
    let current = books.first().cloned();
    let judge = move |place: usize, played: Played| {
        let figures = Figures::of(&played, &judged[place], from, until);
        (figures, (place == 0).then_some(played))
    };
    let mut watch = |done: usize| bar.set_position(done as u64);
    let played = play_each(&stage.scene, books, until, Arc::new(judge), &mut watch).await;
    bar.finish_and_clear();
    let (mut figures, mut plays): (Vec<Figures>, Vec<Option<Played>>) = played?.into_iter().unzip();
    let parked = figures.iter().map(|own| own.parked).sum();
    // What is recorded is the same in every play.
    let first = plays.drain(..).flatten().next().unwrap_or_default();
    let limits = match current {
        Some(book) => limits_of(stage, &book, &[playbook], &first, parked).await?,
        None => Vec::new(),
    };
    let rows = settings.into_iter().zip(figures.drain(..)).map(|(setting, figures)| Row { setting, figures });
    Ok((rows.collect(), first.accounts.len(), limits))
}

fn tell(print: Print, playbook: &Playbook, sweep: &Sweep, dial: &Dial, rows: &[Row]) -> Result<()> {
    let line = dial.line.map_or_else(String::new, |line| format!(":{line}"));
    let whose = if dial.file == playbook.file { "" } else { ", for every playbook that asks it" };
    print.line(format!(
        "{} with {} in place of `{}` ({}{line}{whose}):",
        playbook.id, sweep.key, dial.text, dial.file
    ))?;
    let columns = ["value", "entered", "peak", "mails", "caught", "missed", "precision", "recall", "days before", ""];
    let most = rows.iter().filter_map(|row| row.figures.churn.recall()).fold(0.0, f64::max);
    print.table(&columns, rows.iter().map(|row| cells(row, dial, most)))?;
    print.line("")?;
    let picture =
        |of: &dyn Fn(&Figures) -> f64| sparkline(&rows.iter().map(|row| of(&row.figures)).collect::<Vec<_>>());
    print.line(format!("entered    {}", picture(&|own| own.entries as f64)))?;
    print.line(format!("precision  {}", picture(&|own| own.churn.precision().unwrap_or(0.0))))?;
    print.line(format!("recall     {}", picture(&|own| own.churn.recall().unwrap_or(0.0))))?;
    print.line("* as the book is; the bars draw recall\n")
}

fn cells(row: &Row, dial: &Dial, most: f64) -> Vec<String> {
    let own = &row.figures;
    let mark = if row.setting == dial.current { " *" } else { "" };
    vec![
        format!("{}{mark}", row.setting),
        own.entries.to_string(),
        own.summary.enrolled.peak().map_or(0, |(_, count)| count).to_string(),
        own.mails.to_string(),
        own.churn.caught.len().to_string(),
        own.churn.missed.len().to_string(),
        percent(own.churn.precision()),
        percent(own.churn.recall()),
        number(own.churn.median_days()),
        bar(own.churn.recall().unwrap_or(0.0), most, BAR),
    ]
}

fn object(
    stage: &Stage,
    sweep: &Sweep,
    playbook: &Playbook,
    dial: &Dial,
    rows: &[Row],
    limits: &[Limit],
) -> serde_json::Value {
    let value = |setting: Setting| match setting {
        Setting::Number(number) => json!(number),
        Setting::Span(span) => json!(span.to_string()),
    };
    let rows = rows.iter().map(|row| {
        let mut object = json!({ "value": value(row.setting), "is_current": row.setting == dial.current });
        if let (Some(own), serde_json::Value::Object(figures)) = (object.as_object_mut(), json::figures(&row.figures)) {
            own.extend(figures);
        }
        object
    });
    let mut object = json::head(stage, limits);
    object["sweep"] = json!({
        "playbook": playbook.id, "key": sweep.key, "text": dial.text, "file": dial.file, "line": dial.line,
        "current": value(dial.current),
    });
    object["rows"] = rows.collect();
    object
}
