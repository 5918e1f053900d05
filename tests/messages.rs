//! Messages as they go out, composed by the code that sends: whatever a customer's data holds lands as text, and a hole
//! in the data never becomes a hole in a sentence.

use std::collections::BTreeMap;
use std::sync::Arc;

use playcaller::book::{self, Book, Severity};
use playcaller::condition::Value;
use playcaller::engine::Reason;
use playcaller::engine::delivery::{Content, Email};
use playcaller::engine::desk::Task;
use playcaller::engine::visit::Rehearsal;
use playcaller::portfolio::import::{AccountRow, ContactRow, Rows};
use playcaller::runtime::preview::preview;
use playcaller::store::Store;
use playcaller::time::Timestamp;

/// A name that tries everything at once.
const HOSTILE: &str =
    "<script>alert(1)</script> *bold* `code` | <!channel> <@U1> [x](http://evil.example) \"q\" \\ & Co";

const SHARED: [(&str, &str); 3] = [
    (
        "account.toml",
        "[fields.plan]\ntype = \"text\"\n[fields.portal]\ntype = \"text\"\n[events.nps_response]\n\
         [events.nps_response.fields.score]\ntype = \"number\"\n",
    ),
    (
        "channels.toml",
        "[email.default]\nfrom = \"success@larkfield.example\"\nname = \"Larkfield\"\n[slack.\"#renewals\"]\n\
         [teams.\"#alerts\"]\n[webhook.crm]\nurl = \"https://hooks.larkfield.example/crm\"\n",
    ),
    (
        "people.toml",
        "[[person]]\nid = \"dana\"\nname = \"Dana Reyes\"\nemail = \"dana@larkfield.example\"\nslack = \"U0DANA\"\n",
    ),
];

/// A book with one playbook of one step, called `step`.
fn files(step: &str, more: &[(&str, &str)]) -> BTreeMap<String, String> {
    let playbook = format!(
        "id = \"letter\"\ntitle = \"A letter\"\nowner = \"dana\"\nstatus = \"live\"\ntrigger = {{ kind = \"manual\" }}\n\
         [[step]]\nid = \"step\"\nafter = \"enrolled\"\n{step}\n"
    );
    let mut files: BTreeMap<String, String> =
        SHARED.iter().chain(more).map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    files.insert("letter.toml".to_owned(), playbook);
    files
}

fn book(step: &str, more: &[(&str, &str)]) -> Arc<Book> {
    let loaded = book::load_files(files(step, more));
    assert!(!loaded.has_errors(), "{:#?}", loaded.diagnostics);
    Arc::new(loaded.book)
}

/// The errors of a book: the codes, and everything said.
fn mistakes(step: &str, more: &[(&str, &str)]) -> (Vec<&'static str>, String) {
    let mut found = book::load_files(files(step, more)).diagnostics;
    found.retain(|own| own.severity == Severity::Error);
    let told = found.iter().map(|own| format!("{} {}\n", own.message, own.help.as_deref().unwrap_or_default()));
    (found.iter().map(|own| own.code).collect(), told.collect())
}

const NOW: &str = "2026-06-01T10:00:00Z";

fn now() -> Timestamp {
    NOW.parse().expect("an instant")
}

/// What the step hands out for an account with these fields and a champion of that name.
async fn handed_out(book: Arc<Book>, account: &[(&str, Value)], champion: &str) -> Rehearsal {
    let store = Store::open("sqlite::memory:").await.expect("a database in memory");
    let text = |name: &str, value: &str| (Arc::from(name), Value::text(value));
    let own = account.iter().map(|(name, value)| (Arc::from(*name), value.clone()));
    let fields = [text("name", HOSTILE), text("owner", "dana"), text("timezone", "UTC")].into_iter().chain(own);
    let contact = vec![
        text("email", "pat@acme.example"),
        text("name", champion),
        (Arc::from("personas"), Value::tags(["champion"])),
    ];
    let rows = Rows {
        accounts: vec![AccountRow { line: 0, id: "acme".into(), as_of: now(), fields: fields.collect() }],
        contacts: vec![ContactRow { line: 0, id: "pat".into(), account: "acme".into(), as_of: now(), fields: contact }],
        ..Rows::default()
    };
    let mut tx = store.begin().await.expect("a transaction");
    tx.land(&rows, now()).await.expect("rows land");
    tx.commit().await.expect("a commit");
    let playbook = book.playbooks["letter"].clone();
    preview(&store, book, &playbook, "step", "acme", now()).await.expect("a rehearsal")
}

