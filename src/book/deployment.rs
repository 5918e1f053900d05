//! `playcaller.toml`, read: what differs from one environment to the next. Secrets stand elsewhere; here is only where.

use std::collections::BTreeMap;

use super::diagnostic::{Diagnostic, Diagnostics};
use super::keys::DEPLOYMENT;
use super::read::{Item, Table};
use super::source::SourceFile;

/// The file as it was written; every key may be absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deployment {
    /// Folder of the book, relative to the file.
    pub book: Option<String>,
    pub database: Option<Text>,
    pub smtp: Option<Smtp>,
    /// URLs by channel name.
    pub slack: BTreeMap<String, Reference>,
    pub teams: BTreeMap<String, Reference>,
    /// By endpoint name of channels.toml.
    pub webhooks: BTreeMap<String, Webhook>,
    /// Folder of what is written instead of sent, relative to the file.
    pub outbox: Option<String>,
    pub safety: Safety,
    /// Address of the HTTP API and pages.
    pub listen: Option<String>,
}

/// A text that may be secret: written out, or where it stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Text {
    Plain(String),
    Secret(Reference),
}

/// Where a secret stands. `key` is its place in the file, for messages.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    pub key: String,
    pub place: Keeper,
}

/// Who keeps a secret.
#[derive(Clone, Debug, PartialEq)]
pub enum Keeper {
    /// A variable of the environment.
    Env(String),
    /// A file, relative to the deployment file; a newline at its end does not belong to the secret.
    File(String),
}

/// `[smtp]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Smtp {
    pub url: String,
    pub username: Option<String>,
    pub password: Option<Reference>,
}

/// `[webhook.<endpoint>]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Webhook {
    pub url: Option<Text>,
    pub secret: Option<Reference>,
}

/// `[safety]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Safety {
    pub allowed_recipient_domains: Vec<String>,
    pub redirect_all_to: Option<String>,
    /// Addresses or networks.
    pub allow_private: Vec<String>,
}

impl Deployment {
    /// Reads the file; `name` is what messages call it.
    ///
    /// # Errors
    /// Every mistake of the file.
    pub fn parse(name: &str, text: String) -> Result<Deployment, Vec<Diagnostic>> {
        let (file, diagnostics) = (SourceFile::new(name, text), Diagnostics::default());
        let deployment = read(Table::of_file(&file, &DEPLOYMENT, &diagnostics));
        if diagnostics.has_errors() { Err(diagnostics.sorted()) } else { Ok(deployment) }
    }
}

fn read(mut file: Table) -> Deployment {
    let deployment = Deployment {
        book: file.get("book").text(),
        database: file.table("database").and_then(database),
        smtp: file.table("smtp").and_then(smtp),
        slack: file.table("slack").map(|table| references(table, "slack")).unwrap_or_default(),
        teams: file.table("teams").map(|table| references(table, "teams")).unwrap_or_default(),
        webhooks: webhooks(&mut file),
        outbox: file.table("outbox").and_then(|table| only_text(table, "dir")),
        safety: file.table("safety").map(safety).unwrap_or_default(),
        listen: file.table("http").and_then(|table| only_text(table, "listen")),
    };
    file.finish();
    deployment
}

fn database(mut table: Table) -> Option<Text> {
    let url = text(table.need("url"), "database.url");
    table.finish();
    url
}

fn smtp(mut table: Table) -> Option<Smtp> {
    let url = table.need("url").text();
    let username = table.get("username").text();
    let password = reference(table.get("password"), "smtp.password");
    table.finish();
    Some(Smtp { url: url?, username, password })
}

fn references(mut table: Table, section: &str) -> BTreeMap<String, Reference> {
    let entries = table.rest().into_iter();
    entries
        .filter_map(|(name, _, item)| Some((name.to_string(), reference(item, &format!("{section}.{name}"))?)))
        .collect()
}

fn webhooks(file: &mut Table) -> BTreeMap<String, Webhook> {
    let read = |name: &str, mut table: Table| {
        let url = text(table.get("url"), &format!("webhook.{name}.url"));
        let secret = reference(table.get("secret"), &format!("webhook.{name}.secret"));
        table.finish();
        Webhook { url, secret }
    };
    let named = file.named("webhook").into_iter();
    named.map(|(name, _, table)| (name.to_string(), read(&name, table))).collect()
}

