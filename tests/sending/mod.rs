//! Who may be reached when: what a timeline cannot say, because mail lies in the outbox, a feed stands still, several
//! playbooks or accounts are concerned, or the message itself is looked at.

mod consent;
mod feeds;
mod letters;
mod slots;

use std::collections::BTreeMap;
use std::sync::Arc;

use playcaller::book::{self, Book};
use playcaller::channel::{Channels, Relay, Routes};
use playcaller::condition::Value;
use playcaller::engine::Reason;
use playcaller::engine::delivery::{Content, Email};
use playcaller::engine::desk::Entry;
use playcaller::portfolio::import::{ContactRow, Rows};
use playcaller::store::{Filter, Timeline};

use crate::support::ledger::deserted_port;
use crate::support::world::{World, at, number, playbook, row};

const START: &str = "2026-06-01T10:00:00Z";

const FILES: [(&str, &str); 4] = [
    ("people.toml", "[[person]]\nid = \"dana\"\nname = \"Dana Reyes\"\nemail = \"dana@larkfield.example\"\n"),
    ("account.toml", "[fields.score]\ntype = \"number\"\n"),
    ("hello.md", "+++\nsubject = \"Hello\"\n+++\nHello {{ contact.first_name | default(\"you\") }}.\n"),
    ("invoice.md", "+++\nsubject = \"Invoice\"\nclass = \"transactional\"\n+++\nThe invoice.\n"),
];

/// A book of these files beside people, a score and two templates.
fn book_of(files: &[(&str, &str)]) -> Book {
    let own = files.iter().map(|(name, text)| {
        let id = name.trim_end_matches(".toml");
        ((*name).to_owned(), text.replace("{id}", id))
    });
    let shared = FILES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let loaded = book::load_files(shared.chain(own).collect::<BTreeMap<String, String>>());
    assert!(!loaded.has_errors(), "{:#?}", loaded.diagnostics);
    loaded.book
}

/// A playbook for accounts with a low score: `head` above its steps.
fn low_score(head: &str, steps: &str) -> String {
    playbook(&format!(
        "{head}\ntrigger = {{ kind = \"condition\" }}\nenroll = {{ when = 'account.score < 50' }}\n{steps}"
    ))
}

fn step(id: &str, after: &str, rest: &str) -> String {
    format!("\n[[step]]\nid = \"{id}\"\nafter = \"{after}\"\n{rest}\n")
}

fn mail(id: &str, after: &str, template: &str) -> String {
    let rest = format!("action = \"email\"\nto = \"contacts:champion\"\ntemplate = \"{template}\"");
    step(id, after, &rest)
}

fn nowhere() -> Arc<Channels> {
    Arc::new(Channels::nowhere())
}

/// A relay that is down: mail stays in the outbox.
async fn relay_down() -> Arc<Channels> {
    let url = format!("smtp://127.0.0.1:{}", deserted_port().await);
    let relay = Relay { url, username: None, password: None };
    let outbox = std::env::temp_dir().join("playcaller-unused-outbox");
    Arc::new(Channels::new(Routes { outbox, smtp: Some(relay), ..Routes::default() }).expect("a route"))
}

fn champion(id: &str, account: &str, as_of: &str, fields: &[(&str, &str)]) -> ContactRow {
    let personas = Value::Tags(vec![Arc::from("champion")].into());
    let email = Value::text(format!("{id}@acme.example"));
    let mut all = vec![(Arc::from("email"), email), (Arc::from("personas"), personas)];
    all.retain(|(name, _): &(Arc<str>, Value)| !fields.iter().any(|(own, _)| **name == **own));
    all.extend(fields.iter().map(|(name, value)| (Arc::from(*name), Value::text(*value))));
    ContactRow { line: 0, id: id.into(), account: account.into(), as_of: at(as_of), fields: all }
}

/// Accounts of low score and these contacts come in at the start.
async fn arrive(world: &World, accounts: &[&str], contacts: Vec<ContactRow>) {
    let row = |account: &&str| row(account, START, &[("score", number(40.0)), ("owner", Value::text("dana"))]);
    world.land(Rows { accounts: accounts.iter().map(row).collect(), contacts, ..Rows::default() }, START).await;
}

async fn change(world: &World, contact: &str, as_of: &str, fields: &[(&str, &str)]) {
    let fields = fields.iter().map(|(name, value)| (Arc::from(*name), Value::text(*value))).collect();
    let row = ContactRow { line: 0, id: contact.into(), account: "acme".into(), as_of: at(as_of), fields };
    world.land(Rows { contacts: vec![row], ..Rows::default() }, as_of).await;
}

/// The lines of mail, without the account.
fn mails(took: Vec<String>) -> Vec<String> {
    let told = |line: &String| !line.contains(" enroll") && !line.contains(" exit");
    took.into_iter().filter(told).map(|line| line.split_once(' ').expect("an account").1.to_owned()).collect()
}

/// States of all deliveries with their reasons, by recipient.
async fn outbox(world: &World) -> Vec<(String, String, Option<Reason>)> {
    let lines = world.stores().next().expect("a database").deliveries(&Filter::default()).await.expect("the outbox");
    let mut states: Vec<_> = lines.into_iter().map(|line| (line.to, line.state, line.reason)).collect();
    states.sort();
    states
}

async fn entries(world: &World) -> Vec<Entry> {
    world.stores().next().expect("a database").timeline(&Timeline::default()).await.expect("the timeline")
}

/// The mail to each recipient.
async fn letters(world: &World) -> BTreeMap<String, Email> {
    let store = &world.stores().next().expect("a database");
    let mut found = BTreeMap::new();
    for line in store.deliveries(&Filter::default()).await.expect("the outbox") {
        let view = store.delivery(&line.id).await.expect("a delivery").expect("it is there");
        if let Content::Email(email) = view.message.content {
            found.insert(line.to, email);
        }
    }
    found
}
