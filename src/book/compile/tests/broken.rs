use super::book;
use crate::book::Diagnostic;
use crate::book::render::render;

/// One broken file: name, text, and for each mistake its code, line, column, a part of the message and suggestion.
type Case = (&'static str, &'static str, &'static [(&'static str, usize, usize, &'static str, Option<&'static str>)]);

const CASES: &[Case] = &[
    ("account.toml", "[fields.arr]\ntype = \"numbr\"\n", &[("unknown-value", 2, 9, "`numbr`", Some("number"))]),
    ("account.toml", "[fields.arr]\ntype = \"text\"\n", &[("built-in-type", 2, 9, "built in as a number", None)]),
    ("account.toml", "[fields.plan]\ntype = \"choice\"\n", &[("missing-key", 1, 1, "has no `values`", None)]),
    ("account.toml", "[fields.segment]\ntype = \"text\"\n", &[("reserved-name", 1, 9, "account.segment", None)]),
    ("account.toml", "[fields.open-p1]\ntype = \"number\"\n", &[("bad-id", 1, 9, "`open-p1`", Some("open_p1"))]),
    ("account.toml", "[field.x]\ntype = \"text\"\n", &[("unknown-key", 1, 2, "`field`", Some("fields"))]),
    (
        "account.toml",
        "[feeds.crm]\nfresh_for = \"3m\"\n[fields.x]\ntype = \"text\"\nsource = \"cmr\"\n",
        &[("ambiguous-duration", 2, 14, "ambiguous", None)],
    ),
    ("account.toml", "[metrics.x]\nmissing = 0\n", &[("wrong-type", 2, 11, "found a number", None)]),
    (
        "people.toml",
        "[[person]]\nid = \"dana\"\nname = \"Dana\"\nmanager = \"morgn\"\n[[person]]\nid = \"morgan\"\nname = \"M\"\n",
        &[("unknown-name", 4, 12, "person `morgn`", Some("morgan"))],
    ),
    (
        "people.toml",
        "[[person]]\nid = \"a\"\nname = \"A\"\nmanager = \"a\"\n[[person]]\nid = \"a\"\nname = \"B\"\n",
        &[("manager-circle", 2, 7, "lead back", None), ("duplicate-id", 6, 7, "on line 2", None)],
    ),
    (
        "people.toml",
        "[[person]]\nid = \"a\"\nname = \"A\"\nemail = \"a b@x\"\ntimezone = \"US/Estern\"\n",
        &[("bad-email", 4, 10, "`a b@x`", None), ("bad-zone", 5, 13, "US/Estern", Some("US/Eastern"))],
    ),
    (
        "people.toml",
        "[[person]]\nid = \"a\"\nname = \"A\"\naway = [{ from = 2026-08-14, until = 2026-08-01 }]\n",
        &[("wrong-value", 4, 38, "before it begins", None)],
    ),
    ("people.toml", "[team.x]\nmembers = \"dana\"\n", &[("wrong-type", 2, 11, "a list", None)]),
    ("calendars.toml", "[calendar.x]\ndays = \"mon-fry\"\n", &[("bad-days", 2, 9, "`mon-fry`", None)]),
    ("calendars.toml", "[calendar.x]\nhours = \"9 to 5\"\n", &[("bad-hours", 2, 10, "`9 to 5`", None)]),
    (
        "calendars.toml",
        "[calendar.x]\nholidays = [\"uk\"]\n[calendar.x.region]\nemea = \"eu-hours\"\n[holidays.us]\nyearly = [\"13-01\"]\n",
        &[
            ("unknown-name", 2, 14, "`uk`", Some("us")),
            ("unknown-name", 4, 9, "calendar `eu-hours`", None),
            ("bad-holiday", 6, 12, "13-01", None),
        ],
    ),
    ("calendars.toml", "[holidays.us]\nics = \"us.ics\"\n", &[("unknown-name", 2, 8, "us.ics", None)]),
    (
        "health.toml",
        "[[dimension]]\nid = \"a\"\nweight = 0.7\n[[dimension.measure]]\nid = \"m\"\nvalue = 'account.arr'\n\
         scale = [[5, 0], [1, 100]]\n[[dimension]]\nid = \"b\"\nweight = 0.4\n",
        &[
            ("bad-scale", 7, 9, "1 follows 5", None),
            ("missing-key", 8, 1, "The dimension `b` has no `measure`", None),
            ("weights-sum", 10, 10, "sum to 1.1", None),
        ],
    ),
    (
        "health.toml",
        "[[dimension]]\nid = \"a\"\nweight = 1\n[[dimension.measure]]\nid = \"m\"\nvalue = '''\n  account.ar\n'''\n\
         scale = [[0, 0], [1, 100]]\n[[band]]\nid = \"green\"\nfrom = 80\n",
        &[("unknown-field", 7, 11, "`ar`", Some("arr")), ("band-gap", 11, 7, "below 80", None)],
    ),
    (
        "segments.toml",
        "[[segment]]\nid = \"a\"\n[[segment]]\nid = \"b\"\nwhen = \"account.segment == \\\"a\\\" && account.name > 5\"\n",
        &[
            ("missing-key", 1, 1, "nobody ever reaches", None),
            ("incomparable-types", 5, 37, "`account.name` is text", None),
        ],
    ),
    (
        "segments.toml",
        "[[segment]]\nid = \"a\"\nwhen = 'account.stage == \"s\"'\n[[stage]]\nid = \"s\"\nwhen = 'account.segment == \"a\"'\n",
        &[("computed-circle", 3, 9, "the segment", None), ("computed-circle", 6, 9, "the stage", None)],
    ),
    (
        "conditions.toml",
        "[condition.a]\nwhen = 'b()'\n[condition.b]\nwhen = 'a()'\n",
        &[("named-condition-circle", 2, 9, "`a()`", None), ("named-condition-circle", 4, 9, "`b()`", None)],
    ),
    ("functions.rhai", "fn a(x) { x }\nlet y = 1;\n", &[("script-statement", 2, 1, "functions", None)]),
    (
        "policy.toml",
        "[priority]\norder = [\"billing\"]\n[[cap]]\nid = \"c\"\nchannel = \"email\"\nper = \"acount\"\nmax = 0\n\
         within = \"-7d\"\nexempt = [\"biling\"]\n",
        &[
            ("unknown-value", 6, 8, "`acount`", Some("account")),
            ("out-of-range", 7, 7, "between 1", None),
            ("bad-span", 8, 11, "negative", Some("7d")),
            ("unknown-name", 9, 12, "message class `biling`", Some("billing")),
        ],
    ),
    (
        "policy.toml",
        "[never]\nexcept = [\"offboarding\"]\n[quiet]\nwindow = \"busness-hours\"\n[measure]\nholdout = 10\n",
        &[
            ("missing-key", 1, 1, "[never] has no `when`", None),
            ("unknown-name", 2, 12, "playbook `offboarding`", None),
            ("unknown-name", 4, 11, "calendar", Some("business-hours")),
            ("out-of-range", 6, 11, "between 0 and 1", None),
        ],
    ),
    ("policy.toml", "[breaker]\nmax_new = 5\n", &[("no-effect", 2, 11, "below min_enrollments = 20", None)]),
    ("policy.toml", "[breaker]\nmax_new = 5\nmin_enrollments = 5\n", &[]),
    (
        "channels.toml",
        "[slack.alerts]\n[slack.\"#ops\"]\nurl = \"https://hooks.example/T0\"\n[webhook.x]\nurl = \"ftp://x.example\"\n",
        &[
            ("bad-id", 1, 8, "lacks its `#`", Some("\"#alerts\"")),
            ("secret-in-book", 3, 8, "secret", None),
            ("bad-url", 5, 8, "ftp://x.example", None),
        ],
    ),
    ("renewal/policy.toml", "[never]\n", &[("misplaced-file", 1, 1, "only at the top", None)]),
    ("polcy.toml", "[never]\n", &[("misplaced-file", 1, 1, "polcy.toml", Some("policy.toml"))]),
];

