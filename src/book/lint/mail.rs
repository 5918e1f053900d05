//! What stands in messages: figures of ours in a customer's mail, dates as machines write them.

use std::ops::Range;
use std::sync::Arc;

use super::Look;
use crate::book::playbook::{Base, EmailAction, Playbook, Step, Timing};
use crate::book::source::{Place, SourceFile};
use crate::condition::{Ranges, Type};

pub(super) fn look(look: &Look, playbook: &Playbook) {
    for (_, mail) in look.customer_mails(playbook) {
        if let Some(file) = look.files.get(&mail.template.0) {
            internal_names(look, file);
        }
    }
    no_unsubscribe(look, playbook);
    collisions(look, playbook);
}

/// Two mails to the same person that come at the same moment, unless their guards exclude each other.
fn collisions(look: &Look, playbook: &Playbook) {
    let mails: Vec<(&Step, &EmailAction)> = look.customer_mails(playbook);
    for (place, (step, mail)) in mails.iter().enumerate() {
        let same = mails[..place].iter().find(|(other, before)| {
            mail.to.iter().any(|to| before.to.contains(to)) && meet(step, other) && can_both_be(step, other)
        });
        if let Some((other, _)) = same {
            let message = format!("`{}` reaches the same person at the same moment as `{}`", step.id, other.id);
            let help = "make one mail of the two, or let one follow the other";
            look.say("same-day-collision", &look.at(&playbook.file, &format!("step.{}.to", step.id)), message, help);
        }
    }
}

/// Whether both come at one moment in a branch of both. An approval takes its own time.
fn meet(one: &Step, other: &Step) -> bool {
    let in_one_branch = one.branches.is_empty()
        || other.branches.is_empty()
        || one.branches.iter().any(|branch| other.branches.contains(branch));
    let at_one_time = match (&one.timing, &other.timing) {
        (Timing::At(one), Timing::At(other)) => one == other,
        (Timing::After(Base::Previous, _), _) => false,
        (Timing::After(base, span), Timing::After(other_base, other_span)) => base == other_base && span == other_span,
        _ => false,
    };
    let is_free = one.approve.is_none() && other.approve.is_none() && one.time == other.time;
    in_one_branch && at_one_time && is_free
}

fn can_both_be(one: &Step, other: &Step) -> bool {
    let cases = |step: &Step| step.when.as_ref().map_or_else(Ranges::anything, Ranges::of);
    !cases(one).and(&cases(other)).is_impossible()
}

/// Classes of mail that nobody asked for.
const ADVERTISING: [&str; 4] = ["nurture", "advocacy", "marketing", "newsletter"];

fn no_unsubscribe(look: &Look, playbook: &Playbook) {
    let can_unsubscribe = look.book.policy.unsubscribe.is_some();
    let is_advertising = ADVERTISING.contains(&&*playbook.class) && !look.customer_mails(playbook).is_empty();
    if look.is_whole && is_advertising && !can_unsubscribe {
        let message =
            format!("mail of class `{}` has no way to unsubscribe, which most countries require", playbook.class);
        let help = "add [email] with unsubscribe = \"https://…/u/{token}\" to policy.toml";
        let key = if look.is_written(playbook, "class") { "class" } else { "id" };
        look.say("no-unsubscribe", &look.at(&playbook.file, key), message, help);
    }
}

/// Dates without a format, in every text for people.
pub(super) fn look_at_templates(look: &Look) {
    for id in look.book.templates.ids().filter(|id| id.0.ends_with(".md")) {
        let Some(file) = look.files.get(&id.0) else { continue };
        for token in tokens(&file.text) {
            let name = file.text[token.clone()].trim();
            if is_date(look, name) {
                let start = token.start + file.text[token.clone()].find(name).unwrap_or_default();
                let message = format!("`{name}` is written as 2026-06-15 here");
                let place = Place::new(file, start..start + name.len());
                let help = "add a format: `| date` gives June 15, 2026";
                look.suggest("token-type", &place, message, help, format!("{name} | date"));
            }
        }
    }
}

fn is_date(look: &Look, name: &str) -> bool {
    let fields = &look.book.dictionary.registry.account;
    let field = name.strip_prefix("account.").and_then(|field| fields.get(field));
    field.is_some_and(|field| field.ty.is_day()) || ["run.enrolled_on", "today"].contains(&name)
}

/// Words in the name of a field that is about the customer and not for it.
const INTERNAL: [&str; 6] = ["churn", "risk", "health", "margin", "save_outcome", "renewal_status"];

fn internal_names(look: &Look, file: &Arc<SourceFile>) {
    for token in tokens(&file.text) {
        let text = &file.text[token.clone()];
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        for name in text.split(|c| !is_part(c)).filter(|name| is_internal(look, name)) {
            let start = token.start + (name.as_ptr() as usize - text.as_ptr() as usize);
            let message = format!("`{name}` is our own view of the customer, and this mail goes to the customer");
            let place = Place::new(file, start..start + name.len());
            look.say(
                "internal-field-in-customer-mail",
                &place,
                message,
                "take it out, or say it in words meant for them",
            );
        }
    }
}

fn is_internal(look: &Look, name: &str) -> bool {
    let Some(field) = name.strip_prefix("account.") else { return name.starts_with("health.") };
    let known = look.book.dictionary.registry.account.get(field);
    let is_own_figure = ["arr", "touch", "segment", "stage"].contains(&field);
    known.is_some_and(|known| known.ty != Type::Person)
        && (is_own_figure || INTERNAL.iter().any(|word| field.contains(word)))
}

/// What stands between `{{` and `}}`.
fn tokens(text: &str) -> Vec<Range<usize>> {
    let opens = text.match_indices("{{").map(|(at, _)| at + 2);
    opens.filter_map(|start| Some(start..start + text[start..].find("}}")?)).collect()
}
