//! Files compiled into the book, one module per file or kind of file.

mod built_in;
mod calendars;
mod channels;
mod circles;
mod conditions;
mod dictionary;
mod health;
mod holidays;
mod ids;
mod people;
mod policy;
mod segments;
pub mod shared;
#[cfg(test)]
mod tests;

use ids::Ids;
