use super::Case;

const MAIL: &str = "[[step]]\nid = \"hello\"\nafter = \"enrolled\"\naction = \"email\"\nto = \"contact:champion\"\n\
                    template = \"hello\"\n";

pub(super) const CASES: &[Case] = &[
    Case {
        code: "enrolls-nobody",
        wrong: &[("p.toml", "[enroll]\nwhen = 'account.arr > 50'\n[goal]\nwhen = 'account.arr > 5'\n")],
        at: "account.arr > 50",
        says: "wherever this is true, the goal is reached already",
        right: &[("p.toml", "[enroll]\nwhen = 'account.arr > 5'\n[goal]\nwhen = 'account.arr > 50'\n")],
    },
    Case {
        code: "enrolls-nobody",
        wrong: &[
            ("p.toml", "[enroll]\nwhen = 'account.status == \"churned\"'\n"),
            ("policy.toml", "[never]\nwhen = 'account.status == \"churned\"'\n"),
        ],
        at: "account.status == \"churned\"",
        says: "the never-rule of policy.toml is true already",
        right: &[
            ("p.toml", "[enroll]\nwhen = 'account.status == \"churned\"'\n"),
            ("policy.toml", "[never]\nwhen = 'account.status == \"churned\"'\nexcept = [\"p\"]\n"),
        ],
    },
    Case {
        code: "no-exit-on-churn",
        wrong: &[
            ("p.toml", MAIL),
            ("policy.toml", "[never]\nwhen = 'account.status == \"churned\"'\nexcept = [\"p\"]\n"),
        ],
        at: "contact:champion",
        says: "a customer who has churned is still written to",
        right: &[("p.toml", MAIL), ("policy.toml", "[never]\nwhen = 'account.status == \"churned\"'\n")],
    },
    Case {
        code: "no-exit-on-churn",
        wrong: &[("p.toml", MAIL)],
        at: "contact:champion",
        says: "nothing in `p` or the policy ends it",
        right: &[("p.toml", EXITS)],
    },
    Case {
        code: "exit-never-true",
        wrong: &[("p.toml", "[goal]\nwhen = 'account.arr > 5'\n[[exit]]\nid = \"big\"\nwhen = 'account.arr > 50'\n")],
        at: "account.arr > 50",
        says: "`big` never ends anything: wherever it is true, the goal is true first",
        right: &[(
            "p.toml",
            "[goal]\nwhen = 'account.arr > 5'\nfor = \"3d\"\n[[exit]]\nid = \"big\"\nwhen = 'account.arr > 50'\n",
        )],
    },
    Case {
        code: "exit-equals-entry",
        wrong: &[(
            "p.toml",
            "[trigger]\nkind = \"condition\"\n[enroll]\nwhen = 'account.status == \"active\" && health.score < 50'\n\
             [goal]\nwhen = 'health.score >= 50'\n",
        )],
        at: "health.score >= 50",
        says: "swings around the limit",
        right: &[(
            "p.toml",
            "[trigger]\nkind = \"condition\"\n[enroll]\nwhen = 'account.status == \"active\" && health.score < 50'\n\
             [goal]\nwhen = 'health.score >= 60'\n",
        )],
    },
];

const EXITS: &str = "[[exit]]\nid = \"gone\"\nwhen = 'account.status in [\"paused\", \"churned\"]'\n\
                     [[step]]\nid = \"hello\"\nafter = \"enrolled\"\naction = \"email\"\nto = \"contact:champion\"\n\
                     template = \"hello\"\n";

#[test]
fn an_entry_that_asks_for_active_accounts_speaks_of_churn_too() {
    let loaded = super::book(&[(
        "p.toml",
        "[enroll]\nwhen = 'account.status == \"active\"'\n[[step]]\nid = \"hello\"\nafter = \"enrolled\"\n\
         action = \"email\"\nto = \"contact:champion\"\ntemplate = \"hello\"\n",
    )]);
    assert!(
        loaded.diagnostics.iter().all(|own| own.code != "no-exit-on-churn"),
        "{}",
        super::told(&loaded.diagnostics)
    );
}
