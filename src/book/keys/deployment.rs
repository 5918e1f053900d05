//! Keys of playcaller.toml.

use super::forms::{EMAIL, PATH, SECRET, TEXT, TEXT_OR_SECRET};
use super::{Section, Value, key, names, pairs, section};

pub static DEPLOYMENT: Section = section(
    "",
    &[
        key("book", Value::One(&PATH), "Folder of the book, relative to this file").default("\"playbooks\""),
        key("database", Value::Table(&DATABASE), "Where everything is kept"),
        key("smtp", Value::Table(&SMTP), "The way out for mail"),
        key("slack", Value::Table(&SLACK), "The ways into Slack"),
        key("teams", Value::Table(&TEAMS), "The ways into Teams"),
        key("webhook", Value::Table(&WEBHOOKS), "Secrets of webhooks"),
        key("outbox", Value::Table(&OUTBOX), "Where messages go that are not sent"),
        key("safety", Value::Table(&SAFETY), "What may leave the house"),
        key("http", Value::Table(&HTTP), "The API and pages"),
    ],
    &["book = \"playbooks\"\n"],
);

static DATABASE: Section = section(
    "The database.",
    &[key("url", Value::Inline(&TEXT_OR_SECRET, &REFERENCE), "`sqlite:FILE` or `postgres://USER@HOST/NAME`")
        .required()],
    &["[database]\nurl = \"postgres://cs@db.us.example/playcaller\"\n"],
);

static SMTP: Section = section(
    "The mail relay. Without it mail becomes `.eml` files.",
    &[
        key("url", Value::One(&TEXT), "`smtp://`, `smtps://` or `smtp+starttls://`, host and port").required(),
        key("username", Value::One(&TEXT), "Who logs in"),
        key("password", Value::Inline(&SECRET, &REFERENCE), "Where the password stands"),
    ],
    &["[smtp]\nurl = \"smtp+starttls://mail.us.example:587\"\nusername = \"cs\"\n\
         password = { file = \"/run/secrets/smtp\" }\n"],
);

static SLACK: Section = pairs(
    "A channel of channels.toml, and the URL of its incoming webhook.",
    "\"#channel\"",
    Value::Inline(&SECRET, &REFERENCE),
    &["[slack]\n\"#renewals-forecast\" = { env = \"SLACK_RENEWALS\" }\n"],
);
static TEAMS: Section = pairs(
    "A channel of channels.toml, and the URL of its workflow.",
    "\"#channel\"",
    Value::Inline(&SECRET, &REFERENCE),
    &["[teams]\n\"#success\" = { env = \"TEAMS_SUCCESS\" }\n"],
);

static WEBHOOKS: Section = names("endpoint", Value::Table(&WEBHOOK));
static WEBHOOK: Section = section(
    "What an endpoint of channels.toml needs here.",
    &[
        key("url", Value::Inline(&TEXT_OR_SECRET, &REFERENCE), "The address, when the book has none or another"),
        key("secret", Value::Inline(&SECRET, &REFERENCE), "Signs the body (Standard Webhooks)"),
    ],
    &["[webhook.crm-notes]\nurl = { env = \"CRM_NOTES_URL\" }\nsecret = { env = \"CRM_NOTES_SECRET\" }\n"],
);

static OUTBOX: Section = section(
    "What is written instead of sent.",
    &[key("dir", Value::One(&PATH), "Its folder, relative to this file").default("\"outbox\"")],
    &["[outbox]\ndir = \"outbox\"\n"],
);

static SAFETY: Section = section(
    "For staging, and for networks.",
    &[
        key("allowed_recipient_domains", Value::List(&TEXT), "Mail to any other domain is held"),
        key("redirect_all_to", Value::One(&EMAIL), "Every mail goes here instead"),
        key("allow_private", Value::List(&TEXT), "Private addresses or networks that webhooks may call"),
    ],
    &["[safety]\nallowed_recipient_domains = [\"us.example\"]\nredirect_all_to = \"staging@us.example\"\n\
         allow_private = [\"10.0.0.0/8\"]\n"],
);

static HTTP: Section = section(
    "The HTTP API and pages.",
    &[key("listen", Value::One(&TEXT), "Address and port")],
    &["[http]\nlisten = \"127.0.0.1:8484\"\n"],
);

/// Where a secret stands: one of the two.
static REFERENCE: Section = section(
    "Where a secret stands: one of the two.",
    &[
        key("env", Value::One(&TEXT), "A variable of the environment"),
        key("file", Value::One(&PATH), "A file, relative to this one"),
    ],
    &[],
);
