//! A small dictionary and the shared files around it, for the tests of this room.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::book::channels::Sender;
use crate::book::diagnostic::{Diagnostic, Diagnostics};
use crate::book::playbook::Playbook;
use crate::book::source::SourceFile;
use crate::book::template::Templates;
use crate::book::{Calendars, ChannelNames, People, Person, Policy};
use crate::condition::{Field, Metric, Registry, Type};

use super::playbook::{Shared, compile};

fn fields(declared: &[(&str, Type)]) -> BTreeMap<String, Field> {
    declared.iter().map(|(name, ty)| (name.to_string(), Field::of(ty.clone()))).collect()
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| name.to_string()).collect()
}

pub fn registry() -> Registry {
    let mut account = fields(&[
        ("id", Type::Text),
        ("name", Type::Text),
        ("status", Type::choice(["prospect", "active", "paused", "churned"])),
        ("owner", Type::Person),
        ("arr", Type::Number),
        ("seats", Type::Number),
        ("renewal_date", Type::Date),
        ("timezone", Type::Text),
        ("tags", Type::Tags),
        ("renewal_status", Type::choice(["open", "in_progress", "won", "lost"])),
        ("open_p1_tickets", Type::Number),
        ("segment", Type::choice(["enterprise", "mid", "smb"])),
    ]);
    account.get_mut("segment").expect("just added").computed = true;
    let mut contact = fields(&[
        ("id", Type::Text),
        ("email", Type::Text),
        ("name", Type::Text),
        ("first_name", Type::Text),
        ("personas", Type::Tags),
        ("status", Type::choice(["active", "left"])),
    ]);
    contact.get_mut("first_name").expect("just added").computed = true;
    Registry {
        account,
        contact,
        person: fields(&[("id", Type::Text), ("name", Type::Text), ("email", Type::Text), ("manager", Type::Person)]),
        metrics: BTreeMap::from([("logins".to_owned(), Metric::default())]),
        events: BTreeMap::from([
            ("nps_response".to_owned(), fields(&[("score", Type::Number)])),
            ("meeting_held".to_owned(), fields(&[])),
        ]),
        dimensions: names(&["usage", "support"]),
        bands: names(&["green", "red"]),
        personas: names(&["champion", "admin", "executive_sponsor"]),
        people: names(&["dana", "morgan", "alex"]),
        roles: names(&["csm", "vp_cs"]),
        playbooks: names(&["renewal-kickoff", "at-risk"]),
        ..Registry::default()
    }
}

/// The templates beside the playbook of the tests.
const TEMPLATES: [(&str, &str); 5] = [
    (
        "renewal/kickoff-90.md",
        "+++\nsubject = \"{{ account.name }}\"\n+++\nHi {{ contact.first_name | default(\"there\") }}\n",
    ),
    ("renewal/renewal-brief.md", "# {{ account.name }}\n"),
    ("templates/vp-summary.md", "+++\nsubject = \"Save {{ account.name }}\"\n+++\nHelp.\n"),
    ("renewal/note.json", "{\"account\": {{ account.id }}}"),
    ("renewal/alert.slack.json", "{\"text\": \"{{ account.name }}\"}"),
];

/// Compiles a playbook file among the shared files of the tests; all mistakes come with it, sorted.
pub fn playbook(text: &str) -> (Option<Playbook>, Vec<Diagnostic>) {
    let (registry, diagnostics) = (Arc::new(registry()), Diagnostics::default());
    let person = |id: &str| (Arc::from(id), Person { id: id.into(), ..Person::default() });
    let people = People {
        people: ["dana", "morgan", "alex"].map(person).into(),
        roles: BTreeMap::from([("vp_cs".into(), "alex".into())]),
        teams: BTreeMap::from([("renewals".into(), vec!["dana".into()]), ("cs-ops".into(), vec!["morgan".into()])]),
    };
    let policy = Policy { priority: vec!["billing".into(), "risk".into(), "renewal".into()], ..Policy::default() };
    let sender = Sender { from: "success@us.example".to_owned(), name: None, reply_to: None };
    let channels = ChannelNames {
        email: BTreeMap::from([("default".into(), sender)]),
        slack: ["#renewals-forecast".into()].into(),
        webhook: BTreeMap::from([("crm-notes".into(), "https://hooks.us.example/notes".to_owned())]),
        ..ChannelNames::default()
    };
    let mut templates = Templates::default();
    for (name, text) in TEMPLATES {
        templates.add_file(&SourceFile::new(name, text.to_owned()), &registry, &diagnostics);
    }
    let calendars = Calendars::default();
    let shared =
        Shared { registry: &registry, people: &people, calendars: &calendars, policy: &policy, channels: &channels };
    let file = SourceFile::new("renewal/renewal-kickoff.toml", text.to_owned());
    let playbook = compile(&file, &shared, &mut templates, &diagnostics);
    (playbook, diagnostics.sorted())
}
