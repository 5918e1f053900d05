//! The routes of a deployment: which message goes over which wire, and which becomes a file.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use secrecy::SecretString;

use super::address::Guard;
use super::chat::{self, Dialect};
use super::email::Mailer;
use super::files::Outbox;
use super::http::Http;
use super::{Endpoint, Routes, webhook};
use crate::engine::delivery::{Content, Message, Outcome, Problem};
use crate::time::Timestamp;

pub(super) struct Network {
    outbox: Outbox,
    mailer: Option<Mailer>,
    http: Http,
    slack: BTreeMap<String, SecretString>,
    teams: BTreeMap<String, SecretString>,
    webhooks: Option<BTreeMap<String, Endpoint>>,
}

impl Network {
    pub(super) fn new(routes: Routes) -> Result<Network> {
        // lettre and reqwest share one TLS stack. An error means that it is already installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let guard = Guard::new(routes.safety.allow_private.clone());
        let mailer = routes.smtp.map(|relay| Mailer::new(relay, routes.limits.clone())).transpose();
        Ok(Network {
            outbox: Outbox::durable(routes.outbox),
            mailer: mailer.context("[smtp] of the deployment file")?,
            http: Http::new(guard, &routes.limits)?,
            slack: routes.slack,
            teams: routes.teams,
            webhooks: routes.webhooks,
        })
    }

    pub(super) async fn deliver(
        &self,
        message: &Message,
        now: Timestamp,
        mark: impl AsyncFnOnce() -> Result<bool>,
    ) -> Result<String, Outcome> {
        match &message.content {
            Content::Email(email) => match &self.mailer {
                Some(mailer) => mailer.deliver(&message.delivery, email, now, mark).await,
                None => self.outbox.deliver(message, mark).await,
            },
            Content::Slack { channel, payload } if !self.slack.is_empty() => {
                let url = route(&self.slack, channel, "slack")?;
                chat::deliver(&self.http, Dialect::Slack, url, payload, now, mark).await
            }
            Content::Teams { channel, payload } if !self.teams.is_empty() => {
                let url = route(&self.teams, channel, "teams")?;
                chat::deliver(&self.http, Dialect::Teams, url, payload, now, mark).await
            }
            Content::Webhook { endpoint, url, body } if self.webhooks.is_some() => {
                let own = self.webhooks.as_ref().and_then(|endpoints| endpoints.get(endpoint));
                let call = webhook::Call { id: &message.delivery, url, body, endpoint: own };
                call.deliver(&self.http, now, mark).await
            }
            Content::Slack { .. } | Content::Teams { .. } | Content::Webhook { .. } => {
                self.outbox.deliver(message, mark).await
            }
        }
    }
}

fn route<'a>(
    routes: &'a BTreeMap<String, SecretString>,
    channel: &str,
    section: &str,
) -> Result<&'a SecretString, Outcome> {
    routes.get(channel).ok_or_else(|| {
        let text = format!("no URL for {channel}: add it to [{section}] of the deployment file");
        Outcome::NotSent(Problem::Misconfigured { text })
    })
}
