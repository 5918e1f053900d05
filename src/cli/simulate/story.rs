//! The timelines, account by account and playbook by playbook.

use std::collections::BTreeMap;

use crate::cli::exit::Result;
use crate::cli::print::Print;
use crate::engine::desk::Entry;
use crate::runtime::timeline;

pub(super) fn print(print: Print, entries: &[Entry]) -> Result<()> {
    let mut timelines: BTreeMap<(&str, &str), Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        timelines.entry((&entry.account, &entry.playbook)).or_default().push(entry);
    }
    for ((account, playbook), lines) in timelines {
        print.line(format!("{account} in {playbook}"))?;
        lines.into_iter().try_for_each(|entry| print.line(format!("  {}", timeline::line(entry))))?;
    }
    Ok(())
}
