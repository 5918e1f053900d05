//! Right keys in the wrong place: where each belongs.

use super::{Section, Value};

/// A name that stands in more tables than this says nothing about where it was meant to stand.
const TELLING: usize = 3;

/// Where in the file a key belongs that the table at hand does not know; none when nobody knows it, or too many do.
pub(in crate::book) fn rightful_place(key: &str, top: &'static Section) -> Option<String> {
    let mut places = Vec::new();
    look(key, top, "", "", &mut places);
    let known = !places.is_empty() && places.len() <= TELLING;
    known.then(|| format!("`{key}` belongs {}", places.join(" or ")))
}

fn look(key: &str, section: &'static Section, path: &str, header: &str, places: &mut Vec<String>) {
    if let Some(found) = section.key(key) {
        places.extend(match (found.value, header) {
            (Value::Table(_) | Value::Tables(_), "") => None,
            (Value::Table(_), _) => Some(format!("in {header}: write [{path}.{key}]")),
            (Value::Tables(_), _) => Some(format!("in {header}: write [[{path}.{key}]]")),
            (_, "") => Some("at the top of the file, above the first [table]".to_owned()),
            _ => Some(format!("in {header}")),
        });
    }
    let others = section.others.iter().map(|others| (format!("<{}>", others.called), others.value));
    for (name, value) in section.keys.iter().map(|key| (key.name.to_owned(), key.value)).chain(others) {
        let path = if path.is_empty() { name } else { format!("{path}.{name}") };
        match value {
            Value::Table(below) => look(key, below, &path, &format!("[{path}]"), places),
            Value::Tables(below) => look(key, below, &path, &format!("[[{path}]]"), places),
            _ => {}
        }
    }
}
