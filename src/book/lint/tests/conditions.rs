use super::Case;

pub(super) const CASES: &[Case] = &[
    Case {
        code: "always-true",
        wrong: &[("p.toml", "[enroll]\nwhen = 'account.arr > 5 && health.score >= 0'\n")],
        at: "health.score >= 0",
        says: "never false",
        right: &[("p.toml", "[enroll]\nwhen = 'account.arr > 5 && health.score >= 1'\n")],
    },
    Case {
        code: "always-false",
        wrong: &[("p.toml", "[enroll]\nwhen = '''\naccount.arr > 5\n&& account.arr < 3\n'''\n")],
        at: "account.arr > 5\n&& account.arr < 3",
        says: "`account.arr > 5 && account.arr < 3` can never be true",
        right: &[("p.toml", "[enroll]\nwhen = 'account.arr > 3 && account.arr < 5'\n")],
    },
    Case {
        code: "always-false",
        wrong: &[(
            "conditions.toml",
            "[condition.gone]\nwhen = \"account.status == \\\"active\\\" && account.status == \\\"churned\\\"\"\n",
        )],
        at: "account.status == \\\"active\\\" && account.status == \\\"churned\\\"",
        says: "can never be true",
        right: &[("conditions.toml", "[condition.gone]\nwhen = 'account.status in [\"paused\", \"churned\"]'\n")],
    },
    Case {
        code: "exact-day-equality",
        wrong: &[(
            "p.toml",
            "[trigger]\nkind = \"condition\"\n[enroll]\nwhen = 'days_until(account.renewal_date) == 90'\n",
        )],
        at: "days_until(account.renewal_date) == 90",
        says: "one day only",
        right: &[(
            "p.toml",
            "[trigger]\nkind = \"condition\"\n[enroll]\nwhen = 'days_until(account.renewal_date) <= 90'\n",
        )],
    },
    Case {
        code: "mixed-and-or",
        wrong: &[("p.toml", "[enroll]\nwhen = 'account.arr > 5 && account.seats > 5 || has_contact(\"champion\")'\n")],
        at: "account.arr > 5 && account.seats > 5",
        says: "without brackets",
        right: &[(
            "p.toml",
            "[enroll]\nwhen = '(account.arr > 5 && account.seats > 5) || has_contact(\"champion\")'\n",
        )],
    },
    Case {
        code: "unguarded-field",
        wrong: &[(
            "policy.toml",
            "[never]\nwhen = 'account.status == \"churned\" || has_tag(account.tags, \"legal_hold\")'\n",
        )],
        at: "account.tags",
        says: "an unknown never-rule keeps everything back",
        right: &[(
            "policy.toml",
            "[never]\nwhen = '!is_empty(account.tags) && has_tag(account.tags, \"legal_hold\")'\n",
        )],
    },
    Case {
        code: "unguarded-field",
        wrong: &[("p.toml", "[[suppress]]\nid = \"x\"\nwhen = 'account.seats > 5'\n")],
        at: "account.seats",
        says: "an unknown suppression keeps the message back",
        right: &[("p.toml", "[[suppress]]\nid = \"x\"\nwhen = '(account.seats ?? 0) > 5'\n")],
    },
    Case {
        code: "duplicate-condition",
        wrong: THREE_ALIKE,
        at: "account.arr > 5 && account.seats > 5",
        says: "stands in a, b, c",
        right: TWO_ALIKE,
    },
];

#[test]
fn brackets_are_a_fix_that_keeps_what_the_file_says_letter_by_letter() {
    let loaded = super::book(&[("conditions.toml", ESCAPED)]);
    let found = loaded.diagnostics.iter().find(|own| own.code == "mixed-and-or").expect("no brackets");
    assert_eq!(found.fix[0].replacement, "(account.status == \\\"active\\\" && account.arr > 5)");
}

const ESCAPED: &str =
    "[condition.c]\nwhen = \"account.seats > 5 || account.status == \\\"active\\\" && account.arr > 5\"\n";

const THREE_ALIKE: super::Files = &[("a.toml", A), ("b.toml", B), ("c.toml", C)];
const TWO_ALIKE: super::Files = &[("a.toml", A), ("b.toml", B)];

macro_rules! alike {
    ($id:literal) => {
        concat!(
            "id = \"",
            $id,
            "\"\nowner = \"dana\"\n[trigger]\nkind = \"manual\"\n[enroll]\n",
            "when = 'account.arr > 5 && account.seats > 5'\n",
            "[[step]]\nid = \"x\"\nafter = \"enrolled\"\naction = \"set\"\nfield = \"arr\"\nvalue = 1\n"
        )
    };
}

const A: &str = alike!("a");
const B: &str = alike!("b");
const C: &str = alike!("c");
