use super::{Case, Files};

macro_rules! ladder {
    ($first:literal, $second:literal, $rest:literal) => {
        &[(
            "p.toml",
            concat!(
                "[escalation]\n",
                $rest,
                "[[escalation.level]]\nid = \"csm\"\nassignee = \"account.owner\"\n",
                "action = \"task\"\ntitle = \"Save\"\n",
                $first,
                "[[escalation.level]]\nid = \"vp\"\naction = \"task\"\ntitle = \"Save\"\n",
                $second
            ),
        )]
    };
}

const RIGHT: Files = ladder!(
    "days = \"1-7\"\nremind_every = \"2bd\"\n",
    "days = \"8-14\"\nassignee = \"role:vp_cs\"\n",
    "stop_when = 'account.arr > 5'\n"
);

pub(super) const CASES: &[Case] = &[
    Case {
        code: "level-gap",
        wrong: ladder!(
            "days = \"1-7\"\n",
            "days = \"9-14\"\nassignee = \"role:vp_cs\"\n",
            "stop_when = 'account.arr > 5'\n"
        ),
        at: "9-14",
        says: "nobody answers for day 8: `csm` ends before `vp` begins",
        right: RIGHT,
    },
    Case {
        code: "level-not-higher",
        wrong: ladder!(
            "days = \"1-7\"\n",
            "days = \"8+\"\nassignee = \"account.owner\"\n",
            "stop_when = 'account.arr > 5'\n"
        ),
        at: "account.owner",
        says: "`vp` names the same person as `csm`",
        right: RIGHT,
    },
    Case {
        code: "reminder-longer-than-level",
        wrong: ladder!(
            "days = \"1-7\"\nremind_every = \"10d\"\n",
            "days = \"8+\"\nassignee = \"role:vp_cs\"\n",
            "stop_when = 'account.arr > 5'\n"
        ),
        at: "10d",
        says: "lasts 7 days",
        right: RIGHT,
    },
    Case {
        code: "reminder-longer-than-level",
        wrong: ladder!(
            "days = \"1-3\"\nremind_every = \"3bd\"\n",
            "days = \"4+\"\nassignee = \"role:vp_cs\"\n",
            "clock = \"business\"\nstop_when = 'account.arr > 5'\n"
        ),
        at: "3bd",
        says: "lasts 3 days",
        right: ladder!(
            "days = \"1-3\"\nremind_every = \"4d\"\n",
            "days = \"4+\"\nassignee = \"role:vp_cs\"\n",
            "clock = \"business\"\nstop_when = 'account.arr > 5'\n"
        ),
    },
    Case {
        code: "escalation-never-stops",
        wrong: ladder!("days = \"1-7\"\n", "days = \"8+\"\nassignee = \"role:vp_cs\"\n", ""),
        at: "[escalation]",
        says: "climbs to `vp`",
        right: RIGHT,
    },
];

#[test]
fn a_gap_is_closed_by_what_is_suggested() {
    let loaded = super::book(CASES[0].wrong);
    let gap = loaded.diagnostics.iter().find(|own| own.code == "level-gap");
    assert_eq!(gap.and_then(|gap| gap.suggestion.as_deref()), Some("8-14"));
}
