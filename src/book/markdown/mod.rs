//! Markdown as each channel wants it: HTML and plain text for mail, Slack's mrkdwn, an Adaptive Card for Teams.
//!
//! One parser makes [`blocks`], four writers read them. Raw HTML is text everywhere, only web and mail links
//! stay links, and images become their description. Values go through [`escape_markdown`] before they are put
//! into a template; what they hold then lands as text, whatever it looks like.

mod blocks;
mod html;
mod slack;
mod teams;
mod text;

pub use html::html;
pub use slack::{escape_slack, slack, slack_payload};
pub use teams::{teams_message, teams_payload};
pub use text::text;

/// Characters that may mean something anywhere in a line of Markdown.
const ALWAYS: &str = r"\`*_[](){}<>&!|~";
/// Characters that begin a heading, a list, a rule or an underline.
const AT_LINE_START: &str = "#+-=:";

/// A value as text that Markdown leaves alone. What needs no escape stays readable: `2026-06-15` is unchanged.
///
/// Inside a code span or block backslashes are text, so a template should not put values there.
pub fn escape_markdown(value: &str) -> String {
    let lines: Vec<String> = value.lines().map(|line| escape_line(line.trim())).collect();
    lines.join("\n")
}

fn escape_line(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len() + 8);
    let number_ends = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    for (at, c) in line.char_indices() {
        let starts_block = at == 0 && AT_LINE_START.contains(c);
        // `1.` and `1)` number a list when a space follows, which may come from the template.
        let rest = &line[at + c.len_utf8()..];
        let numbers = at == number_ends && matches!(c, '.' | ')') && (rest.is_empty() || rest.starts_with(' '));
        if ALWAYS.contains(c) || starts_block || numbers {
            escaped.push('\\');
        }
        escaped.push(if c.is_control() { ' ' } else { c });
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTER: &str = "# Renewal of Acme\n\nHello **Pat**,\nplease see [the plan](https://us.example/p?a=1&b=2).\n\n\
        - first\n- second *thing*\n  1. inner\n\n> quoted\n\n---\n\n`code` and <b>raw</b>\n";

    #[test]
    fn a_letter_becomes_html() {
        assert_eq!(
            html(LETTER),
            "<h1>Renewal of Acme</h1>\n\
             <p>Hello <strong>Pat</strong>, please see <a href=\"https://us.example/p?a=1&amp;b=2\">the plan</a>.</p>\n\
             <ul>\n<li>first</li>\n<li>second <em>thing</em>\n<ol start=\"1\">\n<li>inner</li>\n</ol>\n</li>\n</ul>\n\
             <blockquote>\n<p>quoted</p>\n</blockquote>\n<hr>\n\
             <p><code>code</code> and &lt;b&gt;raw&lt;/b&gt;</p>\n"
        );
    }

    #[test]
    fn a_letter_becomes_plain_text() {
        assert_eq!(
            text(LETTER),
            "Renewal of Acme\n\nHello Pat, please see the plan (https://us.example/p?a=1&b=2).\n\n\
             - first\n- second thing\n  1. inner\n\n> quoted\n\n----\n\ncode and <b>raw</b>\n"
        );
    }

    #[test]
    fn a_letter_becomes_slack_mrkdwn() {
        assert_eq!(
            slack(LETTER),
            "*Renewal of Acme*\n\nHello *Pat*, please see <https://us.example/p?a=1&amp;b=2|the plan>.\n\n\
             • first\n• second _thing_\n  1. inner\n\n> quoted\n\n----\n\n`code` and &lt;b&gt;raw&lt;/b&gt;\n"
        );
        assert_eq!(slack_payload("hi")["link_names"], 0);
    }

    #[test]
    fn a_letter_becomes_an_adaptive_card() {
        let card = teams_payload(LETTER);
        let body = &card["attachments"][0]["content"]["body"];
        assert_eq!(body[0]["inlines"][0]["text"], "Renewal of Acme");
        assert_eq!(body[1]["inlines"][1]["text"], "Pat");
        assert_eq!(body[1]["inlines"][1]["weight"], "Bolder");
        assert_eq!(body[1]["inlines"][3]["selectAction"]["url"], "https://us.example/p?a=1&b=2");
        assert_eq!(body[2]["inlines"][0]["text"], "• ");
    }

    #[test]
    fn a_value_lands_as_text_in_every_target() {
        let values = [
            "<!channel>",
            "<@U123> <https://evil.example|https://good.example>",
            "[x](http://evil.example)",
            "![x](http://evil.example/pixel)",
            "<script>alert(1)</script>",
            "\"><img src=x onerror=alert(1)>",
            "<!--[if mso]> </style>",
            "# heading",
            "1. item",
            "- item",
            "+1",
            "===",
            "&lt;b&gt; &amp;",
            "a|b `c` **d** __e__ ~~f~~ \\",
            "{{ 7*7 }}",
        ];
        for value in values {
            for template in [format!("{}\n", escape_markdown(value)), format!("Dear {},\n", escape_markdown(value))] {
                let expected = template_of(&template, value);
                assert_eq!(text(&template), expected, "text of {value}");
                let (html, slack) = (html(&template), slack(&template));
                assert_eq!(unescape(&html[3..html.len() - 5]), expected.trim(), "html of {value}");
                assert!(html[3..html.len() - 5].find(['<', '>', '"']).is_none(), "{html}");
                assert_eq!(unescape(&slack), expected, "slack of {value}");
                assert!(slack.find(['<', '>']).is_none(), "{slack}");
                let card = teams_payload(&template);
                let inlines = card["attachments"][0]["content"]["body"][0]["inlines"].as_array().unwrap();
                assert_eq!(inlines.len(), 1, "card of {value}");
                assert_eq!(inlines[0]["text"], expected.trim(), "card of {value}");
                assert!(inlines[0].get("selectAction").is_none());
            }
        }
    }

    fn template_of(template: &str, value: &str) -> String {
        if template.starts_with("Dear ") { format!("Dear {value},\n") } else { format!("{value}\n") }
    }

    fn unescape(text: &str) -> String {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
            .iter()
            .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
    }

    #[test]
    fn a_value_may_be_a_links_target_but_not_leave_it() {
        let link = |url: &str| format!("[open]({})", escape_markdown(url));
        assert!(html(&link("https://us.example/a_b?c=(d)")).contains("href=\"https://us.example/a_b?c=(d)\""));
        for bad in ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "java\tscript:alert(1)"] {
            assert!(!html(&link(bad)).contains("<a "), "{bad}");
        }
        let slack = slack(&link("https://us.example/a|b"));
        assert_eq!(slack, "<https://us.example/a%7Cb|open>\n");
    }

    #[test]
    fn dates_and_numbers_stay_readable_when_escaped() {
        for value in ["2026-06-15", "48,000", "12.5 %", "Acme, Inc.", "pat@acme.example"] {
            assert_eq!(escape_markdown(value), value);
        }
    }

    #[test]
    fn deep_nesting_ends() {
        let deep = format!("{}x\n", "> ".repeat(50_000));
        assert!(text(&deep).contains('x'));
        assert!(html(&"[".repeat(50_000)).len() >= 50_000);
    }
}