fn first(rehearsal: Rehearsal) -> Content {
    match rehearsal {
        Rehearsal::Messages(messages) => messages.into_iter().next().expect("a message"),
        other => panic!("no message: {other:?}"),
    }
}

fn mail(rehearsal: Rehearsal) -> Email {
    match first(rehearsal) {
        Content::Email(email) => email,
        other => panic!("no mail: {other:?}"),
    }
}

fn payload(rehearsal: Rehearsal) -> serde_json::Value {
    match first(rehearsal) {
        Content::Slack { payload, .. } | Content::Teams { payload, .. } => payload,
        Content::Webhook { body, .. } => body,
        Content::Email(email) => panic!("a mail: {email:?}"),
    }
}

fn task(rehearsal: Rehearsal) -> Task {
    match rehearsal {
        Rehearsal::Task(task) => *task,
        other => panic!("no task: {other:?}"),
    }
}

const MAIL: &str = "action = \"email\"\nto = \"contact:champion\"\ntemplate = \"hello\"";

fn letter(body: &str) -> String {
    format!("+++\nsubject = \"For {{{{ account.name }}}}\"\npreheader = \"{{{{ account.name }}}}\"\n+++\n{body}\n")
}

async fn mail_of(body: &str, account: &[(&str, Value)], champion: &str) -> Email {
    mail(handed_out(book(MAIL, &[("hello.md", &letter(body))]), account, champion).await)
}

#[tokio::test]
async fn in_a_mail_a_hostile_name_is_text_in_every_part() {
    let body = "Hi {{ contact.first_name }} of {{ account.name }},\n\n| name |\n| --- |\n| {{ account.name }} |\n";
    let email = mail_of(body, &[], "Pat\nBcc: thief@evil.example").await;
    assert_eq!(email.subject, format!("For {HOSTILE}"));
    assert!(email.text.starts_with(&format!("Hi Pat of {HOSTILE},\n")), "{}", email.text);
    for tag in ["<script", "<!channel", "<strong>", "<code>", "href="] {
        assert!(!email.html.contains(tag), "{tag} in {}", email.html);
    }
    let escaped = "&lt;script&gt;alert(1)&lt;/script&gt; *bold* `code` | &lt;!channel&gt;";
    assert_eq!(email.html.matches(escaped).count(), 3, "preheader, sentence and table in {}", email.html);
    assert!(email.html.contains("<td>&lt;script&gt;"), "the cell is one cell: {}", email.html);
}

#[tokio::test]
async fn a_line_break_in_a_name_cannot_add_a_line_to_the_subject() {
    let text = "+++\nsubject = \"For {{ contact.name }}\"\n+++\nHello.\n";
    let email = mail(handed_out(book(MAIL, &[("hello.md", text)]), &[], "Pat\r\nBcc: thief@evil.example").await);
    assert_eq!(email.subject, "For Pat Bcc: thief@evil.example");
}

#[tokio::test]
async fn in_an_address_a_value_stays_one_part_of_it_and_a_whole_address_must_be_of_the_web() {
    let body =
        "[open](https://app.larkfield.example/find?q={{ account.plan }}&page=1)\n\n[portal]({{ account.portal }})";
    let plan = Value::text("R&D / 50 %?");
    let email =
        mail_of(body, &[("plan", plan.clone()), ("portal", Value::text("https://acme.example/a?b=c&d"))], "Pat").await;
    let link = "href=\"https://app.larkfield.example/find?q=R%26D%20%2F%2050%20%25%3F&amp;page=1\"";
    assert!(email.html.contains(link), "{}", email.html);
    assert!(email.html.contains("href=\"https://acme.example/a?b=c&amp;d\""), "{}", email.html);
    let email = mail_of(body, &[("plan", plan), ("portal", Value::text("javascript:alert(1)"))], "Pat").await;
    assert_eq!(email.html.matches("href").count(), 1, "{}", email.html);
}

