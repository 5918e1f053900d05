//! The mail as bytes: the same delivery gives the same bytes at every attempt.

use std::time::SystemTime;

use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{MultiPart, SinglePart};
use url::Url;

use super::mailbox::{breaks_a_line, mailbox};
use crate::engine::delivery::{Email, Outcome, Refusal};

const LONGEST_SUBJECT: usize = 200;
/// A header line is at most 998 bytes long (RFC 5322 2.1.1), and a URL cannot be folded.
const LONGEST_UNSUBSCRIBE: usize = 900;

/// One mail, ready for one recipient.
pub(super) struct Mail {
    pub(super) from: lettre::Address,
    pub(super) to: lettre::Address,
    pub(super) bytes: Vec<u8>,
}

/// Builds the mail of a delivery. A message that cannot be sent as it is, is refused with what is wrong.
pub(super) fn build(delivery: &str, email: &Email) -> Result<Mail, Outcome> {
    assemble(delivery, email).map_err(|text| Outcome::Refused(Refusal::Unsendable { text }))
}

fn assemble(delivery: &str, email: &Email) -> Result<Mail, String> {
    check_id(delivery)?;
    let (from, to) = (mailbox(&email.from)?, mailbox(&email.to)?);
    let recipient = mailbox(email.recipient())?;
    let message_id = format!("<{delivery}@{}>", from.email.domain());
    let mut builder = Message::builder()
        .message_id(Some(message_id))
        .date(SystemTime::from(email.date))
        .from(from.clone())
        .to(to)
        .subject(subject(&email.subject));
    for shown in &email.cc {
        builder = builder.cc(mailbox(shown)?);
    }
    builder = builder
        .raw_header(header("Auto-Submitted", "auto-generated".to_owned()))
        .raw_header(header("X-Playcaller-Delivery", delivery.to_owned()));
    if let Some(page) = &email.unsubscribe {
        builder = builder
            .raw_header(header("List-Unsubscribe", format!("<{}>", unsubscribe(page)?)))
            .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
    }
    let body = MultiPart::alternative()
        .boundary(format!("playcaller-{delivery}"))
        .singlepart(SinglePart::plain(clean(&email.text)))
        .singlepart(SinglePart::html(clean(&email.html)));
    let message = builder.multipart(body).map_err(|error| error.to_string())?;
    Ok(Mail { from: from.email, to: recipient.email, bytes: message.formatted() })
}

/// The id names files and headers, so it may hold nothing that means something there.
pub(super) fn check_id(delivery: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if delivery.is_empty() || delivery.len() > 64 || !delivery.chars().all(plain) {
        return Err(format!("`{}` is not the id of a delivery", delivery.escape_debug()));
    }
    Ok(())
}

fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

/// One line of at most 200 characters.
fn subject(text: &str) -> String {
    let line: String = text.chars().map(|c| if breaks_a_line(c) { ' ' } else { c }).collect();
    line.trim().chars().take(LONGEST_SUBJECT).collect()
}

fn unsubscribe(page: &str) -> Result<String, String> {
    let url = Url::parse(page).map_err(|error| format!("the unsubscribe page is not a URL: {error}"))?;
    let text = url.as_str();
    if !matches!(url.scheme(), "https" | "http") || text.len() > LONGEST_UNSUBSCRIBE || text.contains(['<', '>']) {
        return Err("the unsubscribe page must be an http URL of at most 900 characters".to_owned());
    }
    Ok(text.to_owned())
}

/// A lone carriage return would reach the relay as it is, and relays do not agree on what it means.
fn clean(body: &str) -> String {
    let unix = body.replace("\r\n", "\n").replace('\r', "\n");
    unix.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::delivery::Address;

    fn email() -> Email {
        let address = |name: &str, email: &str| Address { name: Some(name.to_owned()), email: email.to_owned() };
        Email {
            from: address("Dana Reyes", "dana@us.example"),
            to: address("Pat Lee", "pat@acme.example"),
            cc: vec![],
            copy_to: None,
            subject: "Your renewal".to_owned(),
            html: "<p>Hello</p>".to_owned(),
            text: "Hello".to_owned(),
            class: "renewal".to_owned(),
            unsubscribe: None,
            date: "2026-03-18T10:00:00Z".parse().unwrap(),
        }
    }

    fn text_of(email: &Email) -> String {
        match build("d0123", email) {
            Ok(mail) => String::from_utf8(mail.bytes).unwrap(),
            Err(outcome) => panic!("{outcome:?}"),
        }
    }

    #[test]
    fn every_attempt_gives_the_same_bytes_with_the_id_and_the_date_of_the_delivery() {
        let text = text_of(&email());
        assert_eq!(text, text_of(&email()));
        for line in [
            "Message-ID: <d0123@us.example>",
            "Date: Wed, 18 Mar 2026 10:00:00 +0000",
            "From: \"Dana Reyes\" <dana@us.example>",
            "Auto-Submitted: auto-generated",
            "X-Playcaller-Delivery: d0123",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
        }
        assert!(!text.contains("List-Unsubscribe"));
    }

    #[test]
    fn a_copy_goes_to_whoever_gets_it_and_shows_whom_it_was_written_to() {
        let address = |email: &str| Address { name: None, email: email.to_owned() };
        let copy = Email { cc: vec![address("ann@acme.example")], copy_to: Some(address("us@us.example")), ..email() };
        let mail = match build("d0123", &copy) {
            Ok(mail) => mail,
            Err(outcome) => panic!("{outcome:?}"),
        };
        assert_eq!(mail.to.to_string(), "us@us.example");
        let text = String::from_utf8(mail.bytes).unwrap();
        assert!(text.contains("To: \"Pat Lee\" <pat@acme.example>\r\n"), "{text}");
        assert!(text.contains("Cc: ann@acme.example\r\n") && !text.contains("<us@us.example>"), "{text}");
    }

    #[test]
    fn a_page_to_unsubscribe_is_offered_with_one_click() {
        let text = text_of(&Email { unsubscribe: Some("https://us.example/u/a,b".to_owned()), ..email() });
        assert!(text.contains("List-Unsubscribe: <https://us.example/u/a,b>\r\n"), "{text}");
        assert!(text.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
        let bad = Email { unsubscribe: Some("javascript:alert(1)".to_owned()), ..email() };
        assert!(build("d0123", &bad).is_err());
    }

    #[test]
    fn a_subject_cannot_add_a_header() {
        let text = text_of(&Email { subject: "Hi\r\nBcc: evil@x.example".to_owned(), ..email() });
        assert!(text.lines().any(|line| line == "Subject: Hi  Bcc: evil@x.example"), "{text}");
        let long = text_of(&Email { subject: "x".repeat(5000), ..email() });
        assert!(long.lines().all(|line| line.len() <= 998));
    }

    #[test]
    fn bodies_hold_no_lone_carriage_return_and_no_control_character() {
        let text = text_of(&Email { text: "a\r.\rMAIL FROM:\0<x>".to_owned(), ..email() });
        assert!(!text.replace("\r\n", "").contains('\r') && !text.contains('\0'), "{text:?}");
    }

    #[test]
    fn an_id_that_is_a_path_or_a_header_is_refused() {
        for id in ["", "../x", "a\r\nb", "a@b", "a/b"] {
            assert!(build(id, &email()).is_err(), "{id:?}");
        }
    }
}
