//! Keys of a playbook but those of its steps.

use super::forms::{
    CONDITION, CRON, DAYS, EXPRESSION, FIELD, FLAG, ID, NAME, OURS, SHARE, SPAN, TEXT, WHOLE, ZONE, ZONE_RULE,
};
use super::steps::{ESCALATION, STEP};
use super::{Key, Section, Value, Word, among, key, section, words};
use crate::book::playbook::{
    Backfill, BranchLock, HoldOrSkip, InFlight, Kind, LatePolicy, OnAnchorChange, OnRemoved, Outcome, ReentryPolicy,
    Status, TriggerKind, UnknownPolicy,
};

pub static PLAYBOOK: Section = section(
    "",
    &[
        key("schema_version", Value::One(&WHOLE), "Version of the language; there is only 1").default("1"),
        key("id", Value::One(&ID), "What the playbook is called for ever").required(),
        key("title", Value::One(&TEXT), "How people call it").default("the id"),
        key("owner", Value::One(&OURS), "Who is told when it breaks; gets work that nobody else can").required(),
        key("status", Value::Choice(words::<Status>), "How much of it is real").default("\"draft\""),
        key("class", Value::One(&NAME), "Message class, one of `[priority]` or `transactional`")
            .default("the least important one"),
        key("timezone", Value::One(&ZONE_RULE), "Whose clock it follows").default("\"account.timezone\""),
        key("timezone_fallback", Value::One(&ZONE), "For accounts whose zone is not known"),
        key("send_window", Value::One(&NAME), "When it acts: a calendar, or `always`").default("\"business-hours\""),
        key("shadow_of", Value::One(&NAME), "The playbook that `report playbooks --shadow` compares it with")
            .default("itself while it was live"),
        key("in_flight", Value::Choice(words::<InFlight>), "What a changed file means for those who are in it")
            .default("\"move\""),
        key("branch_lock", Value::Choice(words::<BranchLock>), "When the branch is chosen")
            .default("\"at_enrollment\""),
        key("trigger", Value::Table(&TRIGGER), "What makes an account enter").required(),
        key("enroll", Value::Table(&ENROLL), "Who may enter"),
        key("reentry", Value::Table(&REENTRY), "Who may enter again"),
        key("measure", Value::Table(&MEASURE), "How its success is measured"),
        key("late", Value::Table(&LATE), "What happens to a step whose time has passed"),
        key("goal", Value::Table(&GOAL), "Success"),
        key("exit", Value::Tables(&EXIT), "Other ends"),
        key("suppress", Value::Tables(&SUPPRESS), "What holds a message back"),
        key("branch", Value::Tables(&BRANCH), "Ways through the playbook"),
        key("moved", Value::Tables(&MOVED), "Steps that were renamed"),
        key("removed", Value::Tables(&REMOVED), "Steps that are gone while enrollments wait on them"),
        key("step", Value::Tables(&STEP), "What is done, in order"),
        key("escalation", Value::Table(&ESCALATION), "Who answers from which day on"),
    ],
    &["schema_version = 1\nid = \"renewal-kickoff\"\ntitle = \"Renewal kickoff at 90 days\"\n\
         owner = \"team:renewals\"\nstatus = \"live\"\nshadow_of = \"at-risk\"\nclass = \"renewal\"\n\
         timezone = \"account.timezone\"\ntimezone_fallback = \"America/New_York\"\n\
         send_window = \"business-hours\"\nin_flight = \"move\"\nbranch_lock = \"at_enrollment\"\n"],
);

