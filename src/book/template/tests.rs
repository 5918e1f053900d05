use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::book::compile::fixture::registry;
use crate::book::diagnostic::Diagnostic;
use crate::condition::{Facts, Name, Window};
use crate::time::{Date, TimeZone, Timestamp};

/// One account, by the names as conditions write them.
struct Acme {
    zone: TimeZone,
    values: BTreeMap<&'static str, Value>,
}

impl Facts for Acme {
    fn read(&self, name: &Name) -> Value {
        self.values.get(name.to_string().as_str()).cloned().unwrap_or(Value::Empty)
    }
    fn now(&self) -> Timestamp {
        "2026-03-17T13:00:00Z".parse().unwrap()
    }
    fn zone(&self) -> &TimeZone {
        &self.zone
    }
    fn business_days_until(&self, _: Date) -> Value {
        Value::Number(64.0)
    }
    fn person(&self, id: &str, field: &str) -> Value {
        match (id, field) {
            ("dana", "name") => Value::text("Dana Reyes"),
            _ => Value::Empty,
        }
    }
}

fn acme() -> Arc<Acme> {
    let usage = Name::Usage { metric: "logins".into(), window: Window::Avg(7) };
    assert_eq!(usage.to_string(), "usage.logins.avg(7)");
    let values = BTreeMap::from([
        ("account.name", Value::text("Acme *GmbH* <b>")),
        ("account.owner", Value::text("dana")),
        ("account.arr", Value::Number(48000.0)),
        ("account.renewal_date", Value::Date("2026-06-15".parse().unwrap())),
        ("account.seats", Value::Stale("crm".into())),
        ("account.tags", Value::tags(["vip", "beta"])),
        ("health.score", Value::Number(42.0)),
        ("health.change(30)", Value::Number(-12.5)),
        ("usage.logins.avg(7)", Value::Number(3.25)),
        ("events.nps_response.last.score", Value::Number(9.0)),
        ("events.nps_response.last.at", Value::Time("2026-03-16T22:30:00Z".parse().unwrap())),
        ("contact(\"champion\").name", Value::text("Pat Field")),
        ("role(\"vp_cs\").name", Value::text("Alex Kim")),
        ("run.day", Value::Number(3.0)),
    ]);
    Arc::new(Acme { zone: TimeZone::get("America/New_York").unwrap(), values })
}

fn inline(text: &str) -> Result<String, RenderError> {
    let mut templates = Templates::default();
    let id = TemplateId("test".into());
    let mistakes = templates.add_inline(id.clone(), text, &Arc::new(registry()));
    assert_eq!(mistakes, [], "{text}");
    templates.render(&id, acme(), &extra()).map(|rendered| rendered.body)
}

fn extra() -> Extra {
    Extra {
        contact: Some(BTreeMap::from([
            ("first_name".to_owned(), Value::Empty),
            ("name".to_owned(), Value::text("Pat")),
        ])),
        playbook_id: "renewal-kickoff".to_owned(),
        playbook_title: "Renewal kickoff".to_owned(),
        step_id: "kickoff-email".to_owned(),
    }
}

fn file(name: &str, text: &str) -> (Templates, Vec<Diagnostic>) {
    let (mut templates, diagnostics) = (Templates::default(), Diagnostics::default());
    templates.add_file(&SourceFile::new(name, text.to_owned()), &Arc::new(registry()), &diagnostics);
    (templates, diagnostics.sorted())
}

#[test]
fn every_filter_does_what_the_reference_shows() {
    for filter in &FILTERS {
        assert!(filter.example.contains(&format!("| {}", filter.name)), "{}", filter.example);
        assert_eq!(inline(filter.example).as_deref(), Ok(filter.shows), "{}", filter.example);
    }
}

