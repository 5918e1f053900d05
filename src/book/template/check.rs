//! What can be known of a template before any account meets it.

use std::ops::Range;
use std::sync::Arc;

use minijinja::{Error, ErrorKind, Template};

use crate::book::diagnostic::Diagnostic;
use crate::book::source::Place;
use crate::condition::{Registry, nearest};

use super::filters::FILTERS;
use super::render::{explain, fill_in, token};
use super::{Part, TemplateId, Templates, names, sample};

/// What is wrong with a text, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The rule, in kebab-case.
    pub code: &'static str,
    /// Bytes of the text.
    pub range: Range<usize>,
    pub message: String,
    pub help: Option<String>,
    /// What to write instead of the range.
    pub suggestion: Option<String>,
}

impl Mistake {
    /// The diagnostic, when the text stands at `place` letter by letter.
    pub fn at(self, place: &Place) -> Diagnostic {
        let start = place.span.start;
        let end = |offset: usize| (start + offset).min(place.span.end);
        let there = Place::new(&place.file, end(self.range.start)..end(self.range.end));
        let diagnostic = there.error(self.code, self.message);
        let diagnostic = Diagnostic { help: self.help, ..diagnostic };
        diagnostic.suggest_closest(self.suggestion.as_deref())
    }
}

/// The mistake of a text that cannot be parsed.
pub(super) fn syntax(error: &Error, text: &str) -> Mistake {
    let help = "a token is written {{ account.name }}, a condition {% if account.arr > 5 %} … {% endif %}";
    Mistake {
        code: "template-syntax",
        range: line_range(text, error.line().unwrap_or(1)),
        message: in_words(explain(error)),
        help: Some(help.to_owned()),
        suggestion: None,
    }
}

/// What the template engine says of braces, for people who write mails.
fn in_words(message: String) -> String {
    match message.as_str() {
        told if told.contains("expected end of variable block") => "a token here is not closed with `}}`".to_owned(),
        told if told.contains("end of input") => {
            "a `{% if … %}` or `{% for … %}` is never closed with `{% endif %}` or `{% endfor %}`".to_owned()
        }
        _ => message,
    }
}

/// Names that are in nobody's dictionary; `more` are known besides.
pub(super) fn names(template: &Template<'_, '_>, text: &str, registry: &Registry, more: &[&str]) -> Vec<Mistake> {
    let mut paths: Vec<String> = template.undeclared_variables(true).into_iter().collect();
    paths.retain(|path| !more.contains(&path.as_str()));
    paths.sort();
    paths.iter().filter_map(|path| unknown(path, text, registry)).collect()
}

/// Fills the text in for an invented account, so that a wrong filter or argument shows now.
pub(super) fn dry_run(
    templates: &Templates,
    id: &TemplateId,
    part: Part,
    text: &str,
    registry: &Arc<Registry>,
) -> Result<(), Mistake> {
    let template = templates.env.get_template(&part.name(id)).map_err(|error| syntax(&error, text))?;
    let (facts, extra) = sample::invented(registry, None);
    let filled = fill_in(&template, &names::context(facts, &extra, Some(registry)));
    filled.map(drop).map_err(|error| value(&template, text, &error))
}

/// The mistake of a text that cannot be filled in.
pub(super) fn value(template: &Template<'_, '_>, text: &str, error: &Error) -> Mistake {
    let token = token(template.source(), error);
    let found = token.as_deref().and_then(|token| text.find(token).map(|at| at..at + token.len()));
    let subject = token.map_or_else(|| "the template".to_owned(), |token| format!("`{token}`"));
    Mistake {
        range: found.unwrap_or_else(|| line_range(text, error.line().unwrap_or(1))),
        code: "template-value",
        message: format!("{subject} {}", explain(error)),
        help: (error.kind() == ErrorKind::UnknownFilter)
            .then(|| format!("filters: {}", FILTERS.map(|filter| filter.name).join(", "))),
        suggestion: None,
    }
}

