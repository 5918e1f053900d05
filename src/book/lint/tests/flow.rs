use super::Case;

macro_rules! branched {
    ($big:literal, $huge:literal, $step:literal) => {
        concat!(
            "[trigger]\nkind = \"date\"\nanchor = \"account.renewal_date\"\n[enroll]\nwhen = 'account.arr >= 1000'\n",
            "[[branch]]\nid = \"big\"\nwhen = '",
            $big,
            "'\n[[branch]]\nid = \"huge\"\nwhen = '",
            $huge,
            "'\n[[branch]]\nid = \"rest\"\ndefault = true\n",
            "[[step]]\nid = \"all\"\nafter = \"enrolled\"\naction = \"task\"\nassignee = \"dana\"\ntitle = \"X\"\n",
            "[[step]]\nid = \"own\"\nafter = \"enrolled\"\naction = \"task\"\nassignee = \"dana\"\ntitle = \"X\"\n",
            $step
        )
    };
}

macro_rules! wait {
    ($rest:literal) => {
        concat!(
            "[[step]]\nid = \"wait\"\nafter = \"enrolled\"\naction = \"wait_for\"\nuntil = 'account.arr > 5'\n",
            $rest
        )
    };
}

macro_rules! other {
    ($id:literal, $rest:literal) => {
        concat!(
            "id = \"",
            $id,
            "\"\nowner = \"dana\"\n[trigger]\nkind = \"manual\"\n",
            $rest,
            "[[step]]\nid = \"x\"\nafter = \"enrolled\"\naction = \"task\"\nassignee = \"dana\"\ntitle = \"X\"\n"
        )
    };
}

macro_rules! starts {
    ($id:literal) => {
        concat!("[[step]]\nid = \"go\"\nafter = \"enrolled\"\naction = \"start\"\nplaybook = \"", $id, "\"\n")
    };
}

macro_rules! follows {
    ($action:literal) => {
        concat!(
            "[[step]]\nid = \"first\"\nafter = \"enrolled\"\naction = \"",
            $action,
            "\"\n[[step]]\nid = \"next\"\nafter = \"first\"\nwhen = 'outcome(\"first\") == \"timed_out\"'\n",
            "action = \"task\"\nassignee = \"dana\"\ntitle = \"X\"\n"
        )
    };
}

const USED: &str = "[enroll]\nwhen = 'rich()'\n";