#[tokio::test]
async fn in_code_a_value_shows_no_backslashes_and_cannot_leave_it() {
    let email = mail_of("The key is `{{ account.plan }}`.", &[("plan", Value::text("a_b*c` <b>"))], "Pat").await;
    assert!(email.html.contains("<code>a_b*c&#39; &lt;b&gt;</code>"), "{}", email.html);
    assert_eq!(email.text, "The key is a_b*c' <b>.\n");
}

#[tokio::test]
async fn without_a_name_nobody_is_greeted_with_a_hole() {
    let strict = "Hi {{ contact.first_name }},";
    for name in ["", "   "] {
        let held = handed_out(book(MAIL, &[("hello.md", &letter(strict))]), &[], name).await;
        let Rehearsal::Held(Reason::TemplateError, Some(why)) = held else { panic!("{name:?}: {held:?}") };
        assert!(why.contains("hello.md line 5: `contact.first_name` has no value here"), "{why}");
        let email = mail_of("Hi {{ contact.first_name | default(\"there\") }},", &[], name).await;
        assert_eq!(email.text, "Hi there,\n");
    }
}

#[tokio::test]
async fn a_sentence_that_depends_on_something_empty_is_not_sent() {
    let body = letter("{% if account.arr < 5000 %}You are small.{% endif %}");
    let held = handed_out(book(MAIL, &[("hello.md", &body)]), &[], "Pat").await;
    let Rehearsal::Held(Reason::TemplateError, Some(why)) = held else { panic!("{held:?}") };
    assert!(why.contains("`if account.arr < 5000` has no value here"), "{why}");
    let body = "{% if account.plan %}Your plan: {{ account.plan }}.{% else %}Hello.{% endif %}";
    assert_eq!(mail_of(body, &[], "Pat").await.text, "Hello.\n", "whether there is a value may be asked");
}

#[tokio::test]
async fn what_conditions_ask_templates_may_ask_too() {
    let body = "{% if large() and has_tag(account.tags, \"vip\") and within(account.renewal_date, \"30d\") %}\
                {{ was(account.plan, 0) }}, before {{ was(account.plan, 30) | default(\"nothing\") }}\
                {% if changed(account.plan, 7) %}, new{% endif %}{% endif %}";
    let conditions = ("conditions.toml", "[condition.large]\nwhen = 'account.arr > 1000'\n");
    let book = || book(MAIL, &[("hello.md", &letter(body)), conditions]);
    let account = |arr| {
        let renewal = Value::Date("2026-06-20".parse().expect("a date"));
        [("plan", Value::text("gold")), ("tags", Value::tags(["vip"])), ("renewal_date", renewal), ("arr", arr)]
    };
    let email = mail(handed_out(book(), &account(Value::Number(5000.0)), "Pat").await);
    assert_eq!(email.text, "gold, before nothing\n");
    let held = handed_out(book(), &account(Value::Empty), "Pat").await;
    assert!(matches!(held, Rehearsal::Held(Reason::TemplateError, _)), "whether it is large is unknown: {held:?}");
    let (codes, told) = mistakes(MAIL, &[("hello.md", &letter("{{ was(account.paln, 30) }}"))]);
    assert_eq!(codes, ["template-value"], "{told}");
    assert!(told.contains("paln"), "{told}");
}

#[tokio::test]
async fn the_layout_of_the_book_is_the_page_of_every_mail() {
    let layout = "<html><head><title>{{ subject }}</title></head><body class=\"{{ playbook.id }}\">\n{{ body }}\n<p>{{ owner.name }}</p>\n\
                  {% if unsubscribe %}<a href=\"{{ unsubscribe }}\">No more of these</a>{% endif %}\n</body></html>\n";
    let policy = "[email]\nunsubscribe = \"https://larkfield.example/u/{token}\"\n";
    let files = |to: &str| {
        let step = MAIL.replace("contact:champion", to);
        book(&step, &[("hello.md", &letter("Hello *you*.")), ("layout.html", layout), ("policy.toml", policy)])
    };
    let email = mail(handed_out(files("contact:champion"), &[], "Pat").await);
    assert!(email.html.starts_with("<html><head><title>For &lt;script&gt;"), "{}", email.html);
    assert!(email.html.contains("<body class=\"letter\">\n<p>Hello <em>you</em>.</p>\n"), "{}", email.html);
    assert!(email.html.contains("<p>Dana Reyes</p>\n<a href=\"https://larkfield.example/u/"), "{}", email.html);
    let email = mail(handed_out(files("account.owner"), &[], "Pat").await);
    assert!(!email.html.contains("No more of these"), "{}", email.html);
}

