//! A delivery: the message that is handed to a channel, what came back, and what follows from it.

mod settlement;
mod smtp;
mod state;

pub use settlement::{Afterwards, Attempt, Settlement, settle};
pub use state::DeliveryState;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::time::Timestamp;

/// What is handed to a channel: rendered once, kept as JSON in the delivery's row, never changed by an attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// The delivery's id, also the left side of the Message-ID and the `webhook-id`.
    pub delivery: String,
    pub content: Content,
}

impl Message {
    pub fn channel(&self) -> ChannelKind {
        match &self.content {
            Content::Email(_) => ChannelKind::Email,
            Content::Slack { .. } => ChannelKind::Slack,
            Content::Teams { .. } => ChannelKind::Teams,
            Content::Webhook { .. } => ChannelKind::Webhook,
        }
    }

    /// Whom or what it goes to, as a list shows it: an address, a chat channel, a webhook's name.
    pub fn to(&self) -> &str {
        match &self.content {
            Content::Email(email) => &email.recipient().email,
            Content::Slack { channel, .. } | Content::Teams { channel, .. } => channel,
            Content::Webhook { endpoint, .. } => endpoint,
        }
    }

    /// What fails or recovers as one: the mail relay, or one chat channel or webhook.
    pub fn destination(&self) -> String {
        match &self.content {
            Content::Email(_) => "email".to_owned(),
            _ => format!("{}:{}", self.channel().as_str(), self.to()),
        }
    }
}

/// The rendered content, by channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    Email(Email),
    /// `channel` is a name of channels.toml such as `#renewals`, or a person's id.
    Slack {
        channel: String,
        payload: Value,
    },
    Teams {
        channel: String,
        payload: Value,
    },
    /// `url` comes from channels.toml; the deployment may replace it and adds the secret.
    Webhook {
        endpoint: String,
        url: String,
        body: Value,
    },
}

/// One mail to one addressee.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Email {
    pub from: Address,
    /// Whom the mail is written to, as its header says.
    pub to: Address,
    /// Only shown in the header: each of them gets a message of their own.
    #[serde(default)]
    pub cc: Vec<Address>,
    /// Who gets this copy (cc, bcc), when that is not whom it is written to.
    #[serde(default)]
    pub copy_to: Option<Address>,
    pub subject: String,
    /// The whole HTML document, preheader included.
    pub html: String,
    pub text: String,
    /// The message class, such as `renewal` or `transactional`.
    pub class: String,
    /// The https address of the one-click unsubscribe page (RFC 8058).
    pub unsubscribe: Option<String>,
    /// When it was rendered; every attempt carries this date.
    pub date: Timestamp,
}

impl Email {
    /// Who gets it: the one it is handed over for, whatever its header shows.
    pub fn recipient(&self) -> &Address {
        self.copy_to.as_ref().unwrap_or(&self.to)
    }
}

/// A mail address and the name shown beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    pub name: Option<String>,
    pub email: String,
}

/// The ways out of the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ChannelKind {
    Email,
    Slack,
    Teams,
    Webhook,
}

impl ChannelKind {
    pub const ALL: [ChannelKind; 4] =
        [ChannelKind::Email, ChannelKind::Slack, ChannelKind::Teams, ChannelKind::Webhook];

    pub fn as_str(self) -> &'static str {
        match self {
            ChannelKind::Email => "email",
            ChannelKind::Slack => "slack",
            ChannelKind::Teams => "teams",
            ChannelKind::Webhook => "webhook",
        }
    }

    /// The kind of that name; `None` for any other text.
    pub fn parse(text: &str) -> Option<ChannelKind> {
        ChannelKind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// How one attempt ended. The channel reports facts; [`settle`] decides what follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The other side took it over.
    Accepted { reply: String },
    /// A definite no: it was not taken, and we know it.
    Refused(Refusal),
    /// It was never handed over.
    NotSent(Problem),
    /// It was handed over and nothing, or nothing understandable, came back.
    Doubt { text: String },
    /// The mark said no: nothing was sent, and whoever refused the mark has already written why.
    Closed,
}

/// A definite no, with what its settlement depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// `enhanced` is the status code of RFC 3463, such as `5.1.1`, when the reply had one.
    Smtp { stage: SmtpStage, code: u16, enhanced: Option<String>, text: String },
    /// `retry_after` is in seconds from the answer.
    Http { status: u16, retry_after: Option<u64>, text: String },
    /// `[safety] allowed_recipient_domains` does not name the recipient's domain.
    DomainNotAllowed { domain: String },
    /// The message itself cannot be sent as it is, for example an address with a control character.
    Unsendable { text: String },
}

/// Where in the SMTP conversation a reply came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpStage {
    /// The banner and the answer to EHLO.
    Greeting,
    StartTls,
    Auth,
    Sender,
    Recipient,
    Data,
    /// After the final dot.
    Message,
}

/// Why nothing was handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Refused connection, no such name, time-out, closed in the middle.
    Unreachable { text: String },
    /// The deployment is wrong: nothing will go this way until somebody mends it.
    Misconfigured { text: String },
    /// The mark could not be written.
    MarkFailed { text: String },
}
