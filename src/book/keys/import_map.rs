//! Keys of the map of an import.

use super::forms::{FIELD_VALUE, NAME, TEXT};
use super::{Section, Value, key, names, pairs, section};

pub static IMPORT_MAP: Section = section(
    "",
    &[
        key("columns", Value::Table(&COLUMNS), "Columns with another name"),
        key("values", Value::Table(&VALUES), "Cells with another text"),
        key("dates", Value::Table(&DATES), "Dates in another form"),
        key("add", Value::Table(&ADD), "Fields the file does not have"),
        key("ignore", Value::Table(&IGNORE), "Columns that are not read"),
    ],
    &[],
);

static COLUMNS: Section = pairs(
    "A column of the file, and the field it is.",
    "column",
    Value::One(&NAME),
    &["[columns]\n\"Renewal Date\" = \"renewal_date\"\n"],
);
static VALUES: Section = names("field", Value::Table(&VALUES_OF_FIELD));
static VALUES_OF_FIELD: Section = pairs(
    "A cell as it stands in the file, and what it means. They match as text.",
    "cell",
    Value::One(&FIELD_VALUE),
    &["[values.status]\n\"Closed\" = \"churned\"\n"],
);
static DATES: Section = pairs(
    "A field, and the form of its dates: `%m/%d/%Y` is 06/15/2026.",
    "field",
    Value::One(&TEXT),
    &["[dates]\nrenewal_date = \"%m/%d/%Y\"\n"],
);
static ADD: Section = pairs(
    "A field, and its text; `{line}` is the line of the row, `{Account Name}` that column of it.",
    "field",
    Value::One(&TEXT),
    &["[add]\nid = \"sc-{line}\"\n"],
);
static IGNORE: Section = section(
    "What is not read.",
    &[key("columns", Value::List(&TEXT), "Columns of the file")],
    &["[ignore]\ncolumns = [\"Internal notes\"]\n"],
);
