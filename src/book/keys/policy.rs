//! Keys of policy.toml.

use super::forms::{CONDITION, ID, NAME, NUMBER, SHARE, SPAN, URL, WHOLE};
use super::{Section, Value, key, section, words};
use crate::book::playbook::HoldOrSkip;
use crate::book::policy::{CapChannel, CapPer, OnReply};

pub static POLICY: Section = section(
    "",
    &[
        key("never", Value::Table(&NEVER), "Accounts nobody plays to"),
        key("priority", Value::Table(&PRIORITY), "Message classes"),
        key("cap", Value::Tables(&CAP), "Frequency limits"),
        key("quiet", Value::Table(&QUIET), "Hours of the recipient"),
        key("breaker", Value::Table(&BREAKER), "Parks what is out of all proportion"),
        key("measure", Value::Table(&MEASURE), "Defaults of the measurement"),
        key("silence_alarm", Value::Table(&SILENCE_ALARM), "Playbooks that have gone quiet"),
        key("email", Value::Table(&EMAIL), "Rules of mail"),
    ],
    &[],
);

static NEVER: Section = section(
    "Where this is true, or cannot be known, nothing starts and nothing goes out; a running enrollment ends.",
    &[
        key("when", Value::One(&CONDITION), "The accounts it covers").required(),
        key("except", Value::List(&NAME), "Playbooks that may all the same"),
    ],
    &["[never]\nwhen = 'account.status == \"churned\"'\nexcept = []\n"],
);

static PRIORITY: Section = section(
    "The message classes, the most important first: who gets a contested slot of a cap. `transactional` is always let \
     through.",
    &[key("order", Value::List(&NAME), "The classes; playbooks and templates name one").required()],
    &["[priority]\norder = [\"billing\", \"risk\", \"renewal\", \"onboarding\"]\n"],
);

static CAP: Section = section(
    "A limit on messages that slides with time.",
    &[
        key("id", Value::One(&ID), "Named in the reason of what it holds").required(),
        key("channel", Value::Choice(words::<CapChannel>), "What is counted").required(),
        key("per", Value::Choice(words::<CapPer>), "For whom it is counted").required(),
        key("max", Value::One(&WHOLE), "So many, 1 or more").required(),
        key("within", Value::One(&SPAN), "In any stretch of this length").required(),
        key("over", Value::Choice(words::<HoldOrSkip>), "What happens to more").default("\"hold\""),
        key("exempt", Value::OneOrMore(&NAME), "Classes it neither counts nor holds"),
    ],
    &[
        "[[cap]]\nid = \"two-a-week\"\nchannel = \"email\"\nper = \"contact\"\nmax = 2\nwithin = \"7d\"\nover = \"hold\"\n\
         exempt = [\"billing\"]\n",
    ],
);

static QUIET: Section = section(
    "Mail to contacts waits for these hours of their own zone.",
    &[key("window", Value::One(&NAME), "A calendar, or `always`").required()],
    &["[quiet]\nwindow = \"business-hours\"\n"],
);

static BREAKER: Section = section(
    "What enrolls above any of these in a local day waits for a person's approval; 0 switches one off.",
    &[
        key("max_new", Value::One(&WHOLE), "New enrollments of one playbook").default("200"),
        key("max_share", Value::One(&SHARE), "The same as a share of all active accounts").default("0.20"),
        key("trip_at", Value::One(&NUMBER), "Times the playbook's own median of 14 days").default("5.0"),
        key("min_enrollments", Value::One(&WHOLE), "Nothing trips below").default("20"),
    ],
    &["[breaker]\nmax_new = 100\nmax_share = 0.10\ntrip_at = 4.0\nmin_enrollments = 20\n"],
);

static MEASURE: Section = section(
    "The measurement of all playbooks that do not say otherwise.",
    &[key("holdout", Value::One(&SHARE), "Share of accounts left alone on purpose").default("0.0")],
    &["[measure]\nholdout = 0.05\n"],
);

static SILENCE_ALARM: Section = section(
    "Tells the owner of a playbook that usually fires and has not for long.",
    &[key("factor", Value::One(&NUMBER), "So many times its usual gap, 1 or more")],
    &["[silence_alarm]\nfactor = 3\n"],
);

static EMAIL: Section = section(
    "What holds for every mail to a customer.",
    &[
        key("unsubscribe", Value::One(&URL), "Where one click opts out; `{token}` stands for the contact"),
        key("reply", Value::Choice(words::<OnReply>), "What a customer's answer does to that enrollment")
            .default("\"pause\""),
    ],
    &["[email]\nunsubscribe = \"https://us.example/u/{token}\"\nreply = \"pause\"\n"],
);