#[tokio::test]
async fn in_slack_nobody_is_called_by_a_name() {
    let step = "action = \"slack\"\nchannel = \"#renewals\"\ntemplate = \"note\"";
    let note = "**News** of {{ account.name }}: [open](https://app.larkfield.example/?q={{ account.plan }})\n";
    let account = [("plan", Value::text("a|b>c"))];
    let sent = payload(handed_out(book(step, &[("note.md", note)]), &account, "Pat").await);
    assert_eq!(
        sent["text"],
        "*News* of &lt;script&gt;alert(1)&lt;/script&gt; *bold* `code` | &lt;!channel&gt; &lt;@U1&gt; \
         [x](http://evil.example) \"q\" \\ &amp; Co: <https://app.larkfield.example/?q=a%7Cb%3Ec|open>"
    );
    assert_eq!(sent["link_names"], 0);
}

#[tokio::test]
async fn block_kit_is_sent_as_it_is_written() {
    let step = "action = \"slack\"\nchannel = \"#renewals\"\ntemplate = \"note\"";
    let note = r#"{
      "blocks": [
        { "type": "header", "text": { "type": "plain_text", "text": "{{ account.name }}" } },
        { "type": "section", "text": { "type": "mrkdwn", "text": "<https://app.larkfield.example/?q={{ account.name }}|open>" } }
      ]
    }"#;
    let sent = payload(handed_out(book(step, &[("note.slack.json", note)]), &[], "Pat").await);
    let title = sent["blocks"][0]["text"]["text"].as_str().expect("a title");
    assert!(title.ends_with("&lt;!channel&gt; &lt;@U1&gt; [x](http://evil.example) \"q\" \\ &amp; Co"), "{title}");
    let link = sent["blocks"][1]["text"]["text"].as_str().expect("a link");
    assert!(
        link.starts_with("<https://app.larkfield.example/?q=%3Cscript%3E") && link.ends_with("%20Co|open>"),
        "{link}"
    );
}

#[tokio::test]
async fn teams_gets_an_adaptive_card_from_markdown_and_from_a_card_of_ones_own() {
    let step = "action = \"teams\"\nchannel = \"#alerts\"\ntemplate = \"note\"";
    let card_of = |sent: serde_json::Value| {
        assert_eq!(sent["type"], "message");
        let carried = &sent["attachments"][0];
        assert_eq!(carried["contentType"], "application/vnd.microsoft.card.adaptive");
        assert_eq!(carried["content"]["type"], "AdaptiveCard");
        carried["content"].clone()
    };
    let card =
        card_of(payload(handed_out(book(step, &[("note.md", "News of {{ account.name }}\n")]), &[], "Pat").await));
    assert_eq!(card["body"][0]["inlines"][0]["text"], format!("News of {HOSTILE}"));
    let own = r#"{ "type": "AdaptiveCard", "version": "1.4", "body": [{ "type": "TextBlock", "text": "{{ account.name }}" }] }"#;
    let card = card_of(payload(handed_out(book(step, &[("note.teams.json", own)]), &[], "Pat").await));
    let text = card["body"][0]["text"].as_str().expect("a text");
    assert_eq!(text, HOSTILE.replace("](", "] ("), "no name is a link");
}

#[tokio::test]
async fn a_webhook_gets_the_values_themselves() {
    let step = "action = \"webhook\"\nendpoint = \"crm\"\nbody = \"crm\"";
    let body = r#"{
      "name": "{{ account.name }}",
      "whole": {{ account.name }},
      "arr": {{ account.arr }},
      "plan": {{ account.plan | default(none) }},
      "note": "{{ account.plan | default("") }}",
      "page": "https://app.larkfield.example/{{ account.name }}"
    }"#;
    let account = [("arr", Value::Number(48000.0))];
    let sent = payload(handed_out(book(step, &[("crm.json", body)]), &account, "Pat").await);
    assert_eq!((&sent["name"], &sent["whole"]), (&HOSTILE.into(), &HOSTILE.into()));
    assert_eq!(sent["arr"], 48000);
    assert_eq!((&sent["plan"], &sent["note"]), (&serde_json::Value::Null, &"".into()));
    assert!(sent["page"].as_str().is_some_and(|page| page.ends_with("%22q%22%20%5C%20%26%20Co")), "{sent}");
}

