//! Keys of a test file.

use super::forms::{DATE, EXPECTED, FIELD_VALUE, FLAG, ID, MOMENT, NAME, NUMBER, SET, TEXT, WHOLE, WHOM};
use super::{Key, Others, Section, Value, key, section, words};
use crate::book::cases::DeliveryAnswer;

pub static TEST_FILE: Section = section(
    "",
    &[
        key("schema_version", Value::One(&WHOLE), "Version of the language; there is only 1").default("1"),
        key("playbook", Value::One(&NAME), "The playbook it tests").required(),
        key("given", Value::Table(&GIVEN), "What all tests of the file start from"),
        key("test", Value::Tables(&TEST), "The tests").required(),
    ],
    &["schema_version = 1\nplaybook = \"renewal-kickoff\"\n"],
);

static GIVEN: Section = section(
    "What all tests of the file start from.",
    &[
        key("account", Value::Table(&ACCOUNT), "The account"),
        key("contact", Value::Tables(&CONTACT), "Its contacts"),
        key("metric", Value::Tables(&METRIC), "Daily numbers of the past"),
        key("event", Value::Tables(&EVENT), "Events of the past"),
    ],
    &[],
);

static ACCOUNT: Section = Section {
    doc: "The account: any built-in or declared field. Computed values (`segment`, `stage`, `touch`, `health`) may be \
          pinned.",
    keys: &[
        key("id", Value::One(&ID), "Its id").default("\"account\""),
        key("health", Value::Inline(&NUMBER, &HEALTH), "The score, or a table with what is pinned"),
    ],
    others: Some(Others { called: "field", value: Value::One(&FIELD_VALUE) }),
    examples: &[
        "[given.account]\nid = \"acme\"\nname = \"Acme\"\nstatus = \"active\"\nsegment = \"enterprise\"\narr = 48000\n\
         owner = \"dana\"\nrenewal_date = 2026-06-15\nopen_p1_tickets = 0\ntags = [\"vip\"]\ntimezone = \"America/New_York\"\n\
         health = { score = 42, band = \"red\", usage = 30 }\n",
    ],
};
static HEALTH: Section = Section {
    doc: "Pinned health.",
    keys: &[key("score", Value::One(&NUMBER), "The score"), key("band", Value::One(&NAME), "The band")],
    others: Some(Others { called: "dimension", value: Value::One(&NUMBER) }),
    examples: &[],
};

static CONTACT: Section = Section {
    doc: "A contact: any built-in or declared field.",
    keys: &[
        key("id", Value::One(&ID), "Its id").default("\"c1\", \"c2\", …"),
        key("email", Value::One(&NAME), "Names the contact in changes too"),
    ],
    others: Some(Others { called: "field", value: Value::One(&FIELD_VALUE) }),
    examples: &["[[given.contact]]\nid = \"pat\"\nemail = \"pat@acme.example\"\npersonas = [\"champion\"]\n"],
};

static METRIC: Section = section(
    "Daily numbers up to a day. Exactly one of `value` and `values`.",
    &METRIC_KEYS,
    &[
        "[[given.metric]]\nmetric = \"logins\"\nuntil = 2026-02-28\ndays = 60\nvalue = 12\n",
        "[[given.metric]]\nmetric = \"active_users\"\nuntil = 2026-02-28\nvalues = [12, 9, 7]\n",
    ],
);
const NAME_OF_METRIC: Key = key("metric", Value::One(&NAME), "Which metric").required();
const UNTIL: Key = key("until", Value::One(&DATE), "The last day").required();
const DAYS: Key = key("days", Value::One(&WHOLE), "How many days, with `value`").default("1");
const ONE_VALUE: Key = key("value", Value::One(&NUMBER), "The same number every day");
const ALL_VALUES: Key = key("values", Value::List(&NUMBER), "One number a day, the last of them on `until`");
static METRIC_KEYS: [Key; 5] = [NAME_OF_METRIC, UNTIL, DAYS, ONE_VALUE, ALL_VALUES];

static EVENT: Section = Section {
    doc: "An event of the past, with the fields of its kind.",
    keys: &[
        key("kind", Value::One(&NAME), "The kind").required(),
        key("at", Value::One(&MOMENT), "When it happened").required(),
        key("contact", Value::One(&NAME), "Id or address of the contact it came from"),
    ],
    others: Some(Others { called: "field", value: Value::One(&FIELD_VALUE) }),
    examples: &[
        "[[given.event]]\nkind = \"nps_response\"\nat = 2026-02-01T10:00:00\ncontact = \"pat@acme.example\"\nscore = 9\n",
    ],
};

