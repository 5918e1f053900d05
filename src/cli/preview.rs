//! `preview`: the very mail, message or task a step would hand out.

use serde_json::{Value, json};

use super::AsOf;
use super::exit::{Exit, Failure, Result};
use super::session::{Session, expect_account, expect_playbook};
use crate::book::markdown;
use crate::engine::delivery::{Address, Content, Email};
use crate::engine::desk::Task;
use crate::engine::visit::Rehearsal;
use crate::runtime::preview::preview;

#[derive(Debug, clap::Args)]
pub struct Preview {
    playbook: String,
    /// A step, or a level of the escalation
    step: String,
    account: String,
    /// Print the HTML of a mail instead of its text
    #[arg(long)]
    html: bool,
    #[command(flatten)]
    as_of: AsOf,
}

impl Preview {
    pub async fn run(self, session: &Session) -> Result<Exit> {
        let book = session.book()?;
        expect_playbook(&book, &self.playbook)?;
        let playbook = book.playbooks[self.playbook.as_str()].clone();
        let store = session.store().await?;
        expect_account(&store, &self.account).await?;
        let at = session.reading_at(&store, self.as_of.now).await?;
        let rehearsal = preview(&store, book, &playbook, &self.step, &self.account, at).await?;
        match rehearsal {
            Rehearsal::Messages(messages) => {
                for message in &messages {
                    session.print.either(&json_of(message), || text_of(message, self.html))?;
                }
            }
            Rehearsal::Task(task) => session.print.either(&json_of_task(&task), || text_of_task(&task))?,
            Rehearsal::Nothing => {
                let none = json!({ "channel": null });
                session.print.either(&none, || format!("{} hands nothing out", self.step))?;
            }
            Rehearsal::Held(reason, because) => {
                let because = because.map_or_else(String::new, |because| format!(" ({because})"));
                return Err(Failure::wrong(format!("{} would not go out: {reason}{because}", self.step)));
            }
        }
        Ok(Exit::Done)
    }
}

fn json_of(message: &Content) -> Value {
    match message {
        Content::Email(email) => json!({
            "channel": "email",
            "from": shown(&email.from),
            "to": shown(&email.to),
            "cc": email.cc.iter().map(shown).collect::<Vec<_>>(),
            "copy_to": email.copy_to.as_ref().map(shown),
            "subject": email.subject,
            "text": email.text,
            "html": email.html,
        }),
        Content::Slack { channel, payload } => json!({ "channel": "slack", "to": channel, "payload": payload }),
        Content::Teams { channel, payload } => json!({ "channel": "teams", "to": channel, "payload": payload }),
        Content::Webhook { endpoint, body, .. } => json!({ "channel": "webhook", "to": endpoint, "payload": body }),
    }
}

fn text_of(message: &Content, html: bool) -> String {
    match message {
        Content::Email(email) if html => email.html.clone(),
        Content::Email(email) => mail(email),
        Content::Slack { channel, payload } => format!("Slack: {channel}\n\n{payload:#}\n"),
        Content::Teams { channel, payload } => format!("Teams: {channel}\n\n{payload:#}\n"),
        Content::Webhook { endpoint, body, .. } => format!("Webhook: {endpoint}\n\n{body:#}\n"),
    }
}

fn mail(email: &Email) -> String {
    let mut text = email.copy_to.as_ref().map_or_else(String::new, |to| format!("Copy for {}:\n", shown(to)));
    text += &format!("From: {}\nTo: {}\n", shown(&email.from), shown(&email.to));
    if !email.cc.is_empty() {
        text += &format!("Cc: {}\n", email.cc.iter().map(shown).collect::<Vec<_>>().join(", "));
    }
    text + format!("Subject: {}\n\n{}\n", email.subject, email.text).as_str()
}

fn shown(address: &Address) -> String {
    match &address.name {
        Some(name) => format!("{name} <{}>", address.email),
        None => address.email.clone(),
    }
}

fn json_of_task(task: &Task) -> Value {
    json!({
        "channel": "task",
        "assignee": task.assignee,
        "title": task.title,
        "priority": task.priority.as_str(),
        "due": task.due.map(|due| due.to_string()),
        "checklist": task.checklist,
        "body": task.body,
    })
}

fn text_of_task(task: &Task) -> String {
    let assignee = task.assignee.as_deref().unwrap_or("nobody");
    let mut text = format!("Task for {assignee}: {}\nPriority: {}\n", task.title, task.priority.as_str());
    if let Some(due) = task.due {
        text += &format!("Due: {due}\n");
    }
    for item in &task.checklist {
        text += &format!("  [ ] {}\n", item.text);
    }
    text + task.body.as_ref().map_or_else(String::new, |body| format!("\n{}", markdown::text(body))).as_str()
}