#[test]
fn the_names_of_conditions_are_the_names_of_templates() {
    for (text, expected) in [
        ("{{ account.arr }}", "48000"),
        ("{{ health.score }} ({{ health.change(30) }})", "42 (-12.5)"),
        ("{{ usage.logins.avg(7) }}", "3.25"),
        ("{{ events.nps_response.last.score }} at {{ events.nps_response.last.at | date(\"%H:%M\") }}", "9 at 18:30"),
        ("{{ contact(\"champion\").name }} and {{ contact.name }}", "Pat Field and Pat"),
        ("{{ owner.name }} or {{ person(account.owner).name }}", "Dana Reyes or Dana Reyes"),
        ("{{ role(\"vp_cs\").name }}", "Alex Kim"),
        (
            "{{ days_until(account.renewal_date) }} days, {{ business_days_until(account.renewal_date) }} open",
            "90 days, 64 open",
        ),
        ("{{ today }}, day {{ run.day }} of {{ playbook.title }}", "2026-03-17, day 3 of Renewal kickoff"),
        ("{{ account.tags }}", "vip, beta"),
        ("{% if account.arr > 5000 and account.renewal_date > today %}big{% endif %}", "big"),
    ] {
        assert_eq!(inline(text).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn filters_write_values_as_people_read_them() {
    for (text, expected) in [
        ("{{ account.renewal_date | date }}", "June 15, 2026"),
        ("{{ account.renewal_date | date(\"%d.%m.%Y\") }}", "15.06.2026"),
        ("{{ account.arr | money }}", "$48,000"),
        ("{{ 1234567.5 | money(\"EUR\") }}", "€1,234,567.50"),
        ("{{ account.arr | number }} {{ usage.logins.avg(7) | number }}", "48,000 3.2"),
        ("{{ usage.logins.avg(7) | round(1) }} {{ 2.6 | round }}", "3.3 3"),
        ("{{ 0.425 | percent }} {{ 0.425 | percent(1) }}", "42% 42.5%"),
        ("{{ contact.first_name | default(\"there\") }}", "there"),
        ("{{ account.open_p1_tickets | number | default(\"none\") }}", "none"),
        ("{{ person(account.timezone).name | default(\"nobody\") }}", "nobody"),
    ] {
        assert_eq!(inline(text).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn an_empty_value_without_a_default_is_an_error_that_names_the_token() {
    let error = inline("Hi\n{{ contact.first_name }}").unwrap_err();
    assert_eq!((error.line, error.token.as_str()), (2, "contact.first_name"));
    assert!(error.to_string().contains("has no value here"), "{error}");
    assert_eq!(inline("{{ account.open_p1_tickets | money }}").unwrap_err().token, "account.open_p1_tickets | money");
}

#[test]
fn an_error_names_the_token_as_the_author_wrote_it() {
    for (name, text, token) in [
        ("a.json", r#"{"a": "{{ account.open_p1_tickets }}"}"#, "account.open_p1_tickets"),
        ("a.md", "`{{ account.open_p1_tickets }}`", "account.open_p1_tickets"),
        ("a.md", "https://us.example/?n={{- account.open_p1_tickets -}}", "account.open_p1_tickets"),
        ("a.md", "{% if account.open_p1_tickets > 1 %}x{% endif %}", "if account.open_p1_tickets > 1"),
    ] {
        let (templates, diagnostics) = file(name, text);
        assert_eq!(diagnostics, [], "{text}");
        let error = templates.render(&TemplateId(name.into()), acme(), &extra()).unwrap_err();
        assert_eq!((error.token.as_str(), error.line), (token, 1), "{error}");
    }
}

#[test]
fn a_stale_value_is_an_error_even_with_a_default() {
    let error = inline("{{ account.seats | number | default(\"some\") }}").unwrap_err();
    assert!(error.message.contains("feed `crm`"), "{error}");
    assert!(inline("{{ account.seats }}").unwrap_err().message.contains("feed `crm`"));
}

#[test]
fn front_matter_is_one_line_and_values_are_escaped_for_where_they_land() {
    let text = "+++\nsubject = \"For {{ account.name }}\\nnow\"\nclass = \"renewal\"\n+++\nHi {{ account.name }}\n";
    let (templates, diagnostics) = file("renewal/kickoff.md", text);
    assert_eq!(diagnostics, []);
    let rendered = templates.render(&TemplateId("renewal/kickoff.md".into()), acme(), &extra()).unwrap();
    assert_eq!(rendered.subject.as_deref(), Some("For Acme *GmbH* <b> now"));
    assert_eq!(rendered.class.as_deref(), Some("renewal"));
    assert_eq!(rendered.format, Format::Markdown);
    assert!(rendered.body.starts_with("Hi Acme \\*GmbH\\* "), "{}", rendered.body);
}

#[test]
fn json_templates_take_tokens_inside_and_outside_of_strings() {
    let text =
        r#"{"text": "Renewal of {{ account.name }} \"now\"", "arr": {{ account.arr }}, "id": {{ account.name }}}"#;
    let (templates, diagnostics) = file("renewal/alert.slack.json", text);
    assert_eq!(diagnostics, []);
    let rendered = templates.render(&TemplateId("renewal/alert.slack.json".into()), acme(), &extra()).unwrap();
    let value: serde_json::Value = serde_json::from_str(&rendered.body).unwrap();
    assert_eq!(value["text"], "Renewal of Acme *GmbH* &lt;b&gt; \"now\"");
    assert_eq!((&value["arr"], &value["id"]), (&48000.into(), &"Acme *GmbH* <b>".into()));
}

#[test]
fn what_a_template_cannot_know_is_told_at_its_place_when_it_is_loaded() {
    for (text, code, line, column, fragment) in [
        ("Hi {{ account.nmae }}", "unknown-name", 1, 15, "did you mean `name`"),
        ("a\nb {{ acount.name }}", "unknown-name", 2, 6, "did you mean `account`"),
        ("{{ usage.login.avg(7) }}", "unknown-name", 1, 10, "logins"),
        ("{{ account.owner.name }}", "unknown-name", 1, 18, "owner.name"),
        ("{{ contact(\"champoin\").name }}", "template-value", 1, 4, "champoin"),
        ("{{ account.name | shout }}", "template-value", 1, 4, "shout"),
        ("{{ account.name | money }}", "template-value", 1, 4, "needs a number"),
        ("a\n{{ account.name", "template-syntax", 2, 1, ""),
        ("+++\nsubjct = \"x\"\n+++\n", "unknown-key", 2, 1, "subject"),
        ("+++\nsubject = \"{{ account.nmae }}\"\n+++\n", "unknown-name", 2, 23, "name"),
        ("+++\nsubject = \"x\"\n+++\nHi\n{{ health.scor }}", "unknown-name", 5, 11, "score"),
    ] {
        let (_, found) = file("renewal/a.md", text);
        let [found] = &found[..] else { panic!("{text}: {found:#?}") };
        assert_eq!((found.code, found.line, found.column), (code, line, column), "{found:#?}");
        let told = format!("{} {}", found.message, found.help.as_deref().unwrap_or_default());
        assert!(told.contains(fragment), "{text}: {told}");
    }
}

#[test]
fn endless_loops_and_endless_texts_are_refused() {
    let (_, found) = file("a.md", "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}");
    assert!(found[0].message.contains("does not end"), "{found:?}");
    let long = "x".repeat(40_000);
    let (_, found) = file("a.md", &format!("{{% for a in range(9) %}}{long}{{% endfor %}}"));
    assert!(found[0].message.contains("more than 256 KiB"), "{found:?}");
}