#[tokio::test]
async fn a_task_carries_its_document_filled_in() {
    let step = "action = \"task\"\nassignee = \"account.owner\"\ntitle = \"Call {{ account.name }}\"\npriority = \"high\"\n\
                due = \"5bd\"\nchecklist = [\"Plan {{ account.plan }}\"]\ntemplate = \"brief\"";
    let brief = "# {{ account.name }}\n\nRenewal on {{ account.renewal_date | date }}, {{ account.arr | money }}.\n";
    let account = [
        ("plan", Value::text("a_b")),
        ("renewal_date", Value::Date("2026-09-01".parse().expect("a date"))),
        ("arr", Value::Number(48000.0)),
    ];
    let task = task(handed_out(book(step, &[("brief.md", brief)]), &account, "Pat").await);
    assert_eq!(task.title, format!("Call {HOSTILE}"));
    assert_eq!((task.priority.as_str(), task.due.map(|due| due.to_string()).as_deref()), ("high", Some("2026-06-08")));
    assert_eq!(task.checklist[0].text, "Plan a_b");
    let body = task.body.expect("a document");
    assert_eq!(
        playcaller::book::markdown::text(&body),
        format!("{HOSTILE}\n\nRenewal on September 1, 2026, $48,000.\n")
    );
}

#[test]
fn what_can_never_be_filled_in_is_told_when_the_book_is_read() {
    let hello = letter("Hello.");
    let slack = "action = \"slack\"\nchannel = \"#renewals\"\ntemplate = \"note\"";
    let teams = "action = \"teams\"\nchannel = \"#alerts\"\ntemplate = \"note\"";
    let to_us = MAIL.replace("contact:champion", "account.owner");
    let copied = format!("{to_us}\ncc = \"contact:champion\"");
    let titled = "action = \"task\"\nassignee = \"dana\"\ntitle = \"Call {{ contact.name }}\"";
    let greeting = letter("Hi {{ contact.first_name }},");
    let scored = letter("You gave {{ event.score }}.");
    let holed = letter("Hi {{ contact.first_name | default(\"\") }},");
    let of_step = letter("{% if outcome(\"stpe\") == \"done\" %}Done.{% endif %}");
    let typed = letter("{{ account.renewal_date | money }}");
    for (step, more, code, fragment) in [
        (slack, vec![("note.md", "{{ contact.name }}")], "template-value", "no contact reads this"),
        (&*to_us, vec![("hello.md", &*greeting)], "template-value", "contact(\"champion\").first_name"),
        (&*copied, vec![("hello.md", &*greeting)], "template-value", "no contact reads this"),
        (titled, vec![], "template-value", "no contact reads this"),
        (MAIL, vec![("hello.md", &*scored)], "template-value", "only a playbook that an event starts"),
        (MAIL, vec![("hello.md", &*of_step)], "template-value", "the step `stpe`"),
        (MAIL, vec![("hello.md", &*holed)], "template-value", "leaves a hole in the text"),
        (MAIL, vec![("hello.md", &*typed)], "template-value", "needs a number"),
        (slack, vec![("note.slack.json", "[]")], "not-a-message", "Block Kit"),
        (slack, vec![("note.json", "{\"text\": \"x\"}")], "wrong-template", "note.slack.json"),
        (teams, vec![("note.teams.json", "{\"text\": \"x\"}")], "not-a-message", "Adaptive Card"),
        (
            MAIL,
            vec![("hello.md", &*hello), ("layout.html", "<p>{{ subject }}</p>")],
            "layout-without-body",
            "{{ body }}",
        ),
        (
            MAIL,
            vec![("hello.md", &*hello), ("layout.html", "{{ body }}{{ unsubscribe }}")],
            "template-value",
            "`unsubscribe`",
        ),
        (MAIL, vec![("hello.md", &*hello), ("layout.html", "{{ body }}{{ acount.name }}")], "unknown-name", "acount"),
    ] {
        let (codes, told) = mistakes(step, &more);
        assert_eq!(codes, [code], "{step} {more:?}: {told}");
        assert!(told.contains(fragment), "{told}");
    }
}
