//! How values are written: the kinds of text, number and date that keys take.

/// A way of writing a value.
pub struct Form {
    pub name: &'static str,
    pub doc: &'static str,
    /// Values as they are written in a file.
    pub examples: &'static [&'static str],
}

const fn form(name: &'static str, doc: &'static str, examples: &'static [&'static str]) -> Form {
    Form { name, doc, examples }
}

/// Every form, in the order of the reference page.
pub static FORMS: [&Form; 43] = [
    &TEXT,
    &LINE,
    &ID,
    &NUMBER,
    &WHOLE,
    &SHARE,
    &FLAG,
    &DATE,
    &MOMENT,
    &TIME,
    &SPAN,
    &DAYS,
    &ZONE,
    &ZONE_RULE,
    &CONDITION,
    &EXPRESSION,
    &FIELD,
    &FIELD_VALUE,
    &RECIPIENT,
    &OURS,
    &SENDER,
    &CHANNEL,
    &AT,
    &AFTER,
    &STARTS,
    &ON_TIMEOUT,
    &LEVEL_DAYS,
    &CRON,
    &WEEKDAYS,
    &HOURS,
    &YEARLY,
    &TEMPLATE,
    &NAME,
    &EMAIL,
    &URL,
    &PATH,
    &SCALE,
    &SCORE,
    &SECRET,
    &TEXT_OR_SECRET,
    &EXPECTED,
    &SET,
    &WHOM,
];

pub static TEXT: Form = form("text", "any text in quotes", &["\"Renewal kickoff\""]);
pub static LINE: Form =
    form("text with tokens", "one line, filled in for the account", &["\"Call {{ account.name }}\""]);
pub static ID: Form = form("id", "small letters, digits, `-` and `_`; never changed once live", &["\"kickoff-email\""]);
pub static NAME: Form = form("name", "the id or name of something defined elsewhere in the book", &["\"crm-notes\""]);
pub static NUMBER: Form = form("number", "whole or not, without quotes", &["48000", "0.5"]);
pub static WHOLE: Form = form("whole number", "0 or more, without quotes", &["5"]);
pub static SHARE: Form = form("share", "a number from 0 to 1", &["0.10"]);
pub static FLAG: Form = form("yes or no", "`true` or `false`, without quotes", &["true"]);
pub static DATE: Form = form("date", "year-month-day, without quotes", &["2026-06-15"]);
pub static MOMENT: Form = form(
    "date or time",
    "a local date, meaning 00:00, or a local date and time, without quotes",
    &["2026-06-15", "2026-03-18T10:00:00"],
);
pub static TIME: Form = form("time of day", "hours and minutes of 24 hours", &["\"14:30\""]);
pub static SPAN: Form = form(
    "span",
    "a number and a unit: `min`, `h`, `d` days, `w` weeks, `mo` months, `bd` business days, `bh` business hours",
    &["\"45min\"", "\"4h\"", "\"3d\"", "\"2w\"", "\"1mo\"", "\"5bd\"", "\"4bh\""],
);
pub static DAYS: Form =
    form("span of days", "a span in `d`, `w`, `mo` or `bd`; may be negative", &["\"-90d\"", "\"0d\"", "\"-3mo\""]);
pub static ZONE: Form = form("time zone", "an IANA name", &["\"Europe/Berlin\""]);
pub static ZONE_RULE: Form = form(
    "time zone or field",
    "an IANA name, or a text field of the account that holds one",
    &["\"account.timezone\"", "\"America/New_York\""],
);
pub static CONDITION: Form = form(
    "condition",
    "a question with the answer yes, no or unknown; in single quotes, over several lines between `'''`",
    &["'account.status == \"active\"'"],
);
pub static EXPRESSION: Form =
    form("expression", "a value computed like a condition", &["\"account.renewal_date\"", "'account.arr / 12'"]);
pub static FIELD: Form = form("date field", "a field of the account that is a date", &["\"account.renewal_date\""]);
pub static FIELD_VALUE: Form =
    form("value", "a value of the field's own type", &["\"active\"", "48000", "2026-06-15", "[\"vip\"]"]);
