use super::Case;

macro_rules! renewal {
    ($rest:literal) => {
        concat!("[trigger]\nkind = \"date\"\nanchor = \"account.renewal_date\"\noffset = \"-90d\"\n", $rest)
    };
}

macro_rules! task {
    ($id:literal, $when:literal) => {
        concat!(
            "[[step]]\nid = \"",
            $id,
            "\"\naction = \"task\"\nassignee = \"account.owner\"\ntitle = \"X\"\n",
            $when,
            "\n"
        )
    };
}

const CALENDARS: &str = "[calendar.office]\nhours = \"09:00-17:00\"\n[calendar.office.region]\nemea = \"late\"\n\
                         [calendar.late]\nhours = \"10:00-18:00\"\n";

const MAIL: &str = "[[step]]\nid = \"hello\"\nafter = \"enrolled\"\naction = \"email\"\nto = \"contact:champion\"\n\
                    template = \"hello\"\nsend_window = \"always\"\n";

pub(super) const CASES: &[Case] = &[
    Case {
        code: "timezone-missing",
        wrong: &[("q.toml", NO_FALLBACK)],
        at: "account.timezone",
        says: "served on UTC",
        right: &[("q.toml", FIXED)],
    },
    Case {
        code: "no-send-window",
        wrong: &[("p.toml", MAIL)],
        at: "always",
        says: "at any hour of the night",
        right: &[("p.toml", MAIL), ("policy.toml", "[quiet]\nwindow = \"business-hours\"\n")],
    },
    Case {
        code: "window-never-open",
        wrong: &[
            ("calendars.toml", CALENDARS),
            ("p.toml", concat!("send_window = \"office\"\n", task!("x", "after = \"enrolled\"\ntime = \"09:30\""))),
        ],
        at: "09:30",
        says: "in region `emea` the window is open 10:00-18:00, never at 09:30",
        right: &[
            ("calendars.toml", CALENDARS),
            ("p.toml", concat!("send_window = \"office\"\n", task!("x", "after = \"enrolled\"\ntime = \"10:30\""))),
        ],
    },
    Case {
        code: "nonexistent-local-time",
        wrong: &[(
            "p.toml",
            concat!("send_window = \"always\"\n", task!("x", "after = \"enrolled\"\ntime = \"02:30\"")),
        )],
        at: "02:30",
        says: "02:30 does not exist in America/New_York",
        right: &[(
            "p.toml",
            concat!("send_window = \"always\"\n", task!("x", "after = \"enrolled\"\ntime = \"03:30\"")),
        )],
    },
    Case {
        code: "step-before-trigger",
        wrong: &[("p.toml", concat!(renewal!(""), task!("early", "at = \"anchor - 120d\"")))],
        at: "anchor - 120d",
        says: "`early` is due 120d before the anchor, and accounts enroll 90d before the anchor",
        right: &[("p.toml", concat!(renewal!("[late]\ngrace = \"30d\"\n"), task!("early", "at = \"anchor - 120d\"")))],
    },
    Case {
        code: "steps-out-of-order",
        wrong: &[(
            "p.toml",
            concat!(renewal!(""), task!("last", "at = \"anchor - 30d\""), task!("first", "at = \"anchor - 60d\"")),
        )],
        at: "first",
        says: "`first` comes before `last`, which stands above it",
        right: &[(
            "p.toml",
            concat!(renewal!(""), task!("last", "at = \"anchor - 2mo\""), task!("first", "at = \"anchor - 60d\"")),
        )],
    },
    Case {
        code: "steps-out-of-order",
        wrong: &[(
            "p.toml",
            concat!(task!("one", "after = \"enrolled + 3w\""), task!("two", "after = \"enrolled + 2w\"")),
        )],
        at: "two",
        says: "comes before `one`",
        right: &[(
            "p.toml",
            concat!(
                task!("one", "after = \"enrolled + 1w\""),
                task!("two", "after = \"one + 3w\""),
                task!("three", "after = \"enrolled + 4w\"")
            ),
        )],
    },
    Case {
        code: "hold-outlives-meaning",
        wrong: &[(
            "p.toml",
            concat!(
                renewal!(
                    "[[suppress]]\nid = \"x\"\nwhen = 'account.arr > 5'\nchannels = [\"task\"]\nmax_hold = \"20d\"\n"
                ),
                task!("week", "at = \"anchor - 7d\"")
            ),
        )],
        at: "20d",
        says: "`week` may be held for 20d",
        right: &[(
            "p.toml",
            concat!(
                renewal!(
                    "[[suppress]]\nid = \"x\"\nwhen = 'account.arr > 5'\nchannels = [\"task\"]\nmax_hold = \"5bd\"\n"
                ),
                task!("week", "at = \"anchor - 7d\"")
            ),
        )],
    },
];

const NO_FALLBACK: &str = "id = \"q\"\nowner = \"dana\"\nstatus = \"live\"\ntimezone = \"account.timezone\"\n[trigger]\n\
                           kind = \"manual\"\n[[step]]\nid = \"x\"\nafter = \"enrolled\"\naction = \"task\"\n\
                           assignee = \"dana\"\ntitle = \"X\"\n";
const FIXED: &str = "id = \"q\"\nowner = \"dana\"\nstatus = \"live\"\ntimezone = \"Europe/Berlin\"\n[trigger]\n\
                     kind = \"manual\"\n[[step]]\nid = \"x\"\nafter = \"enrolled\"\naction = \"task\"\n\
                     assignee = \"dana\"\ntitle = \"X\"\n";