fn safety(mut table: Table) -> Safety {
    let texts = |item: Item| item.list().into_iter().filter_map(Item::text).collect();
    let safety = Safety {
        allowed_recipient_domains: texts(table.get("allowed_recipient_domains")),
        redirect_all_to: table.get("redirect_all_to").text(),
        allow_private: texts(table.get("allow_private")),
    };
    table.finish();
    safety
}

fn only_text(mut table: Table, key: &str) -> Option<String> {
    let text = table.get(key).text();
    table.finish();
    text
}

/// A text, or the reference to one.
fn text(item: Item, key: &str) -> Option<Text> {
    if item.is_table() { reference(item, key).map(Text::Secret) } else { item.text().map(Text::Plain) }
}

/// A reference. A secret that is written out is refused: this file is copied about and kept in git.
fn reference(item: Item, key: &str) -> Option<Reference> {
    if item.is_text() {
        let diagnostic =
            item.place().error("secret-in-file", format!("{} is a secret and may not stand here", item.label()));
        item.report(diagnostic.help("write { env = \"NAME\" } or { file = \"PATH\" } and keep the secret there"));
        return None;
    }
    let (place, diagnostics) = (item.place(), item.diagnostics());
    let mut table = item.table()?;
    let (env, file) = (table.get("env").text(), table.get("file").text());
    table.finish();
    let place = match (env, file) {
        (Some(name), None) => Keeper::Env(name),
        (None, Some(path)) => Keeper::File(path),
        _ => {
            let wrong = place.error("wrong-type", format!("`{key}` must say where the secret stands"));
            diagnostics.push(wrong.help("write either { env = \"NAME\" } or { file = \"PATH\" }"));
            return None;
        }
    };
    Some(Reference { key: key.to_owned(), place })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(text: &str) -> String {
        let found = Deployment::parse("playcaller.toml", text.into()).expect_err("a mistake");
        let lines = found.iter().map(|own| format!("{}:{} {} {:?}", own.line, own.column, own.message, own.help));
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn every_key_may_be_absent_and_every_key_is_read() {
        assert_eq!(Deployment::parse("playcaller.toml", String::new()), Ok(Deployment::default()));
        let text = r##"
            book = "playbooks"
            database.url = "postgres://cs@db.us.example/playcaller"
            http.listen = "127.0.0.1:8484"
            [smtp]
            url = "smtp://127.0.0.1:25"
            username = "cs"
            password = { file = "/run/secrets/smtp" }
            [slack]
            "#renewals" = { env = "SLACK_RENEWALS" }
            [webhook.crm-notes]
            secret = { env = "CRM_NOTES_SECRET" }
            [outbox]
            dir = "outbox"
            [safety]
            allow_private = ["127.0.0.1"]
        "##;
        let read = Deployment::parse("playcaller.toml", text.into()).unwrap();
        let password = Reference { key: "smtp.password".into(), place: Keeper::File("/run/secrets/smtp".into()) };
        assert_eq!(read.smtp.unwrap().password, Some(password));
        assert_eq!(read.slack["#renewals"].key, "slack.#renewals");
        assert!(read.webhooks["crm-notes"].secret.is_some() && read.webhooks["crm-notes"].url.is_none());
    }

    #[test]
    fn an_unknown_key_is_named_with_the_right_one() {
        let found = mistakes("[smtp]\nurl = \"smtp://127.0.0.1\"\npasword = { env = \"X\" }\n");
        assert!(found.starts_with("3:1") && found.contains("did you mean `password`?"), "{found}");
    }

    #[test]
    fn a_secret_in_the_file_is_refused_and_never_repeated() {
        let found = mistakes("[smtp]\nurl = \"smtp://127.0.0.1\"\npassword = \"hunter2\"\n");
        assert!(found.contains("{ env =") && !found.contains("hunter2"), "{found}");
        assert!(mistakes("[slack]\n\"#a\" = { env = \"A\", file = \"b\" }").contains("either"));
    }
}
