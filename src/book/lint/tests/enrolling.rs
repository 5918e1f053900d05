use super::Case;

const BREAKER_OFF: &str = "[breaker]\nmax_new = 0\nmax_share = 0.0\ntrip_at = 0.0\n";
const BREAKER_PART: &str = "[breaker]\nmax_new = 0\ntrip_at = 0.0\n";
const DECIDED: &str = "[trigger]\nkind = \"condition\"\n[enroll]\nwhen = 'account.arr > 5'\nbackfill = \"all\"\n\
                       [reentry]\npolicy = \"never\"\n";

pub(super) const CASES: &[Case] = &[
    Case {
        code: "no-enrol-cap",
        wrong: &[("p.toml", DECIDED), ("policy.toml", BREAKER_OFF)],
        at: "[enroll]",
        says: "one wrong import could enroll every account",
        right: &[("p.toml", DECIDED), ("policy.toml", BREAKER_PART)],
    },
    Case {
        code: "backfill-all",
        wrong: &[("p.toml", DECIDED), ("policy.toml", BREAKER_OFF)],
        at: "all",
        says: "every account that already qualifies enrolls at once",
        right: &[("p.toml", DECIDED)],
    },
    Case {
        code: "reentry-unset",
        wrong: &[("p.toml", "[trigger]\nkind = \"condition\"\n[enroll]\nwhen = 'account.arr > 5'\n")],
        at: "condition",
        says: "30 days after its end",
        right: &[("p.toml", DECIDED)],
    },
    Case {
        code: "cooldown-shorter-than-cadence",
        wrong: &[("p.toml", COOLING_7)],
        at: "7d",
        says: "takes 30 days up to `last`",
        right: &[("p.toml", COOLING_30)],
    },
    Case {
        code: "suppression-ignores-dnc",
        wrong: &[("account.toml", ASKED_NOT_TO), ("p.toml", MAIL)],
        at: "contact:champion",
        says: "never asks `account.do_not_contact`",
        right: &[
            ("account.toml", ASKED_NOT_TO),
            ("p.toml", MAIL),
            ("policy.toml", "[never]\nwhen = 'account.do_not_contact ?? false'\n"),
        ],
    },
];

const ASKED_NOT_TO: &str = "[fields.do_not_contact]\ntype = \"bool\"\n";
const MAIL: &str = "[[step]]\nid = \"hello\"\nafter = \"enrolled\"\naction = \"email\"\nto = \"contact:champion\"\n\
                    template = \"hello\"\n";

macro_rules! cooling {
    ($cooldown:literal) => {
        concat!(
            "[trigger]\nkind = \"condition\"\n[enroll]\nwhen = 'account.arr > 5'\n",
            "[reentry]\npolicy = \"after_cooldown\"\n",
            "cooldown = \"",
            $cooldown,
            "\"\n[goal]\nwhen = 'account.arr < 1'\n[[step]]\nid = \"first\"\nafter = \"enrolled\"\naction = \"task\"\n",
            "assignee = \"dana\"\ntitle = \"X\"\n[[step]]\nid = \"last\"\nafter = \"first + 30d\"\naction = \"task\"\n",
            "assignee = \"dana\"\ntitle = \"X\"\n"
        )
    };
}

const COOLING_7: &str = cooling!("7d");
const COOLING_30: &str = cooling!("30d");
