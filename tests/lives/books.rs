//! Books put together from pieces: every trigger, every way back in, every kind of step.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::{Index, select};

const PEOPLE: &str = r#"
[[person]]
id = "dana"
name = "Dana Reyes"
email = "dana@larkfield.example"
manager = "morgan"
[[person]]
id = "morgan"
name = "Morgan Ellis"
email = "morgan@larkfield.example"
[[person]]
id = "kim"
name = "Kim Tanaka"
email = "kim@larkfield.example"
[team.success]
members = ["dana", "kim"]
"#;

const ACCOUNT: &str = r#"
[fields.score]
type = "number"
[fields.tickets]
type = "number"
[metrics.logins]
missing = "zero"
[events.ping]
contact = true
"#;

/// Scores and stages that move as days pass, without anything happening.
const HEALTH: &str = r#"
[[dimension]]
id = "use"
weight = 0.6
[[dimension.measure]]
id = "logins"
value = 'usage.logins.avg(4)'
scale = [[0, 0], [10, 100]]
weight = 1.0
missing = "skip"
[[dimension]]
id = "touch"
weight = 0.4
[[dimension.measure]]
id = "contact"
value = 'days_since_contact()'
scale = [[2, 100], [5, 70], [9, 0]]
weight = 0.5
missing = "skip"
[[dimension.measure]]
id = "tickets"
value = 'account.tickets'
scale = [[0, 100], [2, 0]]
weight = 0.5
missing = "skip"
[[band]]
id = "green"
from = 60
[[band]]
id = "red"
from = 0
"#;

const SEGMENTS: &str = r#"
[[stage]]
id = "last-days"
when = 'days_until(account.renewal_date) <= 6'
[[stage]]
id = "early"
when = 'days_since(account.start_date) < 12'
[[stage]]
id = "middle"
when = 'account.score >= 0'
"#;

const MANUAL: &str = "[trigger]\nkind = \"manual\"\n";

const TRIGGERS: [&str; 20] = [
    "[trigger]\nkind = \"condition\"\n[enroll]\nwhen = 'days_until(account.renewal_date) <= 8'\n",
    "[trigger]\nkind = \"condition\"\n[enroll]\nwhen = 'business_days_until(account.renewal_date) < 4'\nfor = \"1d\"\n",
    "[trigger]\nkind = \"condition\"\n[enroll]\nwhen = 'within(account.renewal_date, \"5d\") || account.score < 10'\n",
    "[trigger]\nkind = \"condition\"\n[enroll]\nwhen = 'account.stage == \"last-days\" && account.tickets < 2'\n",
    "[trigger]\nkind = \"condition\"\n[enroll]\nwhen = 'health.score < 50'\nfor = \"2d\"\n",
    "[trigger]\nkind = \"condition\"\n[enroll]\nwhen = 'health.change(3) <= -8 || health.band == \"red\"'\n",
    "[trigger]\nkind = \"condition\"\n[enroll]\nwhen = 'usage.logins.change_pct(3) <= -30 && !is_empty(account.renewal_date)'\n",
    "[trigger]\nkind = \"condition\"\n[enroll]\nwhen = '(days_since_contact() ?? 99) > 6 && today < account.renewal_date'\n",
    MANUAL,
    "[trigger]\nkind = \"condition\"\n[enroll]\nwhen = 'account.score < 50'\n",
    "[trigger]\nkind = \"condition\"\n[enroll]\nwhen = 'account.score < 50'\nfor = \"2d\"\n",
    "[trigger]\nkind = \"condition\"\n[enroll]\nwhen = 'account.score < 50'\nfor = \"6h\"\nunknown = \"no\"\n",
    "[trigger]\nkind = \"condition\"\n[enroll]\nwhen = '!in_playbook(\"p0\")'\n",
    "[trigger]\nkind = \"event\"\nevent = \"ping\"\n",
    "[trigger]\nkind = \"event\"\nevent = \"ping\"\n[enroll]\nwhen = 'account.score < 50'\nfor = \"6h\"\n",
    "[trigger]\nkind = \"schedule\"\ncron = \"0 9 * * MON\"\n",
    "[trigger]\nkind = \"schedule\"\ncron = \"30 2 * * *\"\n",
    "[trigger]\nkind = \"date\"\nanchor = \"account.renewal_date\"\noffset = \"-10d\"\n",
    "[trigger]\nkind = \"date\"\nanchor = \"account.renewal_date\"\noffset = \"-5bd\"\non_anchor_change = \"restart\"\n",
    "[trigger]\nkind = \"date\"\nanchor = \"account.renewal_date\"\noffset = \"2d\"\non_anchor_change = \"keep\"\n",
];