pub(super) const CASES: &[Case] = &[
    Case {
        code: "overlapping-branches",
        wrong: &[("p.toml", branched!("account.arr > 25000", "account.arr >= 100000", ""))],
        at: "account.arr >= 100000",
        says: "nobody gets to `huge`: `big` takes every account it is for, for example one whose account.arr is 100000",
        right: &[("p.toml", branched!("account.arr >= 100000", "account.arr > 25000", ""))],
    },
    Case {
        code: "overlapping-branches",
        wrong: &[("p.toml", branched!("account.arr >= 100000", "account.arr < 500", ""))],
        at: "account.arr < 500",
        says: "no account that enrolls fulfils its condition",
        right: &[("p.toml", branched!("account.arr >= 100000", "account.arr < 5000", ""))],
    },
    Case {
        code: "overlapping-branches",
        wrong: &[(
            "segments.toml",
            "[[segment]]\nid = \"mid\"\nwhen = 'account.arr > 25000'\n\
             [[segment]]\nid = \"big\"\nwhen = 'account.arr > 100000'\n",
        )],
        at: "account.arr > 100000",
        says: "nobody gets to `big`: `mid` takes",
        right: &[(
            "segments.toml",
            "[[segment]]\nid = \"mid\"\nwhen = 'account.seats > 25'\n\
             [[segment]]\nid = \"big\"\nwhen = 'account.arr > 100000'\n",
        )],
    },
    Case {
        code: "unreachable-step",
        wrong: &[("p.toml", branched!("account.arr > 25000", "account.arr > 100000", "branch = [\"huge\"]\n"))],
        at: "[\"huge\"]",
        says: "`own` never runs: nobody gets to its branch",
        right: &[("p.toml", branched!("account.arr > 100000", "account.arr > 25000", "branch = [\"huge\"]\n"))],
    },
    Case {
        code: "unreachable-step",
        wrong: &[(
            "p.toml",
            branched!(
                "account.arr > 100000",
                "account.arr > 25000",
                "branch = \"big\"\nwhen = 'run.branch == \"huge\"'\n"
            ),
        )],
        at: "run.branch == \"huge\"",
        says: "its `when` asks for what `big` excludes",
        right: &[(
            "p.toml",
            branched!(
                "account.arr > 100000",
                "account.arr > 25000",
                "branch = [\"big\", \"huge\"]\nwhen = 'run.branch == \"huge\"'\n"
            ),
        )],
    },
    Case {
        code: "unreachable-step",
        wrong: &[(
            "p.toml",
            branched!(
                "account.arr > 100000",
                "account.arr > 25000",
                "branch = \"big\"\nwhen = 'account.arr < 50000'\n"
            ),
        )],
        at: "account.arr < 50000",
        says: "`own` never runs",
        right: &[(
            "p.toml",
            branched!(
                "account.arr > 100000",
                "account.arr > 25000",
                "branch = \"huge\"\nwhen = 'account.arr < 50000'\n"
            ),
        )],
    },
    Case {
        code: "unreachable-step",
        wrong: &[("p.toml", follows!("task\"\nassignee = \"dana\"\ntitle = \"X"))],
        at: "outcome(\"first\") == \"timed_out\"",
        says: "only a wait times out, and `first` is none",
        right: &[("p.toml", follows!("wait_for\"\nuntil = 'account.arr > 5'\ntimeout = \"20d"))],
    },
    Case {
        code: "no-end",
        wrong: &[("p.toml", wait!(""))],
        at: "account.arr > 5",
        says: "stays in `p` for good",
        right: &[("p.toml", wait!("timeout = \"20d\"\n"))],
    },
    Case {
        code: "no-goal",
        wrong: &[("p.toml", "[measure]\nwindow = \"90d\"\n")],
        at: "90d",
        says: "no [goal] says what success is",
        right: &[("p.toml", "[measure]\nholdout = 0.0\n")],
    },
    Case {
        code: "inhibition-circle",
        wrong: &[
            ("p.toml", "[[suppress]]\nid = \"x\"\ninhibited_by = \"q\"\n"),
            ("q.toml", other!("q", "[[suppress]]\nid = \"y\"\ninhibited_by = \"p\"\n")),
        ],
        at: "q",
        says: "`p` waits for `q`, which waits for `p`",
        right: &[("p.toml", "[[suppress]]\nid = \"x\"\ninhibited_by = \"q\"\n"), ("q.toml", other!("q", ""))],
    },
    Case {
        code: "start-circle",
        wrong: &[("p.toml", starts!("q")), ("q.toml", concat!(other!("q", ""), starts!("p")))],
        at: "q",
        says: "`p` starts `q`, which starts `p` again",
        right: &[("p.toml", starts!("q")), ("q.toml", other!("q", ""))],
    },
    Case {
        code: "unused-branch",
        wrong: &[("p.toml", ONLY_BIG)],
        at: "huge",
        says: "no step is for the branch `huge`",
        right: &[("p.toml", branched!("account.arr > 100000", "account.arr > 25000", "branch = \"big\"\n"))],
    },
    Case {
        code: "unused-condition",
        wrong: &[("p.toml", ""), ("conditions.toml", "[condition.rich]\nwhen = 'account.arr > 5'\n")],
        at: "account.arr > 5",
        says: "nothing asks `rich()`",
        right: &[("p.toml", USED), ("conditions.toml", "[condition.rich]\nwhen = 'account.arr > 5'\n")],
    },
    Case {
        code: "unused-template",
        wrong: &[("p.toml", "")],
        at: "",
        says: "no step uses hello.md",
        right: &[("p.toml", MAILS)],
    },
];

const MAILS: &str =
    "[[step]]\nid = \"hello\"\nafter = \"enrolled\"\naction = \"email\"\nto = \"dana\"\ntemplate = \"hello\"\n";

const ONLY_BIG: &str = "[[branch]]\nid = \"big\"\nwhen = 'account.arr > 100000'\n[[branch]]\nid = \"huge\"\n\
                        when = 'account.arr > 25000'\n[[branch]]\nid = \"rest\"\ndefault = true\n[[step]]\nid = \"x\"\n\
                        branch = \"big\"\nafter = \"enrolled\"\naction = \"task\"\nassignee = \"dana\"\ntitle = \"X\"\n";

#[test]
fn branches_above_may_share_out_what_a_later_one_is_for() {
    let text = branched!("account.arr > 5000", "account.arr <= 5000", "").replace(
        "[[branch]]\nid = \"rest\"",
        "[[branch]]\nid = \"some\"\nwhen = 'account.arr in [2000, 9000]'\n[[branch]]\nid = \"rest\"",
    );
    let files = super::SHARED.iter().map(|(name, text)| (name.to_string(), text.to_string()));
    let loaded = crate::book::load_files(files.chain([("p.toml".to_owned(), super::playbook(&text))]).collect());
    let found: Vec<&str> = loaded.diagnostics.iter().map(|own| own.message.as_str()).collect();
    assert!(found.iter().any(|message| message.contains("nobody gets to `some`: what stands above it")), "{found:#?}");
}