static TEST: Section = section(
    "A test. What is not expected may not happen.",
    &[
        key("name", Value::One(&TEXT), "What it shows").required(),
        key("start", Value::One(&MOMENT), "Where it begins").required(),
        key("until", Value::One(&MOMENT), "Where it ends").default("when nothing more is planned, at most 400 days"),
        key("expect", Value::List(&EXPECTED), "The lines that must happen"),
        key("expect_only", Value::List(&NAME), "Only lines of these kinds are compared").default("all"),
        BRANCH,
        COUNTS,
        REASON,
        key("cases", Value::Tables(&CASE), "Rows: the test is played once for each, with its fields"),
        key("holdout", Value::One(&FLAG), "Whether accounts may be left alone on purpose").default("false"),
        key("account", Value::Table(&ACCOUNT), "What is different for this test"),
        key("contact", Value::Tables(&CONTACT), "Contacts of this test; one of the same id or address is changed"),
        key("metric", Value::Tables(&METRIC), "Daily numbers of this test"),
        key("event", Value::Tables(&EVENT), "Events of this test"),
        key("change", Value::Tables(&CHANGE), "What happens meanwhile"),
    ],
    &["[[test]]\nname = \"the owner approves a day later\"\nstart = 2026-03-01\nuntil = 2026-04-01\n\
         expect_only = [\"enroll\", \"approve\", \"email\"]\nholdout = false\nexpect = [\n\
         \x20 \"2026-03-17 09:00  enroll   branch=enterprise\",\n\
         \x20 \"2026-03-18 10:00  approve  kickoff-email\",\n\
         \x20 \"2026-03-18 10:00  email    kickoff-email  -> pat@acme.example\",\n]\n"],
);

const BRANCH: Key = key("branch", Value::One(&NAME), "The branch the account must be enrolled on");
const COUNTS: Key = key("expect_count", Value::Table(&COUNT), "How many lines of a kind there must be");
const REASON: Key = key("reason", Value::One(&NAME), "Why it is in the playbook, left it, or never came in");

static CASE: Section = Section {
    doc: "A row of `cases`: fields of the account over those given, and what is expected in short.",
    keys: &[BRANCH, COUNTS, REASON],
    others: Some(Others { called: "field", value: Value::One(&FIELD_VALUE) }),
    examples: &["cases = [\n  { segment = \"enterprise\", branch = \"enterprise\" },\n\
         \x20 { status = \"churned\", reason = \"never_policy\", expect_count = { email = 0 } },\n]\n"],
};

static COUNT: Section = Section {
    doc: "Kinds of line, each with how many of it there must be; others are not counted.",
    keys: &[],
    others: Some(Others { called: "kind of line", value: Value::One(&WHOLE) }),
    examples: &["expect_count = { email = 2, task = 1 }\n"],
};

static CHANGE: Section = Section {
    doc: "Something that happens while the test runs. One table may hold several things of the same instant.",
    keys: &[
        key("on", Value::One(&MOMENT), "When").required(),
        key("set", Value::Inline(&SET, &ACCOUNT), "Fields of the account, or of `contact`"),
        key("contact", Value::Inline(&WHOM, &CONTACT), "Whose fields change; of an event: whom it came from"),
        key("event", Value::One(&NAME), "An event of this kind; its fields stand beside it"),
        key("approve", Value::One(&NAME), "Somebody approves this step"),
        key("reject", Value::One(&NAME), "Somebody rejects this step"),
        key("complete", Value::One(&NAME), "The task of this step or level is done"),
        key("acknowledge", Value::One(&NAME), "The assignee of this step or level has seen it"),
        key("reply", Value::One(&NAME), "The customer answers the mail of this step"),
        key("deliver", Value::Choice(words::<DeliveryAnswer>), "How the outside answers from now on"),
        key("enroll", Value::One(&FLAG), "Somebody puts the account into the playbook by hand"),
        key("stop", Value::One(&FLAG), "Somebody ends the enrollment by hand"),
        NAME_OF_METRIC_THAT_COMES,
        key("until", Value::One(&DATE), "The last day of the metric").default("the day of `on`"),
        DAYS,
        ONE_VALUE,
        ALL_VALUES,
    ],
    others: Some(Others { called: "field", value: Value::One(&FIELD_VALUE) }),
    examples: &[
        "[[test.change]]\non = 2026-03-18T10:00:00\napprove = \"kickoff-email\"\n",
        "[[test.change]]\non = 2026-03-20\nset = { open_p1_tickets = 2, segment = \"smb\" }\n",
        "[[test.change]]\non = 2026-03-21\ncontact = { email = \"pat@acme.example\", status = \"left\" }\n",
        "[[test.change]]\non = 2026-03-22\nevent = \"nps_response\"\nscore = 3\ncontact = \"pat@acme.example\"\n",
        "[[test.change]]\non = 2026-03-23\nmetric = \"logins\"\nuntil = 2026-03-22\ndays = 5\nvalue = 0\n",
        "[[test.change]]\non = 2026-03-24\nmetric = \"active_users\"\nvalues = [3, 2, 1]\n",
        "[[test.change]]\non = 2026-03-25T11:00:00\ncomplete = \"book-review\"\nacknowledge = \"csm\"\n\
         reply = \"kickoff-email\"\ndeliver = \"bounce\"\n",
        "[[test.change]]\non = 2026-03-26\nreject = \"kickoff-email\"\nenroll = true\nstop = true\n",
    ],
};
const NAME_OF_METRIC_THAT_COMES: Key = key("metric", Value::One(&NAME), "Daily numbers that come in");
