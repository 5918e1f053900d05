//! The shared files: what is understood, and what is wrong with broken ones.

mod broken;
mod good;

use std::collections::BTreeMap;

use crate::book::{Loaded, load_files};

fn book(files: &[(&str, &str)]) -> Loaded {
    load_files(files.iter().map(|(name, text)| (name.to_string(), text.to_string())).collect::<BTreeMap<_, _>>())
}