static TRIGGER: Section = section(
    "What makes an account enter.",
    &[
        key("kind", Value::Choice(words::<TriggerKind>), "What it waits for").required(),
        key("anchor", Value::One(&FIELD), "The date everything counts from").required().only(&["date"]),
        key("offset", Value::One(&DAYS), "When accounts enter, counted from the anchor")
            .default("\"0d\"")
            .only(&["date"]),
        key("until", Value::One(&DAYS), "When nobody enters any more, counted from the anchor")
            .default("the anchor, or offset + grace when the offset is not negative")
            .only(&["date"]),
        key("on_anchor_change", Value::Choice(words::<OnAnchorChange>), "What a moved anchor does")
            .default("\"replan\"")
            .only(&["date"]),
        key("event", Value::One(&NAME), "The kind of event").required().only(&["event"]),
        key("cron", Value::One(&CRON), "When all who qualify enter").required().only(&["schedule"]),
        key("timezone", Value::One(&ZONE), "The zone of the schedule").default("the account's").only(&["schedule"]),
    ],
    &[
        "[trigger]\nkind = \"date\"\nanchor = \"account.renewal_date\"\noffset = \"-90d\"\nuntil = \"-14d\"\n\
         on_anchor_change = \"replan\"\n",
        "[trigger]\nkind = \"condition\"\n\n[enroll]\nwhen = 'health.score < 50'\nfor = \"2d\"\n",
        "[trigger]\nkind = \"event\"\nevent = \"nps_response\"\n\n[enroll]\nwhen = 'event.score <= 6'\n",
        "[trigger]\nkind = \"schedule\"\ncron = \"0 9 * * MON\"\ntimezone = \"America/New_York\"\n",
        "[trigger]\nkind = \"manual\"\n",
    ],
);

static ENROLL: Section = section(
    "Who may enter.",
    &[
        key("when", Value::One(&CONDITION), "Who qualifies; a condition trigger needs it").default("all"),
        key("for", Value::One(&SPAN), "How long it must hold first").default("\"0d\""),
        key("unknown", Value::Choice(words::<UnknownPolicy>), "What an unknown condition means").default("\"hold\""),
        key("backfill", Value::Choice(words::<Backfill>), "Accounts that are past the offset when it goes live")
            .default("\"none\""),
        key("max_per_day", Value::One(&WHOLE), "Above it, new enrollments of a day wait for approval"),
    ],
    &[
        "[enroll]\nwhen = '''\naccount.status == \"active\"\n&& account.arr >= 5000\n'''\nfor = \"2d\"\nunknown = \"hold\"\n\
         backfill = \"none\"\nmax_per_day = 40\n",
    ],
);

static REENTRY: Section = section(
    "Who may enter again. Left out: date `once_per_key` by its anchor, condition `after_cooldown`, others `always`.",
    &[
        key("policy", Value::Choice(words::<ReentryPolicy>), "When an account may enter again"),
        key("key", Value::One(&EXPRESSION), "What makes an entry another one; an empty key does not enter")
            .default("the anchor of a date trigger")
            .only(&["once_per_key"]),
        key("cooldown", Value::One(&SPAN), "How long after the end").default("\"30d\"").only(&["after_cooldown"]),
        key("rearm", Value::One(&CONDITION), "What must have been true since the end").only(&["after_cooldown"]),
        key("max", Value::One(&WHOLE), "So many enrollments of an account, ever"),
    ],
    &[
        "[reentry]\npolicy = \"once_per_key\"\nkey = \"account.renewal_date\"\nmax = 5\n",
        "[reentry]\npolicy = \"after_cooldown\"\ncooldown = \"30d\"\nrearm = 'health.score >= 70'\n",
    ],
);

static MEASURE: Section = section(
    "How its success is measured.",
    &[
        key("holdout", Value::One(&SHARE), "Share of accounts left alone on purpose").default("of policy.toml"),
        key("window", Value::One(&SPAN), "How long after the end the goal still counts"),
    ],
    &["[measure]\nholdout = 0.10\nwindow = \"120d\"\n"],
);

