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

pub(super) const CASES: &[Case] = &[
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