#[test]
fn every_mistake_is_found_at_its_place_with_what_to_do() {
    for (file, text, expected) in CASES {
        let found = book(&[(file, text)]).diagnostics;
        let shown = render(&found, &Default::default(), false);
        assert_eq!(found.len(), expected.len(), "{file}:\n{text}\n{shown}");
        for (diagnostic, (code, line, column, message, suggestion)) in found.iter().zip(*expected) {
            let place = (diagnostic.code, diagnostic.line, diagnostic.column);
            assert_eq!(place, (*code, *line, *column), "{file}:\n{text}\n{shown}");
            assert!(diagnostic.message.contains(message), "{}", diagnostic.message);
            assert_eq!(diagnostic.suggestion.as_deref(), *suggestion, "{}", diagnostic.message);
        }
    }
}

#[test]
fn two_playbooks_with_one_id_are_reported_at_the_second() {
    let text = "id = \"x\"\n";
    let found = book(&[("a/x.toml", text), ("b/x.toml", text)]).diagnostics;
    let duplicate = found.iter().find(|diagnostic| diagnostic.code == "duplicate-id").unwrap();
    assert_eq!((&*duplicate.file, duplicate.line), ("b/x.toml", 1));
    assert!(duplicate.message.contains("a/x.toml"), "{}", duplicate.message);
}

#[test]
fn a_diagnostic_serializes_in_its_published_shape() {
    let diagnostic: Diagnostic =
        book(&[("people.toml", "[[person]]\nid = \"Dana\"\nname = \"D\"\n")]).diagnostics.remove(0);
    let json = serde_json::to_string(&diagnostic).unwrap();
    let expected = concat!(
        r#"{"code":"bad-id","severity":"error","file":"people.toml","line":2,"column":7,"end_line":2,"end_column":11,"#,
        r#""message":"`Dana` is not an id: use small letters, digits, `-` and `_`","#,
        r#""help":"did you mean `dana`?","suggestion":"dana"}"#
    );
    assert_eq!(json, expected);
}

#[test]
fn a_person_sees_the_line_and_what_to_write() {
    let loaded = book(&[("segments.toml", "[[segment]]\nid = \"smb\"\nwhen = 'account.ar < 5'\n")]);
    let text = render(&loaded.diagnostics, &loaded.files, false);
    for part in ["unknown-field", "segments.toml:3", "when = 'account.ar < 5'", "arr", "1 error"] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
}
