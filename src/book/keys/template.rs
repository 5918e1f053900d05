//! Keys of a template's front matter.

use super::forms::{LINE, NAME};
use super::{Section, Value, key, section};

pub static FRONT_MATTER: Section = section(
    "",
    &[
        key("subject", Value::One(&LINE), "What a mail needs"),
        key("preheader", Value::One(&LINE), "The line mail programs show beside the subject"),
        key("class", Value::One(&NAME), "A message class instead of the playbook's"),
    ],
    &[
        "subject = \"Your renewal, {{ account.name }}\"\npreheader = \"Two dates to choose from\"\nclass = \"renewal\"\n",
    ],
);
