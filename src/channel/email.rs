//! One mail over SMTP, step by step: every step has its own time limit, and the mark stands between the
//! relay's 354 and the first byte of the message.
//!
//! lettre's own `send` cannot be used: it limits only the connecting, and after a lost connection it does not
//! say whether the message had been handed over.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use tokio::sync::Semaphore;

use super::relay::Server;
use super::reply::{step, unanswered};
use super::{Limits, Relay, marked, mime, one_line};
use crate::engine::delivery::{Email, Outcome, Refusal, SmtpStage};
use crate::time::Timestamp;

/// More connections mean more doubt when we are killed: each can hold one mail without its answer.
const CONNECTIONS: usize = 4;
/// A connection that rested longer, in seconds, is not used again.
const LONGEST_REST: f64 = 30.0;

/// Sends mail through one relay.
pub(super) struct Mailer {
    server: Server,
    limits: Limits,
    permits: Semaphore,
    resting: Mutex<Vec<Resting>>,
}

/// A connection whose last mail ended well, and since when it has been idle.
struct Resting {
    connection: AsyncSmtpConnection,
    since: Timestamp,
}

impl Mailer {
    pub(super) fn new(relay: Relay, limits: Limits) -> Result<Mailer> {
        let permits = Semaphore::new(CONNECTIONS);
        Ok(Mailer { server: Server::new(&relay)?, limits, permits, resting: Mutex::default() })
    }

    /// Hands one mail to the relay and answers with what the relay said.
    pub(super) async fn deliver(
        &self,
        delivery: &str,
        email: &Email,
        now: Timestamp,
        mark: impl AsyncFnOnce() -> Result<bool>,
    ) -> Result<String, Outcome> {
        let mail = mime::build(delivery, email)?;
        let _permit = self.permits.acquire().await.expect("the semaphore is never closed");
        let mut connection = self.begin(&mail, now).await?;
        if let Err(outcome) = self.offer(&mut connection, &mail).await {
            return Err(self.after_refusal(connection, outcome, now).await);
        }
        // Without the mark the connection is dropped: after 354 every command would be text of the mail.
        marked(mark).await?;
        let answer = self.hand_over(&mut connection, &mail).await;
        match &answer {
            Ok(_) => self.rest(connection, now),
            Err(Outcome::Refused(refusal)) if keeps_the_connection(refusal) => self.rest(connection, now),
            Err(_) => drop(connection),
        }
        answer
    }

    /// Sends the message and its final dot; only 250 and 251 take it over.
    async fn hand_over(&self, connection: &mut AsyncSmtpConnection, mail: &mime::Mail) -> Result<String, Outcome> {
        let reply = step(SmtpStage::Message, self.limits.smtp_message, connection.message(&mail.bytes)).await?;
        let text = one_line(&format!("{} {}", reply.code(), reply.message().collect::<Vec<_>>().join(" ")));
        match u16::from(reply.code()) {
            250 | 251 => Ok(text),
            _ => Err(unanswered(SmtpStage::Message, format!("unexpected answer {text}"))),
        }
    }

    /// A connection on which the relay has accepted the sender: a rested one if it still answers, else a new one.
    async fn begin(&self, mail: &mime::Mail, now: Timestamp) -> Result<AsyncSmtpConnection, Outcome> {
        while let Some(mut connection) = self.rested(now) {
            if self.sender(&mut connection, mail).await.is_ok() {
                return Ok(connection);
            }
        }
        let mut connection = self.server.connect(&self.limits).await?;
        self.sender(&mut connection, mail).await?;
        Ok(connection)
    }

    async fn sender(&self, connection: &mut AsyncSmtpConnection, mail: &mime::Mail) -> Result<(), Outcome> {
        let command = Mail::new(Some(mail.from.clone()), vec![]);
        expect(connection, SmtpStage::Sender, self.limits.smtp_command, command, &[250]).await
    }

    /// Names the recipient and asks to send the message.
    async fn offer(&self, connection: &mut AsyncSmtpConnection, mail: &mime::Mail) -> Result<(), Outcome> {
        let recipient = Rcpt::new(mail.to.clone(), vec![]);
        expect(connection, SmtpStage::Recipient, self.limits.smtp_command, recipient, &[250, 251]).await?;
        expect(connection, SmtpStage::Data, self.limits.smtp_data, Data, &[354]).await
    }

    /// A recipient that was refused says nothing against the connection: the next mail may use it.
    async fn after_refusal(&self, mut connection: AsyncSmtpConnection, outcome: Outcome, now: Timestamp) -> Outcome {
        if matches!(&outcome, Outcome::Refused(refusal) if keeps_the_connection(refusal)) {
            let reset = expect(&mut connection, SmtpStage::Sender, self.limits.smtp_command, Rset, &[250]).await;
            if reset.is_ok() {
                self.rest(connection, now);
            }
        }
        outcome
    }

    fn rest(&self, connection: AsyncSmtpConnection, now: Timestamp) {
        self.pool().push(Resting { connection, since: now });
    }

    fn rested(&self, now: Timestamp) -> Option<AsyncSmtpConnection> {
        let mut pool = self.pool();
        pool.retain(|resting| now.duration_since(resting.since).as_secs_f64().abs() <= LONGEST_REST);
        pool.pop().map(|resting| resting.connection)
    }

    fn pool(&self) -> std::sync::MutexGuard<'_, Vec<Resting>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends one command. An answer that is not the expected one belongs to something else, so nothing after it
/// on this connection could be trusted.
async fn expect(
    connection: &mut AsyncSmtpConnection,
    stage: SmtpStage,
    limit: Duration,
    command: impl std::fmt::Display,
    expected: &[u16],
) -> Result<(), Outcome> {
    let reply = step(stage, limit, connection.command(command)).await?;
    let code = u16::from(reply.code());
    if expected.contains(&code) { Ok(()) } else { Err(unanswered(stage, format!("unexpected answer {code}"))) }
}

/// 421 announces that the relay hangs up.
fn keeps_the_connection(refusal: &Refusal) -> bool {
    !matches!(refusal, Refusal::Smtp { code: 421, .. })
}