const REENTRIES: [&str; 7] = [
    "",
    "[reentry]\npolicy = \"never\"\n",
    "[reentry]\npolicy = \"always\"\n",
    "[reentry]\npolicy = \"always\"\nmax = 2\n",
    "[reentry]\npolicy = \"after_cooldown\"\ncooldown = \"2d\"\n",
    "[reentry]\npolicy = \"after_cooldown\"\ncooldown = \"1d\"\nrearm = 'account.score >= 70'\n",
    "[reentry]\npolicy = \"once_per_key\"\nkey = \"account.renewal_date\"\n",
];

const ENDS: [&str; 8] = [
    "[[exit]]\nid = \"long\"\nwhen = 'run.day > 6'\n",
    "[goal]\nwhen = 'usage.logins.avg(3) >= 4 && health.was(2) >= 40'\nfor = \"2d\"\n",
    "[goal]\nwhen = 'days_since(account.start_date) >= 25 - days_until(account.renewal_date)'\n",
    "",
    "[goal]\nwhen = 'account.score >= 90'\n",
    "[goal]\nwhen = 'account.score >= 80'\nfor = \"1d\"\n",
    "[[exit]]\nid = \"recovered\"\nwhen = 'account.score >= 60'\n",
    "[goal]\nwhen = 'account.score >= 95'\n[[exit]]\nid = \"busy\"\nwhen = 'account.tickets > 1'\noutcome = \"lost\"\n",
];

const SUPPRESSIONS: [&str; 5] = [
    "",
    "[[suppress]]\nid = \"tickets\"\nwhen = 'account.tickets > 0'\nmode = \"hold\"\nmax_hold = \"2bd\"\n",
    "[[suppress]]\nid = \"tickets\"\nwhen = 'account.tickets > 0'\nchannels = [\"task\", \"email\"]\nmode = \"hold\"\n",
    "[[suppress]]\nid = \"tickets\"\nwhen = 'account.tickets > 0'\nchannels = [\"email\"]\nmode = \"skip\"\n",
    "[[suppress]]\nid = \"other\"\ninhibited_by = \"{other}\"\nmode = \"hold\"\n",
];

const BRANCHES: [&str; 2] =
    ["", "[[branch]]\nid = \"low\"\nwhen = 'account.score < 30'\n[[branch]]\nid = \"rest\"\ndefault = true\n"];

const LATE: [&str; 4] = [
    "",
    "[late]\ngrace = \"2h\"\n",
    "[late]\nemail = \"latest\"\ntask = \"all\"\n",
    "[late]\ngrace = \"5d\"\nemail = \"all\"\n",
];

const LADDERS: [&str; 3] = [
    "",
    "[escalation]\nstarts = \"enrolled\"\nclock = \"business\"\nstop_when = 'account.score >= 70'\nfallback = \"kim\"\n\
     [[escalation.level]]\nid = \"first\"\ndays = \"1-2\"\nassignee = \"account.owner\"\naction = \"task\"\ntitle = \"First\"\n\
     acknowledge_within = \"4bh\"\nremind_every = \"1bd\"\n\
     [[escalation.level]]\nid = \"second\"\ndays = \"3-4\"\nassignee = \"account.owner.manager\"\naction = \"task\"\ntitle = \"Second\"\n",
    "[escalation]\nstarts = \"enrolled\"\nclock = \"calendar\"\nfallback = \"kim\"\n\
     [[escalation.level]]\nid = \"first\"\ndays = \"2-3\"\nassignee = \"team:success\"\naction = \"task\"\ntitle = \"First\"\n\
     remind_every = \"6h\"\nmax_reminders = 2\n\
     [[escalation.level]]\nid = \"second\"\ndays = \"4-5\"\nassignee = \"morgan\"\naction = \"email\"\ntemplate = \"hello\"\n\
     jump_when = 'account.score < 10'\n",
];

