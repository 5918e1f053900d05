//! channels.toml: names of senders, chat channels and webhooks.

use std::collections::BTreeSet;
use std::sync::Arc;

use url::Url;

use super::people::email;
use crate::book::channels::{ChannelNames, Sender};
use crate::book::read::{Item, Table};

/// The channels of the file; nothing in it may be a secret.
pub fn compile(mut table: Table) -> ChannelNames {
    let mut channels = ChannelNames::default();
    for (name, _, mut entry) in table.named("email") {
        let from = email(entry.need("from"));
        let (display, reply_to) = (entry.get("name").text(), email(entry.get("reply_to")));
        channels.email.extend(from.map(|from| (name, Sender { from, name: display, reply_to })));
        entry.finish();
    }
    channels.slack = chat(&mut table, "slack");
    channels.teams = chat(&mut table, "teams");
    for (name, _, mut entry) in table.named("webhook") {
        channels.webhook.extend(web_address(entry.need("url")).map(|url| (name, url)));
        entry.finish();
    }
    table.finish();
    channels
}

/// The names of `[slack."#name"]`.
fn chat(table: &mut Table, kind: &str) -> BTreeSet<Arc<str>> {
    let mut names = BTreeSet::new();
    for (name, place, mut entry) in table.named(kind) {
        entry.get("doc").text();
        for secret in ["url", "webhook", "token"] {
            if let Some(place) = entry.refuse(secret) {
                let message = format!("`{secret}` of a chat channel is a secret and has no place in the book");
                let help = format!("put it into playcaller.toml, below [{kind}]");
                table.report(place.error("secret-in-book", message).help(help));
            }
        }
        entry.finish();
        if name.starts_with('#') {
            names.insert(name);
        } else {
            let diagnostic = place.error("bad-id", format!("the channel `{name}` lacks its `#`"));
            table.report(diagnostic.suggest(format!("\"#{name}\"")));
        }
    }
    names
}

/// An `http` or `https` address without a password in it.
pub(super) fn web_address(item: Item) -> Option<String> {
    let (place, diagnostics) = (item.place(), item.diagnostics());
    let text = item.text()?;
    let url = Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let Some(url) = url else {
        let diagnostic = place.error("bad-url", format!("`{text}` is not a web address"));
        diagnostics.push(diagnostic.help("write it as \"https://…\""));
        return None;
    };
    if url.password().is_some() {
        let diagnostic = place.error("secret-in-book", "the address holds a password");
        diagnostics.push(diagnostic.help("keep it in playcaller.toml, as the `secret` of the webhook"));
        return None;
    }
    Some(text)
}
