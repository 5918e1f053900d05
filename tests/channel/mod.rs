//! The channels against servers that misbehave, and against the outbox folder.

mod email;
mod files;
mod http;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use playcaller::channel::{Channels, Limits, Routes};
use playcaller::engine::delivery::{Address, Content, Email, Message, Outcome};
use playcaller::time::Timestamp;

/// Limits for a server that stays silent; with any other server the defaults are never reached.
fn impatient() -> Limits {
    let short = Duration::from_millis(500);
    Limits {
        smtp_connect: short,
        smtp_command: short,
        smtp_data: short,
        smtp_message: short,
        http_connect: short,
        http_total: short,
    }
}

fn routes(outbox: &Path) -> Routes {
    Routes { outbox: outbox.to_owned(), ..Routes::default() }
}

fn now() -> Timestamp {
    "2026-03-18T10:00:00Z".parse().unwrap()
}

fn email_to(delivery: &str, recipient: &str) -> Message {
    let address = |name: &str, email: &str| Address { name: Some(name.to_owned()), email: email.to_owned() };
    let email = Email {
        from: address("Dana Reyes", "dana@us.example"),
        to: address("Pat Lee", recipient),
        cc: vec![],
        copy_to: None,
        subject: "Your renewal".to_owned(),
        html: "<p>Hello</p>".to_owned(),
        text: "Hello\n.\n..\n".to_owned(),
        class: "renewal".to_owned(),
        unsubscribe: None,
        date: now(),
    };
    Message { delivery: delivery.to_owned(), content: Content::Email(email) }
}

/// One attempt with a mark that says yes. Answers with the outcome and whether the mark was asked for.
async fn attempt(channels: &Channels, message: &Message) -> (Outcome, bool) {
    let asked = AtomicBool::new(false);
    let mark = async || {
        asked.store(true, Ordering::Relaxed);
        Ok(true)
    };
    let outcome = channels.deliver(message, now(), mark).await;
    (outcome, asked.load(Ordering::Relaxed))
}

/// One attempt with a mark that says no.
async fn attempt_without_mark(channels: &Channels, message: &Message) -> Outcome {
    channels.deliver(message, now(), async || Ok(false)).await
}
