//! The parts of the reference that are lists of words: conditions, templates, lines, reasons, ways of writing values.

use std::collections::BTreeMap;

use super::page::{Part, quoted, table};
use crate::book::built_in;
use crate::book::cases::LINE_WORDS;
use crate::book::keys::forms::FORMS;
use crate::book::lint::RULES;
use crate::book::template::{FILTERS, OWN_NAMES};
use crate::condition::{FUNCTIONS, Field, NAMES, OPERATORS, Term, Type};
use crate::engine::Reason;

const CONDITIONS: &str = "\
A condition asks one question of one account. The answer is yes, no or **unknown**: a comparison with something empty or
stale is unknown, `unknown && false` is no, `unknown || true` is yes. Unknown never sends. Ask `is_empty(x)`, or say
what stands for nothing with `x ?? default`. Text goes in double quotes. N is a number of days.";

const TEMPLATES: &str = "\
Tokens stand between `{{` and `}}` and use the names and functions of conditions. One without a value holds the mail
(`template_error`) unless a `default` says what stands there instead.";

const FIELDS: &str = "\
These are there without any declaration; account.toml adds yours.";

const LINTS: &str = "\
What `check` says about a book without mistakes. A line `# allow(<lint>) reason=\"…\"` above silences one.";

const VALUES: &str = "How the values in the tables above are written.";

/// Adds them to the page.
pub(super) fn add(parts: &mut Vec<Part>) {
    let mut add = |level, title: &str, topic: &str, body: String| {
        parts.push(Part { level, title: title.to_owned(), topics: vec![topic.to_owned()], body });
    };
    add(2, "Conditions", "conditions", CONDITIONS.to_owned());
    add(3, "Names", "names", terms(&NAMES));
    add(3, "Functions", "functions", functions());
    add(3, "Operators", "operators", terms(&OPERATORS));
    add(3, "Built-in fields", "fields", fields());
    add(2, "Templates", "templates", TEMPLATES.to_owned());
    add(3, "Filters", "filters", filters());
    add(3, "Names of templates", "own names", own_names());
    add(2, "Lines of a timeline", "lines", lines());
    add(2, "Reasons", "reasons", reasons());
    add(2, "Lints", "lints", lints());
    add(2, "Ways of writing values", "values", format!("{VALUES}\n\n{}", values()));
}

fn terms(terms: &[Term]) -> String {
    let row =
        |term: &Term| vec![quoted(term.written), term.gives.to_owned(), quoted(term.example), term.doc.to_owned()];
    table(&["Written", "Gives", "Example", "What it is"], &terms.iter().map(row).collect::<Vec<_>>())
}

fn functions() -> String {
    let rows = FUNCTIONS
        .iter()
        .map(|usage| vec![quoted(usage.name), usage.gives.to_owned(), quoted(usage.example), usage.doc.to_owned()]);
    table(&["Function", "Gives", "Example", "What it is"], &rows.collect::<Vec<_>>())
}

fn fields() -> String {
    let known = built_in();
    let of = |whose: &str, fields: &BTreeMap<String, Field>| {
        let told = fields.iter().filter(|(_, field)| !field.doc.is_empty());
        let row =
            told.map(|(name, field)| vec![quoted(&format!("{whose}.{name}")), of_type(&field.ty), field.doc.clone()]);
        table(&["Field", "Type", "What it is"], &row.collect::<Vec<_>>())
    };
    let personas: Vec<String> = known.personas.iter().map(|persona| quoted(persona)).collect();
    [
        FIELDS.to_owned(),
        of("account", &known.account),
        of("contact", &known.contact),
        format!("Personas: {}.", personas.join(", ")),
        of("person", &known.person),
    ]
    .join("\n\n")
}

fn of_type(ty: &Type) -> String {
    match ty {
        Type::Choice(values) => values.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(", "),
        ty => ty.to_string(),
    }
}

fn filters() -> String {
    let rows = FILTERS.iter().map(|filter| {
        vec![quoted(filter.name), quoted(filter.example), filter.shows.to_owned(), filter.doc.to_owned()]
    });
    table(&["Filter", "Example", "Becomes", "What it does"], &rows.collect::<Vec<_>>())
}

fn own_names() -> String {
    let rows = OWN_NAMES.iter().map(|(name, doc)| vec![quoted(name), (*doc).to_owned()]);
    table(&["Name", "What it is"], &rows.collect::<Vec<_>>())
}

fn lines() -> String {
    let form = "`<date> <time>  <what>  <id>  -> <recipient>  (<reason>)`, in the account's zone; blanks do not count.";
    let rows = LINE_WORDS.iter().map(|line| {
        let id = if line.of_step { "of a step or level" } else { "" };
        vec![quoted(line.word), id.to_owned(), line.doc.to_owned()]
    });
    format!("{form}\n\n{}", table(&["What", "Id", "What happened"], &rows.collect::<Vec<_>>()))
}

fn reasons() -> String {
    let rows = Reason::all().map(|(name, doc)| vec![quoted(name), doc.to_owned()]);
    table(&["Reason", "What it says"], &rows.collect::<Vec<_>>())
}

fn lints() -> String {
    let rows = RULES.iter().map(|rule| {
        let severity = format!("{:?}", rule.severity).to_lowercase();
        vec![quoted(rule.code), severity, rule.summary.to_owned(), rule.example_fix.to_owned()]
    });
    format!("{LINTS}\n\n{}", table(&["Lint", "Severity", "What it finds", "What to do"], &rows.collect::<Vec<_>>()))
}

fn values() -> String {
    let rows = FORMS.iter().map(|form| {
        let examples: Vec<String> = form.examples.iter().map(|example| quoted(example)).collect();
        vec![form.name.to_owned(), examples.join(", "), form.doc.to_owned()]
    });
    table(&["Value", "Examples", "How it is written"], &rows.collect::<Vec<_>>())
}
