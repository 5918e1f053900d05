//! Keys of the language that are read and checked, and not yet acted on. Whoever writes one is told, because a limit that
//! looks as if it held is worse than none.

use crate::book::read::Table;

/// Warns of each of these keys that the table has. Asked after the keys are taken.
pub(in crate::book) fn warn(table: &Table, keys: &[&str]) {
    for key in keys.iter().filter(|key| table.was_given(key)) {
        let place = table.place_of(key);
        let message = format!("`{key}` is read and checked, but this version does not act on it yet");
        table.report(place.warning("not-in-force", message).help("do not rely on it before you mail customers"));
    }
}
