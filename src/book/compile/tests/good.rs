use super::book;
use crate::book::calendar::{Window, Yearly};
use crate::book::dictionary::MissingDay;
use crate::book::health::Missing;
use crate::book::policy::CapPer;
use crate::book::{Loaded, load};
use crate::condition::Type;
use crate::time::Span;
use jiff::civil::{Weekday, date};

const ACCOUNT: &str = r##"
[fields.arr]
type = "number"
unit = "USD/year"
source = "crm"
[fields.renewal_status]
type = "choice"
values = ["open", "won"]
[fields.seats]
type = "number"
[contact]
personas = ["board"]
[contact.fields.title]
type = "text"
[metrics.logins]
unit = "logins/day"
source = "product"
missing = "zero"
[events.nps_response]
contact = true
source = "crm"
[events.nps_response.fields.score]
type = "number"
[feeds.crm]
fresh_for = "36h"
"##;

const PEOPLE: &str = r#"
[[person]]
id = "dana"
name = "Dana Reyes"
email = "dana@us.example"
manager = "morgan"
roles = ["csm"]
timezone = "America/New_York"
away = [{ from = 2026-08-01, until = 2026-08-14, delegate = "morgan" }]
[[person]]
id = "morgan"
name = "Morgan Ellis"
[role.vp_cs]
person = "morgan"
[team.renewals]
members = ["dana", "morgan"]
"#;

const CALENDARS: &str = r#"
[calendar.business-hours]
days = "mon-thu,sat"
hours = "22:00-06:00"
holidays = ["us"]
[calendar.business-hours.region]
emea = "eu-hours"
[calendar.eu-hours]
[holidays.us]
yearly = ["12-25", "thu 4 of nov", "mon last of may"]
dates = [2026-11-27]
ics = "holidays/us.ics"
"#;

const ICS: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:Shutdown\r\n\
    DTSTART;VALUE=DATE:20261230\r\nDTEND;VALUE=DATE:20270101\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n\
    SUMMARY:Founders\r\nDTSTART;VALUE=DATE:20200310\r\nRRULE:FREQ=YEARLY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

const HEALTH: &str = r#"
[[dimension]]
id = "usage"
weight = 0.6
[[dimension.measure]]
id = "seats"
value = 'usage.logins.avg(7) / account.seats'
scale = [[0.0, 0], [1.0, 100]]
[[dimension]]
id = "voice"
weight = 0.4
[[dimension.measure]]
id = "nps"
value = 'events.nps_response.last.score'
scale = [[0, 0], [10, 100]]
weight = 0.5
missing = 40
[[dimension.measure]]
id = "size"
value = 'double(account.arr)'
scale = [[0, 0], [100000, 100]]
weight = 0.5
missing = "skip"
[[band]]
id = "red"
from = 0
[[band]]
id = "green"
from = 80
action = "expand"
"#;

const SEGMENTS: &str = r#"
[[segment]]
id = "enterprise"
when = 'account.arr > 100000'
touch = "high"
qbr_every = "90d"
csm_ratio = 8
[[segment]]
id = "rest"
touch = "tech"
[[stage]]
id = "risk"
when = 'at_risk() && account.segment == "enterprise"'
"#;

const CONDITIONS: &str = r#"
[condition.at_risk]
when = 'health.band == "red"'
doc = "In the red"
"#;

const POLICY: &str = r#"
[never]
when = '''account.status == "churned" || has_tag(account.tags, "legal_hold")'''
except = []
[priority]
order = ["billing", "renewal"]
[[cap]]
id = "two-a-week"
channel = "email"
per = "contact"
max = 2
within = "7d"
over = "hold"
exempt = ["billing", "transactional"]
[quiet]
window = "eu-hours"
[breaker]
max_new = 0
[measure]
holdout = 0.05
[silence_alarm]
factor = 3
[email]
unsubscribe = "https://us.example/u/{token}"
reply = "pause"
"#;

const CHANNELS: &str = r##"
[email.default]
from = "success@us.example"
[slack."#renewals-forecast"]
[webhook.crm-notes]
url = "https://hooks.us.example/notes"
"##;

fn good() -> Loaded {
    let loaded = book(&[
        ("account.toml", ACCOUNT),
        ("people.toml", PEOPLE),
        ("calendars.toml", CALENDARS),
        ("holidays/us.ics", ICS),
        ("health.toml", HEALTH),
        ("segments.toml", SEGMENTS),
        ("conditions.toml", CONDITIONS),
        ("functions.rhai", "fn double(x) { x * 2 }"),
        ("policy.toml", POLICY),
        ("channels.toml", CHANNELS),
    ]);
    // The policy names a field that may be empty, and is told so; nothing else.
    let mut found = loaded.diagnostics.iter().map(|own| (own.code, &*own.file));
    assert!(found.all(|own| own == ("unguarded-field", "policy.toml")), "{:#?}", loaded.diagnostics);
    loaded
}

