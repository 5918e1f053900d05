//! Everything a condition may name, and what it makes the condition depend on.

use super::*;

/// Reads one name: the compiled expression is that name and nothing else.
fn reads(text: &str, seen: Value) -> Reads {
    let account = Account::with([(text, seen.clone())]);
    let condition = compile(text);
    assert_eq!(condition.value(&account), seen, "{text}");
    assert_eq!(condition.trace(&account).text, text);
    condition.reads().clone()
}

#[test]
fn every_name_is_read_as_it_is_written() {
    let one = || Value::Number(1.0);
    for text in [
        "account.arr",
        "health.score",
        "health.usage",
        "health.change(30)",
        "health.was(14)",
        "usage.logins.sum(30)",
        "usage.logins.avg(7)",
        "usage.logins.min(7)",
        "usage.logins.max(7)",
        "usage.logins.last",
        "usage.logins.change_pct(30)",
        "usage.logins.days_below(2.5, 30)",
        "events.nps_response.count(30)",
        "events.nps_response.last.score",
        "contacts.count",
        "event.score",
        "run.day",
        "tasks.open(\"at-risk\")",
        "days_since_contact()",
        "was(account.arr, 30)",
    ] {
        reads(text, one());
    }
    for text in [
        "has_contact(\"champion\")",
        "run.replied",
        "in_playbook(\"at-risk\")",
        "task(\"save-plan\").done",
        "changed(account.arr, 7)",
    ] {
        reads(text, Value::Bool(true));
    }
    for text in [
        "contact(\"champion\").email",
        "event.contact",
        "run.branch",
        "outcome(\"kickoff\")",
        "health.band",
        "account.stage",
    ] {
        reads(text, Value::text("x"));
    }
}

#[test]
fn persons_lead_to_their_managers() {
    let account = Account::with([
        ("account.owner", Value::text("dana")),
        ("dana.manager", Value::text("morgan")),
        ("morgan.name", Value::text("Morgan Lee")),
        ("role(\"vp_cs\").id", Value::text("alex")),
        ("role(\"vp_cs\").manager", Value::text("morgan")),
    ]);
    assert_eq!(value("person(account.owner).manager", &account), Value::text("morgan"));
    assert_eq!(value("person(account.owner).manager.name", &account), Value::text("Morgan Lee"));
    assert_eq!(value("account.owner.manager", &account), Value::text("morgan"));
    assert_eq!(value("role(\"vp_cs\")", &account), Value::text("alex"));
    assert_eq!(value("role(\"vp_cs\").manager.name", &account), Value::text("Morgan Lee"));
    assert_eq!(value("person(\"dana\").manager == \"morgan\"", &account), Value::Bool(true));
    assert_eq!(value("person(account.owner).name", &Account::with([])), Value::Empty);
    assert!(compile("person(account.owner).name == \"x\"").reads().people);
}

#[test]
fn dependencies_are_collected() {
    let reads =
        compile("account.nps < 7 && was(account.arr, 30) > 5 && events.nps_response.count(14) > 0").reads().clone();
    assert_eq!(reads.fields.iter().map(|field| &**field).collect::<Vec<_>>(), ["arr", "nps"]);
    assert_eq!(reads.feeds.iter().map(|feed| &**feed).collect::<Vec<_>>(), ["panel", "survey"]);
    assert!(reads.events.contains("nps_response"));
    assert!(reads.event_windows.contains(&("nps_response".into(), 14)));
    assert!(reads.field_windows.contains(&("arr".into(), 30)));
    assert!(!reads.daily && !reads.clock && !reads.run && !reads.health);
    for daily in [
        "today > \"2026-01-01\"",
        "days_until(account.renewal_date) < 3",
        "run.day > 3",
        "account.stage == \"adopted\"",
        "within(account.renewal_date, \"3d\")",
        "usage.logins.last > 1",
        "health.score > 1",
    ] {
        assert!(compile(daily).reads().daily, "{daily}");
    }
    assert!(compile("now > account.last_login").reads().clock);
    assert!(compile("tasks.open(\"at-risk\") > 0").reads().other_work);
}

