//! Keys of the steps and of the ladder: what each action takes.

use super::forms::{
    AFTER, AT, CHANNEL, CONDITION, FIELD_VALUE, ID, LEVEL_DAYS, LINE, NAME, ON_TIMEOUT, OURS, RECIPIENT, SENDER, SPAN,
    STARTS, TEMPLATE, TIME, WHOLE,
};
use super::{Key, Section, Value, Word, among, key, section, words};
use crate::book::playbook::{EscalationClock, Kind, Priority, Retry};

pub static STEP: Section = Section {
    doc: "Something that is done. Exactly one of `at` and `after`.",
    keys: &STEP_KEYS,
    others: None,
    examples: &STEP_EXAMPLES,
};

static STEP_KEYS: [Key; 34] = [
    key("id", Value::One(&ID), "What the step is called; never changed once live").required(),
    key("action", Value::Choice(words::<Kind>), "What is done").required(),
    key("branch", Value::OneOrMore(&NAME), "The branches it belongs to").default("all"),
    key("at", Value::One(&AT), "When, by the anchor of a date trigger"),
    key("after", Value::One(&AFTER), "When, by what came before"),
    key("when", Value::One(&CONDITION), "False: the step is skipped. Unknown: it is held, then skipped"),
    key("time", Value::One(&TIME), "Local time inside the window").default("the opening"),
    key("send_window", Value::One(&NAME), "A calendar or `always`").default("the playbook's"),
    key("approve", Value::One(&OURS), "Waits for this person's yes"),
    key("approve_when", Value::One(&CONDITION), "Asks only then, or when it is unknown").default("always"),
    key("approve_within", Value::One(&SPAN), "Without an answer the step is skipped").default("no limit"),
    key("retry", Value::Choice(words::<Retry>), "How a failed delivery is tried again").default("\"default\""),
    key("to", Value::OneOrMore(&RECIPIENT), "Who gets it").required().only(&["email"]),
    key("cc", Value::OneOrMore(&RECIPIENT), "Who gets a copy").only(&["email"]),
    key("bcc", Value::OneOrMore(&RECIPIENT), "Who gets a copy unseen").only(&["email"]),
    key("from", Value::One(&SENDER), "Whom it comes from").default("the sender").only(&["email"]),
    key("fallback_to", Value::One(&RECIPIENT), "Who gets it when `to` is nobody").only(&["email"]),
    key("sender", Value::One(&NAME), "A name of `[email.<sender>]`").default("\"default\"").only(&["email"]),
    key("channel", Value::One(&CHANNEL), "Where it is said").required().only(&["slack", "teams"]),
    TEMPLATE_OF_MESSAGE,
    TEMPLATE_OF_TASK,
    key("endpoint", Value::One(&NAME), "A webhook of channels.toml").required().only(&["webhook"]),
    key("body", Value::One(&TEMPLATE), "A JSON template").default("playbook, step and account").only(&["webhook"]),
    key("assignee", Value::One(&OURS), "Who does it").required().only(&["task"]),
    TITLE,
    PRIORITY,
    DUE,
    CHECKLIST,
    key("until", Value::One(&CONDITION), "What is waited for").required().only(&["wait_for"]),
    key("timeout", Value::One(&SPAN), "How long at most").default("no limit").only(&["wait_for"]),
    key("on_timeout", Value::One(&ON_TIMEOUT), "What follows then").default("\"next\"").only(&["wait_for"]),
    key("field", Value::One(&NAME), "A field of the account").required().only(&["set"]),
    key("value", Value::One(&FIELD_VALUE), "What it becomes").required().only(&["set"]),
    key("playbook", Value::One(&NAME), "Which one").required().only(&["start", "stop"]),
];

const TEMPLATE_OF_MESSAGE: Key =
    key("template", Value::One(&TEMPLATE), "What it says").required().only(&["email", "slack", "teams"]);
const TEMPLATE_OF_TASK: Key = key("template", Value::One(&TEMPLATE), "The body of the task").only(&["task"]);
const TITLE: Key = key("title", Value::One(&LINE), "What is to be done").required().only(&["task"]);
const PRIORITY: Key =
    key("priority", Value::Choice(words::<Priority>), "How urgent it is").default("\"normal\"").only(&["task"]);
const DUE: Key = key("due", Value::One(&SPAN), "By when, counted from the creation; a local date").only(&["task"]);
const CHECKLIST: Key = key("checklist", Value::List(&LINE), "Its parts, to be ticked off").only(&["task"]);

