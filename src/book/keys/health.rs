//! Keys of health.toml, segments.toml and conditions.toml.

use super::forms::{CONDITION, EXPRESSION, ID, NAME, SCALE, SCORE, SHARE, SPAN, TEXT, WHOLE};
use super::{Section, Value, key, names, section};

pub static HEALTH: Section = section(
    "",
    &[
        key("dimension", Value::Tables(&DIMENSION), "Parts of the score"),
        key("band", Value::Tables(&BAND), "Names for ranges of the score"),
    ],
    &[],
);

static DIMENSION: Section = section(
    "A part of the score. The weights of all dimensions sum to 1; one without values lets the others share.",
    &[
        key("id", Value::One(&ID), "Read with `health.<id>`").required(),
        key("weight", Value::One(&SHARE), "Its part of the score").required(),
        key("measure", Value::Tables(&MEASURE), "What it is made of"),
    ],
    &["[[dimension]]\nid = \"usage\"\nweight = 1.0\n"],
);
static MEASURE: Section = section(
    "A figure and what it is worth. The weights of a dimension's measures sum to 1.",
    &[
        key("id", Value::One(&ID), "Named in explanations").required(),
        key("value", Value::One(&EXPRESSION), "The figure, a number").required(),
        key("scale", Value::One(&SCALE), "What the figure is worth, 0 to 100").required(),
        key("weight", Value::One(&SHARE), "Its part of the dimension; the only one needs none").required(),
        key("missing", Value::One(&SCORE), "What an empty figure counts as").default("\"skip\""),
    ],
    &["[[dimension.measure]]\nid = \"seat_utilisation\"\nvalue = 'usage.active_users.avg(7) / account.seats'\n\
         scale = [[0.0, 0], [0.4, 50], [0.8, 90], [1.0, 100]]\nweight = 1.0\nmissing = \"skip\"\n"],
);
static BAND: Section = section(
    "A name for a range of the score, up to the next band.",
    &[
        key("id", Value::One(&ID), "Read with `health.band`").required(),
        key("from", Value::One(&WHOLE), "The lowest score of the band, 0 to 100").required(),
        key("action", Value::One(&TEXT), "What it calls for, for people"),
    ],
    &[
        "[[band]]\nid = \"green\"\nfrom = 80\naction = \"expand\"\n",
        "[[band]]\nid = \"red\"\nfrom = 0\naction = \"save\"\n",
    ],
);

pub static SEGMENTS: Section = section(
    "",
    &[
        key("segment", Value::Tables(&SEGMENT), "Size classes"),
        key("stage", Value::Tables(&STAGE), "Stages of the life of an account"),
    ],
    &[],
);

static SEGMENT: Section = section(
    "A size class, read with `account.segment`. The first match wins; the last may take all who are left.",
    &[
        key("id", Value::One(&ID), "The class").required(),
        key("when", Value::One(&CONDITION), "Who belongs to it; only the last may do without").required(),
        key("touch", Value::One(&NAME), "How these accounts are looked after, read with `account.touch`"),
        key("qbr_every", Value::One(&SPAN), "How often a business review is due"),
        key("csm_ratio", Value::One(&WHOLE), "Accounts for each CSM"),
    ],
    &[
        "[[segment]]\nid = \"enterprise\"\nwhen = 'account.arr >= 100000'\ntouch = \"high\"\nqbr_every = \"3mo\"\n\
         csm_ratio = 12\n",
        "[[segment]]\nid = \"smb\"\ntouch = \"digital\"\n",
    ],
);
static STAGE: Section = section(
    "A stage, read with `account.stage`. The first match wins.",
    &[
        key("id", Value::One(&ID), "The stage").required(),
        key("when", Value::One(&CONDITION), "Who is in it; only the last may do without").required(),
    ],
    &["[[stage]]\nid = \"new\"\nwhen = 'days_since(account.start_date) < 90'\n", "[[stage]]\nid = \"settled\"\n"],
);

pub static CONDITIONS: Section = section(
    "",
    &[
        key("condition", Value::Table(&NAMED), "Conditions, called by their name"),
        key("conditions", Value::Table(&NAMED), "The same"),
    ],
    &[],
);

static NAMED: Section = names("name", Value::Table(&CONDITION_OF_NAME));
static CONDITION_OF_NAME: Section = section(
    "A condition that others call as `<name>()`. `[conditions.<name>]` means the same.",
    &[
        key("when", Value::One(&CONDITION), "What it asks").required(),
        key("doc", Value::One(&TEXT), "What it means, for people"),
    ],
    &["[condition.at_risk]\nwhen = 'health.band == \"red\"'\ndoc = \"Somebody should look at once\"\n"],
);
