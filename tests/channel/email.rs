//! Mail against a relay that follows a script.

use std::sync::Arc;

use playcaller::channel::{Channels, Limits, Relay, Routes, Safety};
use playcaller::engine::delivery::{Address, Content, Outcome, Problem, Refusal, SmtpStage};
use tempfile::TempDir;
use tokio::task::JoinSet;

use super::{attempt, attempt_without_mark, email_to, impatient, now, routes};
use crate::support::smtp_script::{Act, SmtpScript};

fn relay(url: &str) -> Option<Relay> {
    Some(Relay { url: url.to_owned(), username: None, password: None })
}

fn channels(url: &str) -> Channels {
    with_limits(url, Limits::default())
}

fn with_limits(url: &str, limits: Limits) -> Channels {
    let folder = TempDir::new().unwrap();
    Channels::new(Routes { smtp: relay(url), limits, ..routes(folder.path()) }).unwrap()
}

/// How an attempt ended, in a word, and whether it had asked for the mark.
async fn ending(script: &[(&'static str, Act)]) -> (String, bool, usize) {
    let server = SmtpScript::start(script).await;
    let silent = script.iter().any(|(_, act)| matches!(act, Act::Hang));
    let channels = with_limits(&server.url, if silent { impatient() } else { Limits::default() });
    let (outcome, marked) = attempt(&channels, &email_to("d1", "pat@acme.example")).await;
    let word = match outcome {
        Outcome::Accepted { .. } => "accepted".to_owned(),
        Outcome::Refused(Refusal::Smtp { stage, code, .. }) => format!("{code} at {stage:?}"),
        Outcome::NotSent(Problem::Unreachable { .. }) => "unreachable".to_owned(),
        Outcome::NotSent(Problem::Misconfigured { .. }) => "misconfigured".to_owned(),
        Outcome::Doubt { .. } => "doubt".to_owned(),
        other => format!("{other:?}"),
    };
    (word, marked, server.accepted().len())
}

#[tokio::test]
async fn a_mail_is_handed_over_with_its_id_and_its_text_unharmed() {
    let server = SmtpScript::start(&[]).await;
    let (outcome, marked) = attempt(&channels(&server.url), &email_to("d1", "pat@acme.example")).await;
    assert_eq!(outcome, Outcome::Accepted { reply: "250 2.0.0 queued as 4F1".to_owned() });
    assert!(marked);
    let accepted = &server.accepted()[0];
    assert_eq!(accepted.recipient, "pat@acme.example");
    assert!(accepted.text.contains("\nX-Playcaller-Delivery: d1\n"), "{}", accepted.text);
    assert!(accepted.text.starts_with("Message-ID: <d1@us.example>\n"));
    assert!(accepted.text.contains("\nHello\n.\n..\n"), "dots are text: {}", accepted.text);
    assert_eq!(server.commands(), ["EHLO", "MAIL", "RCPT", "DATA", "."]);
}

#[tokio::test]
async fn a_refusal_is_reported_with_its_stage_and_before_the_message_without_a_mark() {
    use SmtpStage::*;
    let points = [("banner", Greeting), ("EHLO", Greeting), ("MAIL", Sender), ("RCPT", Recipient), ("DATA", Data)];
    for (point, stage) in points {
        for line in ["421 4.3.2 closing", "450 4.2.1 later", "550 5.1.1 no such user"] {
            let ended = ending(&[(point, Act::Say(line))]).await;
            assert_eq!(ended, (format!("{} at {stage:?}", &line[..3]), false, 0), "{line} at {point}");
        }
    }
    for line in ["421 4.3.2 closing", "451 4.3.0 later", "554 5.6.0 content"] {
        assert_eq!(ending(&[(".", Act::Say(line))]).await, (format!("{} at Message", &line[..3]), true, 0), "{line}");
    }
}

#[tokio::test]
async fn the_enhanced_status_reaches_the_settlement() {
    let server = SmtpScript::start(&[("RCPT", Act::Say("550 5.1.1 no such user"))]).await;
    let (outcome, _) = attempt(&channels(&server.url), &email_to("d1", "pat@acme.example")).await;
    let expected = Refusal::Smtp {
        stage: SmtpStage::Recipient,
        code: 550,
        enhanced: Some("5.1.1".to_owned()),
        text: "550 5.1.1 no such user".to_owned(),
    };
    assert_eq!(outcome, Outcome::Refused(expected));
}

#[tokio::test]
async fn silence_and_a_lost_connection_are_doubt_only_after_the_mark() {
    let mut endings = Vec::new();
    for act in [Act::Hang, Act::Close, Act::Say("what?")] {
        for point in ["banner", "EHLO", "MAIL", "RCPT", "DATA"] {
            endings.push((format!("{act:?} at {point}"), point, act.clone(), ("unreachable", false, 0)));
        }
        endings.push((format!("{act:?} after the dot"), ".", act.clone(), ("doubt", true, 0)));
    }
    endings.push(("closed before the dot".to_owned(), "text", Act::Close, ("doubt", true, 0)));
    let mut running = JoinSet::new();
    for (name, point, act, (word, marked, accepted)) in endings {
        running.spawn(async move {
            assert_eq!(ending(&[(point, act)]).await, (word.to_owned(), marked, accepted), "{name}");
        });
    }
    running.join_all().await;
}

#[tokio::test]
async fn many_mails_at_once_share_four_connections() {
    let server = SmtpScript::start(&[]).await;
    let channels = Arc::new(channels(&server.url));
    let mut running = JoinSet::new();
    for number in 0..40 {
        let channels = channels.clone();
        running.spawn(async move {
            let message = email_to(&format!("d{number}"), &format!("p{number}@acme.example"));
            channels.deliver(&message, now(), async || Ok(true)).await
        });
    }
    assert!(running.join_all().await.iter().all(|outcome| matches!(outcome, Outcome::Accepted { .. })));
    let accepted = server.accepted();
    assert!(accepted.len() == 40 && server.connections() <= 4);
    for mail in accepted {
        let number = mail.recipient.trim_start_matches('p').split('@').next().unwrap().to_owned();
        assert!(mail.text.contains(&format!("\nX-Playcaller-Delivery: d{number}\n")), "each to its own recipient");
    }
}

#[tokio::test]
async fn a_wrong_password_is_a_refusal_at_that_stage_and_never_shown() {
    let script = [("AUTH", Act::Say("535 5.7.8 authentication failed"))];
    let (server, folder) = (SmtpScript::start(&script).await, TempDir::new().unwrap());
    let smtp = relay(&server.url).map(|relay| Relay {
        username: Some("cs".to_owned()),
        password: Some("s3cret".to_owned().into()),
        ..relay
    });
    let channels = Channels::new(Routes { smtp, ..routes(folder.path()) }).unwrap();
    let (outcome, marked) = attempt(&channels, &email_to("d1", "pat@acme.example")).await;
    assert!(
        matches!(&outcome, Outcome::Refused(Refusal::Smtp { stage: SmtpStage::Auth, code: 535, .. })),
        "{outcome:?}"
    );
    assert!(!marked && !format!("{outcome:?}").contains("s3cret"));
    let (outcome, _) = attempt(&channels, &email_to("d1", "pat@acme.example")).await;
    assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
}

#[tokio::test]
async fn an_answer_that_is_not_the_expected_one_is_never_taken_for_acceptance() {
    for (point, line) in [("DATA", "250 2.0.0 queued"), ("RCPT", "354 go ahead"), ("MAIL", "251 forwarded")] {
        assert_eq!(ending(&[(point, Act::Say(line))]).await.0, "unreachable", "{line} at {point}");
    }
    assert_eq!(ending(&[(".", Act::Say("354 go ahead"))]).await.0, "doubt");
}

#[tokio::test]
async fn a_relay_that_cannot_be_reached_or_asks_for_tls_is_named_as_such() {
    let (outcome, marked) = attempt(&channels("smtp://127.0.0.1:9"), &email_to("d1", "pat@acme.example")).await;
    assert!(matches!(outcome, Outcome::NotSent(Problem::Unreachable { .. })) && !marked, "{outcome:?}");
    let server = SmtpScript::start(&[]).await;
    let starttls = server.url.replace("smtp://", "smtp+starttls://");
    let (outcome, marked) = attempt(&channels(&starttls), &email_to("d1", "pat@acme.example")).await;
    assert!(matches!(outcome, Outcome::NotSent(Problem::Misconfigured { .. })) && !marked, "{outcome:?}");
    assert!(server.accepted().is_empty());
}

#[tokio::test]
async fn a_refused_mark_leaves_the_relay_without_a_message() {
    let server = SmtpScript::start(&[]).await;
    let channels = channels(&server.url);
    let message = email_to("d1", "pat@acme.example");
    assert_eq!(attempt_without_mark(&channels, &message).await, Outcome::Closed);
    let failed = channels.deliver(&message, now(), async || anyhow::bail!("the database is gone")).await;
    assert!(matches!(&failed, Outcome::NotSent(Problem::MarkFailed { text }) if text.contains("gone")), "{failed:?}");
    assert!(server.accepted().is_empty());
    assert!(!server.commands().contains(&".".to_owned()), "no final dot, and no command the relay would take as text");
    assert!(matches!(attempt(&channels, &message).await.0, Outcome::Accepted { .. }), "the next attempt gets through");
}

#[tokio::test]
async fn a_connection_is_used_again_after_a_clear_answer_and_never_after_doubt() {
    let script = [
        ("RCPT", Act::Say("250 2.1.5 recipient ok")),
        ("RCPT", Act::Say("550 5.1.1 no such user")),
        (".", Act::Say("250 2.0.0 queued")),
        (".", Act::Say("554 5.6.0 content")),
    ];
    let server = SmtpScript::start(&script).await;
    let used = channels(&server.url);
    for id in ["d1", "d2", "d3", "d4"] {
        attempt(&used, &email_to(id, "pat@acme.example")).await;
    }
    assert_eq!((server.connections(), server.accepted().len()), (1, 2));

    let doubtful = SmtpScript::start(&[(".", Act::Hang)]).await;
    let used = with_limits(&doubtful.url, impatient());
    for id in ["d1", "d2"] {
        attempt(&used, &email_to(id, "pat@acme.example")).await;
    }
    assert_eq!((doubtful.connections(), doubtful.accepted().len()), (2, 1));
}

#[tokio::test]
async fn a_connection_the_relay_closed_meanwhile_is_replaced_without_using_up_a_try() {
    let server = SmtpScript::start(&[("MAIL", Act::Say("250 2.1.0 sender ok")), ("MAIL", Act::Close)]).await;
    let channels = channels(&server.url);
    for id in ["d1", "d2"] {
        let (outcome, _) = attempt(&channels, &email_to(id, "pat@acme.example")).await;
        assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
    }
    assert_eq!((server.connections(), server.accepted().len()), (2, 2));
}

#[tokio::test]
async fn a_bad_address_is_refused_before_the_relay_hears_of_it() {
    let server = SmtpScript::start(&[]).await;
    let (outcome, marked) =
        attempt(&channels(&server.url), &email_to("d1", "pat@acme.example\r\nRCPT TO:<x@y.z>")).await;
    assert!(matches!(outcome, Outcome::Refused(Refusal::Unsendable { .. })) && !marked, "{outcome:?}");
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn staging_mails_only_allowed_domains_or_one_address_that_takes_all() {
    let (server, folder) = (SmtpScript::start(&[]).await, TempDir::new().unwrap());
    let staging = |safety: Safety| {
        let routes = routes(folder.path());
        Channels::new(Routes { smtp: relay(&server.url), safety, ..routes }).unwrap()
    };
    let own = vec!["us.example".to_owned()];
    let allowed = staging(Safety { allowed_recipient_domains: own.clone(), ..Safety::default() });
    let (outcome, marked) = attempt(&allowed, &email_to("d1", "pat@acme.example")).await;
    assert_eq!(outcome, Outcome::Refused(Refusal::DomainNotAllowed { domain: "acme.example".to_owned() }));
    assert!(!marked && server.connections() == 0);

    let redirect_all_to = Some("staging@us.example".to_owned());
    let redirected = staging(Safety { allowed_recipient_domains: own, redirect_all_to, ..Safety::default() });
    let mut message = email_to("d2", "pat@acme.example");
    if let Content::Email(email) = &mut message.content {
        email.cc.push(email.to.clone());
        email.copy_to = Some(Address { name: None, email: "sam@acme.example".to_owned() });
    }
    attempt(&redirected, &message).await;
    let accepted = &server.accepted()[0];
    assert_eq!(accepted.recipient, "staging@us.example");
    assert!(accepted.text.contains("Subject: [to sam@acme.example] Your renewal\n"), "{}", accepted.text);
    assert!(!accepted.text.contains("Cc:") && !accepted.text.contains("To: pat"), "{}", accepted.text);
}
