//! The outside world: mail, chat and webhooks, or files in their place. Only this room knows lettre and reqwest.

mod address;
mod chat;
mod email;
mod files;
mod http;
mod mailbox;
mod mime;
mod network;
mod relay;
mod reply;
mod safety;
mod webhook;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use secrecy::SecretString;

use crate::engine::delivery::{Message, Outcome, Problem, Refusal, SmtpStage};
use crate::time::Timestamp;
use files::Outbox;
use network::Network;

pub use address::AddressRange;
pub use safety::Safety;

/// Where each channel leads. Built from the deployment file; what has no route goes to the outbox folder.
#[derive(Debug, Default)]
pub struct Routes {
    /// `.eml` and `.json` files of whatever has no other way out.
    pub outbox: PathBuf,
    /// The mail relay; without one mail becomes files.
    pub smtp: Option<Relay>,
    /// Incoming-webhook URLs by channel name, such as `#renewals`. Without any, Slack messages become files.
    pub slack: BTreeMap<String, SecretString>,
    /// The same for Teams.
    pub teams: BTreeMap<String, SecretString>,
    /// Webhooks by endpoint name; `None` writes them to files.
    pub webhooks: Option<BTreeMap<String, Endpoint>>,
    pub safety: Safety,
    pub limits: Limits,
}

/// A mail relay.
#[derive(Debug)]
pub struct Relay {
    /// `smtp://`, `smtps://` or `smtp+starttls://` with host and, if it is not 25, 465 or 587, the port.
    pub url: String,
    pub username: Option<String>,
    pub password: Option<SecretString>,
}

/// What the deployment adds to a webhook of the book.
#[derive(Debug, Default)]
pub struct Endpoint {
    /// Replaces the URL of the book.
    pub url: Option<SecretString>,
    /// Signs the body: `whsec_` and base64, or any other text as it is.
    pub secret: Option<SecretString>,
}

/// How long each step of a conversation may take. The SMTP figures follow RFC 5321 4.5.3.2.
#[derive(Clone, Debug)]
pub struct Limits {
    pub smtp_connect: Duration,
    /// Banner and EHLO, STARTTLS, AUTH, MAIL and RCPT, each.
    pub smtp_command: Duration,
    pub smtp_data: Duration,
    /// The body and the answer after its final dot. Too short a limit here is what delivers a mail twice.
    pub smtp_message: Duration,
    pub http_connect: Duration,
    /// The whole request with its answer.
    pub http_total: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            smtp_connect: Duration::from_secs(10),
            smtp_command: Duration::from_secs(60),
            smtp_data: Duration::from_secs(120),
            smtp_message: Duration::from_secs(180 + 600),
            http_connect: Duration::from_secs(5),
            http_total: Duration::from_secs(15),
        }
    }
}

/// The ways out of the house.
pub struct Channels {
    exit: Exit,
    safety: Safety,
}

/// What every message is answered, for tests and what-if runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The address does not exist.
    Bounce,
    /// Refused for good, for another reason.
    Refuse,
}

enum Exit {
    Nowhere,
    Answering(Answer),
    Files(Outbox),
    Network(Box<Network>),
}

impl Channels {
    /// The channels of a deployment. Fails on a URL or a safety rule that cannot work, naming it.
    pub fn new(routes: Routes) -> Result<Channels> {
        let safety = routes.safety.clone();
        Ok(Channels { exit: Exit::Network(Box::new(Network::new(routes)?)), safety })
    }

    /// Everything becomes a file in that folder: the virtual run, which can be played again and so is not fsynced.
    pub fn files(outbox: PathBuf) -> Channels {
        Channels { exit: Exit::Files(Outbox::disposable(outbox)), safety: Safety::default() }
    }

    /// Accepts everything and keeps nothing, for `test` and `simulate`.
    pub fn nowhere() -> Channels {
        Channels { exit: Exit::Nowhere, safety: Safety::default() }
    }

    /// Answers everything the same way and sends nothing.
    pub fn answering(answer: Answer) -> Channels {
        Channels { exit: Exit::Answering(answer), safety: Safety::default() }
    }

    /// Makes one attempt to send a message.
    ///
    /// `mark` writes the durable mark and is awaited at the last moment at which nothing has been handed over;
    /// when it says no, nothing is sent. An outcome other than [`Outcome::Doubt`] is certain.
    pub async fn deliver(
        &self,
        message: &Message,
        now: Timestamp,
        mark: impl AsyncFnOnce() -> Result<bool>,
    ) -> Outcome {
        self.send(message, now, mark).await.unwrap_or_else(|outcome| outcome)
    }

    async fn send(
        &self,
        message: &Message,
        now: Timestamp,
        mark: impl AsyncFnOnce() -> Result<bool>,
    ) -> Result<Outcome, Outcome> {
        let message = self.safety.applied(message)?;
        let reply = match &self.exit {
            Exit::Nowhere => marked(mark).await.map(|()| "not sent anywhere".to_owned()),
            Exit::Answering(answer) => marked(mark).await.and_then(|()| Err(answer.outcome())),
            Exit::Files(outbox) => outbox.deliver(&message, mark).await,
            Exit::Network(network) => network.deliver(&message, now, mark).await,
        };
        Ok(Outcome::Accepted { reply: reply? })
    }
}

impl Answer {
    fn outcome(self) -> Outcome {
        let (enhanced, text) = match self {
            Answer::Bounce => ("5.1.1", "no such user"),
            Answer::Refuse => ("5.7.1", "refused by policy"),
        };
        Outcome::Refused(Refusal::Smtp {
            stage: SmtpStage::Recipient,
            code: 550,
            enhanced: Some(enhanced.to_owned()),
            text: text.to_owned(),
        })
    }
}

/// Asks for the mark. The error is the outcome of an attempt that did not get it.
async fn marked(mark: impl AsyncFnOnce() -> Result<bool>) -> Result<(), Outcome> {
    match mark().await {
        Ok(true) => Ok(()),
        Ok(false) => Err(Outcome::Closed),
        Err(error) => Err(Outcome::NotSent(Problem::MarkFailed { text: format!("{error:#}") })),
    }
}

/// A reply as it may be stored: one line, without control characters, at most 300 characters.
fn one_line(text: &str) -> String {
    let line: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect();
    line.join(" ").chars().take(300).collect()
}
