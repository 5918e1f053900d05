use super::Case;

macro_rules! mail {
    ($to:literal) => {
        concat!(
            "[[step]]\nid = \"hello\"\nafter = \"enrolled\"\naction = \"email\"\ntemplate = \"mail\"\nto = \"",
            $to,
            "\"\n"
        )
    };
}

macro_rules! second {
    ($when:literal) => {
        concat!(
            "[[step]]\nid = \"second\"\nafter = \"enrolled\"\naction = \"email\"\ntemplate = \"mail\"\n",
            "to = [\"contact:champion\"]\n",
            $when
        )
    };
}

const NURTURE: &str = concat!("class = \"nurture\"\n", mail!("contact:champion"));
const PLAIN: (&str, &str) = ("mail.md", "+++\nsubject = \"Yours\"\n+++\nHello.\n");

const TWICE: &str = concat!(mail!("contact:champion"), second!(""));
const EITHER: &str =
    concat!(mail!("contact:champion"), "when = 'account.arr > 5'\n", second!("when = 'account.arr <= 5'\n"));

pub(super) const CASES: &[Case] = &[
    Case {
        code: "same-day-collision",
        wrong: &[("p.toml", TWICE), PLAIN],
        at: "[\"contact:champion\"]",
        says: "`second` reaches the same person at the same moment as `hello`",
        right: &[("p.toml", EITHER), PLAIN],
    },
    Case {
        code: "no-unsubscribe",
        wrong: &[("p.toml", NURTURE), PLAIN],
        at: "nurture",
        says: "no way to unsubscribe",
        right: &[
            ("p.toml", NURTURE),
            PLAIN,
            ("policy.toml", "[email]\nunsubscribe = \"https://us.example/u/{token}\"\n"),
        ],
    },
    Case {
        code: "token-type",
        wrong: &[("mail.md", "+++\nsubject = \"Yours\"\n+++\nIt ends on {{ account.renewal_date }}.\n")],
        at: "account.renewal_date",
        says: "written as 2026-06-15",
        right: &[("mail.md", "+++\nsubject = \"Yours\"\n+++\nIt ends on {{ account.renewal_date | date }}.\n")],
    },
    Case {
        code: "internal-field-in-customer-mail",
        wrong: &[
            ("p.toml", mail!("contact:champion")),
            ("mail.md", "+++\nsubject = \"Yours\"\n+++\nYou are at {{ account.churn_score | default(0) }}.\n"),
        ],
        at: "account.churn_score",
        says: "our own view of the customer",
        right: &[
            ("p.toml", mail!("account.owner")),
            ("mail.md", "+++\nsubject = \"Theirs\"\n+++\nThey are at {{ account.churn_score | default(0) }}.\n"),
        ],
    },
    Case {
        code: "internal-field-in-customer-mail",
        wrong: &[
            ("p.toml", mail!("contacts:admin")),
            ("mail.md", "+++\nsubject = \"Health {{ health.score }}\"\n+++\nHello.\n"),
        ],
        at: "health.score",
        says: "this mail goes to the customer",
        right: &[
            ("p.toml", mail!("contacts:admin")),
            (
                "mail.md",
                "+++\nsubject = \"Yours\"\n+++\n{% if health.score > 50 %}Well done, {% endif %}{{ account.name }}.\n",
            ),
        ],
    },
];
