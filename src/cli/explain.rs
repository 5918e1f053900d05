//! `explain`: why is an account in a playbook, or why not?

use super::AsOf;
use super::exit::{Exit, Result};
use super::print::{Zones, short};
use super::session::{Session, expect_account, expect_playbook};
use crate::condition::{Trace, Truth, Value};
use crate::engine::Reason;
use crate::runtime::explain::{Explanation, explain};

#[derive(Debug, clap::Args)]
pub struct Explain {
    account: String,
    playbook: String,
    #[command(flatten)]
    as_of: AsOf,
}

impl Explain {
    pub async fn run(self, session: &Session) -> Result<Exit> {
        let book = session.book()?;
        expect_playbook(&book, &self.playbook)?;
        let store = session.store().await?;
        expect_account(&store, &self.account).await?;
        let at = session.reading_at(&store, self.as_of.now).await?;
        let explanation = explain(&store, book, &self.account, &self.playbook, at).await?;
        let as_of = Zones::load(&store).await?.local(&self.account, at);
        session.print.either(&explanation, || told(&explanation, &as_of))?;
        Ok(Exit::Done)
    }
}

fn told(explanation: &Explanation, as_of: &str) -> String {
    let is = if explanation.enrolled { "is enrolled" } else { "is not enrolled" };
    let Explanation { account, playbook, .. } = explanation;
    let reason = match explanation.reason {
        reason if reason == Reason::Enrolled.as_str() && !explanation.enrolled => {
            "it qualifies; the daemon enrolls it at its next look"
        }
        reason => reason,
    };
    let mut text = format!("{account} {is} in {playbook}: {reason}\nas of {as_of}\n");
    text += "\nThe condition\n";
    tree(&explanation.condition, 1, &mut text);
    if !explanation.policy.is_empty() {
        text += "\nRules\n";
    }
    for line in &explanation.policy {
        let rule = short(&one_line(&line.rule), 90);
        let effect = if line.truth == Truth::True { format!("  ({})", line.effect) } else { String::new() };
        text += &format!("  {:<8} {rule}{effect}\n", line.truth.word());
    }
    if let Some(next) = &explanation.next_change {
        text += &format!("\nThe answer becomes {} at {} if nothing but the time changes.\n", next.to.word(), next.at);
    }
    text
}

/// Every comparison on a line of its own, with the values it saw.
fn tree(trace: &Trace, depth: usize, text: &mut String) {
    let seen = match (&trace.left, &trace.right) {
        (Some(left), Some(right)) if !matches!(right, Value::Tags(_)) => format!("   [{left} against {right}]"),
        (Some(left), _) => format!("   [{left}]"),
        _ => String::new(),
    };
    let because = trace.unknown_because.as_ref().filter(|_| trace.children.is_empty());
    let because = because.map_or_else(String::new, |because| format!("   ({because})"));
    let shown = short(&one_line(&trace.text), 90);
    *text += &format!("{}{:<8} {shown}{seen}{because}\n", "  ".repeat(depth), trace.truth.word());
    trace.children.iter().for_each(|child| tree(child, depth + 1, text));
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