static LATE: Section = section(
    "What happens to a step whose time has passed: downtime, a late enrollment, a moved date.",
    &[
        key("grace", Value::One(&SPAN), "How late is still in time; also how long a hold lasts").default("\"1d\""),
        late("email", "\"skip\""),
        late("slack", "\"skip\""),
        late("teams", "\"skip\""),
        late("task", "\"latest\""),
        late("webhook", "\"latest\""),
        key("others", Value::Choice(words::<LatePolicy>), "Late steps of any other action").default("\"all\""),
    ],
    &["[late]\ngrace = \"3d\"\nemail = \"skip\"\nslack = \"skip\"\nteams = \"skip\"\ntask = \"latest\"\n\
         webhook = \"latest\"\nothers = \"all\"\n"],
);

const fn late(action: &'static str, default: &'static str) -> Key {
    key(action, Value::Choice(words::<LatePolicy>), "Late steps of this action").default(default)
}

static GOAL: Section = section(
    "Success. Where it is true already, nobody enters.",
    &[
        key("when", Value::One(&CONDITION), "What success is").required(),
        key("for", Value::One(&SPAN), "How long it must hold").default("\"0d\""),
    ],
    &["[goal]\nwhen = 'account.renewal_status == \"won\"'\nfor = \"0d\"\n"],
);

static EXIT: Section = section(
    "Another end. Goal first, then exits in the order of the file.",
    &[
        key("id", Value::One(&ID), "Printed when it happens").required(),
        key("when", Value::One(&CONDITION), "When it ends").required(),
        key("outcome", Value::Choice(words::<Outcome>), "What it counts as").default("\"neutral\""),
    ],
    &["[[exit]]\nid = \"lost\"\nwhen = 'account.renewal_status == \"lost\"'\noutcome = \"lost\"\n"],
);

static SUPPRESS: Section = section(
    "What holds a message back. Exactly one of `when` and `inhibited_by`.",
    &[
        key("id", Value::One(&ID), "Named in the reason").required(),
        key("when", Value::One(&CONDITION), "While this is true or unknown"),
        key("inhibited_by", Value::One(&NAME), "While this other playbook is active on the account"),
        key("channels", Value::ChoiceOrMore(suppressed), "What it holds")
            .default("email, slack and teams to the customer"),
        key("mode", Value::Choice(words::<HoldOrSkip>), "What happens to it").default("\"hold\""),
        key("max_hold", Value::One(&SPAN), "How long at most; then it is skipped").default("`[late] grace`"),
    ],
    &[
        "[[suppress]]\nid = \"open-p1\"\nwhen = 'account.open_p1_tickets > 0'\nchannels = [\"email\"]\nmode = \"hold\"\n\
         max_hold = \"5bd\"\n",
        "[[suppress]]\nid = \"at-risk-first\"\ninhibited_by = \"at-risk\"\n",
    ],
);

fn suppressed() -> Vec<Word> {
    among(&Kind::SUPPRESSED)
}

static BRANCH: Section = section(
    "A way through the playbook. The first match wins, exactly one is the default.",
    &[
        key("id", Value::One(&ID), "What steps name in `branch`").required(),
        key("when", Value::One(&CONDITION), "Who goes this way; the default has none"),
        key("default", Value::One(&FLAG), "Takes all who are left").default("false"),
    ],
    &[
        "[[branch]]\nid = \"enterprise\"\nwhen = 'account.segment == \"enterprise\"'\n",
        "[[branch]]\nid = \"rest\"\ndefault = true\n",
    ],
);

static MOVED: Section = section(
    "A step that was renamed, so that enrollments find their place in the changed file.",
    &[
        key("from", Value::One(&ID), "The id it had").required(),
        key("to", Value::One(&ID), "The id it has now").required(),
    ],
    &["[[moved]]\nfrom = \"first-email\"\nto = \"kickoff-email\"\n"],
);

static REMOVED: Section = section(
    "A step that is gone, and what becomes of the enrollments that wait on it.",
    &[
        key("step", Value::One(&ID), "The id it had").required(),
        key("then", Value::Choice(words::<OnRemoved>), "What they do").required(),
    ],
    &["[[removed]]\nstep = \"reminder\"\nthen = \"skip\"\n"],
);