#[test]
fn the_dictionary_knows_built_in_declared_and_computed_names() {
    let book = good().book;
    let registry = &book.dictionary.registry;
    let arr = &registry.account["arr"];
    assert_eq!(
        (arr.ty.clone(), arr.unit.as_deref(), arr.feed.as_deref()),
        (Type::Number, Some("USD/year"), Some("crm"))
    );
    assert_eq!(registry.account["segment"].ty, Type::choice(["enterprise", "rest"]));
    assert_eq!(registry.account["touch"].ty, Type::choice(["high", "tech"]));
    assert_eq!(registry.contact["title"].ty, Type::Text);
    assert!(registry.personas.contains(&"board".to_owned()) && registry.personas.contains(&"champion".to_owned()));
    assert_eq!(registry.events["nps_response"]["score"].feed.as_deref(), Some("crm"));
    assert_eq!(registry.roles, ["csm", "vp_cs"]);
    assert_eq!(book.dictionary.metrics["logins"], MissingDay::Zero);
    assert!(book.dictionary.contact_events.contains("nps_response"));
}

#[test]
fn calendars_know_days_hours_regions_and_holidays() {
    let calendars = good().book.calendars;
    let hours = &calendars.calendars["business-hours"];
    assert_eq!(hours.days, [true, true, true, true, false, true, false]);
    assert_eq!(hours.hours.to_string(), "22:00-06:00");
    assert_eq!(hours.regions["emea"].as_ref(), "eu-hours");
    let holidays = &hours.holidays[0];
    assert!(holidays.yearly.contains(&Yearly::Nth { weekday: Weekday::Monday, nth: -1, month: 5 }));
    let of_2026: Vec<_> = holidays.dates.iter().copied().filter(|day| day.year() == 2026).collect();
    assert!(of_2026.ends_with(&[date(2026, 11, 27), date(2026, 12, 30), date(2026, 12, 31)]), "{of_2026:?}");
    assert!(holidays.contains(date(2031, 3, 10)), "a yearly event of the ICS file");
}

#[test]
fn health_segments_people_and_policy_are_compiled_as_written() {
    let book = good().book;
    assert_eq!(book.health.dimensions[0].measures[0].weight, 1.0);
    assert_eq!(book.health.dimensions[1].measures[0].missing, Missing::Score(40.0));
    assert_eq!(book.health.band(85).map(|band| &*band.id), Some("green"));
    assert_eq!(book.segments.segments[0].qbr_every, Some(Span::days(90)));
    assert!(book.segments.segments[1].when.is_none());
    let away = date(2026, 8, 2);
    assert_eq!(book.people.present("dana", away).map(|person| person.name.as_str()), Some("Morgan Ellis"));
    let cap = &book.policy.caps[0];
    assert_eq!((cap.per, cap.max, cap.within), (CapPer::Contact, 2, Span::days(7)));
    assert_eq!(book.policy.quiet, Some(Window::Calendar("eu-hours".into())));
    assert_eq!((book.policy.breaker.max_new, book.policy.breaker.min_enrollments), (0, 20));
    assert_eq!(book.channels.email["default"].from, "success@us.example");
}

#[test]
fn the_shipped_book_has_no_mistakes() {
    let loaded = load(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("playbooks"));
    assert_eq!(loaded.diagnostics, []);
    assert!(loaded.book.playbooks.len() >= 4 && loaded.tests.len() >= 4);
}

#[test]
fn every_file_may_be_absent() {
    let loaded = book(&[]);
    assert_eq!(loaded.diagnostics, []);
    assert!(loaded.book.calendars.calendars.contains_key("business-hours"));
    assert!(loaded.book.dictionary.registry.account.contains_key("renewal_date"));
}

#[test]
fn a_folder_is_read_without_hidden_files_and_samples_and_a_missing_one_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &[u8]| {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("account.toml", "\u{feff}[fields.seats]\ntype = \"number\"\n".as_bytes());
    write("sample/broken.toml", b"x");
    write(".git/config.toml", b"x");
    write("README.md", b"# Our book {{ no.token }}\n");
    write("people.toml", b"[[person]]\nid = \"\xff\"\n");
    let loaded = load(dir.path());
    let codes: Vec<_> = loaded.diagnostics.iter().map(|d| (d.code, &*d.file, d.line)).collect();
    assert_eq!(codes, [("not-utf8", "people.toml", 2)]);
    assert!(loaded.book.dictionary.registry.account.contains_key("seats"));
    let missing = load(&dir.path().join("nowhere"));
    assert_eq!(missing.diagnostics[0].code, "missing-folder");
}
