//! The files that all playbooks share, key by key.

use super::facets::Facets;
use super::playbook::window;
use super::{FileDifference, calendars, dictionary};
use crate::book::health::Missing;
use crate::book::keys::Choice;
use crate::book::policy::Cap;
use crate::book::{Book, Person};

/// Takes what one file says out of a book.
type Take = fn(&Book, &mut Facets);

/// What is taken apart, by the file that says it.
const FILES: [(&str, Take); 8] = [
    ("account.toml", dictionary::facets),
    ("calendars.toml", calendars::facets),
    ("channels.toml", channels),
    ("conditions.toml", dictionary::conditions),
    ("health.toml", health),
    ("people.toml", people),
    ("policy.toml", policy),
    ("segments.toml", segments),
];

/// Files that are one text.
const TEXTS: [&str; 2] = ["functions.rhai", "layout.html"];

/// The files that say something else.
pub(super) fn compare(old: &Book, new: &Book) -> Vec<FileDifference> {
    if old.shared == new.shared {
        return Vec::new();
    }
    let taken_apart = |book: &Book, take: Take| {
        let mut facets = Facets::default();
        facets.begin("", "", "");
        take(book, &mut facets);
        facets
    };
    let compiled = FILES
        .into_iter()
        .map(|(file, take)| FileDifference { file, points: taken_apart(old, take).compare(&taken_apart(new, take)) });
    let texts = TEXTS.into_iter().map(|file| {
        let text = |book: &Book| {
            let mut facets = Facets::default();
            if let Some(text) = book.shared.get(file) {
                facets.begin("file", file, "");
                facets.text(file, text.trim(), "");
            }
            facets
        };
        FileDifference { file, points: text(old).compare(&text(new)) }
    });
    compiled.chain(texts).filter(|own| !own.points.is_empty()).collect()
}

fn policy(book: &Book, facets: &mut Facets) {
    let policy = &book.policy;
    if let Some(never) = &policy.never {
        facets.key("never.when", never.when.one_line());
        facets.list("never.except", &never.except);
    }
    facets.list("priority", &policy.priority);
    facets.maybe("quiet.window", policy.quiet.as_ref().map(window));
    facets.key("breaker.max_new", policy.breaker.max_new);
    facets.key("breaker.max_share", policy.breaker.max_share);
    facets.key("breaker.trip_at", policy.breaker.trip_at);
    facets.key("breaker.min_enrollments", policy.breaker.min_enrollments);
    facets.key("default holdout", policy.holdout);
    facets.maybe("silence_alarm.factor", policy.silence_factor);
    facets.maybe("unsubscribe", policy.unsubscribe.as_ref());
    facets.key("a reply", if policy.reply_pauses { "pauses" } else { "changes nothing" });
    policy.caps.iter().for_each(|own| cap(own, facets));
}

fn cap(cap: &Cap, facets: &mut Facets) {
    facets.begin("cap", &*cap.id, format!("{} in {}", cap.max, cap.within));
    facets.key("channel", cap.channel.word());
    facets.key("per", cap.per.word());
    facets.key("max", cap.max);
    facets.key("within", cap.within);
    facets.key("over", cap.over.word());
    facets.list("exempt", &cap.exempt);
}

fn health(book: &Book, facets: &mut Facets) {
    for dimension in &book.health.dimensions {
        facets.begin("dimension", &*dimension.id, "");
        facets.key("weight", dimension.weight);
        for measure in &dimension.measures {
            facets.begin("measure", format!("{}.{}", dimension.id, measure.id), measure.value.one_line());
            facets.key("value", measure.value.one_line());
            facets.list("scale", measure.scale.iter().map(|(x, y)| format!("{x} is {y}")));
            facets.key("weight", measure.weight);
            facets.key(
                "missing",
                match measure.missing {
                    Missing::Skip => "skip".to_owned(),
                    Missing::Score(score) => score.to_string(),
                },
            );
        }
    }
    for band in &book.health.bands {
        facets.begin("band", &*band.id, format!("from {}", band.from));
        facets.key("from", band.from);
        facets.maybe("action", band.action.as_ref());
    }
}

fn segments(book: &Book, facets: &mut Facets) {
    let everyone = "everyone who is left";
    for segment in &book.segments.segments {
        let when = segment.when.as_ref().map_or_else(|| everyone.to_owned(), |when| when.one_line());
        facets.begin("segment", &*segment.id, &when);
        facets.key("when", when);
        facets.maybe("touch", segment.touch.as_ref());
        facets.maybe("qbr_every", segment.qbr_every);
        facets.maybe("csm_ratio", segment.csm_ratio);
    }
    for stage in &book.segments.stages {
        let when = stage.when.as_ref().map_or_else(|| everyone.to_owned(), |when| when.one_line());
        facets.begin("stage", &*stage.id, &when);
        facets.key("when", when);
    }
    facets.ordered("segment");
    facets.ordered("stage");
}

fn people(book: &Book, facets: &mut Facets) {
    book.people.people.values().for_each(|own| person(own, facets));
    for (role, id) in &book.people.roles {
        facets.begin("role", &**role, &**id);
        facets.key("person", id);
    }
    for (team, members) in &book.people.teams {
        facets.begin("team", &**team, "");
        facets.list("members", members);
    }
}

fn person(person: &Person, facets: &mut Facets) {
    facets.begin("person", &*person.id, &person.name);
    facets.key("name", &person.name);
    facets.maybe("email", person.email.as_ref());
    facets.maybe("manager", person.manager.as_ref());
    facets.list("roles", &person.roles);
    facets.maybe("timezone", person.timezone.as_ref());
    facets.maybe("slack", person.slack.as_ref());
    facets.list(
        "away",
        person.away.iter().map(|away| {
            let stands_in = away.delegate.as_ref().map_or_else(String::new, |who| format!(", {who} stands in"));
            format!("{} to {}{stands_in}", away.from, away.until)
        }),
    );
}

fn channels(book: &Book, facets: &mut Facets) {
    for (name, sender) in &book.channels.email {
        facets.begin("sender", &**name, &sender.from);
        facets.key("from", &sender.from);
        facets.maybe("name", sender.name.as_ref());
        facets.maybe("reply_to", sender.reply_to.as_ref());
    }
    book.channels.slack.iter().for_each(|name| facets.begin("Slack channel", &**name, ""));
    book.channels.teams.iter().for_each(|name| facets.begin("Teams channel", &**name, ""));
    for (name, url) in &book.channels.webhook {
        facets.begin("webhook", &**name, url);
        facets.key("url", url);
    }
}
