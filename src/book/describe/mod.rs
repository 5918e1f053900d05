//! A playbook in plain English, for an approver who reads no TOML. It is told from the compiled book: what stands here
//! is what the engine does.

mod ends;
mod people;
mod steps;
mod text;
mod trigger;

use super::playbook::{Action, Playbook, Recipient, Status};
use super::{Book, Policy};
use crate::condition::{Expression, Words};

pub use people::{everyone, who};
pub use steps::sentence;

/// The text of one playbook, a paragraph per subject, lines without a width.
pub fn describe(playbook: &Playbook, book: &Book) -> String {
    let mut page = Page::default();
    page.line(format!("{} ({})", playbook.title, playbook.id));
    page.line(status(playbook.status));
    if let Some(live) = &playbook.shadow_of {
        page.line(format!("It is compared with {live}."));
    }
    page.line(format!("Owner: {}. Messages are of class {}.", people::who(&playbook.owner), playbook.class));
    trigger::tell(playbook, &mut page);
    steps::tell(playbook, book, &mut page);
    ends::tell(playbook, &mut page);
    protection(playbook, &book.policy, &mut page);
    letters(playbook, book, &mut page);
    page.text
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Draft => "It is a draft: it is checked and tested, and does nothing.",
        Status::Shadow => "It runs in the shadow: it records what it would do and sends nothing.",
        Status::Live => "It is live.",
        Status::Paused => "It is paused: nobody enters, and those in it wait.",
        Status::Retired => "It is retired: nobody enters any more, those in it finish.",
    }
}

/// What no step of it can override.
fn protection(playbook: &Playbook, policy: &Policy, page: &mut Page) {
    page.heading("What protects the customer");
    match &policy.never {
        Some(never) if never.except.contains(&playbook.id) => {
            page.item("The never-rule of the policy does not hold for this playbook.");
        }
        Some(never) => page.condition("Nothing at all happens, and it ends, when", &never.when),
        None => {}
    }
    for cap in policy.caps.iter().filter(|cap| !cap.exempt.contains(&playbook.class)) {
        page.item(format!("At most {} in any {} ({}).", people::sends(cap), cap.within.in_words(), cap.id));
    }
    if playbook.holdout > 0.0 {
        page.item(format!(
            "{}% of the accounts are left alone, to measure what it is worth.",
            playbook.holdout * 100.0
        ));
    }
    page.item("Nobody who unsubscribed, opted out, left or bounced is written to.");
}

/// The mails to customers, word for word.
fn letters(playbook: &Playbook, book: &Book, page: &mut Page) {
    let is_customers =
        |to: &Recipient| matches!(to, Recipient::Contact(_) | Recipient::Contacts(_) | Recipient::EventContact);
    let mails = playbook.steps.iter().filter_map(|step| match &step.action {
        Action::Email(email) if email.to.iter().any(is_customers) => Some((&step.id, &email.template)),
        _ => None,
    });
    let mut is_first = true;
    for (step, template) in mails {
        if std::mem::take(&mut is_first) {
            page.heading("What the customer reads");
        }
        let subject = book.templates.subject(template).unwrap_or_default();
        page.item(format!("{step}: \"{}\"", text::in_words(&subject)));
        let body = text::in_words(&book.templates.body(template).unwrap_or_default());
        body.trim().lines().for_each(|line| page.line(format!("      {}", line.replace("**", "")).trim_end()));
    }
}

/// The text while it grows.
#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn line(&mut self, line: impl AsRef<str>) {
        self.text.push_str(line.as_ref());
        self.text.push('\n');
    }

    fn heading(&mut self, heading: &str) {
        self.line("");
        self.line(heading);
    }

    fn item(&mut self, item: impl AsRef<str>) {
        self.line(format!("  - {}", item.as_ref()));
    }

    /// `lead` and the condition: on one line when it is one sentence, else its parts below.
    fn condition(&mut self, lead: &str, condition: &Expression) {
        match condition.in_words() {
            Words::Said(text) => self.item(format!("{lead} {text}.")),
            Words::All(parts) => self.parts(&format!("{lead} all of this holds:"), &parts),
            Words::Any(parts) => self.parts(&format!("{lead} any of this holds:"), &parts),
        }
    }

    fn parts(&mut self, lead: &str, parts: &[Words]) {
        self.item(lead);
        parts.iter().for_each(|part| self.part(part, 2));
    }

    fn part(&mut self, part: &Words, depth: usize) {
        let indent = "  ".repeat(depth);
        let (lead, inner) = match part {
            Words::Said(text) => return self.line(format!("{indent}- {text}")),
            Words::All(inner) => ("all of:", inner),
            Words::Any(inner) => ("any of:", inner),
        };
        self.line(format!("{indent}- {lead}"));
        inner.iter().for_each(|part| self.part(part, depth + 1));
    }
}

/// A condition inside a sentence.
fn inline(condition: &Expression) -> String {
    fn said(words: &Words) -> String {
        let join = |parts: &[Words], between: &str| parts.iter().map(said).collect::<Vec<_>>().join(between);
        match words {
            Words::Said(text) => text.clone(),
            Words::All(parts) => join(parts, " and "),
            Words::Any(parts) => format!("either {}", join(parts, " or ")),
        }
    }
    said(&condition.in_words())
}
