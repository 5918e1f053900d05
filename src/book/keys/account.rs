//! Keys of account.toml.

use super::forms::{FLAG, ID, NAME, SPAN, TEXT};
use super::{Key, Section, Value, key, names, section, words};
use crate::book::dictionary::{FieldType, MissingDay};

pub static ACCOUNT: Section = section(
    "",
    &[
        key("feeds", Value::Table(&FEEDS), "How fresh each source of data must be"),
        key("fields", Value::Table(&FIELDS), "Fields of an account"),
        key("contact", Value::Table(&CONTACT), "What is known of contacts"),
        key("metrics", Value::Table(&METRICS), "Numbers that come in every day"),
        key("events", Value::Table(&EVENTS), "Things that happen"),
    ],
    &[],
);

static FEEDS: Section = names("name", Value::Table(&FEED));
static FEED: Section = section(
    "A source of data. A condition that reads an older one is unknown: `stale_feed`.",
    &[
        key("fresh_for", Value::One(&SPAN), "How old its latest import may be").required(),
        key("doc", Value::One(&TEXT), "What it is, for people"),
    ],
    &["[feeds.crm]\nfresh_for = \"36h\"\ndoc = \"Nightly export of the CRM\"\n"],
);

static FIELDS: Section = names("name", Value::Table(&FIELD));
static FIELD: Section = section(
    "A field of the account. A built-in one may be declared again for its unit, doc and source.",
    &FIELD_KEYS,
    &[
        "[fields.renewal_status]\ntype = \"choice\"\nvalues = [\"open\", \"in_progress\", \"won\", \"lost\"]\n\
         doc = \"Where the renewal stands\"\nsource = \"crm\"\n",
        "[fields.arr]\nunit = \"USD/year\"\n",
        "[fields.open_p1_tickets]\ntype = \"number\"\n",
        "[fields.seats]\ntype = \"number\"\n",
    ],
);
static FIELD_KEYS: [Key; 5] = [
    key("type", Value::Choice(words::<FieldType>), "What it holds; a built-in field has its type already").required(),
    key("values", Value::List(&TEXT), "The values of a choice").only(&["choice"]),
    key("unit", Value::One(&TEXT), "Shown beside the value"),
    key("doc", Value::One(&TEXT), "What it means, for people"),
    key("source", Value::One(&NAME), "The feed it comes from"),
];

static CONTACT: Section = section(
    "What is known of contacts.",
    &[
        key("personas", Value::List(&ID), "Personas besides the built-in ones"),
        key("fields", Value::Table(&CONTACT_FIELDS), "Fields of a contact"),
    ],
    &["[contact]\npersonas = [\"security_officer\"]\n"],
);
static CONTACT_FIELDS: Section = names("name", Value::Table(&CONTACT_FIELD));
static CONTACT_FIELD: Section = section(
    "A field of a contact.",
    &FIELD_KEYS,
    &["[contact.fields.seniority]\ntype = \"choice\"\nvalues = [\"user\", \"manager\", \"executive\"]\n\
         unit = \"level\"\ndoc = \"How far up\"\nsource = \"crm\"\n"],
);

static METRICS: Section = names("name", Value::Table(&METRIC));
static METRIC: Section = section(
    "A number for each day, read with `usage.<name>`.",
    &[
        key("unit", Value::One(&TEXT), "Shown beside the value"),
        key("doc", Value::One(&TEXT), "What it means, for people"),
        key("source", Value::One(&NAME), "The feed it comes from"),
        key("missing", Value::Choice(words::<MissingDay>), "What a day without a value is").default("\"unknown\""),
    ],
    &[
        "[metrics.logins]\nunit = \"logins/day\"\ndoc = \"Logins of all users\"\nsource = \"crm\"\nmissing = \"zero\"\n",
        "[metrics.active_users]\n",
    ],
);

static EVENTS: Section = names("kind", Value::Table(&EVENT));
static EVENT: Section = section(
    "A kind of event, read with `events.<kind>`; `id`, `account`, `contact` and `at` are there for all.",
    &[
        key("doc", Value::One(&TEXT), "What has happened, for people"),
        key("source", Value::One(&NAME), "The feed it comes from"),
        key("contact", Value::One(&FLAG), "Whether it counts as contact with the customer: `days_since_contact()`")
            .default("false"),
        key("fields", Value::Table(&EVENT_FIELDS), "What each event of the kind says"),
    ],
    &[
        "[events.nps_response]\ndoc = \"Somebody answered the survey\"\nsource = \"crm\"\n",
        "[events.meeting_held]\ncontact = true\n",
    ],
);
static EVENT_FIELDS: Section = names("name", Value::Table(&EVENT_FIELD));
static EVENT_FIELD: Section = section(
    "A field of the events of a kind.",
    &FIELD_KEYS,
    &[
        "[events.nps_response.fields.score]\ntype = \"number\"\nunit = \"0 to 10\"\ndoc = \"The answer\"\n",
        "[events.nps_response.fields.reason]\ntype = \"choice\"\nvalues = [\"price\", \"product\", \"people\"]\n\
         source = \"crm\"\n",
    ],
);