const SPANS: [&str; 12] =
    ["", "", " + 0d", " + 30min", " + 6h", " + 1d", " + 3d", " + 1w", " + 0bd", " + 2bd", " + 4bh", " + 1mo"];

const WHENS: [&str; 7] = [
    "",
    "",
    "account.score < 70",
    "account.tickets == 0",
    "!run.replied",
    "days_until(account.renewal_date) > 2",
    "health.score < 80 || run.day > 3",
];

const POLICIES: [&str; 4] = [
    "",
    "[never]\nwhen = 'account.status == \"churned\"'\n",
    "[[cap]]\nid = \"few\"\nchannel = \"email\"\nper = \"contact\"\nmax = 1\nwithin = \"3d\"\nover = \"hold\"\n",
    "[never]\nwhen = 'account.status == \"churned\"'\nexcept = [\"p1\"]\n\
     [[cap]]\nid = \"few\"\nchannel = \"email\"\nper = \"account\"\nmax = 1\nwithin = \"2d\"\nover = \"skip\"\n",
];

/// What a step does; `{other}` is another playbook.
const ACTIONS: [&str; 14] = [
    "action = \"wait_for\"\nuntil = 'days_until(account.renewal_date) < 4'\ntimeout = \"9d\"\n",
    "action = \"wait_for\"\nuntil = 'account.stage == \"early\" || health.band == \"green\"'\ntimeout = \"6bd\"\n",
    "action = \"task\"\nassignee = \"account.owner\"\ntitle = \"Call\"\n",
    "action = \"task\"\nassignee = \"team:success\"\ntitle = \"Call\"\napprove = \"morgan\"\n",
    "action = \"email\"\nto = \"contact:champion\"\ntemplate = \"hello\"\n",
    "action = \"email\"\nto = \"contact:champion\"\ntemplate = \"hello\"\napprove = \"account.owner\"\napprove_within = \"1bd\"\n",
    "action = \"email\"\nto = \"contact:admin\"\nfallback_to = \"contact:champion\"\ntemplate = \"hello\"\n",
    "action = \"wait_for\"\nuntil = 'account.score > 60'\ntimeout = \"2d\"\n",
    "action = \"wait_for\"\nuntil = 'run.replied'\ntimeout = \"12h\"\non_timeout = \"exit\"\n",
    "action = \"wait_for\"\nuntil = 'account.tickets == 0'\ntimeout = \"3bd\"\non_timeout = \"goto:last\"\n",
    "action = \"set\"\nfield = \"score\"\nvalue = 40\n",
    "action = \"set\"\nfield = \"score\"\nvalue = 75\n",
    "action = \"start\"\nplaybook = \"{other}\"\n",
    "action = \"stop\"\nplaybook = \"{other}\"\n",
];

/// A book by the texts of its files.
pub type Files = BTreeMap<String, String>;

pub fn a_book() -> impl Strategy<Value = Files> {
    a_book_of(|_| true)
}

/// A book whose other playbooks are only started by the first, as in a test of the first.
pub fn a_tested_book() -> impl Strategy<Value = Files> {
    a_book_of(|place| place == 0)
}

fn a_book_of(has_trigger: fn(usize) -> bool) -> impl Strategy<Value = Files> {
    (prop::collection::vec(a_playbook(), 3), select(&POLICIES[..])).prop_map(move |(playbooks, policy)| {
        let fixed = [("people.toml", PEOPLE), ("account.toml", ACCOUNT), ("policy.toml", policy)];
        let computed = [("health.toml", HEALTH), ("segments.toml", SEGMENTS)];
        let hello =
            ("hello.md", "+++\nsubject = \"Hello\"\n+++\nHello {{ contact.first_name | default(\"there\") }}.\n");
        let channels = ("channels.toml", "[email.default]\nfrom = \"success@larkfield.example\"\n");
        let mut files: Files = fixed
            .into_iter()
            .chain(computed)
            .chain([hello, channels])
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .collect();
        for (place, playbook) in playbooks.iter().enumerate() {
            let trigger = if has_trigger(place) { playbook.trigger } else { MANUAL };
            files.insert(format!("p{place}.toml"), Draft { trigger, ..playbook.clone() }.text(place));
        }
        files
    })
}