pub static RECIPIENT: Form = form(
    "recipient",
    "`contact:<persona>` (one), `contacts:<persona>` (all), `event.contact`, a person field of the account or its \
     `.manager`, a person's id, `role:<role>`, `team:<team>`, or an address",
    &["\"contact:champion\"", "\"account.owner\"", "\"role:vp_cs\"", "\"success@us.example\""],
);
pub static OURS: Form = form(
    "person of ours",
    "a recipient on our side: a person field or its `.manager`, a person's id, `role:<role>`, `team:<team>`",
    &["\"account.owner\"", "\"account.owner.manager\"", "\"dana\"", "\"role:vp_cs\"", "\"team:renewals\""],
);
pub static SENDER: Form =
    form("sender", "a person of ours, or an address", &["\"account.owner\"", "\"success@us.example\""]);
pub static CHANNEL: Form = form(
    "chat channel",
    "`#name` of channels.toml, or a person of ours",
    &["\"#renewals-forecast\"", "\"account.owner\""],
);
pub static AT: Form =
    form("moment by the anchor", "`anchor`, + or - a span", &["\"anchor - 90d\"", "\"anchor\"", "\"anchor + 5bd\""]);
pub static AFTER: Form = form(
    "moment after a step",
    "`enrolled`, an earlier step, `<earlier task>.done` or `previous`, + or - a span",
    &["\"enrolled\"", "\"kickoff-email + 3bd\"", "\"book-review.done + 1d\"", "\"previous\""],
);
pub static STARTS: Form = form("start of the ladder", "`enrolled`, or a step", &["\"enrolled\"", "\"book-review\""]);
pub static ON_TIMEOUT: Form = form(
    "after a timeout",
    "`next` goes on, `exit` ends the enrollment, `goto:<later step>` goes on there",
    &["\"next\"", "\"exit\"", "\"goto:hand-over\""],
);
pub static LEVEL_DAYS: Form = form("days of a level", "first and last day, from 1", &["\"1-7\"", "\"8\"", "\"15+\""]);
pub static CRON: Form =
    form("cron", "minute, hour, day of month, month, day of week", &["\"0 9 * * MON\"", "\"30 8 1 * *\""]);
pub static WEEKDAYS: Form =
    form("days of the week", "a row, or a list with commas", &["\"mon-fri\"", "\"mon,wed,fri\""]);
pub static HOURS: Form =
    form("hours", "opening and closing; the closing is not open any more", &["\"09:00-17:00\"", "\"22:00-06:00\""]);
pub static YEARLY: Form = form(
    "day of the year",
    "month-day, or a weekday of a month",
    &["\"12-25\"", "\"thu 4 of nov\"", "\"mon last of may\""],
);
pub static TEMPLATE: Form = form(
    "template",
    "a file beside the playbook, else in `templates/`; its ending may be left out",
    &["\"kickoff-90\""],
);
pub static EMAIL: Form = form("address", "one plain e-mail address", &["\"success@us.example\""]);
pub static URL: Form = form("web address", "without a password in it", &["\"https://hooks.us.example/notes\""]);
pub static PATH: Form = form("path", "of a file or folder", &["\"holidays/us.ics\""]);
pub static SCALE: Form = form(
    "scale",
    "points `[value, score]` by rising value, joined by straight lines",
    &["[[0, 0], [50, 80], [100, 100]]"],
);
pub static SCORE: Form =
    form("`\"skip\"` or score", "`\"skip\"` lets the other weights share; or 0 to 100", &["\"skip\"", "0"]);
pub static SECRET: Form = form(
    "secret",
    "where it stands, never the secret itself",
    &["{ env = \"SLACK_RENEWALS\" }", "{ file = \"/run/secrets/smtp\" }"],
);
pub static TEXT_OR_SECRET: Form = form(
    "text or secret",
    "written out, or where it stands",
    &["\"postgres://cs@db.us.example/playcaller\"", "{ env = \"DATABASE_URL\" }"],
);
pub static EXPECTED: Form = form(
    "line",
    "local date, local time, what happens, its id, then `-> recipient` and `(reason)` as far as they matter",
    &["\"2026-03-18 10:00  email  kickoff-email  -> pat@acme.example\""],
);
pub static SET: Form = form("fields", "a table on one line", &["{ arr = 9000, status = \"paused\" }"]);
pub static WHOM: Form = form(
    "contact",
    "its id or address, or a table on one line that begins with one of them",
    &["\"pat@acme.example\"", "{ email = \"pat@acme.example\", status = \"left\" }"],
);
