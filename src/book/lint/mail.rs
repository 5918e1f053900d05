//! What stands in messages: figures of ours in a customer's mail, dates as machines write them.

use std::ops::Range;
use std::sync::Arc;

use super::Look;
use crate::book::playbook::Playbook;
use crate::book::source::{Place, SourceFile};
use crate::condition::Type;

pub(super) fn look(look: &Look, playbook: &Playbook) {
    for (_, template) in look.customer_mails(playbook) {
        if let Some(file) = look.files.get(&template.0) {
            internal_names(look, file);
        }
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
