//! The plan on a terminal: short, what changes first, the sum at the end.

use super::Plan as Asked;
use super::words;
use crate::book::difference::{PlaybookDifference, Standing};
use crate::book::keys::Choice;
use crate::cli::exit::Result;
use crate::cli::print::{Print, count, short};
use crate::runtime::plan::{Plan, Send};

/// Messages that are listed without being asked for.
const MESSAGES: usize = 10;
/// Changes of one playbook or file that are listed.
const POINTS: usize = 30;
/// The longest text of a change.
const WIDTH: usize = 160;

pub fn print(print: Print, plan: &Plan, asked: &Asked) -> Result<()> {
    let days = count(usize::from(asked.days), "day");
    print.line(words::first_line(plan, asked))?;
    for id in plan.playbooks() {
        print.line("")?;
        let own = plan.difference.playbooks.iter().find(|own| own.id == *id);
        print.line(heading(id, own))?;
        if let Some(own) = own {
            points(print, own.points.iter())?;
        }
        people(print, plan, id, asked)?;
        let (before, after) = words::totals(plan, id);
        if before.total() + after.total() > 0 {
            print.line(format!("  sends in {days}: {}", words::sends(&before, &after)))?;
        }
    }
    for own in &plan.difference.shared {
        print.line(format!("\n~ {}", own.file))?;
        points(print, own.points.iter())?;
    }
    if plan.difference.unchanged > 0 {
        print.line(format!("\n{} unchanged.", count(plan.difference.unchanged, "playbook")))?;
    }
    tables(print, plan, asked)?;
    let warnings = words::warnings(plan);
    if !warnings.is_empty() {
        print.line("")?;
    }
    warnings.iter().try_for_each(|line| print.line(format!("! {line}")))?;
    print.line(format!("\n{}", words::last_line(plan)))
}

fn heading(id: &str, own: Option<&PlaybookDifference>) -> String {
    let version =
        |own: &Option<std::sync::Arc<str>>| own.as_deref().unwrap_or_default().chars().take(8).collect::<String>();
    match own {
        Some(own) => match own.standing {
            Standing::New => format!("+ {id}  new, {}, version {}", own.status.word(), version(&own.after)),
            Standing::Gone => format!("- {id}  gone, was {}, version {}", own.status.word(), version(&own.before)),
            Standing::Changed => format!("~ {id}  version {} → {}", version(&own.before), version(&own.after)),
        },
        None => format!("  {id}  is as it was, and does something else"),
    }
}

fn points<T: ToString>(print: Print, points: impl ExactSizeIterator<Item = T>) -> Result<()> {
    let more = points.len().saturating_sub(POINTS);
    for point in points.take(POINTS) {
        print.line(format!("    {}", short(&point.to_string(), WIDTH)))?;
    }
    if more > 0 {
        print.line(format!("    and {more} more: --format json has them all"))?;
    }
    Ok(())
}

fn people(print: Print, plan: &Plan, id: &str, asked: &Asked) -> Result<()> {
    for (sign, said, list) in words::people(plan, id) {
        print.line(format!("  {sign} {said}"))?;
        for turn in list.iter().filter(|_| asked.accounts) {
            let why = if turn.why.is_empty() { String::new() } else { format!("  ({})", turn.why) };
            print.line(format!("      {}{why}", turn.account))?;
        }
    }
    Ok(())
}

fn tables(print: Print, plan: &Plan, asked: &Asked) -> Result<()> {
    let what = if asked.accounts { "Sends" } else { "Mails to contacts" };
    messages(print, &format!("{what} that there were not before"), &plan.sends.gained, asked)?;
    messages(print, &format!("{what} that there are no longer"), &plan.sends.lost, asked)?;
    let sorts = words::sorts(plan);
    if !sorts.is_empty() {
        print.line("")?;
        print.table(&words::SORTS, sorts)?;
    }
    let segments = words::segments(plan);
    if !segments.is_empty() {
        print.line("")?;
        print.table(&words::SEGMENTS, segments)?;
    }
    Ok(())
}

fn messages(print: Print, title: &str, list: &[Send], asked: &Asked) -> Result<()> {
    let list = words::listed(list, asked.accounts);
    let most = if asked.accounts { usize::MAX } else { MESSAGES };
    if list.is_empty() {
        return Ok(());
    }
    print.line(format!("\n{title}:"))?;
    for own in list.iter().take(most) {
        let Send { account, playbook, step, sort, to, .. } = own;
        let what = if asked.accounts { format!("{}  ", sort.noun()) } else { String::new() };
        print.line(format!("  {}  {account}  {playbook}  {what}{step}  -> {to}", words::moment(own)))?;
    }
    match list.len().saturating_sub(most) {
        0 => Ok(()),
        more => print.line(format!("  and {more} more: --accounts lists them")),
    }
}