#[derive(Clone, Debug)]
struct Draft {
    trigger: &'static str,
    /// Re-entry, goal and exits, suppressions, what is late, the ladder.
    tables: [&'static str; 5],
    branches: &'static str,
    each_step: bool,
    window: &'static str,
    steps: Vec<DraftStep>,
}

#[derive(Clone, Debug)]
struct DraftStep {
    action: &'static str,
    span: &'static str,
    /// What it counts from, among what it may.
    base: Index,
    when: &'static str,
    branch: Option<&'static str>,
    always: bool,
}

fn a_playbook() -> impl Strategy<Value = Draft> {
    let tables =
        (select(&REENTRIES[..]), select(&ENDS[..]), select(&SUPPRESSIONS[..]), select(&LATE[..]), select(&LADDERS[..]));
    let window = select(vec!["business-hours", "business-hours", "always"]);
    let steps = prop::collection::vec(a_step(), 1..6);
    (select(&TRIGGERS[..]), tables, select(&BRANCHES[..]), any::<bool>(), window, steps).prop_map(
        |(trigger, (reentry, ends, suppressions, late, ladder), branches, each_step, window, steps)| Draft {
            trigger,
            tables: [reentry, ends, suppressions, late, ladder],
            branches,
            each_step,
            window,
            steps,
        },
    )
}

fn a_step() -> impl Strategy<Value = DraftStep> {
    let branch = prop::option::weighted(0.3, select(vec!["low", "rest"]));
    let always = prop::bool::weighted(0.2);
    (select(&ACTIONS[..]), select(&SPANS[..]), any::<Index>(), select(&WHENS[..]), branch, always)
        .prop_map(|(action, span, base, when, branch, always)| DraftStep { action, span, base, when, branch, always })
}

impl Draft {
    fn text(&self, place: usize) -> String {
        let mut text = format!(
            "id = \"p{place}\"\ntitle = \"P{place}\"\nowner = \"dana\"\nstatus = \"live\"\ntimezone = \"account.timezone\"\n\
             send_window = \"{}\"\n",
            self.window
        );
        if self.each_step && !self.branches.is_empty() {
            text += "branch_lock = \"each_step\"\n";
        }
        text += self.trigger;
        // The last waits for none, for playbooks that wait in a circle are refused.
        let waits_in_a_circle = |table: &&&str| place == 2 && table.contains("inhibited_by");
        self.tables.iter().filter(|table| !waits_in_a_circle(table)).for_each(|table| text += table);
        text += self.branches;
        for (n, step) in self.steps.iter().enumerate() {
            text += &self.step(n, step);
        }
        // The one that waits may jump to.
        text +=
            "[[step]]\nid = \"last\"\nafter = \"previous\"\naction = \"task\"\nassignee = \"kim\"\ntitle = \"Last\"\n";
        text.replace("{other}", &format!("p{}", (place + 1) % 3))
    }

    fn step(&self, n: usize, step: &DraftStep) -> String {
        let mut text = format!("[[step]]\nid = \"s{n}\"\n{}{}", self.timing(n, step), step.action);
        if !step.when.is_empty() {
            text += &format!("when = '{}'\n", step.when);
        }
        if let Some(branch) = step.branch.filter(|_| !self.branches.is_empty()) {
            text += &format!("branch = [\"{branch}\"]\n");
        }
        if step.always {
            text += "send_window = \"always\"\n";
        }
        text
    }

    fn timing(&self, n: usize, step: &DraftStep) -> String {
        let mut bases = vec!["enrolled".to_owned(), "previous".to_owned(), "previous".to_owned()];
        for (earlier, own) in self.steps[..n].iter().enumerate() {
            bases.push(format!("s{earlier}"));
            if own.action.contains("\"task\"") {
                bases.push(format!("s{earlier}.done"));
            }
        }
        let in_days = ["d", "w", "bd", "mo"].iter().any(|unit| step.span.ends_with(unit));
        if self.trigger.contains("anchor") && in_days {
            bases.push("anchor".to_owned());
        }
        match step.base.get(&bases).as_str() {
            "anchor" => format!("at = \"anchor{}\"\n", step.span.replace('+', "-")),
            base => format!("after = \"{base}{}\"\n", step.span),
        }
    }
}
