//! Telling our own people: what nobody would see until a customer calls. Mailed like all mail, once by itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;

use super::{Runtime, Tick};
use crate::book::markdown;
use crate::book::playbook::{Playbook, Status};
use crate::book::template::layout::own_page;
use crate::engine::compose::default_sender;
use crate::engine::delivery::{Address, Attempt, ChannelKind, Content, Email, Message, Settlement, settle};
use crate::engine::matching::is_open;
use crate::engine::notice::{News, NoticeKind, owners};
use crate::engine::silence::{DAYS_KNOWN, Silence, silence};
use crate::id;
use crate::store::DueNotice;
use crate::time::{TimeZone, Timestamp, local_date};

/// Notices that are read at one time.
const NOTICES_AT_ONCE: i64 = 1000;

/// Notices that one mail quotes; it says how many more there are.
const LINES_OF_A_MAIL: usize = 20;

impl Runtime {
    /// Tells the owners of a playbook. What has been told under the same kind and `about` is not told again.
    pub async fn tell(&self, kind: NoticeKind, playbook: &Playbook, about: &str, text: String) -> Result<()> {
        let now = self.clock.now();
        let people = owners(playbook, &self.world.people, now);
        let notices = News { kind, about, text }.addressed(playbook, &people, now);
        let mut tx = self.store.begin().await?;
        tx.keep_notices(&notices).await?;
        Ok(tx.commit().await?)
    }

    /// Once a day: which playbook has been silent for too long.
    pub(super) async fn watch_silence(&mut self, now: Timestamp) -> Result<()> {
        let today = local_date(now, &TimeZone::UTC);
        let Some(factor) = self.world.book.policy.silence_factor.filter(|_| self.watched_on != Some(today)) else {
            return Ok(());
        };
        let book = self.world.book.clone();
        let counts = |own: &&Arc<Playbook>| is_open(own) && own.status != Status::Shadow;
        for playbook in book.playbooks.values().filter(counts) {
            let days = self.store.last_entry_days(&playbook.id, DAYS_KNOWN).await?;
            let calendar = book.calendars.business(&playbook.send_window, None);
            if let Some(silence) = silence(&days, today, factor, calendar) {
                let about = silence.last.to_string();
                self.tell(NoticeKind::SilenceAlarm, playbook, &about, alarm(playbook, silence)).await?;
            }
        }
        self.watched_on = Some(today);
        Ok(())
    }

    /// Mails what has not been told yet: one mail a person, with everything that person must know.
    pub(super) async fn tell_owners(&mut self, tick: &mut Tick) -> Result<()> {
        let now = self.clock.now();
        while !self.is_stopping() {
            let due = self.store.due_notices(now, NOTICES_AT_ONCE).await?;
            if due.is_empty() {
                break;
            }
            let mut by_person: BTreeMap<Option<Arc<str>>, Vec<DueNotice>> = BTreeMap::new();
            for notice in due {
                tick.notices.extend((notice.tries == 0).then(|| notice.text.clone()));
                by_person.entry(notice.person.clone()).or_default().push(notice);
            }
            for (person, notices) in by_person {
                self.tell_one(person.as_deref(), &notices, now).await?;
            }
        }
        Ok(())
    }

    async fn tell_one(&self, person: Option<&str>, notices: &[DueNotice], now: Timestamp) -> Result<()> {
        let ids: Vec<Arc<str>> = notices.iter().map(|notice| notice.id.clone()).collect();
        let person = person.and_then(|id| self.world.people.get(id));
        let Some((name, email)) = person.and_then(|own| Some((own.name.clone(), own.email.clone()?))) else {
            let why = "nobody is mailed: the playbook's owner has no address in people.toml";
            return Ok(self.store.settle_notices(&ids, None, None, why).await?);
        };
        let to = Address { name: Some(name), email };
        let message = Message { delivery: mail_id(&ids), content: Content::Email(self.notice_mail(to, notices, now)) };
        let mark = async || Ok(self.store.mark_notices(&ids, now).await?);
        let outcome = self.channels.deliver(&message, now, mark).await;
        let attempt = Attempt {
            channel: ChannelKind::Email,
            tries: notices.iter().map(|notice| notice.tries).max().unwrap_or(0),
            due: notices.iter().map(|notice| notice.at).min().unwrap_or(now),
            now,
            jitter: id::share(&["retry", &message.delivery]),
        };
        let (told_at, due_at, reply) = match settle(&outcome, &attempt) {
            Settlement::Sent { reply } => (Some(now), None, reply),
            Settlement::Uncertain { why } => (Some(now), None, format!("in doubt: {why}")),
            Settlement::RetryAt { at, why, .. } | Settlement::PauseDestination { until: at, why } => {
                (None, Some(at), why)
            }
            Settlement::DomainNotAllowed { why } | Settlement::Dead { why, .. } => (None, None, why),
            Settlement::AlreadyDecided => return Ok(()),
        };
        Ok(self.store.settle_notices(&ids, told_at, due_at, &reply).await?)
    }

    fn notice_mail(&self, to: Address, notices: &[DueNotice], now: Timestamp) -> Email {
        let body = body(notices);
        Email {
            from: default_sender(&self.world.book.channels, "default"),
            to,
            cc: Vec::new(),
            copy_to: None,
            subject: subject(notices),
            html: own_page(&markdown::html(&body)),
            text: markdown::text(&body),
            class: crate::book::policy::TRANSACTIONAL.to_owned(),
            unsubscribe: None,
            date: now,
        }
    }
}

/// The mail's id says which notices are in it: the same ones give the same id at every try.
fn mail_id(ids: &[Arc<str>]) -> String {
    let mut parts: Vec<&str> = ids.iter().map(|id| &**id).collect();
    parts.sort_unstable();
    id::derived('n', &parts)
}

fn subject(notices: &[DueNotice]) -> String {
    let mut playbooks: Vec<&str> = notices.iter().map(|notice| &*notice.playbook).collect();
    playbooks.dedup();
    match playbooks[..] {
        [one] => format!("The playbook {one} needs you"),
        _ => format!("{} notices from your playbooks", notices.len()),
    }
}

fn body(notices: &[DueNotice]) -> String {
    let quoted = notices.iter().take(LINES_OF_A_MAIL);
    let mut body: String = quoted.map(|notice| format!("{}\n\n", notice.text)).collect();
    if notices.len() > LINES_OF_A_MAIL {
        body += &format!("… and {} more: `playcaller notices` lists them.\n", notices.len() - LINES_OF_A_MAIL);
    }
    body
}

fn alarm(playbook: &Playbook, silence: Silence) -> String {
    let Silence { last, usual_gap, gap } = silence;
    let days = |n: i64| if n == 1 { "1 business day".to_owned() } else { format!("{n} business days") };
    format!(
        "`{}`: no account has entered since {last}, for {}; usually one does within {}. \
         If that is not meant: `playcaller explain ACCOUNT {}` says why an account does not.",
        playbook.id,
        days(gap),
        days(usual_gap),
        playbook.id
    )
}
