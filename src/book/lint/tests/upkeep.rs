use super::Case;

pub(super) const CASES: &[Case] = &[
    Case {
        code: "no-test",
        wrong: &[("p.toml", "")],
        at: "p",
        says: "no test plays `p`",
        right: &[
            ("p.toml", ""),
            ("p.test.toml", "playbook = \"p\"\n[[test]]\nname = \"nothing\"\nstart = 2026-03-01\nexpect = []\n"),
        ],
    },
    Case {
        code: "no-title",
        wrong: &[("q.toml", UNTITLED)],
        at: "q",
        says: "without a title",
        right: &[("q.toml", DRAFT)],
    },
];

const UNTITLED: &str = "id = \"q\"\nowner = \"dana\"\nstatus = \"live\"\n[trigger]\nkind = \"manual\"\n[[step]]\n\
                        id = \"x\"\nafter = \"enrolled\"\naction = \"task\"\nassignee = \"dana\"\ntitle = \"X\"\n";
const DRAFT: &str = "id = \"q\"\nowner = \"dana\"\nstatus = \"draft\"\n[trigger]\nkind = \"manual\"\n[[step]]\n\
                     id = \"x\"\nafter = \"enrolled\"\naction = \"task\"\nassignee = \"dana\"\ntitle = \"X\"\n";
