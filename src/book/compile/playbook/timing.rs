//! When a step comes: `at = "anchor - 90d"`, `after = "kickoff-email + 3bd"`.

use crate::book::diagnostic::Diagnostic;
use crate::book::playbook::{Base, Kind, Timing};
use crate::book::read::{Item, Table, unknown_name};
use crate::book::source::Place;
use crate::time::Span;

use super::context::{Context, Found};

/// The one of `at` and `after` that the step has.
pub(super) fn timing(table: &mut Table, index: usize, context: &Context) -> Option<Timing> {
    let (at, after) = (table.get("at"), table.get("after"));
    match (at.is_present(), after.is_present()) {
        (true, false) => at_anchor(at, context),
        (false, true) => after_base(after, index, context),
        (true, true) => {
            let message = format!("{} has both `at` and `after`", table.title());
            at.report(at.place().error("at-and-after", message).help("keep the one that decides"));
            None
        }
        (false, false) => {
            let message = format!("{} says neither `at` nor `after`", table.title());
            let help = match context.has_anchor {
                true => "add at = \"anchor - 30d\", or after = \"enrolled\" or after an earlier step",
                false => "add after = \"enrolled\", or after = \"<earlier step> + 3bd\"",
            };
            table.report(table.place().error("missing-key", message).help(help));
            None
        }
    }
}

fn at_anchor(item: Item, context: &Context) -> Option<Timing> {
    let (place, diagnostics) = (item.place(), item.diagnostics());
    let text = item.name()?;
    if !context.has_anchor {
        let message = "`at` counts from the anchor of a date trigger, and this trigger has none";
        diagnostics.push(place.error("no-anchor", message).help("use after = \"enrolled + 3d\""));
        return None;
    }
    let span = match text.trim().strip_prefix("anchor") {
        Some(rest) => span(&place, rest),
        None => Err(Box::new(
            place
                .error("bad-timing", format!("`{text}` does not begin with `anchor`"))
                .help("write at = \"anchor - 90d\", \"anchor\" or \"anchor + 5bd\""),
        )),
    };
    match span {
        Ok(span) => Some(Timing::At(span.unwrap_or(Span::ZERO))),
        Err(diagnostic) => {
            diagnostics.push(*diagnostic);
            None
        }
    }
}

fn after_base(item: Item, index: usize, context: &Context) -> Option<Timing> {
    let (place, diagnostics) = (item.place(), item.diagnostics());
    let text = item.name()?;
    // Ids hold hyphens, so a minus needs a blank before it.
    let end = text.trim().find([' ', '+']).unwrap_or(text.trim().len());
    let (name, rest) = text.trim().split_at(end);
    let timing = base(&place, name, index, context).and_then(|base| Ok(Timing::After(base, span(&place, rest)?)));
    timing.map_err(|diagnostic| diagnostics.push(*diagnostic)).ok()
}

/// `enrolled`, `previous`, an earlier step, or `<earlier step>.done`.
pub(super) fn base(place: &Place, name: &str, index: usize, context: &Context) -> Found<Base> {
    let steps = &context.outline.step_ids;
    let (id, done) = name.strip_suffix(".done").map_or((name, false), |id| (id, true));
    match name {
        "enrolled" => return Ok(Base::Enrolled),
        "previous" => return Ok(Base::Previous),
        _ => {}
    }
    let Some(found) = steps.iter().position(|step| step == id) else {
        return Err(Box::new(unknown_base(place, name, &steps[..index.min(steps.len())])));
    };
    if found >= index {
        let what = if found == index { "is this step itself" } else { "comes later in the file" };
        let diagnostic = place.error("not-earlier", format!("`{id}` {what}; a step can only follow an earlier one"));
        return Err(Box::new(diagnostic.help("change the order of the steps, or count from another one")));
    }
    match (done, context.outline.kinds[found]) {
        (false, _) => Ok(Base::Step(found)),
        (true, Some(Kind::Task) | None) => Ok(Base::Done(found)),
        (true, Some(kind)) => {
            let message = format!("`{id}` is a step of kind {}; only tasks are done by somebody", kind.as_str());
            Err(Box::new(place.error("not-a-task", message).suggest(id)))
        }
    }
}

fn unknown_base(place: &Place, name: &str, earlier: &[String]) -> Diagnostic {
    // `kickoff-3d` may be meant as a subtraction.
    let minus = name.rsplit_once('-').filter(|(base, span)| {
        (["enrolled", "previous"].contains(base) || earlier.iter().any(|step| step == base))
            && span.parse::<Span>().is_ok()
    });
    if let Some((base, span)) = minus {
        let message = format!("there is no step `{name}`");
        return place.error("unknown-name", message).suggest(format!("{base} - {span}"));
    }
    let known = earlier.iter().map(String::as_str).chain(["enrolled", "previous"]);
    unknown_name(place, "step", name, known)
}

/// What follows the base: nothing, or a sign and a span.
fn span(place: &Place, rest: &str) -> Found<Option<Span>> {
    let rest: String = rest.split_whitespace().collect();
    if rest.is_empty() {
        return Ok(None);
    }
    if !rest.starts_with(['+', '-']) {
        let message = format!("`{rest}` has no sign in front: write `+ {rest}` or `- {rest}`");
        return Err(Box::new(place.error("bad-timing", message)));
    }
    rest.parse().map(Some).map_err(|message: String| Box::new(place.error("bad-span", message)))
}