/// The mistake of a path such as `account.nmae`, if it is one.
fn unknown(path: &str, text: &str, registry: &Registry) -> Option<Mistake> {
    let parts: Vec<&str> = path.split('.').collect();
    let (depth, what, known) = (0..parts.len()).find_map(|depth| {
        let (what, known) = choices(&parts[..depth], registry)?;
        (!known.contains(&parts[depth])).then_some((depth, what, known))
    })?;
    let word = parts[depth];
    let before: usize = parts[..depth].iter().map(|part| part.len() + 1).sum();
    let start = place_of(path, text) + before;
    let right = nearest(word, known.iter().copied());
    let list: Vec<&str> = known.iter().copied().take(12).collect();
    Some(Mistake {
        code: "unknown-name",
        range: start..start + word.len(),
        message: match depth {
            0 => format!("`{word}` is not a name that templates know"),
            _ => format!("`{}` has no {what} `{word}`", parts[..depth].join(".")),
        },
        help: right.is_none().then(|| format!("known: {}", list.join(", "))),
        suggestion: right.map(str::to_owned),
    })
}

/// What may follow these parts of a path; none when anything may.
fn choices<'r>(before: &[&str], registry: &'r Registry) -> Option<(&'static str, Vec<&'r str>)> {
    fn keys<V>(map: &std::collections::BTreeMap<String, V>) -> Vec<&str> {
        map.keys().map(String::as_str).collect()
    }
    let (what, mut known, more): (_, _, &[&str]) = match before {
        [] => ("name", [keys(&registry.named), names::FUNCTIONS.to_vec()].concat(), &ROOTS),
        ["account"] => ("field", keys(&registry.account), &[]),
        ["contact"] => ("field", keys(&registry.contact), &[]),
        ["owner"] => ("field", keys(&registry.person), &[]),
        ["health"] => ("dimension", strs(&registry.dimensions), &["score", "band", "change", "was"]),
        ["usage"] => ("metric", keys(&registry.metrics), &[]),
        ["usage", _] => ("window", Vec::new(), &["sum", "avg", "min", "max", "last", "change_pct", "days_below"]),
        ["events"] => ("event kind", keys(&registry.events), &[]),
        ["events", _] => ("part", Vec::new(), &["count", "last"]),
        ["events", kind, "last"] => ("field", registry.events.get(*kind).map(keys)?, &["at"]),
        ["event"] => ("field", registry.events.values().flat_map(keys).collect(), &["contact"]),
        ["run"] => ("part", Vec::new(), &["day", "enrolled_on", "branch", "replied"]),
        ["playbook"] => ("part", Vec::new(), &["id", "title"]),
        ["step"] => ("part", Vec::new(), &["id"]),
        ["contacts"] => ("part", Vec::new(), &["count"]),
        ["tasks"] => ("part", Vec::new(), &["open"]),
        ["account", _] => ("field of its own: write `owner.name` or `person(account.owner).name`, no", Vec::new(), &[]),
        _ => return None,
    };
    known.extend(more);
    Some((what, known))
}

const ROOTS: [&str; 15] = [
    "account", "contact", "owner", "health", "usage", "events", "event", "run", "playbook", "step", "contacts",
    "tasks", "today", "now", "range",
];

fn strs(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

/// Where a path stands in the text: inside braces, as a whole word.
fn place_of(path: &str, text: &str) -> usize {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let whole = |at: usize| {
        let before = text[..at].chars().next_back();
        let after = text[at + path.len()..].chars().next();
        !before.is_some_and(|c| word(c) || c == '.') && !after.is_some_and(word)
    };
    let in_braces = |at: usize| {
        let last = |marks: [&str; 2]| marks.into_iter().filter_map(|mark| text[..at].rfind(mark)).max();
        last(["{{", "{%"]) > last(["}}", "%}"])
    };
    text.match_indices(path).map(|(at, _)| at).find(|at| whole(*at) && in_braces(*at)).unwrap_or(0)
}

fn line_range(text: &str, line: usize) -> Range<usize> {
    let start = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum::<usize>();
    let length = text[start..].lines().next().map_or(0, str::len);
    start..start + length
}