static STEP_EXAMPLES: [&str; 9] = [
    "[[step]]\nid = \"kickoff-email\"\nbranch = [\"enterprise\"]\nat = \"anchor - 90d\"\ntime = \"09:30\"\n\
     send_window = \"business-hours\"\nwhen = 'has_contact(\"champion\")'\naction = \"email\"\n\
     to = [\"contact:champion\", \"contacts:admin\"]\ncc = \"account.owner\"\nbcc = \"archive@us.example\"\n\
     from = \"account.owner\"\nsender = \"default\"\nfallback_to = \"contact:admin\"\ntemplate = \"kickoff-90\"\n\
     approve = \"account.owner\"\napprove_when = 'account.arr >= 250000'\napprove_within = \"3bd\"\nretry = \"default\"\n",
    "[[step]]\nid = \"book-review\"\nafter = \"kickoff-email + 3bd\"\naction = \"task\"\nassignee = \"account.owner\"\n\
     title = \"Book the renewal review with {{ account.name }}\"\npriority = \"high\"\ndue = \"5bd\"\n\
     checklist = [\"Stakeholders\", \"Usage review\"]\ntemplate = \"renewal-brief\"\n",
    "[[step]]\nid = \"wait-meeting\"\nafter = \"book-review\"\naction = \"wait_for\"\n\
     until = 'events.meeting_held.last.at >= run.enrolled_on'\ntimeout = \"20d\"\non_timeout = \"next\"\n",
    "[[step]]\nid = \"forecast\"\nafter = \"previous\"\naction = \"slack\"\nchannel = \"#renewals-forecast\"\n\
     template = \"forecast\"\n",
    "[[step]]\nid = \"tell-teams\"\nafter = \"previous\"\naction = \"teams\"\nchannel = \"#success\"\n\
     template = \"forecast\"\n",
    "[[step]]\nid = \"note\"\nafter = \"book-review.done + 1d\"\naction = \"webhook\"\nendpoint = \"crm-notes\"\n\
     body = \"note\"\n",
    "[[step]]\nid = \"mark\"\nafter = \"previous\"\naction = \"set\"\nfield = \"renewal_status\"\nvalue = \"in_progress\"\n",
    "[[step]]\nid = \"hand-over\"\nafter = \"previous\"\naction = \"start\"\nplaybook = \"at-risk\"\n",
    "[[step]]\nid = \"call-off\"\nafter = \"previous\"\naction = \"stop\"\nplaybook = \"at-risk\"\n",
];

pub static ESCALATION: Section = section(
    "Who answers from which day on. Day 1 is the local date of `starts`.",
    &[
        key("starts", Value::One(&STARTS), "What the days count from").default("\"enrolled\""),
        key("clock", Value::Choice(words::<EscalationClock>), "Which days count").default("\"calendar\""),
        key("stop_when", Value::One(&CONDITION), "When nobody more is asked"),
        key("fallback", Value::One(&OURS), "Who gets what nobody else can").default("the owner"),
        key("level", Value::Tables(&LEVEL), "The rungs, by rising days").required(),
    ],
    &["[escalation]\nstarts = \"enrolled\"\nclock = \"business\"\nstop_when = 'task(\"book-review\").done'\n\
         fallback = \"team:renewals\"\n"],
);

static LEVEL: Section = section(
    "A rung of the ladder. The action takes the same keys as in a step; it goes to `assignee`.",
    &[
        key("id", Value::One(&ID), "What the level is called").required(),
        key("days", Value::One(&LEVEL_DAYS), "On which days it answers").required(),
        key("assignee", Value::One(&OURS), "Who gets the task or message").required(),
        key("action", Value::Choice(ladder), "What the person gets").required(),
        key("acknowledge_within", Value::One(&SPAN), "Otherwise the next level starts early"),
        key("remind_every", Value::One(&SPAN), "Reminds until somebody acknowledges"),
        key("max_reminders", Value::One(&WHOLE), "How often at most").default("5"),
        key("jump_when", Value::One(&CONDITION), "Goes straight to this level"),
        key("step_down_when", Value::One(&CONDITION), "Goes one level down"),
        key("cc", Value::OneOrMore(&RECIPIENT), "Who gets a copy").only(&["email"]),
        key("bcc", Value::OneOrMore(&RECIPIENT), "Who gets a copy unseen").only(&["email"]),
        key("from", Value::One(&SENDER), "Whom it comes from").default("the sender").only(&["email"]),
        key("fallback_to", Value::One(&RECIPIENT), "Who gets it when the assignee has no address").only(&["email"]),
        key("sender", Value::One(&NAME), "A name of `[email.<sender>]`").default("\"default\"").only(&["email"]),
        key("channel", Value::One(&CHANNEL), "Where it is said").default("the assignee").only(&["slack", "teams"]),
        TEMPLATE_OF_MESSAGE,
        TEMPLATE_OF_TASK,
        TITLE,
        PRIORITY,
        DUE,
        CHECKLIST,
    ],
    &[
        "[[escalation.level]]\nid = \"csm\"\ndays = \"1-7\"\nassignee = \"account.owner\"\naction = \"task\"\n\
         title = \"Save plan for {{ account.name }}\"\npriority = \"high\"\ndue = \"2bd\"\n\
         checklist = [\"Call\", \"Plan\"]\ntemplate = \"renewal-brief\"\nacknowledge_within = \"4bh\"\n\
         remind_every = \"2bd\"\nmax_reminders = 3\n",
        "[[escalation.level]]\nid = \"manager\"\ndays = \"8-14\"\nassignee = \"account.owner.manager\"\n\
         action = \"slack\"\nchannel = \"#renewals-forecast\"\ntemplate = \"forecast\"\n",
        "[[escalation.level]]\nid = \"vp\"\ndays = \"15+\"\nassignee = \"role:vp_cs\"\naction = \"email\"\n\
         template = \"vp-summary\"\ncc = \"account.owner\"\nbcc = \"archive@us.example\"\nfrom = \"account.owner\"\n\
         sender = \"default\"\nfallback_to = \"team:renewals\"\njump_when = 'account.arr >= 250000'\n\
         step_down_when = 'health.score >= 50'\n",
    ],
);

fn ladder() -> Vec<Word> {
    among(&Kind::LADDER)
}
