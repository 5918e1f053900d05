//! Keys of people.toml, calendars.toml and channels.toml: who we are, when we work, how we write.

use super::forms::{DATE, EMAIL, HOURS, ID, NAME, PATH, TEXT, URL, WEEKDAYS, YEARLY, ZONE};
use super::{Section, Value, key, names, pairs, section};

pub static PEOPLE: Section = section(
    "",
    &[
        key("person", Value::Tables(&PERSON), "Our own people"),
        key("role", Value::Table(&ROLES), "Roles that one person holds"),
        key("team", Value::Table(&TEAMS), "Teams that share work"),
    ],
    &[],
);

static PERSON: Section = section(
    "One of us.",
    &[
        key("id", Value::One(&ID), "How conditions and playbooks name the person").required(),
        key("name", Value::One(&TEXT), "Full name").required(),
        key("email", Value::One(&EMAIL), "Where mail goes, and what mail comes from"),
        key("manager", Value::One(&NAME), "The id of the manager; the person at the top has none"),
        key("roles", Value::List(&NAME), "Roles the person carries"),
        key("timezone", Value::One(&ZONE), "Where the person works"),
        key("slack", Value::One(&TEXT), "Slack member id"),
        key("away", Value::Tables(&AWAY), "Leave, a list of tables on one line each"),
    ],
    &[
        "[[person]]\nid = \"dana\"\nname = \"Dana Reyes\"\nemail = \"dana@us.example\"\nmanager = \"morgan\"\n\
         roles = [\"csm\"]\ntimezone = \"America/New_York\"\nslack = \"U024BE7LH\"\n\
         away = [{ from = 2026-08-01, until = 2026-08-14, delegate = \"kim\" }]\n",
        "[[person]]\nid = \"kim\"\nname = \"Kim Osei\"\nmanager = \"morgan\"\n",
        "[[person]]\nid = \"morgan\"\nname = \"Morgan Hale\"\nmanager = \"alex\"\n",
        "[[person]]\nid = \"alex\"\nname = \"Alex Sato\"\nemail = \"alex@us.example\"\n",
    ],
);
static AWAY: Section = section(
    "Days on which somebody is away.",
    &[
        key("from", Value::One(&DATE), "First day").required(),
        key("until", Value::One(&DATE), "Last day").required(),
        key("delegate", Value::One(&NAME), "Who gets the work meanwhile; else the fallback"),
    ],
    &["[[person.away]]\nfrom = 2026-12-21\nuntil = 2027-01-01\ndelegate = \"morgan\"\n"],
);

static ROLES: Section = names("role", Value::Table(&ROLE));
static ROLE: Section = section(
    "A role that one person holds: `role:<role>`.",
    &[key("person", Value::One(&NAME), "Who holds it").required()],
    &["[role.vp_cs]\nperson = \"alex\"\n"],
);

static TEAMS: Section = names("team", Value::Table(&TEAM));
static TEAM: Section = section(
    "A team: `team:<team>`. Work goes to the member with the fewest open tasks.",
    &[key("members", Value::List(&NAME), "Ids of its people").required()],
    &["[team.renewals]\nmembers = [\"dana\", \"kim\"]\n"],
);

pub static CALENDARS: Section = section(
    "",
    &[
        key("calendar", Value::Table(&NAMED_CALENDARS), "Business hours; a `send_window` names them"),
        key("holidays", Value::Table(&NAMED_HOLIDAYS), "Lists of days off"),
    ],
    &[],
);

static NAMED_CALENDARS: Section = names("name", Value::Table(&CALENDAR));
static CALENDAR: Section = section(
    "Business hours. `business-hours` is there without a file: Monday to Friday, 09:00 to 17:00.",
    &[
        key("days", Value::One(&WEEKDAYS), "Days on which it opens").default("\"mon-fri\""),
        key("hours", Value::One(&HOURS), "Hours of each of these days").default("\"09:00-17:00\""),
        key("holidays", Value::List(&NAME), "Lists of holidays on which it stays closed"),
        key("region", Value::Table(&REGIONS), "Other calendars by the account's region"),
    ],
    &[
        "[calendar.business-hours]\ndays = \"mon-fri\"\nhours = \"09:00-17:00\"\nholidays = [\"us\"]\n",
        "[calendar.eu-hours]\nhours = \"09:00-18:00\"\n",
    ],
);
static REGIONS: Section = pairs(
    "The calendar instead, for accounts whose `region` is one of these.",
    "region",
    Value::One(&NAME),
    &["[calendar.business-hours.region]\nemea = \"eu-hours\"\n"],
);

static NAMED_HOLIDAYS: Section = names("name", Value::Table(&HOLIDAYS));
static HOLIDAYS: Section = section(
    "A list of days off.",
    &[
        key("yearly", Value::List(&YEARLY), "Days that come every year"),
        key("dates", Value::List(&DATE), "Single days"),
        key("ics", Value::One(&PATH), "An iCalendar file of the book with more of them"),
    ],
    &["[holidays.us]\nyearly = [\"01-01\", \"07-04\", \"12-25\", \"thu 4 of nov\"]\ndates = [2026-11-27]\n\
         ics = \"holidays/us.ics\"\n"],
);

pub static CHANNELS: Section = section(
    "",
    &[
        key("email", Value::Table(&SENDERS), "What mail comes from; `default` when a step names none"),
        key("slack", Value::Table(&CHATS_SLACK), "Slack channels"),
        key("teams", Value::Table(&CHATS_TEAMS), "Teams channels"),
        key("webhook", Value::Table(&WEBHOOKS), "Endpoints of other programs"),
    ],
    &[],
);

static SENDERS: Section = names("sender", Value::Table(&SENDER));
static SENDER: Section = section(
    "What a mail comes from when its step names nobody.",
    &[
        key("from", Value::One(&EMAIL), "The address").required(),
        key("name", Value::One(&TEXT), "The name beside it"),
        key("reply_to", Value::One(&EMAIL), "Where answers go"),
    ],
    &["[email.default]\nfrom = \"success@us.example\"\nname = \"Customer Success\"\n\
         reply_to = \"replies@us.example\"\n"],
);
static CHATS_SLACK: Section = names("\"#channel\"", Value::Table(&CHAT_SLACK));
static CHAT_SLACK: Section = section(
    "A Slack channel; the URL of its incoming webhook stands in playcaller.toml.",
    &[key("doc", Value::One(&TEXT), "What it is for")],
    &["[slack.\"#renewals-forecast\"]\ndoc = \"Renewals of the coming quarter\"\n"],
);
static CHATS_TEAMS: Section = names("\"#channel\"", Value::Table(&CHAT_TEAMS));
static CHAT_TEAMS: Section = section(
    "A Teams channel; the URL of its workflow stands in playcaller.toml.",
    &[key("doc", Value::One(&TEXT), "What it is for")],
    &["[teams.\"#success\"]\ndoc = \"The whole team\"\n"],
);
static WEBHOOKS: Section = names("endpoint", Value::Table(&WEBHOOK));
static WEBHOOK: Section = section(
    "An endpoint that steps of action `webhook` call.",
    &[key("url", Value::One(&URL), "Its address; playcaller.toml may give another").required()],
    &["[webhook.crm-notes]\nurl = \"https://hooks.us.example/notes\"\n"],
);
