//! Files compiled into the book, one module per file or kind of file.

mod built_in;
mod calendars;
pub mod cases;
mod channels;
mod circles;
mod conditions;
mod dictionary;
#[cfg(test)]
pub(in crate::book) mod fixture;
mod health;
mod holidays;
mod ics;
mod ids;
mod people;
pub mod playbook;
mod policy;
mod segments;
pub mod shared;
#[cfg(test)]
mod tests;

use ids::Ids;

pub use built_in::registry as built_in;