#[test]
fn names_of_a_playbook_are_errors_outside_of_one() {
    let registry = registry();
    let outside = |text: &str| {
        Expression::compile(Source::inline(text, "t"), &Scope::of(&registry), Expected::Any).unwrap_err()[0].code
    };
    assert_eq!(outside("run.day > 3"), "not-in-a-playbook");
    assert_eq!(outside("outcome(\"kickoff\") == \"done\""), "not-in-a-playbook");
    assert_eq!(outside("task(\"kickoff\").done"), "not-in-a-playbook");
    assert_eq!(outside("event.score > 3"), "no-event-here");
    assert_eq!(code("outcome(\"save-plan\") == \"done\""), "later-step");
}

#[test]
fn windows_take_whole_days() {
    for text in [
        "usage.logins.avg(0)",
        "usage.logins.avg(7.5)",
        "usage.logins.avg(account.arr)",
        "health.change(-3)",
        "events.nps_response.count(99999)",
    ] {
        assert_eq!(code(&format!("{text} > 1")), "bad-window", "{text}");
    }
    assert_eq!(code("usage.logins.avg > 1"), "wrong-arguments");
    assert_eq!(code("usage.logins > 1"), "incomplete-name");
    assert_eq!(code("contact(\"champion\") == \"x\""), "incomplete-name");
    assert_eq!(code("account.arr.length > 1"), "no-such-part");
    assert_eq!(code("account.owner.manager(1) == \"dana\""), "no-such-part");
}

fn named<const N: usize>(registry: &mut Registry, texts: [(&str, &str); N]) -> Vec<(String, &'static str)> {
    let sources = texts.map(|(name, text)| (name.to_owned(), Source::inline(text, "conditions.toml")));
    let problems = registry.define_named(BTreeMap::from(sources));
    problems.into_iter().map(|(name, problem)| (name, problem.code)).collect()
}

#[test]
fn named_conditions_may_stand_on_each_other() {
    let mut registry = registry();
    let texts = [("at_risk", "unhappy() && account.arr > 1000"), ("unhappy", "account.nps < 7")];
    assert_eq!(named(&mut registry, texts), []);

    let condition = compile_in(&registry, "at_risk() || false").unwrap();
    let account = Account::with([("account.nps", Value::Number(3.0)), ("account.arr", Value::Number(5000.0))]);
    assert_eq!(condition.truth(&account), Truth::True);
    assert!(condition.reads().feeds.contains("survey"));
    let trace = condition.trace(&account);
    assert_eq!(trace.children[0].text, "at_risk()");
    assert_eq!(trace.children[0].children[0].file, "conditions.toml");
    let unknown = condition.trace(&Account::with([("account.arr", Value::Number(5000.0))]));
    assert_eq!(unknown.unknown_because.unwrap(), "account.nps is empty");
}

#[test]
fn named_conditions_that_are_wrong_are_told_once() {
    let mut registry = registry();
    let texts = [
        ("hen", "egg()"),
        ("egg", "hen()"),
        ("wrong", "account.helth > 5"),
        ("at-risk", "true"),
        ("within", "true"),
        ("half", "true"),
    ];
    let found = named(&mut registry, texts);
    let found: Vec<_> = found.iter().map(|(name, code)| (name.as_str(), *code)).collect();
    let expected = [
        ("at-risk", "bad-name"),
        ("half", "name-taken"),
        ("within", "name-taken"),
        ("wrong", "unknown-field"),
        ("egg", "named-condition-circle"),
        ("hen", "named-condition-circle"),
    ];
    assert_eq!(found, expected);
    assert_eq!(compile_in(&registry, "wrong() && hen()").unwrap_err()[0].code, "broken-named-condition");
}

#[test]
fn named_conditions_cannot_multiply_without_end() {
    let mut registry = registry();
    let mut last = Vec::new();
    for level in 0..20 {
        let name = format!("level_{level}");
        let below = if level == 0 { "account.sso_enabled".to_owned() } else { format!("level_{}()", level - 1) };
        last = named(&mut registry, [(&name, &format!("{below} && {below} && {below}"))]);
    }
    assert_eq!(last[0].1, "broken-named-condition");
    assert!(registry.broken.contains("level_8") && registry.named.contains_key("level_6"));
}

#[test]
fn a_name_is_an_identifier_that_rhai_does_not_keep_for_itself() {
    for name in ["arr", "nps_score_2", "renewal_date"] {
        assert!(is_name(name), "{name}");
    }
    for name in ["at-risk", "2fast", "", "a b", "a.b", "default", "if", "\u{430}rr", "a) || (b"] {
        assert!(!is_name(name), "{name}");
    }
}
